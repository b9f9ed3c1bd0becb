"""Personal data in texts that people write about apps: addresses, personal numbers, telephone numbers. Pure.

A name looks like any two words, so it can't be found here; that names don't belong is said where one writes.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from reconciler.model.place import Json, Path

EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE: Final = re.compile(r"(?<![\d:./-])(?:\+46[ -]?(?:\(0\))?[ -]?|0)[1-9]\d{0,2}(?:[ -]*\d){5,7}(?![\d-])")
NUMBER: Final = re.compile(r"(?<!\d)(?:19|20)?(\d{2})(\d{2})(\d{2})[-+ ]?(\d{4})(?!\d)")
"""A personal number, with or without century; checked further by its day and its last figure."""

_FIGURES: Final = re.compile(r"\d[\d ()+-]{6}")
_SHORTEST: Final = 8
"""Most texts have nothing like a number: they are looked at once."""

LEFT_OUT: Final = frozenset({"source", "platforms", "imported"})
"""Parts of a record that are addresses and identifiers."""


def personal_data_in(text: str) -> str | None:
    """The kind that was found first (`email`, `personal-number`, `phone`), or None. Never the data."""
    if "@" in text and EMAIL.search(text):
        return "email"
    if len(text) < _SHORTEST or not _FIGURES.search(text):
        return None
    if any(map(_is_person, NUMBER.finditer(text))):
        return "personal-number"
    return "phone" if PHONE.search(text) else None


def _is_person(match: re.Match[str]) -> bool:
    """By its day (a coordination number adds 60 to it) and by the check digit of the ten figures."""
    year, month, day, last = match.groups()
    number = int(day)
    try:
        date(2000 + int(year), int(month), number - 60 if number > 60 else number)
    except ValueError:
        return False
    figures = [int(one) * (2 - place % 2) for place, one in enumerate(year + month + day + last)]
    return sum(one // 10 + one % 10 for one in figures) % 10 == 0


def personal_data_of(record: Mapping[str, Json]) -> Iterator[tuple[Path, str]]:
    """The path of every text with personal data in it, and their kind."""
    for key, value in record.items():
        if key not in LEFT_OUT:
            yield from _walk((key,), value)


def _walk(path: Path, value: Json) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        kind = personal_data_in(value)
        if kind is not None:
            yield path, kind
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk((*path, key), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _walk((*path, number), inner)
