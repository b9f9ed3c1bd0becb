"""Which of two values of a setting is the tighter one. Pure.

A layer below another may only tighten. Values are compared whole here; that blocklists add up, so that a lower layer
writes only its own entries, is the rule of the layers (`compile.layering`).
"""

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeAlias

from reconciler.model.slotted import dataclass

KINDS = ("ladder", "superset-tighter", "subset-tighter", "max", "min", "free", "fixed")
LIST_KINDS = ("superset-tighter", "subset-tighter")


class Tightness(Enum):
    """How the lower of two values stands to the upper one."""

    equal = "equal"
    tighter = "tighter"
    looser = "looser"
    incomparable = "incomparable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """How the values of one setting are ordered.

    kind: `ladder` (words, loosest first in `ladder`); `superset-tighter` (a blocklist: more entries are tighter);
    `subset-tighter` (an allowlist: fewer entries are tighter); `max` (an upper bound: a smaller number is tighter);
    `min` (a lower bound: a larger number, or a later version as text, is tighter); `free` (nothing is tighter, a lower layer may choose);
    `fixed` (a lower layer may not change it).
    everything: the entry of a list that stands for every other, such as `*` for addresses.
    """

    kind: str
    ladder: tuple[str, ...] = ()
    everything: str | None = None


def compare(order: Order, upper: Any, lower: Any) -> Tightness:
    """How `lower` stands to `upper`; both are valid values of the setting.

    `equal` means equally tight: with `free`, any two values; with lists, the same entries in another order.
    """
    if order.kind == "free" or _same(upper, lower):
        return Tightness.equal
    if order.kind == "ladder":
        return _by_rank(_rung(order, upper), _rung(order, lower))
    if order.kind == "max":
        return _by_rank(-upper, -lower)
    if order.kind == "min":
        return _by_rank(_height(upper), _height(lower))
    if order.kind == "superset-tighter":
        return _by_cover(_covers(order, upper, lower), _covers(order, lower, upper))
    if order.kind == "subset-tighter":
        return _by_cover(_covers(order, lower, upper), _covers(order, upper, lower))
    return Tightness.incomparable


def tightest(order: Order, a: Any, b: Any) -> Any | None:
    """The value that is at least as tight as both, or None where there is none to be had.

    For a group of two school forms. Blocklists are joined and allowlists keep what both allow. None means that a
    person has to choose: two different `free` or `fixed` values, or two allowlists with nothing in common, which
    would lock everybody out without anyone having decided so.
    """
    if _same(a, b):
        return a
    if order.kind == "free":
        return None
    found = compare(order, a, b)
    if found is Tightness.equal:
        return min(a, b, key=_canonical)
    if found is not Tightness.incomparable:
        return b if found is Tightness.tighter else a
    return _meet(order, a, b)


def _meet(order: Order, a: Any, b: Any) -> list[str] | None:
    if order.kind == "superset-tighter":
        return sorted({*a, *b})
    if order.kind == "subset-tighter":
        return sorted({*a} & {*b}) or None
    return None


Rank: TypeAlias = int | float | tuple[int, ...]


def _height(value: Any) -> Rank:
    """A number, or the parts of a version: 17.10 is later than 17.9, and 17.0 is 17."""
    if not isinstance(value, str):
        return float(value)
    parts = [int(part) for part in value.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _by_rank(upper: Any, lower: Any) -> Tightness:
    if upper is None or lower is None:
        return Tightness.incomparable
    if upper == lower:
        return Tightness.equal
    return Tightness.tighter if lower > upper else Tightness.looser


def _by_cover(upper_covers: bool, lower_covers: bool) -> Tightness:
    if upper_covers and lower_covers:
        return Tightness.equal
    if lower_covers:
        return Tightness.tighter
    return Tightness.looser if upper_covers else Tightness.incomparable


def _rung(order: Order, value: Any) -> int | None:
    return order.ladder.index(value) if value in order.ladder else None


def _covers(order: Order, wide: Iterable[str], narrow: Iterable[str]) -> bool:
    return order.everything in (entries := set(wide)) or set(narrow) <= entries


def _same(a: Any, b: Any) -> bool:
    # Canonical text and not ==, because True == 1 and 1.0 == 1 in Python and not in a policy.
    return _canonical(a) == _canonical(b)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
