"""What a Google tenant holds, and its canonical dump. Ids depend only on the order of creation, so that two runs are equal."""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata
import uuid
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Value: TypeAlias = dict[str, Any]
"""A policy's fields. Never changed in place."""
Keys: TypeAlias = tuple[tuple[str, str], ...]
"""Additional target keys, sorted."""
PolicyKey: TypeAlias = tuple[str, Keys]
"""Schema name and additional keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrgUnit:
    id: str
    """Without the `id:` prefix of the Directory API."""
    name: str
    parent: str
    """Id of the parent; empty for the root."""
    description: str = ""
    revision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    id: str
    serial: str
    org_unit: str
    status: str = "ACTIVE"
    asset_id: str = ""
    location: str = ""
    note: str = ""
    user: str = ""
    model: str = "Chromebook"
    os_version: str = "142.0.7444.59"
    auto_update_through: str = ""
    """`YYYY-MM`, or empty."""
    deprovision_reason: str = ""
    revision: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    id: str
    email: str
    name: str = ""
    description: str = ""
    members: tuple[str, ...] = ()
    revision: int = 0


@dataclass(slots=True)
class GoogleState:
    """A tenant. Records are frozen; `copy` makes a draft that shares them, and inner tables are replaced, not changed."""

    customer: str = "C0sandbox"
    domain: str = "exempelkommun.example.se"
    created: int = 0
    revision: int = 0
    root: str = ""
    org_units: dict[str, OrgUnit] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    policies: dict[str, dict[PolicyKey, Value]] = field(default_factory=dict)
    """By target resource, `orgunits/<id>` or `groups/<id>`."""
    added: dict[str, frozenset[tuple[str, Keys]]] = field(default_factory=dict)
    """Namespace and keys of the apps that were added to management at a target."""

    def copy(self) -> GoogleState:
        return dataclasses.replace(
            self,
            org_units=dict(self.org_units),
            devices=dict(self.devices),
            groups=dict(self.groups),
            policies=dict(self.policies),
            added=dict(self.added),
        )


def new_tenant(customer: str, domain: str) -> GoogleState:
    """A tenant with nothing but the root org unit."""
    state = GoogleState(customer=customer, domain=domain)
    state.root = _org_unit_id(next_number(state), "/")
    state.org_units[state.root] = OrgUnit(id=state.root, name=domain, parent="")
    return state


def next_number(state: GoogleState) -> int:
    state.created += 1
    return state.created


def next_revision(state: GoogleState) -> int:
    state.revision += 1
    return state.revision


def folded(text: str) -> str:
    """For comparing paths and names: case does not matter, nor how å is composed."""
    return unicodedata.normalize("NFC", text).casefold()


def paths(state: GoogleState) -> dict[str, str]:
    """Id of every org unit → its path."""
    found: dict[str, str] = {state.root: "/"}

    def path(unit: OrgUnit) -> str:
        if unit.id not in found:
            parent = path(state.org_units[unit.parent])
            found[unit.id] = f"{parent.rstrip('/')}/{unit.name}"
        return found[unit.id]

    for unit in state.org_units.values():
        path(unit)
    return found


def find_org_unit(state: GoogleState, reference: str) -> OrgUnit | None:
    """By `id:…` or by path, with or without the leading slash."""
    if reference.startswith("id:"):
        return state.org_units.get(reference[3:])
    unit = state.org_units[state.root]
    names = [folded(name) for name in reference.strip("/").split("/") if name]
    for name in names:
        below = [child for child in state.org_units.values() if child.parent == unit.id and folded(child.name) == name]
        if not below:
            return None
        unit = below[0]
    return unit


def chain(state: GoogleState, org_unit: str) -> list[str]:
    """Ids from the org unit up to the root, both included."""
    found = []
    while org_unit:
        found.append(org_unit)
        org_unit = state.org_units[org_unit].parent
    return found


def descendants(state: GoogleState, org_unit: str) -> set[str]:
    """Ids of everything below, without the org unit itself."""
    return {unit for unit in state.org_units if unit != org_unit and org_unit in chain(state, unit)}


def add_org_unit(state: GoogleState, *, parent: str, name: str, description: str = "") -> OrgUnit:
    path = f"{paths(state)[parent].rstrip('/')}/{name}"
    unit = OrgUnit(
        id=_org_unit_id(next_number(state), path),
        name=name,
        parent=parent,
        description=description,
        revision=next_revision(state),
    )
    state.org_units[unit.id] = unit
    return unit


def add_device(state: GoogleState, device: Device) -> Device:
    number = next_number(state)
    device = dataclasses.replace(
        device, id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}/{device.serial}")), revision=next_revision(state)
    )
    state.devices[device.id] = device
    return device


def add_group(state: GoogleState, *, email: str, name: str, description: str, members: tuple[str, ...] = ()) -> Group:
    digest = hashlib.sha256(f"{next_number(state)}/{email}".encode()).hexdigest()
    group = Group(
        id=f"03{digest[:13]}", email=email, name=name, description=description, members=members,
        revision=next_revision(state),
    )  # fmt: skip
    state.groups[group.id] = group
    return group


def _org_unit_id(number: int, path: str) -> str:
    """In the form of real ones: `03ph8a2z` and some base 36."""
    value = int(hashlib.sha256(f"{number}/{path}".encode()).hexdigest()[:14], 16)
    digits = ""
    while value:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return f"03ph8a2z{digits[:7]}"


def set_value(state: GoogleState, target: str, key: PolicyKey, value: Value | None) -> None:
    """Set a direct value, or take it away with None."""
    table = dict(state.policies.get(target, {}))
    table.pop(key, None)
    if value is not None:
        table[key] = value
    if table:
        state.policies[target] = table
    else:
        state.policies.pop(target, None)
    next_revision(state)


def mark_added(state: GoogleState, target: str, app: tuple[str, Keys], *, added: bool) -> None:
    apps = state.added.get(target, frozenset())
    apps = apps | {app} if added else apps - {app}
    if apps:
        state.added[target] = apps
    else:
        state.added.pop(target, None)


def dump(state: GoogleState) -> dict[str, Any]:
    """Everything, as JSON values in a fixed order."""
    return {
        "customer": state.customer,
        "domain": state.domain,
        "created": state.created,
        "revision": state.revision,
        "root": state.root,
        "org_units": [_record(unit) for unit in state.org_units.values()],
        "devices": [_record(device) for device in state.devices.values()],
        "groups": [_record(group) for group in state.groups.values()],
        "policies": [
            {"target": target, "schema": schema, "keys": dict(keys), "value": value}
            for target, table in sorted(state.policies.items())
            for (schema, keys), value in sorted(table.items(), key=lambda item: item[0])
        ],
        "added": [
            {"target": target, "namespace": namespace, "keys": dict(keys)}
            for target, apps in sorted(state.added.items())
            for namespace, keys in sorted(apps)
        ],
    }


def _record(item: OrgUnit | Device | Group) -> dict[str, Any]:
    """Only what differs from the default, so that a dump of 3,000 devices stays readable."""
    found = {}
    for each in dataclasses.fields(item):
        value = getattr(item, each.name)
        if value != each.default:
            found[each.name] = list(value) if isinstance(value, tuple) else value
    return found


def load(data: dict[str, Any]) -> GoogleState:
    """A state from its dump. Raises KeyError or TypeError on something else."""
    state = GoogleState(
        customer=data["customer"], domain=data["domain"], created=data["created"], revision=data["revision"],
        root=data["root"],
    )  # fmt: skip
    state.org_units = {item["id"]: OrgUnit(**item) for item in data["org_units"]}
    state.devices = {item["id"]: Device(**item) for item in data["devices"]}
    state.groups = {item["id"]: Group(**item | {"members": tuple(item.get("members", ()))}) for item in data["groups"]}
    for item in data["policies"]:
        key = (item["schema"], tuple(sorted(item["keys"].items())))
        state.policies.setdefault(item["target"], {})[key] = item["value"]
    for item in data["added"]:
        app = (item["namespace"], tuple(sorted(item["keys"].items())))
        state.added[item["target"]] = state.added.get(item["target"], frozenset()) | {app}
    return state
