"""The approvals files of the commit that a run plans, as the loader reads every file: a fault in one, and it approves nothing."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from reconciler.load.repository import is_approvals
from reconciler.model.approvals import Approvals
from reconciler.model.finding import is_error
from reconciler.policy.approval_days import TOO_FAR
from reconciler.reconcile.prepare import Prepared
from reconciler.trust.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """`broken`: those with a fault, which count for nothing and are told."""

    files: tuple[Approvals, ...] = ()
    broken: tuple[Refusal, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Of every file there is, also of one that counts for nothing: a new one is called something else."""
        return frozenset(
            PurePosixPath(file).stem
            for file in (*(one.at.file for one in self.files), *(one.values["file"] for one in self.broken))
        )


def filed_in(prepared: Prepared) -> Filed:
    """An end too far ahead is for whoever approves the file to see; the decision holds no longer for it."""
    places = [one.place for one in prepared.findings if is_error(one) and one.code != TOO_FAR]
    wrong = {place.file for place in places if place is not None and is_approvals(place.file)}
    files = prepared.documents.approvals if prepared.documents else ()
    return Filed(
        files=tuple(one for one in files if one.at.file not in wrong),
        broken=tuple(Refusal(code="APPROVALS-BROKEN", values={"file": file}) for file in sorted(wrong)),
    )
