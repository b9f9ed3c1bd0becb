"""A report as its reader goes through it: sections, blocks, items, all of plain unescaped text. Every rendering of a plan starts here.

What is said and in which order is decided once, in `plan_view`; text and Markdown only lay it out and escape it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs. With `gone` or `come`: entries of a list. An empty `label` means the item's title."""

    label: str = ""
    before: str | None = None
    after: str | None = None
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    same: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One change, or several that are the same but for where: then `count` is how many and `where` names the places.

    `says` are sentences about it, `warns` those that must not be missed, `why` the lines that made it so.
    `sort` is the kind and action, for folding what is of the same sort.
    """

    symbol: str
    word: str
    title: str
    sort: str
    differences: tuple[Difference, ...] = ()
    where: str = ""
    effect: str = ""
    says: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    why: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Items under one heading, with what is said before them; `example` is a file to be copied as it stands.

    A sentence of `intro` may be a `step`. `scope` is where all of the items hold and whom they touch, said once for them.
    """

    heading: str = ""
    scope: str = ""
    intro: tuple[str, ...] = ()
    example: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`tone`: danger (shown whole and loud), plain, held, quiet. `count` is of changes, not of items."""

    title: str
    tone: str
    intro: tuple[str, ...] = ()
    count: int = 0
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding, a note or something outstanding. `tone`: danger, warning, plain.

    Those that may be folded together have the same `same`; `number` is how many the remark stands for.
    """

    text: str
    hint: str = ""
    where: str = ""
    tone: str = "plain"
    same: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    title: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`headline` is what changes for whom; `alarm` what must be read even by those who read nothing else; `closing` what to do next, see `step`."""

    title: str
    headline: tuple[str, ...]
    alarm: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    remarks: tuple[Remarks, ...] = ()
    facts: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()


def step(sentence: str, command: str) -> str:
    """A sentence of `closing` with a command to copy, which stands on a line of its own."""
    return f"{sentence}\n{command}"
