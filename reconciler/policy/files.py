"""Everything that MGN, calendar, exceptions and approvals say is wrong by themselves, without rules or a live state. Pure."""

from collections.abc import Iterator
from datetime import date

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.policy.approval_days import check_approval_days
from reconciler.policy.calendar_checks import check_calendar
from reconciler.policy.mgn_checks import check_mgn
from reconciler.policy.waivers import check_exceptions, pointless_loosenings


def check_policy_files(documents: Documents, as_of: date, state: DesiredState | None = None) -> Iterator[Finding]:
    """Without a state it is not said which exceptions are pointless: that takes knowing what they loosen."""
    terms = documents.organisation.terms
    yield from check_calendar(documents.calendar, as_of)
    yield from check_mgn(documents, as_of)
    yield from check_exceptions(documents.exceptions, terms, as_of)
    yield from check_approval_days(documents.approvals, as_of)
    if state is not None:
        yield from pointless_loosenings(documents.exceptions, state, terms)
