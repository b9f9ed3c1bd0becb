"""From a pull request to the systems: each command as a process, with what its job would have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.ci_world import World, world


@pytest.fixture
def town(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def filled(asked: str) -> dict[str, str | None]:
    """The approvals file that a run asked for, with a reason and an end."""
    name = asked.splitlines()[0].removeprefix("id: ")
    text = asked.replace('reason: "…"', "reason: Första gången.").replace("ÅÅÅÅ-MM-DD", "2026-12-10")
    return {f"policies/approvals/{name}.yaml": text}


def founded(town: World) -> None:
    """What came with the first commit, approved by name and applied."""
    assert town.apply().code == 4
    town.accept(filled((town.out / "approvals.yaml").read_text("utf-8")))
    done = town.apply()
    assert done.code == 0, done.said


def test_the_first_commit_is_held_until_it_is_approved_by_name(town: World) -> None:
    first = town.apply()

    assert first.code == 4, first.said
    assert town.writes() == 0
    founded(town)
    assert town.left() == []
