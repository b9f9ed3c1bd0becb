"""Writing to a server: one call after the other, each of a batch's changes with its own outcome."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from reconciler.adapters.zentral.app_writes import write_apps, write_assignments
from reconciler.adapters.zentral.group_writes import write_groups
from reconciler.adapters.zentral.joining import write_memberships
from reconciler.adapters.zentral.profile_writes import write_settings
from reconciler.adapters.zentral.refusals import BROKEN, Refusal, Refusals
from reconciler.adapters.zentral.session import Session
from reconciler.http.failures import HttpFailure
from reconciler.model.adapter import Batch
from reconciler.model.change import Change

TOGETHER = 50
"""Things to a batch: each batch reads its lists before and after, so few and large ones; yet not so large that much is stale."""


def pack(changes: Sequence[Change]) -> list[Batch]:
    """One kind to a batch, all rows of one app together, and all in one lane: the server locks the blueprint for each write."""
    batches: list[Batch] = []
    ordered = sorted(changes, key=lambda change: (_sort(change), change.key.part, change.key))
    for _, same in groupby(ordered, key=_sort):
        units = [list(found) for _, found in groupby(same, key=_unit)]
        for start in range(0, len(units), TOGETHER):
            chunk = tuple(change for unit in units[start : start + TOGETHER] for change in unit)
            batches.append(Batch(lane="write", changes=chunk))
    return batches


def _sort(change: Change) -> tuple[str, bool]:
    return change.key.kind, change.after is None


def _unit(change: Change) -> object:
    """What one call carries: all rows of an app, since its link is written whole; else one change."""
    return change.key.part if change.key.kind == "assignment" else change.key


def write(session: Session, batch: Batch) -> None:
    """Send one batch. Raises Refusals with the failure of each change that has one; the reader finds out what took effect."""
    writers: Mapping[str, Callable[[Session, Sequence[Change], Refusals], None]] = {
        "group": write_groups,
        "membership": write_memberships,
        "setting": write_settings,
        "assignment": write_assignments,
        "app": write_apps,
    }
    refusals = Refusals()
    writers[batch.changes[0].key.kind](session, batch.changes, refusals)
    if any(_is_servers(failure) for failure in refusals.by_key.values()):
        _blame_the_blueprint(session, refusals)
    if refusals.by_key:
        raise refusals


def _is_servers(failure: Exception) -> bool:
    return isinstance(failure, HttpFailure) and (failure.status or 0) >= 500


def _blame_the_blueprint(session: Session, refusals: Refusals) -> None:
    """A 500 in a blueprint that holds an app without licences: the write was kept, and reaches no device until the app is out of it."""
    try:
        session.read(["links", "artifacts", "store_apps", "blueprint"])
    except HttpFailure:  # then the failures themselves have to do
        return
    names = ", ".join(sorted(one.name for one in session.without_licences()))
    if not names:
        return
    said = Refusal(BROKEN, artifacts=names, blueprint=session.options.blueprint)
    refusals.by_key = {key: said if _is_servers(one) else one for key, one in refusals.by_key.items()}
