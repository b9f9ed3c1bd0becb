"""Counting requests in windows of time, on a clock that is passed in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `count` requests in `seconds`."""

    name: str
    count: int
    seconds: float


@dataclass(slots=True)
class Usage:
    """What was let through, by name of limit."""

    taken: dict[str, deque[float]] = field(default_factory=dict)


def take(usage: Usage, limits: Iterable[Limit], now: float, *, fixed_window: bool) -> float | None:
    """Count one request against all limits, or none: seconds until it would pass when one is exhausted.

    A refused request is not counted; whether the vendor counts it is not documented.
    """
    limits = list(limits)
    waits = [wait for limit in limits if (wait := _wait(usage, limit, now, fixed_window)) > 0]
    if waits:
        return max(waits)
    for limit in limits:
        usage.taken.setdefault(limit.name, deque()).append(now)
    return None


def _wait(usage: Usage, limit: Limit, now: float, fixed_window: bool) -> float:
    times = usage.taken.get(limit.name)
    if not times:
        return 0.0
    start = now - now % limit.seconds if fixed_window else now - limit.seconds
    while times and (times[0] < start or (not fixed_window and times[0] <= start)):
        times.popleft()
    if len(times) < limit.count:
        return 0.0
    return (start + limit.seconds - now) if fixed_window else times[0] + limit.seconds - now
