"""Settings of the settings catalogue: from definition ids and values to Graph's instances, and back. Pure.

A choice's option is the definition's id with `_true` or `_false` after it, or an id of its own. Apple's payload keys
(`com.apple.applicationaccess_allowairdrop`) stand in a group that bears the payload's name twice; Windows' stand alone
(public exports; reference on Intune 9.2, 2026-11).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from reconciler.model.place import Json

_TYPE = "#microsoft.graph.deviceManagementConfiguration"
Instance: TypeAlias = dict[str, Json]


def write_settings(fields: Mapping[str, Json]) -> list[Json]:
    """Definition id → value as settings, groups put together; in order of id.

    What belongs to an option of another setting (`…_urlblocklist_urlblocklistdesc` to `…_urlblocklist_1`) is its child.
    """
    alone: list[Json] = []
    grouped: dict[str, list[Json]] = {}
    parents = {definition: _parent(definition, fields) for definition in fields}
    for definition in sorted(fields):
        if parents[definition]:
            continue
        instance = _with_children(definition, fields, parents)
        payload = group_of(definition)
        if payload:
            grouped.setdefault(payload, []).append(instance)
        else:
            alone.append(_setting(instance))
    return alone + [_setting(_group(payload, children)) for payload, children in sorted(grouped.items())]


def _with_children(definition: str, fields: Mapping[str, Json], parents: Mapping[str, str]) -> Instance:
    instance = _instance(definition, fields[definition])
    children: list[Json] = [
        _with_children(child, fields, parents) for child in sorted(fields) if parents[child] == definition
    ]
    if children:
        instance["choiceSettingValue"] = {**_option(str(fields[definition])), "children": children}
    return instance


def _parent(definition: str, fields: Mapping[str, Json]) -> str:
    """The setting among these whose chosen option this one is a part of; empty where it stands by itself.

    A template of Windows' or Edge's is switched on by an option, and its values are children with its id before theirs
    (public exports of policies for Edge, read 2026-11-21).
    """
    over = [other for other in fields if definition.startswith(f"{other}_") and _is_option(other, fields[other])]
    return max(over, key=len, default="")


def _is_option(definition: str, value: Json) -> bool:
    return isinstance(value, str) and value.startswith(f"{definition}_")


def group_of(definition: str) -> str:
    """The id of the group that a definition stands in; empty where it stands alone."""
    payload, _, key = definition.rpartition("_")
    return f"{payload}_{payload}" if payload.startswith("com.apple.") and key else ""


def read_settings(settings: Iterable[Mapping[str, Any]]) -> dict[str, Json]:
    """Definition id → value of everything that the settings hold, groups and children of choices included."""
    found: dict[str, Json] = {}
    for setting in settings:
        _read(setting.get("settingInstance") or {}, found)
    return found


def _setting(instance: Instance) -> dict[str, Json]:
    return {"@odata.type": f"{_TYPE}Setting", "settingInstance": instance}


def _group(payload: str, children: list[Json]) -> Instance:
    return {
        "@odata.type": f"{_TYPE}GroupSettingCollectionInstance",
        "settingDefinitionId": payload,
        "groupSettingCollectionValue": [{"children": children}],
    }


def _instance(definition: str, value: Json) -> Instance:
    if isinstance(value, bool):
        return _choice(definition, f"{definition}_{str(value).lower()}")
    if isinstance(value, str) and _is_option(definition, value):
        return _choice(definition, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {
            "@odata.type": f"{_TYPE}SimpleSettingCollectionInstance",
            "settingDefinitionId": definition,
            "simpleSettingCollectionValue": [_simple(item) for item in value],
        }
    return {
        "@odata.type": f"{_TYPE}SimpleSettingInstance",
        "settingDefinitionId": definition,
        "simpleSettingValue": _simple(value),
    }


def _choice(definition: str, option: str) -> Instance:
    return {
        "@odata.type": f"{_TYPE}ChoiceSettingInstance",
        "settingDefinitionId": definition,
        "choiceSettingValue": _option(option),
    }


def _option(option: str) -> dict[str, Json]:
    return {"@odata.type": f"{_TYPE}ChoiceSettingValue", "value": option, "children": []}


def _simple(value: Json) -> dict[str, Json]:
    sort = "Integer" if isinstance(value, int) else "String"
    return {"@odata.type": f"{_TYPE}{sort}SettingValue", "value": value}


def _read(instance: Mapping[str, Any], found: dict[str, Json]) -> None:
    definition = str(instance.get("settingDefinitionId", ""))
    if (choice := instance.get("choiceSettingValue")) is not None:
        found[definition] = _chosen(definition, str(choice.get("value", "")))
        _read_children(choice, found)
    elif (simple := instance.get("simpleSettingValue")) is not None:
        found[definition] = simple.get("value")
    elif (simples := instance.get("simpleSettingCollectionValue")) is not None:
        found[definition] = [item.get("value") for item in simples]
    elif (choices := instance.get("choiceSettingCollectionValue")) is not None:
        found[definition] = [item.get("value") for item in choices]
        for item in choices:
            _read_children(item, found)
    elif (groups := instance.get("groupSettingCollectionValue")) is not None:
        for group in groups:
            _read_children(group, found)
    elif (group := instance.get("groupSettingValue")) is not None:
        _read_children(group, found)


def _read_children(value: Mapping[str, Any], found: dict[str, Json]) -> None:
    for child in value.get("children") or ():
        _read(child, found)


def _chosen(definition: str, option: str) -> Json:
    """True and false for the two options that say so; any other option by its id."""
    return {f"{definition}_true": True, f"{definition}_false": False}.get(option, option)
