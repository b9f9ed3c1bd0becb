"""Candidates side by side: which records a question is about, and what each would cost in a year. Pure.

A cost is worked out only where price and number are both known; anything else stays unknown, with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reconciler.model.documents import School
from reconciler.model.grades import grade_span
from reconciler.model.vetting import Cost, Vetting, for_every_subject

STATUSES: Final = ("approved", "approved-with-conditions", "queued", "proposed", "rejected", "withdrawn")
"""In the order that they are shown in."""

_IN_A_YEAR: Final = {"month": 12, "school-year": 1, "year": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is compared; an empty field chooses everything. `apps` are added to what the rest chooses, or stand alone."""

    subject: str = ""
    grades: str = ""
    form: str = ""
    platform: str = ""
    purpose: str = ""
    audience: str = ""
    statuses: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()

    @property
    def filters(self) -> Mapping[str, str]:
        """What was asked for beside single apps, by name."""
        named = ("subject", "grades", "form", "platform", "purpose", "audience")
        written = {name: str(getattr(self, name)) for name in named}
        return {name: value for name, value in {**written, "status": ", ".join(self.statuses)}.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """How many it would be for. None: nobody has said, and it is not guessed."""

    pupils: int | None = None
    devices: int | None = None
    classes: int | None = None
    schools: int | None = None

    def of(self, per: str) -> int | None:
        known = {"user": self.pupils, "device": self.devices, "class": self.classes, "school": self.schools}
        return 1 if per == "municipality" else known[per]


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """`kronor` for a year; with `once` paid a single time instead. Without: `unknown` is `price`, or the number that isn't known."""

    kronor: Decimal | None = None
    once: bool = False
    unknown: str = ""


def choose(records: Iterable[Vetting], choice: Choice) -> tuple[Vetting, ...]:
    """The records asked for: by status, then by name. A subject that no record names is a slip of the pen, and finds nothing."""
    known = list(records)
    named = any(_has(one.subjects, choice.subject) for one in known)
    fitting = [one.id for one in known if named and _filtered(choice) and _fits(one, choice)]
    found = [one for one in known if one.id in choice.apps or one.id in fitting]
    return tuple(sorted(found, key=lambda one: (STATUSES.index(one.status), one.name.casefold(), one.id)))


def _filtered(choice: Choice) -> bool:
    return bool(choice.filters) or not choice.apps


def _fits(one: Vetting, choice: Choice) -> bool:
    """A record that names no forms, grades or audiences is for all of them; one for all subjects is for each."""
    return (
        (_has(one.subjects, choice.subject) or for_every_subject(one))
        and _has(one.purposes, choice.purpose)
        and (not choice.form or not one.school_forms or choice.form in one.school_forms)
        and (not choice.audience or not one.audiences or choice.audience in one.audiences)
        and (not choice.platform or choice.platform in one.platforms)
        and (not choice.statuses or one.status in choice.statuses)
        and _overlap(one.grades, choice.grades)
    )


def _has(written: Sequence[str], wanted: str) -> bool:
    return not wanted or wanted.casefold() in (word.casefold() for word in written)


def _overlap(written: str, wanted: str) -> bool:
    return not wanted or not written or not grade_span(written).isdisjoint(grade_span(wanted))


def yearly(cost: Cost | None, numbers: Numbers) -> Yearly:
    """What the app costs in a year for so many."""
    price = cost.price if cost else None
    if cost is None or (price is None and cost.model not in ("free", "advertising")):
        return Yearly(unknown="price")
    if price is None:
        return Yearly(kronor=Decimal(0))
    number = 1 if price.kronor == 0 else numbers.of(price.per)
    if number is None:
        return Yearly(unknown=price.per)
    once = price.period == "once"
    return Yearly(kronor=price.kronor * number * (1 if once else _IN_A_YEAR[price.period]), once=once)


def pupils_in(schools: Iterable[School], grades: str) -> int | None:
    """Pupils of these grades by the schools' files (without: of all); None where they can't be told from others.

    A file that counts years 4 to 6 together doesn't say how many are in year 4.
    """
    wanted, total = grade_span(grades), 0
    for school in schools:
        for written, number in school.pupils_by_grade.items():
            counted = grade_span(written)
            if not wanted or counted <= wanted:
                total += number
            elif not counted.isdisjoint(wanted):
                return None
    return total or None
