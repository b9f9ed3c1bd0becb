"""From a request to an answer: method, rights, quota, parameters, body, state. The one place that changes a tenant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from reconciler.sandbox.google import devices, groups, oauth, org_units, policy_reads, policy_writes
from reconciler.sandbox.google.call import Call, Pending
from reconciler.sandbox.google.errors import ApiError, body, not_found, unknown_field
from reconciler.sandbox.google.methods import COMMON, Method, find_method
from reconciler.sandbox.google.partial import apply_mask, check_mask, parse_mask
from reconciler.sandbox.google.state import GoogleState
from reconciler.sandbox.options import Options
from reconciler.sandbox.quota import Limit, Usage, take

HANDLERS: dict[str, Callable[[Call], dict[str, Any] | None]] = {
    "directory.orgunits.list": org_units.list_org_units,
    "directory.orgunits.get": org_units.get_org_unit,
    "directory.orgunits.insert": org_units.insert_org_unit,
    "directory.orgunits.patch": org_units.patch_org_unit,
    "directory.orgunits.update": org_units.patch_org_unit,
    "directory.orgunits.delete": org_units.delete_org_unit,
    "directory.chromeosdevices.list": devices.list_devices,
    "directory.chromeosdevices.get": devices.get_device,
    "directory.chromeosdevices.patch": devices.patch_device,
    "directory.chromeosdevices.update": devices.patch_device,
    "directory.chromeosdevices.moveDevicesToOu": devices.move_devices,
    "admin.customer.devices.chromeos.batchChangeStatus": devices.change_status,
    "admin.customer.devices.chromeos.countChromeOsDevices": devices.count_devices,
    "directory.groups.list": groups.list_groups,
    "directory.groups.get": groups.get_group,
    "directory.groups.insert": groups.insert_group,
    "directory.groups.patch": groups.patch_group,
    "directory.groups.delete": groups.delete_group,
    "directory.members.list": groups.list_members,
    "chromepolicy.customers.policySchemas.list": policy_reads.list_schemas,
    "chromepolicy.customers.policySchemas.get": policy_reads.get_schema,
    "chromepolicy.customers.policies.resolve": policy_reads.resolve_policies,
    "chromepolicy.customers.policies.orgunits.batchModify": policy_writes.modify,
    "chromepolicy.customers.policies.orgunits.batchInherit": policy_writes.inherit,
    "chromepolicy.customers.policies.groups.batchModify": policy_writes.modify,
    "chromepolicy.customers.policies.groups.batchDelete": policy_writes.inherit,
}


@dataclass(slots=True)
class Tenant:
    """A tenant in use. `previous` is the state before the last write, for stale reads."""

    state: GoogleState
    previous: GoogleState | None = None
    tokens: oauth.Tokens = field(default_factory=oauth.Tokens)
    usage: Usage = field(default_factory=Usage)
    pending: Pending = field(default_factory=Pending)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`path` has no leading slash and is percent-decoded; `query` is raw."""

    verb: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`retry_after` in seconds. `payload` None is an empty body (204 where deleted)."""

    code: int
    payload: dict[str, Any] | None
    retry_after: float | None = None


def answer(tenant: Tenant, request: Request, options: Options, now: float, *, stale: bool = False) -> Answer:
    """Answer one request; the caller holds the lock."""
    if request.path == "token" and request.verb == "POST":
        return _token(tenant, request, options, now)
    directory = request.path.startswith("admin/")
    try:
        found = find_method(request.verb, request.path)
        if found is None:
            raise not_found("Not Found")
        return _run(tenant, found[0], found[1], request, options, now, stale=stale)
    except ApiError as error:
        return Answer(code=error.code, payload=body(error, directory=directory), retry_after=error.retry_after)


def _token(tenant: Tenant, request: Request, options: Options, now: float) -> Answer:
    form = {name: values[-1] for name, values in parse_qs(request.data.decode("utf-8", "replace")).items()}
    try:
        return Answer(code=200, payload=oauth.exchange(form, tenant.tokens, options, now, domain=tenant.state.domain))
    except oauth.OAuthError as error:
        return Answer(code=error.code, payload=error.body)


def _run(
    tenant: Tenant, method: Method, path: dict[str, str], request: Request, options: Options, now: float, *, stale: bool
) -> Answer:
    _authorize(tenant, method, request, now)
    if options.quotas:
        _count(tenant, method, options, now)
    query = _query(method, request.query)
    mask = parse_mask(query["fields"]) if "fields" in query else {}
    if mask and method.answer is not None:
        check_mask(mask, method.answer, query["fields"])
    _check_customer(tenant.state, method, path, query)
    state = tenant.previous if stale and method.reads and tenant.previous else tenant.state
    call = Call(
        method=method, path=path, query=query, body=_body(method, request.data),
        state=state if method.reads else state.copy(), options=options, now=now, pending=tenant.pending,
    )  # fmt: skip
    payload = _handle(tenant, call)
    return Answer(code=200 if method.answer is not None else 204, payload=payload and apply_mask(payload, mask))


def _handle(tenant: Tenant, call: Call) -> dict[str, Any] | None:
    """Writes work on a draft, which takes effect whole or not at all."""
    try:
        payload = HANDLERS[call.method.id](call)
    except ApiError as error:
        if error.keep:
            tenant.previous, tenant.state = tenant.state, call.state
        raise
    if not call.method.reads:
        tenant.previous, tenant.state = tenant.state, call.state
    return payload if call.method.answer is not None else None


def _authorize(tenant: Tenant, method: Method, request: Request, now: float) -> None:
    scopes = oauth.scopes_of(request.headers.get("Authorization", ""), tenant.tokens, now)
    if scopes is None:
        raise ApiError(
            401, "Request had invalid authentication credentials. Expected OAuth 2 access token.", reason="authError"
        )
    if not oauth.allowed(method, scopes):
        raise ApiError(
            403,
            "Request had insufficient authentication scopes.",
            reason="insufficientPermissions",
            details=[
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
            ],
        )


def _limits(method: Method, options: Options) -> list[Limit]:
    """Directory: 2,400 a minute; Chrome Policy: reads by second, writes by second and minute (reference 5, 2026-11)."""
    if method.directory:
        return [Limit(name="directory", count=options.directory_per_minute, seconds=60)]
    total = [Limit(name="policy", count=2500, seconds=60)]
    if method.reads:
        project, user = (30, 5) if options.policy_quota == "older" else (50, 10)
        limits = [
            Limit(name="policy-read", count=project, seconds=1),
            Limit(name="policy-read-user", count=user, seconds=1),
        ]
    else:
        limits = [
            Limit(name="policy-write-minute", count=options.policy_writes_per_minute, seconds=60),
            Limit(name="policy-write-second", count=options.policy_writes_per_second, seconds=1),
        ]
    return total + limits


def _count(tenant: Tenant, method: Method, options: Options, now: float) -> None:
    wait = take(tenant.usage, _limits(method, options), now, fixed_window=options.quota_window == "fixed")
    if wait is None:
        return
    retry_after = wait if options.retry_after else None
    if method.directory:
        raise ApiError(403, "Quota exceeded.", reason=options.directory_quota_reason, retry_after=retry_after)
    raise ApiError(
        429, "Quota exceeded for quota metric 'Policy'.", reason="rateLimitExceeded", retry_after=retry_after
    )


def _query(method: Method, raw: str) -> dict[str, Any]:
    """Checked and converted query parameters; an unknown one is refused as an unknown name is."""
    found: dict[str, Any] = {}
    for name, values in parse_qs(raw, keep_blank_values=True).items():
        if len(values) > 1:
            raise ApiError(400, f"Invalid value at '{name}': given more than once.")
        if name in method.params:
            found[name] = _convert(name, values[0], method.params[name])
        elif name in COMMON or name in ("$.xgafv", "upload_protocol"):
            found[name] = values[0]
        else:
            raise unknown_field(name, "")
    return found


def _convert(name: str, text: str, kind: str | tuple[str, ...]) -> Any:
    if kind == "integer" and text.isdecimal():
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "string" or (isinstance(kind, tuple) and text in kind):
        return text
    raise ApiError(400, f"Invalid value at '{name}', \"{text}\"", reason="invalidParameter")


def _check_customer(state: GoogleState, method: Method, path: dict[str, str], query: dict[str, Any]) -> None:
    """my_customer or the immutable id; another customer's is refused (code for the wrong customer: not confirmed)."""
    named = path.get("customerId") or query.get("customer")
    for part in ("customer", "parent", "name"):
        if part in path:
            named = path[part].split("/")[1]
    if named is not None and named not in ("my_customer", state.customer):
        if method.directory:
            raise ApiError(403, "Not Authorized to access this resource/api", reason="forbidden")
        raise ApiError(403, "The caller does not have permission")


def _body(method: Method, data: bytes) -> dict[str, Any]:
    """The checked body. null clears a field in PATCH and is as good as absent elsewhere (Google's guide on patching)."""
    if method.body is None:
        return {}
    patches = method.verb == "PATCH"
    try:
        parsed = json.loads(data or b"{}")
    except ValueError:
        raise ApiError(400, "Invalid JSON payload received.", reason="parseError") from None
    if not isinstance(parsed, dict):
        raise ApiError(400, "Invalid JSON payload received.", reason="parseError")
    parsed = {name: "" if value is None else value for name, value in parsed.items() if value is not None or patches}
    _check_body(parsed, method.body, "")
    return parsed


_TYPES: dict[str, type | tuple[type, ...]] = {"string": str, "bool": bool, "integer": int}


def _check_body(value: Any, shape: Any, where: str) -> None:
    """Names and types against the method's shape."""
    if shape == "any":
        return
    expected: Any = type(shape) if isinstance(shape, dict | list) else _TYPES[shape]
    if not isinstance(value, expected) or (shape == "integer" and isinstance(value, bool)):
        raise ApiError(400, f"Invalid value at '{where}', {json.dumps(value)[:80]}")
    if isinstance(shape, dict):
        for name, item in value.items():
            if name not in shape:
                raise unknown_field(name, where)
            _check_body(item, shape[name], f"{where}.{name}".lstrip("."))
    elif isinstance(shape, list):
        for number, item in enumerate(value):
            _check_body(item, shape[0], f"{where}[{number}]")
