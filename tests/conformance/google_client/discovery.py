"""The discovery documents in google-api-python-client, and checks against their schemas."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

_NAMES = {"directory": "admin.directory_v1.json", "chromepolicy": "chromepolicy.v1.json"}
_TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


@cache
def document(name: str) -> dict[str, Any]:
    folder = files("googleapiclient.discovery_cache") / "documents"
    found: dict[str, Any] = json.loads((folder / _NAMES[name]).read_text(encoding="utf-8"))
    return found


@cache
def methods() -> dict[str, dict[str, Any]]:
    """Every method of both APIs by id; `api` says which."""
    found: dict[str, dict[str, Any]] = {}

    def walk(api: str, resource: dict[str, Any]) -> None:
        for method in resource.get("methods", {}).values():
            found[method["id"]] = method | {"api": api}
        for below in resource.get("resources", {}).values():
            walk(api, below)

    for api in _NAMES:
        walk(api, document(api))
    return found


def faults(api: str, value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """Where a value doesn't fit a discovery schema: unknown names, wrong types, enum values that aren't listed."""
    if "$ref" in schema:
        schema = document(api)["schemas"][schema["$ref"]]
    kind = schema.get("type", "any")
    expected: Any = _TYPES.get(kind)
    if kind == "any":
        return []
    if not isinstance(value, expected) or (kind == "integer" and isinstance(value, bool)):
        return [f"{where}: {value!r} is not of type {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is not one of the enum"]
    if kind == "array":
        return [fault for n, item in enumerate(value) for fault in faults(api, item, schema["items"], f"{where}[{n}]")]
    if kind == "object":
        return _object_faults(api, value, schema, where)
    return []


def _object_faults(api: str, value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    known, rest = schema.get("properties", {}), schema.get("additionalProperties")
    found = []
    for name, item in value.items():
        if name in known:
            found += faults(api, item, known[name], f"{where}.{name}")
        elif rest is not None:
            found += faults(api, item, rest, f"{where}.{name}")
        else:
            found.append(f"{where}: unknown name {name!r}")
    return found


def shape_faults(api: str, shape: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """Where a shape of the sandbox has names or types that the discovery schema doesn't have."""
    if "$ref" in schema:
        schema = document(api)["schemas"][schema["$ref"]]
    if shape == "any":
        return []
    if isinstance(shape, list):
        if schema.get("type") != "array":
            return [f"{where}: not an array"]
        return shape_faults(api, shape[0], schema["items"], where + "[]")
    if isinstance(shape, dict):
        known = schema.get("properties", {})
        found = [f"{where}: unknown name {name!r}" for name in shape if name not in known]
        for name in set(shape) & set(known):
            found += shape_faults(api, shape[name], known[name], f"{where}.{name}")
        return found
    expected = {"bool": "boolean"}.get(shape, shape)
    return [] if schema.get("type") == expected else [f"{where}: {shape} is {schema.get('type')}"]
