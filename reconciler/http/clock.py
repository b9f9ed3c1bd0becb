"""The time that the HTTP layer runs on: the machine's, or one that moves only when somebody sleeps."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """`monotonic` and `wall` in seconds (`wall` since the epoch); `sleep` takes seconds."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    sleep: Callable[[float], None]


SYSTEM = Clock(monotonic=time.monotonic, wall=time.time, sleep=time.sleep)


@dataclass(slots=True)
class VirtualTime:
    """Quotas stay on in tests and benchmarks and cost nothing: sleeping moves the time and returns at once.

    Sleeps of several threads add up, as if they had slept one after the other.
    """

    start: float = 1_795_000_000.0  # November 2026
    elapsed: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.elapsed, wall=lambda: self.start + self.elapsed, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.elapsed += seconds
