"""The files, and a base revision beside them: what is compared, and what is not when the base is no good."""

import subprocess
from pathlib import Path

import pytest

from reconciler.model.change import Proposal
from reconciler.model.finding import is_error
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from tests.unit.reconcile.worlds import TODAY, World

SCHOOL = "schools/norrskolan.yaml"


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.se", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def committed(world: World) -> World:
    git(world.root, "init", "-q")
    git(world.root, "add", ".")
    git(world.root, "commit", "-q", "-m", "base")
    return world


def test_the_base_is_read_from_git_and_not_from_the_folder(committed: World) -> None:
    committed.edit(SCHOOL, lambda text: text.replace("name: Norrskolan", "name: Norra skolan"))
    found = prepare(committed.root, TODAY, "HEAD")

    assert found.base is not None
    assert found.base.documents is not None
    assert found.documents is not None
    assert [school.name for school in found.base.documents.schools] == ["Norrskolan", "Sjöskolan"]
    assert [school.name for school in found.documents.schools] == ["Norra skolan", "Sjöskolan"]
    assert not list(filter(is_error, found.all_findings))


def test_what_the_step_from_the_base_must_not_do_is_a_finding_at_its_line(committed: World) -> None:
    """On a target whose other values are others', a line that is dropped would be remembered by nobody."""
    committed.edit(SCHOOL, lambda text: text.replace("    settings: {printing: blocked}\n", ""))
    (finding,) = [one for one in prepare(committed.root, TODAY, "HEAD").all_findings if is_error(one)]

    assert finding.code == "LISTED-LINE-DROPPED"
    assert finding.place is not None
    assert finding.place.file == SCHOOL


def test_only_what_the_base_did_not_want_is_proposed(committed: World) -> None:
    committed.edit(SCHOOL, lambda text: text.replace("printing: blocked", "printing: blocked, camera: blocked"))
    made = run_plan(prepare(committed.root, TODAY, "HEAD"), committed.wiring())

    assert made is not None
    every = (*made.changes, *made.held)
    assert [one.key.part for one in every if one.proposal is Proposal.PROPOSED] == ["chrome.users.VideoInput"]
    assert {one.proposal for one in every} == {Proposal.PROPOSED, Proposal.STANDING}


def test_an_unknown_revision_is_said(committed: World) -> None:
    found = prepare(committed.root, TODAY, "finns-inte")

    assert [one.code for one in found.findings] == ["UNKNOWN-REVISION"]
    assert found.base is not None
    assert found.base.documents is None


def test_a_folder_without_git_has_no_revisions(world: World) -> None:
    assert [one.code for one in prepare(world.root, TODAY, "HEAD").findings] == ["UNKNOWN-REVISION"]


def test_a_base_that_cannot_be_read_is_said_and_compares_nothing(world: World) -> None:
    whole = (world.root / "organisation.yaml").read_text("utf-8")
    (world.root / "organisation.yaml").write_text("name: [\n", "utf-8")
    git(world.root, "init", "-q")
    git(world.root, "add", ".")
    git(world.root, "commit", "-q", "-m", "broken")
    (world.root / "organisation.yaml").write_text(whole, "utf-8")
    found = prepare(world.root, TODAY, "HEAD")
    made = run_plan(found, world.wiring())

    assert [(one.code, one.severity.value) for one in found.all_findings] == [("BASE-UNREADABLE", "warning")]
    assert made is not None
    assert {one.proposal for one in made.changes} == {Proposal.NOT_EVALUATED}
