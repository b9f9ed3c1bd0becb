"""Where something stands in a file: exactly (line and column), or by its path in the document.

Documents carry *pointers*; a line number is looked up only for what is shown (a finding, the reason of a change),
because keeping a mark for each of a million nodes costs more than reading the few files again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from reconciler.model.slotted import dataclass

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """A place in a text file; `file` is relative to the repository's root, with `/`; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A node of a document: the keys and indexes that lead to it from the top.

    `on_key` points at the key itself instead of its value (an unknown key, a duplicate).
    """

    file: str
    path: Path = ()
    on_key: bool = False

    def child(self, *steps: str | int) -> "Pointer":
        return Pointer(file=self.file, path=(*self.path, *steps))


Place: TypeAlias = Position | Pointer
Locate: TypeAlias = Callable[[Place], Position]
