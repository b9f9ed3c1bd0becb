"""Wanted against live, one backend: what to create, update, delete and take over. Memberships are decided apart.

Nothing is inferred from failure: what was not read is not planned, and a kind that was not read whole loses nothing.
What was left out on purpose is not planned either, and nothing is said of it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from reconciler.model.change import Action, Change, Note
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.resource import Key, Live, Lowered, Resource, Snapshot, Source, Target
from reconciler.planning.canonical import field_changes
from reconciler.planning.changes import creation, deletion, fields_of, gives_back, giving_back, holds, updating
from reconciler.planning.joining import Join, is_ours, join_groups, parent_of, parents_first, target_name

PLACED = frozenset({"group", "membership", "target"})
"""Kinds that are not values on a target."""
TAKEN_OVER = ("setting", "assignment")
"""Kinds that taking a target over resets, where nobody wants them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """`owned` counts what is ours there, by kind: what limits are shares of. Changes have neither effect nor origin yet.

    `marked` are live references of places that bear our mark.
    """

    changes: tuple[Change, ...]
    join: Join
    marked: frozenset[str]
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    unchanged: Mapping[str, int] = field(default_factory=dict)
    owned: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Work:
    """One comparison under way."""

    backend: str
    org: str
    snapshot: Snapshot
    join: Join
    marked: frozenset[str]
    marks: Mapping[str, Mapping[str, Json]]
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unchanged: Counter[str] = field(default_factory=Counter)
    owned: Counter[str] = field(default_factory=Counter)

    def unread(self, kind: str, target: str) -> bool:
        return not self.snapshot.unread.isdisjoint({(kind, ""), (kind, target)})

    def left_out(self, kind: str, target: str) -> bool:
        return (kind, target) in self.snapshot.left_out

    def whole(self, kind: str) -> bool:
        return all(kind != name for name, _ in self.snapshot.unread)


def compare(lowered: Lowered, snapshot: Snapshot, *, backend: str, org: str) -> Differences:
    """Join both sides by key and say what differs. `org` is the organisation's uid, for marks."""
    live_groups = [live for live in snapshot.resources if live.key.kind == "group"]
    groups_read = not any(kind == "group" for kind, _ in snapshot.unread)
    wanted_groups = [resource for resource in lowered.resources if resource.key.kind == "group"]
    join = join_groups(wanted_groups if groups_read else (), live_groups if groups_read else (), org)
    # A place that is renamed was read under the mark that it still bears.
    unread = frozenset((kind, join.wanted_ref(target)) for kind, target in snapshot.unread)
    left_out = frozenset((kind, join.wanted_ref(target)) for kind, target in snapshot.left_out)
    work = _Work(
        backend=backend,
        org=org,
        snapshot=replace(snapshot, unread=unread, left_out=left_out),
        join=join,
        marked=_marked(snapshot, org),
        marks=_marks(wanted_groups),
    )
    _report_unread(work)
    if groups_read:
        _compare_groups(work, wanted_groups)
    _compare_values(work, lowered, groups_read=groups_read)
    return Differences(
        changes=tuple(work.changes),
        join=join,
        marked=work.marked,
        findings=(*join.findings, *work.findings),
        notes=tuple(work.notes),
        unchanged=dict(sorted(work.unchanged.items())),
        owned=dict(sorted(work.owned.items())),
    )


def _marked(snapshot: Snapshot, org: str) -> frozenset[str]:
    """References of places that bear our mark, be it as a group or as a target that was taken over."""
    return frozenset(live.key.target for live in snapshot.resources if live.mark and live.mark.org == org)


def _marks(groups: list[Resource]) -> Mapping[str, Mapping[str, Json]]:
    """What each wanted place bears as its mark."""
    return {group.key.target: {"mark": group.fields["mark"]} for group in groups if "mark" in group.fields}


def _report_unread(work: _Work) -> None:
    for kind, target in sorted(work.snapshot.unread):
        values = {"target": target_name(target) or "*", "backend": work.backend}
        subject = f"{kind}:{target}"  # names nobody: what was not read is left out below, the rest goes on
        work.findings.append(
            Finding(code=f"UNREAD-{kind.upper()}", severity=Severity.ERROR, place=None, subject=subject, values=values)
        )


def _compare_groups(work: _Work, wanted: list[Resource]) -> None:
    join = work.join
    for resource in parents_first(wanted):
        ref = resource.key.target
        if ref in join.blocked:
            continue
        live = join.live.get(ref)
        if live is None:
            work.changes.append(creation(resource, work.backend))
            continue
        fields = _as_wanted(live, join)
        adopted = live.mark is None
        work.owned["group"] += not adopted
        if not adopted and live.key.target == ref and holds(resource, fields):
            work.unchanged["group"] += 1
        else:
            work.changes.append(updating(resource, live, fields, work.backend, adopted=adopted))
    _delete_groups(work)


def _delete_groups(work: _Work) -> None:
    """Ours that nobody wants. Not while anything about groups or their devices is unread, nor where nobody has looked inside."""
    leftover = work.join.leftover
    work.owned["group"] += len(leftover)
    if not (work.whole("group") and work.whole("membership")):
        return
    for live in (one for one in leftover if not work.left_out("membership", one.key.target)):
        work.changes.append(deletion(replace(live, fields=_as_wanted(live, work.join)), live.key, work.backend))


def _as_wanted(live: Live, join: Join) -> Mapping[str, Json]:
    """A live group's fields with its parent under the reference that is wanted."""
    parent = parent_of(live.fields)
    return {**live.fields, "parent": join.wanted_ref(parent)} if parent else live.fields


def _compare_values(work: _Work, lowered: Lowered, *, groups_read: bool) -> None:
    live = _live_by_target(work)
    wanted = _wanted_by_target(lowered)
    missing = work.snapshot.missing
    for target in sorted(lowered.targets, key=lambda target: target.ref):
        ref = target.ref
        if ref in work.join.blocked or (is_ours(ref) and not groups_read):
            continue
        if ref in missing and not is_ours(ref):
            work.findings.append(_missing(target, work.backend))
            continue
        if any(found.mark and found.mark.org != work.org for found in live.get(ref, ()) if found.key.kind == "group"):
            work.findings.append(_foreign(target))
            continue
        _compare_target(work, target, wanted.get(ref, []), live.get(ref, []))
    if groups_read:
        known = {target.ref for target in lowered.targets} | {one.key.target for one in lowered.resources}
        _empty_leftover(work, {ref: found for ref, found in live.items() if ref not in known})


def _empty_leftover(work: _Work, live: Mapping[str, list[Live]]) -> None:
    """What lies on a place of ours that nobody wants any more, or that is gone already, goes before the place does.

    Only where an adapter reads it: a system whose places take their values with them has no need to.
    """
    for ref, found in sorted(live.items()):
        values = [one for one in found if one.key.kind not in PLACED and one.source is Source.DIRECT]
        if work.left_out("membership", ref):  # the place stays, and what holds for its devices with it
            continue
        if is_ours(ref) and ref not in work.join.blocked and work.whole("group") and work.whole("membership"):
            _reset_each(work, values)


def _live_by_target(work: _Work) -> Mapping[str, list[Live]]:
    """Live values by target and key; of several with one key the direct one counts, for it is what we write."""
    found: dict[str, dict[Key, Live]] = {}
    for live in sorted(work.snapshot.resources, key=_by_key):
        ref = work.join.wanted_ref(live.key.target)
        key = live.key if ref == live.key.target else replace(live.key, target=ref)
        found.setdefault(ref, {}).setdefault(key, live if key is live.key else replace(live, key=key))
    return {ref: list(by_key.values()) for ref, by_key in found.items()}


def _by_key(live: Live) -> tuple[str, ...]:
    """In plain text: a third of the time of comparing keys as such, of which a plan has tens of thousands."""
    return live.key.kind, live.key.target, live.key.part, live.source.value, live.vendor_id


def _wanted_by_target(lowered: Lowered) -> Mapping[str, list[Resource]]:
    wanted: dict[str, list[Resource]] = {}
    for resource in lowered.resources:
        if resource.key.kind not in PLACED:
            wanted.setdefault(resource.key.target, []).append(resource)
    return wanted


def _compare_target(work: _Work, target: Target, wanted: list[Resource], live: list[Live]) -> None:
    values = {item.key: item for item in live if item.key.kind not in PLACED}
    for resource in sorted(wanted, key=lambda resource: (resource.key.kind, resource.key.target, resource.key.part)):
        found = values.pop(resource.key, None)
        if not (work.unread(resource.key.kind, target.ref) or work.left_out(resource.key.kind, target.ref)):
            _compare_value(work, resource, found)
    rest = [
        item
        for item in values.values()
        if item.source is Source.DIRECT and not work.left_out(item.key.kind, target.ref)
    ]
    if target.owns == "all":
        _own_whole(work, target, rest)
    elif rest:
        what = "\n".join(sorted(_as_listed(item) for item in rest))
        values_ = {"target": target_name(target.ref), "count": str(len(rest)), "what": what}
        # A directory group is nobody's place: it can't be taken over, so there is nothing to propose but a line.
        code = "KEPT-FOREIGN-APPS" if target.ref.startswith("group:") else "KEPT-FOREIGN-VALUES"
        work.notes.append(Note(code=code, backend=work.backend, subject=target.ref, values=values_))


def _as_listed(item: Live) -> str:
    """A value's part and, after a tab, what the system calls the app; the catalogue's name of it is put in later."""
    name = item.facts.get("app_name")
    return f"{item.key.part}\t{' '.join(name.split())}" if isinstance(name, str) else item.key.part


def _compare_value(work: _Work, resource: Resource, live: Live | None) -> None:
    kind = resource.key.kind
    direct = live if live and live.source is Source.DIRECT else None
    work.owned[kind] += direct is not None
    if gives_back(resource):
        if direct is None:
            work.unchanged[kind] += 1
        elif work.whole(kind):
            work.changes.append(giving_back(resource, direct, work.backend))
    elif direct is None:
        pins = live is not None and holds(resource, fields_of(resource, live))
        work.changes.append(creation(resource, work.backend, pins=pins))
    elif holds(resource, fields_of(resource, direct)):
        work.unchanged[kind] += 1
    else:
        work.changes.append(updating(resource, direct, fields_of(resource, direct), work.backend))


def _own_whole(work: _Work, target: Target, rest: list[Live]) -> None:
    """A target of which everything is ours: what nobody wants is reset, the first time all in one visible change."""
    ref = target.ref
    adopted = ref in work.join.live and work.join.live[ref].mark is None
    if (is_ours(ref) and not adopted) or (not is_ours(ref) and ref in work.marked):
        _reset_each(work, rest)
    elif any(work.left_out(kind, ref) for kind in TAKEN_OVER):
        return  # a takeover shows all that it resets, or it is none
    elif all(work.whole(kind) for kind in TAKEN_OVER) and (rest or not is_ours(ref)):
        work.changes.append(_take_over(work, target, rest, work.marks.get(ref, {})))


def _reset_each(work: _Work, rest: list[Live]) -> None:
    for live in rest:
        work.owned[live.key.kind] += 1
        if work.whole(live.key.kind):
            work.changes.append(deletion(live, live.key, work.backend))


def _take_over(work: _Work, target: Target, rest: list[Live], marks: Mapping[str, Json]) -> Change:
    """A place of ours has got its mark as a group by then; an existing one of people's gets one that names the layer."""
    before: dict[str, Json] = {"mark": ""}
    mark: dict[str, Json] = {"mark": f"users/{target.owner}"}
    if is_ours(target.ref):
        before = mark = dict(marks)
    facts: dict[str, Json] = {live.key.part: live.facts for live in rest if live.facts}
    return Change(
        action=Action.ADOPT,
        key=Key(kind="target", target=target.ref),
        backend=work.backend,
        label=target_name(target.ref),
        before=before,
        after=mark,
        fields=field_changes(before, mark),
        resets={live.key.part: live.fields for live in sorted(rest, key=lambda live: live.key)},
        destroys=bool(rest),
        facts={"owner": target.owner, **({"resets": facts} if facts else {})},
    )


def _missing(target: Target, backend: str) -> Finding:
    values = {"target": target_name(target.ref), "backend": backend}
    return Finding(code="TARGET-MISSING", severity=Severity.ERROR, place=target.at, subject=target.ref, values=values)


def _foreign(target: Target) -> Finding:
    values = {"group": target_name(target.ref)}
    return Finding(code="FOREIGN-MARK", severity=Severity.ERROR, place=target.at, subject=target.ref, values=values)
