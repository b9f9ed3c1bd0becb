"""A rename in the files, of a group, its school or both, is never another group in Entra: its id and what hangs on it stay."""

from pathlib import Path

import pytest

from reconciler.sandbox import load_seed
from reconciler.sandbox.graph.state import Group
from tests.contract.cases import Step, read_cases
from tests.contract.intune_hand import group_at
from tests.contract.intune_live import IntuneLive, intune_live
from tests.contract.running import INTUNE_SEED, carry_step, new_run

CASES = {case.case: case for case in read_cases()}

RENAMES = [
    ("a group renamed", "Norrskolan/Elever åk 4–6", "Norrskolan/Mellanstadiet"),
    ("a school renamed", "Sydskolan/Elever syd", "Södra skolan/Elever syd"),
    ("a group moved to another school", "Sydskolan/Elever syd", "Norrskolan/Elever från syd"),
]


@pytest.mark.parametrize(("case", "before", "after"), RENAMES, ids=[name for name, _, _ in RENAMES])
def test_the_group_is_the_same_one(case: str, before: str, after: str, tmp_path: Path) -> None:
    run = new_run(intune_live(load_seed(INTUNE_SEED)), tmp_path)
    carry_step(Step(step="start"), run)
    assert isinstance(run.live, IntuneLive)
    old = group_at(run.live.state, f"/Enheter/{before}")
    policies = _policies_of(run.live, old)
    carry_step(CASES[case].steps[0], run)
    new = group_at(run.live.state, f"/Enheter/{after}")
    assert (new.id, new.unique_name, new.members) == (old.id, old.unique_name, old.members)
    assert _policies_of(run.live, new) == policies
    assert len(policies) > 0


def _policies_of(live: IntuneLive, group: Group) -> set[str]:
    """Ids of the policies and apps that are assigned to it."""
    assigned = live.state.intune.assignments
    return {owner for owner, rows in assigned.items() if any(row["target"].get("groupId") == group.id for row in rows)}
