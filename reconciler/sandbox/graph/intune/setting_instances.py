"""Settings of the catalogue: checked against the definitions, kept as the service returns them, read as plain values.

`definitions.json` lists the definitions that schools need, as the service described them in 2026 (published daily by
github.com/Lewis-Barry/IntuneSettingsCatalogViewer, `public/settings-by-category`). A kind is `boolean` (a choice of
`<id>_true` and `<id>_false`), options with `|` (`<id>_<option>`), `string`, `integer`, `strings` or `group`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from reconciler.sandbox.graph.call import GraphError, intune_error
from reconciler.sandbox.graph.intune.state import Record
from reconciler.sandbox.graph.intune.types import PREFIX, type_name

_START, _END = "deviceManagementConfiguration", "Instance"
_INSTANCES = {
    "ChoiceSetting": "choiceSettingValue",
    "SimpleSetting": "simpleSettingValue",
    "SimpleSettingCollection": "simpleSettingCollectionValue",
    "GroupSettingCollection": "groupSettingCollectionValue",
}
"""Kind of instance → the property with its value."""
_VALUES = {"StringSettingValue": str, "IntegerSettingValue": int}


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """`root` is the id of the group, or of the choice, that it must stand in; its own id where it stands alone."""

    id: str
    kind: str
    platforms: frozenset[str]
    root: str

    @property
    def instance(self) -> str:
        by_kind = {
            "string": "SimpleSetting",
            "integer": "SimpleSetting",
            "strings": "SimpleSettingCollection",
            "group": "GroupSettingCollection",
        }
        return by_kind.get(self.kind, "ChoiceSetting")

    @property
    def options(self) -> tuple[str, ...]:
        names = ("true", "false") if self.kind == "boolean" else tuple(self.kind.split("|"))
        return tuple(f"{self.id}_{name}" for name in names)


@cache
def definitions() -> Mapping[str, Definition]:
    """Every known definition by id."""
    data = json.loads((files(__package__) / "definitions.json").read_text(encoding="utf-8"))
    found: dict[str, Definition] = {}
    for root, children in data["groups"].items():
        prefix = children["prefix"]
        found[root] = _definition(root, children["kind"], children["platforms"], root)
        for name, (kind, platforms) in children["settings"].items():
            found[prefix + name] = _definition(prefix + name, kind, platforms, root)
    for key, (kind, platforms) in data["single"].items():
        found[key] = _definition(key, kind, platforms, key)
    return found


def _definition(key: str, kind: str, platforms: str, root: str) -> Definition:
    return Definition(id=key, kind=kind, platforms=frozenset(platforms.split(",")), root=root)


def check_settings(settings: Iterable[Any], *, platforms: str, known_only: bool = True) -> None:
    """400 for the first setting that is malformed, unknown, for another platform, in the wrong place, or there twice."""
    instances = []
    for setting in settings:
        instance = setting.get("settingInstance") if isinstance(setting, dict) else None
        if not isinstance(instance, dict):
            raise GraphError(400, "BadRequest", "A setting needs a settingInstance.")
        instances.append(instance)
    _check_level(instances, frozenset(platforms.split(",")), root="", known_only=known_only)


def _check_level(instances: list[Record], platforms: frozenset[str], *, root: str, known_only: bool) -> None:
    seen: set[str] = set()
    for instance in instances:
        key = instance.get("settingDefinitionId") if isinstance(instance, dict) else None
        if not isinstance(key, str) or key in seen:
            raise intune_error(400, f"The setting {key} is missing its definition or is there twice.")
        seen.add(key)
        definition = definitions().get(key)
        if definition is None and known_only:
            raise intune_error(400, f"Setting definition {key} was not found.")
        value = _value_of(instance)
        if definition is not None:
            _check_place(definition, instance, platforms, root)
            _check_value(definition, value)
        for children in _children(instance, value):
            _check_level(children, platforms, root=key, known_only=known_only)


def _check_place(definition: Definition, instance: Record, platforms: frozenset[str], root: str) -> None:
    key = definition.id
    if not definition.platforms & platforms:
        raise intune_error(400, f"Setting {key} is not applicable to the platforms of the policy.")
    if definition.root != (root or key):
        raise intune_error(400, f"Setting {key} must be a child of {definition.root}.")
    if _instance_kind(instance) != definition.instance:
        raise intune_error(400, f"Setting {key} is not of the type {type_name(instance)}.")


def _instance_kind(instance: Record) -> str:
    return type_name(instance).removeprefix(_START).removesuffix(_END)


def _value_of(instance: Record) -> Any:
    kind = _instance_kind(instance)
    value = instance.get(_INSTANCES.get(kind, ""))
    several = kind.endswith("Collection")
    if not isinstance(value, list if several else dict) or not all(
        isinstance(each, dict) and isinstance(each.get("children") or [], list)
        for each in (value if several else [value])
    ):
        raise intune_error(400, f"A setting instance of type '{type_name(instance)}' lacks its value.")
    return value


def _check_value(definition: Definition, value: Any) -> None:
    if definition.instance == "ChoiceSetting" and value.get("value") not in definition.options:
        raise intune_error(400, f"Setting {definition.id} has no option {value.get('value')}.")
    wanted = {"string": "StringSettingValue", "integer": "IntegerSettingValue", "strings": "StringSettingValue"}
    if definition.kind in wanted:
        for each in value if isinstance(value, list) else [value]:
            name = type_name(each).removeprefix(_START)
            right = _VALUES[wanted[definition.kind]]
            if name != wanted[definition.kind] or not isinstance(each.get("value"), right):
                raise intune_error(400, f"Setting {definition.id} has a value of the wrong type.")


def _children(instance: Record, value: Any) -> Iterator[list[Record]]:
    kind = _instance_kind(instance)
    for each in value if kind == "GroupSettingCollection" else [value] if kind == "ChoiceSetting" else ():
        yield each.get("children") or []


def kept_settings(settings: Iterable[Record]) -> tuple[Record, ...]:
    """As the service returns them: numbered, with the references that nobody wrote, types only where they say something."""
    return tuple(
        {"id": str(number), "settingInstance": _kept(setting["settingInstance"])}
        for number, setting in enumerate(settings)
    )


def _kept(instance: Record) -> Record:
    name, value = _INSTANCES[_instance_kind(instance)], _value_of(instance)
    kept = [_kept_value(each) for each in value] if isinstance(value, list) else _kept_value(value)
    return {
        "@odata.type": PREFIX + type_name(instance),
        "settingDefinitionId": instance["settingDefinitionId"],
        "settingInstanceTemplateReference": instance.get("settingInstanceTemplateReference"),
        "auditRuleInformation": None,
        name: kept,
    }


def _kept_value(value: Record) -> Record:
    found: Record = {"settingValueTemplateReference": value.get("settingValueTemplateReference")}
    if type_name(value).removeprefix(_START) in _VALUES:
        found["@odata.type"] = PREFIX + type_name(value)
    if "value" in value:
        found["value"] = value["value"]
    if "children" in value or "value" not in value or "@odata.type" not in found:
        found["children"] = [_kept(child) for child in value.get("children") or ()]
    return found


def leaves(settings: Iterable[Record]) -> Iterator[tuple[str, Any]]:
    """Definition id and plain value of every setting: the id of the option for a choice, a list for a collection."""
    for setting in settings:
        yield from _leaves(setting["settingInstance"])


def _leaves(instance: Record) -> Iterator[tuple[str, Any]]:
    kind, value = _instance_kind(instance), _value_of(instance)
    if kind == "SimpleSettingCollection":
        yield instance["settingDefinitionId"], [each["value"] for each in value]
    elif kind != "GroupSettingCollection":
        yield instance["settingDefinitionId"], value["value"]
    for children in _children(instance, value):
        for child in children:
            yield from _leaves(child)
