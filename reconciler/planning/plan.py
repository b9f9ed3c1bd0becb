"""A plan from everything that is known: the documents, what they come to, and what each backend has.

Data in, data out. Reading, and the order of reading, is the caller's.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from reconciler.model.adapter import Capability
from reconciler.model.change import Action, Change, Note, Plan
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Locate
from reconciler.model.policy import Subject
from reconciler.model.resource import Key, Lowered, Outstanding, Resource, Snapshot, Target
from reconciler.planning.breaches import Breaches, breaches_in, is_breach, would_make
from reconciler.planning.diff import Differences, compare
from reconciler.planning.effect import People, count_people, effect_of
from reconciler.planning.fingerprint import fingerprint
from reconciler.planning.hold import Held, forget_others, hold_into, is_about, keep_school
from reconciler.planning.joining import Join, join_groups, parent_of, target_name
from reconciler.planning.limits import Limited, Stock, check_limits
from reconciler.planning.membership import Moves, not_empty, plan_moves
from reconciler.planning.names import name_findings
from reconciler.planning.naming import name_apps, name_kept, names_of
from reconciler.planning.order import in_order, with_dependencies
from reconciler.planning.positions import located, why_of
from reconciler.planning.proposal import Wanted, index_wanted, propose, waiting_notes
from reconciler.planning.unmanaged import unmanaged_places

FORMAT: Final = 1
"""Of the plan's data; a new number whenever an older reader would misread it."""

BY_PEOPLE = frozenset({"read-only", "manual", "none"})
"""Extents of a capability under which a person does what an API can't."""

FOLLOWS_FROM_ABSENCE = frozenset({"GROUP-NOT-EMPTY", "DEVICES-WITHOUT-GROUP"})
"""What is said of a group that isn't in the files; of no use to anyone while not all files could be read."""


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
    """What holds for every backend of a plan. `subjects` are those of errors found before planning, breaches apart."""

    documents: Documents
    state: DesiredState
    locate: Locate
    subjects: frozenset[str]
    breaches: Breaches
    school: str | None
    barred: Collection[str]
    stocked: Callable[[Stock], None] | None


def make_plan(
    documents: Documents,
    state: DesiredState,
    views: Sequence[BackendView],
    *,
    tool_version: str,
    locate: Locate,
    findings: Sequence[Finding] = (),
    school: str | None = None,
    unasked: Sequence[Subject] = (),
    barred: Collection[str] = (),
    stocked: Callable[[Stock], None] | None = None,
) -> Plan:
    """The plan. `findings` are those of loading, compiling, matching and checking: errors among them hold their subjects.
    A rule's breach holds less: only what would make it, on its own subject. So does a rule that blocks and could not be
    asked of one (`unasked`); `barred` are devices, as `backend/id`, that such rules keep where they are.

    With `school`, only changes of that school are kept; all else that was read is counted against limits all the same.
    `stocked` is told of each backend what its limits are shares of.
    """
    errors = [finding for finding in (*findings, *state.findings) if is_error(finding)]
    subjects = frozenset(finding.subject for finding in errors if not is_breach(finding))
    context = _Context(
        documents=documents,
        state=state,
        locate=locate,
        subjects=subjects,
        breaches=breaches_in(errors, locate, unasked, documents.guardrails),
        school=school,
        barred=barred,
        stocked=stocked,
    )
    parts = [_plan_backend(view, context) for view in sorted(views, key=lambda view: view.backend.id)]
    every = [*findings, *state.findings, *(finding for part in parts for finding in part.findings)]
    if "" in subjects:
        parts = [_without_guesses(part) for part in parts]
        every = [finding for finding in every if not _follows_from_absence(finding)]
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


def _follows_from_absence(finding: Finding) -> bool:
    """`devices:` without a line are those of a place that no group of the files claims."""
    unclaimed = finding.subject.startswith("devices:") and finding.place is None
    return unclaimed or finding.code in FOLLOWS_FROM_ABSENCE


def _without_guesses(part: _Part) -> _Part:
    """Where a file could not be read, what it says is unknown: that something isn't in the files is then no wish to remove it."""
    return replace(
        part,
        held=[change for change in part.held if change.action is not Action.DELETE],
        notes=[note for note in part.notes if note.code not in FOLLOWS_FROM_ABSENCE],
    )


def _plan_backend(view: BackendView, context: _Context) -> _Part:
    name, org = view.backend.id, context.documents.organisation.uid
    different = compare(view.lowered, view.snapshot, backend=name, org=org)
    head = index_wanted(view.lowered)
    moves = _moves(view, head, different.join, view.places, context.barred)
    people = count_people(context.state, view.places)
    changes, full = _all_changes(different, moves)
    changes, outstanding = _by_hand(changes, view)
    changes, barred = (_told(some, head, people, context, view) for some in (changes, moves.barred))
    if view.base:
        base, base_moves = index_wanted(view.base.lowered), _base_moves(view, view.base, org)
        changes, barred = (propose(some, head, base, base_moves) for some in (changes, barred))
    changes = in_order(with_dependencies(changes, head.resources))
    own = [*different.findings, *full, *name_findings(changes)]
    stock = _stock(view, different, moves)
    if context.stocked:
        context.stocked(stock)
    limited = check_limits(changes, stock, view.backend.limits, context.documents.allowances, context.state.as_of)
    kept, held = _held_back(changes, head, own, different.join, limited, view, context)
    return _Part(
        changes=kept,
        held=[*held.changes, *_of_school(barred, context.school)],
        findings=[*view.snapshot.findings, *view.lowered.findings, *own, *limited.findings],
        notes=[
            *(name_kept(note, names_of(context.documents.apps)) for note in different.notes),
            *moves.notes,
            *unmanaged_places(different, view.snapshot.resources, head.targets, name),
            *held.notes,
            *waiting_notes(kept),
        ],
        outstanding=[*view.lowered.outstanding, *outstanding, *moves.outstanding],
        unchanged=Counter({**different.unchanged, "membership": moves.unchanged}),
        until=limited.used_until,
    )


def _of_school(changes: Sequence[Change], school: str | None) -> list[Change]:
    return [one for one in changes if school is None or one.effect.schools == (school,)]


def _moves(
    view: BackendView, wanted: Wanted, join: Join, places: Mapping[str, str], barred: Collection[str] = ()
) -> Moves:
    groups = {key.target: resource for key, resource in wanted.resources.items() if key.kind == "group"}
    exclusive = any(one.exclusive for one in view.capabilities if one.kind == "membership")
    return plan_moves(places, view.snapshot, join, groups, backend=view.backend.id, exclusive=exclusive, kept=barred)


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
    """Both kinds together, without deletions of groups that would still have devices in them, or such a group below.

    What lies on a group that stays for its devices' sake stays with it, and so does an app that lies there.
    """
    every = [*different.changes, *moves.changes]
    removals = {one.key.target: one for one in every if one.key.kind == "group" and one.action is Action.DELETE}
    full = {ref: finding for ref, one in removals.items() if (finding := not_empty(one, moves.remaining))}
    stay = set(full)
    for ref in full:
        while (ref := parent_of(removals[ref].before)) in removals:
            stay.add(ref)
    kept = [one for one in every if one.key.target not in stay or one.envelope]
    return _without_apps_still_assigned(kept, every), [*full.values()]


def _without_apps_still_assigned(kept: Sequence[Change], every: Sequence[Change]) -> list[Change]:
    """An app goes after its assignments: one that a staying place still has stays too, since deleting it would end them all."""
    left = {id(change) for change in kept}
    given = {one.key.part for one in every if one.key.kind == "assignment" and id(one) not in left}
    return [
        one for one in kept if one.key.kind != "app" or one.action is not Action.DELETE or one.key.part not in given
    ]


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
    names = names_of(context.documents.apps)
    for change in changes:
        resource, target = _behind(change, wanted)
        told.append(
            replace(
                name_apps(change, names),
                effect=effect_of(change, resource, target, people),
                why=why_of(resource, target, context.locate, change.fields),
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
        beyond=sum(device.active and bool(device.obstacle) for device in view.snapshot.devices),
        counted=("membership", "") not in view.snapshot.unread | view.snapshot.left_out,
        group_devices={ref[1:]: count for ref, count in devices.items()},
        wanted=len(view.lowered.resources),
    )


def _held_back(
    changes: list[Change],
    wanted: Wanted,
    own: Sequence[Finding],
    join: Join,
    limited: Limited,
    view: BackendView,
    context: _Context,
) -> tuple[list[Change], Held]:
    """First errors, then limits, then the filter; what waits for something held is held with it."""
    # An error without a subject that an adapter found is about its backend, not about the others. What it could not
    # read stands in `unread`, which says to the target what is left out.
    lowering = {finding.subject or view.backend.id for finding in view.lowered.findings if is_error(finding)}
    reading = {finding.subject for finding in view.snapshot.findings if is_error(finding)} - {""}
    subjects = context.subjects | lowering | reading | {finding.subject for finding in own if is_error(finding)}
    held = Held()

    def blocked(change: Change) -> bool:
        resource, target = _behind(change, wanted)
        if is_about(change, subjects, target) or would_make(change, target, context.breaches):
            return True
        return bool(resource and _is_barred(resource, join))

    kept = hold_into(changes, blocked, held)
    forgotten = forget_others(held, context.school) if context.school else 0
    kept = hold_into(kept, lambda change: change.key in limited.held, held)
    if context.school:
        narrowed = bool(view.snapshot.left_out)
        kept = keep_school(kept, context.school, view.backend.id, held, narrowed=narrowed, forgotten=forgotten)
    return kept, held


def _is_barred(resource: Resource, join: Join) -> bool:
    """Wanted, but with an error of its own, or below a place that nothing may be done to."""
    above = {key.target for key in resource.depends_on} | {parent_of(resource.fields)}
    return bool(resource.blocked_by) or not join.blocked.isdisjoint(above)


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
