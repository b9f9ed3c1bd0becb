"""The calendar from one revision to the next: what protects less is changed by a decision, at the line that changed. Pure.

What counts is what is protected from the day on: for whom, from what, when. Other names, another order, a period written as
two, and past school years that go protect no less. More protection takes no decision.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, time, timedelta
from typing import Final, TypeAlias

from reconciler.model.calendar import (
    CALENDAR_FILE,
    Calendar,
    ChangeKind,
    LessonHours,
    Period,
    SchoolYear,
    Touches,
    Window,
)
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.policy.calendar_checks import SUBJECT
from reconciler.policy.decided_changes import is_new

_EMPTY: Final = Calendar(at=Pointer(file=CALENDAR_FILE))
_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_OTHERS: Final = "*"
"""Stands for every school form or platform that neither revision names."""

Loss: TypeAlias = tuple[str, Pointer]
"""What lost protection, in words of the file, and the line."""

_Case: TypeAlias = tuple[str, str, ChangeKind]
_Hours: TypeAlias = tuple[time, time]


def check_calendar_changes(base: Calendar | None, head: Calendar | None, as_of: date) -> Iterator[Finding]:
    """Errors about the calendar alone: they hold no change."""
    if base is None:
        return
    if head is None:
        if next(_losses(base, _EMPTY, as_of), None) is not None:
            yield _found("CALENDAR-REMOVED", Pointer(file=CALENDAR_FILE), "")
    elif head.decision is None or (base.decision is not None and not is_new(head.decision, base.decision)):
        for what, at in _losses(base, head, as_of):
            yield _found("CALENDAR-WITHOUT-DECISION", at, what)


def _found(code: str, at: Pointer, what: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=SUBJECT, values={"what": what})


def _losses(base: Calendar, head: Calendar, as_of: date) -> Iterator[Loss]:
    yield from _lost_days(base, head, as_of)
    for lesson in base.lessons:
        if _lost_lesson(lesson, head.lessons):
            yield _lesson_name(lesson), _lesson_line(lesson, head)
    for window in base.windows:
        if window.days.end >= as_of and _lost_window(window, head.windows, as_of):
            yield window.days.name, _window_line(window, head, as_of)


# --- days that are taught -----------------------------------------------------------------------------------------


def _lost_days(base: Calendar, head: Calendar, as_of: date) -> Iterator[Loss]:
    """Once for each läsår: its first day that was a school day and is none any more."""
    weekdays = {day for lesson in base.lessons if not lesson.all_year for day in lesson.weekdays}
    periods = [one for year in (*base.years, *head.years) for one in (*year.terms, *year.holidays)]
    days = sorted({as_of, *(one.start for one in periods), *(_after(one.end) for one in periods)})
    for year in base.years:
        lost = (
            day
            for first, beyond in zip(days, [*days[1:], date.max], strict=True)
            if first >= as_of and _taught(year, first) and not any(_taught(one, first) for one in head.years)
            for day in _days(first, beyond)
            if day.weekday() in weekdays
        )
        first_lost = next(lost, None)
        if first_lost is not None:
            yield _day_line(year, head, first_lost)


def _after(day: date) -> date:
    return day + _DAY if day < date.max else day


def _days(first: date, beyond: date) -> list[date]:
    """The days before `beyond`, at most a week of them: they are all alike."""
    return [first + number * _DAY for number in range(min(_WEEK, (beyond - first).days))]


def _taught(year: SchoolYear, day: date) -> bool:
    return _within(year.terms, day) is not None and _within(year.holidays, day) is None


def _within(periods: Iterable[Period], day: date) -> Period | None:
    return next((one for one in periods if one.start <= day <= one.end), None)


def _day_line(before: SchoolYear, head: Calendar, day: date) -> Loss:
    year = next((one for one in head.years if one.id == before.id), None)
    if year is None:
        return before.id, _part(head, "school_years")
    holiday, term = _within(year.holidays, day), _within(before.terms, day)
    if holiday is not None:
        return holiday.name, holiday.at
    name = term.name if term else before.id
    now = next((one for one in year.terms if one.name == name), None)
    if now is None:
        return name, Pointer(file=year.at.file, path=(*year.at.path, "terms"), on_key=True)
    return name, now.at.child("from" if day < now.start else "until")


# --- lesson hours -------------------------------------------------------------------------------------------------


def _lost_lesson(lesson: LessonHours, now: tuple[LessonHours, ...]) -> bool:
    """Whether some school form, platform and kind of change has less of this line's hours on some weekday."""
    all_touches = [lesson.touches, *(one.touches for one in now)]
    still = [one for one in now if one.all_year or not lesson.all_year]
    return any(
        not _covered(
            (lesson.start, lesson.end),
            [(one.start, one.end) for one in still if day in one.weekdays and holds(one.touches)],
        )
        for holds in _cases(lesson.touches, all_touches)
        for day in lesson.weekdays
    )


def _lesson_name(lesson: LessonHours) -> str:
    return f"{', '.join(lesson.touches.school_forms)} {lesson.start:%H:%M}–{lesson.end:%H:%M}".strip()


def _lesson_line(lesson: LessonHours, head: Calendar) -> Pointer:
    """The line that has come in its place: of the same school forms, or of some of them."""
    forms = set(lesson.touches.school_forms)
    alike = [one for one in head.lessons if set(one.touches.school_forms) == forms]
    near = alike or [one for one in head.lessons if forms & set(one.touches.school_forms)]
    if not near:
        return _part(head, "lesson_hours")
    now = near[0]
    if now.start > lesson.start:
        return now.at.child("from")
    if now.end < lesson.end:
        return now.at.child("until")
    if set(lesson.weekdays) - set(now.weekdays):
        return now.at.child("weekdays")
    return (
        now.at.child("all_year")
        if lesson.all_year and not now.all_year
        else _touches_line(lesson.touches, now.touches, now.at)
    )


# --- tests and freezes --------------------------------------------------------------------------------------------


def _lost_window(window: Window, now: tuple[Window, ...], as_of: date) -> bool:
    all_touches = [window.touches, *(one.touches for one in now)]
    first = max(window.days.start, as_of)
    edges = {first, *(one.days.start for one in now), *(_after(one.days.end) for one in now)}
    days = [day for day in edges if first <= day <= window.days.end]
    return any(
        not _covered(
            _hours(window), [_hours(one) for one in now if one.days.start <= day <= one.days.end and holds(one.touches)]
        )
        for holds in _cases(window.touches, all_touches)
        for day in days
    )


def _hours(window: Window) -> _Hours:
    return window.hours or (time.min, time.max)


def _window_line(window: Window, head: Calendar, as_of: date) -> Pointer:
    now = next((one for one in head.windows if one.id == window.id), None)
    if now is None:
        return _part(head, "test_periods" if window.test else "freezes")
    if now.days.start > max(window.days.start, as_of):
        return now.at.child("from")
    if now.days.end < window.days.end:
        return now.at.child("until")
    if not _covered(_hours(window), [_hours(now)]):
        return now.at.child("hours")
    return _touches_line(window.touches, now.touches, now.at)


# --- shared -------------------------------------------------------------------------------------------------------


def _cases(touches: Touches, known: Iterable[Touches]) -> Iterator[Callable[[Touches], bool]]:
    """For each school form, platform and kind that a line protects: whether another line protects it too."""
    every = list(known)
    forms = {_OTHERS, *(form for one in every for form in one.school_forms)}
    platforms = {_OTHERS, *(platform for one in every for platform in one.platforms)}
    for form in touches.school_forms or sorted(forms):
        for platform in touches.platforms or sorted(platforms):
            for kind in touches.kinds or ChangeKind:
                yield _holding((form, platform, kind))


def _holding(case: _Case) -> Callable[[Touches], bool]:
    form, platform, kind = case

    def holds(touches: Touches) -> bool:
        return (
            (not touches.school_forms or form in touches.school_forms)
            and (not touches.platforms or platform in touches.platforms)
            and (not touches.kinds or kind in touches.kinds)
        )

    return holds


def _covered(wanted: _Hours, by: Iterable[_Hours]) -> bool:
    reached, end = wanted
    for start, stop in sorted(by):
        if start > reached:
            break
        reached = max(reached, stop)
    return reached >= end


def _touches_line(before: Touches, now: Touches, at: Pointer) -> Pointer:
    for key, old, new in (
        ("school_forms", before.school_forms, now.school_forms),
        ("platforms", before.platforms, now.platforms),
        ("kinds", before.kinds, now.kinds),
    ):
        if new and (not old or set(old) - set(new)):
            return at.child(key)
    return at


def _part(head: Calendar, key: str) -> Pointer:
    return Pointer(file=head.at.file, path=(key,), on_key=True)
