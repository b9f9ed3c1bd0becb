"""Readable edits of a Graph tenant: what people did by hand in Entra's and Intune's portals."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

from reconciler.sandbox.graph import seed
from reconciler.sandbox.graph.intune.edits import EDITS
from reconciler.sandbox.graph.intune.state import ZERO_GUID, ManagedDevice
from reconciler.sandbox.graph.seed import find_group
from reconciler.sandbox.graph.state import EntraDevice, GraphState, change_object, remove_object
from reconciler.sandbox.seed_values import SeedError, check_keys, expand, text

Edit: TypeAlias = Callable[[GraphState, Any], None]
PREFIX = "graph_"


def perturb_graph(state: GraphState, item: Any) -> None:
    """One edit: a mapping of one key, the name, to its arguments. SeedError when it can't be done."""
    if not isinstance(item, dict) or len(item) != 1:
        raise SeedError("a perturbation is one name with its arguments")
    name, arguments = next(iter(item.items()))
    edits = _EDITS | EDITS
    if name not in edits:
        raise SeedError(f"there is no perturbation {name!r}; known: {', '.join(sorted(edits))}")
    edits[name](state, arguments)


def rename_group(state: GraphState, item: Any) -> None:
    check_keys(item, {"group": str, "name": str}, "graph_rename_group", required=("group", "name"))
    change_object(state, find_group(state, item["group"]), name=item["name"])


def describe_group(state: GraphState, item: Any) -> None:
    check_keys(item, {"group": str, "description": str}, "graph_describe_group", required=("group", "description"))
    change_object(state, find_group(state, item["group"]), description=item["description"])


def delete_group(state: GraphState, item: Any) -> None:
    """What was assigned to it stays, and points at nothing."""
    check_keys(item, {"group": str}, "graph_delete_group", required=("group",))
    remove_object(state, find_group(state, item["group"]))


def add_members(state: GraphState, item: Any) -> None:
    check_keys(item, {"group": str, "members": list}, "graph_add_members", required=("group", "members"))
    group = find_group(state, item["group"])
    change_object(
        state, group, members=tuple(dict.fromkeys([*group.members, *seed.member_ids(state, item["members"])]))
    )


def remove_members(state: GraphState, item: Any) -> None:
    check_keys(item, {"group": str, "members": list}, "graph_remove_members", required=("group", "members"))
    group, gone = find_group(state, item["group"]), seed.member_ids(state, item["members"])
    if missing := set(gone) - set(group.members):
        raise SeedError(f"{len(missing)} of them are not in {item['group']!r}")
    change_object(state, group, members=tuple(each for each in group.members if each not in gone))


def move_devices(state: GraphState, item: Any) -> None:
    """From one group to another."""
    check_keys(
        item, {"serials": object, "from": str, "to": str}, "graph_move_devices", required=("serials", "from", "to")
    )
    members = _serials(item)
    remove_members(state, {"group": item["from"], "members": members})
    add_members(state, {"group": item["to"], "members": members})


_FIELDS: dict[str, type] = {
    "name": str, "model": str, "manufacturer": str, "category": str, "enrollment_profile": str, "os": str,
    "os_version": str, "ownership": str, "compliance": str, "synced": str,
}  # fmt: skip


def set_devices(state: GraphState, item: Any) -> None:
    """Fields of managed devices; Entra's object follows where it has the field."""
    check_keys(item, _FIELDS | {"serials": object}, "graph_set_devices", required=("serials",))
    changes = {name: value for name, value in item.items() if name in _FIELDS}
    known = {each.name for each in dataclasses.fields(EntraDevice)} - {"os", "ownership"}
    shared = {name: value for name, value in changes.items() if name in known}
    for managed in _managed(state, item):
        state.intune.managed_devices[managed.id] = dataclasses.replace(managed, **changes)
        for device in _registered(state, managed):
            change_object(state, device, **shared)


def remove_devices(state: GraphState, item: Any) -> None:
    """Retired: the enrolment goes, and Entra's object with it unless `keep_entra`."""
    check_keys(item, {"serials": object, "keep_entra": bool}, "graph_remove_devices", required=("serials",))
    for managed in _managed(state, item):
        if not item.get("keep_entra", False):
            for device in _registered(state, managed):
                remove_object(state, device)
        del state.intune.managed_devices[managed.id]


def unregister_devices(state: GraphState, item: Any) -> None:
    """Entra's object is deleted; the enrolment stays, with zeros (`forget: true`) or an id that names nothing."""
    check_keys(item, {"serials": object, "forget": bool}, "graph_unregister_devices", required=("serials",))
    for managed in _managed(state, item):
        for device in _registered(state, managed):
            remove_object(state, device)
        if item.get("forget", True):
            state.intune.managed_devices[managed.id] = dataclasses.replace(managed, entra_device_id=ZERO_GUID)


def _serials(item: Any) -> list[str]:
    serials = item["serials"]
    return expand(serials) if isinstance(serials, str) else [text(each) for each in serials]


def _managed(state: GraphState, item: Any) -> list[ManagedDevice]:
    """Every enrolment of the serial numbers."""
    wanted = _serials(item)
    found = [each for each in state.intune.managed_devices.values() if each.serial in wanted]
    if missing := set(wanted) - {each.serial for each in found}:
        raise SeedError(f"there is no managed device {min(missing)!r}")
    return found


def _registered(state: GraphState, managed: ManagedDevice) -> list[EntraDevice]:
    return [each for each in state.devices.values() if each.device_id == managed.entra_device_id]


_EDITS: dict[str, Edit] = {
    "graph_add_group": seed.add_group,
    "graph_rename_group": rename_group,
    "graph_describe_group": describe_group,
    "graph_delete_group": delete_group,
    "graph_add_members": add_members,
    "graph_remove_members": remove_members,
    "graph_move_devices": move_devices,
    "graph_add_devices": seed.add_devices,
    "graph_set_devices": set_devices,
    "graph_remove_devices": remove_devices,
    "graph_unregister_devices": unregister_devices,
}
