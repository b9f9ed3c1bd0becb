"""A system's lock while work goes on: renewed now and then, and let go of at the end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from reconciler.forge.api import Forge
from reconciler.forge.lock import Lock, release, renew, still_ours
from reconciler.forge.problems import ForgeProblem
from reconciler.http.failures import HttpFailure

LASTS: Final = timedelta(minutes=45)
"""How long a lock is good for without a word; it is renewed as the writes go on."""


@dataclass(slots=True)
class Keeper:
    """A lock that is renewed now and then while work goes on. `stops`: also where the forge doesn't answer."""

    forge: Forge
    lock: Lock
    stops: bool = True
    renewed: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.renewed = self.forge.clock.wall()

    def check(self) -> None:
        """Raises ForgeProblem FORGE-LOCK-LOST where somebody has taken it over."""
        if not still_ours(self.forge, self.lock):
            raise ForgeProblem("FORGE-LOCK-LOST", {"backend": self.lock.backend})

    def anchor(self, written: str) -> None:
        """The lock carries the mark of the newest record from now on. Raises ForgeProblem FORGE-LOCK-LOST."""
        self.renewed = self.forge.clock.wall()
        self.lock = renew(self.forge, self.lock, LASTS, written)

    def tick(self, *_: object) -> None:
        """After each change. Where the lock can't be kept, nothing new is begun: the run is told to stop as by a signal."""
        if self.forge.clock.wall() - self.renewed < LASTS.total_seconds() / 3:
            return
        self.renewed = self.forge.clock.wall()
        try:
            self.lock = renew(self.forge, self.lock, LASTS)
        except ForgeProblem:
            signal.raise_signal(signal.SIGTERM)
        except HttpFailure:
            if self.stops:
                signal.raise_signal(signal.SIGTERM)


@contextmanager
def kept(forge: Forge, lock: Lock, *, stops: bool = True) -> Iterator[Keeper]:
    keeper = Keeper(forge, lock, stops)
    try:
        yield keeper
    finally:
        # What can't be let go of runs out by itself; what was done is done, and is told.
        with suppress(ForgeProblem, HttpFailure):
            release(forge, keeper.lock)
