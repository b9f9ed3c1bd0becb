"""A guardrail that a law or a decision is behind, changed in each of the ways that make it weaker: at its line."""

import pytest

from reconciler.policy.rule_changes import check_rule_changes
from tests.unit.load.writing import changed, load_with
from tests.unit.policy.asking import TODAY

FILE = "policies/guardrails/pack.yaml"
PACK = """\
id: pack
rules:
  - id: ett
    effect: block
    owner: it
    on: group
    when: group.platform == 'ipados'
    require: size(group.apps) < 5
    measure: size(group.apps)
    message: {sv: För många., en: Too many.}
    rationale: Ordning.
    source: {kind: decision, text: BUN 2026/114}
    from: "2026-08-01"
  - id: tva
    effect: warn
    owner: it
    on: group
    require: group.shared
    message: {sv: Nej., en: 'No.'}
    rationale: Lag.
    source: {kind: law, text: Artikel 28.3}
  - id: tre
    effect: warn
    owner: it
    on: group
    require: group.shared
    message: {sv: Nej., en: 'No.'}
    rationale: Behov.
    source: {kind: need, text: Punkt 9}
"""
ONE = PACK[PACK.index("  - id: ett") : PACK.index("  - id: tva")]
TWO = PACK[PACK.index("  - id: tva") : PACK.index("  - id: tre")]
THREE = PACK[PACK.index("  - id: tre") :]


def said(before: str, after: str | None) -> list[tuple[str, str, int]]:
    base, head = load_with({FILE: before}), load_with({FILE: after})
    assert (base.findings, head.findings) == ((), ())
    assert base.documents is not None
    assert head.documents is not None
    found = []
    for one in check_rule_changes(base.documents.guardrails, head.documents.guardrails, TODAY):
        assert one.place is not None
        assert one.severity.value == "error"
        found.append((one.code, one.values["rule"], head.locate(one.place).line))
    return found


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("effect: block", "effect: warn", "ett", 4),
        ("when: group.platform == 'ipados'", "when: group.platform == 'ipados' && group.shared", "ett", 7),
        ("    when: group.platform == 'ipados'\n", "", "ett", 3),
        ("size(group.apps) < 5", "size(group.apps) < 9", "ett", 8),
        ("    measure: size(group.apps)\n", "", "ett", 3),
        ("measure: size(group.apps)", "measure: size(group.id)", "ett", 9),
        ('from: "2026-08-01"', 'from: "2027-08-01"', "ett", 13),
        ('from: "2026-08-01"', 'from: "2026-08-01"\n    until: "2026-11-30"', "ett", 14),
        ('from: "2026-08-01"', 'from: "2026-08-01"\n    active: false', "ett", 14),
        (TWO, changed(TWO, "require: group.shared", "require: group.shared || group.has_users"), "tva", 18),
        (
            TWO,
            changed(TWO, "on: group\n    require: group.shared", "on: school\n    require: school.id != ''"),
            "tva",
            17,
        ),
    ],
)
def test_a_weaker_rule_is_refused_at_the_line_that_makes_it_so(old: str, new: str, rule: str, line: int) -> None:
    after = changed(PACK, old, new)

    assert said(PACK, after) == [("RULE-WITHOUT-DECISION", rule, line)]
    newly = after.replace("BUN 2026/114", "BUN 2026/300").replace("Artikel 28.3", "Artikel 28.3 i ny lydelse")
    assert said(PACK, newly) == []


def test_a_pack_that_is_switched_off_is_refused_at_its_one_line() -> None:
    for line in ("active: false\n", 'until: "2026-11-30"\n'):
        assert said(PACK, changed(PACK, "rules:\n", f"{line}rules:\n")) == [
            ("RULE-WITHOUT-DECISION", "ett", 2),
            ("RULE-WITHOUT-DECISION", "tva", 2),
        ]


def test_a_rule_that_is_taken_out_of_its_pack_or_with_it() -> None:
    assert said(PACK, changed(PACK, ONE, "")) == [("RULE-REMOVED", "ett", 2)]
    assert said(PACK, changed(PACK, TWO, "")) == [("RULE-REMOVED", "tva", 2)]
    assert said(PACK, None) == [("RULE-REMOVED", "ett", 1), ("RULE-REMOVED", "tva", 1)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sv: För många.", "sv: Alldeles för många."),
        ("rationale: Ordning.", "rationale: Ordning och reda."),
        ("owner: it\n    on: group\n    when", "owner: joint\n    on: group\n    when"),
        ("rules:\n", "# Regler\nrules:\n"),
        (THREE, ""),
        (THREE, changed(THREE, "effect: warn", "effect: inform")),
        (ONE + TWO, TWO + ONE),
    ],
    ids=["message", "rationale", "owner", "comment", "a-need-goes", "a-need-changes", "order"],
)
def test_words_order_and_what_only_a_need_is_behind_take_no_decision(old: str, new: str) -> None:
    assert said(PACK, changed(PACK, old, new)) == []
