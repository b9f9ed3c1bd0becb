"""How long to wait so that no quota is ever exceeded. Pure: time comes in as a number, the wait goes out as one.

The model is a log of grants: between a grant and the one `limit` places later lies at least the quota's window, so that
*no* window of that length, wherever a vendor lets it begin, holds more than the limit. A refilling bucket of the same
size would let through twice the limit around the turn of a minute (full bucket, then the refill); vendors that count by
the clock's minute, as Google does, answer that with 429.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Quota:
    """At most `limit` requests in any `seconds`. Lanes that name the same quota share it.

    `margin` (seconds) is added to the window, for what clocks and rounding are off by.
    """

    name: str
    limit: int
    seconds: float
    margin: float = 0.1

    def __post_init__(self) -> None:
        if self.limit < 1 or self.seconds <= 0 or self.margin < 0:
            raise ValueError(f"quota {self.name}: limit and seconds must be above zero")

    @property
    def window(self) -> float:
        return self.seconds + self.margin


@dataclass(kw_only=True, slots=True)
class Window:
    """The grants of one quota, sorted, some of them in the future."""

    quota: Quota
    grants: list[float] = field(default_factory=list)

    def earliest(self, at: float, n: int) -> float:
        """The first moment from `at` on where n more grants leave every window within the limit.

        Grants may lie after `at`: another lane that shares this quota may be waiting for a tighter one of its own.
        """
        span, room = self.quota.window, self.quota.limit - n
        first = bisect_right(self.grants, at - span)
        while first + room < len(self.grants):
            last = self.grants[first + room]
            if last - at >= span:
                break
            if max(last, at) - min(self.grants[first], at) < span:
                at = self.grants[first] + span
            first += 1
        return at

    def record(self, at: float, n: int) -> None:
        for _ in range(n):
            insort(self.grants, at)

    def drop(self, at: float) -> bool:
        """Takes one grant at this moment out again, if it is still there."""
        place = bisect_right(self.grants, at) - 1
        found = place >= 0 and self.grants[place] == at
        if found:
            del self.grants[place]
        return found

    def settle(self, at: float, done: float, n: int) -> None:
        for _ in range(n):
            if done > at and self.drop(at):
                insort(self.grants, done)

    def forget(self, now: float) -> None:
        del self.grants[: bisect_right(self.grants, now - self.quota.window)]


@dataclass(kw_only=True, slots=True)
class Bucket:
    """Several quotas that one kind of request is under at once, e.g. 15 a second and 30 a minute. Not thread-safe."""

    windows: tuple[Window, ...]
    held_until: float = float("-inf")

    @classmethod
    def of(cls, *quotas: Quota) -> Self:
        return cls(windows=tuple(Window(quota=quota) for quota in quotas))

    def reserve(self, now: float, n: int = 1) -> float:
        """Books n requests at once and returns how many seconds from `now` they may be sent.

        Raises ValueError when n is more than a quota ever allows at once.
        """
        for window in self.windows:
            if not 1 <= n <= window.quota.limit:
                raise ValueError(f"quota {window.quota.name} never allows {n} requests at once")
            window.forget(now)
        at = self._free(max(now, self.held_until), n)
        for window in self.windows:
            window.record(at, n)
        return at - now

    def settle(self, at: float, done: float, n: int = 1) -> None:
        """A request (or n, sent as one) booked for `at` was over by `done`: it is counted from then on.

        A vendor counts arrivals, somewhere between the two. Counted from the later one, a slow request and a fast one
        after it never come closer together at the vendor than they were here.
        """
        for window in self.windows:
            window.settle(at, done, n)

    def release(self, at: float, n: int = 1) -> None:
        """A request (or n, as one) booked for `at` was never sent."""
        for window in self.windows:
            for _ in range(n):
                window.drop(at)

    def hold(self, until: float) -> None:
        """Books nothing before `until`: the vendor said that it has had enough, whatever our own count says."""
        self.held_until = max(self.held_until, until)

    def _free(self, at: float, n: int) -> float:
        while True:
            later = at
            for window in self.windows:
                later = window.earliest(later, n)
            if later == at:
                return at
            at = later


def buckets_by_lane(quotas: Mapping[str, Iterable[Quota]]) -> dict[str, Bucket]:
    """One bucket per lane; a quota that several lanes name is counted once, over all of them.

    Raises ValueError where one name stands for two different quotas.
    """
    windows: dict[str, Window] = {}
    for quota in (quota for listed in quotas.values() for quota in listed):
        if windows.setdefault(quota.name, Window(quota=quota)).quota != quota:
            raise ValueError(f"quota {quota.name} is stated twice, differently")
    return {lane: Bucket(windows=tuple(windows[quota.name] for quota in listed)) for lane, listed in quotas.items()}
