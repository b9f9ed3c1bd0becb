"""From a request to an answer: address, token, permission, method, body, state. The one place that changes a server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from reconciler.sandbox.zentral import artifacts, assets, blueprints, devices, tagging
from reconciler.sandbox.zentral.call import Answer, Call
from reconciler.sandbox.zentral.errors import ApiError, detail, server_error
from reconciler.sandbox.zentral.options import ZentralOptions
from reconciler.sandbox.zentral.reporting import report
from reconciler.sandbox.zentral.serialised import breaks_off
from reconciler.sandbox.zentral.state import ZentralState

Handler = Callable[[Call], Answer]
WRITE, READ = "sandbox-write", "sandbox-read"
"""Tokens that are always known: one with all permissions, one with those that only look."""
_VERBS = {"GET": "view", "POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}
_TAGGING = ("inventory.add_tag", "inventory.add_taxonomy", "inventory.add_machinetag", "inventory.delete_machinetag")
_KEYS = {"int": r"(?P<key>[0-9]+)", "uuid": r"(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"}
_NOT_FOUND = '<!doctype html>\n<html lang="en">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n  <h1>Not Found</h1>\n</body>\n</html>\n'


@dataclass(slots=True)
class Tenant:
    """A server in use. `previous` is the state before the last write, for stale reads."""

    state: ZentralState
    previous: ZentralState | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`path` has no leading slash and is percent-decoded; `url` is the whole address with its query."""

    verb: str
    path: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """An address, what it does, and the permissions that it takes: of `model`, or the same `permissions` for every verb."""

    path: re.Pattern[str]
    methods: Mapping[str, Handler]
    model: str = ""
    permissions: tuple[str, ...] = ()

    def needs(self, verb: str) -> tuple[str, ...]:
        if self.permissions:
            return self.permissions
        app, _, model = self.model.partition(".")
        return (f"{app}.{_VERBS[verb]}_{model}",)


def _views(
    address: str,
    model: str,
    key: Literal["int", "uuid", ""],
    many: Mapping[str, Handler],
    one: Mapping[str, Handler],
) -> Iterator[View]:
    yield View(path=re.compile(address + "/"), methods=many, model=model)
    if key:
        yield View(path=re.compile(f"{address}/{_KEYS[key]}/"), methods=one, model=model)


def _crud(address: str, model: str, key: Literal["int", "uuid"], *handlers: Handler) -> Iterator[View]:
    """List, create, get, update and delete, in this order."""
    listing, creating, getting, updating, deleting = handlers
    one = {"GET": getting, "PUT": updating, "DELETE": deleting}
    yield from _views(address, model, key, {"GET": listing, "POST": creating}, one)


VIEWS: tuple[View, ...] = (
    View(path=re.compile("inventory/machines/tags/"), methods={"POST": tagging.tag_machines}, permissions=_TAGGING),
    View(
        path=re.compile("inventory/machines/(?P<key>[^/]+)/meta/"),
        methods={"GET": tagging.get_machine},
        permissions=("inventory.view_machinesnapshot",),
    ),
    *_crud(
        "inventory/tags", "inventory.tag", "int",
        tagging.list_tags, tagging.create_tag, tagging.get_tag, tagging.update_tag, tagging.delete_tag,
    ),
    *_crud(
        "inventory/taxonomies", "inventory.taxonomy", "int",
        tagging.list_taxonomies, tagging.create_taxonomy, tagging.get_taxonomy, tagging.update_taxonomy,
        tagging.delete_taxonomy,
    ),
    *_views("mdm/devices", "mdm.enrolleddevice", "", {"GET": devices.list_devices}, {}),
    *_crud(
        "mdm/blueprints", "mdm.blueprint", "int",
        blueprints.list_blueprints, blueprints.create_blueprint, blueprints.get_blueprint, blueprints.update_blueprint,
        blueprints.delete_blueprint,
    ),
    *_crud(
        "mdm/blueprint_artifacts", "mdm.blueprintartifact", "int",
        blueprints.list_links, blueprints.create_link, blueprints.get_link, blueprints.update_link,
        blueprints.delete_link,
    ),
    *_crud(
        "mdm/artifacts", "mdm.artifact", "uuid",
        artifacts.list_artifacts, artifacts.create_artifact, artifacts.get_artifact, artifacts.update_artifact,
        artifacts.delete_artifact,
    ),
    *_crud(
        "mdm/profiles", "mdm.profile", "uuid",
        artifacts.list_profiles, artifacts.create_profile, artifacts.get_profile, artifacts.update_profile,
        artifacts.delete_profile,
    ),
    *_crud(
        "mdm/store_apps", "mdm.storeapp", "uuid",
        artifacts.list_store_apps, artifacts.create_store_app, artifacts.get_store_app, artifacts.update_store_app,
        artifacts.delete_store_app,
    ),
    *_views("mdm/locations", "mdm.location", "int", {"GET": assets.list_locations}, {"GET": assets.get_location}),
    *_views("mdm/location_assets", "mdm.locationasset", "", {"GET": assets.list_location_assets}, {}),
)  # fmt: skip


def answer(tenant: Tenant, request: Request, options: ZentralOptions, now: float, *, stale: bool = False) -> Answer:
    """Answer one request; the caller holds the lock. `now` is seconds since 1970."""
    below = request.path.removeprefix("api/")
    found = _find(below) if request.path.startswith("api/") else None
    if found is None:
        if request.path.startswith("api/") and _find(below + "/"):
            address, mark, query = request.url.partition("?")
            return Answer(status=301, body="", headers={"Location": f"{address}/{mark}{query}"})
        return Answer(status=404, body=_NOT_FOUND)
    try:
        return _run(tenant, found[0], found[1], request, options, now, stale=stale)
    except ApiError as error:
        return Answer(status=error.status, body=error.body, headers=error.headers)


def _find(path: str) -> tuple[View, str] | None:
    for view in VIEWS:
        if match := view.path.fullmatch(path):
            return view, match.groupdict().get("key", "")
    return None


def _run(
    tenant: Tenant, view: View, key: str, request: Request, options: ZentralOptions, now: float, *, stale: bool
) -> Answer:
    headers = {name.casefold(): value for name, value in request.headers.items()}
    _authorize(tenant.state, view, request.verb, headers.get("authorization", ""), options)
    if request.verb not in view.methods:
        allowed = ", ".join([*view.methods, "HEAD", "OPTIONS"])
        raise detail(405, f'Method "{request.verb}" not allowed.', Allow=allowed)
    reading = request.verb == "GET"
    before = tenant.previous if reading and stale and tenant.previous else tenant.state
    draft = before if reading else before.copy()
    written = datetime.fromtimestamp(now, UTC).replace(tzinfo=None).isoformat()
    data = None if reading or request.verb == "DELETE" else _body(request.data, headers.get("content-type", ""))
    call = Call(state=draft, options=options, url=request.url, now=written, key=key, data=data)
    found = view.methods[request.verb](call)
    if not reading:
        if options.devices == "prompt":
            report(draft, draft.devices.values())
        tenant.previous, tenant.state = tenant.state, draft
        if breaks_off(before, draft, view.model, key, found.body):
            raise server_error()
    return found


def _authorize(state: ZentralState, view: View, verb: str, header: str, options: ZentralOptions) -> None:
    """401 without a known token, 403 where it lacks a permission: before it is asked whether the method is offered."""
    granted = _token(state, header)
    for wanted in view.needs(verb):
        held = wanted in options.permissions if options.permissions else granted(wanted)
        if not held or wanted in options.denied:
            raise detail(403, "You do not have permission to perform this action.")


def _token(state: ZentralState, header: str) -> Callable[[str], bool]:
    """Which permissions a token has. Messages are those of Django REST framework, and of accounts/api_authentication.py."""
    scheme, *words = header.split() or [""]
    if scheme.lower() != "token":
        raise _unauthorized("Authentication credentials were not provided.")
    if not words:
        raise _unauthorized("Invalid token header. No credentials provided.")
    if len(words) > 1:
        raise _unauthorized("Invalid token header. Token string should not contain spaces.")
    key = words[0]
    if key in state.inactive:
        raise _unauthorized("User inactive or deleted.")
    if key in state.tokens:
        return state.tokens[key].__contains__
    if key == WRITE:
        return lambda _: True
    if key == READ:
        return lambda permission: permission.partition(".")[2].startswith("view_")
    raise _unauthorized("Invalid ztl token." if "_" in key else "Invalid token.")


def _unauthorized(text: str) -> ApiError:
    return detail(401, text, **{"WWW-Authenticate": "Token"})


def _body(data: bytes, content_type: str) -> Any:
    if not data:
        return {}
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise detail(415, f'Unsupported media type "{content_type}" in request.')
    try:
        return json.loads(data)
    except ValueError as error:
        raise detail(400, f"JSON parse error - {error}") from None
