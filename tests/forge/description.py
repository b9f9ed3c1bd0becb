"""GitHub's published description, as `extract` cut it: which operation a request means, and what may be said in it."""

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from tests.forge.extract import DESCRIPTION

ROOT = "forge:description"
SLASHES = {"path", "ref", "basehead", "branch"}
"""Parameters that may hold slashes: GitHub's description doesn't say so, its paths do (`git/ref/heads/main`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the description; `pointer` is where it stands there."""

    name: str
    verb: str
    path: str
    pattern: re.Pattern[str]
    parameters: Sequence[Mapping[str, Any]]
    documentation: str | None
    pointer: str

    def documented(self, place: str) -> dict[str, Mapping[str, Any]]:
        """Parameters of `path`, `query` or `header`, by name."""
        return {each["name"]: each for each in self.parameters if each["in"] == place}


@cache
def description() -> Mapping[str, Any]:
    """The committed extract, closed: a property that the description doesn't name is an error, on either side."""
    raw = json.loads(DESCRIPTION.read_text("utf-8"))
    closed: Mapping[str, Any] = _closed(raw, set(_parts_of_a_whole(raw)), "#")
    return closed


def _parts_of_a_whole(node: Any) -> Iterator[str]:
    """Schemas that `allOf` puts together: none of them may be closed by itself."""
    if isinstance(node, dict):
        for part in node.get("allOf", ()):
            yield part.get("$ref", "")
        for value in node.values():
            yield from _parts_of_a_whole(value)
    elif isinstance(node, list):
        for value in node:
            yield from _parts_of_a_whole(value)


def _closed(node: Any, shared: set[str], pointer: str, *, part: bool = False) -> Any:
    if isinstance(node, list):
        return [_closed(each, shared, pointer, part=part) for each in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value, shared, f"{pointer}/{key}", part=key == "allOf") for key, value in node.items()}
    whole = not part and pointer not in shared and not {"allOf", "anyOf", "oneOf"} & node.keys()
    if whole and isinstance(node.get("properties"), dict) and "additionalProperties" not in node and _is_object(node):
        closed["additionalProperties"] = False
    return closed


def _is_object(node: Mapping[str, Any]) -> bool:
    kind = node.get("type", "object")
    return "object" in kind if isinstance(kind, list) else kind == "object"


@cache
def operations() -> tuple[Operation, ...]:
    """All of them, the most literal path first (`issues/comments` before `issues/{issue_number}`)."""
    made = [_operation(name, each) for name, each in description()["operations"].items()]
    return tuple(sorted(made, key=lambda each: (each.path.count("{"), -len(each.path))))


def _operation(name: str, each: Mapping[str, Any]) -> Operation:
    pattern = re.sub(r"\\\{(\w+)\\\}", _placeholder, re.escape(each["path"]))
    return Operation(
        name=name,
        verb=each["verb"],
        path=each["path"],
        pattern=re.compile(pattern),
        parameters=each["parameters"],
        documentation=each["documentation"],
        pointer=f"#/operations/{name.replace('/', '~1')}",
    )


def _placeholder(found: re.Match[str]) -> str:
    name = found[1]
    return f"(?P<{name}>.+)" if name in SLASHES else f"(?P<{name}>[^/]+)"


def operation_for(verb: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation that a request means, with the parameters of its path; `path` as it was sent, still quoted."""
    for each in operations():
        if each.verb == verb and (found := each.pattern.fullmatch(path)):
            return each, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


def bad_parameters(operation: Operation, path: Mapping[str, str], query: Mapping[str, str]) -> list[str]:
    """What is wrong with a request's parameters, in words."""
    known = operation.documented("query")
    found = [f"query: {name!r} is no parameter of {operation.name}" for name in query if name not in known]
    found += [f"query: {name!r} is missing" for name, each in known.items() if each["required"] and name not in query]
    values = [(each, query[name]) for name, each in known.items() if name in query]
    values += [(each, path[name]) for name, each in operation.documented("path").items()]
    for each, text in values:
        found += [f"{each['name']}: {error}" for error in _errors(each["schema"], _as_typed(each["schema"], text))]
    return found


def _as_typed(schema: Mapping[str, Any], text: str) -> Any:
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def bad_body(operation: Operation, body: Any) -> list[str]:
    """What is wrong with a request's body; None where none was sent."""
    expected = description()["operations"][operation.name]["body"]
    if expected is None:
        return [] if body is None else [f"{operation.name} takes no body"]
    if body is None:
        return ["a body is required"] if expected["required"] else []
    return _errors(expected["schema"], body)


def bad_answer(operation: Operation, status: int, body: Any) -> list[str]:
    """What is wrong with an answer that the operation itself gives (not with those that any request may get)."""
    answers = description()["operations"][operation.name]["answers"]
    if str(status) not in answers:
        return [f"{operation.name} never answers {status}"]
    schema = answers[str(status)]
    if schema is None:
        return [] if body is None else [f"{operation.name} answers {status} without a body"]
    return _errors(schema, body)


def _errors(schema: Mapping[str, Any], value: Any) -> list[str]:
    found = _validator(json.dumps(schema, sort_keys=True)).iter_errors(value)
    return [f"{'/'.join(str(step) for step in each.instance_path) or '.'}: {each.message}"[:600] for each in found]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {"schemas": description()["schemas"], **json.loads(schema)}
    return jsonschema_rs.Draft202012Validator(whole, formats=FORMATS, validate_formats=True)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    """Empty is one to GitHub: a deployment's `log_url` begins so, and its description gives "" as the default."""
    return not text or bool(re.match(r"[a-z]+://", text))


FORMATS = {
    "date-time": _is_moment,
    "uri": _is_address,
    # GitHub's own bot writes from `41898282+github-actions[bot]@users.noreply.github.com`.
    "email": lambda text: "@" in text,
}


def filled(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """`known`, with whatever else the schema requires as neutral values: null, false, 0, empty, or an address that says so.

    GitHub's repository alone has eighty members. Those that nobody asks about are there, and say nothing.
    """
    schema = description()["schemas"][name]
    missing = [each for each in schema.get("required", ()) if each not in known]
    return {**known, **{each: copy.deepcopy(_neutral(schema["properties"][each])) for each in missing}}


def _neutral(schema: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/schemas/")
        return _neutral(description()["schemas"][name])
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return None if {"type": "null"} in branches else _neutral(branches[0])
    kind = schema.get("type")
    if isinstance(kind, list) or kind == "null":
        return None
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "string":
        return {"uri": "https://unmodelled.invalid", "date-time": "1970-01-01T00:00:00Z"}.get(
            schema.get("format", ""), ""
        )
    if kind == "object":
        return {each: _neutral(schema["properties"][each]) for each in schema.get("required", ())}
    return {"boolean": False, "integer": 0, "number": 0, "array": []}[str(kind)]
