"""batchModify, batchInherit and batchDelete of the Chrome Policy API: all or nothing."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.call import Call
from reconciler.sandbox.google.errors import ApiError
from reconciler.sandbox.google.policy_reads import known_schemas, target_key, wire_key
from reconciler.sandbox.google.policy_rules import Entry, check_fields, check_target, check_together, parse_update_mask
from reconciler.sandbox.google.resolving import added_at, resolve
from reconciler.sandbox.google.schemas import INSTALL_SCHEMAS, Schema, default_value
from reconciler.sandbox.google.state import GoogleState, Keys
from reconciler.sandbox.options import Options


def modify(call: Call) -> dict[str, Any]:
    """For org units and groups. Every fault of every entry is named in the details."""
    raw = [
        (each.get("policyValue", {}).get("policySchema", ""), *_target(call, each))
        for each in call.body.get("requests", [])
    ]
    check_together(raw, one_target=call.options.one_target_per_call, maximum=call.options.max_policy_entries)
    entries = []
    problems: list[dict[str, Any]] = []
    for (name, target, keys), request in zip(raw, call.body["requests"], strict=True):
        schema = known_schemas(call).get(name)
        if schema is None:
            problems.append(_problem(name, target, keys, [f"Policy schema {name} is not known."], []))
            continue
        value = request["policyValue"].get("value", {})
        entries.append(
            Entry(
                schema=schema, target=target, keys=keys, value=value, mask=parse_update_mask(request.get("updateMask"))
            )
        )
    adding = {(entry.target, entry.schema.namespace, entry.keys) for entry in entries if entry.schema.adds_app}
    problems += [problem for entry in entries if (problem := _check(call, entry, adding))]
    _refuse(call, problems)
    for entry in sorted(entries, key=lambda entry: not entry.schema.adds_app):
        write(call.state, entry, call.options)
    return {}


def _target(call: Call, request: dict[str, Any]) -> tuple[str, Keys]:
    target, keys = target_key(call, request.get("policyTargetKey", {}))
    kind = "groups/" if ".groups." in call.method.id else "orgunits/"
    if not target.startswith(kind):
        raise ApiError(400, f"Invalid target resource: {target}")
    return target, keys


def _check(call: Call, entry: Entry, adding: set[tuple[str, str, Keys]]) -> dict[str, Any] | None:
    errors = check_target(entry.schema, entry.target, entry.keys)
    if not call.options.group_device_policies and entry.target.startswith("groups/"):
        errors += ["Device policies can't be set on groups."] if entry.schema.namespace == "chrome.devices" else []
    needs = entry.schema.keys and not entry.schema.adds_app
    app = (entry.target, entry.schema.namespace, entry.keys)
    if needs and app not in adding and not added_at(call.state, *app):
        errors.append("The app must be added to management before its other policies are set.")
    faults = [] if errors else check_fields(entry)
    if errors or faults:
        return _problem(entry.schema.name, entry.target, entry.keys, errors, faults)
    return None


def _problem(schema: str, target: str, keys: Keys, errors: list[str], faults: list[tuple[str, str]]) -> dict[str, Any]:
    """A PolicyModificationError; empty lists are left out."""
    found: dict[str, Any] = {"policyTargetKey": wire_key(target, keys), "policySchema": schema}
    if errors:
        found["errors"] = errors
    if faults:
        found["fieldErrors"] = [{"field": field, "error": error} for field, error in faults]
    return found


def _refuse(call: Call, problems: list[dict[str, Any]]) -> None:
    if problems:
        details = {"@type": call.options.error_details_type, "modificationErrors": problems}
        raise ApiError(400, "One or more policies could not be modified.", details=[details])


def write(state: GoogleState, entry: Entry, options: Options) -> None:
    """Set one checked entry. Lists are replaced whole; acknowledgements are not kept."""
    key = (entry.schema.name, entry.keys)
    base = state.policies.get(entry.target, {}).get(key)
    if base is None:
        inherited = options.partial_update == "inherited"
        base = (
            resolve(state, entry.target, entry.schema, entry.keys).value if inherited else default_value(entry.schema)
        )
    fields = {field.name for field in entry.schema.fields}
    written = {name: entry.value[name] for name in entry.mask if name in fields}
    app = (entry.schema.namespace, entry.keys)
    if entry.schema.adds_app and not added_at(state, entry.target, *app):
        tenant.mark_added(state, entry.target, app, added=True)
    tenant.set_value(state, entry.target, key, base | written)


def inherit(call: Call) -> dict[str, Any]:
    """batchInherit, and batchDelete for groups. `chrome.users.apps.*` with an app id removes the app from management."""
    raw = [(each.get("policySchema", ""), *_target(call, each)) for each in call.body.get("requests", [])]
    check_together(raw, one_target=call.options.one_target_per_call, maximum=call.options.max_policy_entries)
    problems = [
        _problem(name, target, keys, errors, [])
        for name, target, keys in raw
        if (errors := _removal_errors(call, name, target, keys))
    ]
    _refuse(call, problems)
    for name, target, keys in raw:
        remove(call.state, name, target, keys, call.options)
    return {}


def _removal_errors(call: Call, name: str, target: str, keys: Keys) -> list[str]:
    namespace, _, leaf = name.rpartition(".")
    if leaf == "*":
        return _app_removal_errors(call, namespace, target, keys)
    schema = known_schemas(call).get(name)
    if schema is None:
        return [f"Policy schema {name} is not known."]
    errors = check_target(schema, target, keys)
    direct = (name, keys) in call.state.policies.get(target, {})
    if not direct and call.options.inherit_of_unset == "error":
        errors.append("The policy is not set on the target.")
    added_here = added_at(call.state, target, namespace, keys) == target
    if schema.adds_app and added_here and call.options.inherit_install_type_where_added == "error":
        errors.append("The app was added here: remove it with an asterisk.")
    return errors


def _app_removal_errors(call: Call, namespace: str, target: str, keys: Keys) -> list[str]:
    """Only where the app was added (guide to app samples; GAM e54877b says the same in a comment)."""
    if not any(name.rpartition(".")[0] == namespace for name in INSTALL_SCHEMAS) or [name for name, _ in keys] != [
        "app_id"
    ]:
        return ["A wildcard is only allowed for apps, with an app_id."]
    if added_at(call.state, target, namespace, keys) != target:
        return ["The app can only be removed where it was added to management."]
    return []


def remove(state: GoogleState, name: str, target: str, keys: Keys, options: Options) -> None:
    """Take one direct value away, or with `*` an app."""
    namespace, _, leaf = name.rpartition(".")
    added_here = added_at(state, target, namespace, keys) == target
    if leaf != "*":
        tenant.set_value(state, target, (name, keys), None)
        if name not in INSTALL_SCHEMAS or not added_here or options.inherit_install_type_where_added != "remove":
            return
    _forget_app(state, namespace, target, keys)
    if options.app_removal_clears_descendants and target.startswith("orgunits/"):
        for unit in tenant.descendants(state, target.removeprefix("orgunits/")):
            _forget_app(state, namespace, f"orgunits/{unit}", keys)


def _forget_app(state: GoogleState, namespace: str, target: str, keys: Keys) -> None:
    for schema, each in list(state.policies.get(target, {})):
        if each == keys and schema.rpartition(".")[0] == namespace:
            tenant.set_value(state, target, (schema, each), None)
    tenant.mark_added(state, target, (namespace, keys), added=False)


def entry_for(schema: Schema, target: str, keys: Keys, value: dict[str, Any]) -> Entry:
    """An entry that writes every field of a value (for seeds)."""
    return Entry(schema=schema, target=target, keys=keys, value=value, mask=tuple(value))
