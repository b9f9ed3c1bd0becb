"""Frozen data ⇄ JSON, by the types' own annotations. What the types do not name is refused, never dropped.

`encode` gives plain lists and objects; `decode` raises Mismatch with the path of what does not fit.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, ForwardRef, TypeVar, Union, get_args, get_origin

from reconciler.model.place import Json, Path, Place, Pointer, Position

T = TypeVar("T")


class Mismatch(Exception):  # noqa: N818  # a name that says what it is
    """Data that is not of the type it is read as. `path` leads to it, as `changes[3].key.kind`."""

    def __init__(self, path: str, expected: str) -> None:
        self.path, self.expected = path, expected
        super().__init__(f"{path}: {expected}")


def encode(value: object) -> Any:
    """JSON of a value; fields that hold their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            item.name: encode(content)
            for item in fields(value)
            if not _is_default(item, content := getattr(value, item.name))
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], data: object, path: str = "") -> T:
    """A value of a dataclass from JSON; Mismatch where a field is unknown, lacking, or of another type."""
    result: T = _decode(kind, data, path)
    return result


def _is_default(item: Any, content: object) -> bool:
    default = item.default_factory() if item.default_factory is not MISSING else item.default
    return default is not MISSING and type(default) is type(content) and default == content


def _is_json(kind: Any) -> bool:
    """The model's JSON type refers to itself, so at run time it is a text, bare or inside of a forward reference."""
    return kind == Json or (isinstance(kind, ForwardRef) and kind.__forward_arg__ == Json)


def _decode(kind: Any, data: Any, path: str) -> Any:
    if _is_json(kind):
        return data
    if kind == Path:
        return _path(data, path)
    if kind == Place:
        return _decode(_place_type(data), data, path)
    if is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, data, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind, data, path)
    if kind is date:
        return _date(data, path)
    if kind in (int, str, bool):
        return _plain(kind, data, path)
    return _generic(kind, data, path)


def _generic(kind: Any, data: Any, path: str) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(args, data, path)
    if origin is tuple:
        _require(isinstance(data, list), path, "a list")
        return tuple(_decode(args[0], item, f"{path}[{index}]") for index, item in enumerate(data))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        _require(isinstance(data, dict), path, "an object")
        return {key: _decode(args[1], item, f"{path}.{key}") for key, item in data.items()}
    raise TypeError(f"the codec knows no {kind!r}")


def _optional(args: tuple[Any, ...], data: Any, path: str) -> Any:
    """`X | None`, where X may be a union with a rule of its own (a place, a JSON value)."""
    if data is None and type(None) in args:
        return None
    rest = tuple(arg for arg in args if arg is not type(None))
    return _decode(rest[0] if len(rest) == 1 else Union[rest], data, path)  # noqa: UP007  # made at run time


def _object(kind: type, data: Any, path: str) -> Any:
    _require(isinstance(data, dict), path, "an object")
    known = {item.name: item for item in fields(kind)}
    unknown = sorted(data.keys() - known.keys())
    _require(not unknown, f"{path}.{unknown[0]}" if unknown else path, "a known field")
    values: dict[str, Any] = {}
    for name, item in known.items():
        if name in data:
            values[name] = _decode(item.type, data[name], f"{path}.{name}".lstrip("."))
        else:
            lacking = item.default is MISSING and item.default_factory is MISSING
            _require(not lacking, f"{path}.{name}".lstrip("."), "a value")
    return kind(**values)


def _enum(kind: type[Enum], data: Any, path: str) -> Enum:
    known = {member.value: member for member in kind}
    _require(isinstance(data, str) and data in known, path, "one of " + ", ".join(known))
    return known[data]


def _date(data: Any, path: str) -> date:
    try:
        return date.fromisoformat(data)
    except (TypeError, ValueError):
        raise Mismatch(path, "a date") from None


def _plain(kind: type, data: Any, path: str) -> Any:
    # By type and not by isinstance, since True is an int.
    _require(type(data) is kind, path, kind.__name__)
    return data


def _path(data: Any, path: str) -> Path:
    good = isinstance(data, list) and all(type(step) in (str, int) for step in data)
    _require(good, path, "a list of keys and indexes")
    return tuple(data)


def _place_type(data: Any) -> type:
    return Position if isinstance(data, dict) and "line" in data else Pointer


def _require(good: bool, path: str, expected: str) -> None:
    if not good:
        raise Mismatch(path.lstrip("."), expected)
