"""A pilot: something tried in one group, with a day on which it ends and a way to tell whether it worked. Inert data."""

from datetime import date

from reconciler.model.mgn import Decided
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """Its scope is the group that it stands on. What was not written is None or empty; rules say what has to be.

    `evaluation_by` is the day by which somebody has judged it by the criteria; `evaluated` says where the result is.
    """

    purpose: str
    start: date | None = None
    until: date | None = None
    criteria: tuple[str, ...] = ()
    evaluation_by: date | None = None
    evaluated: str = ""
    decision: Decided | None = None
