"""What identifies a device, an object at the vendor or a tenant stands in the plan's own file and in no rendering."""

import pytest

from reconciler.model.change import Action, ApplyResult, ChangeResult, Outcome
from reconciler.report.plan_json import plan_json
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from reconciler.report.result_json import result_json
from reconciler.report.result_markdown import result_markdown
from reconciler.report.result_text import result_text
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, make_change, make_move, make_plan

SECRETS = ("vendor-object-77", "device-uuid-88", "5CD9ZZZ001", "id:03ph8a2z")
CHANGES = (
    make_move("norrskolan/forrad", "norrskolan/elever-4-6", 300, device="device-uuid-88"),
    make_change(
        Action.UPDATE,
        "setting",
        "ou:/Elever",
        INCOGNITO,
        before=ALLOWED,
        after=BLOCKED,
        vendor_id="vendor-object-77",
        facts={"id": "id:03ph8a2z", "serial": "5CD9ZZZ001"},
    ),
    make_change(
        Action.DELETE,
        "group",
        "@norrskolan/vagn-1",
        before={"name": "Vagn 1", "parent": "@norrskolan", "mark": "group/norrskolan/vagn-1"},
        vendor_id="vendor-object-77",
        facts={"orgUnitId": "id:03ph8a2z"},
    ),
)
PLAN = make_plan(*CHANGES, held=CHANGES)
RESULT = ApplyResult(
    format=1,
    organisation="x",
    results=tuple(
        ChangeResult(key=one.key, backend="chrome", fingerprint=one.fingerprint, outcome=Outcome.APPLIED)
        for one in CHANGES
    ),
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_rendering_of_a_plan_holds_it(secret: str) -> None:
    for rendering in (
        plan_text(PLAN, "sv"),
        plan_text(PLAN, "en", everything=True),
        plan_markdown(PLAN, "sv"),
        plan_json(PLAN),
    ):
        assert secret not in rendering


@pytest.mark.parametrize("secret", SECRETS)
def test_no_rendering_of_a_result_holds_it(secret: str) -> None:
    for rendering in (result_text(RESULT, "sv", plan=PLAN), result_markdown(RESULT, "en"), result_json(RESULT)):
        assert secret not in rendering


def test_the_tenant_is_named_by_our_word_for_it() -> None:
    for rendering in (plan_text(PLAN, "sv"), plan_markdown(PLAN, "sv"), plan_json(PLAN)):
        assert "C0123abcd" not in rendering
        assert "chrome" in rendering
