"""Checked data to the types of `model.mgn` and `model.calendar`, and of exceptions."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any, Final

from reconciler.load.build import forms
from reconciler.load.deciding import decided
from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.wishes import Data, day, span
from reconciler.model.calendar import (
    DISRUPTIVE,
    Calendar,
    ChangeKind,
    LessonHours,
    Period,
    SchoolYear,
    Touches,
    Window,
)
from reconciler.model.documents import ExceptionGrant
from reconciler.model.mgn import (
    FollowUp,
    Level,
    LevelChange,
    LevelEvent,
    Mgn,
    Participant,
    Requirement,
    State,
    Verification,
)
from reconciler.model.place import Pointer

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def exception(data: Data, at: Pointer, faults: Faults) -> ExceptionGrant:
    return ExceptionGrant(
        id=data["id"],
        setting=data.get("setting"),
        app=data.get("app"),
        groups=tuple(data.get("groups", ())),
        rule=data.get("rule"),
        subjects=tuple(data.get("subjects", ())),
        owner=data["owner"],
        reason=data.get("reason", ""),
        decision=decided(data, "decision", at, faults),
        ticket=data.get("ticket", ""),
        span=span(data, at, faults),
        at=at,
    )


def mgn(data: Data, at: Pointer, faults: Faults) -> Mgn:
    return Mgn(
        school_form=forms(data["school_form"], below(at, "school_form"), faults)[0],
        school_year=data["school_year"],
        state=State(data["state"]),
        introduction=data.get("introduction", ""),
        replaces=data.get("replaces", ""),
        decision=decided(data, "decision", at, faults),
        participants=tuple(
            Participant(role=one["role"], system=one.get("system", ""), count=one.get("count"))
            for one in data.get("participants", ())
        ),
        acknowledged=decided(data, "acknowledged", at, faults),
        followed_up=_follow_up(data, at, faults),
        requirements=tuple(
            _requirement(one, below(at, "requirements", number), faults)
            for number, one in enumerate(data["requirements"])
        ),
        at=at,
    )


def _follow_up(data: Data, at: Pointer, faults: Faults) -> FollowUp | None:
    one = data.get("followed_up")
    if one is None:
        return None
    found = day(one, "date", below(at, "followed_up"), faults)
    return FollowUp(day=found, reference=one["reference"], summary=one.get("summary", ""))


def _requirement(data: Data, at: Pointer, faults: Faults) -> Requirement:
    guardrail = data.get("verified_by", "")
    return Requirement(
        id=data["id"],
        level=Level(data["level"]),
        becomes=_becomes(data, at, faults),
        text=data["text"],
        system=data["system"],
        process=data["process"],
        role=data["role"],
        verification=Verification.GUARDRAIL if guardrail else Verification(data["verification"]),
        guardrail=guardrail,
        rationale=data["rationale"],
        source=data.get("source", ""),
        history=tuple(_events(data.get("history", ()), below(at, "history"), faults)),
        at=at,
    )


def _becomes(data: Data, at: Pointer, faults: Faults) -> LevelChange | None:
    one, place = data.get("becomes"), below(at, "becomes")
    start = day(one, "from", place, faults) if one else None
    return LevelChange(level=Level(one["level"]), start=start, at=place) if one and start else None


def _events(events: list[Data], at: Pointer, faults: Faults) -> Iterator[LevelEvent]:
    for number, one in enumerate(events):
        place = below(at, number)
        written, effect = day(one, "date", place, faults), day(one, "takes_effect", place, faults)
        if written and effect:
            yield LevelEvent(
                day=written,
                before=Level(one["from"]),
                after=Level(one["to"]),
                effect=effect,
                reason=one.get("reason", ""),
            )


def calendar(data: Data, at: Pointer, faults: Faults) -> Calendar:
    """What has a day that doesn't exist, or ends before it begins, is a fault and left out."""
    years = enumerate(data["school_years"])
    lessons = enumerate(data.get("lesson_hours", ()))
    return Calendar(
        years=tuple(_year(one, below(at, "school_years", number), faults) for number, one in years),
        lessons=tuple(
            found for number, one in lessons if (found := _lesson(one, below(at, "lesson_hours", number), faults))
        ),
        windows=(*_windows(data, "test_periods", at, faults), *_windows(data, "freezes", at, faults)),
        decision=decided(data, "decision", at, faults),
        at=at,
    )


def _year(data: Data, at: Pointer, faults: Faults) -> SchoolYear:
    terms = tuple(_periods(data["terms"], below(at, "terms"), faults))
    return SchoolYear(
        id=data["id"],
        terms=terms,
        whole=len(terms) == len(data["terms"]),
        holidays=tuple(_periods(data.get("holidays", ()), below(at, "holidays"), faults)),
        at=at,
    )


def _periods(periods: list[Data], at: Pointer, faults: Faults) -> Iterator[Period]:
    for number, one in enumerate(periods):
        found = _period(one, below(at, number), faults)
        if found:
            yield found


def _period(data: Data, at: Pointer, faults: Faults) -> Period | None:
    found = span(data, at, faults)
    if found.start is None or found.end is None or found.end < found.start:
        return None
    return Period(name=data["name"], start=found.start, end=found.end, at=at)


def _touches(data: Data, at: Pointer, faults: Faults, kinds: tuple[ChangeKind, ...]) -> Touches:
    written = tuple(map(ChangeKind, data.get("kinds", ())))
    return Touches(
        school_forms=forms(data.get("school_forms", ()), below(at, "school_forms"), faults),
        platforms=tuple(data.get("platforms", ())),
        kinds=written or kinds,
    )


def _lesson(data: Data, at: Pointer, faults: Faults) -> LessonHours | None:
    hours = _hours(data, at, faults)
    if hours is None:
        return None
    weekdays = data.get("weekdays", _WEEKDAYS[:5])
    return LessonHours(
        touches=_touches(data, at, faults, DISRUPTIVE),
        weekdays=tuple(sorted(map(_WEEKDAYS.index, weekdays))),
        start=hours[0],
        end=hours[1],
        all_year=data.get("all_year", False),
        at=at,
    )


def _hours(data: Data, at: Pointer, faults: Faults) -> tuple[time, time] | None:
    start, end = time.fromisoformat(data["from"]), time.fromisoformat(data["until"])
    if end <= start:
        faults.error("CALENDAR-HOURS-REVERSED", below(at, "until"), start=data["from"], end=data["until"])
        return None
    return start, end


def _windows(data: Mapping[str, Any], key: str, at: Pointer, faults: Faults) -> Iterator[Window]:
    for number, one in enumerate(data.get(key, ())):
        place = below(at, key, number)
        days = _period(one, place, faults)
        hours = _hours(one["hours"], below(place, "hours"), faults) if "hours" in one else None
        if days is None or (hours is None and "hours" in one):
            continue
        yield Window(
            id=one["id"],
            days=days,
            touches=_touches(one, place, faults, ()),
            hours=hours,
            test=key == "test_periods",
            at=place,
        )
