"""Whom a policy of ours reaches beside the group that it is for.

People assign our policies further, or duplicate one in the portal: a copy bears our mark too. What others rely on is
neither written into nor deleted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.adapters.intune.families import LivePolicy
from reconciler.adapters.intune.rows import group_of, odata_type
from reconciler.adapters.intune.session import Session
from reconciler.model.finding import Finding, Severity

EXCLUDES = "exclusionGroupAssignmentTarget"


def rows_of_others(session: Session, policy: LivePolicy, ref: str) -> list[Mapping[str, Any]]:
    """Assignments that reach somebody else than the group behind `ref`; what points at a deleted group reaches nobody.

    Two groups that bear one mark of ours are a finding of their own, and neither is somebody else.
    """
    known = session.known_groups()
    own, groups = {group.id for group in known.ours.get(ref, ())}, known.by_id
    return [
        row
        for row in policy.rows
        if odata_type((row.get("target") or {}).get("@odata.type")) != EXCLUDES
        and (not group_of(row) or (group_of(row) not in own and group_of(row) in groups))
    ]


def policy_to_take_up(session: Session, alike: Sequence[LivePolicy], ref: str) -> LivePolicy | None:
    """Of policies with one mark of ours the one to write for `ref`: that of its group, or one that nobody has.

    Never one that only others have: it is a copy of theirs, or ours that somebody has assigned away.
    """
    group = session.group_id(ref)
    own = (policy for policy in alike if group in policy.assigned)
    return next(own, None) or next((one for one in alike if not rows_of_others(session, one, ref)), None)


def say_who_else(session: Session, policy: LivePolicy, ref: str) -> list[Finding]:
    """That a policy made for one group of ours reaches others: they get all that is written for that group."""
    rows = rows_of_others(session, policy, ref)
    if not rows:
        return []
    everybody = any(not group_of(row) for row in rows)
    values = {"policy": policy.name, "group": ref[1:], **({} if everybody else {"count": str(len(rows))})}
    code = "INTUNE-POLICY-FOR-ALL" if everybody else "INTUNE-POLICY-SHARED"
    return [Finding(code=code, severity=Severity.WARNING, place=None, subject=ref[1:], values=values)]
