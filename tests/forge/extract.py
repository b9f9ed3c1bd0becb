"""Cut GitHub's published description down to the operations that the stand-in answers.

    npm install --no-audit --no-fund --silent --prefix build/node @octokit/openapi@23.0.2 @octokit/webhooks-examples@7.6.1
    .venv/bin/python -m tests.forge.extract

What is kept is GitHub's own: parameters, bodies, answers and the schemas they refer to. Left out are prose and examples;
OpenAPI 3.0's `nullable` is written as JSON Schema 2020-12 says it. The whole description is 13 MB, this is 0.2.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.forge.permissions import NEEDED

HERE = Path(__file__).parent
DESCRIPTION = HERE / "description.json"
EVENTS = HERE / "events.json"
NODE = Path("build/node/node_modules/@octokit")
TAKEN = "2026-11-22"
PROSE = {"description", "example", "examples", "externalDocs", "summary", "title", "deprecated"}
KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
EXAMPLES = {
    "pull_request": ("opened", "synchronize", "closed"),
    "push": (None,),
    "workflow_dispatch": (None,),
}


def describe(source: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The extract of `source`, an OpenAPI 3.0 document."""
    operations = {
        operation["operationId"]: _operation(source, verb, path, operation)
        for path, verbs in source["paths"].items()
        for verb, operation in verbs.items()
        if operation["operationId"] in NEEDED
    }
    schemas: dict[str, Any] = {}
    waiting = sorted(_references(operations))
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = _schema(source["components"]["schemas"][name])
            waiting.extend(sorted(_references(schemas[name])))
    return {
        "source": {"package": "@octokit/openapi", "version": version, "file": "api.github.com.json", "taken": TAKEN},
        "operations": dict(sorted(operations.items())),
        "schemas": dict(sorted(schemas.items())),
    }


def _operation(source: Mapping[str, Any], verb: str, path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody")
    return {
        "verb": verb.upper(),
        "path": path,
        "documentation": operation.get("externalDocs", {}).get("url"),
        "parameters": [_parameter(_resolved(source, each)) for each in operation.get("parameters", [])],
        "body": body and {"required": body.get("required", False), "schema": _content(body)},
        "answers": {status: _content(_resolved(source, each)) for status, each in operation["responses"].items()},
    }


def _parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": _schema(parameter["schema"]),
    }


def _resolved(source: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        reference = node["$ref"]
        node = source
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    return node


def _content(holder: Mapping[str, Any]) -> Any:
    media = holder.get("content", {}).get("application/json")
    return None if media is None else _schema(media["schema"])


def _schema(node: Any, *, names: bool = False) -> Any:
    """`names`: the keys of `node` are names of properties, which may well be `title` or `description`."""
    if isinstance(node, list):
        return [_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {key: _schema(value) for key, value in node.items()}
    kept = {
        key: _schema(value, names=key in ("properties", "patternProperties"))
        for key, value in node.items()
        if key not in PROSE and not key.startswith("x-") and key != "nullable"
    }
    if isinstance(kept.get("$ref"), str):
        kept["$ref"] = kept["$ref"].replace("#/components/schemas/", "#/schemas/")
    return _nullable(kept) if node.get("nullable") else kept


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema and None not in schema["enum"]:
        schema = {**schema, "enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _references(node: Any) -> Iterator[str]:
    yield from re.findall(r'"#/schemas/([^"]+)"', json.dumps(node))


def events(examples: list[dict[str, Any]], version: str) -> dict[str, Any]:
    """The shape of one published payload per event and action: its members and of what kind they are, nobody's name."""
    wanted: dict[str, Any] = {}
    for event in examples:
        for action in EXAMPLES.get(event["name"], ()):
            payload = next(each for each in event["examples"] if action in (None, each.get("action")))
            wanted[event["name"] + (f".{action}" if action else "")] = shape(payload)
    source = {"package": "@octokit/webhooks-examples", "version": version, "taken": TAKEN}
    return {"source": source, "events": dict(sorted(wanted.items()))}


def shape(value: Any) -> Any:
    """Every value by its kind; of a list the first item."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return KINDS[type(value)]


def written(extract: Mapping[str, Any]) -> str:
    """As it is committed: one line per operation and schema, so that a new version reads as a diff."""
    lines = ["{"]
    for index, (part, content) in enumerate(extract.items()):
        comma = "," if index + 1 < len(extract) else ""
        rows = [f"  {json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in content.items()]
        lines.append(f'"{part}": {{\n' + ",\n".join(rows) + "\n}" + comma)
    return "\n".join([*lines, "}"]) + "\n"


def extracted(node: Path) -> dict[Path, str]:
    """What the committed files shall hold, from the packages below `node`."""
    source = json.loads((node / "openapi/generated/api.github.com.json").read_text("utf-8"))
    examples = json.loads((node / "webhooks-examples/api.github.com/index.json").read_text("utf-8"))
    return {
        DESCRIPTION: written(describe(source, _version(node / "openapi"))),
        EVENTS: written(events(examples, _version(node / "webhooks-examples"))),
    }


def _version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


if __name__ == "__main__":
    for path, text in extracted(NODE).items():
        path.write_text(text, "utf-8")
