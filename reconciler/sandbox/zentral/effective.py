"""What devices end up with, by Zentral's own rules of scope (mdm/artifacts.py, class Target, 2026-08). Pure."""

from __future__ import annotations

import base64
import plistlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from graphlib import TopologicalSorter
from hashlib import md5
from itertools import zip_longest
from typing import Any, Literal, TypeAlias

from reconciler.sandbox.zentral.state import PLATFORMS, Device, Kind, Record, ZentralState, versions_of

Outcome: TypeAlias = Literal["installed", "without licence"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """One key that profiles set differently; what the device makes of it depends on the key."""

    payload_type: str
    key: str
    values: tuple[tuple[str, Any], ...]
    """Artifact's name → its value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effective:
    """`profiles`: name of the artifact → version. `settings`: payload type → key → value. `apps`: Apple's id → what happens."""

    blueprint: str = ""
    tags: tuple[str, ...] = ()
    profiles: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    apps: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A version of an artifact that a device is given."""

    artifact: Record
    kind: Kind
    version: Record


def effective_device(state: ZentralState, serial: str) -> Effective:
    """Of the last enrolment with this serial number; a device that isn't enrolled has nothing."""
    found = [device for device in state.devices.values() if device.serial == serial]
    if not found:
        return Effective()
    device = found[-1]
    given = list(given_to(state, device))
    settings, conflicts = _merged([each for each in given if each.kind == "profiles"])
    blueprint = state.tables["blueprints"].get(device.blueprint or 0)
    tags = (state.tables["tags"][tag]["name"] for tag in state.machine_tags.get(serial, ()))
    return Effective(
        blueprint=blueprint["name"] if blueprint else "",
        tags=tuple(sorted(tags)),
        profiles={each.artifact["name"]: each.version["version"] for each in given if each.kind == "profiles"},
        settings=settings,
        conflicts=conflicts,
        apps=dict(sorted(_apps(state, device, given))),
    )


def given_to(state: ZentralState, device: Device) -> Iterator[Given]:
    """What is in scope of a device and doesn't wait for something else, what is required first.

    An artifact that is required needs no link of its own. What has no version for the device holds up what requires it.
    """
    artifacts = state.tables["artifacts"]
    sorter: TopologicalSorter[str] = TopologicalSorter()
    waiting = [str(link["artifact"]) for link in _links(state, device)]
    seen: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            sorter.add(key, *artifacts[key]["requires"])
            waiting += artifacts[key]["requires"]
    sorter.prepare()
    while ready := sorter.get_ready():
        for key in sorted(ready, key=lambda each: (artifacts[each]["name"], each)):
            found = _version(state, device, artifacts[key])
            if found is None:
                continue
            yield found
            if found.kind == "profiles" or has_licence(state, device, found.version):
                sorter.done(key)


def _links(state: ZentralState, device: Device) -> Iterator[Record]:
    """Links of the device's blueprint that reach it; those for users on a device don't."""
    for link in state.tables["links"].values():
        artifact = state.tables["artifacts"][link["artifact"]]
        if link["blueprint"] != device.blueprint or artifact["channel"] != "Device":
            continue
        if device.awaiting_configuration and not artifact["install_during_setup_assistant"]:
            continue
        if in_scope(state, device, link, artifact["id"]):
            yield link


def _version(state: ZentralState, device: Device, artifact: Record) -> Given | None:
    """The newest version in scope."""
    for kind, version in versions_of(state, artifact["id"]):
        if artifact["channel"] == "Device" and in_scope(state, device, version, version["id"]):
            return Given(artifact=artifact, kind=kind, version=version)
    return None


def in_scope(state: ZentralState, device: Device, item: Record, key: str) -> bool:
    """Whether a link or a version holds for a device. `key` is what the shard is computed from, with the serial number."""
    platform = PLATFORMS[device.platform]
    tags = state.machine_tags.get(device.serial, ())
    if not item[platform] or not _fits_version(
        device, item[f"{platform}_min_version"], item[f"{platform}_max_version"]
    ):
        return False
    if set(item["excluded_tags"]) & set(tags):
        return False
    if item["default_shard"] == item["shard_modulo"]:
        return True
    own = shard(key + device.serial, item["shard_modulo"])
    return own < item["default_shard"] or any(own < row["shard"] for row in item["tag_shards"] if row["tag"] in tags)


def shard(text: str, modulo: int) -> int:
    """The vendor's number from 0 below `modulo` (zentral/utils/text.py)."""
    return int(md5(text.encode(), usedforsecurity=False).hexdigest(), 16) % modulo


def _fits_version(device: Device, least: str, below: str) -> bool:
    """From the least version, and below the other."""
    own = comparable(device.os_version)
    return not (least and own < comparable(least)) and not (below and own >= comparable(below))


def comparable(written: str) -> tuple[Any, ...]:
    """`18.1 (a)` → (18, 1, 0, "(a)"); what isn't a version counts as 0."""
    words = written.split()
    default: tuple[Any, ...] = (0, 0, 0, words[1]) if len(words) == 2 else (0, 0, 0)
    try:
        numbers = [int(part) for part in (words[0] if len(words) == 2 else written).split(".")]
    except ValueError:
        return (0, 0, 0)
    return tuple(given or fallback for given, fallback in zip_longest(numbers, default))


def has_licence(state: ZentralState, device: Device, version: Record) -> bool:
    """Whether the device has one, or one is left. Assigning is never refused; without a licence nothing is installed."""
    asset = state.tables["location_assets"][version["location_asset"]]
    return device.serial in state.licensed.get(asset["id"], ()) or asset["available_count"] > 0


def _apps(state: ZentralState, device: Device, given: list[Given]) -> Iterator[tuple[str, Outcome]]:
    for each in given:
        if each.kind == "store_apps":
            asset = state.tables["location_assets"][each.version["location_asset"]]
            licensed = has_licence(state, device, each.version)
            yield asset["adam_id"], "installed" if licensed else "without licence"


def payloads(version: Record) -> Iterator[tuple[str, dict[str, Any]]]:
    """Payload type and keys of a profile's payloads, without the keys that every payload has."""
    profile = plistlib.loads(base64.b64decode(version["source"]))
    for payload in profile.get("PayloadContent", []):
        keys = {name: _plain(value) for name, value in payload.items() if not name.startswith("Payload")}
        yield payload.get("PayloadType", ""), keys


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, datetime) else value


def _merged(given: list[Given]) -> tuple[dict[str, dict[str, Any]], tuple[Conflict, ...]]:
    found: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    settings: dict[str, dict[str, Any]] = {}
    for each in given:
        for kind, keys in payloads(each.version):
            settings.setdefault(kind, {})  # a payload may have no key of its own
            for key, value in keys.items():
                found.setdefault((kind, key), []).append((each.artifact["name"], value))
    conflicts: list[Conflict] = []
    for (kind, key), values in sorted(found.items()):
        if all(_same(value, values[0][1]) for _, value in values):
            settings[kind][key] = values[0][1]
        else:
            conflicts.append(
                Conflict(payload_type=kind, key=key, values=tuple(sorted(values, key=lambda pair: pair[0])))
            )
    return settings, tuple(conflicts)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
