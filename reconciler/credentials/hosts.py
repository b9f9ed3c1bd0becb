"""Which host a credential may be sent to. Decided here and in the environment, never by a file of the repository. Pure.

Whoever may edit YAML may otherwise point a backend at a host of their own and be handed the organisation's token.
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from reconciler.credentials.problems import CredentialProblem

# Roots in Google's discovery documents (google-api-python-client 2.202.0, 2026-11); the last as its auth library has it.
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "google": {
        "directory": "admin.googleapis.com",
        "chrome-policy": "chromepolicy.googleapis.com",
        "chrome-management": "chromemanagement.googleapis.com",
        "token": "oauth2.googleapis.com",
        # Discovery documents sts:v1 and iamcredentials:v1 (2026-11).
        "sts": "sts.googleapis.com",
        "iam-credentials": "iamcredentials.googleapis.com",
    },
}

# Graph's and Entra's roots by cloud (microsoft-graph-docs-contrib concepts/deployments.md @032e3efe, 2026-11). A token of
# one cloud is not valid in another.
CLOUDS: Mapping[str, Mapping[str, str]] = {
    "global": {"graph": "graph.microsoft.com", "token": "login.microsoftonline.com"},
    "usgov": {"graph": "graph.microsoft.us", "token": "login.microsoftonline.us"},
    "usgov-dod": {"graph": "dod-graph.microsoft.us", "token": "login.microsoftonline.us"},
    "china": {"graph": "microsoftgraph.chinacloudapi.cn", "token": "login.chinacloudapi.cn"},
}


def base_url(
    kind: str, service: str, *, cloud: str = "global", declared: str | None = None, sandbox: str | None = None
) -> str:
    """The address that requests to a service of this kind of backend start with, ending in a slash.

    cloud     which of Microsoft's clouds (`CLOUDS`); of no meaning to the others
    declared  host or address that a file names, if it does: accepted only where it says the same
    sandbox   address of a sandbox; each kind lies below `<sandbox>/<kind>/` there, all its services together
    Raises CredentialProblem HOST-NOT-BOUND, SANDBOX-NOT-LOOPBACK; KeyError for a kind, service or cloud that isn't built in.
    """
    bound = (CLOUDS[cloud] if kind == "intune" else BUILT_IN[kind])[service]
    if declared is not None and not _same_host(declared, bound):
        named = _split(declared)
        shown = (named.hostname if named else None) or "?"
        raise CredentialProblem("HOST-NOT-BOUND", {"declared": shown, "bound": bound, "kind": kind})
    return f"https://{bound}/" if sandbox is None else f"{sandbox_url(sandbox)}{kind}/"


def own_url(kind: str, *, declared: str, bound: str, variable: str, sandbox: str | None = None) -> str:
    """The address of a server that an organisation runs itself, ending in a slash: for kinds that have no built-in host.

    declared  address that a file names: https, a host and nothing after it (on this machine http too)
    bound     what the variable beside the credential says, a host or an address; `variable` is its name
    sandbox   as for `base_url`
    Raises CredentialProblem OWN-HOST-NOT-BOUND, OWN-HOST-MISSING, OWN-URL-MALFORMED, SANDBOX-NOT-LOOPBACK.
    """
    parts = _split(declared) if "://" in declared else None
    if parts is None or not _is_plain(parts):
        raise CredentialProblem("OWN-URL-MALFORMED", {"kind": kind})
    if sandbox is not None:
        return f"{sandbox_url(sandbox)}{kind}/"
    if not bound:
        raise CredentialProblem("OWN-HOST-MISSING", {"kind": kind, "variable": variable, "declared": _netloc(parts)})
    named = _split(bound)
    if named is None or not named.hostname or _netloc(named) != _netloc(parts):
        shown = _netloc(named) if named and named.hostname else "?"
        raise CredentialProblem(
            "OWN-HOST-NOT-BOUND", {"declared": _netloc(parts), "bound": shown, "variable": variable}
        )
    return f"{parts.scheme}://{_netloc(parts)}/"


def _is_plain(parts: SplitResult) -> bool:
    """https and a host, nothing else; http for a server on this machine, where a token doesn't leave it."""
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host) and safe and "@" not in parts.netloc and not parts.path.strip("/") and not parts.query


def host_of(url: str) -> str:
    """The host (and port, where it isn't the usual one) of an address; the text itself where it is none."""
    parts = _split(url)
    return _netloc(parts) if parts and parts.netloc else url


def _netloc(parts: SplitResult) -> str:
    return parts.netloc.lower().removesuffix(":443")


def sandbox_url(url: str) -> str:
    """The address, ending in a slash. Raises CredentialProblem SANDBOX-NOT-LOOPBACK for one that leaves the machine."""
    parts = _split(url) if "://" in url else None
    host = (parts.hostname if parts else None) or "?"
    if parts is None or parts.scheme != "http" or "@" in parts.netloc or not is_loopback(host):
        raise CredentialProblem("SANDBOX-NOT-LOOPBACK", {"host": host})
    return f"http://{parts.netloc}/{parts.path.strip('/')}".rstrip("/") + "/"


def _same_host(declared: str, bound: str) -> bool:
    parts = _split(declared)
    return (
        parts is not None
        and parts.scheme in ("", "https")
        and parts.netloc.lower() in (bound, f"{bound}:443")
        and parts.path in ("", "/")
        and not parts.query
    )


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        _ = parts.port  # raises ValueError for one that is no number
    except ValueError:
        return None
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
