"""What each setting can reach and which wishes pass groups by, as a table. Pure."""

from collections.abc import Iterable, Sequence

from reconciler.compile.coverage import Coverage, CoverageCell
from reconciler.model.desired import SkippedWish
from reconciler.model.place import Locate
from reconciler.report.desired_text import origin_words
from reconciler.report.naming import label
from reconciler.report.page import WIDTH, Page, plain
from reconciler.report.words import Words, first_of
from reconciler.settings.table import load_settings

COLUMNS = ("SETTING", "PLATFORM", "REACHES", "GROUPS", "PAST")
SKIPPED_SHOWN = 12
"""Groups that one line passes by, before the rest is counted."""


def coverage_text(coverage: Coverage, words: Words, locate: Locate, *, width: int = WIDTH) -> str:
    page = Page(width=width)
    page.write(plain(words.say("COVERAGE-TITLE"), "title"))
    page.write(plain(words.say("COVERAGE-INTRO"), "quiet"))
    page.gap()
    page.verbatim("\n".join(_table([_row(cell, words) for cell in coverage.cells], words)), 0)
    if coverage.skipped:
        page.gap()
        page.write(plain(words.say("SKIPPED-TITLE"), "title"))
        write_skipped(page, coverage.skipped, words, locate)
    return page.text()


def _row(cell: CoverageCell, words: Words) -> Sequence[str]:
    known = load_settings().settings.get(cell.setting)
    reaches = ", ".join(words.say(f"REACH-{reach.upper()}") for reach in cell.reaches)
    return (
        label(known.label, words) if known else cell.setting,
        cell.platform,
        reaches or words.say("COVERAGE-NONE"),
        words.number(cell.groups),
        words.number(cell.skipped) if cell.skipped else "",
    )


def _table(rows: Sequence[Sequence[str]], words: Words) -> Iterable[str]:
    """Columns as wide as their widest cell."""
    head = [words.say(f"COLUMN-{name}") for name in COLUMNS]
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(COLUMNS))]
    for row in [head, ["-" * one for one in widths], *rows]:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def write_skipped(page: Page, skipped: Iterable[SkippedWish], words: Words, locate: Locate) -> None:
    """By line: the wish, and the groups that it passes by."""
    by_line: dict[tuple[str, str, str], list[str]] = {}
    for one in skipped:
        line = origin_words((one.origin,), words, locate)
        by_line.setdefault((one.wish, one.reach, line), []).append(one.group)
    for (wish, reach, line), groups in by_line.items():
        shown, more = first_of(groups, SKIPPED_SHOWN)
        names = ", ".join(shown) + (f" {words.say('MORE', n=words.number(more))}" if more else "")
        page.write(plain(words.say("SKIPPED-WISH", wish=wish, group=names, reach=reach)), indent=2, hang=4)
        page.write(plain(line, "quiet"), indent=6)
