"""The data files of the settings table, checked strictly and turned into its objects. Pure.

A mistake in the data is ours and not the user's, so a malformed table raises `ValueError` that names file, entry and
field, instead of becoming a finding.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from reconciler.settings.checking import each_in, keys, one_of, read_text, require
from reconciler.settings.order import KINDS, LIST_KINDS, Order
from reconciler.settings.reading_fields import (
    FIELD_KEYS,
    REACHES,
    by_platform,
    fits,
    no_shared_fields,
    oldest_reading,
    reaches_are_covered,
    read_fields,
    said_on,
    systems_are_covered,
    targets_of,
    tells_words_apart,
    vendor_facts,
)
from reconciler.settings.table import AREAS, Install, Place, Setting, SettingsTable, Text

OWNERS = ("joint", "it", "education")
DISRUPTIONS = ("none", "sign-in", "restart", "lock-out", "lost-data")
_SETTING_KEYS = ("label", "explain", "value", "order", "owner", "reach", "systems")
_SETTING_MAY = ("value_labels", "loses", "loses_from", "disruptive", "lacks", "lacks_values")
_INSTALL_KEYS = (
    *("platform", "system", "mode", "as", "reach", "wire", "identifiers", "removal", "explain"),
    *FIELD_KEYS,
)


def parse(data: bytes) -> Any:
    # libyaml: the pure Python loader needs ten times as long, and this runs at every start. The safe loader is not
    # the one for people's files: this package's own files are no untrusted input.
    return yaml.load(data, Loader=yaml.CSafeLoader)


def build_table(files: Mapping[str, Any]) -> SettingsTable:
    """The table from parsed files, keyed by file name. Raises `ValueError` at the first mistake."""
    origin = files["sources.yaml"]
    _origin(origin)
    reasons = {
        name: read_text(f"lacks.yaml: {name}", "reason", text) for name, text in files["lacks.yaml"]["reasons"].items()
    }
    settings: dict[str, Setting] = {}
    for area in AREAS:
        name = f"{area}.yaml"
        for setting_id, entry in files[name].items():
            where = f"{name}: {setting_id}"
            require(setting_id not in settings, where, "this id is used twice")
            settings[setting_id] = _setting(where, setting_id, area, entry, origin, reasons)
    no_shared_fields(settings.values())
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
        keys(where, source, needed=("title", "where", "read"), allowed=("of",))
        require(isinstance(source["read"], str), where, "the date in read needs quotes")


def _setting(
    where: str,
    setting_id: str,
    area: str,
    entry: dict[str, Any],
    origin: Mapping[str, Any],
    reasons: Mapping[str, Text],
) -> Setting:
    keys(where, entry, needed=_SETTING_KEYS, allowed=_SETTING_MAY)
    reach = {platform: tuple(reaches) for platform, reaches in entry["reach"].items()}
    for reaches in reach.values():
        each_in(where, "reach", reaches, REACHES)
    disruptive = one_of(where, "disruptive", entry.get("disruptive", "none"), DISRUPTIONS)
    one_of(where, "owner", entry["owner"], OWNERS)
    words = _words(where, entry["value"])
    labels = entry.get("value_labels", {})
    require(set(labels) == set(words), where, f"value_labels name {sorted(labels)}, the value has {sorted(words)}")
    lacks, lacks_on = _lacks(where, entry, origin, reasons)
    lacks_values, lacks_values_on = _lacks_values(where, entry, words, origin, reasons)
    fields = tuple(
        field
        for system, said in entry["systems"].items()
        for platform, mappings in by_platform(f"{where}: {system}", said, origin["platforms"][system])
        for mapping in mappings
        for field in read_fields(
            f"{where}: {system}",
            system,
            platform,
            mapping,
            said_on(words, {**lacks_values.get(platform, {}), **lacks_values_on.get((platform, system), {})}),
            origin,
        )
    )
    reaches_are_covered(where, reach, fields)
    systems_are_covered(where, reach, fields, lacks_on, origin["platforms"])
    tells_words_apart(where, fields, words, lacks_values, lacks_values_on)
    return Setting(
        id=setting_id,
        area=area,
        label=read_text(where, "label", entry["label"]),
        explain=read_text(where, "explain", entry["explain"]),
        loses=read_text(where, "loses", entry["loses"]) if "loses" in entry else None,
        loses_from=_loses_from(where, entry, words),
        value=entry["value"],
        value_labels={word: read_text(where, f"value_labels.{word}", text) for word, text in labels.items()},
        order=_order(where, entry["order"], words),
        disruptive=disruptive,
        owner=entry["owner"],
        reach=reach,
        fields=fields,
        lacks=lacks,
        lacks_values=lacks_values,
        lacks_on=lacks_on,
        lacks_values_on=lacks_values_on,
    )


def _lacks(
    where: str, entry: dict[str, Any], origin: Mapping[str, Any], reasons: Mapping[str, Text]
) -> tuple[dict[str, Text], dict[Place, Text]]:
    """Platform -> reason, and (platform, system) -> reason where a reason is not for all of the platform's systems.

    Where no system of a platform has the setting, the first reason also stands for a system that isn't known.
    """
    everywhere: dict[str, Text] = {}
    on: dict[Place, Text] = {}
    for platform, said in entry.get("lacks", {}).items():
        here = _by_system(where, platform, said, origin, reasons)
        on |= {(platform, system): reason for system, reason in here.items() if system}
        if platform not in entry["reach"]:
            everywhere[platform] = next(iter(here.values()))
        require(platform not in entry["reach"] or "" not in here, where, f"has and lacks {platform}")
    return everywhere, on


def _lacks_values(
    where: str, entry: dict[str, Any], words: tuple[str, ...], origin: Mapping[str, Any], reasons: Mapping[str, Text]
) -> tuple[dict[str, dict[str, Text]], dict[Place, dict[str, Text]]]:
    """Platform -> word -> reason, and (platform, system) -> word -> reason."""
    everywhere: dict[str, dict[str, Text]] = {}
    on: dict[Place, dict[str, Text]] = {}
    for platform, without in entry.get("lacks_values", {}).items():
        require(platform in entry["reach"], where, f"lacks_values names {platform}, which reach doesn't")
        each_in(where, "lacks_values", without, words)
        for word, said in without.items():
            for system, reason in _by_system(where, platform, said, origin, reasons).items():
                if system:
                    on.setdefault((platform, system), {})[word] = reason
                else:
                    everywhere.setdefault(platform, {})[word] = reason
    return everywhere, on


def _by_system(
    where: str, platform: str, said: str | dict[str, str], origin: Mapping[str, Any], reasons: Mapping[str, Text]
) -> dict[str, Text]:
    """System -> reason; a reason for all of them stands at the empty name."""
    if isinstance(said, str):
        return {"": _reason(where, said, reasons)}
    each_in(where, f"lacks on {platform}", said, [one for one, has in origin["platforms"].items() if platform in has])
    return {system: _reason(where, name, reasons) for system, name in said.items()}


def _reason(where: str, name: str, reasons: Mapping[str, Text]) -> Text:
    return reasons[one_of(where, "reason", name, reasons)]


def _install(where: str, entry: dict[str, Any], origin: Mapping[str, Any]) -> Install:
    keys(where, entry, needed=_INSTALL_KEYS, allowed=())
    vendor_facts(where, entry, origin)
    require(fits(entry["type"], entry["wire"]), where, f"{entry['wire']!r} is no {entry['type']}")
    return Install(
        platform=entry["platform"],
        system=entry["system"],
        mode=one_of(where, "mode", entry["mode"], ("required", "available", "blocked", "absent")),
        holder=one_of(where, "as", entry["as"], ("user", "managed-guest", "kiosk")),
        reach=one_of(where, "reach", entry["reach"], REACHES),
        schema=entry["schema"],
        field=entry["field"],
        type=entry["type"],
        wire=entry["wire"],
        identifiers=tuple(entry["identifiers"]),
        removal=one_of(where, "removal", entry["removal"], ("uninstalls", "stays", "inherits")),
        explain=read_text(where, "explain", entry["explain"]),
        targets=targets_of(where, entry["schema"], origin["targets"][entry["system"]]),
        sources=tuple(entry["sources"]),
        read=oldest_reading(entry, origin),
        confirmed=entry["confirmed"],
    )


def _order(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> Order:
    keys(where, entry, needed=("kind",), allowed=("ladder", "everything"))
    kind = one_of(where, "order.kind", entry["kind"], KINDS)
    ladder = tuple(entry.get("ladder", words if kind == "ladder" else ()))
    if kind == "ladder":
        require(len(words) > 1, where, "a ladder needs a value with words")
        require(sorted(ladder) == sorted(words), where, f"the ladder has {list(ladder)}, the value {list(words)}")
    else:
        require(not ladder, where, f"an order of kind {kind} has no ladder")
    require(kind in LIST_KINDS or "everything" not in entry, where, "everything belongs to lists only")
    return Order(kind=kind, ladder=ladder, everything=entry.get("everything"))


def _loses_from(where: str, entry: dict[str, Any], words: tuple[str, ...]) -> str:
    if "loses_from" not in entry:
        return ""
    require("loses" in entry and entry["order"]["kind"] == "ladder", where, "loses_from needs loses and a ladder")
    return one_of(where, "loses_from", entry["loses_from"], words)


def _words(where: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    words = tuple(value.get("enum", ()))
    # YAML 1.1 reads unquoted on, off, yes and no as booleans; such a word would never match what people write.
    require(all(isinstance(word, str) for word in words), where, f"{list(words)} has a word that needs quotes")
    return words
