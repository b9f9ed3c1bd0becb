"""Readable edits of a seeded tenant: what people did by hand, and what else differs from the wanted state."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.policy_writes import remove
from reconciler.sandbox.google.state import Device, GoogleState, Keys, OrgUnit
from reconciler.sandbox.options import Options
from reconciler.sandbox.seed_values import SeedError, check_keys, expand, text

Step: TypeAlias = Callable[[GoogleState, Any], None]

_MARK = re.compile(r"\s*\[reconciler:[^\]]*\]")


def perturb(state: GoogleState, item: Any, add_devices: Step, set_policy: Step) -> None:
    """One edit: a mapping of one key, the name, to its arguments. SeedError when it can't be done."""
    if not isinstance(item, dict) or len(item) != 1:
        raise SeedError("a perturbation is one name with its arguments")
    name, arguments = next(iter(item.items()))
    steps: dict[str, Step] = _STEPS | {
        "add_unknown_devices": add_devices,
        "set_policy": set_policy,
        "add_app": lambda state, item: set_policy(state, _install(item)),
    }
    if name not in steps:
        raise SeedError(f"there is no perturbation {name!r}; known: {', '.join(sorted(steps))}")
    steps[name](state, arguments)


def _install(arguments: Any) -> dict[str, Any]:
    check_keys(arguments, {"target": str, "app_id": str, "install": str}, "add_app", required=("target", "app_id"))
    return {
        "target": arguments["target"],
        "schema": "chrome.users.apps.InstallType",
        "app_id": arguments["app_id"],
        "value": {"appInstallType": arguments.get("install", "FORCED")},
    }


def _unit(state: GoogleState, path: str) -> OrgUnit:
    unit = tenant.find_org_unit(state, path)
    if unit is None:
        raise SeedError(f"there is no org unit {path!r}")
    return unit


def _change_unit(state: GoogleState, unit: OrgUnit, **changes: str) -> None:
    state.org_units[unit.id] = dataclasses.replace(unit, **changes, revision=tenant.next_revision(state))


def rename_org_unit(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str, "name": str}, "rename_org_unit", required=("path", "name"))
    _change_unit(state, _unit(state, item["path"]), name=item["name"])


def move_org_unit(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str, "to": str}, "move_org_unit", required=("path", "to"))
    unit, parent = _unit(state, item["path"]), _unit(state, item["to"])
    if unit.id in tenant.chain(state, parent.id):
        raise SeedError("an org unit can't be moved below itself")
    _change_unit(state, unit, parent=parent.id)


def add_org_unit(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str, "description": str}, "add_org_unit", required=("path",))
    parent, _, name = item["path"].rpartition("/")
    if tenant.find_org_unit(state, item["path"]):
        raise SeedError(f"the org unit {item['path']!r} exists already")
    tenant.add_org_unit(state, parent=_unit(state, parent).id, name=name, description=item.get("description", ""))


def remove_org_unit(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str}, "remove_org_unit", required=("path",))
    unit = _unit(state, item["path"])
    if tenant.descendants(state, unit.id) or any(device.org_unit == unit.id for device in state.devices.values()):
        raise SeedError(f"the org unit {item['path']!r} is not empty")
    del state.org_units[unit.id]
    state.policies.pop(f"orgunits/{unit.id}", None)
    state.added.pop(f"orgunits/{unit.id}", None)


def set_description(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str, "description": str}, "set_description", required=("path", "description"))
    _change_unit(state, _unit(state, item["path"]), description=item["description"])


def remove_mark(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str}, "remove_mark", required=("path",))
    unit = _unit(state, item["path"])
    if not _MARK.search(unit.description):
        raise SeedError(f"the org unit {item['path']!r} has no mark")
    _change_unit(state, unit, description=_MARK.sub("", unit.description).strip())


def set_mark(state: GoogleState, item: Any) -> None:
    check_keys(item, {"path": str, "mark": str}, "set_mark", required=("path", "mark"))
    unit = _unit(state, item["path"])
    _change_unit(state, unit, description=f"{_MARK.sub('', unit.description)} {item['mark']}".strip())


def _devices(state: GoogleState, item: dict[str, Any], what: str) -> list[Device]:
    """By `serials` (a list, or text with braces) or `location` (a pattern); each must exist."""
    if ("serials" in item) == ("location_matches" in item):
        raise SeedError(f"{what} needs either serials or location_matches")
    if "location_matches" in item:
        found = [each for each in state.devices.values() if fnmatchcase(each.location, text(item["location_matches"]))]
        if not found:
            raise SeedError(f"no device matches {item['location_matches']!r}")
        return found
    wanted = expand(item["serials"]) if isinstance(item["serials"], str) else [text(each) for each in item["serials"]]
    by_serial = {device.serial: device for device in state.devices.values()}
    if missing := [serial for serial in wanted if serial not in by_serial]:
        raise SeedError(f"there is no device {missing[0]!r}")
    return [by_serial[serial] for serial in wanted]


def _change_devices(state: GoogleState, devices: list[Device], **changes: str) -> None:
    for device in devices:
        state.devices[device.id] = dataclasses.replace(device, **changes, revision=tenant.next_revision(state))


_WHICH: dict[str, type] = {"serials": object, "location_matches": str}


def move_devices(state: GoogleState, item: Any) -> None:
    check_keys(item, _WHICH | {"to": str}, "move_devices", required=("to",))
    _change_devices(state, _devices(state, item, "move_devices"), org_unit=_unit(state, item["to"]).id)


def set_device(state: GoogleState, item: Any) -> None:
    fields = dict.fromkeys(("location", "asset_id", "note", "user", "model", "os_version"), str)
    check_keys(item, _WHICH | fields, "set_device")
    changes = {name: value for name, value in item.items() if name in fields}
    _change_devices(state, _devices(state, item, "set_device"), **changes)


def set_status(state: GoogleState, item: Any) -> None:
    check_keys(item, _WHICH | {"status": str}, "set_status", required=("status",))
    _change_devices(state, _devices(state, item, "set_status"), status=item["status"])


def deprovision(state: GoogleState, item: Any) -> None:
    check_keys(item, _WHICH, "deprovision")
    _change_devices(
        state,
        _devices(state, item, "deprovision"),
        status="DEPROVISIONED",
        deprovision_reason="DEPROVISION_REASON_RETIRING_DEVICE",
    )


def remove_devices(state: GoogleState, item: Any) -> None:
    check_keys(item, _WHICH, "remove_devices")
    for device in _devices(state, item, "remove_devices"):
        del state.devices[device.id]


def _target(state: GoogleState, reference: str) -> str:
    if "@" in reference and not reference.startswith("/"):
        found = [group.id for group in state.groups.values() if group.email == reference]
        if not found:
            raise SeedError(f"there is no group {reference!r}")
        return f"groups/{found[0]}"
    return f"orgunits/{_unit(state, reference).id}"


def clear_policy(state: GoogleState, item: Any) -> None:
    check_keys(item, {"target": str, "schema": str, "app_id": str}, "clear_policy", required=("target", "schema"))
    keys: Keys = (("app_id", item["app_id"]),) if "app_id" in item else ()
    target = _target(state, item["target"])
    if (item["schema"], keys) not in state.policies.get(target, {}):
        raise SeedError(f"{item['schema']} is not set on {item['target']}")
    remove(state, item["schema"], target, keys, Options())


def remove_app(state: GoogleState, item: Any) -> None:
    check_keys(item, {"target": str, "app_id": str}, "remove_app", required=("target", "app_id"))
    target, keys = _target(state, item["target"]), (("app_id", item["app_id"]),)
    if ("chrome.users.apps", keys) not in state.added.get(target, frozenset()):
        raise SeedError(f"{item['app_id']} was not added on {item['target']}")
    remove(state, "chrome.users.apps.*", target, keys, Options())


_STEPS: dict[str, Step] = {
    "rename_org_unit": rename_org_unit,
    "move_org_unit": move_org_unit,
    "add_org_unit": add_org_unit,
    "remove_org_unit": remove_org_unit,
    "set_description": set_description,
    "remove_mark": remove_mark,
    "set_mark": set_mark,
    "move_devices": move_devices,
    "set_device": set_device,
    "set_status": set_status,
    "deprovision": deprovision,
    "remove_devices": remove_devices,
    "clear_policy": clear_policy,
    "remove_app": remove_app,
}
