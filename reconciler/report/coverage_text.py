"""What each setting and app can reach, and which wishes pass groups by, as tables of 100 columns. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from reconciler.compile.coverage import Coverage
from reconciler.model.desired import SkippedWish
from reconciler.model.place import Locate
from reconciler.report.coverage_view import CoverageView, Row, legend, view_coverage
from reconciler.report.desired_text import origin_words
from reconciler.report.page import WIDTH, Page, plain
from reconciler.report.words import Words, first_of, shorten
from reconciler.settings.table import load_settings

NAME, SHORTEST = 36, 20
"""Columns for a setting's name: with its id (26) and four platforms that makes a line of 100; where there are more, fewer."""
SKIPPED_SHOWN = 12
"""Groups that one line passes by, before the rest is counted."""


def coverage_text(coverage: Coverage, words: Words, locate: Locate, *, width: int = WIDTH) -> str:
    page = Page(width=width)
    view = view_coverage(coverage, load_settings(), words)
    page.write(plain(words.say("COVERAGE-TITLE"), "title"))
    page.write(plain(legend(words), "quiet"))
    for sentence in view.groups:
        page.write(plain(sentence), indent=2, hang=4)
    page.gap()
    page.verbatim("\n".join(_settings(view)), 0)
    _write_apps(page, view, words)
    _write_reasons(page, view, words)
    if coverage.skipped:
        page.gap()
        page.write(plain(words.say("SKIPPED-TITLE"), "title"))
        write_skipped(page, coverage.skipped, words, locate)
    return page.text()


def _settings(view: CoverageView) -> Iterator[str]:
    """One width for all areas, so that the platforms stand under each other all the way down."""
    rows = [row for _, rows in view.settings for row in rows]
    others = _widths([row[1:] for row in [*view.heads, *rows]])
    name = max(SHORTEST, min(NAME, WIDTH - sum(others) - 2 * len(others)))
    widths = _widths([*view.heads, *(_short(row, name) for row in rows)])
    for head in view.heads:
        yield _line(head, widths)
    for area, some in view.settings:
        yield ""
        yield area
        for row in some:
            yield _line(_short(row, name), widths)


def _short(row: Row, width: int) -> Row:
    return (shorten(f"  {row[0]}", width), *row[1:])


def _write_apps(page: Page, view: CoverageView, words: Words) -> None:
    page.gap()
    page.write(plain(words.say("COVERAGE-APPS-TITLE"), "title"))
    page.write(plain(words.say("COVERAGE-APPS-INTRO"), "quiet"))
    page.gap()
    widths = _widths([view.app_head, *view.apps])
    page.verbatim("\n".join(_line(row, widths) for row in [view.app_head, *view.apps]), 0)


def _write_reasons(page: Page, view: CoverageView, words: Words) -> None:
    page.gap()
    page.write(plain(words.say("COVERAGE-WHY-TITLE"), "title"))
    for number, reason in enumerate(view.reasons, 1):
        page.write(plain(f"{number:>3}  {reason}"), hang=5)
    for value in view.values:
        page.write(plain(f"  {value}"), hang=5)


def _widths(rows: Sequence[Row]) -> list[int]:
    return [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]


def _line(row: Row, widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def write_skipped(page: Page, skipped: Iterable[SkippedWish], words: Words, locate: Locate) -> None:
    """By line: the wish, and the groups that it passes by."""
    for one in skipped_lines(skipped, words, locate):
        page.write(plain(one[0]), indent=2, hang=4)
        page.write(plain(one[1], "quiet"), indent=6)


def skipped_lines(skipped: Iterable[SkippedWish], words: Words, locate: Locate) -> Iterator[tuple[str, str]]:
    """Sentence and origin of each line that passes groups by."""
    by_line: dict[tuple[str, str, str], list[str]] = {}
    for one in skipped:
        line = origin_words((one.origin,), words, locate)
        by_line.setdefault((one.wish, one.reach, line), []).append(one.group)
    for (wish, reach, line), groups in by_line.items():
        shown, more = first_of(groups, SKIPPED_SHOWN)
        names = ", ".join(shown) + (f" {words.say('MORE', n=words.number(more))}" if more else "")
        # Without a reach it is a setting, or a word of one, that the groups' platform lacks.
        code = "SKIPPED-WISH" if reach else "COVERAGE-SKIPPED"
        yield words.say(code, wish=wish, group=names, reach=reach), line
