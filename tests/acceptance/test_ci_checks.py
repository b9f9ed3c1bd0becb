"""What each command for workflows sees for itself. Every check is tried twice: as it is, and taken out, when the same test has to fail."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler import __version__
from reconciler.forge.connect import connect
from reconciler.forge.lock import Held, Holder, acquire, current, release
from reconciler.forge.problems import ForgeProblem
from reconciler.model.change import Plan
from reconciler.planning.planfile import read_plan
from reconciler.reconcile import ci_carrying
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.ci_keeping import LASTS, Keeper
from reconciler.reconcile.ci_record import make_record, put_record
from reconciler.reconcile.ci_setting import read_keys
from tests.acceptance.ci_swift import APPLY, Swift, swift_world
from tests.acceptance.ci_taken_out import taken_out
from tests.acceptance.ci_world import PLAN, SCHOOL, Done
from tests.acceptance.test_ci_flow import by_hand, switch
from tests.forge.faults import Fault
from tests.forge.state import Pull

DRIFT = {"issues": "write", "contents": "read"}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    with swift_world(tmp_path_factory.mktemp("swift")) as made:
        yield made


def planned(town: Swift, pull: Pull, base: str = "origin/main") -> tuple[Path, Path]:
    """A checkout of the pull request, and the plan of it."""
    tree, file = town.checkout(pull.head), town.folder / f"plan-{town.number}.json"
    done = town.run(town.job(), PLAN, "plan", "--root", str(tree), "--base", base, "--out", str(file), *town.live())
    assert done.code in (0, 1), done.said
    return tree, file


def record(town: Swift, pull: Pull, tree: Path, file: Path) -> Done:
    words = ["--root", str(tree), "--plan", str(file), "--pull", str(pull.number), "--sandbox", town.mdm]
    return town.run(town.job(), PLAN, "ci", "record", *words)


def comments(town: Swift, pull: Pull) -> list[str]:
    return [one.body for one in town.hub.said(pull)]


@contextmanager
def place(town: Swift, tree: Path) -> Iterator[Place]:
    environ = town.environ(town.job(), APPLY)
    with connect(environ) as forge:
        yield Place(forge=forge, root=tree, keys=read_keys(environ), sandbox=True)


def refused(done: Done, code: str) -> None:
    assert (done.code, f"error {code}:" in done.err) == (1, True), done.said


def a_plan_of_an_older_push_is_not_recorded(town: Swift) -> None:
    pull = town.propose(switch(town))
    tree, file = planned(town, pull)
    town.hub.commit("bo", pull.branch, {"README.md": "Mer\n"})

    refused(record(town, pull, tree, file), "CI-RECORD-HEAD")
    assert comments(town, pull) == []


def a_push_while_the_record_is_made_voids_it(town: Swift) -> None:
    pull = town.propose(switch(town))
    tree, file = planned(town, pull)
    with place(town, tree) as at:
        made = make_record(at, _read(file), [], pull.number, "sv")
        town.hub.commit("bo", pull.branch, {"README.md": "Mer\n"})
        with pytest.raises(ForgeProblem) as problem:
            put_record(at, made)
    assert problem.value.code == "CI-RECORD-HEAD"
    assert comments(town, pull) == []


def _read(file: Path) -> Plan:
    return read_plan(file.read_text("utf-8"), tool_version=__version__)


def a_plan_of_other_files_is_not_recorded(town: Swift) -> None:
    pull = town.propose(switch(town))
    tree = town.checkout(pull.head)
    school = tree / SCHOOL
    school.write_text(school.read_text("utf-8").replace("Elever åk 4–6", "Elever 4–6"), "utf-8")
    file = town.folder / "other.json"
    words = ["plan", "--root", str(tree), "--base", "origin/main", "--out", str(file), *town.live()]
    assert town.run(town.job(), PLAN, *words).code == 0

    refused(record(town, pull, tree, file), "CI-RECORD-FILES")
    assert comments(town, pull) == []


def a_pull_request_into_another_branch_gets_no_record(town: Swift) -> None:
    town.number += 1
    town.hub.commit("anna", f"annan-{town.number}", {"README.md": "En annan gren\n"})
    town.hub.commit("bo", f"till-annan-{town.number}", switch(town))
    pull = town.hub.open_pull("bo", f"till-annan-{town.number}", base=f"annan-{town.number}")
    tree, file = planned(town, pull)

    refused(record(town, pull, tree, file), "CI-RECORD-BASE")
    assert comments(town, pull) == []


@pytest.mark.parametrize("file", ["organisation.yaml", SCHOOL])
def test_a_commit_that_cannot_be_planned_takes_the_older_plan_out_of_the_comment(rested: Swift, file: str) -> None:
    pull = rested.propose(switch(rested))
    assert rested.plan_and_record(pull).code == 0
    rested.hub.commit("bo", pull.branch, {file: "id: [\n"})
    words = ["--root", str(rested.checkout(pull.head)), "--pull", str(pull.number), *rested.live()]

    done = rested.run(rested.job(), PLAN, "ci", "unplanned", *words)

    assert done.code == 0, done.said
    (body,) = comments(rested, pull)
    assert "gick inte att planera" in body
    assert f"`{pull.head[:12]}`" in body
    assert "Inkognitoläge" not in body
    assert "reconciler:record" not in body
    rested.hub.commit("bo", pull.branch, switch(rested))
    refused(rested.run(rested.job(), PLAN, "ci", "unplanned", *words), "CI-RECORD-HEAD")


def a_text_with_a_record_in_it_is_no_comment(town: Swift) -> None:
    pull = town.propose(switch(town))
    text = town.folder / "text.md"
    text.write_text("Hej\n<!-- reconciler:record:1 key=2026 mac=0 part=1/1\nabc\n-->\n", "utf-8")
    words = ["--root", str(town.checkout(pull.head)), "--file", str(text), "--pull", str(pull.number)]

    refused(town.run(town.job(), PLAN, "ci", "comment", *words), "CI-COMMENT-RECORD")
    assert comments(town, pull) == []


def without_a_number_and_a_pull_request_nothing_is_commented(town: Swift) -> None:
    text = town.folder / "text.md"
    text.write_text("Hej\n", "utf-8")
    words = ["--root", str(town.checkout(town.hub.head())), "--file", str(text)]

    refused(town.run(town.job(), PLAN, "ci", "comment", *words), "CI-NO-PULL")


def a_lock_that_was_lost_before_the_first_write_stops_the_run(town: Swift) -> None:
    """Somebody lets go of it by hand, between the record of what is about to be done and the writes."""
    town.accept(switch(town))
    before, anchored = town.writes(), ci_carrying.anchor

    def robbed(notes: Any, keeper: Any, mark: str) -> None:
        anchored(notes, keeper, mark)
        name = notes.place.name_of("chrome")
        held = current(notes.place.forge, name)
        assert held is not None
        release(notes.place.forge, held)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ci_carrying, "anchor", robbed)
        done = town.apply()

    stopped = (done.code, "FORGE-LOCK-LOST" in done.err, town.writes() - before)
    town.hub.clock.tick(hours=2)
    assert town.apply().code == 0  # the run after it goes on
    assert town.left() == []
    assert stopped == (1, True, 0), done.said


def a_lock_is_renewed_while_the_writes_go_on(town: Swift) -> None:
    with place(town, town.checkout(town.hub.head())) as at:
        keeper = _keeper(at)
        first = keeper.lock
        keeper.tick()
        assert keeper.lock == first  # not before a third of its time
        keeper.forge.clock.sleep(LASTS.total_seconds() / 3)
        town.hub.clock.tick(minutes=15)
        keeper.tick()
        renewed, left = keeper.lock.until - first.until, release(at.forge, keeper.lock)
    assert (renewed.total_seconds() >= 15 * 60, left) == (True, True)


def a_lock_that_is_lost_while_the_writes_go_on_ends_the_run_as_a_signal_does(town: Swift) -> None:
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    try:
        with place(town, town.checkout(town.hub.head())) as at:
            keeper = _keeper(at)
            release(at.forge, keeper.lock)
            keeper.forge.clock.sleep(LASTS.total_seconds() / 3)
            keeper.tick()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert told == [signal.SIGTERM]


def _keeper(at: Place) -> Keeper:
    lock = acquire(at.forge, "prov", Holder(run="prov"), LASTS)
    assert not isinstance(lock, Held)
    return Keeper(at.forge, lock)


def a_record_that_the_forge_does_not_take_takes_nothing_away_from_the_result(town: Swift) -> None:
    town.accept(switch(town))
    gone = town.hub.fault(Fault(status=502, verb="POST", path=".*/deployments", times=10**6, skip=1))
    try:
        done = town.apply()
    finally:
        town.mend(gone)
        again = town.apply()
    assert (done.code, again.code, town.left()) == (4, 0, []), done.said
    assert "GitHub tog inte emot noteringen om det" in done.err
    assert "1 ändring genomförd" in done.out


def an_issue_that_may_not_be_written_takes_nothing_away_from_what_was_done(town: Swift) -> None:
    town.accept(switch(town))
    lacking = {name: right for name, right in APPLY.items() if name != "issues"}
    try:
        run = town.job("push")
        done = town.run(run, lacking, *town.apply_words(run))
    finally:
        town.hub.clock.tick(hours=2)
    assert (done.code, town.left()) == (0, []), done.said
    assert "Ärendet på GitHub gick inte att skriva." in done.err
    assert "Skriv issues: read under permissions:" in done.err


def an_unknown_system_is_refused_by_its_name(town: Swift) -> None:
    run = town.job("push")
    words = [word if word != "chrome" else "finns-inte" for word in town.apply_words(run)]

    refused(town.run(run, APPLY, *words), "CI-BACKEND-UNKNOWN")


def an_issue_stays_open_while_its_system_cannot_be_read_whole(town: Swift) -> None:
    by_hand(town)
    root = ["--root", str(town.checkout(town.hub.head())), *town.live()]
    assert town.run(town.job(), DRIFT, "ci", "drift", *root).code == 0
    _mended(town)
    town.ask("faults", {"kind": "500", "path": "policies:resolve", "times": 1000})
    try:
        partly = town.run(town.job(), DRIFT, "ci", "drift", *root)
        open_then = _open(town)
    finally:
        town.ask("faults", method="DELETE")
        whole = town.run(town.job(), DRIFT, "ci", "drift", *root)
    assert (partly.code, open_then) == (1, 1), partly.said
    assert "allt gick inte att läsa och bedöma" in partly.err
    assert (whole.code, _open(town)) == (0, 0), whole.said


def _open(town: Swift) -> int:
    return sum(one.state == "open" and "Avvikelser" in one.title for one in town.hub.world.issues.values())


def _mended(town: Swift) -> None:
    state = town.ask("state")
    unit = next(one for one in state["google"]["org_units"] if one["name"] == "Omdöpt för hand")
    unit["name"] = "Elever åk 4–6"
    town.ask("seed", state)


def in_public(town: Swift, *words: str) -> Done:
    """In a job of a public repository, without a sandbox."""
    event = town.folder / "public.json"
    event.write_text(json.dumps({"repository": {"private": False}}), "utf-8")
    town.extra.update(GITHUB_EVENT_PATH=str(event), GITHUB_ACTIONS="true")
    try:
        return town.run(town.job(), {**APPLY, **PLAN}, "ci", *words, "--root", str(town.checkout(town.hub.head())))
    finally:
        town.extra.clear()


def nothing_is_applied_in_public(town: Swift) -> None:
    refused(in_public(town, "apply", "--backend", "chrome", "--out-dir", str(town.out)), "LIVE-IN-PUBLIC")


def nothing_is_told_of_drift_in_public(town: Swift) -> None:
    refused(in_public(town, "drift"), "LIVE-IN-PUBLIC")


def no_plan_is_recorded_in_public(town: Swift) -> None:
    _, file = planned(town, town.propose(switch(town)))
    refused(in_public(town, "record", "--plan", str(file), "--pull", "1"), "LIVE-IN-PUBLIC")


RECORD, CARRYING, KEEPING = (f"reconciler.reconcile.ci_{name}" for name in ("record", "carrying", "keeping"))
CHECKS: dict[Callable[[Swift], None], tuple[str, str, str]] = {
    a_plan_of_an_older_push_is_not_recorded: (RECORD, "    if head != standing:\n", "    if False:\n"),
    a_push_while_the_record_is_made_voids_it: (
        RECORD,
        "    if head_of_pull(place.forge, pull) != recorded.record.head:\n",
        "    if False:\n",
    ),
    a_plan_of_other_files_is_not_recorded: (
        RECORD,
        "    if documents is None or any(plan.digest != documents.digest for plan in plans):\n",
        "    if documents is None:\n",
    ),
    a_pull_request_into_another_branch_gets_no_record: (
        RECORD,
        '    if text(row, "base", "ref") != place.branch:\n',
        "    if False:\n",
    ),
    a_text_with_a_record_in_it_is_no_comment: (RECORD, "    if START in body:\n", "    if False:\n"),
    without_a_number_and_a_pull_request_nothing_is_commented: (
        "reconciler.cli.ci_forge",
        "    if not isinstance(number, int):\n        refuse",
        "    if not isinstance(number, int):\n        return 1\n        refuse",
    ),
    a_lock_that_was_lost_before_the_first_write_stops_the_run: (CARRYING, "    keeper.check()\n", ""),
    a_lock_is_renewed_while_the_writes_go_on: (
        KEEPING,
        "            self.lock = renew(self.forge, self.lock, LASTS)\n",
        "            pass\n",
    ),
    a_lock_that_is_lost_while_the_writes_go_on_ends_the_run_as_a_signal_does: (
        KEEPING,
        "        except ForgeProblem:\n            signal.raise_signal(signal.SIGTERM)\n",
        "        except ForgeProblem:\n            pass\n",
    ),
    a_record_that_the_forge_does_not_take_takes_nothing_away_from_the_result: (
        CARRYING,
        "    except HttpFailure as failure:\n        code",
        "    except HttpFailure as failure:\n        raise\n        code",
    ),
    an_issue_that_may_not_be_written_takes_nothing_away_from_what_was_done: (
        "reconciler.cli.ci_apply",
        "    except (ForgeProblem, HttpFailure) as failure:\n",
        "    except (ForgeProblem, HttpFailure) as failure:\n        raise\n",
    ),
    an_unknown_system_is_refused_by_its_name: (
        "reconciler.reconcile.ci_planning",
        "    if found is None:\n",
        "    if found is None:\n        return documents.organisation.backends[0]\n",
    ),
    an_issue_stays_open_while_its_system_cannot_be_read_whole: (
        "reconciler.cli.ci_drift",
        "    elif one.standing is Standing.AGREES:\n",
        "    elif True:\n",
    ),
    nothing_is_applied_in_public: (
        "reconciler.cli.ci_apply",
        "environment=live_environment(sandbox, lang)",
        "environment={}",
    ),
    nothing_is_told_of_drift_in_public: (
        "reconciler.cli.ci_drift",
        "environment=live_environment(sandbox, language)",
        "environment={}",
    ),
    no_plan_is_recorded_in_public: (
        "reconciler.cli.ci_comment",
        "    live_environment(sandbox, language)\n",
        "",
    ),
}


def told(check: Callable[[Swift], None]) -> str:
    return check.__name__


@pytest.fixture
def rested(town: Swift) -> Swift:
    town.hub.clock.tick(hours=2)  # GitHub's quota is by the hour
    return town


@pytest.mark.parametrize("check", CHECKS, ids=told)
def test_what_each_command_sees_for_itself(rested: Swift, check: Callable[[Swift], None]) -> None:
    check(rested)


@pytest.mark.parametrize("check", CHECKS, ids=told)
def test_without_a_check_its_test_is_red(rested: Swift, check: Callable[[Swift], None]) -> None:
    with taken_out(*CHECKS[check]), pytest.raises((AssertionError, pytest.fail.Exception)):
        check(rested)
