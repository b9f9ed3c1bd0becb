"""The forge client against the stand-in for GitHub, in process, on a clock that only sleeping moves."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from reconciler.forge.api import Forge
from reconciler.forge.connect import connect
from reconciler.http.clock import VirtualTime
from tests.forge.forge import Forge as Hub

ADDRESS = "http://127.0.0.1"
REPOSITORY = "granby-kommun/skolenheter"
WRITE_ALL = {
    "actions": "read",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "pull-requests": "write",
}
Connect = Callable[..., Forge]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """`anna` administers, `bo` and `dag` write, `cia` only reads. What leaves GitHub's description fails the test."""
    made = Hub(tmp_path / "skolenheter.git")
    made.world.url = ADDRESS
    made.person("anna", level="admin")
    made.person("bo", level="write")
    made.person("dag", level="write")
    made.person("cia", level="read")
    made.team("it", ["anna", "bo"])
    made.commit("anna", "main", {"README.md": "Skolenheter\n"}, "Första")
    yield made
    made.stop()
    assert made.violations == []


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def to(hub: Hub, time: VirtualTime) -> Iterator[Connect]:
    """`to(permissions)` connects with a job's token that has just these; more of the environment by keyword."""
    made: list[Forge] = []

    def open_one(permissions: Mapping[str, str] | None = None, **environ: str) -> Forge:
        wanted = WRITE_ALL if permissions is None else permissions
        known = {
            "GITHUB_TOKEN": hub.token(wanted, actor="bo"),
            "GITHUB_API_URL": ADDRESS,
            "GITHUB_REPOSITORY": REPOSITORY,
        }
        one = connect(known | environ, clock=time.clock(), transport=lambda: httpx.WSGITransport(app=hub.app))
        made.append(one)
        return one

    yield open_one
    for each in made:
        each.close()


@pytest.fixture
def forge(to: Connect) -> Forge:
    """Connected with all that a job may have."""
    return to()
