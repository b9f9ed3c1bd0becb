"""Checking and expanding what stands in a seed file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

_BRACES = re.compile(r"\{([^{}]*)\}")
_COUNT = re.compile(r"(\d+)\.\.(\d+)")
MAXIMUM = 10_000


class SeedError(ValueError):
    """A seed file that can't be used; the message says where and why."""


def check_keys(data: Any, known: Mapping[str, type], what: str, *, required: tuple[str, ...] = ()) -> None:
    """Refuse unknown keys, missing ones and values of another type (an unquoted 5E12 is a number, not a serial)."""
    if not isinstance(data, dict):
        raise SeedError(f"{what} must be a mapping")
    for name, value in data.items():
        if name not in known:
            raise SeedError(f"{what} has the unknown key {name!r}; known: {', '.join(known)}")
        if not isinstance(value, known[name]) or (known[name] is int and isinstance(value, bool)):
            raise SeedError(f"{what}: {name} must be of type {known[name].__name__}, not {value!r}")
    for name in required:
        if name not in data:
            raise SeedError(f"{what} needs the key {name!r}")


def text(value: Any) -> str:
    """A string, or SeedError."""
    if not isinstance(value, str):
        raise SeedError(f"{value!r} must be quoted text")
    return value


def expand(pattern: str) -> list[str]:
    """Every text that a pattern with braces stands for, in order: `{a,b}` and `{01..12}`."""
    parts = _BRACES.split(pattern)
    choices = [[part] if number % 2 == 0 else _choices(part) for number, part in enumerate(parts)]
    found = ["".join(each) for each in itertools.islice(itertools.product(*choices), MAXIMUM + 1)]
    if len(found) > MAXIMUM:
        raise SeedError(f"{pattern!r} stands for more than {MAXIMUM} texts")
    return found


def _choices(inner: str) -> list[str]:
    if match := _COUNT.fullmatch(inner):
        first, last = int(match[1]), int(match[2])
        return [f"{n:0{len(match[1])}d}" for n in range(first, min(last, first + MAXIMUM) + 1)]
    return [each.strip() for each in inner.split(",")]
