"""The forge fails for good in the middle of a command: what is done is told as done, nothing is done twice, and the next run leaves nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.change import ChangeResult
from reconciler.planning.planfile import read_result
from tests.acceptance.ci_swift import APPLY, Swift, swift_world
from tests.acceptance.ci_world import PLAN
from tests.acceptance.test_ci_flow import switch
from tests.acceptance.test_ci_guard import TODAY, saved_plan
from tests.forge.faults import Fault

BROKEN = (502, "Server Error")
FORBIDDEN = (403, "Resource not accessible by integration")
QUOTA = (429, "You have exceeded a secondary rate limit.")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    with swift_world(tmp_path_factory.mktemp("swift")) as made:
        yield made


def requests_of_a_run(town: Swift) -> list[tuple[str, str]]:
    town.hub.clock.tick(hours=2)
    town.accept(switch(town))
    town.hub.world.log.clear()
    assert town.apply().code == 0
    return town.asks()


def results_in(town: Swift) -> tuple[ChangeResult, ...]:
    """What a run says that it did; a run in which everything is held ends with a result without any."""
    file = town.out / "result.json"
    return read_result(file.read_text("utf-8")).results if file.exists() else ()


@pytest.mark.parametrize(("fault", "step"), [(BROKEN, 1), (FORBIDDEN, 3), (QUOTA, 5)])
def test_an_apply_that_loses_the_forge_at_any_request_says_what_it_did(
    town: Swift, fault: tuple[int, str], step: int
) -> None:
    """Fails at the first request, at the next, and so on to the end; a new change is proposed whenever one was applied."""
    last = len(requests_of_a_run(town))
    open_change = False
    for after in range(0, last, step):
        if not open_change:
            town.accept(switch(town))
            open_change = True
        before = town.writes()
        (town.out / "result.json").unlink(missing_ok=True)
        broken = town.break_off(fault[0], after, fault[1])

        run = town.apply()

        town.mend(broken)
        wrote = town.writes() - before
        assert wrote in (0, 1), (after, run.said)
        assert wrote or run.code in (1, 4), (after, run.said)  # 4: where nobody can tell who is in a team, it is held
        assert ("1 ändring genomförd" in run.out) is bool(wrote), (after, run.said)
        assert len(results_in(town)) == wrote, (after, run.said)
        if wrote:
            assert "Inget har ändrats" not in run.said, (after, run.said)
            assert run.code == (0 if "GitHub tog inte emot noteringen" not in run.err else 4), (after, run.said)
            again = town.apply()
            assert (again.code, town.writes() - before) == (0, 1), (after, again.said)
            assert town.left() == []
            open_change = False
    if open_change:
        assert town.apply().code == 0
    assert town.left() == []


def test_after_the_writes_the_record_of_the_end_is_all_that_can_be_missing(town: Swift) -> None:
    """The first request after the writes asks what time it is at the forge: it too may fail."""
    asked = requests_of_a_run(town)
    second = [number for number, one in enumerate(asked) if one == ("POST", "repos/create-deployment")][1]
    assert asked[second - 1] == ("GET", "repos/get")
    town.accept(switch(town))
    (town.out / "result.json").unlink()
    broken = town.break_off(BROKEN[0], second - 1, BROKEN[1])

    run = town.apply()

    town.mend(broken)
    assert run.code == 4
    assert "GitHub tog inte emot noteringen om det" in run.err
    assert "1 ändring genomförd" in run.out
    assert (town.out / "result.json").exists()
    assert town.left() == []
    assert town.apply().code == 0


def commands(town: Swift) -> dict[str, tuple[dict[str, str], list[str]]]:
    """A pull request with its plan, and what may be asked for beside it."""
    pull = town.propose(switch(town))
    tree, file = str(town.checkout(pull.head)), str(town.folder / "record.json")
    run = town.hub.run("pull_request_target", actor="bo", workflow="plan", pull=pull)
    planned = town.run(run, PLAN, "plan", "--root", tree, "--base", "origin/main", "--out", file, *town.live())
    assert planned.code == 0
    (town.folder / "review.md").write_text("Så här blir det.\n", "utf-8")
    number = ["--pull", str(pull.number)]
    return {
        "record": (PLAN, ["ci", "record", "--root", tree, "--plan", file, "--sandbox", town.mdm, *number]),
        "comment": (PLAN, ["ci", "comment", "--root", tree, "--file", str(town.folder / "review.md"), *number]),
        "drift": ({"issues": "write", "contents": "read"}, ["ci", "drift", "--root", tree, *town.live()]),
        "lock": ({"contents": "write"}, ["ci", "lock", "--root", tree, "--backend", "chrome", *town.live()]),
        "unlock": ({"contents": "write"}, ["ci", "unlock", "--root", tree, "--backend", "chrome", *town.live()]),
    }


@pytest.mark.parametrize("fault", [BROKEN, FORBIDDEN, QUOTA], ids=["502", "403", "429"])
@pytest.mark.parametrize("name", ["record", "comment", "drift", "lock", "unlock"])
def test_any_other_command_that_loses_the_forge_is_refused_and_done_once_in_the_end(
    town: Swift, name: str, fault: tuple[int, str]
) -> None:
    permissions, words = commands(town)[name]
    for after in range(12):
        town.hub.clock.tick(hours=2)
        broken = town.break_off(fault[0], after, fault[1])
        done = town.run(town.job(), permissions, *words)
        unspent = broken.skip
        town.mend(broken)
        assert done.code in (0, 1), done.said
        assert done.code == 0 or "error FORGE-" in done.err, done.said
        if unspent:
            assert done.code == 0, done.said
            break
    else:
        pytest.fail("the command asks for more than was tried")
    assert town.run(town.job(), permissions, *words).code == 0
    pulls = [town.hub.said(pull) for pull in town.hub.world.pulls.values()]
    marks = [[one.body.splitlines()[0] for one in said if one.author.endswith("[bot]")] for said in pulls]
    assert all(len(set(each)) == len(each) for each in marks)
    town.run(town.job(), {"contents": "write"}, *commands(town)["unlock"][1])


@pytest.fixture
def founding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Swift]:
    """Nothing is applied, and the sandbox is taken for a system that is only changed from the forge."""
    with swift_world(tmp_path, applied=False) as made:
        monkeypatch.setattr("reconciler.planning.origin.applied_from", lambda *_, **__: "forge")
        made.extra["RECONCILER_BREAK_GLASS"] = "chrome"
        yield made


@pytest.mark.parametrize("lacking", ["issues", "deployments", "contents", None])
def test_with_the_glass_broken_nothing_that_the_forge_refuses_stops_it(founding: Swift, lacking: str | None) -> None:
    tree, _ = saved_plan(founding)
    permissions = {name: right for name, right in APPLY.items() if name != lacking}
    file, out = founding.folder / "saved.json", founding.folder / "result.json"
    words = ["apply", str(file), "--root", str(tree), "--today", TODAY.isoformat(), "--out", str(out)]

    done = founding.run(founding.job(), permissions, *words, "--break-glass", "Bråttom", *founding.live())

    assert done.code == 0, done.said
    assert out.exists()
    assert "Allt är genomfört: 9 ändringar." in done.out
    assert ("GitHub tog inte emot allt" in done.err) is (lacking is not None)
    assert founding.left() == []


def test_with_the_glass_broken_and_the_forge_gone_after_the_writes_the_result_is_shown(founding: Swift) -> None:
    tree, _ = saved_plan(founding)
    file = founding.folder / "saved.json"
    founding.hub.world.log.clear()
    words = ["apply", str(file), "--root", str(tree), "--today", TODAY.isoformat()]
    gone = founding.hub.fault(_after_begun())

    done = founding.run(founding.job(), APPLY, *words, "--break-glass", "Bråttom", *founding.live())

    founding.mend(gone)
    assert done.code == 0, done.said
    assert "Allt är genomfört: 9 ändringar." in done.out
    assert "GitHub tog inte emot allt" in done.err


def _after_begun() -> Fault:
    """The two requests that note what is about to be done go through, and nothing of the kind after them."""
    return Fault(status=502, verb="POST|PATCH", path=".*/(deployments|issues).*", times=10**6, skip=2)
