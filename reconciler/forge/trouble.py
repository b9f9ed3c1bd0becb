"""What a failure of GitHub's API means to the person who runs this: a code and what its text needs. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from reconciler.http.failures import (
    Conflict,
    Forbidden,
    ForeignHost,
    HttpFailure,
    Invalid,
    NotFound,
    OutcomeUnknown,
    QuotaExceeded,
    Redirected,
    ServerFault,
    Unauthorised,
    Unreachable,
)

# What an operation needs, by how its path goes on below the repository, the longest first
# (docs.github.com/en/rest/authentication/permissions-required-for-github-apps, read 2026-11-22).
_PERMISSIONS: Final = (
    ("/orgs/{org}/teams", "members"),
    ("actions/permissions", "administration"),
    ("branches/{+branch}/protection", "administration"),
    ("actions/", "actions"),
    ("environments", "actions"),
    ("deployments", "deployments"),
    ("pulls", "pull-requests"),
    ("commits/{sha}/pulls", "pull-requests"),
    ("issues", "issues"),
    ("labels", "issues"),
    ("git/", "contents"),
    ("compare", "contents"),
    ("commits", "contents"),
    ("activity", "contents"),
)
_BY_TYPE: Final[tuple[tuple[type[HttpFailure], str], ...]] = (
    (Unauthorised, "FORGE-TOKEN-REFUSED"),
    (QuotaExceeded, "FORGE-QUOTA"),
    (NotFound, "FORGE-NOT-FOUND"),
    (Conflict, "FORGE-CONFLICT"),
    (Invalid, "FORGE-INVALID"),
    (ServerFault, "FORGE-FAULT"),
    (OutcomeUnknown, "FORGE-OUTCOME-UNKNOWN"),
    (Unreachable, "FORGE-UNREACHABLE"),
    (Redirected, "FORGE-MOVED"),
    (ForeignHost, "FORGE-FOREIGN-LINK"),
)


def explain_failure(failure: HttpFailure) -> tuple[str, Mapping[str, str]]:
    """Code and values. Falls back to the HTTP layer's own code, which says what happened and not what to do."""
    told = {"permission": needed_permission(failure), "path": _shown(failure.path), **_no_json(failure)}
    values = {**failure.values(), **told}
    if isinstance(failure, NotFound) and failure.status == 410:
        return "FORGE-ISSUES-OFF", values
    if isinstance(failure, Forbidden | NotFound) and "/teams/" in failure.path:
        return "FORGE-TEAMS-NOT-READABLE", values
    if isinstance(failure, Forbidden):
        return "FORGE-NOT-ALLOWED" if values["permission"] else "FORGE-REPOSITORY-NOT-ALLOWED", values
    if isinstance(failure, NotFound) and not values["permission"]:
        return "FORGE-REPOSITORY-NOT-FOUND", values
    return next((code for kind, code in _BY_TYPE if isinstance(failure, kind)), failure.code), values


def _no_json(failure: HttpFailure) -> Mapping[str, str]:
    """What our own HTTP layer says of a page in place of an answer, in the reader's language; what GitHub says is quoted as it is."""
    page = re.search(r"the reply is (\S+), not JSON", failure.message)
    return {"message.sv": f"Svaret var {page[1]} och inte JSON."} if page else {}


def _shown(path: str) -> str:
    """Below the repository, with `…` for what is filled in: ids say little, and a bare placeholder looks like a fault of ours."""
    return re.sub(r"\{[^}]*\}", "…", path.removeprefix("repos/{owner}/{repo}/"))


def needed_permission(failure: HttpFailure) -> str:
    """As a workflow writes it: `pull-requests: write`. Empty for what every token may read."""
    below = failure.path.removeprefix("repos/{owner}/{repo}/")
    name = next((name for start, name in _PERMISSIONS if below.startswith(start)), "")
    if name == "issues" and "comments" in below:
        name = "pull-requests"  # comments on pull requests lie below issues, and either permission will do
    return f"{name}: {'read' if failure.method == 'GET' else 'write'}" if name else ""
