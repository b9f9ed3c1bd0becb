"""The lines with vendors' own keys, apart from what they are held against: that is large, and few files need it. Pure."""

from collections.abc import Iterator
from typing import Final

from reconciler.model.documents import Documents, RawLine

APPLE: Final = "apple"
"""The system of lines that any of Apple's devices takes, whoever manages it."""


def raw_lines(documents: Documents) -> Iterator[RawLine]:
    """Every line under `raw`, wherever a layer may have one."""
    for baseline in documents.baselines:
        yield from baseline.wishes.raw
    for school in documents.schools:
        for layer in school.layers.values():
            yield from layer.raw
        for group in school.groups:
            yield from group.wishes.raw
