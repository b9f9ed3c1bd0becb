"""Time that tests can move: real seconds plus an offset, or seconds that only move when told to."""

from __future__ import annotations

import threading
import time
from typing import Protocol

EPOCH = 1_795_300_000.0
"""Where a manual clock starts (November 2026): fixed, so that two runs are equal."""


class Clock(Protocol):
    """Seconds since 1970, and a way to wait."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    def advance(self, seconds: float) -> None: ...


class SystemClock:
    """Real time; `advance` moves it forward without waiting."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        return time.time() + self._offset

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def advance(self, seconds: float) -> None:
        self._offset += seconds


class ManualClock:
    """Virtual time: sleeping moves it and takes no time."""

    def __init__(self, start: float = EPOCH) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
