"""The lines that look the same in every layer: apps, settings, raw keys, dates, user targets."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.model.documents import AppLine, DatedValue, RawLine, SettingLine, Span, UserTargets, Wishes
from reconciler.model.place import Pointer

Data: TypeAlias = Mapping[str, Any]
"""A mapping that its schema has accepted."""

ALWAYS: Final = Span()
NOTHING: Final = Wishes()
_MODES: Final = ("required", "available", "blocked", "absent", "inherit")


def wishes(data: Data, at: Pointer, faults: Faults) -> Wishes:
    """The keys `apps`, `settings` and `raw` of a layer at `at`."""
    if "apps" not in data and "settings" not in data and "raw" not in data:
        return NOTHING
    return Wishes(
        apps=tuple(_apps(data.get("apps", {}), at, faults)),
        settings=tuple(_settings(data.get("settings", {}), at, faults)),
        raw=tuple(_raw(data.get("raw", {}), at)),
    )


def _apps(apps: Data, at: Pointer, faults: Faults) -> Iterator[AppLine]:
    for mode in _MODES:
        for number, line in enumerate(apps.get(mode, ())):
            place = below(at, "apps", mode, number)
            if isinstance(line, str):
                yield AppLine(app=line, mode=mode, at=place)
            else:
                yield _app(line, mode, place, faults)


def _app(line: Data, mode: str, place: Pointer, faults: Faults) -> AppLine:
    return AppLine(
        app=line["app"],
        mode=mode,
        session=line.get("as", "user"),
        pinned=line.get("pin", False),
        span=span(line, place, faults),
        at=place,
    )


def _settings(settings: Data, at: Pointer, faults: Faults) -> Iterator[SettingLine]:
    for name, value in settings.items():
        place = below(at, "settings", name)
        if isinstance(value, dict) and "dated" in value:
            values = tuple(_dated(value["dated"], place, faults))
        else:
            values = (DatedValue(value=value, span=ALWAYS, at=place),)
        yield SettingLine(setting=name, values=values, at=place)


def _dated(values: list[Data], place: Pointer, faults: Faults) -> Iterator[DatedValue]:
    for number, one in enumerate(values):
        at = below(place, "dated", number)
        yield DatedValue(value=one["value"], span=span(one, at, faults), at=at)


def _raw(raw: Data, at: Pointer) -> Iterator[RawLine]:
    for system, lines in raw.items():
        for number, line in enumerate(lines):
            yield RawLine(
                system=system,
                schema=line["schema"],
                fields=line["fields"],
                reach=line.get("reach", "device"),  # only where a system's keys reach users too is it asked for
                at=below(at, "raw", system, number),
            )


def span(data: Data, at: Pointer, faults: Faults) -> Span:
    """`from`, `until` and `rings` of a line; a date that is no day, or an end before the start, is a fault."""
    if "from" not in data and "until" not in data and "rings" not in data:
        return ALWAYS
    start, end = day(data, "from", at, faults), day(data, "until", at, faults)
    if start and end and end < start:
        faults.error("DATES-REVERSED", below(at, "until"), start=start.isoformat(), end=end.isoformat())
    rings = data.get("rings", {})
    dates = {ring: day(rings, ring, below(at, "rings"), faults) for ring in rings}
    return Span(start=start, end=end, rings={ring: first for ring, first in dates.items() if first})


def day(data: Data, key: str, at: Pointer, faults: Faults) -> date | None:
    """The day under `key`, or None where there is none or where it is no day of the calendar (which is a fault)."""
    text = data.get(key)
    if text is None:
        return None
    found = parse_day(text)
    if found is None:
        faults.error("NO-SUCH-DAY", below(at, key), date=text, near=_last_of_month(text))
    return found


def _last_of_month(text: str) -> str:
    """`2026-02-28` for `2026-02-30`; empty where not even the month is there."""
    first = parse_day(f"{text[:7]}-01") if len(text) == 10 else None
    return first.replace(day=monthrange(first.year, first.month)[1]).isoformat() if first else ""


@lru_cache(maxsize=4096)
def parse_day(text: str) -> date | None:
    """`2026-11-21` and nothing else that Python would take (`20261121`, `2026-W47-6`)."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def users(data: Data, at: Pointer) -> UserTargets:
    return UserTargets(
        org_units=tuple(data.get("org_units", ())),
        directory_groups=tuple(
            data.get("directory_groups", (data["directory_group"],) if "directory_group" in data else ())
        ),
        owns=data.get("owns", "listed"),
        at=at,
    )


def users_by_audience(data: Data, at: Pointer) -> Mapping[str, UserTargets]:
    return {audience: users(one, below(at, audience)) for audience, one in data.items()}
