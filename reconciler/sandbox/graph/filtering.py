"""`$filter` of the directory: the operators that each property supports, and what needs an advanced query (reference 4.3, 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.sandbox.graph.call import GraphError

Test: TypeAlias = Callable[[Mapping[str, Any]], bool]
_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[\w.:+-]+(?:/[\w.]+)*)|(?P<mark>[(),]))")
_COMPARISONS = ("eq", "ne", "ge", "le", "gt", "lt", "in")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filterable:
    """A property's operators: at any time, and in advanced queries only."""

    basic: frozenset[str]
    advanced: frozenset[str] = frozenset()


def operators(basic: str, advanced: str = "") -> Filterable:
    """Operators by their names, with spaces between."""
    return Filterable(basic=frozenset(basic.split()), advanced=frozenset(advanced.split()))


def parse_filter(text: str, known: Mapping[str, Filterable], resource: str, *, advanced: bool) -> Test:
    """A test of an object as on the wire. Raises GraphError for bad syntax and for what the directory does not support."""
    reader = _Reader(text, known, resource, advanced=advanced)
    test = reader.either()
    if reader.peek() is not None:
        raise _invalid(text)
    return test


def _invalid(text: str) -> GraphError:
    return GraphError(400, "BadRequest", f"Invalid filter clause: Syntax error in '{text}'.")


class _Reader:
    """Recursive descent; what is asked of a property is checked where it is read."""

    def __init__(self, text: str, known: Mapping[str, Filterable], resource: str, *, advanced: bool) -> None:
        self.text = text
        self.known = known
        self.resource = resource
        self.advanced = advanced
        self.negated = 0
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise _invalid(text)
            self.tokens.append(match["text"] or match["word"] or match["mark"])
            position = match.end()

    def peek(self) -> str | None:
        return self.tokens[0] if self.tokens else None

    def take(self, expected: str | None = None) -> str:
        if not self.tokens or (expected is not None and self.tokens[0] != expected):
            raise _invalid(self.text)
        return self.tokens.pop(0)

    def either(self) -> Test:
        tests = [self.both()]
        while self.peek() == "or":
            self.take()
            tests.append(self.both())
        return lambda item: any(test(item) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.peek() == "and":
            self.take()
            tests.append(self.one())
        return lambda item: all(test(item) for test in tests)

    def one(self) -> Test:
        word = self.take()
        if word == "not":
            self.negated += 1
            inner = self.one()
            self.negated -= 1
            return lambda item: not inner(item)
        if word == "(":
            inside = self.either()
            self.take(")")
            return inside
        if word.casefold() in ("startswith", "endswith", "contains"):
            return self.function(word)
        if word.endswith("/any"):
            return self.any_of(word.removesuffix("/any"))
        return self.comparison(word)

    def function(self, name: str) -> Test:
        self.take("(")
        path = self.take()
        self.take(",")
        wanted = _literal(self.take(), self.text)
        self.take(")")
        kind = {"startswith": "startsWith", "endswith": "endsWith", "contains": "contains"}[name.casefold()]
        self.check(path, kind)
        start = str(wanted).casefold()
        if kind == "startsWith":
            return lambda item: _text(_value(item, path)).startswith(start)
        return lambda item: _text(_value(item, path)).endswith(start)

    def any_of(self, path: str) -> Test:
        """`groupTypes/any(c:c eq 'Unified')`."""
        self.take("(")
        variable, _, repeated = self.take().partition(":")
        if variable != repeated or self.take() != "eq":
            raise _invalid(self.text)
        wanted = _literal(self.take(), self.text)
        self.take(")")
        self.check(path, "any")
        return lambda item: wanted in (_value(item, path) or ())

    def comparison(self, path: str) -> Test:
        name = self.take()
        if name not in _COMPARISONS:
            raise _invalid(self.text)
        self.check(path, name)
        if name == "in":
            wanted = self.listed()
            return lambda item: _folded(_value(item, path)) in wanted
        literal = _folded(_literal(self.take(), self.text))
        if name == "eq":
            return lambda item: _folded(_value(item, path)) == literal
        if name == "ne":
            return lambda item: _folded(_value(item, path)) != literal
        return lambda item: _compare(name, _text(_value(item, path)), str(literal))

    def listed(self) -> list[Any]:
        self.take("(")
        found = [_folded(_literal(self.take(), self.text))]
        while self.peek() == ",":
            self.take()
            found.append(_folded(_literal(self.take(), self.text)))
        self.take(")")
        return found

    def check(self, path: str, operator: str) -> None:
        """Refuse an unknown property, and an operator that it lacks or that needs an advanced query."""
        name = re.sub(r"(?<=extensionAttribute)\d+$", "N", path)
        found = self.known.get(name, operators(""))
        allowed = found.basic | found.advanced if self.advanced else found.basic
        wanted = {operator, "not"} if self.negated else {operator}
        if not wanted <= allowed:
            raise _unsupported(path, self.resource)


def _unsupported(path: str, resource: str) -> GraphError:
    message = f"Unsupported or invalid query filter clause specified for property '{path}' of resource '{resource}'."
    return GraphError(400, "Request_UnsupportedQuery", message)


def _literal(token: str, text: str) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[token]
    if not re.match(r"[\d-]", token):
        raise _invalid(text)
    return token


def _value(item: Mapping[str, Any], path: str) -> Any:
    found: Any = item
    for name in path.split("/"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _folded(value: Any) -> Any:
    """The directory compares text without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def _text(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _compare(name: str, value: str, literal: str) -> bool:
    return {"ge": value >= literal, "le": value <= literal, "gt": value > literal, "lt": value < literal}[name]
