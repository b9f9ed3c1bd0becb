"""What the schemas say of a key that has changed: its title, and the words for its values. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.model.place import Json
from reconciler.review.differing import Keys
from reconciler.schema.check import schemas

_BASE: Final = "https://reconciler.invalid/"
_SUFFIX: Final = ".schema.json"


def title(kind: str, path: Keys, lang: str) -> str:
    """`Kostnad: Pris`, by the titles of the keys on the way; a key that the schema doesn't know by its own name."""
    said = [_texts(node, lang).get("title", key) for key, node in zip(path, _nodes(kind, path), strict=False)]
    known = [*said, *path[len(said) :]]
    return ": ".join(known)


def title_within(kind: str, path: Keys, lang: str) -> str:
    """The same inside a sentence, where an abbreviation keeps its capitals."""
    parts = title(kind, path, lang).split(": ")
    return ": ".join(one if one[1:2].isupper() else f"{one[:1].lower()}{one[1:]}" for one in parts)


def value_word(kind: str, path: Keys, value: Json, lang: str) -> str | None:
    """The schema's words for one of the values that it lists, or None."""
    nodes = list(_nodes(kind, path))
    if len(nodes) < len(path) or not isinstance(value, str):
        return None
    word = _texts(nodes[-1], lang).get("values", {}).get(value)
    return str(word) if word else None


def _nodes(kind: str, path: Keys) -> Iterator[Mapping[str, Any]]:
    """The schema of each key of `path` that is known, entries of lists passed through."""
    name = f"{kind.partition('#')[0]}{_SUFFIX}"
    node, name = _start(kind, name)
    for key in path:
        found = _property(node, name, key)
        if found is not None:
            node, name = found
            yield node
        elif "items" in node:  # one of a list, by its name
            node, name = _resolved(node["items"], name)
            yield {}
        else:
            return


def _start(kind: str, name: str) -> tuple[Mapping[str, Any], str]:
    """`school` is a whole file, `school#group` a definition in it."""
    _, _, part = kind.partition("#")
    whole = schemas()[name]
    return (whole["$defs"][part] if part else whole), name


def _property(node: Mapping[str, Any], name: str, key: str) -> tuple[Mapping[str, Any], str] | None:
    """The resolved schema of a key, with what stands beside its reference kept."""
    node, name = _resolved(node, name)
    if "items" in node:
        node, name = _resolved(node["items"], name)
    found = node.get("properties", {}).get(key)
    if found is None:
        return None
    target, where = _resolved(found, name)
    return ({**target, **{k: v for k, v in found.items() if k != "$ref"}}, where)


def _resolved(node: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], str]:
    while "$ref" in node:
        file, _, pointer = str(node["$ref"]).partition("#")
        name = file.removeprefix(_BASE) or name
        target: Mapping[str, Any] = schemas()[name]
        for step in pointer.split("/")[1:]:
            target = target[step]
        node = target
    return node, name


def _texts(node: Mapping[str, Any], lang: str) -> Mapping[str, Any]:
    found = node.get("x-texts", {})
    return found.get(lang) or found.get("en") or {}
