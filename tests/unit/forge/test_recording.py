"""What `ci record` signs: only what an open pull request proposes, told apart from where it left main."""

from pathlib import Path

import pytest

from reconciler.forge.api import Forge
from reconciler.forge.problems import ForgeProblem
from reconciler.reconcile.ci_record import make_record
from tests.forge.forge import Forge as Hub
from tests.unit.forge.municipality import checkout, edited, found, place, planned

OTHER = "incognito: blocked", "incognito: allowed"


def test_a_plan_told_apart_from_another_branch_is_not_signed(hub: Hub, forge: Forge, tmp_path: Path) -> None:
    """A run that is run again has the base of its event: told apart from that one, what waits on main is this pull request's."""
    main = found(hub)
    aside = hub.commit("bo", "y", edited(hub, *OTHER))
    pull = hub.open_pull("bo", "x") if hub.commit("bo", "x", {"docs/a.md": "a\n"}) else None
    assert pull is not None
    root = checkout(hub, tmp_path / "tree", pull.head)
    right, wrong = planned(root, pull.head, main), planned(root, pull.head, aside)

    assert make_record(place(forge, root), right, [right], pull.number).record.base == main
    for plan, later in ((wrong, []), (right, [wrong])):
        with pytest.raises(ForgeProblem) as refused:
            make_record(place(forge, root), plan, later, pull.number)
        assert refused.value.code == "CI-RECORD-OTHER-BASE"


def test_main_going_on_meanwhile_changes_nothing(hub: Hub, forge: Forge, tmp_path: Path) -> None:
    start = found(hub)
    hub.commit("bo", "x", {"docs/a.md": "a\n"})
    pull = hub.open_pull("bo", "x")
    hub.commit("anna", "main", {"docs/b.md": "b\n"})
    root = checkout(hub, tmp_path / "tree", pull.head)

    assert make_record(place(forge, root), planned(root, pull.head, start), [], pull.number).record.base == start


@pytest.mark.parametrize("merged", [True, False])
def test_what_is_not_open_any_longer_gets_no_younger_record(
    hub: Hub, forge: Forge, tmp_path: Path, merged: bool
) -> None:
    """A title that is edited after the merge starts the plan again: those who had approved would have approved before it."""
    start = found(hub)
    hub.commit("bo", "x", {"docs/a.md": "a\n"})
    pull = hub.open_pull("bo", "x")
    root = checkout(hub, tmp_path / "tree", pull.head)
    if merged:
        hub.merge(pull, "anna", "squash")
    else:
        hub.close(pull, "bo")

    with pytest.raises(ForgeProblem) as refused:
        make_record(place(forge, root), planned(root, pull.head, start), [], pull.number)

    assert refused.value.code == "CI-RECORD-CLOSED"
