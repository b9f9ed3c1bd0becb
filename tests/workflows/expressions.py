"""GitHub's expressions, as far as our workflows use them: contexts, `fromJSON`, `format`, comparison, and, or, not, statuses.

Semantics by https://docs.github.com/en/actions/reference/workflows-and-actions/expressions, 2026-11-22: strings are compared
without regard to case, `&&` and `||` give one of their operands, what is missing is null and prints as nothing.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Value = Any
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|&&|\|\||[!().,\[\]]))"
)
_WHOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}


class ExpressionError(Exception):
    """GitHub would refuse it, or it is beyond what is emulated here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an expression sees. `failed`: has a step, or a job that this one needs, failed so far?"""

    contexts: Mapping[str, Value]
    failed: bool = False


def filled(text: str, scope: Scope) -> str:
    """`text` with every `${{ }}` in it replaced."""
    return _WHOLE.sub(lambda found: printed(evaluate(found[1], scope)), text)


def value_of(text: str, scope: Scope) -> Value:
    """As `filled`, but a text that is one expression keeps its type."""
    whole = _WHOLE.fullmatch(text.strip())
    return evaluate(whole[1], scope) if whole else filled(text, scope)


def condition(text: str, scope: Scope) -> bool:
    """`if:`, whose braces may be left out, and which means `success() && …` unless it names a status itself."""
    whole = _WHOLE.fullmatch(text.strip())
    inner = whole[1] if whole else text
    asks = re.search(r"\b(always|failure|success|cancelled)\s*\(", inner)
    return _true(evaluate(inner, scope)) and (bool(asks) or not scope.failed)


def evaluate(text: str, scope: Scope) -> Value:
    tokens: list[str] = []
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None:
            raise ExpressionError(f"not understood: {text[at:]!r}")
        tokens.append(found.group().strip())
        at = found.end()
    parser = _Parser(tokens, scope)
    value = parser.either()
    if parser.tokens:
        raise ExpressionError(f"left over in {text!r}: {parser.tokens}")
    return value


def printed(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value)


def _true(value: Value) -> bool:
    return value not in (None, False, 0, "")


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if {type(left), type(right)} == {str, type(None)}:
        return (left or "") == (right or "")
    return type(left) is type(right) and left == right


def _number(value: Value) -> float:
    """As GitHub makes numbers of things: nothing is 0, and a text that is none is not a number, which compares with nothing."""
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


class _Parser:
    def __init__(self, tokens: list[str], scope: Scope) -> None:
        self.tokens = tokens
        self.scope = scope

    def _next(self, *wanted: str) -> str | None:
        return self.tokens.pop(0) if self.tokens and self.tokens[0] in wanted else None

    def _need(self, sign: str) -> None:
        if self._next(sign) is None:
            raise ExpressionError(f"{sign} expected before {self.tokens}")

    def either(self) -> Value:
        value = self.both()
        while self._next("||"):
            other = self.both()
            value = value if _true(value) else other
        return value

    def both(self) -> Value:
        value = self.compared()
        while self._next("&&"):
            other = self.compared()
            value = other if _true(value) else value
        return value

    def compared(self) -> Value:
        value = self.plain()
        while sign := self._next("==", "!="):
            value = _equal(value, self.plain()) is (sign == "==")
        if sign := self._next("<", ">", "<=", ">="):
            left, right = _number(value), _number(self.plain())
            value = {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]
        return value

    def plain(self) -> Value:
        if self._next("!"):
            return not _true(self.plain())
        if self._next("("):
            value = self.either()
            self._need(")")
            return value
        if not self.tokens:
            raise ExpressionError("ends too early")
        token = self.tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if re.fullmatch(r"-?\d+(\.\d+)?", token):
            return float(token) if "." in token else int(token)
        if token in _WORDS:
            return _WORDS[token]
        return self._called(token) if self._next("(") else self._looked_up(token)

    def _called(self, name: str) -> Value:
        arguments = []
        while not self._next(")"):
            arguments.append(self.either())
            self._next(",")
        return _call(name, arguments, self.scope)

    def _looked_up(self, name: str) -> Value:
        if name not in self.scope.contexts:
            raise ExpressionError(f"no context {name!r} here")
        value: Value = self.scope.contexts[name]
        while sign := self._next(".", "["):
            key = self.tokens.pop(0) if sign == "." else self.either()
            if sign == "[":
                self._need("]")
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def _call(name: str, arguments: list[Value], scope: Scope) -> Value:
    match name, arguments:
        case "always", []:
            return True
        case "success", []:
            return not scope.failed
        case "failure", []:
            return scope.failed
        case "cancelled", []:
            return False
        case "fromJSON", [str(text)]:
            return json.loads(text)
        case "format", [str(text), *rest]:
            return re.sub(r"\{(\d+)\}", lambda found: printed(rest[int(found[1])]), text)
        case "contains", [list(row), one]:
            return any(_equal(one, other) for other in row)
        case "startsWith", [str(text), str(start)]:
            return text.lower().startswith(start.lower())
    raise ExpressionError(f"no function {name} with {len(arguments)} arguments here")
