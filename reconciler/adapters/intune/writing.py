"""Writing to a tenant: changes packed so that twenty go out in one call, each call sent, each part with its own outcome."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from reconciler.adapters.intune import api
from reconciler.adapters.intune.app_writes import write_apps, write_assignments
from reconciler.adapters.intune.families import (
    sort_of,
)
from reconciler.adapters.intune.group_writes import write_groups
from reconciler.adapters.intune.joining import write_memberships
from reconciler.adapters.intune.policy_writes import write_policies
from reconciler.adapters.intune.refusals import Refusals
from reconciler.adapters.intune.session import Session
from reconciler.model.adapter import Batch
from reconciler.model.change import Change

_LANES = {"group": "directory", "membership": "directory", "setting": "config", "assignment": "apps", "app": "apps"}


def pack(changes: Sequence[Change]) -> list[Batch]:
    """Twenty things to a batch: groups, policies of one kind of call, apps with all that changes about each of them."""
    batches: list[Batch] = []
    ordered = sorted(changes, key=lambda change: (_sort(change), change.key.part, change.key))
    for sort, same in groupby(ordered, key=_sort):
        units = [list(found) for _, found in groupby(same, key=_unit)]
        for start in range(0, len(units), api.PARTS):
            chunk = tuple(change for unit in units[start : start + api.PARTS] for change in unit)
            batches.append(Batch(lane=_LANES[sort[0]], changes=chunk))
    return batches


def _sort(change: Change) -> tuple[str, str, bool]:
    part = sort_of(change.key.part) if change.key.kind == "setting" else ""
    return change.key.kind, part, change.after is None


def _unit(change: Change) -> object:
    """What one request carries: all rows of an app, since a set is replaced whole; else one change."""
    return change.key.part if change.key.kind == "assignment" else change.key


def write(session: Session, batch: Batch) -> None:
    """Send one batch. Raises Refusals with the failure of each change that has one; the reader finds out what took effect."""
    writers: Mapping[str, Callable[[Session, Sequence[Change], Refusals], None]] = {
        "group": write_groups,
        "membership": write_memberships,
        "setting": write_policies,
        "assignment": write_assignments,
        "app": write_apps,
    }
    refusals = Refusals()
    writers[batch.changes[0].key.kind](session, batch.changes, refusals)
    if refusals.by_key:
        raise refusals
