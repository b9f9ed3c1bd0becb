"""What the settings table can do where, how many groups have it, and which wishes pass groups by. Pure data."""

from collections import Counter
from dataclasses import dataclass

from reconciler.compile.fitting import Reaches, setting_reaches
from reconciler.model.desired import DesiredState, SkippedWish
from reconciler.settings.table import SettingsTable


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCell:
    """One setting on one platform. `reaches` is empty where it doesn't exist; counts are of groups on that platform."""

    setting: str
    platform: str
    reaches: Reaches
    groups: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    cells: tuple[CoverageCell, ...]
    skipped: tuple[SkippedWish, ...]


def coverage(state: DesiredState, table: SettingsTable) -> Coverage:
    """Every setting on every platform that the table or a group knows, sorted; and all skipped wishes."""
    platform_of = {key: one.group.platform for key, one in state.groups.items()}
    platforms = {platform for setting in table.settings.values() for platform in setting.reach}
    has = Counter((name, platform_of[key]) for key, one in state.groups.items() for name in one.effective.settings)
    skipped = Counter((skip.wish, platform_of[skip.group]) for skip in state.skipped)
    cells = [
        CoverageCell(
            setting=name,
            platform=platform,
            reaches=setting_reaches(table, name, platform),
            groups=has[name, platform],
            skipped=skipped[name, platform],
        )
        for name in sorted(table.settings)
        for platform in sorted(platforms | set(platform_of.values()))
    ]
    return Coverage(cells=tuple(cells), skipped=state.skipped)
