"""From a request to an answer: sign-in, rights, quota, routing, state. The one place that changes a Graph tenant."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, unquote

from reconciler.sandbox.graph import devices, groups, members, oauth
from reconciler.sandbox.graph.batch import run_batch
from reconciler.sandbox.graph.call import Answer, Call, GraphError, split_path
from reconciler.sandbox.graph.intune.service import answer_intune
from reconciler.sandbox.graph.oauth import Grant, SignInError
from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.graph.replication import Replica, count_read, note_write, seen_state, settle, unseen
from reconciler.sandbox.graph.rights import check_rights
from reconciler.sandbox.graph.state import GraphState
from reconciler.sandbox.graph.throttling import Throttle, charge

INTUNE = ("deviceManagement", "deviceAppManagement")
_TOKEN = re.compile(r"(?P<tenant>[^/]+)/oauth2/v2\.0/token")

InnerFault = Callable[[str, str], tuple[int, Mapping[str, str], bool] | None]
"""Verb and path of a part of a batch → status and headers that it gets instead, and whether it is done all the same."""


@dataclass(slots=True)
class Tenant:
    """A tenant in use. `previous` is the state before the last write, for stale reads."""

    state: GraphState
    previous: GraphState | None = None
    tokens: oauth.Tokens = field(default_factory=oauth.Tokens)
    throttle: Throttle = field(default_factory=Throttle)
    replica: Replica = field(default_factory=Replica)
    shuffle: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - the order of a batch


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`path` has no leading slash and is percent-decoded; `query` is raw; `root` is where the vendor's paths begin."""

    verb: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""
    root: str = "http://sandbox/intune"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """What all parts of a request have in common."""

    options: GraphOptions
    quotas: bool
    now: float
    stale: bool
    grant: Grant
    version: Literal["v1.0", "beta"]
    root: str


Route = Callable[[Call], Answer]
ROUTES: tuple[tuple[str, tuple[str, ...], Route], ...] = (
    ("GET", ("groups",), groups.list_groups),
    ("POST", ("groups",), groups.create_group),
    ("GET", ("groups", "$count"), groups.count_groups),
    ("GET", ("groups", "*"), groups.get_group),
    ("PATCH", ("groups", "*"), groups.patch_group),
    ("DELETE", ("groups", "*"), groups.delete_group),
    ("GET", ("groups", "*", "members", "**"), members.list_members),
    ("GET", ("groups", "*", "transitiveMembers", "**"), members.list_members),
    ("POST", ("groups", "*", "members", "$ref"), members.add_reference),
    ("DELETE", ("groups", "*", "members", "*", "$ref"), members.remove_reference),
    ("DELETE", ("groups", "*", "members", "*"), members.delete_member),
    ("GET", ("devices",), devices.list_devices),
    ("GET", ("devices", "$count"), devices.count_devices),
    ("GET", ("devices", "*"), devices.get_device),
    ("PATCH", ("devices", "*"), devices.patch_device),
    ("DELETE", ("devices", "*"), devices.delete_device),
    ("GET", ("devices", "*", "memberOf"), devices.list_groups_of_device),
    ("GET", ("devices", "*", "transitiveMemberOf"), devices.list_groups_of_device),
    ("GET", ("organization",), devices.list_organizations),
    ("GET", ("organization", "*"), devices.get_organization),
)


def answer(
    tenant: Tenant,
    request: Request,
    options: GraphOptions,
    now: float,
    *,
    quotas: bool = True,
    stale: bool = False,
    inner_fault: InnerFault = lambda _verb, _path: None,
) -> Answer:
    """Answer one request; the caller holds the lock."""
    headers = {name.casefold(): value for name, value in request.headers.items()}
    if (match := _TOKEN.fullmatch(request.path)) and request.verb == "POST":
        return _token(tenant, match["tenant"], request, headers, options, now)
    ids = _ids(headers, now)
    try:
        version, _, rest = request.path.partition("/")
        if version not in ("v1.0", "beta"):
            raise GraphError(400, "BadRequest", "Invalid version.")
        setting = Setting(
            options=options, quotas=quotas, now=now, stale=stale, root=request.root,
            grant=_grant(tenant, headers, options, now), version=cast('Literal["v1.0", "beta"]', version),
        )  # fmt: skip
        if rest == "$batch" and request.verb == "POST":
            return _batch(tenant, setting, _body(request, headers), inner_fault, ids)
        return _one(tenant, setting, request.verb, rest, request.query, headers, _body(request, headers), ids)
    except GraphError as error:
        return error_answer(error, options, ids)


def _ids(headers: Mapping[str, str], now: float) -> dict[str, str]:
    """Without a client-request-id the two are equal (reference 4.5)."""
    made = str(uuid.uuid4())
    return {
        "request-id": made,
        "client-request-id": headers.get("client-request-id") or made,
        "Date": formatdate(now, usegmt=True),
    }


def error_answer(error: GraphError, options: GraphOptions, ids: Mapping[str, str]) -> Answer:
    inner = {
        "date": datetime.strptime(ids["Date"], "%a, %d %b %Y %H:%M:%S GMT")
        .replace(tzinfo=UTC)
        .strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": ids["request-id"],
        "client-request-id": ids["client-request-id"],
    }
    body = {"error": {"code": error.code, "message": error.message, options.error_key: inner}}
    return Answer(status=error.status, body=body, headers={**ids, **error.headers})


def _token(
    tenant: Tenant, asked: str, request: Request, headers: Mapping[str, str], options: GraphOptions, now: float
) -> Answer:
    form = dict(parse_qsl(request.data.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        body = oauth.sign_in(
            form, headers.get("authorization", ""), tenant.tokens, options, now, asked=asked, tenant=tenant.state.tenant
        )
    except SignInError as error:
        return Answer(status=error.status, body=oauth.error_body(error, now))
    return Answer(status=200, body=body)


def _grant(tenant: Tenant, headers: Mapping[str, str], options: GraphOptions, now: float) -> Grant:
    authorization = headers.get("authorization", "")
    grant = oauth.grant_of(authorization, tenant.tokens, options, now)
    if grant is not None:
        return grant
    message = "Access token has expired or is not yet valid." if authorization else "Access token is empty."
    told = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
    raise GraphError(401, "InvalidAuthenticationToken", message, headers=told)


def _body(request: Request, headers: Mapping[str, str]) -> Any:
    """Parsed JSON; None without a body."""
    if not request.data:
        return None
    if "json" not in headers.get("content-type", ""):
        raise GraphError(415, "UnsupportedMediaType", "The content type of the request is not supported.")
    try:
        return json.loads(request.data)
    except ValueError:
        message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."
        raise GraphError(400, "BadRequest", message) from None


def _batch(tenant: Tenant, setting: Setting, body: Any, inner_fault: InnerFault, ids: Mapping[str, str]) -> Answer:
    def part(verb: str, path: str, query: str, headers: Mapping[str, str], inner: Any) -> Answer:
        own = _ids(headers, setting.now)
        path = unquote(path)
        hit = inner_fault(verb, f"/intune/{setting.version}/{path}?{query}")
        if hit is not None and not hit[2]:
            return _faulty(hit, setting.options, own)
        try:
            found = _one(tenant, setting, verb, path, query, headers, inner, own)
        except GraphError as error:
            return error_answer(error, setting.options, own)
        return found if hit is None else _faulty(hit, setting.options, own)

    shuffle = tenant.shuffle if setting.options.batch_order == "shuffled" else None
    found = run_batch(body, setting.version, part, shuffle=shuffle)
    return Answer(status=found.status, body=found.body, headers=ids)


def _faulty(hit: tuple[int, Mapping[str, str], bool], options: GraphOptions, ids: Mapping[str, str]) -> Answer:
    codes = {429: "TooManyRequests", 500: "InternalServerError", 502: "BadGateway", 503: "ServiceNotAvailable"}
    status, headers, _ = hit
    code = codes.get(status, "GatewayTimeout")
    return error_answer(GraphError(status, code, code, headers=headers), options, ids)


def _one(
    tenant: Tenant, setting: Setting, verb: str, path: str, query: str, headers: Mapping[str, str], body: Any,
    ids: Mapping[str, str],
) -> Answer:  # fmt: skip
    """One request, alone or in a batch: rights, quota, state."""
    segments, keys = split_path(path.strip("/"))
    if body is not None and not isinstance(body, dict):
        raise GraphError(400, "BadRequest", "The payload must be a JSON object.")
    settle(tenant.replica, setting.options, setting.now)
    call = Call(
        version=setting.version, verb=verb, segments=segments or ("",), keys=keys, headers=headers, body=body,
        query=dict(parse_qsl(query, keep_blank_values=True)), now=setting.now, options=setting.options,
        root=setting.root, directory=_state(tenant, setting, verb, segments), roles=setting.grant.roles,
        unseen=unseen(tenant.replica),
    )  # fmt: skip
    check_rights(call)
    told = charge(tenant.throttle, call, setting.grant.client) if setting.quotas else {}
    found = _handle(tenant, call)
    return Answer(status=found.status, body=found.body, headers={**ids, **told, **found.headers})


def _state(tenant: Tenant, setting: Setting, verb: str, segments: tuple[str, ...]) -> GraphState:
    """What the request sees: for a write a draft, for a read of the directory what is replicated."""
    intune = segments[:1] in (("deviceManagement",), ("deviceAppManagement",))
    if verb == "GET":
        state = tenant.previous if setting.stale and tenant.previous else tenant.state
        return state if intune else seen_state(tenant.replica, state)
    return tenant.state.copy_intune() if intune else tenant.state.copy_directory()


def _handle(tenant: Tenant, call: Call) -> Answer:
    """Writes work on a draft, which takes effect whole or not at all."""
    if call.segments[0] in INTUNE:
        found = answer_intune(call.directory.intune, call)
    else:
        try:
            found = _route(call)(call)
        finally:
            _count_read(tenant, call)
    if call.verb != "GET":
        note_write(tenant.replica, tenant.state, call.directory, call.options, call.now)
        tenant.previous, tenant.state = tenant.state, call.directory
    return found


def _count_read(tenant: Tenant, call: Call) -> None:
    if call.segments[0] not in ("groups", "devices") or not tenant.replica.lags:
        return
    key = call.segments[1] if len(call.segments) > 1 else None
    if call.keys.get(1) == "uniqueName":
        key = next((one.id for one in tenant.state.groups.values() if one.unique_name == key), key)
    if call.verb == "GET" or key in call.unseen:
        count_read(tenant.replica, call.segments[0], key)


def _route(call: Call) -> Route:
    for verb, pattern, route in ROUTES:
        if verb == call.verb and _matches(call.segments, pattern):
            return route
    if any(_matches(call.segments, pattern) for _, pattern, _ in ROUTES):
        raise GraphError(
            405, "Request_BadRequest", f"Specified HTTP method is not allowed for the request target: {call.verb}."
        )
    raise GraphError(400, "BadRequest", f"Resource not found for the segment '{call.segments[0]}'.")


def _matches(segments: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """`*` is one segment that isn't `$…`, `**` at the end is any number."""
    if pattern[-1:] == ("**",):
        segments, pattern = segments[: len(pattern) - 1], pattern[:-1]
    return len(segments) == len(pattern) and all(
        wanted == found or (wanted == "*" and not found.startswith("$"))
        for wanted, found in zip(pattern, segments, strict=True)
    )
