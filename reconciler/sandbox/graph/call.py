"""One Graph request as the directory and Intune see it, its answer, errors in Graph's shape, and paging."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from reconciler.sandbox.graph.options import GraphOptions

if TYPE_CHECKING:
    from reconciler.sandbox.graph.state import GraphState

_KEYED = re.compile(r"(?P<name>[^(]*)\((?P<inner>.*)\)", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(?:(?P<key>\w+)\s*=\s*)?(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[^,']*))\s*(?:,|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request that passed sign-in, rights and quota."""

    version: Literal["v1.0", "beta"]
    verb: str
    segments: tuple[str, ...]
    """Decoded parts of the path below the version. `groups('a')`, `groups(uniqueName='a')` and `groups/a` all give
    `("groups", "a")`; a function's arguments follow its name in the same way."""
    keys: Mapping[int, str] = field(default_factory=dict)
    """Index of a segment → name, where the segment was written as `name='value'`."""
    query: Mapping[str, str] = field(default_factory=dict)
    """Decoded; names as written (`$select`)."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: dict[str, Any] | None = None
    now: float = 0.0
    """Seconds since the epoch, on the sandbox's clock."""
    options: GraphOptions = field(default_factory=GraphOptions)
    root: str = "http://sandbox/intune"
    """What nextLinks begin with; the version follows."""
    directory: GraphState
    """The tenant's groups and devices: Intune's assignments point at them. A draft where the request writes."""
    roles: frozenset[str] = frozenset()
    """Application permissions of the token."""
    unseen: frozenset[str] = frozenset()
    """Ids of new directory objects that are not replicated yet: to reads, and to what refers to them, they are missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`body` None is an empty body, `str` is plain text (`$count`). Header names in their usual spelling."""

    status: int
    body: dict[str, Any] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphError(Exception):
    """A refusal. `message` may itself be a JSON document: see `intune_error`."""

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def intune_error(status: int, message: str, *, code: str = "BadRequest", version: int = 3) -> GraphError:
    """Intune puts a JSON document as text into `error.message`, and an internal address into that (reference 4.4, 2026-11)."""
    zero = "00000000-0000-0000-0000-000000000000"
    inner = {
        "_version": version,
        "Message": f"{message} - Operation ID (for customer support): {zero} - Activity ID: {zero} - "
        "Url: https://fef.sandbox01.manage.microsoft.com/StatelessService/deviceAppManagement",
        "CustomApiErrorPhrase": "",
        "RetryAfter": None,
        "ErrorSourceService": "",
        "HttpHeaders": "{}",
    }
    return GraphError(status, code, json.dumps(inner, indent=2).replace("\n", "\r\n"))


def no_route(verb: str, template: str) -> GraphError:
    """Intune's answer where nothing is routed (reference 4.4). `template` without the leading `~/`."""
    message = f"No OData route exists that match template ~/{template} with http verb {verb} for request /Service."
    return intune_error(400, message, code="No method match route template")


def split_path(path: str) -> tuple[tuple[str, ...], dict[int, str]]:
    """The segments of a decoded path and the names of those written as `name='value'`. A slash in quotes does not split."""
    segments: list[str] = []
    keys: dict[int, str] = {}
    for part in re.findall(r"(?:[^/']|'(?:[^']|'')*'?)+", path):
        match = _KEYED.fullmatch(part)
        if match is None:
            segments.append(part)
            continue
        if match["name"]:  # the vendor's page on upsert writes `/groups/(uniqueName='…')`
            segments.append(match["name"])
        for argument in _ARGUMENT.finditer(match["inner"]):
            if argument["text"] is None and not argument["bare"]:
                continue
            if argument["key"]:
                keys[len(segments)] = argument["key"]
            found = argument["text"].replace("''", "'") if argument["text"] is not None else argument["bare"]
            segments.append(found)
    return tuple(segments), keys


def first_page(call: Call) -> bool:
    """True unless a nextLink was followed: `@odata.count` stands on the first page only (reference 4.1)."""
    return "$skiptoken" not in call.query


def page(items: Sequence[Any], call: Call, default: int, maximum: int) -> dict[str, Any]:
    """`value`, and `@odata.nextLink` (absolute) where there is more. `$top` is read here; a token belongs to one question."""
    size = _size(call, default, maximum)
    start, shown = _position(call)
    if start == 0 and not shown and call.options.empty_pages:
        return {"value": [], "@odata.nextLink": _link(call, 0)}
    found: dict[str, Any] = {"value": list(items[start : start + size])}
    if start + size < len(items):
        found["@odata.nextLink"] = _link(call, start + size)
    return found


def _size(call: Call, default: int, maximum: int) -> int:
    asked = call.query.get("$top")
    size = default
    if asked is not None:
        if not asked.isdecimal() or int(asked) == 0:
            raise GraphError(
                400,
                "Request_BadRequest",
                f"Invalid page size specified: '{asked}'. Must be between 1 and {maximum} inclusive.",
            )
        size = int(asked)
        if size > maximum:
            if call.options.top_over_maximum == "error":
                raise GraphError(
                    400,
                    "Request_BadRequest",
                    f"Invalid page size specified: '{asked}'. Must be between 1 and {maximum} inclusive.",
                )
            size = maximum if call.options.top_over_maximum == "cap" else default
    return min(size, call.options.page_size) if call.options.page_size > 0 else size


def _question(call: Call) -> str:
    asked = [call.version, call.segments, sorted((k, v) for k, v in call.query.items() if k != "$skiptoken")]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]


def _position(call: Call) -> tuple[int, bool]:
    """Where the page starts, and whether a token said so."""
    token = call.query.get("$skiptoken")
    if token is None:
        return 0, False
    try:
        whose, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        number = int(offset)
    except ValueError:
        whose, number = "", 0
    if whose != _question(call):
        raise GraphError(
            400,
            "Request_BadRequest",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    return number, True


def _link(call: Call, offset: int) -> str:
    token = base64.urlsafe_b64encode(f"{_question(call)}:{offset}".encode()).decode()
    query = {name: value for name, value in call.query.items() if name != "$skiptoken"} | {"$skiptoken": token}
    text = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in query.items())
    return f"{call.root}/{call.version}/{_path(call)}?{text}"


def _path(call: Call) -> str:
    """The path again: a named key keeps its form, everything else is a plain segment."""
    parts: list[str] = []
    for number, segment in enumerate(call.segments):
        name = call.keys.get(number)
        if name is not None:
            escaped = quote(segment.replace("'", "''"), safe="")
            parts[-1] += f"({name}='{escaped}')"
        else:
            parts.append(quote(segment, safe="$"))
    return "/".join(parts)
