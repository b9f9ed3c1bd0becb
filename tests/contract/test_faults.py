"""Faults under an apply, at every write: it ends as it should, the same file completes it, and nothing is done twice."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from reconciler import __version__
from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.report.result_view import exit_code
from reconciler.sandbox import load_seed
from reconciler.sandbox.state import load as load_state
from tests.contract.cases import Step
from tests.contract.google_live import GoogleLive, google_live
from tests.contract.live import Effect
from tests.contract.memory_adapter import Fault, OutcomeUnknown, Refused
from tests.contract.memory_live import memory_live
from tests.contract.running import SEED, Run, carry_step, new_run

WRITES = r"/orgunits\?|/orgunits$|moveDevices|:batch"
"""Paths of what a POST writes; the others only read."""

EVERYTHING = Step(
    step="a rename, a removal, a new word on an app, a deletion, a move",
    replace={
        "schools/norr.yaml": {
            "  - id: elever\n    name: Elever åk 4–6": "  - id: mellan\n    previously: [elever]\n    name: Mellan",
            ", power-wash: blocked": ", printing: blocked",
            "available: [scratch]": "inherit: [scratch]",
        },
        "schools/syd.yaml": {
            "  - id: elever\n    name: Elever syd\n": "  - id: alla\n    name: Alla syd\n",
        },
    },
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan that waits to be applied to a live system as it was when the plan was made."""

    text: str
    state: Any
    posts: int
    patches: int
    deletes: int

    @property
    def plan(self) -> Plan:
        return read_plan(self.text, tool_version=__version__)


@pytest.fixture(scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, Run]:
    run = new_run(google_live(load_seed(SEED)), tmp_path_factory.mktemp("scene"))
    if request.param == "everything":
        carry_step(Step(step="start"), run)
        run.write(EVERYTHING)
    live = run.live
    assert isinstance(live, GoogleLive)
    text, state = write_plan(run.plan()), live.dump()
    live.sandbox.log.clear()
    _apply(run, read_plan(text, tool_version=__version__), complete=True)
    count = Counter(entry["method"] for entry in live.sandbox.log if _writes(entry))
    assert run.plan().changes == ()
    return Scene(text, state, count["POST"], count["PATCH"], count["DELETE"]), run


AT_EVERY_WRITE = ["500", "cut", "write-then-cut"]
"""On the long scene, of which every write creates something: what leaves it open whether it did."""
ON_THE_SHORT_SCENE = ["429", "503-html", "write-then-timeout", "wrong-content-type"]


@pytest.mark.parametrize(
    ("scene", "kind"),
    [*product(["from empty", "everything"], AT_EVERY_WRITE), *product(["everything"], ON_THE_SHORT_SCENE)],
    indirect=["scene"],
)
def test_a_fault_at_every_write(scene: tuple[Scene, Run], kind: str) -> None:
    """Every write once: the fault hits it, the apply ends, the same file completes it, and a plan finds nothing more."""
    made, run = scene
    for method, path, nth in _every_write(made):
        live = _again(made, run)
        live.fault(kind=kind, method=method, path=path, nth=nth)
        first = _apply(run, made.plan)
        where = (kind, method, nth)
        assert live.sandbox.faults.waiting == [], f"{where} hit nothing"
        missed = [one for one in first.results if one.outcome is not Outcome.APPLIED]
        if not _may_miss(live, kind):
            assert missed == [], where
        _apply(run, made.plan, complete=True)
        assert run.plan().changes == (), where
        assert _made_twice(live) == [], where


def _may_miss(live: GoogleLive, kind: str) -> bool:
    """Only an org unit that may or may not have been made isn't made again in the same run; the next run knows."""
    hit = next(entry for entry in live.sandbox.log if "fault" in entry)
    unknown = kind in ("500", "503-html", "cut")
    return unknown and hit["method"] == "POST" and hit["path"].endswith("/orgunits")


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [("", 0.5, 2), ("0", 0.5, 2), ("7", 7, 8), ("2.5", 2.5, 4), ("date:9", 8, 11), ("i morgon", 0.5, 2)],
)
@pytest.mark.parametrize("kind", ["429", "403-quota"])
def test_each_form_of_retry_after_is_waited_out(
    start: Callable[..., Run], kind: str, retry_after: str, least: float, most: float
) -> None:
    """Seconds, fractions, a date, none, now, nonsense: as long as it says, else a second and more."""
    run, live = _google(start)
    plan = run.plan()
    live.fault(kind=kind, method="POST", path="moveDevices", retry_after=retry_after)
    _apply(run, plan, complete=True)
    waits = [wait.seconds for wait in live.waits if wait.lane == "directory-write"]
    assert any(least <= wait <= most for wait in waits), waits
    assert run.plan().changes == ()


def test_a_wait_that_is_too_long_ends_in_an_apply_that_is_incomplete(start: Callable[..., Run]) -> None:
    run, live = _google(start)
    plan = run.plan()
    live.fault(kind="429", method="POST", path="moveDevices", retry_after="86400")
    result = _apply(run, plan)
    assert exit_code(result) == 4
    assert [one.reason for one in result.results if one.outcome is Outcome.FAILED] == ["GOOGLE-QUOTA"]
    _apply(run, plan, complete=True)
    assert run.plan().changes == ()


@pytest.mark.parametrize("kind", ["429", "403-quota", "500", "502-text", "503-html", "cut", "half-page"])
@pytest.mark.parametrize("read", ["orgunits", "devices/chromeos", "policySchemas", ":resolve"])
def test_a_read_that_fails_once_changes_no_plan(start: Callable[..., Run], kind: str, read: str) -> None:
    run, live = _google(start)
    carry_step(Step(step="start"), run)
    carry_step(
        Step(step="drift", edits=[{"set": {"at": "/Elever/Norrskolan/4A", "kami": "blocked"}}], apply="none"), run
    )
    wanted = run.plan().changes
    live.fault(kind=kind, path=read)
    assert run.plan().changes == wanted
    assert live.sandbox.faults.waiting == []
    assert len(wanted) == 1


@pytest.mark.parametrize(
    ("read", "codes"),
    [("devices/chromeos", {"UNREAD-MEMBERSHIP"}), (":resolve", {"UNREAD-SETTING", "UNREAD-ASSIGNMENT"})],
)
def test_what_could_not_be_read_is_not_absent(start: Callable[..., Run], read: str, codes: set[str]) -> None:
    """Half a page, again and again: nothing of it is planned, least of all a deletion."""
    run, live = _google(start)
    carry_step(Step(step="start"), run)
    run.write(Step(step="a removal", replace={"schools/norr.yaml": {", power-wash: blocked": ""}}))
    live.fault(kind="half-page", path=read, times=1000)
    plan = run.plan()
    assert codes <= {finding.code for finding in plan.findings}
    assert [change for change in plan.changes if change.destroys or change.after is None] == (
        []
        if read == ":resolve"
        else [change for change in plan.changes if change.key.part.endswith("PowerwashAllowed")]
    )
    assert [change.key.kind for change in plan.changes if change.key.kind == "membership"] == []


@pytest.mark.parametrize(("scene", "step"), [("from empty", 5), ("everything", 2)], indirect=["scene"])
def test_stale_reads_after_every_write(scene: tuple[Scene, Run], step: int) -> None:
    """A read that is one write behind is read again, not believed; and what is there isn't written twice."""
    made, run = scene
    live = _again(made, run)
    _apply(run, made.plan, complete=True)
    reads = sum(not _writes(entry) for entry in live.sandbox.log)
    for nth in range(1, reads + 1, step):
        live = _again(made, run)
        live.fault(kind="stale", path=r"orgunits|chromeos|:resolve", nth=nth)
        _apply(run, made.plan)
        _apply(run, made.plan, complete=True)
        assert run.plan().changes == (), nth
        assert _made_twice(live) == [], nth


def test_half_of_a_batch_refused(start: Callable[..., Run]) -> None:
    """What Google refuses by name fails alone, however often it is tried; what shared its call is applied."""
    run, live = _google(start)
    carry_step(Step(step="start"), run)
    raw = "raw: {google: [{schema: chrome.users.VirtualMachinesAllowed, fields: {virtualMachinesAllowed: nej}, reach: user}]}"
    lines = {"    settings: {incognito: blocked,": f"    {raw}\n    settings: {{printing: blocked, incognito: blocked,"}
    run.write(Step(step="a word where yes or no belongs", replace={"schools/norr.yaml": lines}))
    plan = run.plan()
    for _ in range(2):
        result = _apply(run, plan)
        failed = {one.key.part: one.reason for one in result.results if one.outcome is Outcome.FAILED}
        assert failed == {"chrome.users.VirtualMachinesAllowed": "HTTP-INVALID"}
        assert exit_code(result) == 4
    seen = {
        "printing": "blocked",
        "incognito": "blocked",
        "chrome.users.VirtualMachinesAllowed.virtualMachinesAllowed": None,
    }
    assert live.seen(Effect(user="/Elever/Norrskolan/4A", device="NORR0001", has=seen)) == seen
    assert [change.key.part for change in run.plan().changes] == ["chrome.users.VirtualMachinesAllowed"]


def test_moves_that_fail_half_way(start: Callable[..., Run]) -> None:
    """A device that is gone makes the call fail; whatever of it took effect, the rest is where it should be at the end."""
    run, live = _google(start)
    carry_step(Step(step="start"), run)
    live.edit({"move_devices": {"serials": "NORR{0001..0004}", "to": "/Chromebooks"}})
    plan = run.plan()
    live.edit({"remove_devices": {"serials": ["NORR0003"]}})
    result = _apply(run, plan)
    assert exit_code(result) == 4
    assert run.plan().changes == ()
    assert [live.place(serial) for serial in ("NORR0001", "NORR0002", "NORR0004")] == ["Norrskolan/Elever åk 4–6"] * 3


def test_what_somebody_changed_since_the_plan_is_left_alone(start: Callable[..., Run]) -> None:
    run, live = _google(start)
    carry_step(Step(step="start"), run)
    run.write(Step(step="one line", replace={"schools/norr.yaml": {"incognito: blocked,": "printing: blocked,"}}))
    run.write(
        Step(step="and another", replace={"schools/syd.yaml": {"{incognito: blocked}": "{safe-search: required}"}})
    )
    plan = run.plan()
    live.edit({"set": {"at": "/Elever/Norrskolan/4A", "printing": "allowed"}})
    result = _apply(run, plan)
    assert Counter(one.outcome for one in result.results) == {Outcome.STALE: 1, Outcome.APPLIED: 1}
    assert exit_code(result) == 4


MEMORY_FAULTS = [
    ("refused", lambda: Fault(error=Refused())),
    ("unknown, not done", lambda: Fault(error=OutcomeUnknown())),
    ("unknown, done", lambda: Fault(error=OutcomeUnknown(), after=True)),
]


@pytest.mark.parametrize(("what", "fault"), MEMORY_FAULTS, ids=[what for what, _ in MEMORY_FAULTS])
@pytest.mark.parametrize("stale", [0, 1])
def test_a_fault_at_every_write_on_overlapping_sets(
    start: Callable[..., Run], what: str, fault: Callable[[], Fault], stale: int
) -> None:
    run = start("memory")
    plan = run.plan()
    writes = 0
    while True:
        run.live = live = memory_live(SEED)
        countdown = iter(range(writes, -1, -1))
        base = fault()
        live.tenant.faults.append(
            Fault(error=base.error, after=base.after, hits=lambda _, left=countdown: next(left, -1) == 0)  # type: ignore[misc]
        )
        live.tenant.stale_reads = stale
        live.tenant.remember()
        _apply(run, plan)
        if live.tenant.faults:
            break
        _apply(run, plan, complete=True)
        assert run.plan().changes == (), (what, writes)
        assert max(Counter(live.tenant.written).values()) == 1, (what, writes)
        writes += 1
    assert writes >= 8


def _google(start: Callable[..., Run]) -> tuple[Run, GoogleLive]:
    run = start("google")
    assert isinstance(run.live, GoogleLive)
    return run, run.live


def _again(made: Scene, run: Run) -> GoogleLive:
    """The live system as it was when the plan was made."""
    run.live = live = google_live(load_state(made.state))
    return live


def _every_write(made: Scene) -> Iterator[tuple[str, str, int]]:
    for method, path, count in (
        ("POST", WRITES, made.posts),
        ("PATCH", "", made.patches),
        ("DELETE", "", made.deletes),
    ):
        for nth in range(1, count + 1):
            yield method, path, nth


def _apply(run: Run, plan: Plan, *, complete: bool = False) -> ApplyResult:
    result = run.apply(plan).result
    assert result is not None
    if complete:
        missed = [(str(one.key), one.outcome, one.reason, dict(one.values)) for one in result.results]
        assert exit_code(result) == 0, [one for one in missed if one[1] not in (Outcome.APPLIED, Outcome.ALREADY_DONE)]
    return result


def _writes(entry: dict[str, Any]) -> bool:
    address = f"{entry['path']}?{entry['query']}"
    return entry["method"] in ("PATCH", "DELETE") or (entry["method"] == "POST" and bool(re.search(WRITES, address)))


def _made_twice(live: GoogleLive) -> list[str]:
    """Org units that were asked for again after they had been made, whatever the answer was."""
    asked: dict[str, int] = Counter()
    twice = []
    for entry in live.sandbox.log:
        if entry["method"] == "POST" and entry["path"].endswith("/orgunits"):
            name = f"{entry['body']['parentOrgUnitId']}/{entry['body']['name']}"
            if asked[name]:
                twice.append(name)
            asked[name] += entry["status"] == 200
    return twice
