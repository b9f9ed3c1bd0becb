"""`deviceAppManagement/mobileApps`: apps of many types in one collection, some of which only a sync with a store makes."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconciler.sandbox.graph.call import Answer, Call, GraphError, first_page, intune_error, page
from reconciler.sandbox.graph.intune import tokens
from reconciler.sandbox.graph.intune.app_assignments import PAGE, answer_assignments, assign
from reconciler.sandbox.graph.intune.querying import expansions, read_filter, select
from reconciler.sandbox.graph.intune.routing import body_of, context, missing, unrouted
from reconciler.sandbox.graph.intune.state import (
    IntuneState,
    Record,
    Waiting,
    add_object,
    change_object,
    moment,
    remove_object,
)
from reconciler.sandbox.graph.intune.targets import shown_row
from reconciler.sandbox.graph.intune.types import (
    PREFIX,
    check,
    concrete_type,
    defaults,
    is_a,
    shown,
    type_name,
    types,
    writable,
)

SYNCED = ("iosVppApp", "macOsVppApp", "androidManagedStoreApp")
"""Types that appear by a sync with Apple or Google, and can't be created or deleted here."""
_REQUIRED: dict[str, tuple[str, ...]] = {
    "winGetApp": ("packageIdentifier", "installExperience"),
    "webApp": ("appUrl",),
    "windowsWebApp": ("appUrl",),
    "iosiPadOSWebClip": ("appUrl",),
    "macOSWebClip": ("appUrl",),
    "officeSuiteApp": (),
}
"""Creatable types → what a POST needs beside the name. Apps whose content is uploaded are not emulated."""
_FIXED = {"winGetApp": ("packageIdentifier", "installExperience"), "webApp": ("appUrl",)}
"""Properties that can't be changed later (reference 8.1)."""


def answer_apps(state: IntuneState, call: Call) -> Answer:
    rest = call.segments[2:]
    if not rest:
        if call.verb == "POST":
            return _create(state, call)
        return _list(state, call, "mobileApp")
    if cast := _cast(call, rest[0]):
        if len(rest) > 1:
            raise unrouted(call)
        return _list(state, call, cast)
    app = state.objects["apps"].get(rest[0])
    if app is None or not _visible(call, app):
        raise missing(rest[0])
    rest = rest[2:] if len(rest) > 1 and _cast(call, rest[1]) else rest[1:]
    if not rest:
        return _one(state, call, app)
    if rest[0] == "assignments":
        return answer_assignments(state, call, app, rest[1:])
    if rest == ("assign",) and call.verb == "POST":
        return assign(state, call, app)
    raise unrouted(call)


def _cast(call: Call, segment: str) -> str:
    """`graph.iosVppApp` or `microsoft.graph.iosVppApp` as a segment: the type's name."""
    prefix, _, name = segment.rpartition(".")
    if prefix not in ("graph", "microsoft.graph"):
        return ""
    return name if is_a(call.version, name, "mobileApp") else ""


def _visible(call: Call, app: Record) -> bool:
    return type_name(app) in types(call.version) or call.options.v1_beta_apps == "base"


def _list(state: IntuneState, call: Call, base: str) -> Answer:
    if call.verb != "GET":
        raise unrouted(call)
    expanded = expansions(call, ("assignments",), base)
    apps = [app for app in state.objects["apps"].values() if _visible(call, app)]
    apps = [app for app in apps if base == "mobileApp" or is_a("beta", type_name(app), base)]
    apps = [_current(state, app, call) for app in _filtered(state, call, apps)]
    if call.query.get("$orderby", "").startswith("displayName"):
        apps.sort(key=lambda app: str(app["displayName"]).casefold())
    for app in apps:
        _looked_at(state, app["id"])
    body = context(call, "deviceAppManagement/mobileApps")
    if call.query.get("$count") == "true" and first_page(call):
        body["@odata.count"] = len(apps)
    body |= page(apps, call, PAGE, PAGE)
    body["value"] = [_wire(state, call, app, base, expanded=bool(expanded)) for app in body["value"]]
    return Answer(status=200, body=body)


def _filtered(state: IntuneState, call: Call, apps: list[Record]) -> list[Record]:
    text = call.query.get("$filter")
    if not text:
        return apps
    test = read_filter(text, call.version)
    if test is None:
        raise intune_error(400, f"Invalid filter clause: {text}")
    return [app for app in apps if test({**app, "isAssigned": bool(state.assignments.get(app["id"]))})]


def _one(state: IntuneState, call: Call, app: Record) -> Answer:
    if call.verb == "DELETE":
        if type_name(app) in SYNCED:
            raise intune_error(400, "DELETE is not supported for this app type.")
        remove_object(state, "apps", app["id"])
        return Answer(status=204)
    if call.verb == "PATCH":
        return _patch(state, call, app)
    if call.verb != "GET":
        raise unrouted(call)
    app = _current(state, app, call)
    _looked_at(state, app["id"])
    expanded = bool(expansions(call, ("assignments",), "mobileApp"))
    where = context(call, "deviceAppManagement/mobileApps/$entity")
    return Answer(status=200, body=where | _wire(state, call, app, type_name(app), expanded=expanded))


def _wire(state: IntuneState, call: Call, app: Record, base: str, *, expanded: bool) -> Record:
    """An app in the version's form. The context of expanded rows names the app; public clients read its id there."""
    rows = state.assignments.get(app["id"], ())
    if type_name(app) not in types(call.version):
        app = {**app, "@odata.type": PREFIX + "mobileApp"}
    name = type_name(app)
    found = shown(call.version, {**app, "isAssigned": bool(rows)})
    if expanded:
        where = f"deviceAppManagement/mobileApps('{app['id']}')/microsoft.graph.{name}/assignments"
        found["assignments@odata.context"] = context(call, where)["@odata.context"]
        found["assignments"] = [shown_row(call, row) for row in rows]
    return select(call, found, base if base in types(call.version) else "mobileApp")


def _current(state: IntuneState, app: Record, call: Call) -> Record:
    """The app with its publishing finished when the time has come, and with live licence counts where the switch says so."""
    waiting = state.publishing.get(app["id"])
    options = call.options
    if waiting and (
        call.now - waiting.since >= options.publish_after_seconds and waiting.reads >= options.publish_after_reads
    ):
        app = state.objects["apps"][app["id"]] = {**app, "publishingState": "published"}
        del state.publishing[app["id"]]
    if options.license_counts == "live" and app["id"] in state.licenses:
        app = tokens.counted(state, call.directory, app)
    return app


def _looked_at(state: IntuneState, key: str) -> None:
    if waiting := state.publishing.get(key):
        state.publishing[key] = dataclasses.replace(waiting, reads=waiting.reads + 1)


def _create(state: IntuneState, call: Call) -> Answer:
    body = body_of(call)
    name = concrete_type(call.version, body, "mobileApp")
    if name not in _REQUIRED:
        raise intune_error(400, "POST is not supported for this app type.")
    _check_body(call, name, body)
    for key in ("displayName", *_REQUIRED[name]):
        if not body.get(key):
            raise intune_error(400, f"The property {key} of {name} is required and can't be empty.")
    if name == "officeSuiteApp" and not (body.get("productIds") or body.get("officeConfigurationXml")):
        raise intune_error(400, "The property productIds of officeSuiteApp is required and can't be empty.")
    own: dict[str, Any] = {"publishingState": "processing", "roleScopeTagIds": ["0"]}
    record = {**defaults("beta", name), **own, **writable(body), "@odata.type": PREFIX + name}
    del record["id"]
    app = add_object(state, "apps", record, now=moment(call.now))
    state.publishing[app["id"]] = Waiting(since=call.now)
    app = _current(state, app, call)
    where = context(call, "deviceAppManagement/mobileApps/$entity")
    return Answer(status=201, body=where | _wire(state, call, app, name, expanded=False))


def _check_body(call: Call, name: str, body: Record) -> None:
    if "assignments" in body or "categories" in body:
        raise GraphError(400, "BadRequest", "Deep insert is not supported: an app is assigned by the action 'assign'.")
    check(call.version, name, body)


def _patch(state: IntuneState, call: Call, app: Record) -> Answer:
    body, name = body_of(call), type_name(app)
    if concrete_type(call.version, body, "mobileApp") != name:
        raise intune_error(400, f"The type of an app can't be changed: it is {name}.")
    _check_body(call, name, body)
    for key in _FIXED.get(name, ()):
        if key in body and body[key] != app[key]:
            raise intune_error(400, f"The property {key} of {name} can't be changed.")
    changed = change_object(state, "apps", {**app, **writable(body)}, now=moment(call.now))
    if call.options.patch_status == 204:
        return Answer(status=204)
    where = context(call, "deviceAppManagement/mobileApps/$entity")
    return Answer(status=200, body=where | _wire(state, call, changed, name, expanded=False))
