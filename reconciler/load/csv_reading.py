"""A spreadsheet's CSV to headings and rows, whatever program wrote it: encoding, separator, quotation marks, empty edges.

Excel writes Windows-1252 or UTF-8 with a byte order mark, semicolons where the comma is for decimals, and sometimes a
first line `sep=;` (Microsoft, "Import or export text files", and Excel 2016 to 365 in Swedish, seen 2026-11). Numbers
writes UTF-8 with commas, LibreOffice what it is told. What the cells mean is not judged here.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position

LARGEST: Final = 2_000_000
"""Bytes; ninety wishes are 50,000."""
MOST_ROWS: Final = 5_000
SEPARATORS: Final = (";", ",", "\t", "|")

_SEEK: Final = 10
"""Rows at the top among which the headings are looked for: above them people write a title and the date."""
_SEPARATOR_LINE: Final = re.compile(r"\"?sep=(.)\"?[;,\t|]*(?:\r\n|\r|\n)", re.IGNORECASE)
_OTHER_FILES: Final = {
    b"PK\x03\x04": "Excel (.xlsx), LibreOffice (.ods), Numbers",
    b"\xd0\xcf\x11\xe0": "Excel (.xls)",
    b"%PDF": "PDF",
}
_MAC_LETTERS: Final = re.compile(rb"[A-Za-z][\x8a\x8c\x9a]|[\x8a\x8c\x9a][a-z]")
_LATIN_LETTERS: Final = re.compile(rb"[\xe5\xe4\xf6\xc5\xc4\xd6]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """`number` as the spreadsheet shows it. Cells are stripped of white space around; there are as many as headings."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSheet:
    """What was read, and what could not be. Places are row and column of the spreadsheet."""

    headings: tuple[str, ...] = ()
    heading_row: int = 1
    rows: tuple[SheetRow, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Unreadable(Exception):  # noqa: N818 - the file's fault
    def __init__(self, code: str, row: int = 1, **values: str) -> None:
        super().__init__(code)
        self.code, self.row, self.values = code, row, values


def read_csv(file: str, data: bytes, is_heading: Callable[[str], bool]) -> CsvSheet:
    """`is_heading` knows the headings that are asked for: they tell the separator and the row that they stand in."""
    try:
        text = _decoded(data)
        skipped = _SEPARATOR_LINE.match(text)
        text = text[skipped.end() :] if skipped else text
        rows, findings = _rows(file, text, _separator(text, skipped[1] if skipped else "", is_heading))
        return _sheet(file, rows, findings, is_heading)
    except _Unreadable as problem:
        return CsvSheet(findings=(_finding(file, problem.code, problem.row, 1, **problem.values),))


def _finding(file: str, code: str, row: int, column: int, **values: str) -> Finding:
    place = Position(file=file, line=row, column=column)
    return Finding(code=code, severity=Severity.ERROR, place=place, values=values)


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise _Unreadable("INTAKE-TOO-LARGE", limit=str(LARGEST // 1_000_000))
    kind = next((name for start, name in _OTHER_FILES.items() if data.startswith(start)), None)
    if kind is not None:
        raise _Unreadable("INTAKE-NOT-CSV", kind=kind)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(data, "utf-16")
    if b"\0" in data:
        raise _Unreadable("INTAKE-ENCODING")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if _MAC_LETTERS.search(data) and not _LATIN_LETTERS.search(data):  # Excel's "CSV (Macintosh)": å would become Œ
        raise _Unreadable("INTAKE-ENCODING")
    return _as(data, "cp1252")


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise _Unreadable("INTAKE-ENCODING") from None


def _separator(text: str, written: str, is_heading: Callable[[str], bool]) -> str:
    """The one that makes most known headings of a row near the top; of equals the one that makes most cells."""
    if written in SEPARATORS:
        return written

    def score(separator: str) -> tuple[int, int]:
        rows = [cells for _, cells in _top(text, separator)]
        return max(((sum(map(is_heading, cells)), len(cells)) for cells in rows), default=(0, 0))

    return max(SEPARATORS, key=score)


def _top(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The first rows, without caring for quotation marks that go wrong."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [cell.strip() for cell in cells]
            if number == _SEEK:
                return
    except csv.Error:  # a cell without end; said when all is read
        yield _SEEK, [cell.strip() for cell in text.partition("\n")[0].split(separator)]


def _rows(file: str, text: str, separator: str) -> tuple[list[SheetRow], list[Finding]]:
    """Row by row: one with broken quotation marks is refused, the next one is read. Empty rows count but aren't given."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[SheetRow] = []
    findings: list[Finding] = []
    number = 0
    while True:
        number += 1
        if len(rows) > MOST_ROWS + 1:  # the headings are a row too
            raise _Unreadable("INTAKE-TOO-MANY-ROWS", number, limit=str(MOST_ROWS))
        try:
            cells = next(reader)
        except StopIteration:
            return rows, findings
        except csv.Error as error:
            if "end of data" in str(error) or "field limit" in str(
                error
            ):  # 131,072 characters: csv's own, for all of us
                return rows, [*findings, _finding(file, "INTAKE-UNCLOSED-QUOTE", number, 1)]
            findings.append(_finding(file, "INTAKE-QUOTE", number, 1))
            continue
        if any(cell.strip() for cell in cells):
            rows.append(SheetRow(number=number, cells=tuple(cell.strip() for cell in cells)))


def _sheet(file: str, rows: Sequence[SheetRow], findings: list[Finding], is_heading: Callable[[str], bool]) -> CsvSheet:
    if not rows:
        raise _Unreadable("INTAKE-EMPTY") if not findings else _Unreadable(findings[0].code, 1)
    top = rows[:_SEEK]
    head = max(top, key=lambda row: (sum(map(is_heading, row.cells)), -row.number))
    if not any(map(is_heading, head.cells)):
        raise _Unreadable(
            "INTAKE-NO-HEADINGS", top[0].number, rows=str(_SEEK)
        )  # what stands there may be somebody's name
    width = max(number for number, cell in enumerate(head.cells, start=1) if cell)
    found: list[SheetRow] = []
    for row in rows[rows.index(head) + 1 :]:
        if any(row.cells[width:]):
            findings.append(_finding(file, "INTAKE-TOO-MANY-CELLS", row.number, width + 1, cells=str(width)))
        else:
            cells = (*row.cells[:width], *[""] * (width - len(row.cells)))
            found.append(SheetRow(number=row.number, cells=cells))
    return CsvSheet(headings=head.cells[:width], heading_row=head.number, rows=tuple(found), findings=tuple(findings))
