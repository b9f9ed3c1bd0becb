"""Whose a breach is: made by this change, standing before it, or brought about by a date."""

from datetime import date

import pytest

from reconciler.model.place import Pointer
from tests.unit.load.writing import CATALOG, SCHOOL, SCHOOL_FILE, changed
from tests.unit.policy.asking import CATALOG_FILE, RULE_FILE, judged, rule

NO_KAMI = changed(SCHOOL, "apps: {required: [kami], available: [scratch]}", "apps: {available: [scratch]}")
FORBIDS_KAMI = rule("assignment", "app.id != 'kami'", when="group.id == 'norrskolan/elever-4-6'")
REVIEWED = changed(CATALOG, "    name: Kami\n", '    name: Kami\n    review_by: "2026-11-20"\n')
REVIEW = rule("app", "app.review_in_days == null || app.review_in_days >= 0")
EXCEPTION = (
    'id: undantag\nrule: prov\nsubjects: [norrskolan/elever-4-6]\nowner: it\nreason: x\nfrom: "2026-09-01"\n'
    'until: "2027-06-11"\ndecision: {body: Skolchef, date: "2026-08-10", reference: Delegation 2026-14}\n'
)


def said(head: dict[str, str], base: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(one.code, one.severity.value) for one in judged(head, base).findings]


def test_what_this_change_makes_is_an_error() -> None:
    head = {RULE_FILE: FORBIDS_KAMI}

    assert said(head, {**head, SCHOOL_FILE: NO_KAMI}) == [("RULE-NOT-MET", "error")]


def test_what_stood_before_is_said_and_no_error() -> None:
    assert said({RULE_FILE: FORBIDS_KAMI}, {RULE_FILE: FORBIDS_KAMI}) == [("RULE-NOT-MET-BEFORE", "warning")]


def test_a_new_rule_punishes_nobody() -> None:
    assert said({RULE_FILE: FORBIDS_KAMI}, {}) == [("RULE-NOT-MET-BEFORE", "warning")]


def test_a_date_is_nobodys_change() -> None:
    files = {RULE_FILE: REVIEW, CATALOG_FILE: REVIEWED}

    assert said(files) == [("RULE-NOT-MET-BY-DATE", "warning")]
    assert said(files, files) == [("RULE-NOT-MET-BEFORE", "warning")]


def test_without_a_base_whose_it_is_is_not_known() -> None:
    assert said({RULE_FILE: FORBIDS_KAMI}) == [("RULE-NOT-MET", "error")]


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("{devices: municipality, apps: municipality}", [("RULE-NOT-MET-BEFORE", "warning")]),
        ("{devices: municipality}", [("RULE-NOT-MET", "error")]),
    ],
)
def test_a_measure_tells_worse_from_as_bad_as_before(payer: str, expected: list[tuple[str, str]]) -> None:
    """Two groups of three have nobody who pays; then another payer for the third, or none."""
    measured = rule(
        "school",
        "school.groups.all(g, g.pays_apps != '')",
        more="measure: size(school.groups.filter(g, g.pays_apps == ''))\n",
    )
    before = changed(SCHOOL, "    settings: {incognito: blocked}\n", "    cost_bearer: {apps: school}\n")
    after = changed(before, "cost_bearer: {apps: school}", f"cost_bearer: {payer}")

    assert said({RULE_FILE: measured, SCHOOL_FILE: after}, {RULE_FILE: measured, SCHOOL_FILE: before}) == expected


def test_a_rule_is_not_loosened_together_with_what_it_then_permits() -> None:
    head = {RULE_FILE: FORBIDS_KAMI.replace("app.id != 'kami'", "app.id != 'annan'")}
    base = {RULE_FILE: FORBIDS_KAMI, SCHOOL_FILE: NO_KAMI}

    assert said(head, base) == [("RULE-LOOSENED", "error")]
    assert said({**head, SCHOOL_FILE: NO_KAMI}, base) == []
    assert said(head, {**head, SCHOOL_FILE: NO_KAMI}) == []


def test_a_rule_that_only_warns_from_now_on_comes_before_what_it_stopped() -> None:
    base = {RULE_FILE: FORBIDS_KAMI, SCHOOL_FILE: NO_KAMI}
    head = {RULE_FILE: FORBIDS_KAMI.replace("effect: block", "effect: warn")}

    assert said(head, base) == [("RULE-NOT-MET", "warning"), ("RULE-LOOSENED", "error")]
    assert said({**head, SCHOOL_FILE: NO_KAMI}, base) == []
    assert said({RULE_FILE: FORBIDS_KAMI}, {**head, SCHOOL_FILE: NO_KAMI}) == [("RULE-NOT-MET", "error")]


FEW_APPS = rule(
    "group", "size(group.apps) < 1", when="group.id == 'norrskolan/elever-4-6'", more="measure: size(group.apps)\n"
)
ONE_APP = changed(SCHOOL, "apps: {required: [kami], available: [scratch]}", "apps: {required: [kami]}")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param({}, id="gone"),
        pytest.param({RULE_FILE: FEW_APPS.replace("effect: block", "effect: warn")}, id="only-warns"),
        pytest.param({RULE_FILE: FEW_APPS.replace("measure: size(group.apps)\n", "")}, id="measures-nothing"),
        pytest.param(
            {RULE_FILE: FEW_APPS.replace("< 1", "< 3").replace("measure: size(group.apps)\n", "")}, id="wider"
        ),
    ],
)
def test_a_rule_is_not_loosened_together_with_what_makes_its_breach_worse(head: dict[str, str]) -> None:
    """One app too many before, two now."""
    base = {RULE_FILE: FEW_APPS, SCHOOL_FILE: ONE_APP}

    assert ("RULE-LOOSENED", "error") in said(head, base)
    assert "RULE-LOOSENED" not in dict(said({**head, SCHOOL_FILE: ONE_APP}, base))
    assert said({RULE_FILE: FEW_APPS}, base) == [("RULE-NOT-MET", "error")]


def test_a_rule_that_asks_more_so_that_the_base_breaks_it_too_lets_nothing_new_through() -> None:
    base = {RULE_FILE: FORBIDS_KAMI, SCHOOL_FILE: NO_KAMI}
    head = {RULE_FILE: rule("assignment", "group.id != 'norrskolan/elever-4-6'")}
    both = rule("group", "size(group.apps) < 2", when="group.id == 'norrskolan/elever-4-6'")
    none = both.replace("< 2", "< 1")

    assert "RULE-LOOSENED" not in dict(said({**head, SCHOOL_FILE: NO_KAMI}, base))
    assert ("RULE-LOOSENED", "error") in said({RULE_FILE: none}, {RULE_FILE: both, SCHOOL_FILE: ONE_APP})


def test_a_rule_that_is_taken_away_with_what_it_forbade() -> None:
    assert said({}, {RULE_FILE: FORBIDS_KAMI, SCHOOL_FILE: NO_KAMI}) == [("RULE-LOOSENED", "error")]


def test_an_exception_does_not_come_with_what_it_excuses() -> None:
    head = {RULE_FILE: FORBIDS_KAMI, "policies/exceptions/undantag.yaml": EXCEPTION}

    assert said(head, {RULE_FILE: FORBIDS_KAMI, SCHOOL_FILE: NO_KAMI}) == [("EXCEPTION-WITH-BREACH", "error")]
    assert said(head, {RULE_FILE: FORBIDS_KAMI}) == []
    assert said(head, {**head, SCHOOL_FILE: NO_KAMI}) == []


def test_a_breach_that_an_ended_exception_uncovers_is_nobodys_change() -> None:
    files = {RULE_FILE: FORBIDS_KAMI, "policies/exceptions/undantag.yaml": EXCEPTION}
    found = judged(files, files, as_of=date(2027, 6, 12)).findings

    assert [(one.code, one.severity.value) for one in found] == [("RULE-NOT-MET-BEFORE", "warning")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("require: app.id != 'kami'", "require: app.id != 'scratch'", ["RULE-WITHOUT-DECISION"]),
        ("effect: block", "effect: inform", ["RULE-WITHOUT-DECISION"]),
        ("sv: Nej", "sv: Nej tack", []),
        ("rationale: Skäl", "rationale: Bättre skäl", []),
        ("require: app.id != 'kami'", "require:   app.id  !=  'kami'", []),
    ],
)
def test_what_was_decided_is_changed_by_a_decision(old: str, new: str, expected: list[str]) -> None:
    decided = FORBIDS_KAMI.replace("{kind: need, text: Behov}", "{kind: decision, text: ITR 2026:14}")
    base = {RULE_FILE: decided, SCHOOL_FILE: NO_KAMI.replace("available: [scratch]", "available: []")}
    head = {**base, RULE_FILE: changed(decided, old, new)}

    assert [one.code for one in judged(head, base).findings] == expected
    newly = {**head, RULE_FILE: head[RULE_FILE].replace("ITR 2026:14", "ITR 2026:15")}
    assert judged(newly, base).findings == ()


DECIDED = FORBIDS_KAMI.replace("{kind: need, text: Behov}", "{kind: decision, text: ITR 2026:14}")
HARMLESS = {SCHOOL_FILE: NO_KAMI.replace("available: [scratch]", "available: []")}


def test_a_need_in_place_of_the_decision_is_no_decision() -> None:
    looser = changed(DECIDED, "require: app.id != 'kami'", "require: app.id != 'scratch'")
    needed = looser.replace("{kind: decision, text: ITR 2026:14}", "{kind: need, text: Behov}")
    (found,) = judged({RULE_FILE: needed, **HARMLESS}, {RULE_FILE: DECIDED, **HARMLESS}).findings

    assert found.code == "RULE-WITHOUT-DECISION"
    assert isinstance(found.place, Pointer)
    assert found.place.path == ("require",)


def test_a_decided_rule_is_ended_by_a_decision_before_it_is_removed() -> None:
    ended = DECIDED.replace("ITR 2026:14", "ITR 2026:15") + "active: false\n"
    over = DECIDED + 'until: "2026-10-31"\n'

    assert said(HARMLESS, {RULE_FILE: DECIDED, **HARMLESS}) == [("RULE-REMOVED", "error")]
    assert said({RULE_FILE: ended, **HARMLESS}, {RULE_FILE: DECIDED, **HARMLESS}) == []
    assert said(HARMLESS, {RULE_FILE: ended, **HARMLESS}) == []
    assert said(HARMLESS, {RULE_FILE: over, **HARMLESS}) == []


def test_an_exception_that_is_widened_with_a_breach_is_new_there() -> None:
    elsewhere = EXCEPTION.replace("norrskolan/elever-4-6", "norrskolan/pilot")
    head = {RULE_FILE: FORBIDS_KAMI, "policies/exceptions/undantag.yaml": EXCEPTION}
    base = {**head, "policies/exceptions/undantag.yaml": elsewhere, SCHOOL_FILE: NO_KAMI}

    assert said(head, base) == [("EXCEPTION-WITH-BREACH", "error")]
