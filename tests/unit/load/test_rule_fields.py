"""What is written for rules to ask of: pilots, ends of updates, units' own support, days in the council's record."""

from datetime import date

import pytest

from reconciler.model.mgn import Decided
from reconciler.model.pilot import Pilot
from tests.unit.load.writing import CATALOG, changed, load_school, load_with, seen

LINE = "    audience: pupils\n    within: elever-4-6\n"
PILOT = """\
    pilot:
      purpose: Fungerar det?
      from: "2026-10-19"
      until: "2027-01-29"
      criteria: [Ingen stannar upp.]
      evaluation: {by: "2027-02-12", role: strateg, reference: "BUN 2027/31"}
      decision: {body: Skolchef, date: "2026-10-12", reference: "BUN 2026/241"}
"""


def test_a_pilot_is_read_whole() -> None:
    documents = load_school(LINE, LINE + PILOT).documents
    assert documents

    assert documents.schools[0].groups[1].pilot == Pilot(
        purpose="Fungerar det?",
        start=date(2026, 10, 19),
        until=date(2027, 1, 29),
        criteria=("Ingen stannar upp.",),
        evaluation_by=date(2027, 2, 12),
        evaluated="BUN 2027/31",
        decision=Decided(body="Skolchef", day=date(2026, 10, 12), reference="BUN 2026/241"),
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column"),
    [
        ('until: "2027-01-29"', 'until: "2027-02-30"', "NO-SUCH-DAY", 27, 14),
        ('until: "2027-01-29"', 'until: "2026-01-29"', "DATES-REVERSED", 27, 14),
        ('by: "2027-02-12"', 'by: "2027-04-31"', "NO-SUCH-DAY", 29, 24),
        ('date: "2026-10-12"', 'date: "2026-10-32"', "PATTERN", 30, 40),
        ("criteria: [Ingen stannar upp.]", "kriterier: [x]", "UNKNOWN-KEY", 28, 7),
    ],
)
def test_a_pilot_that_is_wrong_is_shown_at_its_place(old: str, new: str, code: str, line: int, column: int) -> None:
    found = seen(load_school(LINE, LINE + changed(PILOT, old, new)))

    assert [(one.code, one.line, one.column) for one in found] == [(code, line, column)]


def test_the_end_of_updates_and_a_units_own_support_are_read() -> None:
    loaded = load_school("expected: 74", 'expected: 74, updates_until: "2031-06-30"').documents
    assert loaded
    devices = loaded.schools[0].groups[0].devices
    assert devices
    assert devices.updates_until == date(2031, 6, 30)

    unit = 'grades: F-6, user_support: {vklass: {contact: "vklass@example.se"}}'
    loaded = load_school("grades: F-6", unit).documents
    assert loaded
    assert loaded.schools[0].units[0].user_support == {"vklass": {"contact": "vklass@example.se"}}


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ('review_by: "2027-02-30"', 16),
        ('trial: {until: "2027-02-30"}', 20),
        ('data_protection: {checked: "2027-02-30"}', 32),
    ],
)
def test_a_day_in_the_record_that_does_not_exist_is_no_day_that_was_not_written(more: str, column: int) -> None:
    text = changed(CATALOG, "  - id: scratch\n", f"    {more}\n  - id: scratch\n")
    found = seen(load_with({"app-catalogs/appar.yaml": text}))

    assert [(one.code, one.line, one.column) for one in found] == [("NO-SUCH-DAY", 10, column)]
