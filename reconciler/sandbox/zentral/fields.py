"""Reading a body as Django REST framework's serializers do, with their messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from reconciler.sandbox.zentral.errors import invalid
from reconciler.sandbox.zentral.state import Id, Record

Parse: TypeAlias = Callable[[Any], Any]
Fields: TypeAlias = "Mapping[str, Field]"
KEEP: Any = object()
"""Default of a field that, left out, is not written: a PUT keeps it, a POST takes the model's default."""


@dataclass(eq=False)
class FieldError(Exception):
    """What stands below the field's name in the answer."""

    problems: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    parse: Parse
    required: bool = False
    default: Any = KEEP
    null: bool = False


def read(data: Any, fields: Fields) -> Record:
    """The values that a body has of `fields`; unknown names are ignored. ApiError 400 with all that is wrong."""
    try:
        return read_object(data, fields)
    except FieldError as error:
        raise invalid(error.problems) from None


def read_object(data: Any, fields: Fields) -> Record:
    """The same, of an object in a body. FieldError."""
    if not isinstance(data, dict):
        raise FieldError({"non_field_errors": [f"Invalid data. Expected a dictionary, but got {type(data).__name__}."]})
    values: Record = {}
    problems: Record = {}
    for name, field in fields.items():
        try:
            value = _read_field(data, name, field)
        except FieldError as error:
            problems[name] = error.problems
        else:
            if value is not KEEP:
                values[name] = value
    if problems:
        raise FieldError(problems)
    return values


def _read_field(data: Mapping[str, Any], name: str, field: Field) -> Any:
    if name not in data:
        if field.required:
            raise FieldError(["This field is required."])
        return list(field.default) if isinstance(field.default, list) else field.default
    value = data[name]
    if value is None:
        if field.null:
            return None
        raise FieldError(["This field may not be null."])
    return field.parse(value)


def text(*, maximum: int = 0, blank: bool = False) -> Parse:
    """Outer spaces are cut off."""

    def parse(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise FieldError(["Not a valid string."])
        found = str(value).strip()
        if not found and not blank:
            raise FieldError(["This field may not be blank."])
        if "\x00" in found:
            raise FieldError(["Null characters are not allowed."])
        if maximum and len(found) > maximum:
            raise FieldError([f"Ensure this field has no more than {maximum} characters."])
        return found

    return parse


def integer(least: int, most: int | None = None) -> Parse:
    def parse(value: Any) -> int:
        try:
            found = int(re.sub(r"\.0*\s*$", "", str(value)))
        except ValueError:
            raise FieldError(["A valid integer is required."]) from None
        if found < least:
            raise FieldError([f"Ensure this value is greater than or equal to {least}."])
        if most is not None and found > most:
            raise FieldError([f"Ensure this value is less than or equal to {most}."])
        return found

    return parse


def boolean(value: Any) -> bool:
    word = value.lower() if isinstance(value, str) else value
    if word in (True, "t", "y", "yes", "true", "on", "1"):
        return True
    if word in (False, "f", "n", "no", "false", "off", "0"):
        return False
    raise FieldError(["Must be a valid boolean."])


def choice(known: Sequence[Any]) -> Parse:
    def parse(value: Any) -> Any:
        if value not in known:
            raise FieldError([f'"{value}" is not a valid choice.'])
        return value

    return parse


def listed(child: Parse, *, empty: bool = True) -> Parse:
    """A plain list: what is wrong is told by the number of the item."""

    def parse(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise FieldError([_no_list(value)])
        if not value and not empty:
            raise FieldError(["This list may not be empty."])
        found, problems = [], {}
        for number, item in enumerate(value):
            try:
                found.append(child(item))
            except FieldError as error:
                problems[str(number)] = error.problems
        if problems:
            raise FieldError(problems)
        return found

    return parse


def objects(fields: Fields) -> Parse:
    """A list of objects: what is wrong is a list too, with `{}` for what isn't."""

    def parse(value: Any) -> list[Record]:
        if not isinstance(value, list):
            raise FieldError({"non_field_errors": [_no_list(value)]})
        found: list[Record] = []
        problems: list[Any] = []
        for item in value:
            try:
                found.append(read_object(item, fields))
                problems.append({})
            except FieldError as error:
                problems.append(error.problems)
        if any(problems):
            raise FieldError(problems)
        return found

    return parse


def key_of(table: Mapping[Id, Record]) -> Parse:
    """The id of an object that must exist; a number may be written as text."""
    return _key(table, int)


def uuid_of(table: Mapping[Id, Record]) -> Parse:
    def parse(value: Any) -> str:
        try:
            return str(UUID(str(value)))
        except ValueError:
            raise FieldError([f"“{value}” is not a valid UUID."]) from None

    return _key(table, parse)


def _key(table: Mapping[Id, Record], convert: Callable[[Any], Id]) -> Parse:
    def parse(value: Any) -> Id:
        if value == "":
            raise FieldError(["This field may not be null."])
        try:
            found = convert(value) if not isinstance(value, bool | list | dict) else None
        except (ValueError, TypeError):
            found = None
        if found is None:
            raise FieldError([f"Incorrect type. Expected pk value, received {type(value).__name__}."])
        if found not in table:
            raise FieldError([f'Invalid pk "{value}" - object does not exist.'])
        return found

    return parse


def keys_of(parse_one: Parse) -> Parse:
    """A list of ids; the first that is wrong is the answer. An id that stands twice is kept once."""

    def parse(value: Any) -> list[Id]:
        if not isinstance(value, list):
            raise FieldError([_no_list(value)])
        return list(dict.fromkeys(parse_one(item) for item in value))

    return parse


def _no_list(value: Any) -> str:
    return f'Expected a list of items but got type "{type(value).__name__}".'
