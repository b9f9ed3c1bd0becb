"""Faults under an apply on Intune, at every write, alone or inside a batch: it ends, the same file completes it, nothing is done twice."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reconciler import __version__
from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.report.result_view import exit_code
from reconciler.sandbox import load_seed
from reconciler.sandbox.state import load as load_state
from tests.contract.cases import Step
from tests.contract.intune_live import IntuneLive, intune_live
from tests.contract.running import INTUNE_SEED, Run, carry_step, new_run
from tests.contract.test_faults import EVERYTHING

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ANY_ID = r"[0-9a-f-]{36}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan that waits to be applied to a tenant as it was when the plan was made. `writes`: method, path → how many."""

    text: str
    state: Any
    writes: Mapping[tuple[str, str], int]

    @property
    def plan(self) -> Plan:
        return read_plan(self.text, tool_version=__version__)


@pytest.fixture(scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, Run]:
    run = new_run(intune_live(load_seed(INTUNE_SEED)), tmp_path_factory.mktemp("scene"))
    if request.param == "everything":
        carry_step(Step(step="start"), run)
        run.write(EVERYTHING)
    live = run.live
    assert isinstance(live, IntuneLive)
    text, state = write_plan(run.plan()), live.dump()
    live.sandbox.log.clear()
    _apply(run, read_plan(text, tool_version=__version__), complete=True)
    writes = Counter(found for entry in live.sandbox.log for found in _writes(entry))
    assert run.plan().changes == ()
    return Scene(text, state, writes), run


def _writes(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each write as a fault finds it: method and a pattern of its path; a batch and each of its parts that writes."""
    path = str(entry["path"])
    if entry["method"] == "GET" or path.endswith("/token"):
        return
    yield entry["method"], _pattern(path)
    if path.endswith("/$batch"):
        parts = [part for part in entry["body"]["requests"] if part["method"] != "GET"]
        yield from ((part["method"], _pattern(path.removesuffix("/$batch") + part["url"])) for part in parts)


def _pattern(path: str) -> str:
    """Ids depend on the order of what is made side by side."""
    return f"^{_ANY_ID.join(map(re.escape, _ID.split(path)))}\\?"


LONG = ["write-then-timeout"]
"""On the long scene: what is done, and nobody hears of it."""
SHORT = ["429", "500", "cut", "write-then-timeout"]
"""Inside a batch a cut connection is a 503."""


@pytest.mark.parametrize(
    ("scene", "kind"), [*product(["from empty"], LONG), *product(["everything"], SHORT)], indirect=["scene"]
)
def test_a_fault_at_every_write(scene: tuple[Scene, Run], kind: str) -> None:
    """Every write once, as a call of its own or as one part of a batch whose other parts are done."""
    made, run = scene
    hit = 0
    for (method, path), count in made.writes.items():
        for nth in range(1, count + 1):
            live = _again(made, run)
            live.fault(kind=kind, method=method, path=path, nth=nth)
            where = (kind, method, path, nth)
            _apply(run, made.plan)
            hit += not live.sandbox.faults.waiting
            _apply(run, made.plan, complete=True)
            assert run.plan().changes == (), where
            assert max(live.objects().values()) == 1, (where, live.objects())
    assert hit >= sum(made.writes.values()) - 2, "what is read side by side may take another turn, the rest is hit"


def _again(made: Scene, run: Run) -> IntuneLive:
    """The tenant as it was when the plan was made."""
    run.live = live = intune_live(load_state(made.state))
    return live


def _apply(run: Run, plan: Plan, *, complete: bool = False) -> ApplyResult:
    result = run.apply(plan).result
    assert result is not None
    if complete:
        missed = [(str(one.key), one.outcome, one.reason, dict(one.values)) for one in result.results]
        assert exit_code(result) == 0, [one for one in missed if one[1] not in (Outcome.APPLIED, Outcome.ALREADY_DONE)]
    return result


def _started(tmp_path: Path) -> tuple[Run, IntuneLive]:
    run = new_run(intune_live(load_seed(INTUNE_SEED)), tmp_path)
    carry_step(Step(step="start"), run)
    assert isinstance(run.live, IntuneLive)
    return run, run.live


def test_a_part_that_is_refused_for_its_quota_waits_as_it_says(tmp_path: Path) -> None:
    """The batch answers 200; only the part inside carries a Retry-After, and only the part is sent again."""
    run = new_run(intune_live(load_seed(INTUNE_SEED)), tmp_path)
    live = run.live
    assert isinstance(live, IntuneLive)
    plan, before = run.plan(), live.sandbox.clock.now()
    live.fault(kind="429", method="POST", path=r"/deviceConfigurations\?", retry_after="70")
    _apply(run, plan, complete=True)
    assert live.sandbox.clock.now() - before >= 70
    sent = [line for line in live.writes() if line == "POST /deviceManagement/deviceConfigurations"]
    assert len(sent) == 3, "both, and one of them again"
    assert run.plan().changes == ()


def test_half_of_a_batch_refused(tmp_path: Path) -> None:
    """The part that failed is the one that failed; what shared its call is applied."""
    run = new_run(intune_live(load_seed(INTUNE_SEED)), tmp_path)
    live = run.live
    assert isinstance(live, IntuneLive)
    plan = run.plan()
    live.fault(kind="500", method="POST", path=r"/deviceConfigurations\?", nth=2)
    result = _apply(run, plan)
    outcomes = Counter(one.outcome for one in result.results if one.key.part == "iosGeneralDeviceConfiguration")
    assert outcomes == {Outcome.APPLIED: 1, Outcome.FAILED: 1}
    assert exit_code(result) == 4
    _apply(run, plan, complete=True)
    assert run.plan().changes == ()
    assert max(live.objects().values()) == 1


def test_moves_that_fail_half_way(tmp_path: Path) -> None:
    """Twenty are added all or none: one that is gone keeps nobody else from their place."""
    run, live = _started(tmp_path)
    live.edit({"move_devices": {"serials": "NORR{0001..0004}", "to": "/Chromebooks"}})
    plan = run.plan()
    live.edit({"graph_remove_devices": {"serials": "NORR0003"}})
    result = _apply(run, plan)
    assert exit_code(result) == 4
    assert run.plan().changes == ()
    assert [live.place(serial) for serial in ("NORR0001", "NORR0002", "NORR0004")] == ["Norrskolan/Elever åk 4–6"] * 3


def test_what_somebody_changed_since_the_plan_is_left_alone(tmp_path: Path) -> None:
    run, live = _started(tmp_path)
    run.write(Step(step="one line", replace={"schools/norr.yaml": {"required: [kami]": "absent: [kami]"}}))
    run.write(Step(step="and another", replace={"schools/syd.yaml": {"airdrop: blocked": "camera: blocked"}}))
    plan = run.plan()
    live.edit({"set": {"at": "/Enheter/Norrskolan/Elever åk 4–6", "kami": "available"}})
    result = _apply(run, plan)
    assert Counter(one.outcome for one in result.results) == {Outcome.STALE: 1, Outcome.APPLIED: 1}
    assert exit_code(result) == 4


READS = ["v1.0/groups", "managedDevices", "v1.0/devices", "mobileApps", "vppTokens", "deviceConfigurations", "batch"]


@pytest.mark.parametrize("kind", ["429", "500", "503-html", "cut", "half-page"])
def test_a_read_that_fails_once_changes_no_plan(tmp_path: Path, kind: str) -> None:
    run, live = _started(tmp_path)
    live.edit({"set": {"at": "/Enheter/Norrskolan/Elever åk 4–6", "kami": "blocked"}})
    wanted = run.plan().changes
    assert len(wanted) == 1
    for read in READS:
        live.fault(kind=kind, path=read)
        assert run.plan().changes == wanted, read
        assert live.sandbox.faults.waiting == [], read


@pytest.mark.parametrize(
    ("read", "codes"),
    [
        ("v1.0/groups", {"HTTP-BAD-RESPONSE"}),
        ("managedDevices", {"UNREAD-MEMBERSHIP"}),
        ("mobileApps", {"UNREAD-APP", "UNREAD-ASSIGNMENT"}),
        ("deviceConfigurations", {"UNREAD-SETTING"}),
    ],
)
def test_what_could_not_be_read_is_not_absent(tmp_path: Path, read: str, codes: set[str]) -> None:
    """Half a page, again and again: nothing of that kind is planned, least of all a deletion; without groups nothing at all."""
    run, live = _started(tmp_path)
    lines = {", app-removal: blocked": "", "required: [kami], ": ""}
    run.write(Step(step="removals", replace={"schools/norr.yaml": lines}))
    assert {change.key.kind for change in run.plan().changes} == {"setting", "assignment"}
    live.fault(kind="half-page", path=read, times=1000)
    plan = run.plan()
    assert codes <= {finding.code for finding in plan.findings}
    unread = {code.removeprefix("UNREAD-").lower() for code in codes if code != "HTTP-BAD-RESPONSE"}
    assert [change for change in plan.changes if not unread or change.key.kind in unread] == []
