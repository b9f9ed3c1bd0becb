"""What rules see of a device: what its management system tells, and the group that it belongs to. Pure."""

from collections.abc import Iterable, Iterator

from reconciler.model.desired import GroupState
from reconciler.model.policy import SubjectKind
from reconciler.model.resource import Device
from reconciler.policy.facts import Facts, World, facts_of_group, group_subject
from reconciler.policy.school_facts import Values, school_facts


def device_facts(world: World, placed: Iterable[tuple[GroupState, Device]]) -> Iterator[Facts]:
    """In the order of groups and devices.

    A subject is named by its group and a number, `norrskolan/elever-4-6:17`: what a vendor calls a device is never shown.
    """
    last, number = "", 0
    around: Values = {}
    for group, device in sorted(placed, key=lambda one: (one[0].key, one[1].id)):
        if group.key != last:
            last, number = group.key, 0
            around = {**world.shared, **school_facts(group.school, world.days), **facts_of_group(world, group)}
        number += 1
        own = {
            "device.platform": device.platform or group.group.platform,
            "device.active": device.active,
            "device.facts": dict(device.facts),
        }
        yield Facts(
            group_subject(SubjectKind.DEVICE, group, str(number), "device"),
            {**around, **own},
            f"{group.backend}/{device.id}",
        )
