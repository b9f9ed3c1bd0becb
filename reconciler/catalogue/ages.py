"""How long wishes have waited, and how long it took from a wish to an app that is there. Pure.

Counted only from days that somebody wrote or that a history shows. A record without one isn't in the count but in the
number of those that nothing is known of: an average over guesses would be believed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from statistics import median
from typing import Final

from reconciler.model.documents import AppLine, Documents, Span
from reconciler.model.vetting import APPROVED, PROPOSED, QUEUED, Vetting, vetting_of
from reconciler.policy.app_facts import GETS

WAITING: Final = (PROPOSED, QUEUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known from elsewhere than the files as they are, by app.

    `added`: the day on which a line that names it came; None where the history doesn't say. `installed`: the first day
    on which an apply saw it in place.
    """

    added: Mapping[str, date] | None = None
    installed: Mapping[str, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """One app's way: `received` the wish, `decided` the first decision after it, `wished` in force in somebody's file, `installed`."""

    app: str
    name: str
    status: str
    received: date | None
    queued: date | None
    decided: date | None
    approved: date | None
    wished: date | None
    installed: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Days, of `known` apps; `unknown` have no day to count from or to. Without any known: all None."""

    name: str
    known: int
    unknown: int
    median: float | None
    ninetieth: int | None
    longest: int | None
    longest_app: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """`waiting` by status; `lead` by stretch: decision, wished, installed, whole."""

    as_of: date
    waiting: tuple[Figure, ...]
    lead: tuple[Figure, ...]
    apps: tuple[Days, ...]


def ages_of(documents: Documents, as_of: date, seen: Seen) -> Ages:
    lines = _lines(documents)
    apps = tuple(_days(vetting_of(app), lines.get(app.id, ()), as_of, seen) for app in documents.apps)
    waiting = [_waiting(status, [one for one in apps if one.status == status], as_of) for status in WAITING]
    return Ages(as_of=as_of, waiting=tuple(waiting), lead=tuple(_lead(apps)), apps=apps)


def _lines(documents: Documents) -> Mapping[str, list[AppLine]]:
    """By app, every line that gives it to somebody."""
    found: dict[str, list[AppLine]] = {}
    layers = [one.wishes for one in documents.baselines]
    for school in documents.schools:
        layers += [*school.layers.values(), *(group.wishes for group in school.groups)]
    for layer in layers:
        for line in layer.apps:
            if line.mode in GETS:
                found.setdefault(line.app, []).append(line)
    return found


def _days(record: Vetting, lines: Sequence[AppLine], as_of: date, seen: Seen) -> Days:
    received = record.request.received if record.request else None
    decisions = [(one.status, one.day) for one in record.history if one.at_meeting]
    decisions += [(record.status, record.decision.meeting)] if record.decision else []
    dated = sorted((day, status) for status, day in decisions if day and (received is None or day >= received))
    approvals = [day for day, status in dated if status in APPROVED]
    return Days(
        app=record.id,
        name=record.name,
        status=record.status,
        received=received,
        queued=record.queued,
        decided=dated[0][0] if dated else None,
        approved=approvals[0] if approvals else None,
        wished=_wished(record.id, lines, as_of, seen),
        installed=(seen.installed or {}).get(record.id),
    )


def _wished(app: str, lines: Sequence[AppLine], as_of: date, seen: Seen) -> date | None:
    """The first day on which a line held: its own date, else the day on which it came. None where one of them isn't known."""
    starts: list[date] = []
    for line in lines:
        start = _first_day(line.span) or (seen.added or {}).get(app)
        if start is None:
            return None
        starts.append(start)
    past = [day for day in starts if day <= as_of]
    return min(past, default=None)


def _first_day(span: Span) -> date | None:
    return min(span.rings.values(), default=None) if span.rings else span.start


def _waiting(status: str, apps: Sequence[Days], as_of: date) -> Figure:
    return _figure(status, apps, lambda one: _between(one.received or one.queued, as_of))


def _lead(apps: Sequence[Days]) -> Iterator[Figure]:
    decided = [one for one in apps if one.decided]
    approved = [one for one in apps if one.approved and one.status in APPROVED]
    yield _figure("decision", decided, lambda one: _between(one.received, one.decided))
    yield _figure("wished", approved, lambda one: _between(one.approved, one.wished))
    yield _figure("installed", approved, lambda one: _between(one.wished, one.installed))
    yield _figure("whole", approved, lambda one: _between(one.received, one.installed))


def _between(start: date | None, end: date | None) -> int | None:
    """Days; None where one isn't known, or where the second came first: that was no wait for the first."""
    return (end - start).days if start and end and end >= start else None


def _figure(name: str, apps: Iterable[Days], count: Callable[[Days], int | None]) -> Figure:
    counted = [(count(one), one.name) for one in apps]
    known = sorted((days, app) for days, app in counted if days is not None)
    numbers = [days for days, _ in known]
    return Figure(
        name=name,
        known=len(known),
        unknown=len(counted) - len(known),
        median=median(numbers) if numbers else None,
        ninetieth=numbers[ceil(0.9 * len(numbers)) - 1] if numbers else None,
        longest=numbers[-1] if numbers else None,
        longest_app=known[-1][1] if known else "",
    )
