"""The settings table: data files of this package as frozen objects, checked when they are loaded."""

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from reconciler.model.slotted import dataclass
from reconciler.settings.order import Order

# importlib.resources alone takes longer to import than all of this takes to read (17 ms against 14, 2026-11-21).
FOLDER = Path(__file__).parent
AREAS = (
    *("sign_in", "browsing", "session", "apps", "device"),
    *("sharing", "restrictions", "keyboard", "passcode", "compliance"),
)
FILES = ("sources.yaml", "lacks.yaml", "installs.yaml", *(f"{area}.yaml" for area in AREAS))

Text = Mapping[str, str]
Place = tuple[str, str]
"""Platform and system: one platform can be in the hands of several."""

NO_COUNTERPART: Text = {"sv": "Plattformen har ingen motsvarighet.", "en": "The platform has no counterpart."}


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldMapping:
    """What a neutral value becomes in one field of one vendor schema, on one platform.

    values: neutral word -> wire value; a word that is missing leaves the field out. Empty: the value goes through
    `codec`. constant: wire value written whatever the neutral one is (`has_constant` tells null from none).
    written_only: an acknowledgement; never looked at when reading. confirmed: two independent sources agree on the
    spelling; otherwise the adapter picks the live enum's value by suffix. targets: what the schema may be set on.
    """

    system: str
    platform: str
    reach: str
    schema: str
    field: str
    type: str
    values: Mapping[str, Any]
    constant: Any
    has_constant: bool
    codec: str
    written_only: bool
    compare: str
    targets: tuple[str, ...]
    sources: tuple[str, ...]
    read: str
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One neutral setting.

    value: a JSON Schema fragment (`x-unit` for numbers, `x-references: app` where the value is a catalogue id).
    value_labels: one per word of its enum, none for other values. loses: what users lose when it is tightened,
    to the tightest word of a ladder, or already to `loses_from`.
    reach: platform -> reaches. The first is where a wish goes; the others are for groups that have such sessions.
    lacks: platform -> why the setting doesn't exist there. lacks_values: platform -> word -> why it can't be said there.
    lacks_on and lacks_values_on are the same for (platform, system), where the systems of a platform differ.
    """

    id: str
    area: str
    label: Text
    explain: Text
    loses: Text | None
    value: Mapping[str, Any]
    value_labels: Mapping[str, Text]
    order: Order
    disruptive: str
    owner: str
    reach: Mapping[str, tuple[str, ...]]
    fields: tuple[FieldMapping, ...]
    loses_from: str = ""
    lacks: Mapping[str, Text] = field(default_factory=dict)
    lacks_values: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    lacks_on: Mapping[Place, Text] = field(default_factory=dict)
    lacks_values_on: Mapping[Place, Mapping[str, Text]] = field(default_factory=dict)

    def fields_for(self, system: str, reach: str, *, platform: str) -> tuple[FieldMapping, ...]:
        """What the setting becomes there; empty where the system has nothing for it."""
        wanted = (system, platform, reach)
        return tuple(f for f in self.fields if (f.system, f.platform, f.reach) == wanted)

    def lacks_value(self, platform: str, value: Any, system: str = "") -> Text | None:
        """Why this value can't be said on a platform (by this system) that otherwise has the setting; None where it can."""
        return self.values_lacking(platform, system).get(value) if isinstance(value, str) else None

    def values_lacking(self, platform: str, system: str = "") -> Mapping[str, Text]:
        """Word -> why it can't be said there. Without a system only what holds for all of the platform's."""
        return {**self.lacks_values.get(platform, {}), **self.lacks_values_on.get((platform, system), {})}


@dataclass(frozen=True, kw_only=True, slots=True)
class Install:
    """One way to have an app on a platform: what mode and holder (`as`) become in a vendor field.

    identifiers: kinds of identifier that allow it. removal: what taking the line away does (`uninstalls`,
    `stays`, `inherits`). constant fields are as in `FieldMapping`.
    """

    platform: str
    system: str
    mode: str
    holder: str
    reach: str
    schema: str
    field: str
    type: str
    wire: Any
    identifiers: tuple[str, ...]
    removal: str
    explain: Text
    targets: tuple[str, ...]
    sources: tuple[str, ...]
    read: str
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsTable:
    """Everything of this package's data files. Lookups raise `KeyError` for an unknown id.

    ways_lacking: system -> mode -> why some or all of its apps can't be had so.
    """

    settings: Mapping[str, Setting]
    installs: tuple[Install, ...]
    app_id_prefixes: Mapping[str, str]
    sources: Mapping[str, Mapping[str, str]]
    general_lack: Mapping[str, Text] = field(default_factory=dict)
    ways_lacking: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)

    def __getitem__(self, setting_id: str) -> Setting:
        return self.settings[setting_id]

    def why_lacking(self, setting_id: str, platform: str, system: str = "") -> Text | None:
        """Why the setting doesn't exist on the platform, by this system; None where it does, and for an unknown setting.

        system: empty where it isn't known; then one system that has the setting is enough.
        """
        setting = self.settings.get(setting_id)
        if setting is None:
            return None
        here = setting.lacks_on.get((platform, system))
        if here is not None or platform in setting.reach:
            return here
        return setting.lacks.get(platform) or self.general_lack.get(platform, NO_COUNTERPART)

    def install(self, *, platform: str, mode: str, holder: str, identifier: str, system: str = "") -> Install | None:
        """The way to install that fits, or None where the platform has none for this kind of identifier.

        system: only this one's ways; empty where the platform is in one system's hands alone.
        """
        for way in self.installs:
            fits = (way.platform, way.mode, way.holder) == (platform, mode, holder) and identifier in way.identifiers
            if fits and system in ("", way.system):
                return way
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorKeys:
    """Our dated copy of a vendor's names: {schema: {field: {"type", "enum"}}}. Enum values may be cut, see `note`."""

    source: str
    of: str
    read: str
    note: str
    schemas: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def knows(self, schema: str, field: str | None = None) -> bool:
        return schema in self.schemas and (field is None or field in self.schemas[schema])


COMPILED = "table.json"
"""The files of `FILES` as one, by name; a test holds it fresh."""


@cache
def load_settings() -> SettingsTable:
    """The table, read once per process, from the form that `make schemas` writes: YAML takes a hundred times as long.

    Raises `ValueError` where the data is malformed.
    """
    # Here and not above: the reader needs these classes.
    from reconciler.settings.reading import build_table

    return build_table(orjson.loads((FOLDER / COMPILED).read_bytes()))


@cache
def load_vendor_keys(system: str) -> VendorKeys:
    """The dated table of a system's keys, read once per process. Raises `FileNotFoundError` where we have none."""
    return VendorKeys(**orjson.loads((FOLDER / f"vendor_keys_{system}.json").read_bytes()))
