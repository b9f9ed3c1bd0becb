"""What holds for every workflow file, ours and those that a new municipality gets. Each rule is shown to bite.

`make workflows` holds them against GitHub's own schema and zizmor besides.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.reconcile.new_repository import TEMPLATES
from tests.workflows.reading import FOLDER, ROOT

FILES = sorted(FOLDER.glob("*.yml"))
CREDENTIALS = {"plan", "apply"}
"""Environments with an identity; `matrix.environment` puts a municipality's name before them."""

IDENTITY = ("id-token", "attestations", "pages")
"""Permissions by which a job shows outside who it is, or puts something there in our name."""

PIN = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
SAFE = re.compile(
    r"github\.(event\.pull_request\.(number|head\.sha|base\.sha|head\.repo\.full_name)|repository|ref|event_name|token)"
    r"|(matrix|needs|steps|vars|secrets)\.[\w.]+"
)
"""What no outsider chooses the text of: numbers, commits, our own outputs."""


def faults(text: str) -> list[str]:
    return [*_of_lines(text), *_of_workflow(yaml.safe_load(text))]


def _of_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if "uses:" in line and not PIN.search(line.strip().removeprefix("- ")):
            yield f"not pinned by its hash, with its version beside it: {line.strip()}"
        for found in re.findall(r"\$\{\{(.*?)\}\}", line):
            for name in re.findall(r"\b(?:github|matrix|needs|steps|vars|secrets|inputs|env)\.[\w.]+", found):
                if not SAFE.fullmatch(name):
                    yield f"somebody else chooses the text of {name}"


def _of_workflow(file: Mapping[str, Any]) -> Iterator[str]:
    if file.get("permissions") != {}:
        yield "permissions: {} is missing on top"
    if "cancel-in-progress" not in file.get("concurrency", {}):
        yield "concurrency is missing"
    for name, job in file["jobs"].items():
        yield from (f"{name}: {fault}" for fault in _of_job(job))
        if _may_write(job) and file["concurrency"]["cancel-in-progress"] is not False:
            yield f"{name}: a running apply could be cancelled"


def _may_write(job: Mapping[str, Any]) -> bool:
    return "apply" in str(job.get("environment", ""))


def _has_identity(job: Mapping[str, Any]) -> bool:
    """Whoever runs there can be taken for us: at Google and Entra, at the index of packages, on the pages."""
    given = job.get("permissions", {})
    return given == "write-all" or any(given.get(name) == "write" for name in IDENTITY)


def _of_job(job: Mapping[str, Any]) -> Iterator[str]:
    if "permissions" not in job:
        yield "says no permissions"
    if not isinstance(job.get("timeout-minutes"), int):
        yield "has no time limit"
    steps = job["steps"]
    if re.search(r"plan|apply", str(job.get("environment", ""))) or _has_identity(job):
        yield from _beside_credentials(steps)
    for step in steps:
        if "checkout" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
            yield "leaves the token behind in the checkout"
        if "${{" in step.get("run", ""):
            yield "writes an expression into a script"
        if re.search(r"(?m)^\s*(main/)?\.?\w*/?(pip|python|npm|curl|wget|git) ", step.get("run", "")):
            yield "does something that no command of ours does"


def _beside_credentials(steps: list[Mapping[str, Any]]) -> Iterator[str]:
    for step in steps:
        if "cache" in str(step.get("uses", "")) + str(step.get("with", "")):
            yield "has a cache beside a credential"
        if re.search(r"make (?!(-C main )?runtime\b)", step.get("run", "")) or "proposal/." in step.get("run", ""):
            yield "runs more than the runtime beside a credential"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_ours(file: Path) -> None:
    assert faults(file.read_text("utf-8")) == []


TAKEN_OUT = [
    ("apply.yml", "permissions: {}\n", "", "permissions: {} is missing on top"),
    ("apply.yml", "cancel-in-progress: false", "cancel-in-progress: true", "a running apply could be cancelled"),
    ("converge.yml", "cancel-in-progress: false", "cancel-in-progress: true", "a running apply could be cancelled"),
    ("plan.yml", "persist-credentials: false, ", "", "leaves the token behind in the checkout"),
    ("drift.yml", "    timeout-minutes: 60\n", "", "has no time limit"),
    ("apply.yml", " # v7.0.1", "", "not pinned by its hash"),
    ("plan.yml", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "not pinned by its hash"),
    (
        "plan.yml",
        '--pull "$PULL" --kind',
        '--pull "${{ github.event.pull_request.title }}" --kind',
        "somebody else chooses",
    ),
    (
        "plan.yml",
        '--pull "$PULL" --kind',
        '--pull "${{ github.event.pull_request.number }}" --kind',
        "an expression into a script",
    ),
    ("plan.yml", "make -C main runtime", "make -C main setup", "more than the runtime beside a credential"),
    ("plan.yml", "main/.runtime/bin/reconciler plan", "proposal/.runtime/bin/reconciler plan", "more than the runtime"),
    (
        "release.yml",
        '        with: {subject-path: "dist/*"}\n',
        "      - run: make test\n",
        "more than the runtime beside a credential",
    ),
    ("release.yml", '        with: {subject-path: "dist/*"}\n', "      - run: make package\n", "more than the runtime"),
    (
        "release.yml",
        "permissions: {contents: read} # the source",
        "permissions: {id-token: write} # the source",
        "test: runs more than the runtime beside a credential",
    ),
    (
        "release.yml",
        "permissions: {contents: read} # the source",
        "permissions: write-all # the source",
        "build: runs more than the runtime beside a credential",
    ),
    (
        "site.yml",
        "permissions: {contents: read} # filerna\n    steps:",
        "permissions: {pages: write} # filerna\n    steps:\n      - run: make setup",
        "build: runs more than the runtime beside a credential",
    ),
    ("drift.yml", "      - run: make runtime\n", "      - run: make setup\n", "drift: runs more than the runtime"),
    ("apply.yml", "      - run: make runtime\n", "      - run: pip install reconciler\n", "no command of ours"),
]


@pytest.mark.parametrize(("name", "old", "new", "fault"), TAKEN_OUT)
def test_a_rule_that_is_broken_is_told(name: str, old: str, new: str, fault: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert old in text

    assert any(fault in one for one in faults(text.replace(old, new))), fault


@pytest.mark.parametrize("name", ["validate", "plan", "apply", "converge", "drift", "doctor", "site"])
def test_a_new_municipality_gets_the_same(name: str) -> None:
    """`make templates` copies them."""
    template = TEMPLATES / "init" / "dot-github" / "workflows" / f"{name}.yml"
    assert template.read_text("utf-8") == (FOLDER / f"{name}.yml").read_text("utf-8")


def test_only_plan_runs_on_main_for_a_pull_request_and_only_it_is_let_through_zizmor() -> None:
    trusting = [file.name for file in FILES if "pull_request_target" in file.read_text("utf-8")]
    ignoring = [line for file in FILES for line in file.read_text("utf-8").splitlines() if "zizmor: ignore" in line]
    assert trusting == ["plan.yml"]
    assert len(ignoring) == 1
    assert len(ignoring[0].partition("]")[2].strip()) > 20, "with its reason"


def test_make_runtime_installs_by_hash_and_nothing_else() -> None:
    rule = (ROOT / "Makefile").read_text("utf-8").partition(".runtime/.installed:")[2].partition("\n\n")[0]
    (install,) = [line for line in rule.splitlines() if "pip install" in line]
    assert "--require-hashes" in install
    assert "--no-cache-dir" in install
    assert install.endswith("-r requirements.lock")
