"""What differs, for a terminal or a log, and as Markdown for an issue or a summary. Pure."""

from collections.abc import Sequence

from reconciler.planning.drift import Drift
from reconciler.report.drift_view import drift_views
from reconciler.report.page import WIDTH, Line
from reconciler.report.view_markdown import LIMIT, ROOM_FOR_MARKER, view_markdown
from reconciler.report.view_text import text_of, view_lines
from reconciler.report.words import words_of


def drift_lines(
    drift: Drift, lang: str | None = None, *, width: int = WIDTH, everything: bool = False
) -> Sequence[Line]:
    """Lines of styled spans, one system after the other."""
    words = words_of(lang, drift.language)
    lines: list[Line] = []
    for number, view in enumerate(drift_views(drift, words)):
        lines += [Line()] if number else []
        lines += view_lines(view, words, width=width, everything=everything, see_all="reconciler drift --all")
    return lines


def drift_text(drift: Drift, lang: str | None = None) -> str:
    """The same without styles."""
    return text_of(drift_lines(drift, lang))


def drift_markdown(drift: Drift, lang: str | None = None, *, limit: int = LIMIT - ROOM_FOR_MARKER) -> str:
    """At most `limit` characters for all systems together; an issue is about one, so that it is given a drift of one."""
    words = words_of(lang, drift.language)
    views = drift_views(drift, words)
    share = limit // max(len(views), 1)
    return "\n".join(view_markdown(view, words, command="reconciler drift", limit=share - 1) for view in views)
