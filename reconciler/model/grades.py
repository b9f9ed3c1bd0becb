"""Grades as people write them: `F-3`, `7`, `4-6, 8`."""

import re
from functools import lru_cache
from typing import Final

_SPAN: Final = re.compile(r"(F|[0-9]{1,2})(?:\s*[-–]\s*(F|[0-9]{1,2}))?", re.IGNORECASE)


@lru_cache(maxsize=256)
def grade_span(text: str) -> frozenset[int]:
    """The grades in `F-3`, `7`, `4-6, 8`: F (förskoleklass) is 0. Empty for what isn't written so."""
    found: set[int] = set()
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match:
            first = _grade(match[1])
            found.update(range(first, _grade(match[2] or match[1]) + 1))
    return frozenset(found)


def _grade(text: str) -> int:
    return 0 if text.upper() == "F" else int(text)
