"""What a Graph tenant holds: the directory (groups, devices, users), and Intune's part. Ids depend only on the order of creation."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from reconciler.sandbox.graph.intune.state import IntuneState

TENANT = "00000000-0000-4000-8000-000000000000"
"""Of a tenant that no seed has named."""
SEEDED = "2026-08-17T06:00:00Z"
"""When everything in a seed was made: fixed, so that two runs are equal."""
_IDS = uuid.UUID("2f6f0e0e-52c5-4c4a-8a7e-6a3a1d1d9c55")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """`members` are object ids in the order in which they were added. A rule is kept, not evaluated: seeds state who it finds."""

    id: str = ""
    name: str
    """`displayName`, which need not be unique."""
    description: str = ""
    mail_nickname: str = ""
    unique_name: str = ""
    mail: str = ""
    types: tuple[str, ...] = ()
    security: bool = True
    rule: str = ""
    rule_state: str = ""
    role_assignable: bool = False
    synced: bool = False
    """Comes from a directory on the premises: not writable here."""
    visibility: str = ""
    created: str = SEEDED
    members: tuple[str, ...] = ()

    @property
    def dynamic(self) -> bool:
        return "DynamicMembership" in self.types


@dataclass(frozen=True, kw_only=True, slots=True)
class EntraDevice:
    """The directory's object of a device. `device_id` is what Intune's `azureADDeviceId` names; members are `id`s."""

    id: str = ""
    device_id: str = ""
    name: str = ""
    os: str = ""
    os_version: str = ""
    model: str = ""
    manufacturer: str = ""
    category: str = ""
    enrollment_profile: str = ""
    ownership: str = "Company"
    trust_type: str = "AzureAd"
    enabled: bool = True
    attributes: tuple[tuple[str, str], ...] = ()
    """`extensionAttribute1` … 15 that are set, sorted."""
    registered: str = SEEDED


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """An account, invented; there only so that groups have members that are not devices."""

    id: str = ""
    name: str


DirectoryObject: TypeAlias = Group | EntraDevice | User
O = TypeVar("O", Group, EntraDevice, User)  # noqa: E741 - an object


@dataclass(slots=True)
class GraphState:
    """A tenant. Records are frozen; `copy_directory` and `copy_intune` make drafts that share them."""

    tenant: str = TENANT
    created: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    devices: dict[str, EntraDevice] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    intune: IntuneState = field(default_factory=IntuneState)

    def copy_directory(self) -> GraphState:
        return dataclasses.replace(self, groups=dict(self.groups), devices=dict(self.devices), users=dict(self.users))

    def copy_intune(self) -> GraphState:
        return dataclasses.replace(self, intune=self.intune.copy())


def new_id(state: GraphState, what: str) -> str:
    state.created += 1
    return str(uuid.uuid5(_IDS, f"{state.created}/{what}"))


def add_object(state: GraphState, item: O) -> O:
    """Put a new object into the directory; its id is made here."""
    item = dataclasses.replace(item, id=new_id(state, item.name))
    if isinstance(item, EntraDevice):
        item = dataclasses.replace(item, device_id=item.device_id or new_id(state, f"device/{item.name}"))
    _table(state, item)[item.id] = item
    return item


def change_object(state: GraphState, item: DirectoryObject, **changes: Any) -> None:
    """Put a changed record in place of `item`."""
    _table(state, item)[item.id] = dataclasses.replace(item, **changes)


def find_object(state: GraphState, key: str) -> DirectoryObject | None:
    return state.groups.get(key) or state.devices.get(key) or state.users.get(key)


def remove_object(state: GraphState, item: DirectoryObject) -> None:
    """Delete an object, which leaves every group."""
    del _table(state, item)[item.id]
    for group in list(state.groups.values()):
        if item.id in group.members:
            change_object(state, group, members=tuple(each for each in group.members if each != item.id))


def _table(state: GraphState, item: DirectoryObject) -> dict[str, Any]:
    if isinstance(item, Group):
        return state.groups
    return state.devices if isinstance(item, EntraDevice) else state.users


def groups_of(state: GraphState, member: str) -> frozenset[str]:
    """Ids of the groups that hold an object, directly or through groups in groups."""
    found: set[str] = set()
    waiting = {member}
    while waiting:
        holders = {group.id for group in state.groups.values() if not waiting.isdisjoint(group.members)}
        waiting = holders - found
        found |= holders
    return frozenset(found)


def transitive_members(state: GraphState, group: Group) -> list[str]:
    """Ids of everything in a group and in the groups in it, each once, the group itself never."""
    found: dict[str, None] = {}
    waiting = list(group.members)
    while waiting:
        key = waiting.pop(0)
        if key not in found and key != group.id:
            found[key] = None
            waiting.extend(state.groups[key].members if key in state.groups else ())
    return list(found)


def dump(state: GraphState) -> dict[str, Any]:
    """Everything, as JSON values in a fixed order."""
    return {
        "tenant": state.tenant,
        "created": state.created,
        "groups": [_record(group) for group in state.groups.values()],
        "devices": [_record(device) for device in state.devices.values()],
        "users": [_record(user) for user in state.users.values()],
        "intune": state.intune.to_json(),
    }


def _record(item: DirectoryObject) -> dict[str, Any]:
    """Only what differs from the default."""
    found = {}
    for each in dataclasses.fields(item):
        value = getattr(item, each.name)
        if value != each.default:
            found[each.name] = (
                [list(part) if isinstance(part, tuple) else part for part in value]
                if isinstance(value, tuple)
                else value
            )
    return found


def load(data: dict[str, Any]) -> GraphState:
    """A state from its dump. Raises KeyError, TypeError or AttributeError on something else."""
    groups = [
        Group(**item | {name: tuple(item.get(name, ())) for name in ("types", "members")}) for item in data["groups"]
    ]
    devices = [
        EntraDevice(**item | {"attributes": tuple((name, value) for name, value in item.get("attributes", ()))})
        for item in data["devices"]
    ]
    return GraphState(
        tenant=data["tenant"],
        created=data["created"],
        groups={group.id: group for group in groups},
        devices={device.id: device for device in devices},
        users={item["id"]: User(**item) for item in data["users"]},
        intune=IntuneState.from_json(data["intune"]),
    )
