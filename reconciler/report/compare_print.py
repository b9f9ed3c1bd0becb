"""Candidates side by side as text, Markdown, CSV or a page of HTML. Escapes what it shows. Pure."""

import base64
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from reconciler.report.compare_view import CompareView, one_row_each
from reconciler.report.escape import escape_log
from reconciler.report.sheet import markdown_table, sheet_csv
from reconciler.report.view_markdown import escape

if TYPE_CHECKING:
    from jinja2 import Template

BESIDE: Final = 4
"""Apps in one table of Markdown: more are too narrow to read in a comment, and go into the next table."""

_WIDTH: Final = 100
_TITLES: Final = 26
_TEMPLATES: Final = Path(__file__).parent / "templates"


def compare_text(view: CompareView) -> str:
    """One app after the other: in a terminal that is read more easily than narrow columns."""
    lines = [view.title, *view.intro]
    for number, name in enumerate(view.heads):
        lines += ["", name]
        for title, cells in view.rows:
            lines += _lines(title, cells[number])
    return "".join(f"{escape_log(line)}\n" for line in (*lines, "", *view.notes))


def _lines(title: str, cell: str) -> Iterator[str]:
    """`  Title      words`, folded below themselves."""
    first, *more = wrap(cell, _WIDTH - _TITLES, break_long_words=False, break_on_hyphens=False) or ["–"]
    yield f"  {title.ljust(_TITLES - 3)} {first}" if len(title) < _TITLES - 2 else f"  {title} {first}"
    yield from (f"{' ' * _TITLES}{line}" for line in more)


def compare_markdown(view: CompareView) -> str:
    lines = [f"## {escape(view.title)}", *(line for text in view.intro for line in ("", escape(text)))]
    for start in range(0, len(view.heads), BESIDE):
        some = slice(start, start + BESIDE)
        rows: Sequence[Sequence[str]] = [(title, *cells[some]) for title, cells in view.rows]
        lines += ["", *markdown_table((view.heading, *view.heads[some]), rows)]
    lines += [line for note in view.notes for line in ("", escape(note))]
    return "".join(f"{line}\n" for line in lines)


def compare_csv(view: CompareView, lang: str) -> str:
    return sheet_csv(one_row_each(view), lang)


def compare_html(view: CompareView, lang: str) -> str:
    """A whole page that needs nothing else and runs nothing."""
    style = _style()
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return _template().render(view=view, lang=lang, style=style, style_hash=digest) + "\n"


@cache
def _style() -> str:
    return (_TEMPLATES / "compare.css").read_text("utf-8")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415, RUF100 - only pages need it

    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=False)
    return environment.from_string((_TEMPLATES / "compare.html.j2").read_text("utf-8"))
