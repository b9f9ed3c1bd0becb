"""What the live tenant's policy schemas know: fields, types, enum values, valid targets. Pure.

The reference table's spellings are a snapshot; the tenant's own schema decides. An enum value whose spelling isn't
confirmed is chosen by its ending (`UNAVAILABLE` → `INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.model.place import Json
from reconciler.settings.wire import pick_enum


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSchema:
    """`fields` maps a name to the enum values it takes, empty where it is no enum. `targets`: ORG_UNIT, GROUP.

    `keys` are the additional target keys: not empty for what is about one app, printer or network.
    """

    fields: Mapping[str, tuple[str, ...]]
    targets: tuple[str, ...]
    keys: tuple[str, ...] = ()


LiveSchemas: TypeAlias = Mapping[str, LiveSchema]


def read_schemas(data: Iterable[Mapping[str, Any]]) -> LiveSchemas:
    """Schemas by name. The first message of a definition is the policy's own; its fields may point at enums beside it."""
    return {item["schemaName"]: _read_schema(item) for item in data}


def _read_schema(item: Mapping[str, Any]) -> LiveSchema:
    definition = item.get("definition", {})
    messages = definition.get("messageType", [])
    enums = {enum["name"]: _values(enum) for enum in _all_enums(definition)}
    leaf = item["schemaName"].rpartition(".")[2]
    own = next((message for message in messages if message.get("name") == leaf), messages[0] if messages else {})
    fields = {f["name"]: enums.get(f.get("typeName", "").rpartition(".")[2], ()) for f in own.get("field", [])}
    keys = tuple(key["key"] for key in item.get("additionalTargetKeyNames", ()))
    return LiveSchema(fields=fields, targets=tuple(item.get("validTargetResources", ())), keys=keys)


def _all_enums(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = list(definition.get("enumType", []))
    for message in definition.get("messageType", []):
        found += message.get("enumType", [])
    return found


def _values(enum: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(value["name"] for value in enum.get("value", []))


def spell(schema: LiveSchema, field: str, value: Json) -> Json:
    """The value as the tenant spells it, or None where its enum has no such value, or several that it could be."""
    known = schema.fields.get(field, ())
    if not known or not isinstance(value, str):
        return value
    return pick_enum(value, known)
