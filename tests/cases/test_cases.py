"""Every folder here is a case: a saved plan or result, and how each rendering of it reads."""

import json
from collections.abc import Callable, Mapping
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
CASES = sorted(path.parent for path in HERE.glob("*/input.json"))
NAMES = sorted({*PLAN, *RESULT})


def render(case: Path, name: str) -> str:
    read = json.loads((case / "input.json").read_text("utf-8"))
    if name in PLAN:
        return PLAN[name](decode(Plan, read["body"]))
    return RESULT[name](decode(ApplyResult, read["body"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_has_something_to_compare_with(case: Path) -> None:
    files = {path.name for path in case.iterdir()}

    assert files & set(NAMES)
    assert files <= {*NAMES, "input.json"}, "a misspelled file would never be compared"


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES for name in NAMES if (case / name).exists()],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_renders_as_expected(case: Path, name: str) -> None:
    actual = render(case, name)
    expected = (case / name).read_text("utf-8")
    if actual != expected:
        (BUILD / case.name).mkdir(parents=True, exist_ok=True)
        (BUILD / case.name / name).write_text(actual, "utf-8")

    assert actual == expected, f"what came out is in build/cases/{case.name}/{name}"
