"""A table of words as text, Markdown, CSV: what is said once is shown in whatever form was asked for. Escapes what it shows. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.report.escape import csv_cell, escape_log
from reconciler.report.view_markdown import escape

Row: TypeAlias = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`head` has a word for every column; each row has as many cells. Notes stand below. Everything is unescaped."""

    title: str
    head: Row
    rows: Sequence[Row]
    notes: Sequence[str] = ()


def sheet_text(sheet: Sheet) -> str:
    """Columns as wide as their widest cell."""
    rows = [[escape_log(cell) for cell in row] for row in (sheet.head, *sheet.rows)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(sheet.head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    title = [escape_log(sheet.title), ""] if sheet.title else []
    notes = ["", *map(escape_log, sheet.notes)] if sheet.notes else []
    return "".join(f"{line}\n" for line in (*title, *lines, *notes))


def sheet_markdown(sheet: Sheet, level: int = 2) -> str:
    title = [f"{'#' * level} {escape(sheet.title)}", ""] if sheet.title else []
    notes = [line for note in sheet.notes for line in ("", escape(note))]
    return "".join(f"{line}\n" for line in (*title, *markdown_table(sheet.head, sheet.rows), *notes))


def markdown_table(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    yield f"| {' | '.join(escape(cell) for cell in head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escape(cell) for cell in row)} |"


def sheet_csv(sheet: Sheet, lang: str) -> str:
    """As the spreadsheets of the language open it with a double click: a semicolon between cells in Swedish, a comma in English.

    Begins with a byte order mark: without one Excel takes UTF-8 for Windows-1252. Title and notes are left out, for a
    program that reads the file expects headings in its first row.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if lang == "sv" else ",", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([csv_cell(cell) for cell in row] for row in (sheet.head, *sheet.rows))
    return f"\ufeff{out.getvalue()}"
