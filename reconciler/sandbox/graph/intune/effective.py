"""What devices end up with: which assignments reach them, and the apps and settings that follow. Pure.

A device is managed when an enrolment names its directory object. Assigned is not enough: the type of app or policy must be
one for the device's system, `available` is an offer to users only, and an exclusion counts among groups of one kind only
(reference 8.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from reconciler.sandbox.graph.intune.filter_rules import read_rule
from reconciler.sandbox.graph.intune.identifiers import identifier
from reconciler.sandbox.graph.intune.setting_instances import leaves
from reconciler.sandbox.graph.intune.state import IntuneState, Kind, ManagedDevice, Record
from reconciler.sandbox.graph.intune.targets import FILTER, FILTER_TYPE, assigned_to, target_kind
from reconciler.sandbox.graph.intune.types import defaults, type_name
from reconciler.sandbox.graph.state import GraphState, groups_of, transitive_members

Outcome: TypeAlias = Literal["installed", "available", "uninstalled"]
Reach: TypeAlias = Literal["device", "user", ""]
_SYSTEMS = {
    "ios": ("ios", "ipados"),
    "mac": ("macos",),
    "win": ("windows",),
    "office": ("windows",),
    "android": ("android",),
}
"""Start of a type's name → systems that it is for. `webApp` and what else isn't here is for all of them."""
_PLATFORMS = {"iOS": ("ios", "ipados"), "macOS": ("macos",), "windows10": ("windows",), "android": ("android",)}
"""The same for `platforms` of a policy of the settings catalogue."""
_NOT_SETTINGS = frozenset(("id", "displayName", "description", "version", "createdDateTime", "lastModifiedDateTime"))
_NOR_THESE = frozenset(("roleScopeTagIds", "supportsScopeTags", "@odata.type"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """One field that policies set differently; the device has none of the values for certain."""

    family: str
    field: str
    values: tuple[tuple[str, Any], ...]
    """Policy's name → its value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effective:
    """`apps`: `<type>:<identifier>` → what happens. `settings`: family → field → value, only what is not the default."""

    apps: Mapping[str, Outcome] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()


def effective_device(state: GraphState, entra_device: str, user_groups: tuple[str, ...] = ()) -> Effective:
    """`entra_device` is the id or the `deviceId` of an Entra device; `user_groups` ids of the groups of the user at it.

    A device that is not in the directory, or not managed, has nothing.
    """
    device = next(
        (each for each in state.devices.values() if entra_device in (each.id, each.device_id)), None
    )  # fmt: skip
    managed = managed_device(state.intune, device.device_id) if device else None
    if device is None or managed is None:
        return Effective()
    place = _Place(state=state, managed=managed, groups=groups_of(state, device.id), user_groups=frozenset(user_groups))
    settings, conflicts = _merged(place)
    return Effective(apps=dict(sorted(_apps(place).items())), settings=settings, conflicts=conflicts)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A device with the groups that it and its user are in."""

    state: GraphState
    managed: ManagedDevice
    groups: frozenset[str]
    user_groups: frozenset[str]


def managed_device(intune: IntuneState, device_id: str) -> ManagedDevice | None:
    """The last enrolment of an Entra device."""
    found = [each for each in intune.managed_devices.values() if each.entra_device_id == device_id]
    return found[-1] if found else None


def _reach(place: _Place, rows: tuple[Record, ...]) -> Iterator[tuple[Record, Reach]]:
    """The including rows that hold, with what they reach the device by."""
    excluded = {assigned_to(row) for row in rows if target_kind(row) == "exclusionGroupAssignmentTarget"}
    for row in rows:
        kind, group = target_kind(row), assigned_to(row)
        reach: Reach = ""
        if kind == "allDevicesAssignmentTarget":
            reach = "device"
        elif kind == "allLicensedUsersAssignmentTarget" and place.user_groups:
            reach = "user"
        elif kind == "groupAssignmentTarget":
            reach = "device" if group in place.groups else "user" if group in place.user_groups else ""
        own = {"device": place.groups, "user": place.user_groups, "": frozenset[str]()}[reach]
        if reach and not excluded & own and passes_filter(place.state.intune, row, place.managed):
            yield row, reach


def passes_filter(intune: IntuneState, row: Record, device: ManagedDevice) -> bool:
    key, kind = row["target"][FILTER], row["target"][FILTER_TYPE]
    if key is None or key not in intune.objects["filters"]:
        return True
    holds = read_rule(intune.objects["filters"][key]["rule"])(device)
    return holds if kind == "include" else not holds


def fits(name: str, device: ManagedDevice) -> bool:
    """Whether a type of app or policy is one for the device's system."""
    system = device.os.casefold()
    wanted = next((systems for start, systems in _SYSTEMS.items() if name.casefold().startswith(start)), (system,))
    return system in wanted


def _apps(place: _Place) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for app in place.state.intune.objects["apps"].values():
        rows = place.state.intune.assignments.get(app["id"], ())
        if not fits(type_name(app), place.managed) or app["publishingState"] != "published":
            continue
        intents = {(row["intent"], reach) for row, reach in _reach(place, rows)}
        if outcome := _outcome(intents):
            found[identifier(app)] = outcome
    return found


def _outcome(intents: set[tuple[str, Reach]]) -> Outcome | None:
    """Required beats uninstall; available to a group of devices does nothing (reference 8.3)."""
    named = {intent for intent, _ in intents}
    if "required" in named:
        return "installed"
    if "uninstall" in named:
        return "uninstalled"
    return "available" if ("available", "user") in intents else None


def _merged(place: _Place) -> tuple[dict[str, dict[str, Any]], tuple[Conflict, ...]]:
    found: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for family, name, key, value in _set_values(place):
        found.setdefault((family, key), []).append((name, value))
    settings: dict[str, dict[str, Any]] = {}
    conflicts: list[Conflict] = []
    for (family, key), values in sorted(found.items()):
        if all(value == values[0][1] for _, value in values):
            settings.setdefault(family, {})[key] = values[0][1]
        else:
            conflicts.append(Conflict(family=family, field=key, values=tuple(sorted(values, key=lambda each: each[0]))))
    return settings, tuple(conflicts)


def _set_values(place: _Place) -> Iterator[tuple[str, str, str, Any]]:
    """Family, policy's name, field and value of everything that a policy which reaches the device sets."""
    intune = place.state.intune
    kinds: tuple[Kind, ...] = ("configurations", "compliance")
    for kind in kinds:
        for policy in intune.objects[kind].values():
            name = type_name(policy)
            if fits(name, place.managed) and any(_reach(place, intune.assignments.get(policy["id"], ()))):
                for key, value in set_properties(policy).items():
                    yield name, policy["displayName"], key, value
    for policy in intune.objects["catalog"].values():
        system = place.managed.os.casefold()
        fitting = [one for one in str(policy["platforms"]).split(",") if system in _PLATFORMS.get(one, ())]
        if fitting and any(_reach(place, intune.assignments.get(policy["id"], ()))):
            for key, value in leaves(intune.settings.get(policy["id"], ())):
                yield f"settingsCatalog.{fitting[0]}", policy["name"], key, value


def set_properties(policy: Record) -> Record:
    """What a policy of a template sets: a default is the same as nothing."""
    plain = defaults("beta", type_name(policy))
    return {
        key: value for key, value in policy.items() if key not in _NOT_SETTINGS | _NOR_THESE and value != plain.get(key)
    }


def licensed_devices(intune: IntuneState, directory: GraphState, app: Record) -> int:
    """Devices that `required` with device licensing reaches: each takes one licence."""

    def members(kind: str) -> dict[str, list[Record]]:
        """Object id → rows of this kind whose group holds it."""
        found: dict[str, list[Record]] = {}
        for row in intune.assignments.get(app["id"], ()):
            group = directory.groups.get(assigned_to(row))
            if group and target_kind(row) == kind:
                for key in transitive_members(directory, group):
                    found.setdefault(key, []).append(row)
        return found

    enrolled = {each.entra_device_id: each for each in intune.managed_devices.values()}
    everywhere = [
        row for row in intune.assignments.get(app["id"], ()) if target_kind(row) == "allDevicesAssignmentTarget"
    ]
    included, excluded = members("groupAssignmentTarget"), members("exclusionGroupAssignmentTarget")
    count = 0
    for device in directory.devices.values():
        managed = enrolled.get(device.device_id)
        rows = [] if managed is None or device.id in excluded else included.get(device.id, []) + everywhere
        count += any(_takes_license(intune, app, row, managed) for row in rows if managed)
    return count


def _takes_license(intune: IntuneState, app: Record, row: Record, device: ManagedDevice) -> bool:
    by_device = bool((row["settings"] or {}).get("useDeviceLicensing"))
    return (
        row["intent"] == "required"
        and by_device
        and fits(type_name(app), device)
        and passes_filter(intune, row, device)
    )
