"""Dataclasses with slots, made in a fifth of the time; otherwise those of the standard library.

`dataclasses` writes six methods of each class as source text and has it compiled. A small command makes more than a hundred
classes: a fifth of all that `validate` computed on a municipality's files went into that (Python 3.11, November 2026). Here only
`__init__` is compiled, and the other methods are the same few functions for all classes. To type checkers, and to
`fields`, `replace` and `asdict`, they are plain dataclasses.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass"]

_MADE_ANEW: Final = object()
"""In place of a default that a factory makes for each instance."""


def _dataclass(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False
) -> Callable[[Any], Any]:
    """As `dataclasses.dataclass`, which makes what has no slots, or is ordered. `InitVar` is not known here."""
    if order or not slots:
        return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, order=order)

    def make(written: Any) -> Any:
        if written.__doc__ is None:  # the library would ask for the signature, which isn't there yet
            written.__doc__ = f"{written.__name__}({', '.join(written.__annotations__)})"
        made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(written)
        _add_methods(made, _of_every(made) | (_of_frozen(made) if frozen else {"__hash__": None}))
        made.__dataclass_params__.frozen = frozen
        return made

    return make


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


def _add_methods(made: Any, methods: Mapping[str, Any]) -> None:
    for name, method in methods.items():
        if name not in made.__dict__:
            setattr(made, name, method)
    parameters = made.__dataclass_params__
    parameters.init = parameters.repr = parameters.eq = True


def _of_every(made: Any) -> dict[str, Any]:
    compared = _reader(one.name for one in fields(made) if one.compare)
    return {"__init__": _initialiser(made, fields(made)), "__eq__": _equality(compared), "__repr__": _shown}


def _of_frozen(made: Any) -> dict[str, Any]:
    counted = _reader(one.name for one in fields(made) if (one.compare if one.hash is None else one.hash))
    return {
        "__hash__": _hash(counted),
        "__setattr__": _refuse_setting,
        "__delattr__": _refuse_deleting,
        "__getstate__": _state,
        "__setstate__": _set_state,
    }


def _initialiser(made: Any, listed: Sequence[Field[Any]]) -> Any:
    """The one method that has to be written out: nothing else takes arguments by name as fast, or refuses them as clearly."""
    known: dict[str, Any] = {"_MADE_ANEW": _MADE_ANEW}
    lines = [line for one in listed for line in _assignment(one, made, known)]
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    arguments = ", ".join(("self", *_parameters(listed)))
    exec(f"def __init__({arguments}):\n {'; '.join(lines) or 'pass'}", known)  # noqa: S102 - names of fields and nothing else
    made_init = known["__init__"]
    made_init.__qualname__ = f"{made.__qualname__}.__init__"
    made_init.__module__ = made.__module__
    made_init.__annotations__ = {one.name: one.type for one in listed if one.init} | {"return": None}
    return made_init


def _parameters(listed: Iterable[Field[Any]]) -> Iterator[str]:
    taken = [one for one in listed if one.init]
    yield from (_parameter(one) for one in taken if not one.kw_only)
    if any(one.kw_only for one in taken):
        yield "*"
        yield from (_parameter(one) for one in taken if one.kw_only)


def _parameter(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return f"{one.name}=_of_{one.name}"
    return one.name if one.default_factory is MISSING else f"{one.name}=_MADE_ANEW"


def _assignment(one: Field[Any], made: Any, known: dict[str, Any]) -> Iterator[str]:
    """Through the slot itself: `__setattr__` of what is frozen refuses."""
    name = one.name
    known[f"_set_{name}"] = getattr(made, name).__set__
    made_anew = one.default_factory is not MISSING
    known[f"_of_{name}"] = one.default_factory if made_anew else one.default
    if not one.init:
        if made_anew or one.default is not MISSING:
            yield f"_set_{name}(self, _of_{name}{'()' if made_anew else ''})"
    elif made_anew:
        yield f"_set_{name}(self, _of_{name}() if {name} is _MADE_ANEW else {name})"
    else:
        yield f"_set_{name}(self, {name})"


def _equality(values: Callable[[Any], Any]) -> Any:
    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807 - becomes the method of that name
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(values: Callable[[Any], Any]) -> Any:
    def __hash__(self: Any) -> int:  # noqa: N807 - becomes the method of that name
        return hash(values(self))

    return __hash__


def _reader(names: Iterable[str]) -> Callable[[Any], Any]:
    listed = tuple(names)
    return attrgetter(*listed) if listed else lambda _: ()


def _shown(self: Any) -> str:
    inside = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(inside)})"


def _refuse_setting(_: Any, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    """For copies and pickles, which would set attributes one by one."""
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
