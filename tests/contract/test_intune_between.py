"""What others do on Intune between a plan and its apply."""

from collections.abc import Callable

from reconciler.model.change import Outcome
from reconciler.report.result_view import exit_code
from tests.contract.cases import Step
from tests.contract.running import Run, carry_step

CLIP = "iosiPadOSWebClip:https://scratch.mit.edu/"


def test_an_app_that_somebody_has_assigned_since_the_plan_is_not_deleted(start: Callable[..., Run]) -> None:
    run = start("intune")
    carry_step(Step(step="start"), run)
    given_back = {"schools/norr.yaml": {"available: [scratch]": "inherit: [scratch]"}}
    carry_step(Step(step="given back", replace=given_back), run)
    run.write(Step(step="no line", replace={"schools/norr.yaml": {", inherit: [scratch]": ""}}))
    plan = run.plan()
    assert [(change.action.value, change.key.kind) for change in plan.changes] == [("delete", "app")]
    run.live.edit({"graph_add_assignment": {"app": CLIP, "group": "Utvärdering", "intent": "available"}})
    result = run.apply(plan).result
    assert result is not None
    assert [(one.outcome, one.reason) for one in result.results] == [(Outcome.FAILED, "INTUNE-APP-IN-USE")]
    assert exit_code(result) == 4
    second = run.plan()
    assert (second.changes, [finding.code for finding in second.findings]) == ((), ["INTUNE-APP-KEPT"])
