"""What a failure of Zentral means to the person who runs this: a code and what its text needs. Pure."""

from collections.abc import Mapping

from reconciler.adapters.zentral.errors import PAGE
from reconciler.adapters.zentral.permissions import needed_permissions
from reconciler.credentials.hosts import is_loopback
from reconciler.http.failures import (
    BadResponse,
    Forbidden,
    ForeignHost,
    HttpFailure,
    Invalid,
    NotFound,
    Redirected,
    ServerFault,
    Unreachable,
)


def explain_failure(failure: HttpFailure) -> tuple[str, Mapping[str, str]]:
    """Code and values. Falls back to the failure's own code, which says what happened and not what to do."""
    permissions = ", ".join(needed_permissions(failure.method, failure.path)) or "?"
    return _code(failure), {**failure.values(), "permissions": permissions}


def _code(failure: HttpFailure) -> str:
    if failure.code.startswith("ZENTRAL-"):
        return failure.code
    for kind, code in _CODES:
        if isinstance(failure, kind):
            return code
    if isinstance(failure, Unreachable):
        return "SANDBOX-NOT-STARTED" if is_loopback(failure.host) else "ZENTRAL-UNREACHABLE"
    # A page instead of `{"detail": …}`: no such address on that server, or none of Zentral's at all.
    if isinstance(failure, NotFound):
        return "ZENTRAL-NOT-THE-API" if PAGE in failure.reasons else failure.code
    return failure.code


_CODES: tuple[tuple[type[HttpFailure], str], ...] = (
    (Forbidden, "ZENTRAL-PERMISSION-LACKING"),
    (ServerFault, "ZENTRAL-SERVER-ERROR"),
    (Redirected, "ZENTRAL-REDIRECTED"),
    (ForeignHost, "ZENTRAL-REDIRECTED"),
    (BadResponse, "ZENTRAL-NOT-THE-API"),
    (Invalid, "ZENTRAL-REFUSED"),
)
