"""The tables of `check` for a terminal. Pure."""

from collections.abc import Iterable

from reconciler.report.check_view import Row, Table
from reconciler.report.escape import escape_log


def check_text(tables: Iterable[Table]) -> str:
    """Tables that have no rows are left out."""
    return "".join(f"\n{_table(table)}" for table in tables if table.rows)


def _table(table: Table) -> str:
    widths = [max(len(row[n]) for row in (table.head, *table.rows)) for n in range(len(table.head))]
    lines = [table.title, *(_line(row, widths) for row in (table.head, *table.rows))]
    lines += [table.note] if table.note else []
    return "".join(f"{escape_log(line)}\n" for line in lines)


def _line(row: Row, widths: list[int]) -> str:
    """Names to the left, numbers to the right."""
    numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join((f"  {row[0].ljust(widths[0])}", *numbers))
