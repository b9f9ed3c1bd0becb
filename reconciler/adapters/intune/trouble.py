"""What a failure of Microsoft Graph means to the person who runs this: a code and what its text needs. Pure."""

import re
from collections.abc import Mapping

from reconciler.adapters.intune.permissions import needed_permissions
from reconciler.credentials.hosts import is_loopback
from reconciler.http.failures import (
    Forbidden,
    ForeignHost,
    HttpFailure,
    Invalid,
    QuotaExceeded,
    Redirected,
    Unauthorised,
    Unreachable,
)

# Sign-ins are judged again while a token is in use (continuous access evaluation): a 401 whose text names the condition.
_ACCESS = re.compile(r"conditional access|continuous access evaluation|locationcondition|AADSTS53\d{3}", re.IGNORECASE)
# Intune's answer to every call in a tenant without a licence or MDM authority, by many reports: microsoft-graph-docs#5613,
# IntuneGet#993 (read 2026-11-21).
_NO_LICENCE = re.compile(r"not applicable to target tenant|tenant[^.]*licen[cs]e|licen[cs]e[^.]*tenant", re.IGNORECASE)
_NO_ROUTE = "no method match route template"


def explain_failure(failure: HttpFailure, tenant: str) -> tuple[str, Mapping[str, str]]:
    """Code and values. Falls back to the HTTP layer's own code, which says what happened and not what to do."""
    permissions = ", ".join(needed_permissions(failure.method, failure.path)) or "?"
    return _code(failure), {**failure.values(), "tenant": tenant, "permissions": permissions}


def _code(failure: HttpFailure) -> str:
    if isinstance(failure, Unauthorised):
        return _unauthorised(failure)
    if isinstance(failure, Forbidden):
        return _forbidden(failure)
    if isinstance(failure, Invalid):
        return _invalid(failure)
    if isinstance(failure, Unreachable):
        return "SANDBOX-NOT-STARTED" if is_loopback(failure.host) else "INTUNE-UNREACHABLE"
    if isinstance(failure, Redirected | ForeignHost):
        return "INTUNE-FOREIGN-HOST"
    if isinstance(failure, QuotaExceeded):
        return "INTUNE-QUOTA"
    return failure.code


def _unauthorised(failure: HttpFailure) -> str:
    if "Authorization_IdentityNotFound" in failure.reasons:
        return "INTUNE-APP-NOT-IN-TENANT"
    return "INTUNE-CONDITIONAL-ACCESS" if _ACCESS.search(failure.message) else "INTUNE-TOKEN-REFUSED"


def _forbidden(failure: HttpFailure) -> str:
    if _ACCESS.search(failure.message):
        return "INTUNE-CONDITIONAL-ACCESS"
    return "INTUNE-LICENCE-MISSING" if _NO_LICENCE.search(failure.message) else "INTUNE-PERMISSION-LACKING"


def _invalid(failure: HttpFailure) -> str:
    """Two 400 (or other 4xx) that aren't about the request's content."""
    if _NO_LICENCE.search(failure.message):
        return "INTUNE-LICENCE-MISSING"
    if any(_NO_ROUTE in reason.lower() for reason in (*failure.reasons, failure.message)):
        return "INTUNE-NOT-OFFERED"
    return failure.code
