"""A body against the types: names, JSON types, words of enums, and what the reference pages say beside them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.conformance.graph.routes import Route
from tests.conformance.graph.type_files import Schema, Type, derived, find, parameter

REFERENCE = re.compile(r"https?://[^/]+(/intune)?/v1\.0/(directoryObjects|devices|users|groups)/[0-9a-fA-F-]{36}")
"""What `@odata.id` and `@odata.bind` may hold: the address of an object. `/intune` is where the sandbox keeps Graph."""

MOST_BOUND = 20
"""References in one create or update (reference pages group-post-groups, group-post-members)."""

TEXTS: Mapping[str, re.Pattern[str]] = {
    "group.displayName": re.compile(r"(?s).{1,256}"),
    "group.description": re.compile(r"(?s).{1,1024}"),
    "group.mailNickname": re.compile(r"[!#-'*+\-./0-9=?A-Z^-z{|}~]{1,64}"),
}
"""Limits that the pages on group give in words: mailNickname is ASCII without @ ( ) \\ [ ] " ; : < > , and space."""

SERVER_MADE = frozenset({"id", "createdDateTime", "lastModifiedDateTime", "version", "settingCount", "isAssigned"})
"""Properties that only the service sets: in no body's first level."""

_FITS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list | tuple),
}


def body_faults(route: Route, body: object) -> list[str]:
    """What is wrong with the body of a request to this route; `body` is parsed JSON, None where there is none."""
    if route.body is None:
        return [] if body in (None, {}) else ["takes no body"]
    if not isinstance(body, Mapping):
        return ["lacks a body"]
    missing = [f"lacks {name}" for name in route.needs if name not in body]
    if isinstance(route.body, Mapping):
        return missing + _action_faults(route, route.body, body)
    made = [f"{name} is the service's own" for name in body if name in SERVER_MADE]
    kind = find(route.version, route.body)
    special = _compliance_faults(route, body) if kind and kind.is_a("deviceCompliancePolicy") else []
    return missing + made + special + _object_faults(route.version, body, route.body, "$")


def _action_faults(route: Route, parameters: Mapping[str, Any], body: Mapping[str, object]) -> list[str]:
    faults = [f"unknown parameter {name}" for name in body if name not in parameters]
    faults += [f"lacks {name}" for name in parameters if name not in body]
    for name in set(parameters) & set(body):
        if parameters[name] == "reference":
            faults += _reference_faults(body[name], f"$.{name}")
        else:
            faults += json_faults(route.version, body[name], parameter(parameters[name]), f"$.{name}")
    return faults


def json_faults(version: str, value: object, schema: Schema, where: str) -> list[str]:
    """A JSON value against a schema, all the way down. null clears a property: CSDL lets nearly all be null."""
    if value is None:
        return []
    match schema:
        case {"$ref": reference}:
            return _object_faults(version, value, str(reference).removeprefix("#/$defs/"), where)
        case {"enum": words}:
            return [] if value in words else [f"{where}: {value!r} is not one of {words}"]
        case {"flags": words}:
            said = value.split(",") if isinstance(value, str) else [value]
            return [f"{where}: {word!r} is not one of {words}" for word in said if word not in words]
        case {"type": kind}:
            return _typed_faults(version, value, schema, kind, where)
    return [f"{where}: leads to another object, or to a type that is not in the files"]


def _typed_faults(version: str, value: object, schema: Schema, kind: str, where: str) -> list[str]:
    if not _FITS[kind](value):
        return [f"{where}: {value!r} is no {kind}"]
    if kind != "array":
        return []
    assert isinstance(value, Sequence)
    found = (json_faults(version, item, schema["items"], f"{where}[{n}]") for n, item in enumerate(value))
    return [fault for faults in found for fault in faults]


def _object_faults(version: str, value: object, declared: str, where: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{where}: {value!r} is no object"]
    type_, faults = _type_of(version, value, declared, where)
    if type_ is None:
        return faults
    for name, item in value.items():
        faults += _member_faults(version, type_, str(name), item, where)
    return faults


def _type_of(version: str, value: Mapping[str, object], declared: str, where: str) -> tuple[Type | None, list[str]]:
    """By `@odata.type`, which must say it where the declared type is a family."""
    named = value.get("@odata.type")
    if named is None:
        partial = find(version, declared)
        if partial is None or partial.abstract or _has_kinds(version, declared):
            return None, [f"{where}: must say its @odata.type, being a {declared}"]
        return partial, []
    type_ = find(version, str(named))
    if type_ is None or not str(named).removeprefix("#").startswith("microsoft.graph."):
        return None, [f"{where}: {version} has no type {named!r}"]
    if not type_.is_a(declared):
        return None, [f"{where}: {type_.name} is no {declared}"]
    return type_, [f"{where}: {type_.name} is abstract"] if type_.abstract else []


def _has_kinds(version: str, name: str) -> bool:
    """groupAssignmentTarget has a derived type, and is itself one: without its name it would be read as its base."""
    return any(type_.name != name for type_ in derived(version, name))


def _member_faults(version: str, type_: Type, name: str, item: object, where: str) -> list[str]:
    at = f"{where}.{name}"
    if name == "@odata.type" or name.endswith("@odata.type"):
        return []
    if name.endswith("@odata.bind"):
        return _bind_faults(type_, name, item, at)
    if name not in type_.properties:
        return [f"{where}: {type_.name} has no {name!r} in {version}"]
    faults = json_faults(version, item, type_.properties[name], at)
    pattern = TEXTS.get(f"{type_.name}.{name}")
    if not faults and pattern and isinstance(item, str) and not pattern.fullmatch(item):
        faults.append(f"{at}: longer than allowed, empty, or with characters that are not")
    return faults


def _bind_faults(type_: Type, name: str, item: object, where: str) -> list[str]:
    if name.removesuffix("@odata.bind") not in type_.properties:
        return [f"{where}: {type_.name} has no such relation"]
    if not isinstance(item, list | tuple) or not 1 <= len(item) <= MOST_BOUND:
        return [f"{where}: not a list of 1 to {MOST_BOUND} addresses"]
    return [fault for n, each in enumerate(item) for fault in _reference_faults(each, f"{where}[{n}]")]


def _reference_faults(value: object, where: str) -> list[str]:
    return [] if isinstance(value, str) and REFERENCE.fullmatch(value) else [f"{where}: no address of an object"]


def _compliance_faults(route: Route, body: Mapping[str, Any]) -> list[str]:
    """A new policy states exactly one action `block` (the service's message; powershell-intune-samples, 2026)."""
    if "scheduledActionsForRule" not in route.needs or "scheduledActionsForRule" not in body:
        return []
    rules = body["scheduledActionsForRule"]
    actions = [action for rule in rules for action in rule.get("scheduledActionConfigurations", [])]
    blocks = [action for action in actions if action.get("actionType") == "block"]
    return [] if len(blocks) == 1 else [f"states {len(blocks)} actions of type block, not one"]
