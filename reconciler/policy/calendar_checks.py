"""What is wrong with the calendar as a whole: terms that overlap, a läsår that its terms aren't in, an end that is near. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from reconciler.model.calendar import Calendar, Period, SchoolYear
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Pointer
from reconciler.policy.calendar import school_year

SUBJECT: Final = "calendar"
_SOON: Final = timedelta(days=30)


def check_calendar(calendar: Calendar | None, as_of: date) -> Iterator[Finding]:
    """Errors are about the calendar alone (subject `calendar`): they hold no change."""
    if calendar is None:
        return
    terms = sorted((term for year in calendar.years for term in year.terms), key=lambda term: term.start)
    yield from _check_ids(calendar)
    for before, after in pairwise(terms):
        if after.start <= before.end:
            yield _overlap(before, after)
    for year in calendar.years:
        yield from _check_year(year)
    whole = all(year.whole for year in calendar.years)  # else what is outside or ends may only seem so
    for window in calendar.windows if whole else ():
        if window.test and not any(_meet(window.days, term) for term in terms):
            yield _found("CALENDAR-TEST-OUTSIDE", window.at, _named(window.days), Severity.WARNING)
    if whole:
        yield from _check_end(calendar, terms, as_of)


def _found(
    code: str, at: Pointer, values: Mapping[str, str], severity: Severity = Severity.ERROR, other: Pointer | None = None
) -> Finding:
    """`other` is a second line that it is about."""
    places: Mapping[str, Place] = {"other_at": other} if other else {}
    shown = {**values, "other_at": other.file} if other else values
    return Finding(code=code, severity=severity, place=at, subject=SUBJECT, values=shown, places=places)


def _named(period: Period) -> dict[str, str]:
    return {"period": period.name, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _meet(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _overlap(before: Period, after: Period) -> Finding:
    return _found("CALENDAR-TERMS-OVERLAP", after.at, {**_named(after), "other": before.name}, other=before.at)


def _check_ids(calendar: Calendar) -> Iterator[Finding]:
    years: dict[str, Pointer] = {}
    for year in calendar.years:
        first = years.setdefault(year.id, year.at)
        if first is not year.at:
            yield _found("CALENDAR-YEAR-TWICE", year.at.child("id"), {"year": year.id}, other=first)
    windows: dict[str, Pointer] = {}
    for window in calendar.windows:
        first = windows.setdefault(window.id, window.at)
        if first is not window.at:
            yield _found("CALENDAR-ID-TWICE", window.at.child("id"), {"id": window.id}, other=first)


def _check_year(year: SchoolYear) -> Iterator[Finding]:
    """A läsår begins in August and ends in June (skolförordningen 3 kap. 2 §); schools open some days before."""
    start = int(year.id[:4])
    first, last = date(start, 7, 1), date(start + 1, 6, 30)
    if year.id != school_year(start):
        at = year.at.child("id")
        yield _found("NO-SUCH-SCHOOL-YEAR", at, {"year": year.id, "corrected": f"id: {school_year(start)}"})
        return
    for term in year.terms:
        if term.start < first or term.end > last:
            years = {"year": year.id, "first": str(start), "last": str(start + 1)}
            yield _found("CALENDAR-YEAR-NAME", term.at, _named(term) | years)
    for holiday in year.holidays if year.whole else ():
        if not any(_meet(holiday, term) for term in year.terms):
            yield _found("CALENDAR-HOLIDAY-OUTSIDE", holiday.at, _named(holiday), Severity.WARNING)


def _check_end(calendar: Calendar, terms: list[Period], as_of: date) -> Iterator[Finding]:
    if not terms or not calendar.lessons:
        return
    last = max(term.end for term in terms)
    values = {"last": last.isoformat(), "next_day": (last + timedelta(days=1)).isoformat()}
    if last < as_of:
        yield _found("CALENDAR-ENDED", calendar.at.child("school_years"), values, Severity.WARNING)
    elif last - as_of <= _SOON:
        yield _found("CALENDAR-ENDS", calendar.at.child("school_years"), values, Severity.INFO)
