"""What Microsoft's client knows: each path with its verbs, options and body, and each type with its properties.

The client is generated from the same metadata as the service's reference. Its request builders carry URL templates
(RFC 6570), its models a table of properties; both are read from its source, which is quicker than importing it.
"""

import importlib
import importlib.util
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.graph.type_files import BETA, V1

PACKAGES: Mapping[str, str] = {V1: "msgraph.generated", BETA: "msgraph_beta.generated"}
_TOPS = (
    "groups",
    "groups_with_unique_name",
    "devices",
    "devices_with_device_id",
    "device_management",
    "device_app_management",
    "organization",
)
_TEMPLATE = re.compile(r'super\(\).__init__\(request_adapter, "\{\+baseurl\}([^"]+)"')
_VERB = re.compile(r"def to_(\w+)_request_information\(self,(?:body: (\w+), )?")
_VARIABLE = re.compile(r"\{[\w%]+\}")
_OPTIONS = re.compile(r"\{\?([^}]*)\}")
_FIELD = re.compile(r'"([\w.@]+)": lambda n ?: setattr\(self, \'\w+\', n\.(get_\w+)\((\w*)\)')


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One path and verb of the client. `body` names the class of its body, `module` where that stands."""

    options: frozenset[str]
    body: str
    module: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """How a model reads a property: a reader of kiota's, and the class that it is asked for."""

    reader: str
    of: str


def plain(path: str) -> str:
    """A path without its variables' names."""
    return _VARIABLE.sub("{}", path)


@cache
def endpoints(version: str) -> Mapping[tuple[str, str], Endpoint]:
    """By verb and plain path; those of the directory and of Intune."""
    root = _folder(PACKAGES[version])
    files = (file for top in _TOPS for file in (root / top).rglob("*_request_builder.py"))
    return {key: endpoint for file in files for key, endpoint in _read(version, root, file)}


def _read(version: str, root: Path, file: Path) -> Iterator[tuple[tuple[str, str], Endpoint]]:
    text = file.read_text(encoding="utf-8")
    template = _TEMPLATE.search(text)
    if template is None:
        return
    options = _OPTIONS.search(template[1])
    known = frozenset(options[1].replace("%24", "$").split(",")) if options else frozenset()
    path = plain(_OPTIONS.sub("", template[1]))
    package = ".".join((PACKAGES[version], *file.relative_to(root).parent.parts))
    for verb, body in _VERB.findall(text):
        module = ""
        # A body of `bytes` (a file's content) is imported from nowhere.
        if body and (found := re.search(rf"from (\.+)([\w.]+) import {body}\n", text)):
            module = importlib.util.resolve_name(found[1] + found[2], package)
        yield (verb.upper(), path), Endpoint(options=known, body=body, module=module)


def body_class(version: str, verb: str, path: str) -> Any:
    """The class that Microsoft's client takes as the body of this request. Raises KeyError where it knows none."""
    endpoint = endpoints(version)[verb, plain(path)]
    return getattr(importlib.import_module(endpoint.module), endpoint.body)


def model(version: str, name: str) -> Any:
    """The class of a type by its name in Graph, None where there is none."""
    file = _model_files(version).get(name.lower())
    if file is None:
        return None
    module = importlib.import_module(f"{PACKAGES[version]}.models.{file.stem}")
    return next(value for word, value in vars(module).items() if word.lower() == name.lower())


def own_properties(version: str, name: str) -> Mapping[str, Property]:
    """The properties that a type has of its own, without its base's and without annotations."""
    text = _model_files(version)[name.lower()].read_text(encoding="utf-8")
    found = {name: Property(reader=reader, of=of) for name, reader, of in _FIELD.findall(text)}
    return {name: item for name, item in found.items() if not name.startswith("@")}


def enum_words(version: str, name: str) -> list[str]:
    return [word.value for word in model(version, name)]


@cache
def _model_files(version: str) -> Mapping[str, Path]:
    folder = _folder(PACKAGES[version]) / "models"
    return {file.stem.replace("_", ""): file for file in folder.glob("*.py")}


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])
