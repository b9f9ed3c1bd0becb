"""When a change may run: the first moment outside lessons, tests and freezes. Pure; the moment is given, never looked up.

Everything is written in wall-clock time of Europe/Stockholm and compared as moments, so that a window that spans the
night to summer or winter time begins and ends by the clock on the wall. In the night when an hour occurs twice or never,
a window that begins or ends within that hour is read so that it protects longer.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.model.calendar import Calendar, ChangeKind, LessonHours, SchoolYear, Touches, Window
from reconciler.model.slotted import dataclass

ZONE: Final = ZoneInfo("Europe/Stockholm")
HORIZON: Final = timedelta(days=400)
"""How far ahead a free moment is looked for: further than any school year lasts."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a change touches: one platform, and the school forms that share its devices; none where nobody is taught."""

    platform: str
    school_forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A stretch of time in which a change waits. `reason`: lesson, test or freeze; `name` is what people wrote."""

    start: datetime
    end: datetime
    reason: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first free moment (with the zone's offset), and what closed the time before it; `closed` is None where it was free."""

    moment: datetime
    closed: Closed | None = None


def free_from(
    calendar: Calendar | None, kind: ChangeKind, platform: str, school_form: str, moment: datetime
) -> datetime | None:
    """The moment itself if a change of this kind may run then, else the next at which it may.

    None: not within 400 days. `moment` has a zone (ValueError without).
    """
    found = next_opening(calendar, kind, [Target(platform=platform, school_forms=(school_form,))], moment)
    return found.moment if found else None


def next_opening(
    calendar: Calendar | None, kind: ChangeKind, targets: Iterable[Target], moment: datetime
) -> Opening | None:
    """The first moment that is free for every target at once; None where there is none within 400 days."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    now, first = moment.astimezone(UTC), None
    last = now + HORIZON
    asked = tuple(targets)
    while calendar is not None and now <= last:
        closed = _closed_at(calendar, kind, asked, now)
        if closed is None:
            break
        first, now = first or closed, closed.end.astimezone(UTC)
    return Opening(moment=now.astimezone(ZONE), closed=first) if now <= last else None


def _closed_at(calendar: Calendar, kind: ChangeKind, targets: tuple[Target, ...], now: datetime) -> Closed | None:
    """Of all windows that are closed now, the one that lasts longest."""
    found = [one for one in _around(calendar, kind, targets, now) if one.start <= now < one.end]
    return max(found, key=lambda one: one.end, default=None)


def _around(calendar: Calendar, kind: ChangeKind, targets: tuple[Target, ...], now: datetime) -> Iterator[Closed]:
    today = now.astimezone(ZONE).date()
    taught = tuple(one for one in targets if one.school_forms)
    for lesson in calendar.lessons:
        if _touches(lesson.touches, kind, taught) and _taught(calendar, lesson, today):
            yield _between(today, lesson.start, today, lesson.end, "lesson", "")
    for window in calendar.windows:
        if _touches(window.touches, kind, targets):
            yield from _window_around(window, today)


def _window_around(window: Window, today: date) -> Iterator[Closed]:
    reason, name, days = "test" if window.test else "freeze", window.days.name, window.days
    if window.hours is None:
        yield Closed(start=_moment(days.start, time(0)), end=_midnight_after(days.end), reason=reason, name=name)
    elif days.start <= today <= days.end:
        yield _between(today, window.hours[0], today, window.hours[1], reason, name)


def _touches(touches: Touches, kind: ChangeKind, targets: tuple[Target, ...]) -> bool:
    if touches.kinds and kind not in touches.kinds:
        return False
    return any(
        (not touches.platforms or one.platform in touches.platforms)
        and (not touches.school_forms or bool(set(one.school_forms) & set(touches.school_forms)))
        for one in targets
    )


def _taught(calendar: Calendar, lesson: LessonHours, day: date) -> bool:
    if day.weekday() not in lesson.weekdays:
        return False
    return lesson.all_year or any(_is_school_day(year, day) for year in calendar.years)


def _is_school_day(year: SchoolYear, day: date) -> bool:
    in_term = any(term.start <= day <= term.end for term in year.terms)
    return in_term and not any(holiday.start <= day <= holiday.end for holiday in year.holidays)


def _between(first: date, start: time, last: date, end: time, reason: str, name: str) -> Closed:
    return Closed(start=_moment(first, start), end=_moment(last, end, late=True), reason=reason, name=name)


def _moment(day: date, hour: time, *, late: bool = False) -> datetime:
    """A time on the wall as a moment. Where the clock shows it twice or never, the reading that protects longer."""
    wall = datetime.combine(day, hour, tzinfo=ZONE)
    readings = [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    return max(readings) if late else min(readings)


def _midnight_after(day: date) -> datetime:
    return _moment(day + _DAY, time(0)) if day < date.max else datetime.max.replace(tzinfo=UTC)


def school_year_of(calendar: Calendar | None, day: date) -> str:
    """`2026-27`: the läsår whose terms' span holds the day, else by the convention that it begins on 1 July."""
    for year in calendar.years if calendar else ():
        if year.terms and min(t.start for t in year.terms) <= day <= max(t.end for t in year.terms):
            return year.id
    return school_year(day.year if day.month >= 7 else day.year - 1)


def school_year(start: int) -> str:
    """`2026` → `2026-27`."""
    return f"{start}-{(start + 1) % 100:02d}"
