"""What pages are made of for the eye: sections with sentences, facts and tables. Plain text; templates escape it."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_TAKEN: Final = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]|index")
"""Names that Windows keeps to itself, whatever the ending (Microsoft, "Naming Files, Paths, and Namespaces", as quoted in
November 2026); and a folder's own page."""


def page_file(name: str) -> str:
    """The page of an app or a school by its id: `kami.html`. The mark that makes a taken name another is in no id."""
    return f"{name}_.html" if _TAKEN.fullmatch(name) else f"{name}.html"


class Written(str):
    """A passage that people wrote, in the organisation's language: a page in another one says so to screen readers."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`href` is relative to the page; `look` is `number` (to the right), `short` (on one line) or empty."""

    text: str
    href: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first cell of a row is its heading."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @property
    def stacks(self) -> bool:
        """Whether a phone shows each row below the other, cell by cell: a table of words does, one of numbers is compared."""
        numbers = sum(cell.look == "number" for cell in self.rows[0]) if self.rows else 0
        return len(self.head) >= 3 and numbers * 2 < len(self.head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading and what is below it, in this order: paragraphs, items, closing paragraphs, facts, tables."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.paragraphs or self.items or self.closing or self.facts or self.tables)


def facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """Only those that have a value."""
    return tuple(Fact(label=label, value=value) for label, value in pairs if value)


def cells(*values: str | int | date | None) -> tuple[Cell, ...]:
    """A row: text, whole numbers as they are, days; nothing is a dash."""
    return tuple(map(_cell, values))


def _cell(value: str | int | date | None) -> Cell:
    if isinstance(value, date):
        return Cell(text=value.isoformat(), look="short")
    if isinstance(value, int):
        return Cell(text=str(value), look="number")
    return Cell(text="–" if value is None else value)
