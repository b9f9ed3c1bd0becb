"""The data files of the settings table, checked strictly and turned into its objects. Pure.

A mistake in the data is ours and not the user's, so a malformed table raises `ValueError` that names file, entry and
field, instead of becoming a finding.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml

from reconciler.settings.order import KINDS, LIST_KINDS, Order
from reconciler.settings.table import AREAS, FieldMapping, Install, Setting, SettingsTable, Text

LANGUAGES = ("sv", "en")
REACHES = ("user", "device", "managed-guest", "kiosk")
TARGETS = ("ORG_UNIT", "GROUP")
TYPES = ("bool", "string", "int", "enum", "string-list", "object")
CODECS = ("value", "long", "duration", "timezone", "bookmarks", "weekly-windows", "app-id")
COMPARES = ("exact", "set", "ordered", "json", "contains")
OWNERS = ("joint", "it", "education")
DISRUPTIONS = ("none", "restart", "sign-in", "lost-data")


def parse(data: bytes) -> Any:
    # libyaml: the pure Python loader needs ten times as long, and this runs at every start. The safe loader is not
    # the one for people's files: this package's own files are no untrusted input.
    return yaml.load(data, Loader=yaml.CSafeLoader)


def build_table(files: Mapping[str, Any]) -> SettingsTable:
    """The table from parsed files, keyed by file name. Raises `ValueError` at the first mistake."""
    origin = files["sources.yaml"]
    _origin(origin)
    reasons = {
        name: _text(f"lacks.yaml: {name}", "reason", text) for name, text in files["lacks.yaml"]["reasons"].items()
    }
    settings: dict[str, Setting] = {}
    for area in AREAS:
        name = f"{area}.yaml"
        for setting_id, entry in files[name].items():
            where = f"{name}: {setting_id}"
            _require(setting_id not in settings, where, "this id is used twice")
            settings[setting_id] = _setting(where, setting_id, area, entry, origin, reasons)
    _no_shared_fields(settings.values())
    installs = files["installs.yaml"]
    return SettingsTable(
        settings=settings,
        installs=tuple(
            _install(f"installs.yaml: {n}", entry, origin) for n, entry in enumerate(installs["installs"], 1)
        ),
        app_id_prefixes=installs["app_id_prefixes"],
        sources=origin["sources"],
        general_lack={
            platform: _reason("lacks.yaml: general", name, reasons)
            for platform, name in files["lacks.yaml"]["general"].items()
        },
        ways_lacking={
            system: {mode: _reason("lacks.yaml: ways", name, reasons) for mode, name in modes.items()}
            for system, modes in files["lacks.yaml"]["ways"].items()
        },
    )


def _origin(origin: Mapping[str, Any]) -> None:
    for name, source in origin["sources"].items():
        where = f"sources.yaml: {name}"
        _keys(where, source, needed=("title", "where", "read"), allowed=("of",))
        _require(isinstance(source["read"], str), where, "the date in read needs quotes")


def _setting(
    where: str,
    setting_id: str,
    area: str,
    entry: dict[str, Any],
    origin: Mapping[str, Any],
    reasons: Mapping[str, Text],
) -> Setting:
    _keys(where, entry, needed=_SETTING_KEYS, allowed=_SETTING_MAY)
    reach = {platform: tuple(reaches) for platform, reaches in entry["reach"].items()}
    for reaches in reach.values():
        _each_in(where, "reach", reaches, REACHES)
    disruptive = _one_of(where, "disruptive", entry.get("disruptive", "none"), DISRUPTIONS)
    _one_of(where, "owner", entry["owner"], OWNERS)
    words = _words(where, entry["value"])
    labels = entry.get("value_labels", {})
    _require(set(labels) == set(words), where, f"value_labels name {sorted(labels)}, the value has {sorted(words)}")
    lacks, lacks_values = _lacks(where, entry, words, reasons)
    fields = tuple(
        field
        for system, by_platform in entry["systems"].items()
        for platform, mappings in _by_platform(f"{where}: {system}", by_platform, origin["platforms"][system])
        for mapping in mappings
        for field in _fields(
            f"{where}: {system}", system, platform, mapping, _said_on(words, lacks_values.get(platform, {})), origin
        )
    )
    _reaches_are_covered(where, reach, fields)
    _tells_words_apart(where, fields, words, lacks_values)
    return Setting(
        id=setting_id,
        area=area,
        label=_text(where, "label", entry["label"]),
        explain=_text(where, "explain", entry["explain"]),
        loses=_text(where, "loses", entry["loses"]) if "loses" in entry else None,
        loses_from=_loses_from(where, entry, words),
        value=entry["value"],
        value_labels={word: _text(where, f"value_labels.{word}", text) for word, text in labels.items()},
        order=_order(where, entry["order"], words),
        disruptive=disruptive,
        owner=entry["owner"],
        reach=reach,
        fields=fields,
        lacks=lacks,
        lacks_values=lacks_values,
    )


def _lacks(
    where: str, entry: dict[str, Any], words: tuple[str, ...], reasons: Mapping[str, Text]
) -> tuple[dict[str, Text], dict[str, dict[str, Text]]]:
    """Platform -> reason, and platform -> word -> reason."""
    lacks = entry.get("lacks", {})
    both = sorted(set(lacks) & set(entry["reach"]))
    _require(not both, where, f"has and lacks {', '.join(both)}")
    partly = entry.get("lacks_values", {})
    for platform, without in partly.items():
        _require(platform in entry["reach"], where, f"lacks_values names {platform}, which reach doesn't")
        _each_in(where, "lacks_values", without, words)
    return (
        {platform: _reason(where, name, reasons) for platform, name in lacks.items()},
        {platform: {w: _reason(where, name, reasons) for w, name in some.items()} for platform, some in partly.items()},
    )


def _reason(where: str, name: str, reasons: Mapping[str, Text]) -> Text:
    return reasons[_one_of(where, "reason", name, reasons)]


def _said_on(words: tuple[str, ...], without: Mapping[str, Text]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in without)


def _by_platform(
    where: str, said: list[Any] | dict[str, list[Any]], platforms: list[str]
) -> Iterable[tuple[str, list[Any]]]:
    """A system with one platform lists its fields; one with several lists them by platform."""
    if isinstance(said, list):
        _require(len(platforms) == 1, where, f"say which of {', '.join(platforms)} the fields are of")
        return [(platforms[0], said)]
    _each_in(where, "platform", said, platforms)
    return said.items()


def _reaches_are_covered(where: str, reach: dict[str, tuple[str, ...]], fields: tuple[FieldMapping, ...]) -> None:
    """A reach is of a platform, and each system that has the setting there covers all of it."""
    mapped: dict[tuple[str, str], set[str]] = {}
    for field in fields:
        mapped.setdefault((field.platform, field.system), set()).add(field.reach)
    without = sorted(set(reach) ^ {platform for platform, _ in mapped})
    _require(not without, where, f"either reach or the fields leave out {', '.join(without)}")
    for (platform, _), covered in mapped.items():
        said = sorted(reach[platform])
        _require(said == sorted(covered), where, f"reach says {said}, the fields cover {sorted(covered)} on {platform}")


_SETTING_KEYS = ("label", "explain", "value", "order", "owner", "reach", "systems")
_SETTING_MAY = ("value_labels", "loses", "loses_from", "disruptive", "lacks", "lacks_values")
_FIELD_KEYS = ("schema", "field", "type", "sources", "confirmed")
_INSTALL_KEYS = (
    *("platform", "system", "mode", "as", "reach", "wire", "identifiers", "removal", "explain"),
    *_FIELD_KEYS,
)


def _fields(
    where: str, system: str, platform: str, entry: dict[str, Any], words: tuple[str, ...], origin: Mapping[str, Any]
) -> list[FieldMapping]:
    """One mapping per reach: the same field has one schema for users and another for managed guest sessions."""
    _keys(where, entry, needed=_FIELD_KEYS, allowed=("values", "constant", "codec", "written_only", "compare"))
    where = f"{where}: {entry['field']}"
    _vendor_facts(where, entry, origin)
    _field_values(where, entry, words)
    return [
        FieldMapping(
            system=system,
            platform=platform,
            reach=_one_of(where, "reach", reach, REACHES),
            schema=schema,
            field=entry["field"],
            type=entry["type"],
            values=entry.get("values", {}),
            constant=entry.get("constant"),
            has_constant="constant" in entry,
            codec=_one_of(where, "codec", entry.get("codec", "value"), CODECS),
            written_only=bool(entry.get("written_only", False)),
            compare=_one_of(where, "compare", entry.get("compare", "exact"), COMPARES),
            targets=_targets(where, schema, origin["targets"][system]),
            sources=tuple(entry["sources"]),
            read=_read(entry, origin),
            confirmed=entry["confirmed"],
        )
        for reach, schema in entry["schema"].items()
    ]


def _field_values(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> None:
    values = entry.get("values", {})
    _require(not ("constant" in entry and values), where, "has both values and a constant")
    _require(
        set(values) <= set(words), where, f"maps {sorted(set(values) - set(words))}, which the value does not have"
    )
    if values and not entry.get("written_only"):
        _require(set(values) == set(words), where, f"leaves out {sorted(set(words) - set(values))}")
    for wire in [*values.values(), *([entry["constant"]] if "constant" in entry else [])]:
        _require(_fits(entry["type"], wire), where, f"{wire!r} is no {entry['type']}")


def _tells_words_apart(
    where: str,
    fields: tuple[FieldMapping, ...],
    words: tuple[str, ...],
    lacks_values: Mapping[str, Mapping[str, Text]],
) -> None:
    for place in {(field.system, field.platform, field.reach) for field in fields}:
        here = [f for f in fields if (f.system, f.platform, f.reach) == place]
        read = [f.values for f in here if f.values and not f.written_only]
        said = _said_on(words, lacks_values.get(place[1], {}))
        seen = {tuple(str(values[word]) for values in read) for word in said}
        _require(len(seen) == len(said) or not said, where, f"two words become the same for {place[-1]}")


def _install(where: str, entry: dict[str, Any], origin: Mapping[str, Any]) -> Install:
    _keys(where, entry, needed=_INSTALL_KEYS, allowed=())
    _vendor_facts(where, entry, origin)
    _require(_fits(entry["type"], entry["wire"]), where, f"{entry['wire']!r} is no {entry['type']}")
    return Install(
        platform=entry["platform"],
        system=entry["system"],
        mode=_one_of(where, "mode", entry["mode"], ("required", "available", "blocked", "absent")),
        holder=_one_of(where, "as", entry["as"], ("user", "managed-guest", "kiosk")),
        reach=_one_of(where, "reach", entry["reach"], REACHES),
        schema=entry["schema"],
        field=entry["field"],
        type=entry["type"],
        wire=entry["wire"],
        identifiers=tuple(entry["identifiers"]),
        removal=_one_of(where, "removal", entry["removal"], ("uninstalls", "stays", "inherits")),
        explain=_text(where, "explain", entry["explain"]),
        targets=_targets(where, entry["schema"], origin["targets"][entry["system"]]),
        sources=tuple(entry["sources"]),
        read=_read(entry, origin),
        confirmed=entry["confirmed"],
    )


def _vendor_facts(where: str, entry: dict[str, Any], origin: Mapping[str, Any]) -> None:
    _one_of(where, "type", entry["type"], TYPES)
    _each_in(where, "sources", entry["sources"], origin["sources"])
    _require(isinstance(entry["confirmed"], bool), where, "confirmed is neither true nor false")
    enough = len(entry["sources"]) >= 2 or not entry["confirmed"]
    _require(enough, where, "confirmed needs two independent sources")


def _targets(where: str, schema: str, by_namespace: Mapping[str, list[str]]) -> tuple[str, ...]:
    namespace = schema.rpartition(".")[0]
    _require(namespace in by_namespace, where, f"no targets are known for {namespace}")
    _each_in(where, "targets", by_namespace[namespace], TARGETS)
    return tuple(by_namespace[namespace])


def _read(entry: dict[str, Any], origin: Mapping[str, Any]) -> str:
    # A fact is as old as the oldest of the readings that it rests on.
    return min(str(origin["sources"][source]["read"]) for source in entry["sources"])


def _order(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> Order:
    _keys(where, entry, needed=("kind",), allowed=("ladder", "everything"))
    kind = _one_of(where, "order.kind", entry["kind"], KINDS)
    ladder = tuple(entry.get("ladder", words if kind == "ladder" else ()))
    if kind == "ladder":
        _require(len(words) > 1, where, "a ladder needs a value with words")
        _require(sorted(ladder) == sorted(words), where, f"the ladder has {list(ladder)}, the value {list(words)}")
    else:
        _require(not ladder, where, f"an order of kind {kind} has no ladder")
    _require(kind in LIST_KINDS or "everything" not in entry, where, "everything belongs to lists only")
    return Order(kind=kind, ladder=ladder, everything=entry.get("everything"))


def _loses_from(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> str:
    if "loses_from" not in entry:
        return ""
    _require("loses" in entry and entry["order"]["kind"] == "ladder", where, "loses_from needs loses and a ladder")
    return _one_of(where, "loses_from", entry["loses_from"], words)


def _words(where: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    words = tuple(value.get("enum", ()))
    # YAML 1.1 reads unquoted on, off, yes and no as booleans; such a word would never match what people write.
    _require(all(isinstance(word, str) for word in words), where, f"{list(words)} has a word that needs quotes")
    return words


def _fits(kind: str, wire: Any) -> bool:
    fits: dict[str, Callable[[Any], bool]] = {
        "bool": lambda w: isinstance(w, bool),
        "int": lambda w: isinstance(w, int) and not isinstance(w, bool),
        "string-list": lambda w: isinstance(w, list),
        "object": lambda w: isinstance(w, dict),
    }
    return fits.get(kind, lambda w: isinstance(w, str))(wire)


def _no_shared_fields(settings: Iterable[Setting]) -> None:
    seen: dict[tuple[str, str, str], str] = {}
    for setting in settings:
        for field in setting.fields:
            key = (field.system, field.schema, field.field)
            other = seen.setdefault(key, setting.id)
            _require(other == setting.id, setting.id, f"{field.schema}.{field.field} already belongs to {other}")


def _text(where: str, what: str, text: Any) -> Text:
    _require(isinstance(text, dict) and set(text) == set(LANGUAGES), where, f"{what} needs sv and en, and only those")
    _require(all(isinstance(t, str) and t.strip() for t in text.values()), where, f"{what} has an empty text")
    return dict(text)


def _keys(where: str, entry: dict[str, Any], *, needed: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    missing = [key for key in needed if key not in entry]
    unknown = sorted(set(entry) - {*needed, *allowed})
    _require(not missing, where, f"lacks {', '.join(missing)}")
    _require(not unknown, where, f"has unknown keys {', '.join(unknown)}")


def _one_of(where: str, what: str, value: Any, allowed: Iterable[str]) -> str:
    _require(value in allowed, where, f"{what} is {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def _each_in(where: str, what: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    _require(bool(values), where, f"{what} is empty")
    for value in values:
        _one_of(where, what, value, allowed)


def _require(condition: bool, where: str, problem: str) -> None:
    if not condition:
        raise ValueError(f"settings table, {where}: {problem}")
