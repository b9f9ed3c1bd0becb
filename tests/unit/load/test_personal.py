"""Personal data in what people write: where it is found, at its line, and where a function's address belongs."""

import pytest

from tests.unit.load.test_policy_files import (
    CALENDAR,
    CALENDAR_FILE,
    GRANT,
    GRANT_FILE,
    MGN,
    MGN_FILE,
    URGENT,
    URGENT_FILE,
)
from tests.unit.load.writing import SCHOOL, SCHOOL_FILE, changed, hint_of, load_with, see

BASELINE_FILE = "policies/baselines/alla.yaml"
BASELINE = """\
id: alla
name: Alla
applies_to: {audiences: [pupils]}
rationale: Lika för alla.
decision: {body: Nämnden, date: "2026-05-20", reference: BUN 2026/114}
settings: {incognito: blocked}
"""
RULE_FILE = "policies/guardrails/regel.yaml"
RULE = """\
id: regel
effect: warn
owner: it
on: school
require: size(school.id) > 3 && !school.id.contains("a@b.se")
message: {sv: Kort., en: Short.}
rationale: Behov.
source: {kind: need, text: Rådet 2026}
"""
ALLOWANCE_FILE = "policies/allowances/augusti.yaml"
PILOT = "    pilot: {purpose: Prova, from: '2026-09-01', until: '2027-01-31', criteria: [Fungerar], evaluation: {by: '2027-01-31', role: rektor}}\n"
WITH_PILOT = changed(SCHOOL, "    settings: {incognito: blocked}\n", f"    settings: {{incognito: blocked}}\n{PILOT}")


@pytest.mark.parametrize(
    ("file", "text", "old", "new", "code", "line", "column"),
    [
        (GRANT_FILE, GRANT, "reason: Prov", "reason: Eleven 811218-9876 behöver det", "PERSONAL-NUMBER", 5, 9),
        (GRANT_FILE, GRANT, "reason: Prov", "reason: Fråga anna@skola.se", "PERSONAL-EMAIL", 5, 9),
        (GRANT_FILE, GRANT, "reason: Prov", "reason: Ring 070-123 45 67", "PERSONAL-PHONE", 5, 9),
        (GRANT_FILE, GRANT, "reason: Prov", "reason: Prov # anna@skola.se", "PERSONAL-EMAIL", 5, 14),
        (GRANT_FILE, GRANT, "body: rektor", "body: anna@skola.se", "PERSONAL-EMAIL", 6, 18),
        (GRANT_FILE, GRANT, "reference: § 4", "reference: 19811218-9876", "PERSONAL-NUMBER", 6, 57),
        (URGENT_FILE, URGENT, "SD-20418", "'8112189876'", "PERSONAL-NUMBER", 5, 9),
        (MGN_FILE, MGN, "text: Närvaro förs", "text: Sök på 070-123 45 67 om närvaro förs", "PERSONAL-PHONE", 9, 11),
        (MGN_FILE, MGN, "rationale: Tidig", "rationale: anna@skola.se vill ha tidig", "PERSONAL-EMAIL", 13, 16),
        (MGN_FILE, MGN, "{role: rektor}", "{role: rektor anna@skola.se}", "PERSONAL-EMAIL", 5, 23),
        (CALENDAR_FILE, CALENDAR, "Ingen på plats", "Ring 070-123 45 67", "PERSONAL-PHONE", 13, 81),
        (BASELINE_FILE, BASELINE, "Lika för alla", "Enligt anna@skola.se", "PERSONAL-EMAIL", 4, 12),
        (BASELINE_FILE, BASELINE, "body: Nämnden", "body: anna@skola.se", "PERSONAL-EMAIL", 5, 18),
        (RULE_FILE, RULE, "Rådet 2026", "Mejl till anna@skola.se", "PERSONAL-EMAIL", 8, 28),
        (RULE_FILE, RULE, "sv: Kort.", "sv: Fråga anna@skola.se.", "PERSONAL-EMAIL", 6, 15),
        (SCHOOL_FILE, WITH_PILOT, "purpose: Prova", "purpose: 811218-9876", "PERSONAL-NUMBER", 18, 22),
        (SCHOOL_FILE, SCHOOL, "name: Pilot", "name: Elev 811218-9876", "PERSONAL-NUMBER", 19, 11),
    ],
)
def test_personal_data_is_an_error_at_its_line(
    file: str, text: str, old: str, new: str, code: str, line: int, column: int
) -> None:
    found = load_with({file: changed(text, old, new)}).findings

    assert [(one.code, one.line, one.column) for one in map(see, found)] == [(code, line, column)]
    assert "anna" not in f"{found[0].values}"
    assert "9876" not in f"{found[0].values}"
    assert "rol" in hint_of(found[0])


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (GRANT_FILE, GRANT),
        (URGENT_FILE, URGENT),
        (BASELINE_FILE, BASELINE),
        (RULE_FILE, RULE),
        (SCHOOL_FILE, WITH_PILOT),
        (
            SCHOOL_FILE,
            f"{SCHOOL}roles: {{principal: {{contact: rektor.norrskolan@example.se, deputy: bitr@example.se}}}}\n",
        ),
    ],
)
def test_addresses_of_functions_and_expressions_are_let_through(file: str, text: str) -> None:
    assert load_with({file: text}).findings == ()
