"""The keys that Apple publishes for configuration profiles: our dated extract (`published_keys.json`) as frozen objects.

The extract is made by `python -m tests.conformance.apple.extract`; it names its sources and their commits.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from reconciler.model.place import Json

SYSTEM_OF: Final[Mapping[str, str]] = {"ipados": "iOS", "ios": "iOS", "macos": "macOS", "tvos": "tvOS"}
"""Platform → the system that Apple states versions of: iPadOS counts as iOS."""

_FILE: Final = Path(__file__).parent / "published_keys.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """On one system: versions such as `18.2` (empty: never), and whether the device has to be supervised."""

    introduced: str
    deprecated: str = ""
    removed: str = ""
    supervised: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedKey:
    """One key. type: boolean, integer, real, string, array, dictionary, data, date, any.

    items: what an array holds, keys: what a dictionary holds (the name `ANY` stands for every name); None where nothing
    is published. on: by Apple's system (`iOS`, `macOS`, `tvOS`). newer: from the second source, after Apple's copy.
    """

    type: str
    on: Mapping[str, Support]
    required: bool = False
    least: float | None = None
    most: float | None = None
    options: tuple[Json, ...] = ()
    items: "PublishedKey | None" = None
    keys: "Mapping[str, PublishedKey] | None" = None
    newer: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedPayload:
    """One payload type, such as `com.apple.applicationaccess`."""

    on: Mapping[str, Support]
    keys: Mapping[str, PublishedKey]


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """The extract. sources: name → title, where, of, read. Payloads are made into objects when they are asked for."""

    sources: Mapping[str, Mapping[str, str]]
    data: Mapping[str, Mapping[str, Any]]
    made: dict[str, PublishedPayload] = field(default_factory=dict, compare=False)

    def payload(self, name: str) -> PublishedPayload | None:
        """What is published of a payload type; None for a type that isn't in the extract."""
        if name not in self.data:
            return None
        if name not in self.made:
            self.made[name] = _payload(self.data[name])
        return self.made[name]

    def day_of(self, name: str) -> str:
        """The day up to which a payload type is known: only some have keys from the second, later source."""
        newer = any("newer" in key for key in self.data.get(name, {}).get("keys", {}).values())
        return self.sources["manifests" if newer else "apple"]["of"]


@cache
def load_published() -> Published:
    """The extract, read once per process."""
    found = json.loads(_FILE.read_bytes())
    return Published(sources=found["sources"], data=found["payloads"])


def _payload(data: Mapping[str, Any]) -> PublishedPayload:
    on = _on(data["on"])
    return PublishedPayload(on=on, keys={name: _key(said, on) for name, said in data["keys"].items()})


def _key(data: Mapping[str, Any], above: Mapping[str, Support]) -> PublishedKey:
    on = _on(data["on"]) if "on" in data else above
    return PublishedKey(
        type=data["type"],
        on=on,
        required=data.get("required", False),
        least=data.get("min"),
        most=data.get("max"),
        options=tuple(data.get("options", ())),
        items=_key(data["items"], on) if "items" in data else None,
        keys={name: _key(said, on) for name, said in data["keys"].items()} if "keys" in data else None,
        newer=data.get("newer", False),
    )


def _on(data: Mapping[str, Mapping[str, Any]]) -> dict[str, Support]:
    return {system: Support(**said) for system, said in data.items()}
