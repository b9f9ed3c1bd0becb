"""The types of Intune's objects: which properties each has in v1.0 and in beta, checked on the way in, shaped on the way out.

`types_v1.json` comes from Microsoft's v1.0 metadata of 2026-08; `types_beta.json` holds what beta adds of it (reference 8.1,
8.3, 8.5, 9.1, 9.2; held against the models of msgraph-beta-sdk 1.66 on 2026-11-21). A property's kind is `string`,
`integer`, `boolean`, `complex` (not looked into), `navigation`, choices with `|`, the name of a type, or one of those in
brackets for a collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from reconciler.sandbox.graph.call import GraphError, intune_error
from reconciler.sandbox.graph.intune.state import Record

PREFIX = "#microsoft.graph."
SERVER_MADE = frozenset({
    "id", "createdDateTime", "lastModifiedDateTime", "version", "isAssigned", "settingCount", "publishingState",
    "uploadState", "dependentAppCount", "supersededAppCount", "supersedingAppCount", "creationSource",
    "supportsScopeTags", "totalLicenseCount", "usedLicenseCount",
})  # fmt: skip
"""Written by the service alone. What a client sends of them is ignored, as the read-only properties of an export are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    name: str
    base: str = ""
    abstract: bool = False
    properties: Mapping[str, str]
    """Name → kind, with those of the bases."""


@cache
def types(version: str) -> Mapping[str, Type]:
    """Every type of `v1.0` or `beta` by name."""
    raw = _read("types_v1.json")
    if version == "beta":
        for name, added in _read("types_beta.json").items():
            known = raw.get(name, {"properties": {}})
            raw[name] = {**known, **added, "properties": known["properties"] | added["properties"]}
    return {name: _type(raw, name) for name in raw}


def _read(file: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files(__package__) / file).read_text(encoding="utf-8"))
    return data


def _type(raw: dict[str, Any], name: str) -> Type:
    chain = list(_chain(raw, name))
    properties = {key: kind for each in reversed(chain) for key, kind in raw[each]["properties"].items()}
    own = raw[name]
    return Type(
        name=name, base=own.get("base", ""), abstract=own.get("abstract", False), properties=properties
    )  # fmt: skip


def _chain(raw: dict[str, Any], name: str) -> Iterator[str]:
    while name:
        yield name
        name = raw[name].get("base", "")


def is_a(version: str, name: str, base: str) -> bool:
    known = types(version)
    while name in known:
        if name == base:
            return True
        name = known[name].base
    return False


def type_name(record: Mapping[str, Any]) -> str:
    """Without `#microsoft.graph.`; with and without `#` are both accepted (reference 8.3). Empty without a type."""
    written = record.get("@odata.type")
    return written.removeprefix("#").removeprefix("microsoft.graph.") if isinstance(written, str) else ""


def concrete_type(version: str, body: Mapping[str, Any], base: str) -> str:
    """The type that a body names, which must be one of `base`. A polymorphic POST or PATCH without it is refused."""
    name = type_name(body)
    if not name:
        raise intune_error(400, f"Cannot create an abstract class. - '@odata.type' of a {base} is required.")
    if not is_a(version, name, base) or types(version)[name].abstract:
        raise GraphError(
            400, "BadRequest", f"Could not resolve type 'microsoft.graph.{name}' in an entity of type {base}."
        )
    return name


def check(version: str, name: str, body: Mapping[str, Any]) -> None:
    """400 with the first property that the type doesn't have in this version, or whose value has another type."""
    fault = next(_faults(version, name, body), None)
    if fault is not None:
        raise GraphError(400, "BadRequest", fault)


def _faults(version: str, name: str, body: Mapping[str, Any]) -> Iterator[str]:
    known = types(version)
    actual = type_name(body) or name
    if not is_a(version, actual, name):
        yield f"Could not resolve type 'microsoft.graph.{actual}' in an entity of type {name}."
        return
    for key, value in body.items():
        if "@" in key:
            continue
        kind = known[actual].properties.get(key)
        if kind is None:
            yield (
                f"The property '{key}' does not exist on type 'microsoft.graph.{actual}'. "
                "Make sure to only use property names that are defined by the type."
            )
        else:
            yield from _value_faults(version, key, kind, value)


def _value_faults(version: str, key: str, kind: str, value: Any) -> Iterator[str]:
    if value is None or kind == "complex":
        return
    if kind == "navigation":
        yield f"The navigation property '{key}' can't be written with its owner."
    elif kind.startswith("["):
        if not isinstance(value, list) or None in value:
            yield f"A collection was expected for the property '{key}'."
            return
        for item in value:
            yield from _value_faults(version, key, kind[1:-1], item)
    elif kind in types(version):
        if isinstance(value, dict):
            yield from _faults(version, kind, value)
        else:
            yield f"An object was expected for the property '{key}'."
    elif not _fits(kind, value):
        yield f"Cannot convert the literal '{value}' to the expected type of the property '{key}'."


def _fits(kind: str, value: Any) -> bool:
    if "|" in kind:
        return value in kind.split("|")
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {"string": str, "boolean": bool}[kind])


def writable(body: Mapping[str, Any]) -> Record:
    """What of a body is kept: nothing that the service makes itself, no annotations beside the type."""
    return {key: value for key, value in body.items() if key not in SERVER_MADE and "@" not in key}


def defaults(version: str, name: str) -> Record:
    """Every property of a type with what an unset one comes back as: false, null, [], the first choice."""
    found: Record = {}
    for key, kind in types(version)[name].properties.items():
        if _navigates(version, kind):
            continue
        if kind.startswith("["):
            found[key] = []
        elif "|" in kind:
            found[key] = kind.split("|")[0]
        else:
            found[key] = False if kind == "boolean" else None
    return found


def _navigates(version: str, kind: str) -> bool:
    """Navigation properties are never in a plain answer: related entities, as rows of assignments are."""
    inner = kind.strip("[]")
    return kind == "navigation" or (inner in types(version) and is_a(version, inner, "entity"))


def shown(version: str, record: Record) -> Record:
    """A stored object as a version shows it: of each type only the properties of that version, `@odata.type` with `#`."""
    name = type_name(record)
    known = types(version)
    if name not in known:
        return record
    properties = known[name].properties
    found: Record = {"@odata.type": PREFIX + name}
    for key, value in record.items():
        if key in properties:
            found[key] = shown(version, value) if isinstance(value, dict) and "@odata.type" in value else value
    return found
