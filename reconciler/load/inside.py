"""Places inside a scalar: an expression counts its own lines and columns, and the reader wants those of the file."""

import re
from typing import Final

from yaml.nodes import ScalarNode

from reconciler.load.sources import Sources
from reconciler.model.place import Pointer, Position

_ESCAPE: Final = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|''", re.DOTALL)


def position_inside(sources: Sources, pointer: Pointer, line: int, column: int) -> Position:
    """Line and column (both from 1) of a scalar's own text → those of the file; the scalar's beginning where they lead out of it.

    YAML may fold lines, indent them and escape characters, but it keeps every character that is no blank, in order. So
    the place is found by counting those.
    """
    start = sources(pointer)
    node = sources.node(pointer)
    if not isinstance(node, ScalarNode):
        return start
    rows = node.value.split("\n")
    if not 0 < line <= len(rows):
        return start
    before = "".join(rows[: line - 1]) + rows[line - 1][: column - 1]
    count, last = _solid(before), _solid(node.value) - 1
    if count <= last:
        return _place_of(sources.lines(pointer.file), node, count, start)
    end = _place_of(sources.lines(pointer.file), node, last, start)
    return Position(file=end.file, line=end.line, column=end.column + 1)


def _solid(text: str) -> int:
    """Characters that are no blanks."""
    return len(re.sub(r"\s", "", text))


def _place_of(lines: list[str], node: ScalarNode, count: int, start: Position) -> Position:
    """Where the character stands that `count` others come before, blanks not counted."""
    row, column = node.start_mark.line, node.start_mark.column
    if node.style in ("|", ">"):
        row, column = row + 1, 0
    elif node.style:
        column += 1
    while row < len(lines):
        for index, length in _characters(lines[row], column, str(node.style or "")):
            if count == 0:
                return Position(file=start.file, line=row + 1, column=index + 1)
            count -= 1
            column = index + length
        row, column = row + 1, 0
    return start


def _characters(line: str, column: int, style: str) -> list[tuple[int, int]]:
    """Index and length of every character of the line that is no blank; an escaped one counts as one."""
    found = []
    index = column
    while index < len(line):
        escaped = _ESCAPE.match(line, index) if line[index] == {'"': "\\", "'": "'"}.get(style) else None
        length = len(escaped.group()) if escaped else 1
        if not line[index].isspace():
            found.append((index, length))
        index += length
    return found
