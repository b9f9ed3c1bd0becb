"""Lists of serial numbers in CSV, as spreadsheets in Swedish save them: `;` or `,`, with or without a mark of UTF-8."""

import io
from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.load.characters import decode, hidden, is_shown, not_utf8
from reconciler.load.faults import Faults
from reconciler.model.place import Pointer, Position

_COLUMN: Final = "serial"
# What a spreadsheet leaves of `5E1234567` and of long digits once it has taken them for numbers.
_MANGLED: Final = ("E+", "e+")


def read_serials(file: str, inventories: Mapping[str, bytes], at: Pointer, faults: Faults) -> tuple[str, ...]:
    """The serial numbers in an inventory file, in its order. What is wrong is a fault at `at`, the line that names the file."""
    data = inventories.get(file)
    if data is None:
        faults.error("INVENTORY-MISSING", at, inventory=file)
        return ()
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        faults.found.append(not_utf8(file, data, error))
        return ()
    return tuple(_serials(file, text, faults))


def _serials(file: str, text: str, faults: Faults) -> Iterator[str]:
    head = text.split("\n", 1)[0]
    delimiter = ";" if ";" in head else ","
    names = [name.strip().strip('"').lower() for name in head.split(delimiter)]
    if _COLUMN not in names:
        faults.error("INVENTORY-NO-COLUMN", Position(file=file, line=1, column=1), column=_COLUMN)
        return
    column = names.index(_COLUMN)
    seen: dict[str, int] = {}
    for number, row in _rows(file, text, delimiter, faults):
        serial = row[column].strip() if column < len(row) else ""
        place = Position(file=file, line=number, column=1)
        if any(mark in serial for mark in _MANGLED) or (not is_shown(serial) and hidden().search(serial)):
            faults.error("INVENTORY-SERIAL", place)
        elif serial in seen:
            faults.warn("INVENTORY-TWICE", place, first=str(seen[serial]))
        elif serial:
            seen[serial] = number
            yield serial


def _rows(file: str, text: str, delimiter: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """The rows below the heading with the numbers of their lines."""
    import csv  # noqa: PLC0415, RUF100 - only where there is an inventory

    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for number, row in enumerate(reader):
            if number:
                yield reader.line_num, row
    except csv.Error as error:
        place = Position(file=file, line=reader.line_num or 1, column=1)
        faults.error("INVENTORY-UNREADABLE", place, problem=str(error))
