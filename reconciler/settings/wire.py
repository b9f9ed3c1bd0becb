"""Neutral values to vendor fields and back. Pure.

What a value becomes is data (`FieldMapping`); here is only how the few shapes are wrapped, and how two spellings of
the same enum value are recognised.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.settings.table import FieldMapping, Setting

Wire = dict[str, dict[str, Any]]
NO_APPS: Mapping[str, str] = {}

# A longer spelling that says the opposite of its end: NOT_ALLOWED is no spelling of ALLOWED.
NEGATIONS = frozenset({"NOT", "NO", "NON", "NEVER", "WITHOUT", "EXCEPT"})


def to_wire(
    setting: Setting, value: Any, *, system: str, platform: str, reach: str, app_ids: Mapping[str, str] = NO_APPS
) -> Wire:
    """{schema: {field: wire value}} of a valid neutral value; empty where the system has nothing for this reach.

    app_ids: catalogue id -> identifier with the vendor's prefix, for settings that name an app. Raises `KeyError` for
    a word outside the setting's enum and for an app that is not in `app_ids`.
    """
    wire: Wire = {}
    for mapping in setting.fields_for(system, reach, platform=platform):
        if mapping.has_constant:
            wire.setdefault(mapping.schema, {})[mapping.field] = mapping.constant
        elif mapping.values:
            if value in mapping.values or not mapping.written_only:
                wire.setdefault(mapping.schema, {})[mapping.field] = mapping.values[value]
        else:
            encode = _ENCODERS[mapping.codec]
            wire.setdefault(mapping.schema, {})[mapping.field] = encode(value, app_ids)
    return wire


def from_wire(
    setting: Setting,
    live: Mapping[str, Mapping[str, Any]],
    *,
    system: str,
    platform: str,
    reach: str,
    app_ids: Mapping[str, str] = NO_APPS,
) -> Any | None:
    """The neutral value that `live` ({schema: {field: wire value}}) stands for, or None where no neutral value says it.

    None covers a field that is missing as well as a value that somebody set by hand and that we have no word for.
    """
    found: list[Any] = []
    words: set[str] | None = None
    for mapping in setting.fields_for(system, reach, platform=platform):
        if mapping.written_only:
            continue
        present, wire = _look_up(live, mapping)
        if mapping.has_constant:
            if present and not same_on_wire(mapping, mapping.constant, wire):
                return None
        elif not present:
            return None
        elif mapping.values:
            fitting = _words_for(mapping, wire)
            words = fitting if words is None else words & fitting
        else:
            found.append(_DECODERS[mapping.codec](wire, app_ids))
    if words is not None:
        found.append(next(iter(words)) if len(words) == 1 else None)
    return found[0] if len(found) == 1 else None


def same_on_wire(mapping: FieldMapping, ours: Any, live: Any) -> bool:
    """Whether two wire values of one field mean the same, noise of the vendor's left out.

    int64 values arrive as text; lists of addresses come in any order; enum values are spelled with or without prefix.
    """
    if mapping.type == "enum":
        return isinstance(live, str) and pick_enum(str(ours), [live]) is not None
    if mapping.type == "int":
        return _canonical(_plain(ours)) == _canonical(_plain(live))
    if mapping.compare == "set":
        return isinstance(live, list) and {_canonical(x) for x in ours} == {_canonical(x) for x in live}
    if mapping.compare == "contains":
        return isinstance(live, Mapping) and all(
            key in live and _canonical(value) == _canonical(live[key]) for key, value in ours.items()
        )
    return _canonical(ours) == _canonical(live)


def pick_enum(expected: str, live_values: Iterable[str]) -> str | None:
    """The live enum value that `expected` is a spelling of, or None where there is none or more than one.

    Exact first, then what follows `_ENUM_`, then one being the end of the other at a word boundary. GAM's table cuts
    enums in the last two ways (its function `commonprefix`, read 2026-11-21).
    """
    candidates = list(dict.fromkeys(live_values))
    if expected in candidates:
        return expected
    for fits in (_same_bare, _one_ends_the_other):
        found = [candidate for candidate in candidates if fits(_bare(expected), _bare(candidate))]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _bare(value: str) -> str:
    return value.rpartition("_ENUM_")[2]


def _same_bare(a: str, b: str) -> bool:
    return a == b


def _one_ends_the_other(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    head, boundary, _ = long.rpartition(f"_{short}")
    return bool(boundary) and long.endswith(f"_{short}") and head.rpartition("_")[2] not in NEGATIONS


def _look_up(live: Mapping[str, Mapping[str, Any]], mapping: FieldMapping) -> tuple[bool, Any]:
    fields = live.get(mapping.schema, {})
    return mapping.field in fields, fields.get(mapping.field)


def _words_for(mapping: FieldMapping, wire: Any) -> set[str]:
    if mapping.type != "enum":
        return {word for word, ours in mapping.values.items() if same_on_wire(mapping, ours, wire)}
    # Against all values at once: one live value can be the end of two of ours, and then the longer match is no match.
    picked = pick_enum(wire, (str(ours) for ours in mapping.values.values())) if isinstance(wire, str) else None
    return {word for word, ours in mapping.values.items() if ours == picked}


def _plain(value: Any) -> Any:
    """The number in an int64, which arrives as text, or in a wrapper of one; anything else as it is."""
    if isinstance(value, Mapping) and len(value) == 1:
        (value,) = value.values()
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _bookmarks_out(value: Any, _: Mapping[str, str]) -> dict[str, Any]:
    links = [{"link": {"name": link["name"], "url": link["url"]}} for link in value["links"]]
    return {"toplevelName": value["folder"], "bookmarks": links}


def _bookmarks_in(wire: Any, _: Mapping[str, str]) -> dict[str, Any] | None:
    if not isinstance(wire, Mapping):
        return None
    entries = wire.get("bookmarks", [])
    # Folders within the folder have no neutral word; such a value was made by hand.
    if not all(isinstance(entry, Mapping) and set(entry) == {"link"} for entry in entries):
        return None
    links = [{"name": entry["link"].get("name", ""), "url": entry["link"].get("url", "")} for entry in entries]
    return {"folder": wire.get("toplevelName", ""), "links": links}


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _windows_out(value: Any, _: Mapping[str, str]) -> dict[str, Any]:
    return {"timeRestriction": [_window_out(window) for window in value]}


def _window_out(window: Mapping[str, str]) -> dict[str, Any]:
    start, end = window["from"], window["to"]
    day = DAYS.index(window["day"])
    # A window that ends at or before its beginning runs past midnight.
    end_day = day if end > start else (day + 1) % len(DAYS)
    return {"start": _moment_out(day, start), "end": _moment_out(end_day, end)}


def _moment_out(day: int, clock: str) -> dict[str, Any]:
    hours, minutes = clock.split(":")
    return {"dayOfWeek": DAYS[day].upper(), "hours": int(hours), "minutes": int(minutes)}


def _windows_in(wire: Any, _: Mapping[str, str]) -> list[dict[str, str]] | None:
    if not isinstance(wire, Mapping):
        return None
    entries = wire.get("timeRestriction", [])
    windows = [window for entry in entries if (window := _window_in(entry)) is not None]
    return windows if len(windows) == len(entries) else None


def _window_in(entry: Any) -> dict[str, str] | None:
    if not isinstance(entry, Mapping):
        return None
    start, end = _moment_in(entry.get("start")), _moment_in(entry.get("end"))
    if start is None or end is None:
        return None
    window = {"day": start[0], "from": start[1], "to": end[1]}
    end_day: str = _window_out(window)["end"]["dayOfWeek"]
    return window if end_day == end[0].upper() else None


def _moment_in(moment: Any) -> tuple[str, str] | None:
    if not isinstance(moment, Mapping) or str(moment.get("dayOfWeek", "")).lower() not in DAYS:
        return None
    # Proto3 leaves zeros out, and a minute that is an enum arrives as text.
    hours, minutes = _plain(moment.get("hours", 0)), _plain(moment.get("minutes", 0))
    return str(moment["dayOfWeek"]).lower(), f"{hours:02}:{minutes:02}"


def _wrap(key: str) -> Callable[[Any, Mapping[str, str]], Any]:
    return lambda value, _: {key: value}


def _unwrap_number(wire: Any, _: Mapping[str, str]) -> int | None:
    number = _plain(wire)
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _app_in(wire: Any, app_ids: Mapping[str, str]) -> str | None:
    return next((app for app, identifier in app_ids.items() if identifier == wire), None)


_ENCODERS: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "value": lambda value, _: value,
    "long": _wrap("value"),
    "duration": _wrap("duration"),
    "timezone": _wrap("value"),
    "bookmarks": _bookmarks_out,
    "weekly-windows": _windows_out,
    "app-id": lambda value, app_ids: app_ids[value],
}

_DECODERS: dict[str, Callable[[Any, Mapping[str, str]], Any]] = {
    "value": lambda wire, _: wire,
    "long": _unwrap_number,
    "duration": _unwrap_number,
    "timezone": lambda wire, _: wire.get("value") if isinstance(wire, Mapping) else None,
    "bookmarks": _bookmarks_in,
    "weekly-windows": _windows_in,
    "app-id": _app_in,
}
