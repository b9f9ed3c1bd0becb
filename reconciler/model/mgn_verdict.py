"""What a requirement of an MGN came to at a unit. Beside `model.mgn`, which documents hold: verdicts are made of documents."""

from collections.abc import Mapping
from dataclasses import field

from reconciler.model.mgn import Level
from reconciler.model.place import Pointer
from reconciler.model.policy import Outcome
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MgnVerdict:
    """One requirement asked of one unit. `level` is the one that holds on the day; `reason` is a message's code.

    `unit` is the unit's code, or `school/number` counted from 1 where it has none, as a rule's subject of that kind.
    """

    school: str
    unit: str
    school_form: str
    school_year: str
    requirement: str
    level: Level
    outcome: Outcome
    reason: str
    values: Mapping[str, str] = field(default_factory=dict)
    at: Pointer
