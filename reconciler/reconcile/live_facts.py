"""What the systems' devices come to, for rules: the devices of each group, and how many there are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Protocol

from reconciler.compile.membership import assign_devices
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Backend, Documents
from reconciler.model.policy import SubjectKind
from reconciler.model.resource import Snapshot
from reconciler.model.slotted import dataclass
from reconciler.policy.days import Days
from reconciler.policy.device_facts import device_facts
from reconciler.policy.facts import Facts, World, facts, make_world
from reconciler.policy.live_rules import Live


class HasDevices(Protocol):
    """One system that was read; `places`: device id → reference of the group (`@school/group`) it belongs to."""

    @property
    def backend(self) -> Backend: ...
    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def places(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    backend: Backend
    snapshot: Snapshot
    places: Mapping[str, str]


def place_devices(documents: Documents, state: DesiredState, snapshots: Mapping[str, Snapshot]) -> list[Placed]:
    """Every device that was read, in the group that these files give it; `snapshots` by backend."""
    return [
        Placed(
            backend=backend,
            snapshot=snapshots[backend.id],
            places=assign_devices(documents, state, backend.id, snapshots[backend.id].devices).places,
        )
        for backend in documents.organisation.backends
        if backend.id in snapshots
    ]


def live_facts(
    documents: Documents, state: DesiredState, views: Sequence[HasDevices], days: Days | None = None
) -> Live:
    """For who has a rule that asks. Dates are counted from `days`, or from the state's day."""
    world = make_world(documents, state, days or state.as_of, live_counts(state, views))
    read = {view.backend.id for view in views if _is_read(view.snapshot)}
    return Live(
        devices=_devices(world, state, views),
        schools=facts(world, SubjectKind.SCHOOL),
        groups=facts(world, SubjectKind.GROUP),
        clock=perf_counter,
        unread=frozenset(one.id for one in documents.organisation.backends if one.id not in read),
    )


def live_counts(state: DesiredState, views: Iterable[HasDevices]) -> dict[str, int]:
    """Devices in use by group, for all groups of the systems whose devices were all read: unread is not absent."""
    counts: dict[str, int] = {}
    for view in views:
        if not _is_read(view.snapshot):
            continue
        counts |= {key: 0 for key, group in state.groups.items() if group.backend == view.backend.id}
        for device in view.snapshot.devices:
            group = view.places.get(device.id, "")[1:]
            if device.active and group in counts:
                counts[group] += 1
    return counts


def _is_read(snapshot: Snapshot) -> bool:
    not_read = snapshot.unread | snapshot.left_out
    return not any(kind in ("membership", "group") for kind, _ in not_read)


def _devices(world: World, state: DesiredState, views: Iterable[HasDevices]) -> Iterator[Facts]:
    """Of the devices that a group gets."""
    placed = [
        (state.groups[ref[1:]], device)
        for view in views
        for device in view.snapshot.devices
        if (ref := view.places.get(device.id, "")) and ref[1:] in state.groups
    ]
    yield from device_facts(world, placed)
