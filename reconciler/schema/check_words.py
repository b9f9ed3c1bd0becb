"""The words that the explanations use: names of types, near names, and what a scalar should have been."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from jsonschema.exceptions import ValidationError

from reconciler.model.place import Json

_NAMES: Final = {
    "sv": {
        "string": "text",
        "integer": "ett heltal",
        "number": "ett tal",
        "boolean": "true eller false",
        "object": "nycklar med värden",
        "array": "en lista",
        "null": "inget",
    },
    "en": {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "object": "keys with values",
        "array": "a list",
        "null": "nothing",
    },
}
_YES: Final = frozenset({"ja", "yes", "on", "sant", "y"})
_NO: Final = frozenset({"nej", "no", "off", "falskt", "n"})


def rewritten(value: Json, spelled: str | None, expected: list[str]) -> str | None:
    """A scalar as it should have been written, where that is clear."""
    if spelled is None:
        return None
    if isinstance(value, str) and "boolean" in expected and value.lower() in _YES | _NO:
        return "true" if value.lower() in _YES else "false"
    if isinstance(value, str) and {"integer", "number"} & set(expected) and re.fullmatch(r"0|[1-9][0-9]{0,14}", value):
        return value
    if isinstance(value, str) and expected == ["array"] and re.fullmatch(r"[\w.-]+", value):
        return f"[{spelled}]"
    return None


def expected_types(types: list[str]) -> dict[str, str]:
    joined = {"sv": " eller ", "en": " or "}
    return {
        f"expected.{lang}": joined[lang].join(names.get(one, one) for one in types) for lang, names in _NAMES.items()
    }


def word(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)[:80]


def near_name(word: str, words: list[str]) -> str | None:
    lowered = {other.lower(): other for other in words}
    close = get_close_matches(word.lower().replace("_", "-"), lowered, n=1, cutoff=0.6)
    close = close or get_close_matches(word.lower().replace("-", "_"), lowered, n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def near_label(written: str, words: list[str], error: ValidationError) -> str | None:
    """The word that is called something like what was written, in either language: `gratis?` is `free`."""
    texts = _texts(error)
    labels = {
        label.lower(): known
        for one in texts.values()
        for known, label in one.get("values", {}).items()
        if known in words
    }
    close = get_close_matches(written.lower(), labels, n=1, cutoff=0.75)
    return labels[close[0]] if close else None


def own_words(error: ValidationError) -> bool:
    """Whether the schema says itself what is asked."""
    return any("wrong" in one for one in _texts(error).values())


def explanation(error: ValidationError) -> dict[str, str]:
    """The schema's own words for what it asks: `x-texts.<lang>.wrong`, or its description."""
    texts = _texts(error)
    return {f"explanation.{lang}": _words(texts.get(lang, {})) for lang in ("sv", "en")}


def _texts(error: ValidationError) -> Mapping[str, Any]:
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    texts: Mapping[str, Any] = schema.get("x-texts", {})
    return texts


def _words(texts: Mapping[str, str]) -> str:
    return texts.get("wrong") or texts.get("description") or ""
