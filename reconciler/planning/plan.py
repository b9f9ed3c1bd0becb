"""A plan from everything that is known: the documents, what they come to, and what each backend has.

Data in, data out. Reading, and the order of reading, is the caller's.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from reconciler.model.adapter import Capability
from reconciler.model.change import Action, Change, Note, Plan
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Locate
from reconciler.model.resource import Key, Lowered, Outstanding, Resource, Snapshot, Target
from reconciler.planning.diff import Differences, compare
from reconciler.planning.effect import People, count_people, effect_of
from reconciler.planning.fingerprint import fingerprint
from reconciler.planning.hold import hold, is_about, name_of, with_dependants
from reconciler.planning.joining import Join, join_groups, target_name
from reconciler.planning.limits import Limited, Stock, check_limits
from reconciler.planning.membership import Moves, not_empty, plan_moves
from reconciler.planning.order import in_order, with_dependencies
from reconciler.planning.positions import located, why_of
from reconciler.planning.proposal import Wanted, index_wanted, propose, waiting_notes

FORMAT: Final = 1
"""Of the plan's data; a new number whenever an older reader would misread it."""

BY_PEOPLE = frozenset({"read-only", "manual", "none"})
"""Extents of a capability under which a person does what an API can't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseView:
    """What the base revision wants of a backend, lowered against the same live state; `places` as in BackendView."""

    lowered: Lowered
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendView:
    """One backend as the plan needs it. `places`: device id → reference of the group (`@school/group`) it belongs to."""

    backend: Backend
    capabilities: Sequence[Capability]
    snapshot: Snapshot
    lowered: Lowered
    places: Mapping[str, str]
    base: BaseView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one backend adds to the plan."""

    changes: list[Change]
    held: list[Change]
    findings: list[Finding]
    notes: list[Note]
    outstanding: list[Outstanding]
    unchanged: Counter[str]
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What holds for every backend of a plan. `subjects` are those of errors found before planning."""

    documents: Documents
    state: DesiredState
    locate: Locate
    subjects: frozenset[str]
    school: str | None


@dataclass(slots=True)
class _Held:
    """Changes that were held so far, and why."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def make_plan(
    documents: Documents,
    state: DesiredState,
    views: Sequence[BackendView],
    *,
    tool_version: str,
    locate: Locate,
    findings: Sequence[Finding] = (),
    school: str | None = None,
) -> Plan:
    """The plan. `findings` are those of loading, compiling, matching and checking: errors among them hold their subjects.

    With `school`, only changes of that school are kept; all else is counted against limits all the same.
    """
    subjects = frozenset(finding.subject for finding in (*findings, *state.findings) if is_error(finding))
    context = _Context(documents=documents, state=state, locate=locate, subjects=subjects, school=school)
    parts = [_plan_backend(view, context) for view in sorted(views, key=lambda view: view.backend.id)]
    every = [*findings, *state.findings, *(finding for part in parts for finding in part.findings)]
    organisation = documents.organisation
    return Plan(
        format=FORMAT,
        tool_version=tool_version,
        organisation=organisation.uid,
        language=organisation.language,
        as_of=state.as_of,
        lapses=min((day for day in (state.lapses, *(_day_after(part.until) for part in parts)) if day), default=None),
        digest=documents.digest,
        tenants=tuple(view.snapshot.tenant for view in sorted(views, key=lambda view: view.backend.id)),
        modes={view.backend.id: view.backend.mode for view in sorted(views, key=lambda view: view.backend.id)},
        changes=tuple(change for part in parts for change in part.changes),
        held=tuple(change for part in parts for change in part.held),
        outstanding=tuple(item for part in parts for item in part.outstanding),
        notes=tuple(note for part in parts for note in part.notes),
        findings=located(every, locate),
        unchanged=dict(sorted(sum((part.unchanged for part in parts), Counter[str]()).items())),
    )


def _plan_backend(view: BackendView, context: _Context) -> _Part:
    name, org = view.backend.id, context.documents.organisation.uid
    different = compare(view.lowered, view.snapshot, backend=name, org=org)
    head = index_wanted(view.lowered)
    moves = _moves(view, head, different.join, view.places)
    people = count_people(context.state, view.places)
    changes, full = _all_changes(different, moves)
    changes, outstanding = _by_hand(changes, view)
    changes = _told(changes, head, people, context, view)
    if view.base:
        changes = propose(changes, head, index_wanted(view.base.lowered), _base_moves(view, view.base, org))
    changes = in_order(with_dependencies(changes, head.resources))
    own = [*different.findings, *full]
    limited = check_limits(
        changes, _stock(view, different, moves), view.backend.limits, context.documents.allowances, context.state.as_of
    )
    kept, held = _held_back(changes, head, own, limited, view, context)
    return _Part(
        changes=kept,
        held=held.changes,
        findings=[*view.snapshot.findings, *view.lowered.findings, *own, *limited.findings],
        notes=[*different.notes, *moves.notes, *_unmanaged_places(different, view), *held.notes, *waiting_notes(kept)],
        outstanding=[*view.lowered.outstanding, *outstanding],
        unchanged=Counter({**different.unchanged, "membership": moves.unchanged}),
        until=limited.used_until,
    )


def _moves(view: BackendView, wanted: Wanted, join: Join, places: Mapping[str, str]) -> Moves:
    groups = {key.target: resource for key, resource in wanted.resources.items() if key.kind == "group"}
    exclusive = any(one.exclusive for one in view.capabilities if one.kind == "membership")
    return plan_moves(places, view.snapshot, join, groups, backend=view.backend.id, exclusive=exclusive)


def _base_moves(view: BackendView, base: BaseView, org: str) -> Mapping[tuple[str, str], int]:
    """How many devices the base revision would move now, by envelope."""
    live = [found for found in view.snapshot.resources if found.key.kind == "group"]
    moves = _moves(view, index_wanted(base.lowered), join_groups(base.lowered.resources, live, org), base.places)
    return {
        (change.envelope.source, change.envelope.into): change.envelope.at_most
        for change in moves.changes
        if change.envelope
    }


def _all_changes(different: Differences, moves: Moves) -> tuple[list[Change], list[Finding]]:
    """Both kinds together, without deletions of groups that would still have devices in them."""
    kept: list[Change] = []
    findings: list[Finding] = []
    for change in (*different.changes, *moves.changes):
        full = None
        if change.key.kind == "group" and change.action is Action.DELETE:
            full = not_empty(change, moves.remaining)
        if full:
            findings.append(full)
        else:
            kept.append(change)
    return kept, findings


def _by_hand(changes: Sequence[Change], view: BackendView) -> tuple[list[Change], list[Outstanding]]:
    """Changes of a kind that the system's API can't do become something for a person to do."""
    by_people = {one.kind for one in view.capabilities if one.extent in BY_PEOPLE}
    outstanding = [
        Outstanding(
            code=f"DO-BY-HAND-{change.action.value.upper()}",
            backend=view.backend.id,
            subject=str(change.key),
            values={"label": change.label, "target": target_name(change.key.target)},
        )
        for change in changes
        if change.key.kind in by_people
    ]
    return [change for change in changes if change.key.kind not in by_people], outstanding


def _told(
    changes: Sequence[Change], wanted: Wanted, people: People, context: _Context, view: BackendView
) -> list[Change]:
    """Each change with its effect, the lines behind it, and its fingerprint."""
    told: list[Change] = []
    for change in changes:
        resource, target = _behind(change, wanted)
        told.append(
            replace(
                change,
                effect=effect_of(change, resource, target, people),
                why=why_of(resource, target, context.locate),
                fingerprint=fingerprint(change, view.snapshot.tenant),
            )
        )
    return told


def _behind(change: Change, wanted: Wanted) -> tuple[Resource | None, Target | None]:
    """The wanted resource and the target of a change; behind a move stands the group that the devices come to."""
    if change.envelope:
        return wanted.resources.get(Key(kind="group", target=change.key.target)), None
    return wanted.resources.get(change.key), wanted.targets.get(change.key.target)


def _stock(view: BackendView, different: Differences, moves: Moves) -> Stock:
    devices = Counter(view.places.values())
    return Stock(
        backend=view.backend.id,
        owned={**different.owned, "membership": moves.owned},
        devices=sum(device.active for device in view.snapshot.devices),
        group_devices={ref[1:]: count for ref, count in devices.items()},
        wanted=len(view.lowered.resources),
    )


def _held_back(
    changes: list[Change],
    wanted: Wanted,
    own: Sequence[Finding],
    limited: Limited,
    view: BackendView,
    context: _Context,
) -> tuple[list[Change], _Held]:
    """First errors, then limits, then the filter; what waits for something held is held with it."""
    # An error without a subject that an adapter found is about its backend, not about the others. What it could not
    # read stands in `unread`, which says to the target what is left out.
    lowering = {finding.subject or view.backend.id for finding in view.lowered.findings if is_error(finding)}
    reading = {finding.subject for finding in view.snapshot.findings if is_error(finding)} - {""}
    subjects = context.subjects | lowering | reading | {finding.subject for finding in own if is_error(finding)}
    held = _Held()

    def blocked(change: Change) -> bool:
        resource, target = _behind(change, wanted)
        return bool(resource and resource.blocked_by) or is_about(change, subjects, target)

    kept = _hold(changes, blocked, held)
    kept = _hold(kept, lambda change: change.key in limited.held, held)
    if context.school:
        kept = _only_school(kept, context.school, held)
    return kept, held


def _hold(changes: list[Change], why: Callable[[Change], bool], held: _Held) -> list[Change]:
    kept, more, notes = hold(changes, why, [change.key for change in held.changes])
    held.changes += more
    held.notes += notes
    return kept


def _only_school(changes: Sequence[Change], school: str, held: _Held) -> list[Change]:
    """Changes of one school. One of its changes that waits for something outside is held, and a note says for what."""
    inside = [change for change in changes if change.effect.schools == (school,)]
    outside = {change.key for change in changes} - {change.key for change in inside}
    barred = with_dependants(inside, outside)
    waiting = [change for change in inside if change.key in barred]
    held.changes += waiting
    held.notes += [
        Note(
            code="OUTSIDE-FILTER",
            backend=change.backend,
            subject=str(change.key),
            values={"change": name_of(change), "on": _names(change, changes, barred)},
        )
        for change in waiting
    ]
    return [change for change in inside if change.key not in barred]


def _names(change: Change, changes: Sequence[Change], barred: Collection[Key]) -> str:
    labels = {one.key: name_of(one) for one in changes}
    return ", ".join(labels.get(key, str(key)) for key in change.depends_on if key in barred)


def _unmanaged_places(different: Differences, view: BackendView) -> list[Note]:
    """Places that bear no mark and that nobody named: counted, so that nobody takes them for managed."""
    named = {target.ref for target in view.lowered.targets} | set(different.join.aliases)
    count = sum(
        live.key.kind == "group" and live.mark is None and live.key.target not in named
        for live in view.snapshot.resources
    )
    if not count:
        return []
    return [Note(code="UNMANAGED-PLACES", backend=view.backend.id, values={"places": str(count)})]


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
