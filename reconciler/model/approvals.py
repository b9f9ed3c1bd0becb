"""Approvals files as they are written, and how long what was approved may be used."""

from datetime import date, timedelta
from typing import Final

from reconciler.model.documents import MoveAllowance
from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass

APPROVALS_LAST: Final = timedelta(days=30)
"""From the merge on: who approved it saw the systems and the files of that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What no pull request has shown and people approve by name. `until`: the last day, included.

    `deletions` are fingerprints of what takes away or loses data, `commits` whole hashes of main.
    """

    id: str
    backend: str
    reason: str
    until: date
    fingerprints: tuple[str, ...] = ()
    deletions: tuple[str, ...] = ()
    moves: tuple[MoveAllowance, ...] = ()
    commits: tuple[str, ...] = ()
    at: Pointer
