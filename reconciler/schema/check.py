"""Documents against their JSON Schemas: a fast yes from jsonschema-rs, or all findings from jsonschema.

The two must agree on what is valid (a test holds them to it); if they ever do not, the file is refused, never waved through.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol, TypeAlias

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Pointer
from reconciler.schema.school_forms import OTHER_SPELLINGS

Schema: TypeAlias = dict[str, Any]

KINDS: Final = ("organisation", "school", "app-catalog", "baseline", "exception", "allowance")
"""The kinds of file; `<kind>.schema.json` is the schema of each."""


PROPOSED: Final = "x-proposed"
"""Beside an `enum`: those of its words that a message proposes."""


class Text(Protocol):
    """What the explanation of a finding needs of the file: how a scalar is spelled, and its line with another text in its place."""

    def spelling(self, pointer: Pointer, /) -> str | None: ...

    def corrected(self, pointer: Pointer, text: str, /) -> str: ...


class Fast(Protocol):
    def is_valid(self, instance: Json) -> bool: ...


@cache
def schemas() -> Mapping[str, Schema]:
    """All schemas by file name; other files of the folder are shared parts that they refer to."""
    folder = resources.files(__package__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".schema.json"))
    known: dict[str, Schema] = {name: json.loads((folder / name).read_text("utf-8")) for name in names}
    _take_other_spellings(known["layer.schema.json"]["$defs"]["school-form"])
    return known


def _take_other_spellings(school_form: Schema) -> None:
    """Editors propose the current names only; the loader reads the others too (and `build` warns of the older ones)."""
    school_form[PROPOSED] = school_form["enum"]
    school_form["enum"] = [*school_form["enum"], *OTHER_SPELLINGS]


@cache
def digest() -> str:
    """Of all schemas: part of the key of what is remembered between runs."""
    from hashlib import sha256  # noqa: PLC0415, RUF100 - asked for by the cache only

    return sha256(json.dumps(schemas(), sort_keys=True).encode()).hexdigest()


@cache
def validator(kind: str) -> Fast:
    """The compiled schema of a kind of file."""
    return compiled(schemas(), f"{kind}.schema.json")


def compiled(known: Mapping[str, Schema], name: str) -> Fast:
    """The schema `name` for jsonschema-rs, with the others at hand for references."""
    import jsonschema_rs  # noqa: PLC0415, RUF100 - not needed by commands that load nothing

    others = [(identifier(known, other), known[other]) for other in known]
    registry = jsonschema_rs.Registry(others)
    return jsonschema_rs.Draft202012Validator(known[name], registry=registry)


def identifier(known: Mapping[str, Schema], name: str) -> str:
    """The address that references resolve against: `$id`, or the file's name."""
    return str(known[name].get("$id", f"reconciler:///{name}"))


def check(kind: str, file: str, document: Json, text: Text) -> tuple[Finding, ...]:
    """Everything about the document that its schema refuses; empty for most documents, and then at the price of a look."""
    if validator(kind).is_valid(document):
        return ()
    from reconciler.schema.check_explained import explain  # noqa: PLC0415, RUF100 - jsonschema is slow to import

    found = explain(schemas(), f"{kind}.schema.json", file, document, text)
    if found:
        return found
    place = Pointer(file=file)
    return (Finding(code="SCHEMA", severity=Severity.ERROR, place=place, values={"problem": "is_valid"}),)
