"""Which application permissions of Microsoft Graph a request needs. Pure.

By the permission tables of each operation's page, read by 2026-11: the first of a tuple is the least that does, the others
contain it. Adding a device to a group takes two permissions: for the group's members, and for the device.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.credentials.purpose import Purpose

_ALL = ("Directory.ReadWrite.All",)
_GROUP_READ = (
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    *_ALL,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """A part of Graph with permissions of its own."""

    read: tuple[str, ...]
    write: tuple[str, ...]


def _intune(name: str) -> Area:
    write = f"DeviceManagement{name}.ReadWrite.All"
    return Area(read=(f"DeviceManagement{name}.Read.All", write), write=(write,))


AREAS: Mapping[str, Area] = {
    "groups": Area(read=_GROUP_READ, write=("Group.ReadWrite.All", *_ALL)),
    "members": Area(read=_GROUP_READ, write=("GroupMember.ReadWrite.All", "Group.ReadWrite.All", *_ALL)),
    "entra-devices": Area(
        read=("Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", *_ALL),
        write=("Device.ReadWrite.All", *_ALL),
    ),
    "devices": _intune("ManagedDevices"),
    "apps": _intune("Apps"),
    "settings": _intune("Configuration"),
    "tokens": _intune("ServiceConfig"),
}

READ_AREAS = ("groups", "entra-devices", "devices", "apps", "settings", "tokens")
"""What a plan reads, and so what an apply reads again."""
WRITE_AREAS = ("groups", "members", "entra-devices", "apps", "settings")
"""What an apply writes. `entra-devices`: no device is changed, but Graph asks for it where one joins a group."""

_INTUNE = (
    ("deviceAppManagement/vppTokens", "tokens"),
    ("deviceAppManagement/", "apps"),
    ("deviceManagement/managedDevices", "devices"),
    ("deviceManagement/", "settings"),
)


def needed_permissions(method: str, path: str) -> tuple[str, ...]:
    """The least permissions for a call, all of which it needs; () for what has no rule here. `path`: a request's template."""
    reads = method == "GET"
    areas = [AREAS[name] for name in _areas(method, path.partition("/")[2])]
    return tuple(dict.fromkeys(area.read[0] if reads else area.write[0] for area in areas))


def listed_permissions(purpose: Purpose) -> tuple[str, ...]:
    """What an app registration for this purpose is given."""
    reads = tuple(AREAS[name].read[0] for name in READ_AREAS)
    if purpose is Purpose.PLAN:
        return reads
    writes = tuple(AREAS[name].write[0] for name in WRITE_AREAS)
    kept = tuple(AREAS[name].read[0] for name in READ_AREAS if name not in WRITE_AREAS)
    return writes + kept


def _areas(method: str, path: str) -> tuple[str, ...]:
    for beginning, area in _INTUNE:
        if path.startswith(beginning):
            return (area,)
    if path.startswith("devices"):
        return ("entra-devices",)
    if not path.startswith("groups"):
        return ()
    if method == "GET":
        return ("groups",)
    if "/members" in path:
        return ("members",) if method == "DELETE" else ("members", "entra-devices")
    # A PATCH of a group either renames it or adds members; the address is the same.
    return ("groups", "entra-devices") if method == "PATCH" and path == "groups/{id}" else ("groups",)
