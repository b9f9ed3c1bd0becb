"""What the systems' devices come to, for rules: the devices of each group, and how many there are."""

from collections.abc import Iterable, Iterator

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.policy import SubjectKind
from reconciler.model.resource import Snapshot
from reconciler.planning.plan import BackendView
from reconciler.planning.policing import Live
from reconciler.policy.device_facts import device_facts
from reconciler.policy.facts import Facts, World, facts, make_world


def live_facts(documents: Documents, state: DesiredState, views: list[BackendView]) -> Live:
    """Worked out only where a rule asks for it."""
    if not documents.guardrails:
        return Live()
    world = make_world(documents, state, state.as_of, live_counts(state, views))
    return Live(
        devices=_devices(world, state, views),
        schools=facts(world, SubjectKind.SCHOOL),
        groups=facts(world, SubjectKind.GROUP),
    )


def live_counts(state: DesiredState, views: Iterable[BackendView]) -> dict[str, int]:
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


def _devices(world: World, state: DesiredState, views: list[BackendView]) -> Iterator[Facts]:
    """Of the devices that a group gets."""
    placed = [
        (state.groups[ref[1:]], device)
        for view in views
        for device in view.snapshot.devices
        if (ref := view.places.get(device.id, "")) and ref[1:] in state.groups
    ]
    yield from device_facts(world, placed)
