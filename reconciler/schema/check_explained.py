"""What a schema refuses, as findings: each with its own code, at its own place, with a near name or a corrected line.

Where a schema has alternatives, only the one that the writer most likely meant is explained.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Path, Pointer
from reconciler.schema.check import PROPOSED, Schema, Text, identifier
from reconciler.schema.check_words import (
    expected_types,
    explanation,
    near_label,
    near_name,
    own_words,
    rewritten,
    word,
)

_LIMITS: Final = {
    "maxLength": "TOO-LONG",
    "minLength": "TOO-SHORT",
    "maxItems": "TOO-MANY",
    "minItems": "TOO-FEW",
    "maxProperties": "TOO-MANY",
    "minProperties": "TOO-FEW",
    "maximum": "TOO-LARGE",
    "exclusiveMaximum": "TOO-LARGE",
    "minimum": "TOO-SMALL",
    "exclusiveMinimum": "TOO-SMALL",
}
MOST_PER_FILE: Final = 100
"""Findings of one file that are explained; who has a hundred to correct can run again for the rest."""

_SHOWN: Final = 12
"""Allowed values that are listed in a message; of longer lists only the near ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    file: str
    text: Text

    def finding(
        self,
        code: str,
        path: Path,
        *,
        on_key: bool = False,
        by_language: Mapping[str, str] | None = None,
        **values: str,
    ) -> Finding:
        place = Pointer(file=self.file, path=path, on_key=on_key)
        named = {"name": _name(path), **values, **(by_language or {})}
        return Finding(code=code, severity=Severity.ERROR, place=place, values=named)


def explain(schemas: Mapping[str, Schema], name: str, file: str, document: Json, text: Text) -> tuple[Finding, ...]:
    """Everything that the schema `name` refuses in the document; empty if nothing."""
    known = _Document(file=file, text=text)
    findings: dict[tuple[object, ...], Finding] = {}
    errors = slow_validator(schemas, name).iter_errors(document)
    for finding in islice((finding for error in errors for finding in _explained(known, error)), MOST_PER_FILE):
        findings.setdefault((finding.code, finding.place, *finding.values.values()), finding)
    return tuple(_without_echoes(list(findings.values())))


def _without_echoes(findings: list[Finding]) -> Iterator[Finding]:
    """A key that is only misspelled is not said to be missing as well."""
    named = [one for one in findings if one.values.get("near") and one.code != "MISSING-KEY"]
    meant = {(_steps(one)[:-1], one.values["near"]) for one in named}
    for finding in findings:
        if finding.code != "MISSING-KEY" or (_steps(finding), finding.values["key"]) not in meant:
            yield finding


def _steps(finding: Finding) -> Path:
    return finding.place.path if isinstance(finding.place, Pointer) else ()


def slow_validator(schemas: Mapping[str, Schema], name: str) -> Any:
    """jsonschema's validator of the schema `name`, with the other schemas at hand for references."""
    pairs = [(identifier(schemas, other), DRAFT202012.create_resource(schemas[other])) for other in schemas]
    known: Registry[Any] = Registry()
    return _Validator(schemas[name], registry=known.with_resources(pairs))


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """As ECMA 262 and Rust have it: `$` is the end of the text, never the place before a last line feed."""
    strict = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(instance, str) and not re.search(strict, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: Final[Any] = cast("Any", extend)(Draft202012Validator, {"pattern": _pattern})  # untyped in the stubs


def _explained(known: _Document, error: ValidationError) -> Iterator[Finding]:
    if error.validator in {"anyOf", "oneOf"} and error.context:
        yield from _likeliest(known, error)
    elif "propertyNames" in error.schema_path:
        yield _bad_key(known, error)
    elif error.validator == "additionalProperties":
        yield from _unknown_keys(known, error)
    elif error.validator in {"required", "dependentRequired"}:
        yield from _missing_keys(known, error)
    elif error.validator == "type":
        yield _wrong_type(known, error)
    elif error.validator in {"enum", "const"}:
        yield _not_allowed(known, error, _allowed(error))
    else:
        yield _other(known, error)


def _path(error: ValidationError) -> Path:
    return tuple(error.absolute_path)


def _keyword(error: ValidationError) -> Any:
    """What the keyword says (the stubs allow for errors without one)."""
    return error.validator_value


def _instance(error: ValidationError) -> Any:
    return error.instance


def _name(path: Path) -> str:
    """How the place is called in a message: its last key, with the number of the line of a list counted from 1."""
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1] if keys else ""


def _branches(error: ValidationError) -> dict[object, list[ValidationError]]:
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return branches


def _likeliest(known: _Document, error: ValidationError) -> Iterator[Finding]:
    """The branch of the right type and with the right marks; several lists of words become one list."""
    branches = list(_branches(error).values())
    fitting = [branch for branch in branches if not any(_is_other_type(error, inner) for inner in branch)]
    if not fitting:
        yield _wrong_type(known, error, sorted({name for branch in branches for name in _types(branch)}))
        return
    words = [inner for branch in fitting for inner in branch if inner.validator in {"enum", "const"}]
    if len(words) == len(fitting) and all(list(inner.path) == [] for inner in words):
        yield _not_allowed(known, error, [value for inner in words for value in _allowed(inner)])
        return
    for inner in min(fitting, key=lambda branch: _unlikeliness(error, branch)):
        yield from _explained(known, inner)


def _is_other_type(parent: ValidationError, inner: ValidationError) -> bool:
    return inner.validator == "type" and len(inner.absolute_path) == len(parent.absolute_path)


def _types(branch: Iterable[ValidationError]) -> Iterator[str]:
    for inner in branch:
        if inner.validator == "type":
            value = _keyword(inner)
            yield from [value] if isinstance(value, str) else value


def _unlikeliness(parent: ValidationError, branch: list[ValidationError]) -> tuple[int, int, int, int]:
    """Keys that the branch lacks or knows nothing of, then wrong marks (a `const` or `enum`) among those it knows."""
    depth = len(parent.absolute_path)
    keys = sum(_strange_keys(inner) for inner in branch if len(inner.absolute_path) == depth)
    marks = sum(inner.validator in {"const", "enum"} and len(inner.absolute_path) == depth + 1 for inner in branch)
    deepest = max(len(inner.absolute_path) for inner in branch)
    return (keys, marks, -deepest, len(branch))


def _strange_keys(error: ValidationError) -> int:
    if error.validator == "additionalProperties":
        return len(set(_instance(error)) - set(_properties(error)))
    return int(error.validator == "required")


def _properties(error: ValidationError) -> list[str]:
    return sorted(error.schema.get("properties", {})) if isinstance(error.schema, Mapping) else []


def _unknown_keys(known: _Document, error: ValidationError) -> Iterator[Finding]:
    names = _properties(error)
    for key in error.instance if isinstance(error.instance, Mapping) else ():
        if key not in names:
            yield _unknown_key(known, (*_path(error), str(key)), str(key), names)


def _unknown_key(known: _Document, path: Path, key: str, names: list[str]) -> Finding:
    listed = ", ".join(names if len(names) <= _SHOWN else [*names[:_SHOWN], "…"])
    near = near_name(key, names)
    if near is None:
        return known.finding("UNKNOWN-KEY", path, on_key=True, key=key, known=listed)
    corrected = known.text.corrected(Pointer(file=known.file, path=path, on_key=True), near)
    return known.finding("UNKNOWN-KEY", path, on_key=True, key=key, known=listed, near=near, corrected=corrected)


def _missing_keys(known: _Document, error: ValidationError) -> Iterator[Finding]:
    named = re.match(r"'((?:[^'\\]|\\.)*)' is a ", error.message)
    if named is not None and own_words(error) and error.validator == "required":
        key = named.group(1)  # also as `near`, whose text is the schema's own
        yield known.finding("MISSING-KEY", _path(error), key=key, near=key, by_language=explanation(error))
    elif named is not None:
        yield known.finding("MISSING-KEY", _path(error), key=named.group(1))
    else:
        yield known.finding("SCHEMA", _path(error), problem=error.message[:200])


def _wrong_type(known: _Document, error: ValidationError, types: list[str] | None = None) -> Finding:
    expected = types or list(_types([error]))
    path, value = _path(error), _instance(error)
    pointer = Pointer(file=known.file, path=path)
    spelled = known.text.spelling(pointer)
    if value is None:
        return known.finding("EMPTY-VALUE", path, by_language=expected_types(expected))
    if "string" in expected and spelled is not None and not isinstance(value, str):
        corrected = known.text.corrected(pointer, f'"{spelled}"')
        return known.finding("NOT-QUOTED", path, text=spelled, corrected=corrected)
    if (right := rewritten(value, spelled, expected)) is not None:
        corrected = known.text.corrected(pointer, right)
        return known.finding("WRONG-TYPE", path, near=right, corrected=corrected, by_language=expected_types(expected))
    if spelled is not None and types is None and own_words(error):
        return known.finding("PATTERN", path, text=spelled[:80], by_language=explanation(error))
    return known.finding("WRONG-TYPE", path, by_language=expected_types(expected))


def _allowed(error: ValidationError) -> list[Json]:
    """The allowed values that are worth proposing: not the other spellings that are only accepted."""
    if error.validator == "const":
        return [_keyword(error)]
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    return list(schema.get(PROPOSED, _keyword(error)))


def _not_allowed(known: _Document, error: ValidationError, allowed: list[Json]) -> Finding:
    path, pointer = _path(error), Pointer(file=known.file, path=_path(error))
    words = [word(one) for one in allowed]
    spelled = known.text.spelling(pointer)
    if not isinstance(error.instance, str) and spelled is not None and spelled in words:
        quoted = known.text.corrected(pointer, f'"{spelled}"')
        return known.finding("NOT-QUOTED", path, text=spelled, corrected=quoted)
    near = near_name(str(error.instance), words) or near_label(str(error.instance), words, error)
    shown = ", ".join(words if len(words) <= _SHOWN else [*words[:_SHOWN], "…"])
    text = spelled if spelled is not None else word(error.instance)
    if near is None:
        return known.finding("NOT-ALLOWED-VALUE", path, text=text, allowed=shown)
    corrected = known.text.corrected(pointer, near)
    return known.finding("NOT-ALLOWED-VALUE", path, text=text, near=near, allowed=shown, corrected=corrected)


def _bad_key(known: _Document, error: ValidationError) -> Finding:
    """A key that `propertyNames` refuses; the error's path is that of the mapping, its instance the key."""
    key = str(error.instance)
    path = (*_path(error), key)
    if error.validator in {"enum", "const"}:
        return _unknown_key(known, path, key, [word(one) for one in _allowed(error)])
    return known.finding("KEY-FORM", path, on_key=True, key=key, by_language=explanation(error))


def _other(known: _Document, error: ValidationError) -> Finding:
    path = _path(error)
    keyword = str(error.validator)
    text = known.text.spelling(Pointer(file=known.file, path=path)) or ""
    if keyword == "pattern":
        return known.finding("PATTERN", path, text=text[:80], by_language=explanation(error))
    if keyword in _LIMITS:
        return known.finding(_LIMITS[keyword], path, limit=str(error.validator_value))
    if keyword == "uniqueItems":
        return known.finding("TWICE-IN-LIST", path)
    if error.validator is None or keyword in {"not", "oneOf", "anyOf", "contains"}:
        return known.finding("NOT-TOGETHER", path, by_language=explanation(error))
    return known.finding("SCHEMA", path, problem=error.message[:200])
