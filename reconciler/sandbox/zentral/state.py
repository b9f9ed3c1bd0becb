"""What a Zentral server holds, and its canonical dump. Ids depend only on the order of creation, so that two runs are equal.

Objects are kept as the API shows them.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

Record: TypeAlias = dict[str, Any]
"""An object as on the wire. Never changed in place."""
Id: TypeAlias = int | str
Kind: TypeAlias = Literal[
    "tags", "taxonomies", "blueprints", "artifacts", "profiles", "store_apps", "links", "locations", "location_assets"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
VERSIONS: tuple[Kind, ...] = ("profiles", "store_apps")
"""Kinds that are versions of artifacts."""
_UUIDS = ("artifacts", "profiles", "store_apps")

SEEDED = "2026-08-17T06:00:00"
"""When everything in a seed was made: fixed, so that two runs are equal. Zentral writes no time zone (USE_TZ is off)."""
PLATFORMS = {"iOS": "ios", "iPadOS": "ipados", "macOS": "macos", "tvOS": "tvos"}
"""Platform → name of its fields."""
_IDS = uuid.UUID("b7f5a2f0-6a62-4c0f-8b35-0d5e6a1d6c33")


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """An enrolled device. Two of them may bear one serial number, after an enrolment with another udid."""

    id: int = 0
    serial: str
    udid: str = ""
    name: str = ""
    model: str = ""
    platform: str = "iPadOS"
    os_version: str = ""
    blueprint: int | None = None
    supervised: bool = True
    automated: bool = True
    """`dep_enrollment`: enrolled by Apple's automated device enrolment."""
    awaiting_configuration: bool = False
    user: str = ""
    """User name at the enrolment; only invented ones."""
    seen: str = SEEDED
    checked_out: str = ""
    """When it left the management; it stays in the list."""
    blocked: str = ""
    inventoried: bool = True
    """Whether the inventory has a snapshot of the machine."""


@dataclass(slots=True)
class ZentralState:
    """A server. Records are never changed in place; `copy` makes a draft that shares them."""

    created: dict[str, int] = field(default_factory=dict)
    """By kind, how many were ever made: ids are not used again."""
    tables: dict[Kind, dict[Id, Record]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    devices: dict[int, Device] = field(default_factory=dict)
    machine_tags: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Serial number → ids of tags. Serial numbers of machines that Zentral doesn't have are kept too."""
    installed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Device → ids of the versions that it reported as installed."""
    commanded: tuple[str, ...] = ()
    """Ids of versions that a command was ever made for: such a version can't be deleted again."""
    orphans: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Artifact → numbers of store app versions whose location asset went: nothing shows them, and they are taken."""
    licensed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Location asset → serial numbers that have a licence."""
    tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Key of an API token → permissions."""
    inactive: tuple[str, ...] = ()
    """Keys of tokens whose account is switched off."""

    def copy(self) -> ZentralState:
        return dataclasses.replace(
            self,
            created=dict(self.created),
            tables={kind: dict(table) for kind, table in self.tables.items()},
            devices=dict(self.devices),
            machine_tags=dict(self.machine_tags),
            installed=dict(self.installed),
            orphans=dict(self.orphans),
            licensed=dict(self.licensed),
            tokens=dict(self.tokens),
        )


def add_record(state: ZentralState, kind: Kind, record: Record, now: str = SEEDED) -> Record:
    """Keep a record under a new id, with its times where the kind has them."""
    number = state.created.get(kind, 0) + 1
    state.created[kind] = number
    key: Id = str(uuid.uuid5(_IDS, f"{kind}/{number}")) if kind in _UUIDS else number
    times = {} if kind == "tags" else {"created_at": now, "updated_at": now}
    state.tables[kind][key] = {"id": key, **record, **times}
    return state.tables[kind][key]


def change_record(state: ZentralState, kind: Kind, record: Record, changes: Record, now: str | None = None) -> Record:
    """Put a changed record in place of `record`; `now` is when, for what happens through the API."""
    times = {} if now is None or kind == "tags" else {"updated_at": now}
    state.tables[kind][record["id"]] = {**record, **changes, **times}
    return state.tables[kind][record["id"]]


def add_device(state: ZentralState, device: Device) -> Device:
    number = state.created.get("devices", 0) + 1
    state.created["devices"] = number
    udid = device.udid or str(uuid.uuid5(_IDS, f"udid/{number}")).upper()
    state.devices[number] = dataclasses.replace(device, id=number, udid=udid)
    return state.devices[number]


def slug(name: str) -> str:
    """Django's slugify: what makes a tag's slug, which is unique too."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain.lower())).strip("-_")


def versions_of(state: ZentralState, artifact: Id) -> Iterator[tuple[Kind, Record]]:
    """Versions of an artifact, newest first."""
    found = [(kind, each) for kind in VERSIONS for each in state.tables[kind].values() if each["artifact"] == artifact]
    yield from sorted(found, key=lambda pair: -pair[1]["version"])


def links_of(state: ZentralState, artifact: Id) -> list[Record]:
    return [each for each in state.tables["links"].values() if each["artifact"] == artifact]


def tag_serials(state: ZentralState, tag: int) -> list[str]:
    """Serial numbers that have a tag, sorted."""
    return sorted(serial for serial, tags in state.machine_tags.items() if tag in tags)


def set_machine_tags(state: ZentralState, serial: str, tags: tuple[int, ...]) -> None:
    if tags:
        state.machine_tags[serial] = tags
    else:
        state.machine_tags.pop(serial, None)


def remove_tag(state: ZentralState, tag: int) -> None:
    """Delete a tag and everything that names it: machines, scopes. Nothing protects a tag that is in use (models.py: CASCADE)."""
    del state.tables["tags"][tag]
    for serial, tags in list(state.machine_tags.items()):
        set_machine_tags(state, serial, tuple(each for each in tags if each != tag))
    for kind in ("links", *VERSIONS):
        for record in list(state.tables[kind].values()):
            kept = {
                "excluded_tags": [each for each in record["excluded_tags"] if each != tag],
                "tag_shards": [each for each in record["tag_shards"] if each["tag"] != tag],
            }
            if any(record[name] != value for name, value in kept.items()):
                change_record(state, kind, record, kept)


def remove_taxonomy(state: ZentralState, taxonomy: int) -> None:
    """Its tags go with it (models.py: CASCADE)."""
    for tag in [each["id"] for each in state.tables["tags"].values() if each["taxonomy"] == taxonomy]:
        remove_tag(state, tag)
    del state.tables["taxonomies"][taxonomy]


def remove_artifact(state: ZentralState, artifact: Id) -> None:
    """Its versions and links go with it, and nothing requires it any more."""
    for kind in ("links", *VERSIONS):
        for record in [each for each in state.tables[kind].values() if each["artifact"] == artifact]:
            del state.tables[kind][record["id"]]
    del state.tables["artifacts"][artifact]
    state.orphans.pop(str(artifact), None)
    for other in list(state.tables["artifacts"].values()):
        if artifact in other["requires"]:
            change_record(
                state, "artifacts", other, {"requires": [each for each in other["requires"] if each != artifact]}
            )


def remove_blueprint(state: ZentralState, blueprint: int) -> None:
    """Devices stay, without a blueprint (models.py: SET_NULL)."""
    del state.tables["blueprints"][blueprint]
    for link in [each for each in state.tables["links"].values() if each["blueprint"] == blueprint]:
        del state.tables["links"][link["id"]]
    for device in [each for each in state.devices.values() if each.blueprint == blueprint]:
        state.devices[device.id] = dataclasses.replace(device, blueprint=None)


def remove_location_asset(state: ZentralState, asset: int) -> None:
    """The store apps' versions go with it (models.py: CASCADE), all but their bare numbers."""
    del state.tables["location_assets"][asset]
    state.licensed.pop(asset, None)
    for version in [each for each in state.tables["store_apps"].values() if each["location_asset"] == asset]:
        del state.tables["store_apps"][version["id"]]
        state.orphans[version["artifact"]] = (*state.orphans.get(version["artifact"], ()), version["version"])


def remove_device(state: ZentralState, device: int) -> None:
    """The tags of its serial number stay: they are the inventory's."""
    del state.devices[device]
    state.installed.pop(device, None)


def dump(state: ZentralState) -> dict[str, Any]:
    """Everything, as JSON values in a fixed order."""
    return {
        "created": dict(sorted(state.created.items())),
        "tables": {kind: list(table.values()) for kind, table in state.tables.items()},
        "devices": [_brief(device) for device in state.devices.values()],
        "machine_tags": {serial: list(tags) for serial, tags in sorted(state.machine_tags.items())},
        "installed": {str(device): list(ids) for device, ids in sorted(state.installed.items()) if ids},
        "commanded": list(state.commanded),
        "orphans": {artifact: list(numbers) for artifact, numbers in sorted(state.orphans.items())},
        "licensed": {str(asset): list(serials) for asset, serials in sorted(state.licensed.items()) if serials},
        "tokens": {key: list(permissions) for key, permissions in sorted(state.tokens.items())},
        "inactive": list(state.inactive),
    }


def load(data: dict[str, Any]) -> ZentralState:
    """A state from its dump. Raises KeyError, TypeError or AttributeError on something else."""
    return ZentralState(
        created=dict(data["created"]),
        tables={kind: {item["id"]: item for item in data["tables"].get(kind, [])} for kind in KINDS},
        devices={item["id"]: Device(**item) for item in data["devices"]},
        machine_tags={serial: tuple(tags) for serial, tags in data["machine_tags"].items()},
        installed={int(device): tuple(ids) for device, ids in data["installed"].items()},
        commanded=tuple(data["commanded"]),
        orphans={artifact: tuple(numbers) for artifact, numbers in data["orphans"].items()},
        licensed={int(asset): tuple(serials) for asset, serials in data["licensed"].items()},
        tokens={key: tuple(permissions) for key, permissions in data["tokens"].items()},
        inactive=tuple(data["inactive"]),
    )


def _brief(device: Device) -> dict[str, Any]:
    """Only what differs from the default, so that a dump of many devices stays readable."""
    values = {each.name: getattr(device, each.name) for each in dataclasses.fields(device)}
    defaults = {each.name: each.default for each in dataclasses.fields(device)}
    return {name: value for name, value in values.items() if value != defaults[name]}
