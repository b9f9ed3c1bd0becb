"""`policy test`: what a case that is wrong is told, and at which line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.load.policy_cases import merge
from reconciler.model.place import Position
from reconciler.reconcile.policy_cases import CaseRun, run_cases
from tests.unit.load.writing import FILES, write_all

RULE = """\
id: prov
effect: block
owner: it
on: group
when: group.audience != 'storage'
require: group.grades.all(g, g >= 4)
message: {sv: "{group.name} är för små", en: "{group.name} are too small"}
rationale: Skäl
source: {kind: need, text: Behov}
active: false
"""
SHARED = """\
today: "2026-11-21"
documents:
  schools:
    - id: a
      units: [{code: "12345678", school_forms: [grundskola]}]
      groups: [{id: b, name: De små, school_form: grundskola, platform: chromeos, audience: pupils, grades: F-6, devices: {}}]
cases:
"""
GUARDRAIL = "policies/guardrails/prov.yaml"
CASES = "policies/tests/prov.yaml"


def tried(root: Path, cases: str, more: Mapping[str, str] | None = None) -> CaseRun:
    write_all(root, {**FILES, GUARDRAIL: RULE, CASES: SHARED + cases, **(more or {})})
    return run_cases(root)


def wrong(tested: CaseRun) -> list[tuple[str, int, int]]:
    found = []
    for one in tested.findings:
        assert isinstance(one.place, Position)
        found.append((one.code, one.place.line, one.place.column))
    return found


def test_what_comes_out_as_expected_is_counted_and_nothing_is_said(tmp_path: Path) -> None:
    tested = tried(
        tmp_path,
        "  - {rule: prov, name: Små, expect: {a/b: not-met}, says: De små är}\n"
        "  - {rule: prov, name: Stora, documents: {schools: [{id: a, groups: [{id: b, grades: 4-6}]}]}, expect: {a/b: met}}\n"
        "  - {rule: prov, name: Förråd, documents: {schools: [{id: a, groups: [{id: b, audience: storage}]}]}, expect: {a/b: not-asked}}\n",
    )

    assert wrong(tested) == []
    assert len(tested.results) == 3
    assert tested.untested == ()


@pytest.mark.parametrize(
    ("case", "code", "column"),
    [
        ("{rule: prov, name: x, expect: {a/b: met}}", "POLICY-CASE-DIFFERS", 41),
        ("{rule: prov, name: x, expect: {a/c: met, a/b: not-met}}", "POLICY-CASE-NOT-ASKED", 41),
        ("{rule: prov, name: x, expect: {a/c: not-asked}}", "POLICY-CASE-UNEXPECTED", 35),
        ("{rule: prov, name: x, expect: {a/b: not-met}, says: hurra}", "POLICY-CASE-SAYS", 57),
        ("{rule: prvo, name: x, expect: {a/b: not-met}}", "POLICY-CASE-NO-RULE", 12),
        ('{rule: prov, name: x, today: "2026-02-30", expect: {a/b: not-met}}', "NO-SUCH-DAY", 34),
        ("{rule: prov, name: x, expect: {a/b: nej}}", "NOT-ALLOWED-VALUE", 41),
        ("{rule: prov, name: x, expect: {a/b: not-met}, til: 1}", "UNKNOWN-KEY", 51),
        (
            "{rule: prov, name: x, documents: {schools: [{id: a, groups: [{id: b, platform: chromos}]}]}, expect: {a/b: not-met}}",
            "POLICY-CASE-BROKEN",
            24,
        ),
    ],
)
def test_what_differs_is_said_at_its_line(tmp_path: Path, case: str, code: str, column: int) -> None:
    assert wrong(tried(tmp_path, f"  - {case}\n")) == [(code, 8, column)]


def test_one_wrong_case_hides_no_other(tmp_path: Path) -> None:
    tested = tried(
        tmp_path,
        "  - {rule: prvo, name: x, expect: {a/b: met}}\n  - {rule: prov, name: y, expect: {a/b: met}}\n",
    )

    assert [code for code, *_ in wrong(tested)] == ["POLICY-CASE-NO-RULE", "POLICY-CASE-DIFFERS"]
    assert tested.findings[0].values["near"] == "prov"


def test_a_rule_that_fails_is_not_evaluated_and_never_met(tmp_path: Path) -> None:
    failing = RULE.replace("group.grades.all(g, g >= 4)", "group.expected > 3")
    tested = tried(tmp_path, "  - {rule: prov, name: x, expect: {a/b: met}}\n", {GUARDRAIL: failing})

    assert [one.values["outcome"] for one in tested.findings] == ["not-evaluated"]


def test_why_nobody_was_asked_is_said_along(tmp_path: Path) -> None:
    """An app that reaches nobody stands in no group; the compiler knows why."""
    rule = RULE.replace("on: group", "on: assignment")
    shared = SHARED.replace("devices: {}}", "devices: {}, apps: {required: [c]}}")
    app = '{id: c, platforms: {chromeos: {web: "https://c.example.se/"}}, status: proposed}'
    cases = (
        shared.replace("cases:\n", f"  apps: [{app}]\ncases:\n") + "  - {rule: prov, name: x, expect: {a/b:c: met}}\n"
    )
    tested = tried(tmp_path, "", {GUARDRAIL: rule, CASES: cases})

    assert [one.code for one in tested.findings] == ["POLICY-CASE-NOT-ASKED"]
    assert "c" in tested.findings[0].values["problem.sv"]


def test_rules_without_cases_on_both_sides_are_named(tmp_path: Path) -> None:
    assert tried(tmp_path, "  - {rule: prov, name: x, expect: {a/b: not-met}}\n").untested == ("prov",)


def test_a_rule_that_can_not_be_read_is_told_with_the_cases(tmp_path: Path) -> None:
    broken = RULE.replace("group.grades.all(g, g >= 4)", "group.grads > 3")
    tested = tried(tmp_path, "  - {rule: prov, name: x, expect: {a/b: not-evaluated}}\n", {GUARDRAIL: broken})

    assert wrong(tested) == [("RULE-UNKNOWN-VARIABLE", 6, 10)]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
        ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3}}, {"a": {"b": 1, "c": 3}}),
        ([{"id": "x", "n": 1}, {"id": "y"}], [{"id": "x", "m": 2}], [{"id": "x", "n": 1, "m": 2}, {"id": "y"}]),
        ([{"id": "x"}], [{"id": "z"}], [{"id": "x"}, {"id": "z"}]),
        (["a", "b"], ["c"], ["c"]),
        ([{"code": "1"}], [{"code": "2"}], [{"code": "2"}]),
    ],
)
def test_a_case_is_put_together_with_what_all_begin_with(before: object, change: object, after: object) -> None:
    assert merge(before, change) == after
