"""What a pull request means: everything that differs between two revisions, gathered. Pure.

The revisions are compared as they compile, on every day on which a date in either of them changes something: a moved
line, a comment, another order or another file for the same app is no change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reconciler.model.desired import GroupState
from reconciler.model.documents import App, Documents
from reconciler.model.vetting import vetting_of
from reconciler.review.app_managers import with_app_managers
from reconciler.review.approvals import Approval, ByOwner, approvals_of
from reconciler.review.meetings import compare_meetings
from reconciler.review.mgn import compare_acknowledgements, compare_mgn
from reconciler.review.money import Cost, add_costs, cost_of
from reconciler.review.people import Reach, reach_of
from reconciler.review.places import compare_organisation, compare_schools
from reconciler.review.records import AppChange, Users, compare_apps, users_of
from reconciler.review.renames import Renames, follow_names
from reconciler.review.rules import (
    compare_allowances,
    compare_approvals,
    compare_baselines,
    compare_calendar,
    compare_exceptions,
    compare_rules,
)
from reconciler.review.seats import Seats, seats_of
from reconciler.review.shared import compare_shared
from reconciler.review.told import Told
from reconciler.review.wishes import Day, WishChange, compare_wishes
from reconciler.settings.table import SettingsTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One app whose cost differs, or isn't known and whose users differ. `seats`, before `seated`: None where no number is written."""

    app: str
    name: str
    before: Cost
    after: Cost
    seats: Seats | None = None
    seated: Seats | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostChange:
    """All apps in use on `day` (None: at once). `silent` are the names of those that the files give no full price for."""

    day: date | None
    before: Cost
    after: Cost
    silent_before: tuple[str, ...]
    silent_after: tuple[str, ...]
    rows: tuple[CostRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """`names`: what is called how, as at the head or else the base: `app:<id>`, `school:<id>`, `group:<school>/<id>`,
    `baseline:<id>`. `decisions`: the reference of what `baseline:<id>` and `exception:<id>` were decided in.

    `looked_until` is the last day on which a date in the files changes something that was looked at.
    """

    as_of: date
    looked_until: date
    apps: tuple[AppChange, ...]
    wishes: tuple[WishChange, ...]
    told: tuple[Told, ...]
    costs: tuple[CostChange, ...]
    reach: Reach
    approvals: tuple[Approval, ...]
    names: Mapping[str, str]
    decisions: Mapping[str, str]

    @property
    def empty(self) -> bool:
        return not (self.apps or self.wishes or self.told)


def make_review(
    base: Documents, head: Documents, days: Sequence[Day], table: SettingsTable, touched: ByOwner
) -> Review:
    """`days`: today first, then each day on which either state is another, both compiled for it. `touched`: fields by owner."""
    renames = follow_names(base, head)
    first = days[0]
    known = {**first.base.groups, **first.head.groups}
    wishes = tuple(replace(one, reach=reach_of(one.groups, known)) for one in compare_wishes(days, renames, table))
    apps = compare_apps(base, head, renames, users_of(first.base), users_of(first.head))
    told = tuple(_told(base, head, first, wishes, renames))
    return Review(
        as_of=first.day,
        looked_until=days[-1].day,
        apps=apps,
        wishes=wishes,
        told=told,
        costs=tuple(_costs(base, head, days, renames)),
        reach=reach_of(_touched(wishes, told), known),
        approvals=approvals_of(with_app_managers(touched, base, head, first)),
        names={**_names(base), **_names(head)},
        decisions={**_decisions(base), **_decisions(head)},
    )


def _told(base: Documents, head: Documents, day: Day, wishes: Sequence[WishChange], renames: Renames) -> Iterator[Told]:
    yield from compare_mgn(base, head)
    yield from compare_acknowledgements(base, head, renames)
    yield from compare_rules(base, head)
    yield from compare_exceptions(base, head, renames)
    yield from compare_baselines(base, head, frozenset(one.wish.id for one in wishes))
    yield from compare_shared(base, head)
    yield from compare_calendar(base, head)
    yield from compare_allowances(base, head)
    yield from compare_approvals(base, head)
    yield from compare_meetings(base, head)
    yield from compare_schools(base, head, day.base, day.head, renames)
    yield from compare_organisation(base, head)


def _touched(wishes: Sequence[WishChange], told: Sequence[Told]) -> Iterator[str]:
    for one in wishes:
        yield from one.groups
    for each in told:
        if each.reach is not None:
            yield from each.reach.groups


def _names(documents: Documents) -> Mapping[str, str]:
    found = {f"app:{one.id}": one.name for one in documents.apps}
    found |= {f"baseline:{one.id}": one.name for one in documents.baselines}
    for school in documents.schools:
        found[f"school:{school.id}"] = school.name
        found |= {f"group:{school.id}/{group.id}": group.name for group in school.groups}
    return found


def _decisions(documents: Documents) -> Mapping[str, str]:
    found = {f"baseline:{one.id}": one.decision.reference for one in documents.baselines if one.decision}
    return found | {f"exception:{one.id}": one.decision.reference for one in documents.exceptions if one.decision}


# --- costs --------------------------------------------------------------------------------------------------------


def _costs(base: Documents, head: Documents, days: Sequence[Day], renames: Renames) -> Iterator[CostChange]:
    """At once, and on each later day from which the difference is another."""
    known: tuple[CostRow, ...] = ()
    for number, day in enumerate(days):
        found = _cost_on(base, head, day, renames, day.day if number else None)
        if found.rows != known:
            known = found.rows
            yield found


def _cost_on(base: Documents, head: Documents, day: Day, renames: Renames, when: date | None) -> CostChange:
    before, after = (_priced(one, users_of(state)) for one, state in ((base, day.base), (head, day.head)))
    rows = []
    for app in head.apps:
        was, now = before.get(renames.apps.get(app.id, "")), after.get(app.id)
        if was != now:
            rows.append(_row(app, was, now))
    kept = set(renames.apps.values())
    rows += [_row(app, before[app.id], None) for app in base.apps if app.id in before and app.id not in kept]
    return CostChange(
        day=when,
        before=add_costs(one.cost for one in before.values()),
        after=add_costs(one.cost for one in after.values()),
        silent_before=_silent(base, before),
        silent_after=_silent(head, after),
        rows=tuple(sorted((one for one in rows if _costs_otherwise(one)), key=lambda one: one.name.casefold())),
    )


def _costs_otherwise(row: CostRow) -> bool:
    """A free app that more groups get costs what it did; one whose price isn't known costs nobody knows what."""
    return row.before != row.after or bool(row.after.unknown or row.before.unknown) or row.seats != row.seated


@dataclass(frozen=True, slots=True, kw_only=True)
class _InUse:
    """What one app costs, how many groups get it, and its licences where their number is written."""

    cost: Cost
    groups: int
    seats: Seats | None


def _priced(documents: Documents, users: Users) -> Mapping[str, _InUse]:
    """By app in use."""
    return {app.id: _in_use(app, users.by_app[app.id]) for app in documents.apps if app.id in users.by_app}


def _in_use(app: App, groups: Sequence[GroupState]) -> _InUse:
    record = vetting_of(app)
    seats = seats_of(record, groups)
    known = seats if seats is not None and seats.owned is not None else None
    return _InUse(cost=cost_of(record, groups), groups=len(groups), seats=known)


def _row(app: App, was: _InUse | None, now: _InUse | None) -> CostRow:
    nothing = add_costs(())
    return CostRow(
        app=app.id,
        name=app.name,
        before=was.cost if was else nothing,
        after=now.cost if now else nothing,
        seats=now.seats if now else None,
        seated=was.seats if was else None,
    )


def _silent(documents: Documents, priced: Mapping[str, _InUse]) -> tuple[str, ...]:
    return tuple(sorted(app.name for app in documents.apps if app.id in priced and priced[app.id].cost.unknown))
