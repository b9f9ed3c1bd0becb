"""What an apply did, line by line as it happens: JSON Lines, mode 0600, on the disk before the next step is taken.

Device ids of the vendor stand in it, serial numbers, names and secrets never. It is for people after the fact: an apply
that is run again reads the live state and not this.
"""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from reconciler.apply.files import PRIVATE
from reconciler.model.change import Change


class Step(StrEnum):
    PLANNED = "planned"
    BREAK_GLASS = "break-glass"
    WRITING = "writing"
    WRITTEN = "written"
    VERIFIED = "verified"
    ALREADY_DONE = "already-done"
    STALE = "stale"
    SKIPPED = "skipped"
    WAITING = "waiting"
    URGENT = "urgent"
    FAILED = "failed"


class Wall(Protocol):
    """The time of day, in seconds since the epoch."""

    def __call__(self) -> float: ...


class Journal:
    """Appends to a file; lines of several threads never mix."""

    def __init__(self, path: Path, wall: Wall) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE)
        os.fchmod(handle, PRIVATE)  # a file that was there before keeps its own mode otherwise
        self._file = os.fdopen(handle, "a", encoding="utf-8")
        self._wall, self._lock = wall, threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def note(
        self, step: Step, changes: Sequence[Change], *, reason: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        """One line for each change, all on the disk when this returns."""
        if not changes:
            return
        at = datetime.fromtimestamp(self._wall(), UTC).isoformat(timespec="milliseconds")
        lines = [json.dumps(_line(at, step, change, reason, values or {}), ensure_ascii=False) for change in changes]
        with self._lock:
            self._file.write("\n".join(lines) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())


def _line(at: str, step: Step, change: Change, reason: str, values: Mapping[str, str]) -> dict[str, object]:
    line: dict[str, object] = {
        "at": at,
        "step": step.value,
        "backend": change.backend,
        "action": change.action.value,
        "key": str(change.key),
        "fingerprint": change.fingerprint,
    }
    if change.members:
        line["devices"] = [member.device for member in change.members]
    if change.resets:
        line["resets"] = sorted(change.resets)
    if reason:
        line |= {"reason": reason, "values": dict(values)}
    return line
