"""What can be said where: settings and apps by platform and system, how many groups have it, and what passes groups by. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.compile.fitting import MODES, Reaches
from reconciler.model.desired import DesiredState, GroupState, SkippedWish
from reconciler.model.system import settings_system
from reconciler.settings.table import Install, Setting, SettingsTable, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One platform under one system of the settings table (empty where none is known), with its backends and groups here."""

    platform: str
    system: str
    backends: tuple[str, ...]
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCell:
    """One setting in one column.

    `reaches` is empty where it doesn't exist; `why` says why not (None: another system has it on this platform).
    `why_values`: words that can't be said there. `groups` have it; it passed `skipped` groups by.
    """

    setting: str
    area: str
    platform: str
    system: str
    reaches: Reaches
    groups: int
    skipped: int
    why: Text | None
    why_values: Mapping[str, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRow:
    """Kinds of identifier that can be had in the same ways. `reaches` and `why` by mode; `removal`: when the line goes."""

    platform: str
    system: str
    identifiers: tuple[str, ...]
    reaches: Mapping[str, Reaches]
    removal: str
    why: Mapping[str, Text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    columns: tuple[Column, ...]
    cells: tuple[CoverageCell, ...]
    apps: tuple[AppRow, ...]
    skipped: tuple[SkippedWish, ...]


def coverage(state: DesiredState, table: SettingsTable, kinds: Mapping[str, str] | None = None) -> Coverage:
    """Every setting in every column that the table or a group knows; every way to have an app; all skipped wishes.

    kinds: backend → kind of system. A backend that is not in it counts for the only system that its platform has. Of a
    platform that several systems have, only those are told of that a backend is of, unless none is.
    """
    known = {(field.platform, field.system) for setting in table.settings.values() for field in setting.fields}
    known |= {(way.platform, settings_system(way.system)) for way in table.installs}
    known = _in_use(known, {settings_system(kind) for kind in (kinds or {}).values()})
    column_of = {key: _column_of(one, known, kinds or {}) for key, one in state.groups.items()}
    columns = sorted(known | set(column_of.values()), key=_place)
    has = Counter((name, column_of[key]) for key, one in state.groups.items() for name in one.effective.settings)
    past = Counter((skip.wish.partition(":")[0], column_of[skip.group]) for skip in state.skipped)
    return Coverage(
        columns=tuple(_column(column, state, column_of) for column in columns),
        cells=tuple(
            _cell(table, setting, column, has[setting.id, column], past[setting.id, column])
            for setting in table.settings.values()
            for column in columns
        ),
        apps=tuple(row for row in _app_rows(table) if (row.platform, settings_system(row.system)) in columns),
        skipped=state.skipped,
    )


def _in_use(known: set[tuple[str, str]], used: set[str]) -> set[tuple[str, str]]:
    platforms_used = {platform for platform, system in known if system in used}
    return {(platform, system) for platform, system in known if system in used or platform not in platforms_used}


_ORDER = ("chromeos", "ipados", "macos", "windows", "android")


def _place(column: tuple[str, str]) -> tuple[int, str, str]:
    platform, system = column
    return _ORDER.index(platform) if platform in _ORDER else len(_ORDER), platform, system


def _column_of(one: GroupState, known: set[tuple[str, str]], kinds: Mapping[str, str]) -> tuple[str, str]:
    platform = one.group.platform
    systems = sorted(system for place, system in known if place == platform)
    kind = kinds.get(one.backend, "")
    return platform, settings_system(kind) or (systems[0] if len(systems) == 1 else "")


def _column(column: tuple[str, str], state: DesiredState, column_of: Mapping[str, tuple[str, str]]) -> Column:
    keys = [key for key, found in column_of.items() if found == column]
    return Column(
        platform=column[0],
        system=column[1],
        backends=tuple(sorted({state.groups[key].backend for key in keys} - {""})),
        groups=len(keys),
    )


def _cell(table: SettingsTable, setting: Setting, column: tuple[str, str], groups: int, skipped: int) -> CoverageCell:
    platform, system = column
    covered = {field.reach for field in setting.fields if (field.platform, field.system) == column}
    return CoverageCell(
        setting=setting.id,
        area=setting.area,
        platform=platform,
        system=system,
        # The setting's own order: the first is where a wish goes.
        reaches=tuple(reach for reach in setting.reach.get(platform, ()) if reach in covered),
        groups=groups,
        skipped=skipped,
        why=table.why_lacking(setting.id, platform, system),
        why_values=setting.values_lacking(platform, system) if covered else {},
    )


def _app_rows(table: SettingsTable) -> tuple[AppRow, ...]:
    """Identifiers that become one type of the vendor's, in the same ways, stand together, in the table's order."""
    ways: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    first: dict[tuple[str, str, str], Install] = {}
    for way in table.installs:
        for identifier in way.identifiers:
            key = (way.platform, way.system, identifier)
            ways.setdefault(key, {}).setdefault(way.mode, []).append(way.reach)
            first.setdefault(key, way)
    alike: dict[tuple[str, ...], list[tuple[str, str, str]]] = {}
    for key, modes in ways.items():
        profile = (*key[:2], first[key].schema, *("/".join(modes.get(mode, ())) for mode in MODES))
        alike.setdefault(profile, []).append(key)
    rows = [_app_row(table, first[keys[0]], ways[keys[0]], [key[2] for key in keys]) for keys in alike.values()]
    return tuple(sorted(rows, key=lambda row: _place((row.platform, row.system))))


def _app_row(table: SettingsTable, first: Install, modes: Mapping[str, list[str]], names: list[str]) -> AppRow:
    lacking = table.ways_lacking.get(first.system, {})
    return AppRow(
        platform=first.platform,
        system=first.system,
        identifiers=tuple(names),
        reaches={mode: tuple(modes.get(mode, ())) for mode in MODES},
        removal=first.removal,
        why={mode: lacking[mode] for mode in MODES if mode not in modes and mode in lacking},
    )
