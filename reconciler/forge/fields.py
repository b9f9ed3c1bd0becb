"""What stands where in an answer. A field that a decision hangs on is there, or nothing is decided."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from reconciler.forge.problems import ForgeProblem

Row: TypeAlias = Mapping[str, object]


def inner(data: object, *path: str) -> object:
    """What lies at the path; None where something on the way is missing or null."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def as_row(data: object) -> Row:
    """An answer that is one object. Raises ForgeProblem FORGE-ANSWER-UNREADABLE for any other."""
    if not isinstance(data, Mapping):
        raise unreadable()
    return data


def text(data: object, *path: str) -> str:
    """The text at the path, or an empty one: an account that was deleted, for example, is null."""
    found = inner(data, *path)
    return found if isinstance(found, str) else ""


def need(data: object, *path: str) -> str:
    """The text at the path. Raises ForgeProblem FORGE-ANSWER-UNREADABLE where there is none."""
    found = text(data, *path)
    if not found:
        raise unreadable(*path)
    return found


def number(data: object, *path: str) -> int:
    """The whole number at the path. Raises ForgeProblem FORGE-ANSWER-UNREADABLE where there is none."""
    found = inner(data, *path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise unreadable(*path)
    return found


def flag(data: object, *path: str) -> bool | None:
    """True, False, or None where the answer doesn't say."""
    found = inner(data, *path)
    return found if isinstance(found, bool) else None


def moment(data: object, *path: str) -> datetime:
    """The moment at the path, in UTC. Raises ForgeProblem FORGE-ANSWER-UNREADABLE where there is none."""
    try:
        found = datetime.fromisoformat(need(data, *path))
    except ValueError:
        raise unreadable(*path) from None
    if found.tzinfo is None:
        raise unreadable(*path)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # a moment at the end of all years, in a zone beyond it
        raise unreadable(*path) from None


def rows(data: object, *path: str) -> Sequence[Row]:
    """The objects of the list at the path. Raises ForgeProblem FORGE-ANSWER-UNREADABLE where there is no list of objects."""
    found = inner(data, *path)
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise unreadable(*path)
    return found


def unreadable(*path: str) -> ForgeProblem:
    return ForgeProblem("FORGE-ANSWER-UNREADABLE", {"field": ".".join(path) or "[]"})
