"""Did you mean: the known name that is closest to what was written."""

from collections.abc import Collection


def nearest(word: str, known: Collection[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415, RUF100 - only when something is misspelt

    found = get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else None
