"""One municipality for a file of tests: founded, approved and applied by its own workflows. Each test leaves it with nothing to do."""

from collections.abc import Iterator

import pytest

from tests.workflows.stage import Stage, staged


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("town")) as stage:
        stage.found()
        yield stage


@pytest.fixture
def town(founded: Stage) -> Stage:
    """Everything is as main wants it."""
    assert founded.left() == []
    return founded
