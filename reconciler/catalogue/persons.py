"""Where a record has personal data in what people wrote. Pure.

A name looks like any two words, so it can't be found here; that names don't belong is said where one writes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from reconciler.model.personal_data import EMAIL, PERSONAL_NUMBER, PHONE, personal_data_in
from reconciler.model.place import Json, Path

CODES: Final = {EMAIL: "PERSONAL-EMAIL", PERSONAL_NUMBER: "PERSONAL-NUMBER", PHONE: "PERSONAL-PHONE"}

LEFT_OUT: Final = frozenset({"source", "platforms", "imported"})
"""Parts of a record that are addresses and identifiers."""


def personal_data_of(record: Mapping[str, Json]) -> Iterator[tuple[Path, str]]:
    """The path of every text with personal data in it, and the code of what it is. Never the data."""
    return _walk((), {key: value for key, value in record.items() if key not in LEFT_OUT})


def _walk(path: Path, value: Mapping[str, Json] | Sequence[Json]) -> Iterator[tuple[Path, str]]:
    for step, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
        if isinstance(inner, str):
            kind = personal_data_in(inner)
            if kind is not None:
                yield (*path, step), CODES[kind]
        elif isinstance(inner, Mapping | Sequence):
            yield from _walk((*path, step), inner)
