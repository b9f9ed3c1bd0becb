"""The buckets, shared by threads: who may send in which lane, and when."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.http.bucket import Quota, buckets_by_lane
from reconciler.http.clock import Clock


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """A kind of request: the quotas it is under, and how many may be under way at once (1: one after the other)."""

    quotas: tuple[Quota, ...] = ()
    in_flight: int = 8


class Throttle:
    def __init__(self, lanes: Mapping[str, Lane], clock: Clock) -> None:
        self._buckets = buckets_by_lane({name: lane.quotas for name, lane in lanes.items()})
        self._slots = {name: threading.BoundedSemaphore(lane.in_flight) for name, lane in lanes.items()}
        self._clock = clock
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, lane: str, pause: Callable[[float], None], counts: int = 1) -> Iterator[None]:
        """Inside, one request may be sent now. `pause` is called with the seconds to wait first, if there are any.

        `counts` is how many the vendor takes it for.

        The slot is taken before the quota is booked: booked requests that queued for a slot would leave all at once.
        """
        with self._slots[lane]:
            at = self._book(lane, pause, counts)
            try:
                yield
            finally:
                with self._lock:
                    self._buckets[lane].settle(at, self._clock.monotonic(), counts)

    def hold(self, lane: str, seconds: float) -> None:
        """Sends nothing more in this lane for so long."""
        with self._lock:
            self._buckets[lane].hold(self._clock.monotonic() + seconds)

    def _book(self, lane: str, pause: Callable[[float], None], counts: int) -> float:
        """Waits for a booking and returns its moment. One that is called off while it waits takes nothing from others."""
        bucket = self._buckets[lane]
        with self._lock:
            now = self._clock.monotonic()
            wait = bucket.reserve(now, counts)
        try:
            if wait > 0:
                pause(wait)
        except BaseException:
            with self._lock:
                bucket.release(now + wait, counts)
            raise
        return now + wait
