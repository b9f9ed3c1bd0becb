"""Where a record has personal data in what people wrote. Pure.

A name looks like any two words, so it can't be found here; that names don't belong is said where one writes.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.model.personal_data import EMAIL, PERSONAL_NUMBER, PHONE, personal_data_in
from reconciler.model.place import Json, Path

CODES: Final = {EMAIL: "PERSONAL-EMAIL", PERSONAL_NUMBER: "PERSONAL-NUMBER", PHONE: "PERSONAL-PHONE"}

LEFT_OUT: Final = frozenset({"source", "platforms", "imported"})
"""Parts of a record that are addresses and identifiers."""


def personal_data_of(record: Mapping[str, Json]) -> Iterator[tuple[Path, str]]:
    """The path of every text with personal data in it, and the code of what it is. Never the data."""
    for key, value in record.items():
        if key not in LEFT_OUT:
            yield from _walk((key,), value)


def _walk(path: Path, value: Json) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        kind = personal_data_in(value)
        if kind is not None:
            yield path, CODES[kind]
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk((*path, key), inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _walk((*path, number), inner)
