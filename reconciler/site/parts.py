"""What pages are made of for the eye: sections with sentences, facts and tables. Plain text; templates escape it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`href` is relative to the page; `number` aligns to the right."""

    text: str
    href: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first cell of a row is its heading."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading and what is below it, in this order: paragraphs, items, facts, tables."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.paragraphs or self.items or self.facts or self.tables)


def facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """Only those that have a value."""
    return tuple(Fact(label=label, value=value) for label, value in pairs if value)


def texts(parts: Iterable[str]) -> tuple[str, ...]:
    """Only those that say something."""
    return tuple(filter(None, parts))


def cells(*values: str | int) -> tuple[Cell, ...]:
    """A row of plain cells; a whole number becomes one that aligns to the right."""
    return tuple(Cell(text=str(one), number=isinstance(one, int)) for one in values)
