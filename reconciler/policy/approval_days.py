"""The days of approvals files: one that has ended, and one that says that it holds longer than anything approved does. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from reconciler.model.approvals import APPROVALS_LAST, Approvals
from reconciler.model.finding import Finding, Severity

TOO_FAR = "APPROVALS-TOO-FAR"


def check_approval_days(files: Iterable[Approvals], as_of: date) -> Iterator[Finding]:
    """An apply goes by the merge and lets nothing through after 30 days; here people are told before they approve it."""
    last = as_of + APPROVALS_LAST
    for one in files:
        if one.until < as_of:
            yield _about(one, "APPROVALS-ENDED", Severity.WARNING, id=one.id, end=one.until.isoformat())
        elif one.until > last:
            corrected = f'until: "{last.isoformat()}"'
            yield _about(one, TOO_FAR, Severity.ERROR, days=str(APPROVALS_LAST.days), corrected=corrected)


def _about(one: Approvals, code: str, severity: Severity, **values: str) -> Finding:
    subject = f"approvals:{one.id}"
    return Finding(code=code, severity=severity, place=one.at.child("until"), subject=subject, values=values)
