"""What an Intune tenant holds, and its canonical dump. Ids depend only on the order of creation, so that two runs are equal.

Objects of many types (apps, policies) are kept as beta shows them, since beta can express everything that v1.0 can.
"""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Record: TypeAlias = dict[str, Any]
"""An object as on the wire in beta, without navigation properties. Never changed in place."""
Kind: TypeAlias = Literal["apps", "tokens", "configurations", "compliance", "catalog", "filters"]
KINDS: tuple[Kind, ...] = ("apps", "tokens", "configurations", "compliance", "catalog", "filters")

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
SEEDED = "2026-08-17T06:00:00Z"
"""When everything in a seed was made: fixed, so that two runs are equal."""
_IDS = uuid.UUID("5ac1f2a6-0b1e-4e57-9d0a-8d2f5f0c7e11")


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedDevice:
    """One enrolment. Two of them may bear one serial number."""

    id: str = ""
    serial: str
    name: str = ""
    entra_device_id: str = ZERO_GUID
    """`azureADDeviceId`: the `deviceId` of the Entra device, not its object id; zeros without one."""
    os: str = "iOS"
    """`operatingSystem`: iOS, iPadOS, macOS, Windows, Android."""
    os_version: str = ""
    model: str = ""
    manufacturer: str = ""
    category: str = ""
    enrollment_profile: str = ""
    ownership: str = "company"
    supervised: bool = True
    user: str = ""
    """`userPrincipalName`; only invented ones."""
    compliance: str = "compliant"
    enrolled: str = SEEDED
    synced: str = ""
    """`lastSyncDateTime`; empty is the service's zero date."""


class Enrolments(dict[str, ManagedDevice]):
    """Managed devices by id. Of tens of thousands they are asked for by one serial number after the other: hence an index."""

    def __init__(self, devices: Mapping[str, ManagedDevice] | None = None) -> None:
        super().__init__(devices or {})
        self._serials: dict[str, list[ManagedDevice]] | None = None

    def __setitem__(self, key: str, device: ManagedDevice) -> None:
        super().__setitem__(key, device)
        self._serials = None

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self._serials = None

    def of_serial(self, serial: str) -> list[ManagedDevice]:
        """All that bear it, in whatever case."""
        if self._serials is None:
            found: dict[str, list[ManagedDevice]] = {}
            for device in self.values():
                found.setdefault(device.serial.casefold(), []).append(device)
            self._serials = found
        return self._serials.get(serial.casefold(), [])


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Something that the service finishes later: since when (seconds since 1970), and how often it was looked at."""

    since: float
    reads: int = 0


@dataclass(slots=True)
class IntuneState:
    """A tenant. Records are frozen or never changed in place; `copy` makes a draft that shares them."""

    created: int = 0
    managed_devices: Enrolments = field(default_factory=Enrolments)
    objects: dict[Kind, dict[str, Record]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    """By collection and id."""
    assignments: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    """By the id of the app or policy that is assigned."""
    settings: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    """Settings of a policy of the settings catalogue, by its id."""
    actions: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    """Scheduled actions for non-compliance, by the id of the policy."""
    licenses: dict[str, int] = field(default_factory=dict)
    """What Apple would answer today: bought licences by app id. The app's own counts are as of the last sync."""
    publishing: dict[str, Waiting] = field(default_factory=dict)
    """Apps that are not published yet."""
    syncing: dict[str, Waiting] = field(default_factory=dict)
    """Tokens whose sync runs."""

    def copy(self) -> IntuneState:
        return dataclasses.replace(
            self,
            managed_devices=Enrolments(self.managed_devices),
            objects={kind: dict(table) for kind, table in self.objects.items()},
            assignments=dict(self.assignments),
            settings=dict(self.settings),
            actions=dict(self.actions),
            licenses=dict(self.licenses),
            publishing=dict(self.publishing),
            syncing=dict(self.syncing),
        )

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON values in a fixed order."""
        return {
            "created": self.created,
            "managed_devices": [_brief(device) for device in self.managed_devices.values()],
            "objects": {kind: list(table.values()) for kind, table in self.objects.items()},
            "assignments": {owner: list(rows) for owner, rows in sorted(self.assignments.items()) if rows},
            "settings": {owner: list(rows) for owner, rows in sorted(self.settings.items()) if rows},
            "actions": {owner: list(rows) for owner, rows in sorted(self.actions.items()) if rows},
            "licenses": dict(sorted(self.licenses.items())),
            "publishing": {owner: dataclasses.asdict(each) for owner, each in sorted(self.publishing.items())},
            "syncing": {owner: dataclasses.asdict(each) for owner, each in sorted(self.syncing.items())},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> IntuneState:
        """A state from its dump. Raises KeyError, TypeError or AttributeError on something else."""
        return cls(
            created=data["created"],
            managed_devices=Enrolments({item["id"]: ManagedDevice(**item) for item in data["managed_devices"]}),
            objects={kind: {item["id"]: item for item in data["objects"].get(kind, [])} for kind in KINDS},
            assignments={owner: tuple(rows) for owner, rows in data["assignments"].items()},
            settings={owner: tuple(rows) for owner, rows in data["settings"].items()},
            actions={owner: tuple(rows) for owner, rows in data["actions"].items()},
            licenses=dict(data["licenses"]),
            publishing={owner: Waiting(**each) for owner, each in data["publishing"].items()},
            syncing={owner: Waiting(**each) for owner, each in data["syncing"].items()},
        )


def _brief(device: ManagedDevice) -> dict[str, Any]:
    """Only what differs from the default, so that a dump of many devices stays readable."""
    values = {each.name: getattr(device, each.name) for each in dataclasses.fields(device)}
    defaults = {each.name: each.default for each in dataclasses.fields(device)}
    return {name: value for name, value in values.items() if value != defaults[name]}


def new_id(state: IntuneState, what: str) -> str:
    """A GUID that depends only on how many were made before, and `what`."""
    state.created += 1
    return str(uuid.uuid5(_IDS, f"{state.created}/{what}"))


def add_managed_device(state: IntuneState, device: ManagedDevice) -> ManagedDevice:
    """Enrol a device; its id is made here. A serial number may come twice, as it does after a re-enrolment."""
    device = dataclasses.replace(device, id=new_id(state, f"device/{device.serial}"))
    state.managed_devices[device.id] = device
    return device


def add_object(state: IntuneState, kind: Kind, record: Record, *, now: str = SEEDED) -> Record:
    """Keep a record under a new id, with its times, and the version that policies count."""
    record = {"id": new_id(state, kind), **record}
    if kind != "tokens":
        record |= {"createdDateTime": now, "lastModifiedDateTime": now}
    if kind in ("configurations", "compliance"):
        record["version"] = 1
    state.objects[kind][record["id"]] = record
    return record


def change_object(state: IntuneState, kind: Kind, record: Record, *, now: str) -> Record:
    """Put a changed record in place of the one with its id, with a later time and version."""
    record = record | {"lastModifiedDateTime": now}
    if "version" in record:
        record["version"] = state.objects[kind][record["id"]]["version"] + 1
    state.objects[kind][record["id"]] = record
    return record


def remove_object(state: IntuneState, kind: Kind, key: str) -> None:
    """Take a record away with all that hangs on it."""
    del state.objects[kind][key]
    for table in (state.assignments, state.settings, state.actions, state.licenses, state.publishing, state.syncing):
        table.pop(key, None)


def moment(seconds: float) -> str:
    """Seconds since 1970 as Graph writes a time."""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
