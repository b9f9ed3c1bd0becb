"""Every folder here is a case: a repository and a tenant, or a saved plan or result, and how each rendering of it reads."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from reconciler.model.change import ApplyResult, Plan
from reconciler.planning.codec import decode
from reconciler.report.plan_json import plan_json
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from reconciler.report.result_json import result_json
from reconciler.report.result_markdown import result_markdown
from reconciler.report.result_text import result_text
from tests.cases import running

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "cases"

PLAN: Mapping[str, Callable[[Plan], str]] = {
    "plan.sv.txt": lambda plan: plan_text(plan, "sv", file="plan.json"),
    "plan.en.txt": lambda plan: plan_text(plan, "en", file="plan.json"),
    "plan.sv.md": lambda plan: plan_markdown(plan, "sv", file="plan.json"),
    "plan.en.md": lambda plan: plan_markdown(plan, "en", file="plan.json"),
    "plan.json": lambda plan: plan_json(plan, "sv"),
}
RESULT: Mapping[str, Callable[[ApplyResult], str]] = {
    "result.sv.txt": lambda result: result_text(result, "sv", file="plan.json"),
    "result.en.txt": lambda result: result_text(result, "en", file="plan.json"),
    "result.sv.md": lambda result: result_markdown(result, "sv", file="plan.json"),
    "result.en.md": lambda result: result_markdown(result, "en", file="plan.json"),
    "result.json": lambda result: result_json(result, "sv"),
}
FINDINGS: Mapping[str, Callable[[Path], str]] = {
    "findings.sv.txt": lambda case: running.findings(case, "sv", "text"),
    "findings.en.txt": lambda case: running.findings(case, "en", "text"),
    "findings.json": lambda case: running.findings(case, "sv", "json"),
}
SAVED = sorted(path.parent for path in HERE.glob("*/input.json"))
LIVE = sorted(path.parent for path in HERE.glob("*/repository"))
SAVED_NAMES = sorted({*PLAN, *RESULT})
LIVE_NAMES = sorted({*PLAN, *FINDINGS})
GIVEN = {"README.md", "repository", "base", "tenant.yaml", "case.yaml"}


@cache
def saved(case: Path) -> Plan | ApplyResult:
    read = json.loads((case / "input.json").read_text("utf-8"))
    kind: type[Plan] | type[ApplyResult] = Plan if read["kind"] == "plan" else ApplyResult
    return decode(kind, read["body"])


def render(case: Path, name: str) -> str:
    if name in FINDINGS:
        return FINDINGS[name](case)
    read = saved(case) if case in SAVED else running.plan(case)
    if isinstance(read, Plan):
        return PLAN[name](read)
    return RESULT[name](read)


def test_a_folder_is_one_case() -> None:
    folders = {path for path in HERE.iterdir() if path.is_dir() and not path.name.startswith("__")}

    assert folders == {*SAVED, *LIVE}
    assert not {*SAVED} & {*LIVE}


@pytest.mark.parametrize("case", SAVED, ids=lambda case: case.name)
def test_a_saved_case_has_something_to_compare_with(case: Path) -> None:
    files = {path.name for path in case.iterdir()}

    assert files & set(SAVED_NAMES)
    assert files <= {*SAVED_NAMES, "input.json"}, "a misspelled file would never be compared"


@pytest.mark.parametrize("case", LIVE, ids=lambda case: case.name)
def test_a_live_case_is_read_by_all_who_read_plans(case: Path) -> None:
    files = {path.name for path in case.iterdir()}

    assert {"README.md", "tenant.yaml"} <= files
    assert {*PLAN, *FINDINGS} - {"plan.en.md", "findings.en.txt"} <= files
    assert files <= {*LIVE_NAMES, *GIVEN}, "a misspelled file would never be compared"


@pytest.mark.parametrize(
    ("case", "name"),
    [
        (case, name)
        for cases, names in ((SAVED, SAVED_NAMES), (LIVE, LIVE_NAMES))
        for case in cases
        for name in names
        if (case / name).exists()
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_renders_as_expected(case: Path, name: str) -> None:
    actual = render(case, name)
    expected = (case / name).read_text("utf-8")
    if actual != expected:
        (BUILD / case.name).mkdir(parents=True, exist_ok=True)
        (BUILD / case.name / name).write_text(actual, "utf-8")

    assert actual == expected, f"what came out is in build/cases/{case.name}/{name}"
