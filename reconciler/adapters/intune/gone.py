"""Assignments to groups that have been deleted: Intune may keep such rows, and refuse them when they are written again."""

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.adapters.intune import api
from reconciler.adapters.intune.session import Session
from reconciler.http.failures import NotFound


def without_gone(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows whose group is there, or whose target is none. Each group that the list lacked is asked for by its id first."""
    groups = {group for row in rows if (group := _group_of(row))}
    unknown = sorted(groups - session.known_groups().by_id.keys())
    outcomes = session.send([api.get_group(group) for group in unknown])
    gone = {group for group, outcome in zip(unknown, outcomes, strict=True) if isinstance(outcome, NotFound)}
    return [row for row in rows if _group_of(row) not in gone]


def _group_of(row: Mapping[str, Any]) -> str:
    """The group that a row includes or excludes; empty for everybody."""
    return str((row.get("target") or {}).get("groupId") or "")
