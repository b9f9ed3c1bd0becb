"""The approvals files that a pull request brings: those that its base doesn't have."""

from pathlib import Path

from reconciler.load.repository import load
from reconciler.load.revision import read_revision
from reconciler.model.approvals import Approvals
from reconciler.model.documents import Documents
from reconciler.report.outward import Outward
from reconciler.trust.owners import owner_values
from reconciler.trust.record import Record


def brought(base: Documents | None, head: Documents | None) -> tuple[Approvals, ...]:
    """By their paths: a file that was there already approves nothing anew, however it is edited."""
    known = {one.at.file for one in base.approvals} if base else set()
    return tuple(one for one in head.approvals if one.at.file not in known) if head else ()


def outward_of(root: Path, record: Record, lang: str) -> Outward:
    """What the comment of a pull request says beside the plan, by the record that goes along with it."""
    base, head = (load(read_revision(root, one), digest=False).documents for one in (record.base, record.head))
    owners = tuple(owner_values(owner)[f"owner.{lang}"] for owner in record.required)
    return Outward(owners=owners, approvals=brought(base, head))
