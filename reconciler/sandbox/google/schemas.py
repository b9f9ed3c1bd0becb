"""The policy schemas: loaded from the data file, written as the API writes them, and checked against values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """One field. `values` are wire values; `fields` those of a message."""

    name: str
    type: str
    """bool, string, int32, int64, enum or message."""
    repeated: bool = False
    message: str = ""
    values: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    default: Any = None
    confirmed: bool = True
    """False where no second public source shows the wire spelling of the values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    name: str
    fields: tuple[Field, ...]
    targets: tuple[str, ...]
    keys: tuple[str, ...] = ()
    notices: tuple[tuple[str, str, str], ...] = ()
    """Field, value as text, and the field that acknowledges it."""
    together: tuple[str, ...] = ()
    """Fields that are only written together."""

    @property
    def namespace(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def adds_app(self) -> bool:
        """Whether setting it adds an app to management (reference 3.4)."""
        return self.name in INSTALL_SCHEMAS


INSTALL_SCHEMAS = {
    "chrome.users.apps.InstallType",
    "chrome.devices.managedguest.apps.InstallType",
    "chrome.devices.kiosk.apps.ForceInstall",
}


UNKNOWN = "Unknown field."
"""The fault of a field that a schema doesn't have."""


@cache
def schemas(*, full_enum_names: bool = True) -> dict[str, Schema]:
    """By name, sorted."""
    data = json.loads(files(__package__).joinpath("policy_schemas.json").read_text(encoding="utf-8"))
    found = {}
    for name, item in sorted(data["schemas"].items()):
        found[name] = Schema(
            name=name,
            fields=tuple(_field(each, spec, full=full_enum_names) for each, spec in item["fields"].items()),
            targets=tuple(item["targets"]),
            keys=tuple(item.get("keys", ())),
            notices=tuple((each["field"], each["value"], each["acknowledge"]) for each in item.get("notices", ())),
            together=tuple(item.get("together", ())),
        )
    return found


def _field(name: str, spec: dict[str, Any], *, full: bool) -> Field:
    confirmed = spec.get("confirmed", True)
    prefix = spec.get("prefix", "") if full or confirmed else ""
    default = spec.get("default")
    return Field(
        name=name,
        type=spec["type"],
        repeated=spec.get("repeated", False),
        message=spec.get("message", ""),
        values=tuple(prefix + value for value in spec.get("values", ())),
        fields=tuple(_field(each, below, full=full) for each, below in spec.get("fields", {}).items()),
        default=prefix + default if spec["type"] == "enum" and default else default,
        confirmed=confirmed,
    )


def namespaces() -> set[str]:
    return {schema.namespace for schema in schemas().values()}


def default_value(schema: Schema) -> dict[str, Any]:
    """What a field has where nobody has set it; numbers and messages have nothing."""
    found: dict[str, Any] = {}
    for field in schema.fields:
        if field.default is not None:
            found[field.name] = field.default
        elif field.repeated and field.type != "message":
            found[field.name] = []
        elif field.type in ("bool", "string"):
            found[field.name] = {"bool": False, "string": ""}[field.type]
        elif field.type == "enum":
            found[field.name] = field.values[0]
    return found


def check_value(fields: tuple[Field, ...], value: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Faults as (field, error): unknown fields, wrong types, unknown enum values."""
    known = {field.name: field for field in fields}
    faults = []
    for name, item in value.items():
        if name not in known:
            faults.append((prefix + name, UNKNOWN))
        else:
            faults += _check_field(known[name], item, prefix + name)
    return faults


def _check_field(field: Field, value: Any, where: str) -> list[tuple[str, str]]:
    if not field.repeated:
        return _check_item(field, value, where)
    if not isinstance(value, list):
        return [(where, "Expected a list.")]
    return [fault for number, item in enumerate(value) for fault in _check_item(field, item, f"{where}[{number}]")]


def _check_item(field: Field, value: Any, where: str) -> list[tuple[str, str]]:
    if field.type == "message":
        if not isinstance(value, dict):
            return [(where, f"Expected a message {field.message}.")]
        return check_value(field.fields or _recursive(field), value, where + ".")
    if field.type == "enum":
        return [] if value in field.values else [(where, f'Invalid value "{value}" for enum.')]
    if field.type in ("int32", "int64"):
        return [] if _is_integer(value) else [(where, "Expected an integer.")]
    expected = {"bool": bool, "string": str}[field.type]
    return [] if isinstance(value, expected) else [(where, f"Expected a {field.type}.")]


def _recursive(field: Field) -> tuple[Field, ...]:
    """A folder of bookmarks holds bookmarks (the public table leaves the inner ones out)."""
    if field.name != "entries":
        return ()
    text = (Field(name="name", type="string"),)
    return (
        Field(name="link", type="message", message="Link", fields=(*text, Field(name="url", type="string"))),
        Field(name="folder", type="message", message="Folder", fields=(*text, field)),
    )


def _is_integer(value: Any) -> bool:
    """proto3 JSON takes 5 and "5"."""
    if isinstance(value, str):
        return re.fullmatch(r"-?\d+", value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def wire_value(schema: Schema, value: dict[str, Any], *, int64_as_strings: bool) -> dict[str, Any]:
    """A value as the API answers it."""
    return _wire(schema.fields, value, int64_as_strings)


def _wire(fields: tuple[Field, ...], value: dict[str, Any], as_strings: bool) -> dict[str, Any]:
    known = {field.name: field for field in fields}

    def item(field: Field | None, each: Any) -> Any:
        if field is None:
            return each
        if isinstance(each, list):
            return [item(field, one) for one in each]
        if field.type == "message":
            return _wire(field.fields or _recursive(field), each, as_strings)
        if field.type == "int64":
            return str(each) if as_strings else int(each)
        return each

    return {name: item(known.get(name), each) for name, each in value.items()}


def wire_schema(schema: Schema, customer: str) -> dict[str, Any]:
    """PolicySchema as in the discovery document; the definition is a proto descriptor."""
    leaf = schema.name.rpartition(".")[2]
    messages: list[dict[str, Any]] = []
    enums: list[dict[str, Any]] = []
    _describe(leaf, schema.fields + _acknowledgements(schema), messages, enums)
    definition: dict[str, Any] = {"messageType": messages}
    if enums:
        definition["enumType"] = enums
    found: dict[str, Any] = {
        "name": f"customers/{customer}/policySchemas/{schema.name}",
        "schemaName": schema.name,
        "policyDescription": f"{leaf}.",
        "definition": definition,
        "fieldDescriptions": [_description(field) for field in schema.fields],
        "validTargetResources": list(schema.targets),
        "supportedPlatforms": ["CHROME_OS"],
        "policyApiLifecycle": {"policyApiLifecycleStage": "API_CURRENT"},
    }
    if schema.keys:
        found["additionalTargetKeyNames"] = [{"key": key, "keyDescription": f"{key}."} for key in schema.keys]
    if schema.notices:
        found["notices"] = [
            {"field": field, "noticeValue": value, "noticeMessage": "Notice.", "acknowledgementRequired": True}
            for field, value, _ in schema.notices
        ]
    return found


def _acknowledgements(schema: Schema) -> tuple[Field, ...]:
    return tuple(Field(name=name, type="bool") for _, _, name in schema.notices)


def _describe(
    name: str, fields: tuple[Field, ...], messages: list[dict[str, Any]], enums: list[dict[str, Any]]
) -> None:
    described = []
    for number, field in enumerate(fields, start=1):
        item: dict[str, Any] = {
            "name": field.name,
            "number": number,
            "label": "LABEL_REPEATED" if field.repeated else "LABEL_OPTIONAL",
            "type": f"TYPE_{field.type.upper()}",
        }
        if field.type == "enum":
            item["typeName"] = field.name[0].upper() + field.name[1:] + "Enum"
            values = [{"name": value, "number": each} for each, value in enumerate(field.values, start=1)]
            if all(each["name"] != item["typeName"] for each in enums):
                enums.append({"name": item["typeName"], "value": values})
        elif field.type == "message":
            item["typeName"] = field.message
            _describe(field.message, field.fields or _recursive_once(field), messages, enums)
        described.append(item)
    messages.insert(0, {"name": name, "field": described})


def _recursive_once(field: Field) -> tuple[Field, ...]:
    """The descriptor of a bookmark entry names its type; its inner message is described where it first occurs."""
    return tuple(each for each in _recursive(field) if each.name == "link")


def _description(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"field": field.name, "fieldDescription": field.name}
    if field.values:
        found["knownValueDescriptions"] = [{"value": value, "description": value} for value in field.values]
    if field.fields:
        found["nestedFieldDescriptions"] = [_description(each) for each in field.fields]
    return found
