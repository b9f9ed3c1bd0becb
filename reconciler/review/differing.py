"""What differs between two objects that people wrote: by key, without their places, their comments and the order of sets. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from enum import Enum
from typing import Any, Final, TypeAlias

from reconciler.model.place import Json

Keys: TypeAlias = tuple[str, ...]
_PLACES: Final = frozenset({"at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One key that reads otherwise; `had` and `has` tell an absent key from an empty value.

    With `hidden` the values are left out: addresses and identifiers, which are nobody's matter but the file's.
    """

    path: Keys
    before: Json = None
    after: Json = None
    had: bool = True
    has: bool = True
    hidden: bool = False


def plain(value: Any, *, ordered: bool = False) -> Json:
    """Dataclasses as mappings without places, days as text: what two revisions are compared by.

    What says nothing (None, an empty text, list or mapping) is left out: writing it down changes nothing. Lists are
    sets unless `ordered`: `[NO, SO]` and `[SO, NO]` are the same subjects.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _PLACES}
    if isinstance(value, Mapping):
        told = {str(key): plain(one, ordered=ordered) for key, one in value.items()}
        return {key: one for key, one in told.items() if one not in (None, "", [], {})}
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        listed = [plain(one, ordered=ordered) for one in value]
        return listed if ordered else sorted(listed, key=spelled)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return str(value)


def spelled(value: Json) -> str:
    """The same text for the same content. `True` is not 1 here."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def same(before: Json, after: Json) -> bool:
    return spelled(before) == spelled(after)


def differences(before: Mapping[str, Json], after: Mapping[str, Json], depth: int = 2) -> tuple[Difference, ...]:
    """By key, down to `depth` keys below the top; in the order of the keys' names."""
    return tuple(_walk(before, after, (), depth))


def _walk(before: Mapping[str, Json], after: Mapping[str, Json], path: Keys, depth: int) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if same(old, new):
            continue
        if depth > 1 and isinstance(old or {}, Mapping) and isinstance(new or {}, Mapping):
            yield from _walk(_mapping(old), _mapping(new), (*path, key), depth - 1)
        else:
            yield Difference(path=(*path, key), before=old, after=new, had=key in before, has=key in after)


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def entries(value: Json) -> Sequence[Json]:
    """The entries of a list; of anything else none."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()
