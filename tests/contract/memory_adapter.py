"""An adapter on memory whose sets overlap, so that the contract does not grow the shape of one vendor.

A device may be in several sets, values lie on a set, nothing is inherited, names are not unique, and a set of ours is known by
its mark alone. Faults are asked for by the test: see `Fault`.
"""

import copy
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from reconciler.adapters.mark import mark_key, place_ref
from reconciler.model.adapter import Batch, Capability, Scope, Seen
from reconciler.model.change import Action, Change
from reconciler.model.desired import DesiredState, Effective, GroupState, Origin, UserLayer
from reconciler.model.documents import INHERIT
from reconciler.model.place import Json
from reconciler.model.resource import Device, Key, Live, Lowered, Mark, Resource, Snapshot, Target, Tenant

ENTRIES_PER_CALL = 20
KINDS = ("group", "membership", "setting", "assignment", "target")

CAPABILITIES = tuple(
    Capability(
        kind=kind, extent="full", exclusive=False, on_removal="gone at once", source="this file", date="2026-11-21"
    )
    for kind in KINDS
)

Values = dict[tuple[str, str], dict[str, Json]]
"""What lies on a set: (kind, part) → fields."""


class OutcomeUnknown(Exception):  # noqa: N818  # named as the HTTP layer's
    """A write that may or may not have taken effect, as the HTTP layer says it."""

    code = "HTTP-OUTCOME-UNKNOWN"

    def values(self) -> dict[str, str]:
        return {"method": "POST", "path": "/sets"}


class Refused(Exception):  # noqa: N818  # named as the HTTP layer's
    """A write that the system said no to."""

    code = "HTTP-REFUSED"

    def values(self) -> dict[str, str]:
        return {"status": "400", "message": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the next write (that `hits` says yes to, if given): raised before anything took effect, or after all did."""

    error: BaseException
    after: bool = False
    hits: Callable[[Batch], bool] | None = None


@dataclass(slots=True, kw_only=True)
class DeviceSet:
    """One set as the system has it. `mark` is (organisation, key) or None."""

    id: str
    name: str
    mark: tuple[str, str] | None = None
    members: set[str] = field(default_factory=set)
    values: Values = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class MemoryTenant:
    """The live state. `written` lists every effect, so that a test can see that nothing was done twice."""

    identity: str = "tenant-1"
    sets: dict[str, DeviceSet] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    stale_reads: int = 0
    unreadable: set[tuple[str, str]] = field(default_factory=set)
    lock: RLock = field(default_factory=RLock, repr=False)
    _next: int = 0
    _before_last_write: dict[str, DeviceSet] = field(default_factory=dict, repr=False)

    def add_set(self, name: str, *, mark: tuple[str, str] | None = None, members: Sequence[str] = ()) -> DeviceSet:
        self._next += 1
        made = DeviceSet(id=f"set-{self._next}", name=name, mark=mark, members=set(members))
        self.sets[made.id] = made
        return made

    def add_device(self, device: str, *, serial: str = "", facts: Mapping[str, str] | None = None) -> None:
        self.devices[device] = Device(id=device, serial=serial or device, active=True, places=(), facts=facts or {})

    def seen_sets(self) -> Mapping[str, DeviceSet]:
        """The sets as a read sees them: as they were before the last write, while reads are stale."""
        if self.stale_reads:
            self.stale_reads -= 1
            return self._before_last_write
        return self.sets

    def remember(self) -> None:
        self._before_last_write = copy.deepcopy(self.sets)


class MemoryAdapter:
    """The contract's second adapter. `org` is the uid that its marks are compared with."""

    def __init__(self, tenant: MemoryTenant, *, org: str, backend: str = "memory") -> None:
        self._tenant, self._org, self._backend = tenant, org, backend

    @property
    def backend(self) -> str:
        return self._backend

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    def identify(self) -> Tenant:
        return Tenant(backend=self._backend, kind="memory", identity=self._tenant.identity)

    def observe(self, scope: Scope) -> Snapshot:
        with self._tenant.lock:
            sets = self._tenant.sets
            resources = [self._live_set(one) for one in sets.values()] if "group" in scope.kinds else []
            missing: set[str] = set()
            for target in scope.targets:
                found = self._find(sets, target.ref)
                resources += [live for one in found for live in _live_values(one, target.ref, scope)]
                if not found and not target.ref.startswith("@"):
                    missing.add(target.ref)
            unread = frozenset((k, t) for k, t in self._tenant.unreadable if k in scope.kinds)
            return Snapshot(
                tenant=self.identify(),
                resources=tuple(live for live in resources if not _hidden(live.key, unread)),
                devices=self._devices() if "membership" in scope.kinds and ("membership", "") not in unread else (),
                unread=unread,
                missing=frozenset(missing),
                reads=1 + len(scope.targets),
            )

    def lower(self, state: DesiredState, structure: Snapshot) -> Lowered:
        resources: list[Resource] = []
        targets: list[Target] = []
        for group in (group for group in state.groups.values() if group.backend == self._backend):
            resources += _lower_group(group)
            targets.append(_group_target(group))
        existing = {live.key.target for live in structure.resources if not live.key.target.startswith("@")}
        for layer in (layer for layer in state.user_layers if layer.backend == self._backend):
            for ref in _user_refs(layer, existing):
                targets.append(
                    Target(
                        ref=ref,
                        owns=layer.targets.owns,
                        reach="user",
                        owner=layer.owner,
                        groups=layer.groups,
                        at=layer.targets.at,
                    )
                )
                resources += _lower_effective(layer.wishes, ref, layer.groups)
        return Lowered(resources=tuple(resources), targets=tuple(targets))

    def pack(self, changes: Sequence[Change]) -> Sequence[Batch]:
        values = [change for change in changes if change.key.kind in ("setting", "assignment")]
        batches = [Batch(lane="sets", changes=(change,)) for change in changes if change not in values]
        for target in dict.fromkeys(change.key.target for change in values):
            same = [change for change in values if change.key.target == target]
            batches += [
                Batch(lane="values", changes=tuple(same[at : at + ENTRIES_PER_CALL]))
                for at in range(0, len(same), ENTRIES_PER_CALL)
            ]
        return batches

    def read(self, changes: Sequence[Change]) -> Mapping[Key, Seen]:
        with self._tenant.lock:
            sets = self._tenant.seen_sets()
            return {change.key: self._seen(sets, change) for change in changes}

    def write(self, batch: Batch) -> None:
        with self._tenant.lock:
            fault = next((one for one in self._tenant.faults if one.hits is None or one.hits(batch)), None)
            if fault:
                self._tenant.faults.remove(fault)
            if fault and not fault.after:
                raise fault.error
            self._tenant.remember()
            for change in batch.changes:
                self._write(change)
            if fault:
                raise fault.error

    def close(self) -> None:
        """Nothing is open."""

    def _devices(self) -> tuple[Device, ...]:
        places: dict[str, list[str]] = {device: [] for device in self._tenant.devices}
        for one in self._tenant.sets.values():
            for member in one.members:  # others' sets too: the core knows which of them is about to be adopted
                places[member].append(self._ref(one))
        return tuple(
            Device(id=d.id, serial=d.serial, active=d.active, places=tuple(sorted(places[d.id])), facts=d.facts)
            for d in self._tenant.devices.values()
        )

    def _ref(self, one: DeviceSet) -> str:
        ours = place_ref(one.mark[1]) if one.mark and one.mark[0] == self._org else None
        return ours or f"ou:/{one.name}"

    def _find(self, sets: Mapping[str, DeviceSet], ref: str) -> list[DeviceSet]:
        return [one for one in sets.values() if self._ref(one) == ref]

    def _live_set(self, one: DeviceSet) -> Live:
        mark = Mark(org=one.mark[0], key=one.mark[1]) if one.mark else None
        fields: dict[str, Json] = {"name": one.name, "mark": mark.key if mark else ""}
        return Live(key=Key(kind="group", target=self._ref(one)), fields=fields, vendor_id=one.id, mark=mark)

    def _seen(self, sets: Mapping[str, DeviceSet], change: Change) -> Seen:
        key = change.key
        if (key.kind, key.target) in self._tenant.unreadable:
            return Seen(read=False, reason="unreadable")
        if key.kind == "membership":
            return Seen(read=True, places={m.device: self._places(sets, m.device) for m in change.members})
        found = [sets[change.vendor_id]] if change.vendor_id in sets else self._find(sets, key.target)
        if not found:
            return Seen(read=True)
        one = found[0]
        if key.kind == "group":
            return Seen(read=True, fields=self._live_set(one).fields)
        if key.kind == "target":
            resets = {part: fields for (_, part), fields in one.values.items() if part in change.resets}
            return Seen(read=True, fields=self._live_set(one).fields, resets=copy.deepcopy(resets))
        return Seen(read=True, fields=copy.deepcopy(one.values.get((key.kind, key.part))))

    def _places(self, sets: Mapping[str, DeviceSet], device: str) -> tuple[str, ...]:
        refs = [self._ref(one) for one in sets.values() if device in one.members]
        return tuple(sorted(ref for ref in refs if ref.startswith("@")))

    def _write(self, change: Change) -> None:
        kind = change.key.kind
        if kind == "membership":
            self._write_members(change)
        elif kind == "group":
            self._write_set(change)
        elif kind == "target":
            self._take_over(change)
        else:
            self._write_value(change)

    def _write_members(self, change: Change) -> None:
        for member in change.members:
            for ref in member.after:
                self._one(ref).members.add(member.device)
            for ref in set(member.before) - set(member.after):
                self._one(ref).members.discard(member.device)
            self._tenant.written.append(f"{change.key} {member.device}")

    def _write_set(self, change: Change) -> None:
        after = change.after
        if after is None:
            one = self._tenant.sets.pop(change.vendor_id)
            assert not one.members, "a set is emptied before it is deleted"
        else:
            name, mark = str(after["name"]), (self._org, str(after["mark"]))
            one = self._tenant.add_set(name) if change.action is Action.CREATE else self._tenant.sets[change.vendor_id]
            one.name, one.mark = name, mark
        self._tenant.written.append(f"{change.key} {change.action}")

    def _take_over(self, change: Change) -> None:
        one = self._one(change.key.target)
        for part in change.resets:
            for key in [key for key in one.values if key[1] == part]:
                del one.values[key]
            self._tenant.written.append(f"{change.key} {part}")
        if one.mark is None:
            one.mark = (self._org, str((change.after or {})["mark"]))

    def _write_value(self, change: Change) -> None:
        values, key = self._one(change.key.target).values, (change.key.kind, change.key.part)
        if change.after is None:
            values.pop(key, None)
        else:
            values[key] = {**values.get(key, {}), **copy.deepcopy(dict(change.after))}
        self._tenant.written.append(f"{change.key} {change.action}")

    def _one(self, ref: str) -> DeviceSet:
        found = self._find(self._tenant.sets, ref)
        if len(found) != 1:
            raise LookupError(ref)
        return found[0]


def _hidden(key: Key, unread: frozenset[tuple[str, str]]) -> bool:
    return (key.kind, "") in unread or (key.kind, key.target) in unread


def _live_values(one: DeviceSet, ref: str, scope: Scope) -> list[Live]:
    return [
        Live(key=Key(kind=kind, target=ref, part=part), fields=copy.deepcopy(fields), vendor_id=f"{one.id}/{part}")
        for (kind, part), fields in one.values.items()
        if kind in scope.kinds
    ]


def _lower_group(group: GroupState) -> list[Resource]:
    ref = f"@{group.key}"
    previous = tuple(Key(kind="group", target=f"@{old}") for old in _previous(group))
    place = Resource(
        key=Key(kind="group", target=ref),
        fields={"name": group.group.name, "mark": mark_key(ref)},
        previous=previous,
        groups=(group.key,),
        label=group.group.name,
    )
    return [place, *_lower_effective(group.on_devices, ref, (group.key,))]


def _previous(group: GroupState) -> list[str]:
    """Earlier full names: an old id in the school as it is or was called, or `school/id` where that is written."""
    schools = (group.school.id, *group.school.previously)
    names = (group.group.id, *group.group.previously)
    every = [name if "/" in name else f"{school}/{name}" for school in schools for name in names]
    return [name for name in dict.fromkeys(every) if name != group.key]


def _group_target(group: GroupState) -> Target:
    return Target(
        ref=f"@{group.key}",
        owns=group.group.owns,
        reach="device",
        owner=group.key,
        groups=(group.key,),
        at=group.group.at,
    )


def _user_refs(layer: UserLayer, existing: set[str]) -> list[str]:
    if not layer.targets.org_units:
        return [f"group:{name}" for name in layer.targets.directory_groups]
    return [f"ou:{path}" for path in layer.targets.org_units if f"ou:{path}" in existing]


def _lower_effective(effective: Effective, ref: str, groups: tuple[str, ...]) -> list[Resource]:
    settings = [
        _wish("setting", ref, name, {"value": one.value}, one.value == INHERIT, one.origins, groups)
        for name, one in effective.settings.items()
    ]
    apps = [
        _wish("assignment", ref, f"{app}/{session}", {"mode": one.mode}, one.mode == INHERIT, one.origins, groups)
        for (app, session), one in effective.apps.items()
    ]
    return settings + apps


def _wish(
    kind: str,
    ref: str,
    part: str,
    fields: dict[str, Json],
    inherit: bool,
    origins: tuple[Origin, ...],
    groups: tuple[str, ...],
) -> Resource:
    facts: dict[str, Json] = {"inherit": True} if inherit else {}
    if kind == "assignment":
        facts["app"] = part.partition("/")[0]
    return Resource(
        key=Key(kind=kind, target=ref, part=part),
        fields={} if inherit else fields,
        facts=facts,
        origins=origins,
        groups=groups,
        label=part,
    )
