"""An old run of `plan` that somebody runs again: it has its event's base, and signs nothing that the pull request doesn't propose."""

from tests.forge.happenings import HEADS, notice
from tests.forge.state import Pull
from tests.workflows.reading import read_workflow
from tests.workflows.runner import Result
from tests.workflows.stage import SCHOOL, Stage

SIGNED = "<!-- reconciler:record:"
GUARD = "github.event.pull_request.state == 'open' && github.event.pull_request.base.ref == github.event.repository.default_branch"
OLD, NEW = "power-wash: blocked", "power-wash: allowed"


def retargeted(town: Stage) -> tuple[Pull, Result]:
    """A pull request that was planned into bo's own branch, where what waits on main looks undone, and then moved to main."""
    unapproved = town.recorded(town.edited(SCHOOL, OLD, NEW))
    town.forge.clock.tick(minutes=1)
    town.forge.merge(unapproved, "anna", "squash", bypass=True)
    main = town.read(SCHOOL)
    aside = town.forge.commit("bo", "y", {SCHOOL: main.replace(NEW, OLD)})
    town.forge.git.set_ref(HEADS + "x", aside, None)
    notice(town.forge.world, "bo")
    pupils = 'pupils: {as_of: "2026-10-15", by_grade: {4-6: 70}}\n'
    town.forge.commit("bo", "x", {SCHOOL: main.replace("holding:", f"{pupils}holding:")})
    pull = town.forge.open_pull("bo", "x", base="y", title="Elevantal")
    first = town.run("plan", "pull_request_target", pull=pull)
    pull.base, pull.base_sha = "main", town.forge.head()
    town.forge.clock.tick(minutes=5)
    return pull, first


def test_a_run_of_another_base_that_is_run_again_signs_nothing(town: Stage) -> None:
    pull, first = retargeted(town)
    assert set(first.conclusions.values()) == {"skipped"}
    assert set(town.again("plan", first, by="bo").conclusions.values()) == {"skipped"}

    again = unguarded(town, first)

    assert again.conclusions["plan"] == "failure"
    assert "där pull request" in again.said
    assert not any(SIGNED in said for said in town.comments(pull))


def unguarded(town: Stage, first: Result) -> Result:
    """The condition may be lost one day; the record hangs on what GitHub says now."""
    run = town.forge.rerun(first.run, "bo")
    file = town._workflow("plan", run.head)
    text = file.read_text("utf-8")
    assert text.count(GUARD) == 1
    file.write_text(text.replace(GUARD, "true"), "utf-8")
    return town.machine.start(read_workflow(file), run)
