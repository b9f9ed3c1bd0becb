"""Google's discovery documents of both APIs, as the package google-api-python-client carries them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FILES = ("admin.directory_v1.json", "chromepolicy.v1.json")
_VARIABLE = re.compile(r"\{(\+?)(\w+)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """One method. `path` matches a path without its leading slash; `schemas` are those of its document."""

    id: str
    verb: str
    path: re.Pattern[str]
    literal: int
    parameters: Mapping[str, Mapping[str, Any]]
    request: Mapping[str, Any] | None
    response: Mapping[str, Any] | None
    schemas: Mapping[str, Mapping[str, Any]]

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.schemas[schema["$ref"]] if "$ref" in schema else schema


@cache
def methods() -> tuple[Method, ...]:
    """Every method of both APIs. Read once: the documents hold 350 kB."""
    folder = files("googleapiclient.discovery_cache") / "documents"
    found: list[Method] = []
    for name in FILES:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
        found += [_method(document, item) for item in _walk(document)]
    return tuple(found)


def _walk(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from resource.get("methods", {}).values()
    for below in resource.get("resources", {}).values():
        yield from _walk(below)


def _method(document: Mapping[str, Any], item: Mapping[str, Any]) -> Method:
    template = document["servicePath"] + item["path"]
    return Method(
        id=item["id"],
        verb=item["httpMethod"],
        path=_pattern(template),
        literal=len(_VARIABLE.sub("", template)),
        parameters={**document["parameters"], **item.get("parameters", {})},
        request=item.get("request"),
        response=item.get("response"),
        schemas=document["schemas"],
    )


def _pattern(template: str) -> re.Pattern[str]:
    """`{name}` is one segment, `{+name}` may hold slashes (RFC 6570, level 2)."""
    text, last = "", 0
    for found in _VARIABLE.finditer(template):
        text += re.escape(template[last : found.start()])
        text += f"(?P<{found[2]}>{'.+' if found[1] else '[^/]+'})"
        last = found.end()
    return re.compile(text + re.escape(template[last:]))
