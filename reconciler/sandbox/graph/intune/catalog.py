"""The settings catalogue: `deviceManagement/configurationPolicies`, which only beta has.

A policy has a `name`, and its settings are a collection of their own: not in the list, not to be patched. Everything is
replaced by an undocumented PUT (reference 9.2).
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.graph.call import Answer, Call, GraphError, intune_error, page
from reconciler.sandbox.graph.intune.policies import PAGE, Collection, assign, list_assignments
from reconciler.sandbox.graph.intune.querying import expansions, read_filter, select
from reconciler.sandbox.graph.intune.routing import body_of, context, missing, no_segment, unrouted
from reconciler.sandbox.graph.intune.setting_instances import check_settings, kept_settings
from reconciler.sandbox.graph.intune.state import IntuneState, Record, add_object, change_object, moment, remove_object
from reconciler.sandbox.graph.intune.targets import shown_row
from reconciler.sandbox.graph.intune.types import PREFIX, check, defaults, shown, writable

_TYPE = "deviceManagementConfigurationPolicy"
CATALOG = Collection(
    kind="catalog", segment="configurationPolicies", base=_TYPE, row="deviceManagementConfigurationPolicyAssignment"
)
_PATH = f"deviceManagement/{CATALOG.segment}"


def answer_catalog(state: IntuneState, call: Call) -> Answer:
    if call.version == "v1.0":
        raise no_segment(CATALOG.segment)
    rest = call.segments[2:]
    if not rest:
        return _create(state, call) if call.verb == "POST" else _list(state, call)
    policy = state.objects["catalog"].get(rest[0])
    if policy is None:
        raise missing(rest[0])
    if len(rest) == 1:
        return _one(state, call, policy)
    if rest[1] == "settings":
        return _settings(state, call, policy, rest[2:])
    if rest[1:] == ("assign",) and call.verb == "POST":
        return assign(state, call, CATALOG, policy)
    if rest[1:] == ("assignments",) and call.verb == "GET":
        return list_assignments(state, call, CATALOG, policy)
    raise unrouted(call)


def _list(state: IntuneState, call: Call) -> Answer:
    if call.verb != "GET":
        raise unrouted(call)
    found = list(state.objects["catalog"].values())
    if text := call.query.get("$filter"):
        test = read_filter(text, call.version)
        if test is None:
            raise intune_error(400, f"Invalid filter clause: {text}")
        found = [each for each in found if test(each)]
    body = context(call, _PATH) | page(found, call, PAGE, PAGE)
    body["value"] = [_wire(state, call, each) for each in body["value"]]
    return Answer(status=200, body=body)


def _wire(state: IntuneState, call: Call, policy: Record) -> Record:
    expanded = expansions(call, ("assignments", "settings"), _TYPE)
    rows = state.assignments.get(policy["id"], ())
    found = shown(call.version, {**policy, "isAssigned": bool(rows)})
    del found["@odata.type"]
    if "settings" in expanded:
        found["settings"] = list(state.settings.get(policy["id"], ()))
    if "assignments" in expanded:
        where = context(call, f"{_PATH}('{policy['id']}')/assignments")
        found["assignments@odata.context"] = where["@odata.context"]
        found["assignments"] = [shown_row(call, row) for row in rows]
    return select(call, found, _TYPE)


def _one(state: IntuneState, call: Call, policy: Record) -> Answer:
    if call.verb == "GET":
        return Answer(status=200, body=context(call, f"{_PATH}/$entity") | _wire(state, call, policy))
    if call.verb == "DELETE":
        remove_object(state, "catalog", policy["id"])
        return Answer(status=204)
    if call.verb == "PUT":
        return _put(state, call, policy)
    if call.verb != "PATCH":
        raise unrouted(call)
    body = body_of(call)
    if "settings" in body:
        raise intune_error(400, "The settings of a policy can't be patched.")
    _check_body(call, body)
    policy = change_object(state, "catalog", {**policy, **writable(body)}, now=moment(call.now))
    if call.options.patch_status == 204:
        return Answer(status=204)
    return Answer(status=200, body=context(call, f"{_PATH}/$entity") | _wire(state, call, policy))


def _settings(state: IntuneState, call: Call, policy: Record, rest: tuple[str, ...]) -> Answer:
    rows = state.settings.get(policy["id"], ())
    if call.verb == "GET" and not rest:
        where = context(call, f"{_PATH}('{policy['id']}')/settings")
        return Answer(status=200, body=where | page(rows, call, PAGE, PAGE))
    if call.verb == "PATCH" and len(rest) == 1:  # in the metadata, and refused (microsoft-graph-explorer-v4 issue 3008)
        raise intune_error(400, "An error has occurred")
    raise unrouted(call)


def _check_body(call: Call, body: Record) -> None:
    if "assignments" in body:
        raise GraphError(400, "BadRequest", "Deep insert of 'assignments' is not supported: use the action 'assign'.")
    check(call.version, _TYPE, body)


def _checked_settings(call: Call, body: Record) -> tuple[Record, ...]:
    _check_body(call, body)
    for key in ("name", "platforms", "technologies"):
        if not body.get(key):
            raise intune_error(400, f"The property {key} is required and can't be empty.")
    settings: list[Any] = body.get("settings") or []
    check_settings(settings, platforms=body["platforms"], known_only=call.options.setting_definitions == "known")
    return kept_settings(settings)


def _plain(body: Record) -> Record:
    """A policy as it is stored, of a body that states all of it."""
    own: Record = {
        "roleScopeTagIds": ["0"],
        "templateReference": {
            "templateId": "",
            "templateFamily": "none",
            "templateDisplayName": None,
            "templateDisplayVersion": None,
        },
    }
    stated = {key: value for key, value in writable(body).items() if key not in ("settings", "assignments")}
    record = {**defaults("beta", _TYPE), **own, **stated, "@odata.type": PREFIX + _TYPE}
    record["settingCount"] = len(body.get("settings") or ())
    return {key: value for key, value in record.items() if key not in ("id", "settings", "assignments")}


def _create(state: IntuneState, call: Call) -> Answer:
    body = body_of(call)
    settings = _checked_settings(call, body)
    policy = add_object(state, "catalog", _plain(body), now=moment(call.now))
    state.settings[policy["id"]] = settings
    return Answer(status=201, body=context(call, f"{_PATH}/$entity") | _wire(state, call, policy))


def _put(state: IntuneState, call: Call, policy: Record) -> Answer:
    """Replaces name, description and all settings; assignments stay."""
    body = body_of(call)
    settings = _checked_settings(call, body)
    changed = {**_plain(body), "id": policy["id"], "createdDateTime": policy["createdDateTime"]}
    change_object(state, "catalog", changed, now=moment(call.now))
    state.settings[policy["id"]] = settings
    return Answer(status=204)
