"""A forge with a few people and a first commit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.forge import Forge


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """`anna` administers, `bo` and `dag` write, `cia` and `eva` only read. What leaves GitHub's description fails the test."""
    made = Forge(tmp_path / "skolenheter.git")
    made.person("anna", level="admin")
    made.person("bo", level="write")
    made.person("dag", level="write")
    made.person("cia", level="read")
    made.person("eva", level="read")
    made.person("utomstaende", level=None, member=False)
    made.team("it", ["anna", "bo"])
    made.team("radet", ["cia", "eva"])
    made.commit("anna", "main", {"README.md": "Skolenheter\n", "schools/norr.yaml": "id: norr\n"}, "Första")
    yield made
    made.stop()
    assert made.violations == []
