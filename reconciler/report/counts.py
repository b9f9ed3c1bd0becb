"""What one job of many came to, for the report that brings them together: fingerprints, schools and codes, and no value or device. Pure.

Rows are those of the public forms of a plan and a result, with less in them, so that all three can be merged.
"""

from collections.abc import Iterable
from typing import Any, Final

from reconciler.model.change import ApplyResult, Change, Plan
from reconciler.model.finding import Finding, is_error
from reconciler.planning.drift import Drift
from reconciler.report.escape import json_document

FORMAT: Final = 1
"""Keys may be added under the same number; none is removed or changes its meaning."""


def drift_counts(drift: Drift) -> str:
    """One JSON document: what differs is what an apply would change. A system that wasn't read whole is an error."""
    systems = drift.systems
    unread = [_finding("CI-DRIFT-UNKNOWN", subject=one.backend) for one in systems if not one.whole]
    return _document(
        drift.organisation,
        [one.backend for one in systems],
        changes=[_change(change) for one in systems for change in one.differences],
        held=[_held(change) for one in systems for change in one.held],
        findings=[*(_of(finding) for one in systems for finding in one.findings if is_error(finding)), *unread],
    )


def apply_counts(organisation: str, backend: str, plan: Plan | None, result: ApplyResult | None, refused: str) -> str:
    """Of one system. `refused`: the code of why nothing was begun, else empty."""
    findings = [*(plan.findings if plan else ()), *(result.findings if result else ())]
    rows = [
        {"backend": one.backend, "fingerprint": one.fingerprint, "outcome": one.outcome.value}
        for one in (result.results if result else ())
    ]
    return _document(
        organisation,
        [backend],
        held=[_held(change) for change in (plan.held if plan else ())],
        results=rows,
        findings=[*map(_of, filter(is_error, findings)), *([_finding(refused, subject=backend)] if refused else [])],
    )


def _document(organisation: str, backends: Iterable[str], **rows: Any) -> str:
    head = {"kind": "counts", "format": FORMAT, "organisation": organisation}
    empty: dict[str, Any] = {"changes": [], "held": [], "results": [], "findings": []}
    return json_document({**head, "backends": [{"id": one} for one in backends], **empty, **rows})


def _change(change: Change) -> dict[str, Any]:
    return {
        "backend": change.backend,
        "fingerprint": change.fingerprint,
        "actions": [change.action.value],
        "destroys": change.destroys,
        "effect": {"schools": list(change.effect.schools)},
    }


def _held(change: Change) -> dict[str, Any]:
    return {"backend": change.backend, "fingerprint": change.fingerprint}


def _of(finding: Finding) -> dict[str, Any]:
    file = finding.place.file if finding.place else None
    return _finding(finding.code, file=file, subject=finding.subject)


def _finding(code: str, *, file: str | None = None, subject: str = "") -> dict[str, Any]:
    return {"code": code, "severity": "error", "file": file, "line": None, "subject": subject}
