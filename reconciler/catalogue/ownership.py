"""Who decides about what a change touches: from the fields' `x-owner` in the schemas, inherited downwards. Pure.

For every kind of file. Compared are contents: lists of things with names are matched by name, so that a moved line is no
change, unless the schema says that order means something there (`x-ordered`). What is new or gone is said once per owner, at the highest place that is that owner's alone.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.place import Json, Path, Pointer
from reconciler.schema.check import Schema, schemas

OWNERS: Final = ("it", "education", "joint", "data-protection")

_NAMES: Final = ("id", "app", "role", "code", "rule", "setting")
"""Keys that tell the elements of a list apart, the surest first."""

_ABSENT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file's content as data, and its kind (`schema.check.KINDS`); "" for a list of devices."""

    kind: str
    data: Json


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Touched:
    """`at` is a place of the head revision: of what is gone, where it stood. `what`: `scratch.cost.price`, from the file's top.

    `how`: added, changed, removed.
    """

    file: str
    what: str
    how: str
    at: Pointer


def owners_touched(base: Mapping[str, Written], head: Mapping[str, Written]) -> Mapping[str, tuple[Touched, ...]]:
    """By owner, everything that differs between two revisions, by file name and place; owners without any are left out."""
    found: dict[str, list[Touched]] = {}
    for file in sorted(base.keys() | head.keys()):
        one = head.get(file) or base[file]
        before = base[file].data if file in base else _ABSENT
        after = head[file].data if file in head else _ABSENT
        for owner, touched in _in_file(file, one.kind, before, after):
            found.setdefault(owner, []).append(touched)
    return {owner: tuple(found[owner]) for owner in OWNERS if owner in found}


def must_approve(touched: Mapping[str, tuple[Touched, ...]]) -> tuple[str, ...]:
    """Who has to approve: what is joint takes IT and education both. Owners beside the schemas' (of one school) come last."""
    wanted = set(touched) - {"joint"} | ({"it", "education"} if "joint" in touched else set())
    return (*(owner for owner in OWNERS if owner in wanted), *sorted(wanted - set(OWNERS)))


def _in_file(file: str, kind: str, before: object, after: object) -> Iterator[tuple[str, Touched]]:
    if not kind:  # inventories are lists of serial numbers, and have no schema
        if before != after:
            yield "it", Touched(file=file, what="", how=_how(before, after), at=Pointer(file=file))
        return
    start = _Node(home=f"{kind}.schema.json", schema=schemas()[f"{kind}.schema.json"], owner="joint")
    yield from _compare(_Spot(file=file), start.deeper(), before, after)


def _how(before: object, after: object) -> str:
    if before is _ABSENT:
        return "added"
    return "removed" if after is _ABSENT else "changed"


# --- schemas ------------------------------------------------------------------------------------------------------

_ALTERNATIVES: Final = ("allOf", "anyOf", "oneOf")
_BRANCHES: Final = ("then", "else", "if")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """A part of a schema, the file that its references start from, and who owns what it describes."""

    home: str
    schema: Schema
    owner: str

    def deeper(self) -> "_Node":
        """With the owner that the part itself names, and what it refers to."""
        node = _Node(home=self.home, schema=self.schema, owner=self.schema.get("x-owner", self.owner))
        while "$ref" in node.schema:
            home, target = _follow(node.home, node.schema["$ref"])
            rest = {key: part for key, part in node.schema.items() if key != "$ref"}
            # What is said beside a reference is said of this very place, and goes before.
            owner = str(rest.get("x-owner") or target.get("x-owner") or node.owner)
            node = _Node(home=home, schema={**target, **rest}, owner=owner)
        return node

    def below(self, key: str | int) -> "_Node":
        """The part for a key or a place in a list; what no schema describes belongs to whom the whole belongs to."""
        found = next(self._parts(key), None)
        return found.deeper() if found is not None else _Node(home=self.home, schema={}, owner=self.owner)

    def _parts(self, key: str | int) -> Iterator["_Node"]:
        own = self.schema.get("items") if isinstance(key, int) else self.schema.get("properties", {}).get(key)
        if isinstance(own, dict):
            yield self._with(own)
        for inner in self._alternatives():
            yield from inner.deeper()._parts(key)
        other = self.schema.get("additionalProperties")
        if isinstance(key, str) and isinstance(other, dict):
            yield self._with(other)

    def _alternatives(self) -> Iterator["_Node"]:
        lists = [part for name in _ALTERNATIVES for part in self.schema.get(name, ())]
        for part in (*lists, *(self.schema.get(name) for name in _BRANCHES)):
            if isinstance(part, dict):
                yield self._with(part)

    def _with(self, schema: Schema) -> "_Node":
        return _Node(home=self.home, schema=schema, owner=self.owner)


def _follow(home: str, reference: str) -> tuple[str, Schema]:
    document, _, pointer = reference.partition("#/")
    name = document.rpartition("/")[2] or home
    target: Any = schemas()[name]
    for step in pointer.split("/"):
        target = target[step]
    return name, target


# --- contents -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where we are: the path in the head's file, and what people call it. `gone`: nothing below is in the head."""

    file: str
    path: Path = ()
    name: tuple[str, ...] = ()
    gone: bool = False

    def below(self, step: str | int, name: str, *, gone: bool = False) -> "_Spot":
        if self.gone or gone:
            return _Spot(file=self.file, path=self.path, name=(*self.name, name), gone=True)
        return _Spot(file=self.file, path=(*self.path, step), name=(*self.name, name))

    def touched(self, how: str) -> Touched:
        return Touched(file=self.file, what=".".join(self.name), how=how, at=Pointer(file=self.file, path=self.path))


_Found = Iterator[tuple[str, Touched]]


def _compare(spot: _Spot, node: _Node, before: object, after: object) -> _Found:
    if _same(before, after):
        return
    if before is _ABSENT or after is _ABSENT:
        yield from _whole(spot, node, before if after is _ABSENT else after, _how(before, after))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _children(spot, node, dict(before), dict(after))
    elif (named := _named_lists(before, after)) is not None:
        if node.schema.get("x-ordered") and _in_other_order(*named):
            yield node.owner, spot.touched("changed")
        yield from _elements(spot, node, *named)
    else:
        yield node.owner, spot.touched("changed")


def _same(before: object, after: object) -> bool:
    """In any order of keys; `1` is not `true`, also inside."""
    if before is _ABSENT or after is _ABSENT:
        return before is after
    return before == after and json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _children(spot: _Spot, node: _Node, before: dict[str, object], after: dict[str, object]) -> _Found:
    for key in (*after, *(one for one in before if one not in after)):
        inner = spot.below(key, key, gone=key not in after)
        yield from _compare(inner, node.below(key), before.get(key, _ABSENT), after.get(key, _ABSENT))


_Elements = dict[str, tuple[int, object]]


def _elements(spot: _Spot, node: _Node, before: _Elements, after: _Elements) -> _Found:
    renamed = _renamed({name: now for name, (_, now) in after.items()}, before.keys())
    for name in (*after, *(one for one in before if one not in after and one not in renamed.values())):
        number, now = after.get(name, (0, _ABSENT))
        inner = spot.below(number, name, gone=name not in after)
        yield from _compare(inner, node.below(number), before.get(renamed.get(name, name), (0, _ABSENT))[1], now)


def _in_other_order(before: _Elements, after: _Elements) -> bool:
    """Of what is in both; what is new or gone is said itself."""
    renamed = _renamed({name: now for name, (_, now) in after.items()}, before.keys())
    stayed = [was for name in after if (was := renamed.get(name, name)) in before]
    return stayed != [name for name in before if name in stayed]


def _renamed(after: Mapping[str, object], before: Collection[str]) -> dict[str, str]:
    """New name → the name before, for what says so itself (`previously`). What is called the same is itself."""
    found: dict[str, str] = {}
    for name, value in after.items():
        earlier = value.get("previously") if isinstance(value, Mapping) and name not in before else None
        free = set(before) - after.keys() - set(found.values())
        was = next((one for one in earlier if one in free), None) if isinstance(earlier, list) else None
        if was is not None:
            found[name] = was
    return found


def _named_lists(before: object, after: object) -> tuple[_Elements, _Elements] | None:
    """Both lists by their elements' names, where all of them have one and none has it twice."""
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    for key in _NAMES:
        named = [_by_name(one, key) for one in (before, after)]
        if named[0] is not None and named[1] is not None:
            return named[0], named[1]
    return None


def _by_name(elements: list[object], key: str) -> _Elements | None:
    names = [one.get(key) if isinstance(one, Mapping) else None for one in elements]
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return None
    return {str(name): (number, one) for number, (name, one) in enumerate(zip(names, elements, strict=True))}


def _whole(spot: _Spot, node: _Node, value: object, how: str, told: str = "") -> _Found:
    """Something that is new or gone: said to its own owner here (unless told already), and to others of their parts."""
    owners = set(_owners(node, value))
    for owner in owners if len(owners) == 1 else owners & {node.owner}:
        if owner != told:
            yield owner, spot.touched(how)
        told = owner
    if owners == {told}:
        return
    for step, inner in value.items() if isinstance(value, Mapping) else _numbered(value):
        name = step if isinstance(step, str) else _name_of(inner, step)
        yield from _whole(spot.below(step, name), node.below(step), inner, how, told)


def _numbered(value: object) -> list[tuple[int, object]]:
    return list(enumerate(value)) if isinstance(value, list) else []


def _name_of(element: object, number: int) -> str:
    names = [element.get(key) for key in _NAMES] if isinstance(element, Mapping) else []
    return next((name for name in names if isinstance(name, str)), str(number + 1))


def _owners(node: _Node, value: object) -> Iterator[str]:
    """Of everything in the value; of an empty one, of itself."""
    inner = list(value.items()) if isinstance(value, Mapping) else _numbered(value)
    if not inner:
        yield node.owner
    for step, part in inner:
        yield from _owners(node.below(step), part)
