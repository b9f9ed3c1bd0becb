"""Where a breach comes from: this change, an earlier one, or a date. Only what this change made or worsened is held. Pure.

With a base the same rules are asked of the base's documents on the same day, so that neither a date nor a new rule is taken
for somebody's change. Without one, a breach that would not be there if no date had passed is a date's; of any other it
isn't known whose it is, and the plan holds those of its changes that would make it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.policy import Outcome, SubjectKind, Verdict

Asked: TypeAlias = tuple[str, SubjectKind, str]
"""A rule, and the subject that it asks."""


class Cause(StrEnum):
    CREATED = "created"
    WORSENED = "worsened"
    STANDING = "standing"
    DATE = "date"
    UNKNOWN = "unknown"


HELD = frozenset({Cause.CREATED, Cause.WORSENED, Cause.UNKNOWN})
"""Causes for which a rule that blocks does so."""

_BREACH = frozenset({Outcome.NOT_MET, Outcome.WAIVED})


def asked(verdict: Verdict) -> Asked:
    return verdict.rule, verdict.subject.kind, verdict.subject.id


def breached(verdicts: Iterable[Verdict]) -> dict[Asked, Verdict]:
    """Breaches, excused ones too: an exception changes what follows from a breach and not whose it is."""
    return {asked(one): one for one in verdicts if one.outcome in _BREACH}


def find_causes(
    head: Iterable[Verdict], base: Iterable[Verdict] | None, undated: Iterable[Verdict]
) -> Mapping[Asked, Cause]:
    """For every breach of `head`. `base`: the same rules on the base's documents, or None without a base; `undated`: the
    same rules on the head's documents as if no date had passed."""
    now = breached(head)
    if base is not None:
        before = breached(base)
        return {key: since(before.get(key), one) for key, one in now.items()}
    without_dates = breached(undated)
    return {key: Cause.UNKNOWN if key in without_dates else Cause.DATE for key in now}


def since(before: Verdict | None, now: Verdict) -> Cause:
    """Whose a breach is, by what there was before: the same breach, or None."""
    if before is None:
        return Cause.CREATED
    larger = before.size is not None and now.size is not None and now.size > before.size
    return Cause.WORSENED if larger else Cause.STANDING
