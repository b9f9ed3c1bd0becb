"""What protects lessons and tests less is changed by a decision: each way of weakening the calendar, at its line."""

from datetime import date

import pytest

from reconciler.policy.calendar_changes import check_calendar_changes
from tests.unit.load.writing import changed, load_with

FILE = "policies/calendar.yaml"
CALENDAR = """\
school_years:
  - id: 2025-26
    terms:
      - {name: Höstterminen, from: "2025-08-18", until: "2025-12-18"}
  - id: 2026-27
    terms:
      - {name: Höstterminen, from: "2026-08-18", until: "2026-12-18"}
      - {name: Vårterminen, from: "2027-01-11", until: "2027-06-11"}
    holidays:
      - {name: Sportlov, from: "2027-02-15", until: "2027-02-19"}
lesson_hours:
  - {school_forms: [grundskola, fritidshem], from: "08:00", until: "15:30"}
  - {school_forms: [förskola], all_year: true, from: "06:30", until: "18:00"}
test_periods:
  - {id: np-9, name: Prov åk 9, from: "2027-04-13", until: "2027-04-15", hours: {from: "07:30", until: "15:00"}}
freezes:
  - {id: start, name: Skolstart, from: "2026-08-18", until: "2026-08-21", reason: Ro}
  - {id: jul, name: Julledigt, from: "2026-12-21", until: "2027-01-06", kinds: [restart, sign-in], reason: Ro}
decision: {body: Nämnden, date: "2026-05-20", reference: BUN 2026/114}
"""
TODAY = date(2026, 11, 21)
NEW_DECISION = ('date: "2026-05-20", reference: BUN 2026/114', 'date: "2026-11-18", reference: BUN 2026/300')


def said(before: str, after: str | None, as_of: date = TODAY) -> list[tuple[str, str, int]]:
    """Code, what lost its protection, and the line."""
    base, head = load_with({FILE: before}), load_with({FILE: after})
    assert (base.findings, head.findings) == ((), ())
    assert base.documents is not None
    assert head.documents is not None
    found = []
    for one in check_calendar_changes(base.documents.calendar, head.documents.calendar, as_of):
        assert one.place is not None
        assert (one.severity.value, one.subject) == ("error", "calendar")
        found.append((one.code, one.values["what"], head.locate(one.place).line))
    return found


LESSONS = CALENDAR[CALENDAR.index("lesson_hours:") : CALENDAR.index("test_periods:")]
JUL = '  - {id: jul, name: Julledigt, from: "2026-12-21", until: "2027-01-06", kinds: [restart, sign-in], reason: Ro}\n'
NP_9 = CALENDAR[CALENDAR.index("test_periods:") : CALENDAR.index("freezes:")]
SPLIT = """\
  - {school_forms: [fritidshem], from: "08:00", until: "15:30"}
  - {school_forms: [grundskola], from: "08:00", until: "12:00"}
  - {school_forms: [grundskola], from: "11:30", until: "16:00"}
"""
SPRING = '      - {name: Vårterminen, from: "2027-01-11", until: "2027-06-11"}\n'


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ('until: "2027-06-11"', 'until: "2027-06-04"', "Vårterminen", 8),
        ('from: "2027-01-11"', 'from: "2027-01-14"', "Vårterminen", 8),
        (SPRING, "", "Vårterminen", 6),
        ('{name: Sportlov, from: "2027-02-15"', '{name: Sportlov, from: "2027-02-12"', "Sportlov", 10),
        (
            "    holidays:\n",
            '    holidays:\n      - {name: Ledig, from: "2026-11-24", until: "2026-11-24"}\n',
            "Ledig",
            10,
        ),
        ('from: "08:00"', 'from: "09:00"', "grundskola, fritidshem 08:00–15:30", 12),
        ('until: "15:30"', 'until: "12:00"', "grundskola, fritidshem 08:00–15:30", 12),
        ("[grundskola, fritidshem], ", "[grundskola], ", "grundskola, fritidshem 08:00–15:30", 12),
        (
            "[grundskola, fritidshem], ",
            "[grundskola, fritidshem], weekdays: [monday], ",
            "grundskola, fritidshem 08:00–15:30",
            12,
        ),
        (
            "[grundskola, fritidshem], ",
            "[grundskola, fritidshem], platforms: [chromeos], ",
            "grundskola, fritidshem 08:00–15:30",
            12,
        ),
        (
            "[grundskola, fritidshem], ",
            "[grundskola, fritidshem], kinds: [restart], ",
            "grundskola, fritidshem 08:00–15:30",
            12,
        ),
        ("all_year: true, ", "", "förskola 06:30–18:00", 13),
        (NP_9, "", "Prov åk 9", 1),
        ('until: "2027-04-15"', 'until: "2027-04-14"', "Prov åk 9", 15),
        ('from: "2027-04-13"', 'from: "2027-04-14"', "Prov åk 9", 15),
        ('from: "07:30", until: "15:00"', 'from: "07:30", until: "12:00"', "Prov åk 9", 15),
        (', hours: {from: "07:30"', ', school_forms: [grundskola], hours: {from: "07:30"', "Prov åk 9", 15),
        (JUL, "", "Julledigt", 16),
        ("kinds: [restart, sign-in]", "kinds: [restart]", "Julledigt", 18),
        ("kinds: [restart, sign-in]", "kinds: [restart, sign-in], platforms: [chromeos]", "Julledigt", 18),
    ],
)
def test_less_protection_takes_a_decision(old: str, new: str, what: str, line: int) -> None:
    after = changed(CALENDAR, old, new)

    assert said(CALENDAR, after) == [("CALENDAR-WITHOUT-DECISION", what, line)]
    assert said(CALENDAR, changed(after, *NEW_DECISION)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('until: "2027-06-11"', 'until: "2027-06-16"'),
        ("name: Vårterminen", "name: VT"),
        (
            '      - {name: Sportlov, from: "2027-02-15", until: "2027-02-19"}\n',
            '      - {name: Sportlov, from: "2027-02-13", until: "2027-02-19"}\n',
        ),
        ('  - {id: start, name: Skolstart, from: "2026-08-18", until: "2026-08-21", reason: Ro}\n', ""),
        ("kinds: [restart, sign-in]", "kinds: [sign-in, restart, lost-data]"),
        (", kinds: [restart, sign-in]", ""),
        ("id: np-9, name: Prov åk 9", "id: nationella-prov, name: Prov"),
        (', hours: {from: "07:30", until: "15:00"}', ""),
        (
            '  - {school_forms: [grundskola, fritidshem], from: "08:00", until: "15:30"}\n',
            SPLIT,
        ),
        ("school_years:\n", "# Läsåren\nschool_years:\n"),
        (CALENDAR[CALENDAR.index("  - id: 2025-26") : CALENDAR.index("  - id: 2026-27")], ""),
    ],
    ids=[
        "longer",
        "name",
        "weekend",
        "past",
        "more-kinds",
        "all-kinds",
        "id",
        "all-day",
        "split",
        "comment",
        "past-year",
    ],
)
def test_as_much_or_more_takes_none(old: str, new: str) -> None:
    assert said(CALENDAR, changed(CALENDAR, old, new)) == []


def test_without_lesson_hours_terms_protect_nothing() -> None:
    none = changed(CALENDAR, LESSONS, "")

    assert [what for _, what, _ in said(CALENDAR, none)] == [
        "grundskola, fritidshem 08:00–15:30",
        "förskola 06:30–18:00",
    ]
    assert said(none, changed(none, SPRING, "")) == []


def test_a_calendar_is_emptied_by_a_decision_before_it_is_removed() -> None:
    emptied = (
        CALENDAR[: CALENDAR.index("lesson_hours:")]
        + 'decision: {body: Nämnden, date: "2026-11-18", reference: BUN 2026/300}\n'
    )

    assert said(CALENDAR, None) == [("CALENDAR-REMOVED", "", 1)]
    assert said(CALENDAR, emptied) == []
    assert said(emptied, None) == []


def test_a_calendar_that_nobody_decided_on_takes_any_decision_and_a_removed_decision_is_none() -> None:
    shorter = changed(CALENDAR, 'until: "2027-06-11"', 'until: "2027-06-04"')
    decision = CALENDAR[CALENDAR.index("decision:") :]

    assert said(changed(CALENDAR, decision, ""), shorter) == []
    assert said(CALENDAR, changed(shorter, decision, "")) == [("CALENDAR-WITHOUT-DECISION", "Vårterminen", 8)]


def test_a_window_that_never_ends_is_compared_as_fast_as_a_short_one() -> None:
    endless = changed(CALENDAR, 'until: "2027-01-06"', 'until: "9999-12-31"')

    assert said(endless, CALENDAR) == [("CALENDAR-WITHOUT-DECISION", "Julledigt", 18)]
