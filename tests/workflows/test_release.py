"""A tag becomes a package: tested, built, attested and published, each in its own job; and what makes each of them stop.

`make test` and `make test-flow` are stood in for by `make -n` of the same, which shows that there is something to run and runs nothing:
tests that run all tests would never end. What they come to is what the tests themselves say.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.workflows.outside import Outside
from tests.workflows.reading import ROOT
from tests.workflows.runner import Result
from tests.workflows.stage import Stage, founding, staged
from tests.workflows.tools import PIP_LOG

SOURCE: Final = ("pyproject.toml", "README.md", "requirements-dev.lock", "requirements-build.lock")
DRY: Final = {"make test": "make -n test", "make test-flow": "make -n test-flow"}
VERSION: Final = "0.1.0"
WHEEL: Final = f"skolenheter-{VERSION}-py3-none-any.whl"


def source(folder: Path, recipient: str) -> Path:
    founding(folder, recipient)
    for name in SOURCE:
        shutil.copyfile(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("source"), source) as stage:
        yield stage


@pytest.fixture
def tool(founded: Stage, tmp_path: Path) -> Stage:
    """With an index of packages and a register of attestations of its own."""
    machine = replace(founded.machine, outside=Outside(index=tmp_path / "index"), instead=DRY)
    return replace(founded, machine=machine)


def tag(tool: Stage, name: str) -> str:
    ref = f"refs/tags/{name}"
    if tool.forge.git.resolve(ref) is None:
        assert tool.forge.git.set_ref(ref, tool.forge.head(), None)
    return ref


def released(tool: Stage, name: str = f"v{VERSION}", old: str = "", new: str = "", sha: str | None = None) -> Result:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new) if old else text

    return tool.run("release", "push", actor="anna", ref=tag(tool, name), sha=sha, change=change)


def index(tool: Stage) -> dict[str, str]:
    """Name → SHA-256 of what anybody can install."""
    folder = tool.machine.outside.index
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*")}


def test_a_tag_is_tested_built_attested_and_published_and_what_is_published_is_what_was_attested(tool: Stage) -> None:
    done = released(tool)

    assert set(done.conclusions.values()) == {"success"}, done.said
    assert "pytest" in done.jobs["test"].said, "the tests' own command, shown and not run"
    assert list(index(tool)) == [WHEEL]
    assert tool.machine.outside.attested == {index(tool)[WHEEL]: "release"}


def test_only_the_build_backend_is_there_while_the_package_is_made_and_nothing_beside_the_identities(
    tool: Stage,
) -> None:
    jobs = released(tool).jobs

    def installed(name: str) -> list[str]:
        workspace = jobs[name].workspace
        assert workspace is not None
        return [line for log in workspace.rglob(PIP_LOG) for line in log.read_text("utf-8").splitlines()]

    (asked,) = installed("build")
    assert asked.endswith("--require-hashes --only-binary :all: -r requirements-build.lock")
    locked = [
        line.split("==")[0] for line in (ROOT / "requirements-build.lock").read_text().splitlines() if "==" in line
    ]
    assert locked == ["flit-core"]
    assert (installed("attest"), installed("publish")) == ([], [])


def test_a_tag_that_names_another_version_is_not_built(tool: Stage) -> None:
    done = released(tool, "v9.9.9")

    assert done.conclusions == {"test": "success", "build": "failure", "attest": "skipped", "publish": "skipped"}
    assert f"The tag is v9.9.9 and the package {VERSION}." in done.said
    assert index(tool) == {}


def test_what_fails_its_tests_is_neither_attested_nor_published(tool: Stage) -> None:
    failing = replace(tool, machine=replace(tool.machine, instead={"make test": "exit 1"}))

    done = released(failing)

    assert done.conclusions == {"test": "failure", "build": "success", "attest": "skipped", "publish": "skipped"}
    assert (index(tool), tool.machine.outside.attested) == ({}, {})


def test_a_version_is_published_once(tool: Stage) -> None:
    released(tool)
    before = index(tool)

    again = released(tool)

    assert again.conclusions["publish"] == "failure"
    assert "File already exists" in again.said
    assert index(tool) == before


TOO_FEW = [
    ("      attestations: write", "      attestations: read", "attest", "attestations: write is missing"),
    ("permissions: {id-token: write}", "permissions: {id-token: none}", "publish", "id_token: write is missing"),
    ("environment: pypi", "environment: test", "publish", "no corresponding publisher"),
    (
        "{name: dist, path: dist}\n      - uses: pypa",
        "{name: dist, path: d}\n      - uses: pypa",
        "publish",
        "no Python",
    ),
]


@pytest.mark.parametrize(("old", "new", "job", "said"), TOO_FEW)
def test_without_what_it_needs_a_job_stops_and_nothing_is_published(
    tool: Stage, old: str, new: str, job: str, said: str
) -> None:
    done = released(tool, old=old, new=new)

    assert done.jobs[job].conclusion == "failure"
    assert said in done.said
    assert index(tool) == {}


def test_another_projects_package_is_refused_by_the_index(tool: Stage) -> None:
    """The trusted publisher is for one project; what is called `reconciler` there is somebody else's."""
    text = tool.read("pyproject.toml")
    assert 'name = "skolenheter"' in text
    other = {"pyproject.toml": text.replace('name = "skolenheter"', 'name = "reconciler"')}

    done = released(tool, sha=tool.forge.commit("bo", "fel-namn", other))

    assert done.conclusions == {"test": "success", "build": "success", "attest": "success", "publish": "failure"}
    assert "not the project skolenheter" in done.said
    assert index(tool) == {}


@pytest.mark.parametrize("event", ["pull_request", "push"])
def test_the_tools_own_tests_need_no_secret(tool: Stage, event: str) -> None:
    pull = tool.propose("bo", f"gren-{event}", tool.switched()) if event == "pull_request" else None

    done = tool.run("test", event, pull=pull)

    assert done.conclusions == {"test": "success", "flow": "success"}, done.said
    assert all("pytest" in job.said for job in done.jobs.values())


def test_tests_that_fail_are_told(tool: Stage) -> None:
    failing = replace(tool, machine=replace(tool.machine, instead={**DRY, "make test-flow": "exit 2"}))

    assert failing.run("test", "push").conclusions == {"test": "success", "flow": "failure"}
