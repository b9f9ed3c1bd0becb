"""The pack that a municipality begins with: every rule has cases on both sides, and the sample lives by it."""

import re
from datetime import date
from pathlib import Path

import pytest

from reconciler.load.policy_cases import read_cases
from reconciler.load.repository import load
from reconciler.load.tree import read_tests, read_tree
from reconciler.model.policy import Guardrail, Outcome, RuleEffect
from reconciler.model.policy_case import PolicyCase
from reconciler.policy.judging import Side, judge_rules
from reconciler.reconcile.policy_cases import run_case
from reconciler.reconcile.prepare import prepare

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 21)


def pack() -> dict[str, Guardrail]:
    documents = load(read_tree(ROOT), digest=False).documents
    assert documents is not None
    return {rule.id: rule for rule in documents.guardrails}


PACK = pack()
CASES = read_cases(read_tests(ROOT))


def names(case: PolicyCase) -> str:
    return f"{case.rule}: {case.name}"


def test_every_file_of_cases_can_be_read() -> None:
    assert CASES.findings == ()


@pytest.mark.parametrize("case", CASES.cases, ids=names)
def test_a_rule_says_what_its_case_expects(case: PolicyCase) -> None:
    assert [one.values for one in run_case(case, PACK).differences] == []


@pytest.mark.parametrize("rule", sorted(PACK))
def test_every_rule_has_a_case_that_is_met_and_one_that_is_not(rule: str) -> None:
    outcomes = {outcome for case in CASES.cases if case.rule == rule for outcome in case.expect.values()}

    assert {"met", "not-met"} <= outcomes


POINT = re.compile(r"(\d+(?: och \d+)*) \((Skövde|Alvesta|Gagnef|Ronneby|Västerås)\)")
"""How a source cites the field study: `Punkt 53 och 55 (Gagnef)`, `Punkt 42 (Alvesta) och 88 (Västerås)`."""


def points_by_municipality() -> dict[str, set[int]]:
    page = (ROOT / "docs/seeds.md").read_text("utf-8")
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    return {
        name: {int(number) for number in re.findall(r"^\| (\d+) \|", part, re.MULTILINE)}
        for name, part in parts.items()
    }


@pytest.mark.parametrize("rule", PACK.values(), ids=lambda rule: rule.id)
def test_every_rule_says_where_in_the_field_study_it_comes_from_and_from_when_it_holds(rule: Guardrail) -> None:
    known = points_by_municipality()
    cited = [(int(one), name) for numbers, name in POINT.findall(rule.source.text) for one in numbers.split(" och ")]

    assert rule.rationale
    assert rule.span.start is not None
    assert rule.source.text.startswith("Punkt ")
    assert cited
    assert [(number, name) for number, name in cited if number not in known[name]] == []
    if rule.source.kind == "law":
        assert rule.source.url.count("/") > 3, "a law's source leads to the text, not to a front page"


def test_the_pack_for_national_tests_is_off_and_ends() -> None:
    tests = [rule for rule in PACK.values() if rule.pack == "digitala-nationella-prov"]

    assert len(tests) == 5
    assert [rule.id for rule in tests if rule.active] == []
    assert {rule.span.end for rule in tests} == {date(2027, 6, 30)}


def test_nothing_in_the_sample_blocks_or_goes_unanswered() -> None:
    prepared = prepare(ROOT, TODAY, digest=False)
    assert prepared.documents
    judged = judge_rules(Side(documents=prepared.documents, state=prepared.state), TODAY)

    assert [one for one in judged.verdicts if one.outcome is Outcome.NOT_EVALUATED] == []
    breaches = [one for one in judged.verdicts if one.outcome is Outcome.NOT_MET]
    assert [(one.rule, one.subject.id) for one in breaches if one.effect is RuleEffect.BLOCK] == []
    assert {one.rule for one in breaches} >= {
        "konsekvensbedomning-omfattar",
        "superanvandare",
        "uppdateringar-tar-slut",
    }


def test_the_samples_exception_from_a_rule_excuses_one_group() -> None:
    prepared = prepare(ROOT, TODAY, digest=False)
    assert prepared.documents
    judged = judge_rules(Side(documents=prepared.documents, state=prepared.state), TODAY)
    excused = [(one.subject.id, one.waived_by) for one in judged.verdicts if one.rule == "fel-miljo" and one.waived_by]

    assert excused == [("abackaskolan/elever-4-6:minecraft-education", "minecraft-i-mellanstadiet")]
