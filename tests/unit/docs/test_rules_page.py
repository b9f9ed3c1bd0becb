"""The page on guardrails names every variable with its type, and its example is a guardrail."""

import re
from pathlib import Path

from reconciler.model.policy import SubjectKind
from reconciler.policy.variables import ELEMENTS, variables
from tests.unit.load.writing import load_with

PAGE = (Path(__file__).parents[3] / "docs" / "sv" / "sparrar.md").read_text("utf-8")
ALIKE = ("school.app_managers.", "school.it_support.")
"""Said once, for `school.principal`."""


def test_every_variable_stands_there_with_its_type() -> None:
    variables_part = PAGE.partition("## Variablerna")[2]
    written = dict(re.findall(r"^\| `([a-z_.]+)` \| ([a-z(), ]+) \|", variables_part, re.MULTILINE))
    known = {name: kind for on in SubjectKind for name, kind in variables(on).items() if not name.startswith(ALIKE)}

    assert written == known


def test_every_field_of_the_lists_stands_there() -> None:
    written = {
        name: tuple(re.findall(r"`([a-z_]+)`(?= \()", fields))
        for name, fields in re.findall(r"^\| `([a-z]+)` \| (`.*) \|$", PAGE, re.MULTILINE)
    }

    assert {name: written.get(name) for name in ELEMENTS} == dict(ELEMENTS)


def test_the_example_is_a_guardrail() -> None:
    example = PAGE.split("```yaml\n")[1].split("```")[0]
    loaded = load_with({"policies/guardrails/vagnar-lases.yaml": example})

    assert loaded.findings == ()
