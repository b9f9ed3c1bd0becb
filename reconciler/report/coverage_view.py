"""The coverage as tables of words, the same for text and Markdown: settings by area, apps, and the reasons numbered. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.compile.coverage import AppRow, Coverage, CoverageCell
from reconciler.compile.fitting import MODES, Reaches
from reconciler.report.naming import label
from reconciler.report.words import Words
from reconciler.settings.table import SettingsTable, Text

NONE = "–"
Row = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageView:
    """`settings`: an area's name and its rows; each row has as many cells as `heads`. `groups`: a sentence per platform.

    `reasons` are numbered from 1 in this order; `values` tell of words that a platform lacks.
    """

    heads: tuple[Row, Row]
    settings: tuple[tuple[str, tuple[Row, ...]], ...]
    app_head: Row
    apps: tuple[Row, ...]
    groups: tuple[str, ...]
    reasons: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(slots=True)
class Reasons:
    """Numbers by order of first mention: the same few reasons hold for many settings."""

    words: Words
    numbers: dict[str, int] = field(default_factory=dict)

    def cite(self, why: Text | None) -> str:
        said = label(why, self.words) if why else self.words.say("COVERAGE-OTHER-SYSTEM")
        return f"{NONE}{self.numbers.setdefault(said, len(self.numbers) + 1)}"


def view_coverage(coverage: Coverage, table: SettingsTable, words: Words) -> CoverageView:
    reasons = Reasons(words)
    shown = _shown_columns(coverage)
    heads = (
        (words.say("COVERAGE-SETTING"), words.say("COVERAGE-ID"), *(platform for platform, _ in shown)),
        ("", "", *(system or NONE for _, system in shown)),
    )
    return CoverageView(
        heads=heads,
        settings=tuple(_areas(coverage, table, words, shown, reasons)),
        app_head=(
            words.say("COVERAGE-PLATFORM"),
            words.say("COVERAGE-SYSTEM"),
            words.say("COVERAGE-KIND"),
            *MODES,
            words.say("COVERAGE-REMOVAL"),
        ),
        apps=tuple(_app_row(row, words, reasons) for row in coverage.apps),
        groups=tuple(_groups(coverage, table, words, shown)),
        reasons=tuple(reasons.numbers),
        values=tuple(_values(coverage.cells, words)),
    )


def legend(words: Words) -> str:
    return words.say(
        "COVERAGE-LEGEND",
        user=words.say("COVERAGE-USER"),
        device=words.say("COVERAGE-DEVICE"),
        guest=words.say("COVERAGE-MANAGED-GUEST"),
        kiosk=words.say("COVERAGE-KIOSK"),
    )


def _shown_columns(coverage: Coverage) -> tuple[tuple[str, str], ...]:
    """A column in which no setting exists and that no group is in would be the same reason ninety times."""
    full = {(cell.platform, cell.system) for cell in coverage.cells if cell.reaches or cell.groups}
    full |= {(one.platform, one.system) for one in coverage.columns if one.groups}
    return tuple((one.platform, one.system) for one in coverage.columns if (one.platform, one.system) in full)


def _areas(
    coverage: Coverage, table: SettingsTable, words: Words, shown: Sequence[tuple[str, str]], reasons: Reasons
) -> Iterator[tuple[str, tuple[Row, ...]]]:
    cells = {(cell.setting, cell.platform, cell.system): cell for cell in coverage.cells}
    for area in dict.fromkeys(cell.area for cell in coverage.cells):
        rows = [
            (
                label(setting.label, words),
                setting.id,
                *(_cell(cells[setting.id, *one], words, reasons) for one in shown),
            )
            for setting in table.settings.values()
            if setting.area == area
        ]
        yield words.say(f"COVERAGE-AREA-{area.upper().replace('_', '-')}"), tuple(rows)


def _cell(cell: CoverageCell, words: Words, reasons: Reasons) -> str:
    if not cell.reaches:
        return reasons.cite(cell.why)
    count = f" {words.number(cell.groups)}" if cell.groups else ""
    return f"{_letters(cell.reaches, words)}{'*' if cell.why_values else ''}{count}"


def _letters(reaches: Reaches, words: Words) -> str:
    return "".join(words.say(f"COVERAGE-{reach.upper()}") for reach in dict.fromkeys(reaches))


def _app_row(row: AppRow, words: Words, reasons: Reasons) -> Row:
    ways = [
        _letters(row.reaches[mode], words) or (reasons.cite(row.why[mode]) if mode in row.why else NONE)
        for mode in MODES
    ]
    removal = words.say(f"COVERAGE-{row.removal.upper()}")
    return (row.platform, row.system, ", ".join(row.identifiers), *ways, removal)


def _groups(coverage: Coverage, table: SettingsTable, words: Words, shown: Sequence[tuple[str, str]]) -> Iterator[str]:
    for one in coverage.columns:
        if one.groups:
            backends = words.join(one.backends) or words.say("COVERAGE-NO-BACKEND")
            many = "ONE" if one.groups == 1 else "MANY"
            count = words.number(one.groups)
            yield words.say(f"COVERAGE-GROUPS-{many}", platform=one.platform, n=count, backends=backends)
        if (one.platform, one.system) not in shown and one.platform in table.general_lack:
            why = label(table.general_lack[one.platform], words)
            yield words.say("COVERAGE-NO-SETTINGS", platform=one.platform, why=why)


def _values(cells: Iterable[CoverageCell], words: Words) -> Iterator[str]:
    found: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        for word, why in cell.why_values.items():
            found.setdefault((f"{cell.setting}: {word}", label(why, words)), []).append(cell.platform)
    for (wish, reason), platforms in found.items():
        yield words.say("COVERAGE-VALUE", wish=wish, platforms=words.join(platforms), why=reason)
