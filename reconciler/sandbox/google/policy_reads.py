"""policySchemas and policies:resolve of the Chrome Policy API (discovery revision 20260726; guides of 2026-11)."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from reconciler.sandbox.google.call import Call, page, seen
from reconciler.sandbox.google.errors import ApiError, not_found
from reconciler.sandbox.google.resolving import Resolved, managed_apps, resolve, set_apps
from reconciler.sandbox.google.schemas import Schema, namespaces, schemas, wire_schema, wire_value
from reconciler.sandbox.google.state import Keys


def known_schemas(call: Call) -> dict[str, Schema]:
    return schemas(full_enum_names=call.options.full_enum_names)


def list_schemas(call: Call) -> dict[str, Any]:
    """The filter finds parts of the name (the guide's example: `chrome.printers`); a wildcard in the leaf is taken too."""
    wanted = call.query.get("filter", "")
    found = [
        schema
        for name, schema in known_schemas(call).items()
        if (fnmatchcase(name, wanted) if "*" in wanted else wanted in name)
    ]
    shown, token = page(
        call,
        found,
        size=call.query.get("pageSize"),
        token=call.query.get("pageToken"),
        default=100,
        maximum=1000,
        of=wanted,
    )
    answer: dict[str, Any] = {}
    if shown:
        answer["policySchemas"] = [wire_schema(schema, call.state.customer) for schema in shown]
    if token:
        answer["nextPageToken"] = token
    return answer


def get_schema(call: Call) -> dict[str, Any]:
    name = call.path["name"].rpartition("/")[2]
    if name not in known_schemas(call):
        raise not_found("Requested entity was not found.")
    return wire_schema(known_schemas(call)[name], call.state.customer)


def resolve_policies(call: Call) -> dict[str, Any]:
    """One namespace in a call: the wildcard stands in the leaf only, and `chrome.users.*` leaves `chrome.users.apps.*` out."""
    target, keys = target_key(call, call.body.get("policyTargetKey", {}))
    wanted = call.body.get("policySchemaFilter", "")
    namespace, _, leaf = wanted.rpartition(".")
    if "*" in namespace or namespace not in namespaces() or not leaf:
        raise ApiError(400, f"Invalid policy schema filter: {wanted}")
    matching = [
        each for each in known_schemas(call).values() if each.namespace == namespace and fnmatchcase(each.name, wanted)
    ]
    if not matching:
        raise ApiError(400, f"Policy schema {wanted} is not known.")
    found = _resolved_apps(call, target, matching, keys) if matching[0].keys else _resolved(call, target, matching)
    found.sort(key=lambda each: (each.keys, each.schema.name))
    shown, token = page(
        call, found, size=call.body.get("pageSize"), token=call.body.get("pageToken"),
        default=100, maximum=1000, of=[wanted, target, keys],
    )  # fmt: skip
    answer: dict[str, Any] = {}
    if shown:
        answer["resolvedPolicies"] = [_wire(call, target, each) for each in shown]
    if token:
        answer["nextPageToken"] = token
    return answer


def _resolved(call: Call, target: str, matching: list[Schema]) -> list[Resolved]:
    """What resolve lists of schemas without keys; a group shows only what is set on it."""
    defaults = call.options.resolve_lists_defaults and not target.startswith("groups/")
    found = [resolve(call.state, target, schema) for schema in matching]
    return [each for each in found if each.source or (defaults and "ORG_UNIT" in each.schema.targets)]


def _resolved_apps(call: Call, target: str, matching: list[Schema], keys: Keys) -> list[Resolved]:
    """Of the apps under management, or of one of them (schemas of one namespace have the same keys)."""
    namespace = matching[0].namespace
    if call.options.resolve_lists_app_defaults:
        apps = dict.fromkeys((schema.name for schema in matching), managed_apps(call.state, target, namespace))
    else:
        apps = set_apps(call.state, target, namespace)
    return [
        resolve(call.state, target, schema, each)
        for schema in matching
        for each in apps.get(schema.name, [])
        if not keys or each == keys
    ]


def target_key(call: Call, key: dict[str, Any]) -> tuple[str, Keys]:
    """Target resource and sorted keys; ApiError 400 when malformed, 404 when there is no such target."""
    target = key.get("targetResource", "")
    kind, _, each = target.partition("/")
    if kind not in ("orgunits", "groups") or not each:
        raise ApiError(400, f"Invalid target resource: {target}")
    if each not in (call.state.org_units if kind == "orgunits" else call.state.groups) or not seen(call, each):
        raise not_found("Requested entity was not found.")
    keys = key.get("additionalTargetKeys", {})
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ApiError(400, "Invalid additionalTargetKeys")
    return target, tuple(sorted(keys.items()))


def wire_key(target: str, keys: Keys) -> dict[str, Any]:
    found: dict[str, Any] = {"targetResource": target}
    if keys:
        found["additionalTargetKeys"] = dict(keys)
    return found


def _wire(call: Call, target: str, each: Resolved) -> dict[str, Any]:
    """sourceKey is absent for the customer's default; addedSourceKey stands for apps only."""
    value = wire_value(each.schema, each.value, int64_as_strings=call.options.int64_as_strings)
    found: dict[str, Any] = {
        "targetKey": wire_key(target, each.keys),
        "value": {"policySchema": each.schema.name, "value": value},
    }
    if each.source:
        found["sourceKey"] = wire_key(each.source, each.keys)
    if each.added:
        found["addedSourceKey"] = wire_key(each.added, each.keys)
    return found
