"""Did you mean: the known name that is closest to what was written."""

from collections.abc import Collection
from difflib import get_close_matches


def nearest(word: str, known: Collection[str]) -> str | None:
    found = get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else None
