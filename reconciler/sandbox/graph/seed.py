"""The directory in a seed file: devices, in Entra and in Intune, and groups. README.md of the sandbox shows every key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reconciler.sandbox.graph.intune.state import ZERO_GUID, ManagedDevice, add_managed_device
from reconciler.sandbox.graph.state import EntraDevice, GraphState, Group, add_object
from reconciler.sandbox.seed_values import SeedError, check_keys, expand, text

_GROUP: dict[str, type] = {
    "name": str, "members": list, "dynamic": str, "unique_name": str, "description": str, "mail": str, "nickname": str,
    "synced": bool, "role_assignable": bool,
}  # fmt: skip
_DEVICE: dict[str, type] = {
    "count": int, "serial_prefix": str, "serial_start": int, "serial_width": int, "serials": object, "name": str,
    "model": str, "manufacturer": str, "os": str, "os_version": str, "category": str, "enrollment_profile": str,
    "ownership": str, "compliance": str, "supervised": bool, "synced": str, "user": str, "entra": bool,
}  # fmt: skip
_MAKERS = {"iOS": "Apple", "iPadOS": "Apple", "macOS": "Apple"}


def add_devices(state: GraphState, item: Any) -> None:
    """A range of devices: each enrolled in Intune and, unless `entra: false`, registered in Entra. A serial may come twice."""
    check_keys(item, _DEVICE, "devices")
    if ("serials" in item) == ("serial_prefix" in item):
        raise SeedError("devices need either serials or serial_prefix")
    start, width = item.get("serial_start", 1), item.get("serial_width", 4)
    numbers = range(start, start + item.get("count", 1))
    serials = (
        _serials(item["serials"]) if "serials" in item else [f"{item['serial_prefix']}{n:0{width}d}" for n in numbers]
    )
    for n, serial in enumerate(serials, start=start):
        _enrol(state, item, serial, _numbered(item.get("name", serial), n))


def _serials(value: Any) -> list[str]:
    return expand(value) if isinstance(value, str) else [text(each) for each in value]


def _numbered(pattern: str, n: int) -> str:
    """`{n}` and `{n:03d}` filled in; nothing else of Python's formats."""
    return re.sub(r"\{n(?::0?(\d+)d)?\}", lambda match: f"{n:0{match[1] or 1}d}", pattern)


def _enrol(state: GraphState, item: dict[str, Any], serial: str, name: str) -> None:
    system = item.get("os", "iOS")
    plain: dict[str, Any] = {
        key: item[key]
        for key in (
            "model",
            "os_version",
            "category",
            "enrollment_profile",
            "ownership",
            "compliance",
            "supervised",
            "synced",
            "user",
        )
        if key in item
    } | {"manufacturer": item.get("manufacturer", _MAKERS.get(system, "")), "os": system}
    registered = ZERO_GUID
    if item.get("entra", True):
        shared = {
            key: plain[key]
            for key in ("model", "manufacturer", "os_version", "category", "enrollment_profile")
            if key in plain
        }
        registered = add_object(
            state, EntraDevice(name=name, os=entra_system(system, plain.get("model", "")), **shared)
        ).device_id
    add_managed_device(state.intune, ManagedDevice(serial=serial, name=name, entra_device_id=registered, **plain))


def entra_system(system: str, model: str) -> str:
    """Entra's name of an operating system; it differs from Intune's (reference 5.5)."""
    if system in ("iOS", "iPadOS"):
        return "iPad" if model.startswith("iPad") else "IPhone"
    return {"macOS": "MacMDM", "Android": "AndroidEnterprise"}.get(system, system)


def add_group(state: GraphState, item: Any) -> None:
    """A security group. `members`: serial numbers (braces expand), names of users, or `group:<display name>`."""
    check_keys(item, _GROUP, "group", required=("name",))
    count = len(state.groups)
    rule = item.get("dynamic", "")
    mail = item.get("mail", "")
    group = Group(
        name=item["name"],
        description=item.get("description", ""),
        mail_nickname=item.get("nickname", mail.partition("@")[0] or f"grupp{count}"),
        mail=mail,
        unique_name=item.get("unique_name", ""),
        types=(("DynamicMembership",) if rule else ()) + (("Unified",) if mail else ()),
        rule=rule,
        rule_state="On" if rule else "",
        role_assignable=item.get("role_assignable", False),
        synced=item.get("synced", False),
        members=tuple(dict.fromkeys(member_ids(state, item.get("members", [])))),
    )
    if group.unique_name and any(each.unique_name == group.unique_name for each in state.groups.values()):
        raise SeedError(f"two groups have the unique name {group.unique_name!r}")
    add_object(state, group)


def member_ids(state: GraphState, members: Sequence[Any]) -> list[str]:
    """Object ids of what the texts name."""
    if not members:  # a municipality's groups of people are empty here, and there may be thousands
        return []
    by_serial = devices_by_serial(state)
    users = {user.name: user.id for user in state.users.values()}
    found: list[str] = []
    for member in members:
        if text(member).startswith("group:"):
            found.append(find_group(state, member.removeprefix("group:")).id)
        elif member in users:
            found.append(users[member])
        else:
            for serial in expand(member):
                if serial not in by_serial:
                    raise SeedError(f"there is no device or user {serial!r} in the directory")
                found += by_serial[serial]
    return found


def devices_by_serial(state: GraphState) -> dict[str, list[str]]:
    """Serial number → ids of its Entra devices; more than one where it was enrolled twice."""
    ids = {device.device_id: device.id for device in state.devices.values()}
    found: dict[str, list[str]] = {}
    for managed in state.intune.managed_devices.values():
        if managed.entra_device_id in ids:
            found.setdefault(managed.serial, []).append(ids[managed.entra_device_id])
    return found


def find_group(state: GraphState, reference: str) -> Group:
    """By id, uniqueName or display name; SeedError when there is none, or two of one name."""
    if reference in state.groups:
        return state.groups[reference]
    named = [each for each in state.groups.values() if reference and each.unique_name == reference]
    found = named or [each for each in state.groups.values() if each.name == reference]
    if not found:
        raise SeedError(f"there is no group {reference!r}")
    if len(found) > 1:
        raise SeedError(f"{len(found)} groups are called {reference!r}: name it by id or uniqueName")
    return found[0]


def members_by_serial(state: GraphState, group: str) -> list[str]:
    """Serial numbers of a group's own devices, sorted: what a test asks of a group."""
    members = set(find_group(state, group).members)
    return sorted(serial for serial, ids in devices_by_serial(state).items() if members.intersection(ids))
