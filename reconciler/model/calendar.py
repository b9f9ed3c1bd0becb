"""The school year as people write it: terms, holidays, lesson hours, test periods, and when nothing is changed at all.

Days are `datetime.date`, hours `datetime.time` on the wall clock of Europe/Stockholm. An empty tuple means all.
"""

from datetime import date, time
from enum import StrEnum
from typing import Final

from reconciler.model.mgn import Decided
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass

CALENDAR_FILE: Final = "policies/calendar.yaml"


class ChangeKind(StrEnum):
    """What a change does to who is using the device right then; the same words as a change's `disruption`."""

    NONE = "none"
    SIGN_IN = "sign-in"
    RESTART = "restart"
    LOCK_OUT = "lock-out"
    LOST_DATA = "lost-data"


DISRUPTIVE: Final = (ChangeKind.SIGN_IN, ChangeKind.RESTART, ChangeKind.LOCK_OUT, ChangeKind.LOST_DATA)
"""What disturbs a lesson; new apps and values that nobody notices don't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Named days, both ends included."""

    name: str
    start: date
    end: date
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Touches:
    """Whom a window protects, and from what."""

    school_forms: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    kinds: tuple[ChangeKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """One läsår. `holidays` are lov and free days within or between its terms; not `whole`: a term was wrong and is left out."""

    id: str
    terms: tuple[Period, ...]
    holidays: tuple[Period, ...] = ()
    whole: bool = True
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonHours:
    """Hours that are taught on some weekdays (0 is Monday). With `all_year` also between terms and in holidays."""

    touches: Touches
    weekdays: tuple[int, ...]
    start: time
    end: time
    all_year: bool = False
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A test period or a freeze: whole days, or with hours those hours of each of its days."""

    id: str
    days: Period
    touches: Touches
    hours: tuple[time, time] | None = None
    test: bool = False
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    years: tuple[SchoolYear, ...] = ()
    lessons: tuple[LessonHours, ...] = ()
    windows: tuple[Window, ...] = ()
    decision: Decided | None = None
    at: Pointer
