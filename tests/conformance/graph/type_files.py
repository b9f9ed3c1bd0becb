"""What Graph's types are made of, read once.

v1.0: `intune-v1-types.json`, 72 types cut from the public v1.0 CSDL (microsoftgraph/msgraph-metadata, file
`clean_v10_metadata/cleanMetadata.xml` of 2026-08-04), in JSON Schema's words. A property without a schema is one that
leads to another object, or whose type is not in the file: it is known, and never a part of a body of ours.
beta: that, and `beta-types.yaml` on top, which is written by hand.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

V1, BETA = "v1.0", "beta"
FOLDER = Path(__file__).parent
_PRIMITIVES = ("string", "boolean", "integer")

Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Type:
    """A type with its base's properties. `bases` leads from the type itself to the root of its line."""

    name: str
    abstract: bool
    bases: tuple[str, ...]
    properties: Mapping[str, Schema]

    def is_a(self, name: str) -> bool:
        return name in self.bases


def find(version: str, name: str) -> Type | None:
    """The type of that name, with or without `#` and `microsoft.graph.` before it."""
    return _types(version).get(name.removeprefix("#").removeprefix("microsoft.graph."))


def derived(version: str, name: str) -> Iterator[Type]:
    """The type and all that derive from it."""
    return (type_ for type_ in _types(version).values() if type_.is_a(name))


def known_types(version: str) -> Iterator[Type]:
    return iter(_types(version).values())


@cache
def supplement() -> Mapping[str, Mapping[str, Any]]:
    """beta-types.yaml as it is written."""
    read: Mapping[str, Mapping[str, Any]] = yaml.safe_load((FOLDER / "beta-types.yaml").read_text(encoding="utf-8"))
    return read


@cache
def _types(version: str) -> Mapping[str, Type]:
    raw: dict[str, dict[str, Any]] = json.loads((FOLDER / "intune-v1-types.json").read_text(encoding="utf-8"))
    if version == BETA:
        for name, item in supplement().items():
            known = raw.get(name, {"base": None, "abstract": False, "properties": {}})
            own = {word: _schema(written) for word, written in item["properties"].items()}
            raw[name] = {**known, **item, "properties": {**known["properties"], **own}}
    return {name: _type(raw, name) for name in raw}


def _type(raw: Mapping[str, Mapping[str, Any]], name: str) -> Type:
    bases, properties = [name], dict(raw[name]["properties"])
    while base := raw[bases[-1]]["base"]:
        bases.append(base)
        properties = {**raw[base]["properties"], **properties}
    return Type(name=name, abstract=raw[name].get("abstract", False), bases=tuple(bases), properties=properties)


def _schema(written: Any) -> Schema:
    """The supplement's short hand in JSON Schema's words; `flags` is ours."""
    match written:
        case "other":
            return {}
        case str() if written in _PRIMITIVES:
            return {"type": written}
        case str() if written.startswith("["):
            return {"type": "array", "items": _schema(written[1:-1])}
        case str():
            return {"$ref": f"#/$defs/{written}"}
        case list():
            return {"enum": written}
        case {"each": list(words)}:
            return {"type": "array", "items": {"enum": words}}
        case {"flags": list(words)}:
            return {"flags": words}
    raise ValueError(f"beta-types.yaml: {written!r}")


def parameter(written: Any) -> Schema:
    """An action's parameter, in the same short hand."""
    return _schema(written)
