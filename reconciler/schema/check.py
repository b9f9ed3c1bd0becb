"""Documents against their JSON Schemas: a fast yes from jsonschema-rs, or all findings from jsonschema.

The two must agree on what is valid (a test holds them to it); if they ever do not, the file is refused, never waved through.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import orjson

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Pointer
from reconciler.schema.school_forms import OTHER_SPELLINGS

Schema: TypeAlias = dict[str, Any]

KINDS: Final = (
    "organisation",
    "school",
    "app-catalog",
    "meeting",
    "baseline",
    "exception",
    "allowance",
    "approvals",
    "guardrail",
    "mgn",
    "calendar",
    "policy-test",
)
"""The kinds of file; `<kind>.schema.json` is the schema of each."""


COMPACT: Final = "compact.json"
"""`compact(accepting())`, written by `make schemas`; a test holds it fresh."""

_WORDS: Final = frozenset(
    {"title", "description", "examples", "x-texts", "x-owner", "x-ordered", "x-proposed", "$comment"}
)
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas", "$defs"})
"""Keywords below which the keys are names of something else."""

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
    # importlib.resources would take as long to import as everything else here takes together (20 ms, November 2026).
    files = sorted(Path(__file__).parent.glob("*.schema.json"))
    return {file.name: orjson.loads(file.read_bytes()) for file in files}


@cache
def accepting() -> Mapping[str, Schema]:
    """The schemas that files are checked by. Editors propose only the current names of school forms; the loader reads the
    others too (and `build` warns of the older ones). Editors also ask for all that a record of the catalogue must hold."""
    layer = schemas()["layer.schema.json"]
    form = layer["$defs"]["school-form"]
    wider = {**form, PROPOSED: form["enum"], "enum": [*form["enum"], *OTHER_SPELLINGS]}
    return {
        **schemas(),
        "layer.schema.json": {**layer, "$defs": {**layer["$defs"], "school-form": wider}},
        "app-catalog.schema.json": _without_depth(schemas()["app-catalog.schema.json"]),
    }


def _without_depth(catalog: Schema) -> Schema:
    """Editors say what a record lacks. Here `catalogue.depth` does, app by app, and `catalogue.checks` of a decision
    (`x-decided`): one app must not take its whole file with it."""
    app = catalog["$defs"]["app"]
    kept = [part for part in app["allOf"] if "x-depth" not in part and "x-decided" not in part]
    return {**catalog, "$defs": {**catalog["$defs"], "app": {**app, "allOf": kept}}}


def is_valid(kind: str, document: Json) -> bool:
    """Whether the schema of that kind of file takes the document: the fast yes."""
    return _all_kinds().is_valid({kind: document})


@cache
def _all_kinds() -> Fast:
    """One schema for all kinds of file, under the kind's name: what they share is compiled once (half the time of one each)."""
    import jsonschema_rs  # noqa: PLC0415, RUF100 - not needed by commands that load nothing

    known = orjson.loads((Path(__file__).parent / COMPACT).read_bytes())
    kinds = {kind: {"$ref": identifier(known, f"{kind}.schema.json")} for kind in KINDS}
    return jsonschema_rs.Draft202012Validator({"properties": kinds}, registry=registry_of(known))


def compact(known: Mapping[str, Schema]) -> Mapping[str, Schema]:
    """The schemas without what only people read: they compile in two thirds of the time (20 ms, November 2026)."""
    return {name: _without_words(schema) for name, schema in known.items()}


def _without_words(part: Any, *, names: bool = False) -> Any:
    """`names`: the keys are those of a document, and a property may well be called `title`."""
    if isinstance(part, list):
        return [_without_words(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _without_words(one, names=not names and key in _NAMED)
        for key, one in part.items()
        if names or key not in _WORDS
    }


def registry_of(known: Mapping[str, Schema]) -> Any:
    """For jsonschema-rs: the schemas by the addresses that they refer to each other by."""
    import jsonschema_rs  # noqa: PLC0415, RUF100 - not needed by commands that load nothing

    return jsonschema_rs.Registry([(identifier(known, name), known[name]) for name in known])


def compiled(known: Mapping[str, Schema], name: str) -> Fast:
    """The schema `name` for jsonschema-rs, with the others at hand for references."""
    import jsonschema_rs  # noqa: PLC0415, RUF100 - not needed by commands that load nothing

    return jsonschema_rs.Draft202012Validator(known[name], registry=registry_of(known))


def identifier(known: Mapping[str, Schema], name: str) -> str:
    """The address that references resolve against: `$id`, or the file's name."""
    return str(known[name].get("$id", f"reconciler:///{name}"))


def check(kind: str, file: str, document: Json, text: Text) -> tuple[Finding, ...]:
    """Everything about the document that its schema refuses; empty for most documents, and then at the price of a look."""
    if is_valid(kind, document):
        return ()
    from reconciler.schema.check_explained import explain  # noqa: PLC0415, RUF100 - jsonschema is slow to import

    found = explain(accepting(), f"{kind}.schema.json", file, document, text)
    if found:
        return found
    place = Pointer(file=file)
    return (Finding(code="SCHEMA", severity=Severity.ERROR, place=place, values={"problem": "is_valid"}),)
