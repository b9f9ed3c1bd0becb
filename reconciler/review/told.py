"""One change as data: what it is about, what is said of it by code, what differs by key. Words are found where it is shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.mgn import Decided
from reconciler.review.differing import Difference
from reconciler.review.people import Reach

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A sentence by its code (without `REVIEW-`); `values` are words of the files (`SKA`, `block`) or free text.

    A value whose name is known to the report (`level`, `effect`, `state` and the like) is said in the reader's language.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`area`: mgn, rule, exception, calendar, limit, approvals, meeting, baseline, shared, school, group, organisation.

    `action`: added, removed, changed. `kind` is the schema (`school`, `school#group`) that `differences` have their titles
    from. `reach` is whom it is about, for schools and groups.
    """

    area: str
    action: str
    id: str
    name: str
    facts: tuple[Fact, ...] = ()
    kind: str = ""
    differences: tuple[Difference, ...] = ()
    decision: Decided | None = None
    reach: Reach | None = None


def decided(decision: Decided | None) -> Mapping[str, str]:
    """The values of a sentence on a decision; empty texts where there is none."""
    day = decision.day.isoformat() if decision and decision.day else ""
    return {
        "body": decision.body if decision else "",
        "day": day,
        "reference": decision.reference if decision else "",
    }
