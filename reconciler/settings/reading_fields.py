"""What a setting becomes in a vendor's fields: that part of the settings table's data, checked. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.settings.checking import each_in, keys, one_of, require
from reconciler.settings.table import FieldMapping, Place, Setting, Text

REACHES = ("user", "device", "managed-guest", "kiosk")
TARGETS = ("ORG_UNIT", "GROUP")
TYPES = ("bool", "string", "int", "enum", "string-list", "object")
CODECS = ("value", "long", "duration", "timezone", "bookmarks", "weekly-windows", "app-id")
COMPARES = ("exact", "set", "ordered", "json", "contains")
FIELD_KEYS = ("schema", "field", "type", "sources", "confirmed")


def by_platform(
    where: str, said: list[Any] | dict[str, list[Any]], platforms: list[str]
) -> Iterable[tuple[str, list[Any]]]:
    """A system with one platform lists its fields; one with several lists them by platform."""
    if isinstance(said, list):
        require(len(platforms) == 1, where, f"say which of {', '.join(platforms)} the fields are of")
        return [(platforms[0], said)]
    each_in(where, "platform", said, platforms)
    return said.items()


def reaches_are_covered(where: str, reach: dict[str, tuple[str, ...]], fields: tuple[FieldMapping, ...]) -> None:
    """A reach is of a platform, and each system that has the setting there covers all of it."""
    mapped: dict[tuple[str, str], set[str]] = {}
    for field in fields:
        mapped.setdefault((field.platform, field.system), set()).add(field.reach)
    without = sorted(set(reach) ^ {platform for platform, _ in mapped})
    require(not without, where, f"either reach or the fields leave out {', '.join(without)}")
    for (platform, _), covered in mapped.items():
        said = sorted(reach[platform])
        require(said == sorted(covered), where, f"reach says {said}, the fields cover {sorted(covered)} on {platform}")


def systems_are_covered(
    where: str,
    reach: Mapping[str, tuple[str, ...]],
    fields: tuple[FieldMapping, ...],
    lacks_on: Mapping[Place, Text],
    platforms: Mapping[str, list[str]],
) -> None:
    """On a platform that has the setting, each of its systems has it or says why not, and none does both."""
    places = {(platform, system) for system, has in platforms.items() for platform in has if platform in reach}
    mapped = {(field.platform, field.system) for field in fields}
    silent = sorted(f"{platform} ({system})" for platform, system in places - mapped - lacks_on.keys())
    both = sorted(f"{platform} ({system})" for platform, system in mapped & lacks_on.keys())
    require(not silent, where, f"says neither fields nor why not for {', '.join(silent)}")
    require(not both, where, f"has and lacks {', '.join(both)}")


def said_on(words: tuple[str, ...], without: Mapping[str, Text]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in without)


def read_fields(
    where: str, system: str, platform: str, entry: dict[str, Any], words: tuple[str, ...], origin: Mapping[str, Any]
) -> list[FieldMapping]:
    """One mapping per reach: the same field has one schema for users and another for managed guest sessions."""
    keys(where, entry, needed=FIELD_KEYS, allowed=("values", "constant", "codec", "written_only", "compare"))
    where = f"{where}: {entry['field']}"
    vendor_facts(where, entry, origin)
    _field_values(where, entry, words)
    return [
        FieldMapping(
            system=system,
            platform=platform,
            reach=one_of(where, "reach", reach, REACHES),
            schema=schema,
            field=entry["field"],
            type=entry["type"],
            values=entry.get("values", {}),
            constant=entry.get("constant"),
            has_constant="constant" in entry,
            codec=one_of(where, "codec", entry.get("codec", "value"), CODECS),
            written_only=bool(entry.get("written_only", False)),
            compare=one_of(where, "compare", entry.get("compare", "exact"), COMPARES),
            targets=targets_of(where, schema, origin["targets"][system]),
            sources=tuple(entry["sources"]),
            read=oldest_reading(entry, origin),
            confirmed=entry["confirmed"],
        )
        for reach, schema in entry["schema"].items()
    ]


def _field_values(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> None:
    values = entry.get("values", {})
    require(not ("constant" in entry and values), where, "has both values and a constant")
    require(set(values) <= set(words), where, f"maps {sorted(set(values) - set(words))}, which the value does not have")
    if values and not entry.get("written_only"):
        require(set(values) == set(words), where, f"leaves out {sorted(set(words) - set(values))}")
    for wire in [*values.values(), *([entry["constant"]] if "constant" in entry else [])]:
        require(fits(entry["type"], wire), where, f"{wire!r} is no {entry['type']}")


def tells_words_apart(
    where: str,
    fields: tuple[FieldMapping, ...],
    words: tuple[str, ...],
    lacks_values: Mapping[str, Mapping[str, Text]],
    lacks_values_on: Mapping[Place, Mapping[str, Text]],
) -> None:
    for place in {(field.system, field.platform, field.reach) for field in fields}:
        here = [f for f in fields if (f.system, f.platform, f.reach) == place]
        read = [f.values for f in here if f.values and not f.written_only]
        system, platform, _ = place
        said = said_on(words, {**lacks_values.get(platform, {}), **lacks_values_on.get((platform, system), {})})
        seen = {tuple(str(values[word]) for values in read) for word in said}
        require(len(seen) == len(said) or not said, where, f"two words become the same for {place[-1]}")


def vendor_facts(where: str, entry: dict[str, Any], origin: Mapping[str, Any]) -> None:
    one_of(where, "type", entry["type"], TYPES)
    each_in(where, "sources", entry["sources"], origin["sources"])
    require(isinstance(entry["confirmed"], bool), where, "confirmed is neither true nor false")
    enough = len(entry["sources"]) >= 2 or not entry["confirmed"]
    require(enough, where, "confirmed needs two independent sources")


def targets_of(where: str, schema: str, by_namespace: Mapping[str, list[str]]) -> tuple[str, ...]:
    namespace = schema.rpartition(".")[0]
    require(namespace in by_namespace, where, f"no targets are known for {namespace}")
    each_in(where, "targets", by_namespace[namespace], TARGETS)
    return tuple(by_namespace[namespace])


def oldest_reading(entry: dict[str, Any], origin: Mapping[str, Any]) -> str:
    # A fact is as old as the oldest of the readings that it rests on.
    return min(str(origin["sources"][source]["read"]) for source in entry["sources"])


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "bool": lambda wire: isinstance(wire, bool),
    "int": lambda wire: isinstance(wire, int) and not isinstance(wire, bool),
    "string-list": lambda wire: isinstance(wire, list),
    "object": lambda wire: isinstance(wire, dict),
}


def fits(kind: str, wire: Any) -> bool:
    return _FITS[kind](wire) if kind in _FITS else isinstance(wire, str)


def no_shared_fields(settings: Iterable[Setting]) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for setting in settings:
        for field in setting.fields:
            key = (field.system, field.schema, field.field)
            other = seen.setdefault(key, setting.id)
            require(other == setting.id, setting.id, f"{field.schema}.{field.field} already belongs to {other}")
