"""What a plan says of how the systems stand right now, each on its own: the differences that nobody's pull request made. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reconciler.model.change import Change, Plan
from reconciler.model.documents import Backend
from reconciler.model.finding import Finding, is_error

PROSE = "policies/mgn/"
"""What people agreed to do: no system's state comes from it."""

_JUDGED = ("LIMIT-", "RULE-", "MGN-")
"""Codes of errors that hold changes without keeping anything from being compared."""


class Standing(StrEnum):
    """`AGREES` only where all was read and judged: nothing is inferred from what wasn't."""

    AGREES = "agrees"
    DIFFERS = "differs"
    PARTLY_READ = "partly-read"
    NOT_READ = "not-read"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemDrift:
    """One system. `differences` are what an apply could do something about, `held` those that an error or a limit holds.

    `whole`: everything of ours was read and judged. `findings` are the errors that concern it.
    """

    backend: str
    kind: str
    mode: str
    whole: bool
    differences: tuple[Change, ...] = ()
    held: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    outstanding: int = 0

    @property
    def standing(self) -> Standing:
        if self.differences or self.held:
            return Standing.DIFFERS
        if self.whole:
            return Standing.AGREES
        return Standing.PARTLY_READ if self.kind else Standing.NOT_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All systems that were asked about. `documents` is the hash of the files that it was judged by."""

    organisation: str
    language: str
    as_of: date
    documents: str
    systems: tuple[SystemDrift, ...]


def drift_of(plan: Plan, asked: Iterable[Backend]) -> Drift:
    """From a plan made without a base, so that everything in it stands already. `asked`: the systems that were to be read."""
    systems = tuple(asked)
    return Drift(
        organisation=plan.organisation,
        language=plan.language,
        as_of=plan.as_of,
        documents=plan.digest,
        systems=tuple(_system(plan, one, {other.id for other in systems} - {one.id}) for one in systems),
    )


def _system(plan: Plan, backend: Backend, others: Collection[str]) -> SystemDrift:
    kind = next((tenant.kind for tenant in plan.tenants if tenant.backend == backend.id), "")
    findings = tuple(one for one in plan.findings if is_error(one) and _concerns(one, backend.id, others))
    return SystemDrift(
        backend=backend.id,
        kind=kind,
        mode=backend.mode,
        whole=bool(kind) and all(one.code.startswith(_JUDGED) for one in findings),
        differences=tuple(change for change in plan.changes if change.backend == backend.id),
        held=tuple(change for change in plan.held if change.backend == backend.id),
        findings=findings,
        outstanding=sum(one.backend == backend.id for one in plan.outstanding),
    )


def _concerns(finding: Finding, backend: str, others: Collection[str]) -> bool:
    """An error in the files may keep anything from being judged; one of another system, or of prose, keeps nothing here."""
    if (finding.place.file if finding.place else "").startswith(PROSE):
        return False
    return finding.values.get("backend", backend) == backend and finding.subject not in others
