"""Rows of assignments of apps and policies: checked and kept as beta has them, shown as a version and the switches say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.graph.call import Call, GraphError, intune_error
from reconciler.sandbox.graph.intune.state import ZERO_GUID, IntuneState, Record
from reconciler.sandbox.graph.intune.types import PREFIX, concrete_type, shown, type_name, types

FILTER = "deviceAndAppManagementAssignmentFilterId"
FILTER_TYPE = "deviceAndAppManagementAssignmentFilterType"
_BASE = "deviceAndAppManagementAssignmentTarget"
_GROUPS = ("groupAssignmentTarget", "exclusionGroupAssignmentTarget")


def kept_target(state: IntuneState, call: Call, target: Any, before: Iterable[Record] = ()) -> Record:
    """A target as it is stored; 400 for a type, group or filter that doesn't exist.

    A group that was deleted after a row of `before` was assigned to it is one that exists, as far as that row goes.
    """
    if not isinstance(target, dict):
        raise GraphError(400, "BadRequest", "An assignment needs a target.")
    name = concrete_type(call.version, target, _BASE)
    found: Record = {"@odata.type": PREFIX + name}
    if name in _GROUPS:
        if target.get("groupId") not in _groups(call, before):
            raise intune_error(400, f"The group {target.get('groupId')} of the assignment does not exist")
        found["groupId"] = target["groupId"]
    elif "collectionId" in types("beta")[name].properties:
        found["collectionId"] = target.get("collectionId")
    return found | _kept_filter(state, target)


def _groups(call: Call, before: Iterable[Record]) -> set[str]:
    known = set(call.directory.groups)
    if call.options.deleted_group_rows == "accept":
        known |= {assigned_to(row) for row in before}
    return known


def _kept_filter(state: IntuneState, target: Record) -> Record:
    """All of the service's spellings of no filter are one. A target that v1.0 wrote has none: it can't say it."""
    key, kind = target.get(FILTER), target.get(FILTER_TYPE) or "none"
    if not key or key == ZERO_GUID or kind == "none":
        return {FILTER: None, FILTER_TYPE: "none"}
    if key not in state.objects["filters"]:
        raise intune_error(400, f"The assignment filter {key} does not exist")
    return {FILTER: key, FILTER_TYPE: kind}


def same_target(one: Record, other: Record) -> bool:
    """Included and excluded is not the same."""
    return all(one.get(name) == other.get(name) for name in ("@odata.type", "groupId", "collectionId"))


def without_repeats(rows: Iterable[Record]) -> tuple[Record, ...]:
    """Of two rows for one target in one post the first is kept, without a word (Intune-Toolkit issue 57)."""
    found: list[Record] = []
    for row in rows:
        if not any(same_target(row["target"], other["target"]) for other in found):
            found.append(row)
    return tuple(found)


def shown_row(call: Call, row: Record) -> Record:
    """A row without its `@odata.type`, as answers have it; the target and settings keep theirs."""
    target = dict(row["target"])
    if target[FILTER] is None:
        target[FILTER] = ZERO_GUID if call.options.unset_filter == "zero" else None
        target[FILTER_TYPE] = None if call.options.unset_filter == "null" else "none"
    row = shown(call.version, {**row, "target": target})
    del row["@odata.type"]
    return row


def assigned_to(row: Record) -> str:
    """Id of the group of a row, included or not; empty for another kind of target."""
    group: str = row["target"].get("groupId", "")
    return group


def target_kind(row: Record) -> str:
    return type_name(row["target"])
