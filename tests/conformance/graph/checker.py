"""Whether a request is one that Microsoft Graph describes: path, verb, query options, body, and each part of a batch."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from reconciler.http.request import Sent
from tests.conformance.graph import routes
from tests.conformance.graph.bodies import body_faults
from tests.conformance.graph.queries import query_faults
from tests.conformance.graph.type_files import BETA, V1

MOST_PARTS = 20
"""Parts of one `$batch` (docs-contrib concepts/json-batching.md, 2025-02)."""

_PART = frozenset({"id", "method", "url", "headers", "body", "dependsOn"})


def check(sent: Sent) -> list[str]:
    """What is wrong with a request, in words; empty when all is well."""
    return check_request(sent.method, sent.path, sent.query, sent.body)


def check_log(log: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the requests in a sandbox's log (`GET /_sandbox/requests`): for runs in another process."""
    return [
        fault
        for entry in log
        if entry["path"].startswith("/intune/") and not entry["path"].endswith("/oauth2/v2.0/token")
        for fault in check_request(
            entry["method"],
            entry["path"].removeprefix("/intune"),
            parse_qsl(entry["query"], keep_blank_values=True),
            entry["body"],
        )
    ]


def check_request(verb: str, path: str, query: Sequence[tuple[str, str]], body: object) -> list[str]:
    """`path` from the version on, with its leading slash; `query` decoded; `body` parsed JSON."""
    version, _, rest = path.removeprefix("/").partition("/")
    if version not in (V1, BETA):
        return [f"{verb} {path}: neither {V1} nor {BETA}"]
    below = "/" + unquote(rest)
    if below == "/$batch":
        return _batch_faults(version, verb, query, body)
    return _request_faults(version, verb, below, query, body)


def _request_faults(version: str, verb: str, path: str, query: Sequence[tuple[str, str]], body: object) -> list[str]:
    route = routes.find(version, verb, path)
    if route is None:
        return [f"{verb} {version}{path}: no such request is described"]
    return [f"{route}: {fault}" for fault in (*query_faults(route, query), *body_faults(route, body))]


def _batch_faults(version: str, verb: str, query: Sequence[tuple[str, str]], body: object) -> list[str]:
    where = f"{verb} {version}/$batch"
    parts = body.get("requests") if isinstance(body, Mapping) and len(body) == 1 else None
    if verb != "POST" or query or not isinstance(parts, list | tuple):
        return [f"{where}: no batch"]
    faults = [] if 1 <= len(parts) <= MOST_PARTS else [f"{where}: {len(parts)} parts, not 1 to {MOST_PARTS}"]
    ids = [str(part.get("id", "")).lower() for part in parts]
    if len(set(ids)) < len(ids) or "" in ids:
        faults.append(f"{where}: parts without an id of their own")
    for part in parts:
        faults += [f"{where}: {fault}" for fault in _part_faults(version, part, ids)]
    return faults


def _part_faults(version: str, part: Mapping[str, Any], ids: Sequence[str]) -> list[str]:
    faults = [f"a part has no {name!r}" for name in sorted(set(part) - _PART)]
    faults += [f"a part lacks {name}" for name in ("id", "method", "url") if not isinstance(part.get(name), str)]
    faults += [f"a part waits for {other!r}" for other in part.get("dependsOn", ()) if str(other).lower() not in ids]
    if faults:
        return faults
    address = urlsplit(part["url"])
    if address.netloc or address.path.strip("/").split("/")[0] in (V1, BETA):
        return [f"{part['url']}: a part's url begins below the version"]
    return [
        *_header_faults(part),
        *_request_faults(
            version,
            part["method"],
            "/" + unquote(address.path.lstrip("/")),
            parse_qsl(address.query, keep_blank_values=True),
            part.get("body"),
        ),
    ]


def _header_faults(part: Mapping[str, Any]) -> list[str]:
    """A body needs its Content-Type said, and an action without parameters still has an empty one (json-batching.md)."""
    headers = {str(name).lower(): value for name, value in (part.get("headers") or {}).items()}
    if "body" in part and headers.get("content-type") != "application/json":
        return ["a part with a body does not say its Content-Type"]
    if part["method"] in ("POST", "PATCH", "PUT") and "body" not in part:
        return [f"a part {part['method']} has no body, not even an empty one"]
    return []
