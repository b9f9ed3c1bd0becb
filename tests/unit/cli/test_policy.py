"""`reconciler policy test` from outside: what it prints, and how it ends."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from reconciler.cli.main import cli
from tests.unit.load.writing import FILES, write_all

RULE = """\
id: prov
effect: warn
owner: it
on: school
require: school.pupils > 0
message: {sv: "{school.name} har inga elever", en: "{school.name} has no pupils"}
rationale: Skäl
source: {kind: need, text: Behov}
"""
CASES = """\
today: "2026-11-21"
documents: {schools: [{id: a, units: [{code: "12345678", school_forms: [grundskola]}], groups: []}]}
cases:
  - {rule: prov, name: Tom, expect: {a: not-met}}
  - {rule: prov, name: Full, documents: {schools: [{id: a, pupils: {as_of: "2026-10-15", by_grade: {F-3: 8}}}]}, expect: {a: OUTCOME}}
"""


def tried(root: Path, outcome: str, *more: str) -> Result:
    cases = CASES.replace("OUTCOME", outcome)
    write_all(root, {**FILES, "policies/guardrails/prov.yaml": RULE, "policies/tests/prov.yaml": cases})
    return CliRunner().invoke(cli, ["policy", "test", "--root", str(root), *more])


def test_all_as_expected_ends_well(tmp_path: Path) -> None:
    result = tried(tmp_path, "met")

    assert (result.output, result.exit_code) == ("2 fall: 2 som väntat, 0 annorlunda.\n", 0)


def test_a_difference_is_shown_and_ends_with_one(tmp_path: Path) -> None:
    result = tried(tmp_path, "not-met", "--lang", "en")
    first, *_, last = result.output.splitlines()

    assert first.startswith(
        "policies/tests/prov.yaml:5:126: error POLICY-CASE-DIFFERS: Full: the guardrail prov came to met for a"
    )
    assert last == "2 cases: 1 as expected, 1 otherwise."
    assert result.exit_code == 1


def test_a_tool_gets_nothing_but_json(tmp_path: Path) -> None:
    result = tried(tmp_path, "not-met", "--format", "json")

    assert json.loads(result.output)["summary"] == {"errors": 1, "warnings": 0}


def test_the_cases_of_one_rule(tmp_path: Path) -> None:
    assert tried(tmp_path, "met", "--rule", "prov").output.startswith("2 fall")


def test_a_rule_that_is_misspelt_has_not_passed(tmp_path: Path) -> None:
    result = tried(tmp_path, "met", "--rule", "porv")

    assert "Det finns ingen spärr porv." in result.output
    assert result.exit_code == 2


def test_rules_without_cases_are_named_and_no_error(tmp_path: Path) -> None:
    write_all(tmp_path, {**FILES, "policies/guardrails/prov.yaml": RULE})
    result = CliRunner().invoke(cli, ["policy", "test", "--root", str(tmp_path)])

    assert result.output.splitlines()[0] == "Spärrar utan ett uppfyllt och ett ej uppfyllt fall: prov."
    assert result.exit_code == 0


def test_validate_leaves_cases_aside(tmp_path: Path) -> None:
    wished = FILES["app-catalogs/appar.yaml"].partition("apps:")[0] + "apps: []\n"
    nobody = FILES["schools/norrskolan.yaml"].replace("    apps: {required: [kami], available: [scratch]}\n", "")
    files = {**FILES, "app-catalogs/appar.yaml": wished, "schools/norrskolan.yaml": nobody}
    write_all(tmp_path, {**files, "policies/tests/prov.yaml": "this: is no case\n"})
    result = CliRunner().invoke(cli, ["validate", "--no-cache", "--root", str(tmp_path)])

    assert result.exit_code == 0
