"""Strict checks of the settings table's own data: a mistake says where it is and what. Pure."""

from collections.abc import Iterable
from typing import Any

from reconciler.settings.table import Text

LANGUAGES = ("sv", "en")


def read_text(where: str, what: str, text: Any) -> Text:
    require(isinstance(text, dict) and tuple(text) in _WRITTEN, where, f"{what} needs sv and en, and only those")
    for one in text.values():
        require(isinstance(one, str) and one.strip(), where, f"{what} has an empty text")
    return dict(text)


_WRITTEN = (LANGUAGES, LANGUAGES[::-1])


def keys(where: str, entry: dict[str, Any], *, needed: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    missing = [key for key in needed if key not in entry]
    require(not missing, where, f"lacks {', '.join(missing)}")
    unknown = sorted(key for key in entry if key not in needed and key not in allowed)
    require(not unknown, where, f"has unknown keys {', '.join(unknown)}")


def one_of(where: str, what: str, value: Any, allowed: Iterable[str]) -> str:
    if value not in allowed:  # asked thousands of times a start, so the sentence is only made where it is needed
        require(condition=False, where=where, problem=f"{what} is {value!r}, not one of {', '.join(allowed)}")
    return str(value)


def each_in(where: str, what: str, values: Iterable[str], allowed: Iterable[str]) -> None:
    require(bool(values), where, f"{what} is empty")
    for value in values:
        if value not in allowed:
            one_of(where, what, value, allowed)


def require(condition: object, where: str, problem: str) -> None:
    if not condition:
        raise ValueError(f"settings table, {where}: {problem}")
