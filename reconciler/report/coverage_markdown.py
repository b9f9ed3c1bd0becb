"""The coverage as Markdown tables, one per area of settings, one for apps. Pure."""

from collections.abc import Iterator

from reconciler.compile.coverage import Coverage
from reconciler.model.place import Locate
from reconciler.report.coverage_text import skipped_lines
from reconciler.report.coverage_view import CoverageView, Row, legend, view_coverage
from reconciler.report.view_markdown import escape
from reconciler.report.words import Words
from reconciler.settings.table import load_settings


def coverage_markdown(coverage: Coverage, words: Words, locate: Locate) -> str:
    view = view_coverage(coverage, load_settings(), words)
    lines = [f"### {escape(words.say('COVERAGE-TITLE'))}", "", escape(legend(words)), ""]
    lines += [f"- {escape(sentence)}" for sentence in view.groups]
    for area, rows in view.settings:
        lines += ["", f"#### {escape(area)}", "", *_table(_heads(view), rows)]
    lines += ["", f"### {escape(words.say('COVERAGE-APPS-TITLE'))}", "", escape(words.say("COVERAGE-APPS-INTRO")), ""]
    lines += _table(view.app_head, view.apps)
    lines += ["", f"### {escape(words.say('COVERAGE-WHY-TITLE'))}", ""]
    lines += [f"{number}. {escape(reason)}" for number, reason in enumerate(view.reasons, 1)]
    lines += ["", *(f"- {escape(value.removeprefix('* '))}" for value in view.values)] if view.values else []
    if coverage.skipped:
        lines += ["", f"### {escape(words.say('SKIPPED-TITLE'))}", ""]
        lines += [f"- {escape(wish)} ({escape(line)})" for wish, line in skipped_lines(coverage.skipped, words, locate)]
    return "\n".join(lines) + "\n"


def _heads(view: CoverageView) -> Row:
    """Markdown has one line of headings: `ipados (intune)`."""
    return [f"{name} ({system})" if system else name for name, system in zip(*view.heads, strict=True)]


def _table(head: Row, rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"| {' | '.join(escape(cell) for cell in head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escape(cell) for cell in row)} |"
