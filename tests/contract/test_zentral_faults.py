"""Faults under an apply on Zentral, at every write: it ends, the same file completes it, nothing is done twice, nothing of others' changes."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reconciler import __version__
from reconciler.adapters.wiring import Wiring
from reconciler.http.request import Sent
from reconciler.model.change import ApplyResult, Outcome, Plan
from reconciler.planning.planfile import read_plan, write_plan
from reconciler.report.result_view import exit_code
from reconciler.sandbox import load_seed
from reconciler.sandbox.state import load as load_state
from tests.contract.cases import Step
from tests.contract.running import ZENTRAL_SEED, Run, carry_step, new_run
from tests.contract.test_faults import EVERYTHING
from tests.contract.zentral_live import WRITES, ZentralLive, zentral_live

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)\d+(?=/)")

APPS = Step(
    step="an app less and another one, on what the rest of the small server's changes leave",
    replace={"schools/norr.yaml": {"required: [kami], ": "required: [kahoot], "}},
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A plan that waits to be applied to a server as it was when the plan was made. `writes`: method, path → how many."""

    text: str
    state: Any
    writes: Mapping[tuple[str, str], int]
    others: str

    @property
    def plan(self) -> Plan:
        return read_plan(self.text, tool_version=__version__)


@pytest.fixture(scope="module")
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scene, Run]:
    run = new_run(zentral_live(load_seed(ZENTRAL_SEED)), tmp_path_factory.mktemp("scene"))
    if request.param == "everything":
        carry_step(Step(step="start"), run)
        run.write(EVERYTHING)
        run.write(APPS)
    live = _live(run)
    text, state = write_plan(run.plan()), live.dump()
    live.sandbox.log.clear()
    _apply(run, read_plan(text, tool_version=__version__), complete=True)
    writes = Counter((entry["method"], _pattern(entry["path"])) for entry in live.sandbox.log if _writes(entry))
    assert run.plan().changes == ()
    return Scene(text, state, writes, live.others()), run


def _writes(entry: Mapping[str, Any]) -> bool:
    return entry["method"] in WRITES


def _pattern(path: str) -> str:
    return f"^{'[^/]+'.join(map(re.escape, _ID.split(path)))}(?:$|\\?)"


def _live(run: Run) -> ZentralLive:
    assert isinstance(run.live, ZentralLive)
    return run.live


def _again(made: Scene, run: Run) -> ZentralLive:
    """The server as it was when the plan was made."""
    run.live = live = zentral_live(load_state(made.state))
    return live


def _apply(run: Run, plan: Plan, *, complete: bool = False) -> ApplyResult:
    result = run.apply(plan).result
    assert result is not None
    if complete:
        missed = [(str(one.key), one.outcome, one.reason, dict(one.values)) for one in result.results]
        assert exit_code(result) == 0, [one for one in missed if one[1] not in (Outcome.APPLIED, Outcome.ALREADY_DONE)]
    return result


LONG = ["500-html", "write-then-timeout"]
SHORT = ["500", "500-html", "503-html", "429", "cut", "write-then-cut", "write-then-504", "wrong-content-type"]


@pytest.mark.parametrize(
    ("scene", "kind"), [*product(["from empty"], LONG), *product(["everything"], SHORT)], indirect=["scene"]
)
def test_a_fault_at_every_write(scene: tuple[Scene, Run], kind: str) -> None:
    made, run = scene
    for (method, path), count in made.writes.items():
        for nth in range(1, count + 1):
            where = (kind, method, path, nth)
            live = _again(made, run)
            live.fault(kind=kind, method=method, path=path, nth=nth)
            _apply(run, made.plan)
            assert live.sandbox.faults.waiting == [], f"{where} hit nothing"
            _complete(made, run, where)


def _complete(made: Scene, run: Run, where: object) -> None:
    _apply(run, made.plan, complete=True)
    assert run.plan().changes == (), where
    assert max(run.live.objects().values()) == 1, (where, run.live.objects())
    assert run.live.others() == made.others, where


PATHS = ["inventory/tags", "machines/tags", "mdm/artifacts", "mdm/profiles", "mdm/store_apps", "blueprint_artifacts"]


@pytest.mark.parametrize("scene", ["from empty"], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_a_server_that_goes_on_answering_with_a_page(scene: tuple[Scene, Run], path: str) -> None:
    """Named with its call; what doesn't depend on it is done; once it is mended the same file completes it.

    Of a POST it isn't known whether it was done (recorded of a server: it can have been), and that is what is said.
    """
    made, run = scene
    live = _again(made, run)
    for method in WRITES:
        live.fault(kind="500-html", method=method, path=path, times=1000)
    result = _apply(run, made.plan)
    failed = [one for one in result.results if one.outcome is Outcome.FAILED]
    assert failed
    assert {one.reason for one in failed} <= {"ZENTRAL-SERVER-ERROR", "HTTP-OUTCOME-UNKNOWN"}
    assert all(path in one.values["path"] and one.values["method"] in WRITES for one in failed)
    assert not any("<" in value for one in failed for value in one.values.values()), "no page is shown"
    assert exit_code(result) == 4
    live.sandbox.faults.waiting.clear()
    _complete(made, run, path)


class Killed(BaseException):
    """As `kill -9` between two requests: nothing in the process catches it."""


def _dying(wiring: Wiring, at: int) -> Wiring:
    """Dies at the write after so many."""
    writes = 0

    def count(sent: Sent) -> None:
        nonlocal writes
        writes += sent.method in WRITES
        if writes > at:
            raise Killed

    return replace(wiring, on_request=count)


@pytest.mark.parametrize("scene", ["from empty", "everything"], indirect=True)
def test_an_apply_killed_before_any_write_is_completed_by_the_same_file(
    scene: tuple[Scene, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, run = scene
    died = 0
    for at in range(sum(made.writes.values())):
        live = _again(made, run)
        with monkeypatch.context() as patch:
            wiring = _dying(live.wiring(), at)
            patch.setattr(ZentralLive, "wiring", lambda _, dying=wiring: dying)
            try:
                run.apply(made.plan)
            except Killed:
                died += 1
        _complete(made, run, at)
    assert died == sum(made.writes.values())


READS = [
    *("inventory/tags", "inventory/taxonomies", "mdm/devices", "mdm/blueprints", "mdm/artifacts", "mdm/profiles"),
    *("mdm/store_apps", "mdm/location_assets", "mdm/locations", "mdm/blueprint_artifacts"),
]


@pytest.fixture
def started(tmp_path: Path) -> Run:
    run = new_run(zentral_live(load_seed(ZENTRAL_SEED)), tmp_path)
    carry_step(Step(step="start"), run)
    return run


@pytest.mark.parametrize("kind", ["429", "500-html", "503-html", "cut", "half-page"])
def test_a_read_that_fails_once_changes_no_plan(started: Run, kind: str) -> None:
    started.live.edit({"set": {"at": "/Enheter/Norrskolan/Elever åk 4–6", "kami": None}})
    wanted = started.plan().changes
    assert len(wanted) == 1
    for read in READS:
        _live(started).fault(kind=kind, path=f"{read}/")
        assert started.plan().changes == wanted, read
        assert _live(started).sandbox.faults.waiting == [], read


@pytest.mark.parametrize(
    ("read", "kinds"),
    [
        ("inventory/tags", {"group", "membership", "setting", "assignment"}),
        ("mdm/devices", {"membership"}),
        ("mdm/artifacts", {"setting", "assignment", "app"}),
        ("mdm/profiles", {"setting"}),
        ("mdm/store_apps", {"assignment", "app"}),
        ("mdm/location_assets", {"assignment", "app"}),
        ("blueprint_artifacts", {"setting", "assignment", "app"}),
    ],
)
def test_what_could_not_be_read_is_not_absent(started: Run, read: str, kinds: set[str]) -> None:
    """Half a page, again and again: nothing of that kind is planned, least of all a deletion."""
    lines = {", power-wash: blocked": "", "required: [kami], ": ""}
    started.write(Step(step="removals", replace={"schools/norr.yaml": lines}))
    assert {change.key.kind for change in started.plan().changes} == {"setting", "assignment", "app"}
    _live(started).fault(kind="half-page", path=read, times=1000)
    plan = started.plan()
    assert plan.findings != ()
    assert [change for change in plan.changes if change.key.kind in kinds] == []


@pytest.mark.parametrize("step", [1])
def test_stale_reads_after_every_write(started: Run, step: int) -> None:
    """A read that is one write behind is read again, not believed."""
    started.write(EVERYTHING)
    text, state = write_plan(started.plan()), _live(started).dump()
    plan = read_plan(text, tool_version=__version__)
    _live(started).sandbox.log.clear()
    _apply(started, plan, complete=True)
    reads = sum(entry["method"] == "GET" for entry in _live(started).sandbox.log)
    for nth in range(1, reads + 1, step):
        started.live = live = zentral_live(load_state(state))
        live.fault(kind="stale", method="GET", nth=nth)
        _apply(started, plan)
        _apply(started, plan, complete=True)
        assert started.plan().changes == (), nth
        assert max(live.objects().values()) == 1, (nth, live.objects())
