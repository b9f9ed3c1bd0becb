"""What a failure of Google's APIs means to the person who runs this: a code and what its text needs. Pure."""

from collections.abc import Mapping

from reconciler.credentials.hosts import is_loopback
from reconciler.http.failures import (
    Forbidden,
    ForeignHost,
    HttpFailure,
    Invalid,
    NotFound,
    QuotaExceeded,
    Redirected,
    Unauthorised,
    Unreachable,
)

_SCOPES = "https://www.googleapis.com/auth/"
_LACKING = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})


def explain_failure(failure: HttpFailure, customer: str) -> tuple[str, Mapping[str, str]]:
    """Code and values. Falls back to the HTTP layer's own code, which says what happened and not what to do."""
    values = {**failure.values(), "customer": customer, "scope": needed_scope(failure)}
    if isinstance(failure, Unauthorised):
        return "GOOGLE-TOKEN-REFUSED", values
    if isinstance(failure, Forbidden):
        return ("GOOGLE-SCOPE-LACKING" if _lacks_scope(failure) else "GOOGLE-NOT-ALLOWED"), values
    if isinstance(failure, NotFound | Invalid) and _is_about_customer(failure):
        return "GOOGLE-WRONG-CUSTOMER", values
    if isinstance(failure, Unreachable):
        return ("SANDBOX-NOT-STARTED" if is_loopback(failure.host) else "GOOGLE-UNREACHABLE"), values
    if isinstance(failure, Redirected | ForeignHost):
        return "GOOGLE-FOREIGN-HOST", values
    if isinstance(failure, QuotaExceeded):
        return "GOOGLE-QUOTA", values
    return failure.code, values


def needed_scope(failure: HttpFailure) -> str:
    """The delegated scope that a call needs; its read-only twin does for reads (discovery documents, 2026-11)."""
    name = "chrome.management.policy"
    if "orgunits" in failure.path and failure.path.startswith("admin/"):
        name = "admin.directory.orgunit"
    elif "/devices/" in failure.path:
        name = "admin.directory.device.chromeos"
    elif failure.path.startswith("admin/directory/v1/groups"):
        name = "admin.directory.group.readonly"
    reads = failure.method == "GET" or failure.path.endswith(":resolve")
    return _SCOPES + name + (".readonly" if reads and not name.endswith("readonly") else "")


def _lacks_scope(failure: Forbidden) -> bool:
    return bool(_LACKING.intersection(failure.reasons)) or "insufficient" in failure.message.lower()


def _is_about_customer(failure: HttpFailure) -> bool:
    """Listing all org units, devices or schemas names nothing but the customer."""
    return failure.method == "GET" and failure.path.endswith(("/orgunits", "/chromeos", "/policySchemas"))
