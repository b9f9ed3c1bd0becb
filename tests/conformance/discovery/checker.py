"""Whether a request is one that Google's discovery documents describe: method, path, parameters, body, field mask."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from reconciler.http.request import Sent
from tests.conformance.discovery.documents import Method, methods

STATED_MOST = {
    ("directory.chromeosdevices.list", "maxResults"): 300,
    ("chromepolicy.customers.policySchemas.list", "pageSize"): 1000,
}
"""Limits that the documents give in words only."""

_MASK_TOKEN = re.compile(r"[\w*]+|[(),/]")
_RANGES = {"int32": 2**31, "uint32": 2**32}


def check(sent: Sent) -> list[str]:
    """What is wrong with a request, in words; empty when all is well."""
    return check_request(sent.method, sent.path, sent.query, sent.body)


def check_log(log: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the requests in a sandbox's log (`GET /_sandbox/requests`): for runs in another process."""
    return [
        fault
        for entry in log
        if entry["path"].startswith("/google/") and not entry["path"].endswith("/token")
        for fault in check_request(
            entry["method"],
            quote(entry["path"].removeprefix("/google"), safe="/:"),
            parse_qsl(entry["query"], keep_blank_values=True),
            entry["body"],
        )
    ]


def check_request(verb: str, path: str, query: Sequence[tuple[str, str]], body: object) -> list[str]:
    """`path` percent-encoded and below the API's root, with its leading slash; `query` decoded; `body` parsed JSON."""
    found = _candidates(verb, path.removeprefix("/"))
    if not found:
        return [f"{verb} {path}: there is no such method"]
    faults = [_faults(method, values, query, body) for method, values in found]
    return min(faults, key=len)


def _candidates(verb: str, path: str) -> list[tuple[Method, Mapping[str, str]]]:
    """The methods whose template fits, the most literal ones: `…:resolve` is no name of an org unit."""
    matches = [(m, found.groupdict()) for m in methods() if m.verb == verb and (found := m.path.fullmatch(path))]
    fitting = [
        (m, values) for m, values in matches if not any(_value(m, name, unquote(v)) for name, v in values.items())
    ]
    most = max((method.literal for method, _ in fitting), default=0)
    return [(method, values) for method, values in fitting if method.literal == most]


def _faults(method: Method, values: Mapping[str, str], query: Sequence[tuple[str, str]], body: object) -> list[str]:
    faults: list[str] = []
    names = [name for name, _ in query]
    for name, value in query:
        known = method.parameters.get(name)
        if known is None or known["location"] != "query":
            faults.append(f"{method.id}: unknown parameter {name}")
        elif names.count(name) > 1 and not known.get("repeated"):
            faults.append(f"{method.id}: {name} is given twice")
        else:
            faults += _value(method, name, value)
    given = {*values, *names}
    required = [name for name, item in method.parameters.items() if item.get("required")]
    faults += [f"{method.id}: {name} is required" for name in required if name not in given]
    masks = [value for name, value in query if name == "fields"]
    return faults + [fault for mask in masks for fault in _mask_faults(method, mask)] + _body_faults(method, body)


def _value(method: Method, name: str, value: str) -> list[str]:
    """A parameter's text against its type, enum, pattern and range."""
    item, where = method.parameters[name], f"{method.id}: {name}={value!r}"
    if "enum" in item and value not in item["enum"]:
        return [f"{where} is not one of {item['enum']}"]
    if "pattern" in item and not re.search(item["pattern"], value):
        return [f"{where} does not match {item['pattern']}"]
    if item["type"] == "boolean" and value not in ("true", "false"):
        return [f"{where} is no boolean"]
    if item["type"] == "integer":
        return _integer(item, value, where, STATED_MOST.get((method.id, name)))
    return []


def _integer(item: Mapping[str, Any], value: str, where: str, most: int | None) -> list[str]:
    if not re.fullmatch(r"-?\d+", value):
        return [f"{where} is no integer"]
    low, high = item.get("minimum"), item.get("maximum", most)
    if (low is not None and int(value) < int(low)) or (high is not None and int(value) > int(high)):
        return [f"{where} is out of range"]
    return []


def _body_faults(method: Method, body: object) -> list[str]:
    if method.request is None:
        return [] if body is None else [f"{method.id}: takes no body"]
    if body is None:
        return [f"{method.id}: lacks a body"]
    return json_faults(method, body, method.request, "$")


def json_faults(method: Method, value: object, schema: Mapping[str, Any], where: str) -> list[str]:
    """A JSON value against a schema of the document, all the way down."""
    schema = method.resolved(schema)
    kind = schema.get("type", "any")
    if kind == "any":
        return []
    if not _FITS[kind](value):
        return [f"{method.id} {where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{method.id} {where}: {value!r} is not one of {schema['enum']}"]
    if kind == "object":
        assert isinstance(value, Mapping)
        return [fault for name, item in value.items() for fault in _member(method, name, item, schema, where)]
    if kind == "array":
        assert isinstance(value, list | tuple)
        return [
            fault
            for number, item in enumerate(value)
            for fault in json_faults(method, item, schema["items"], f"{where}[{number}]")
        ]
    return _format_faults(schema.get("format", ""), value, f"{method.id} {where}")


def _member(method: Method, name: object, item: object, schema: Mapping[str, Any], where: str) -> list[str]:
    """Free-form objects say what their members are in `additionalProperties`; in all others a name must be known."""
    properties, rest = schema.get("properties", {}), schema.get("additionalProperties")
    if name in properties:
        return json_faults(method, item, properties[name], f"{where}.{name}")
    if rest is not None:
        return json_faults(method, item, rest, f"{where}.{name}")
    return [f"{method.id} {where}: unknown field {name}"]


_FITS: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list | tuple),
    "object": lambda value: isinstance(value, Mapping),
}


def _format_faults(form: str, value: object, where: str) -> list[str]:
    """int64 is a string in JSON; a field mask is a list of names with commas, in camel case (proto3 JSON)."""
    if form in ("int64", "uint64") and not re.fullmatch(r"-?\d+", str(value)):
        return [f"{where}: {value!r} is no {form}"]
    if form in _RANGES and isinstance(value, int) and not -_RANGES[form] <= value < _RANGES[form]:
        return [f"{where}: {value!r} is no {form}"]
    if form == "google-fieldmask" and not re.fullmatch(r"\w+(\.\w+)*(,\w+(\.\w+)*)*", str(value)):
        return [f"{where}: {value!r} is no field mask"]
    return []


def _mask_faults(method: Method, text: str) -> list[str]:
    """`fields=a,b(c,d/e)`: every name must be a field of the response."""
    tokens = _MASK_TOKEN.findall(text)
    if "".join(tokens) != text or method.response is None:
        return [f"{method.id}: fields={text!r} can't be read, or there is nothing to select from"]
    faults: list[str] = []
    rest = _walk_mask(method, tokens, method.response, faults)
    return [*faults, *([f"{method.id}: fields={text!r} ends with {rest}"] if rest else [])]


def _walk_mask(method: Method, tokens: list[str], schema: Mapping[str, Any], faults: list[str]) -> list[str]:
    """Reads a list of selections up to its end and returns the rest."""
    while True:
        tokens = _walk_field(method, tokens, schema, faults)
        if tokens[:1] != [","]:
            return tokens
        tokens = tokens[1:]


def _walk_field(method: Method, tokens: list[str], schema: Mapping[str, Any], faults: list[str]) -> list[str]:
    name, tokens = (tokens[0], tokens[1:]) if tokens else ("", [])
    below = _field_of(method, schema, name)
    if below is None:
        faults.append(f"{method.id}: the response has no field {name!r}")
        below = {}
    if tokens[:1] == ["/"]:
        return _walk_field(method, tokens[1:], below, faults)
    if tokens[:1] == ["("]:
        tokens = _walk_mask(method, tokens[1:], below, faults)
        if tokens[:1] != [")"]:
            faults.append(f"{method.id}: a bracket of fields is not closed")
        return tokens[1:]
    return tokens


def _field_of(method: Method, schema: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    schema = method.resolved(schema)
    if schema.get("type") == "array":
        schema = method.resolved(schema["items"])
    found: Mapping[str, Any] | None = schema.get("properties", {}).get(name)
    return found
