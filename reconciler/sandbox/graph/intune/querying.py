"""`$select`, `$expand` and `$filter` as Intune's collections understand them.

A `$filter` is a text of comparisons, functions, `and`, `or`, `not` and parentheses; it becomes a function from a record to
true or false. What can't be read gives None, and the collection decides what that means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.sandbox.graph.call import Call, GraphError
from reconciler.sandbox.graph.intune.state import Record
from reconciler.sandbox.graph.intune.types import is_a, type_name, types

Predicate: TypeAlias = Callable[[Record], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[\w.:/+-]+))", re.ASCII
)  # a moment and a number are words too
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "gt": lambda left, right: left is not None and left > right,
    "lt": lambda left, right: left is not None and left < right,
    "ge": lambda left, right: left is not None and left >= right,
    "le": lambda left, right: left is not None and left <= right,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
    "contains": str.__contains__,
}


@dataclass(slots=True)
class _Reader:
    tokens: list[str]
    version: str
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ValueError(f"{expected or 'more'} expected at {token!r}")
        self.at += 1
        return token


def read_filter(text: str, version: str = "beta") -> Predicate | None:
    """None where the text can't be read."""
    try:
        reader = _Reader(list(_tokens(text)), version)
        found = _any_of(reader)
        return found if not reader.peek() else None
    except (ValueError, KeyError):
        return None


def _tokens(text: str) -> Iterator[str]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text[at:])
        at = match.end()
        yield match[0].strip()


def _any_of(reader: _Reader) -> Predicate:
    parts = [_all_of(reader)]
    while reader.peek() == "or":
        reader.take()
        parts.append(_all_of(reader))
    return lambda record: any(part(record) for part in parts)


def _all_of(reader: _Reader) -> Predicate:
    parts = [_term(reader)]
    while reader.peek() == "and":
        reader.take()
        parts.append(_term(reader))
    return lambda record: all(part(record) for part in parts)


def _term(reader: _Reader) -> Predicate:
    token = reader.take()
    if token == "not":  # noqa: S105 - an operator
        inner = _term(reader)
        return lambda record: not inner(record)
    if token == "(" and reader.tokens[reader.at + 1 : reader.at + 2] == [")"]:  # noqa: S105 - `(path) eq null`, as portals write it
        name = reader.take()
        reader.take(")")
        return _comparison(reader, name)
    if token == "(":  # noqa: S105 - a parenthesis
        inner = _any_of(reader)
        reader.take(")")
        return _maybe_compared(reader, inner)
    if reader.peek() == "(":
        return _function(reader, token)
    return _comparison(reader, token)


def _maybe_compared(reader: _Reader, inner: Predicate) -> Predicate:
    """`(a eq b) eq true`, as portals write it."""
    if reader.peek() not in ("eq", "ne"):
        return inner
    operator, value = reader.take(), _value(reader.take())
    return lambda record: _COMPARE[operator](inner(record), value)


def _function(reader: _Reader, name: str) -> Predicate:
    reader.take("(")
    first = reader.take()
    if name == "isof":
        reader.take(")")
        wanted = str(_value(first)).removeprefix("microsoft.graph.")
        version = reader.version
        if wanted not in types(version):
            raise ValueError(wanted)
        return lambda record: is_a(version, type_name(record), wanted)
    reader.take(",")
    compare, value = _FUNCTIONS[name.lower()], str(_value(reader.take())).casefold()
    reader.take(")")
    return lambda record: compare(str(_of(record, first) or "").casefold(), value)


def _comparison(reader: _Reader, name: str) -> Predicate:
    compare, value = _COMPARE[reader.take()], _value(reader.take())
    return lambda record: _compared(compare, _of(record, name), value)


def _compared(compare: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return compare(left.casefold(), right.casefold())
    return compare(left, right) if type(left) is type(right) or right is None else compare is _COMPARE["ne"]


def _value(token: str) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token in ("true", "false"):
        return token == "true"  # noqa: S105 - a value
    if token == "null":  # noqa: S105 - a value
        return None
    return int(token) if re.fullmatch(r"-?\d+", token) else token


def _of(record: Record, name: str) -> Any:
    """A property, or one of a subtype: `microsoft.graph.iosVppApp/bundleId`."""
    cast, _, key = name.rpartition("/")
    if cast and not is_a("beta", type_name(record), cast.removeprefix("microsoft.graph.")):
        return None
    return record.get(key)


def select(call: Call, record: Record, base: str) -> Record:
    """What `$select` leaves; what is expanded stays. A name that the base type lacks is refused, or ignored by a switch."""
    text = call.query.get("$select")
    if not text:
        return record
    wanted = [name.strip() for name in text.split(",")]
    known = types(call.version)[base].properties
    if call.options.unknown_select == "refuse":
        for name in wanted:
            check_name(name, known, base, call)
    names = {name.rpartition("/")[2] for name in wanted} | set(re.findall(r"\w+", call.query.get("$expand", "")))
    return {
        key: value for key, value in record.items() if key.partition("@")[0] in names or key in ("id", "@odata.type")
    }


def check_name(name: str, known: Iterable[str], base: str, call: Call) -> None:
    cast, _, key = name.rpartition("/")
    if cast:
        subtype = types(call.version).get(cast.removeprefix("microsoft.graph."))
        known = subtype.properties if subtype else ()
    if key not in known:
        raise GraphError(
            400,
            "BadRequest",
            "Parsing OData Select and Expand failed: "
            f"Could not find a property named '{key}' on type 'microsoft.graph.{base}'.",
        )


def expansions(call: Call, known: Iterable[str], base: str) -> dict[str, str]:
    """Names in `$expand` → what stands in parentheses behind them."""
    found: dict[str, str] = {}
    for match in re.finditer(r"([^,(]+)(?:\(((?:[^()]|\([^()]*\))*)\))?,?", call.query.get("$expand", "")):
        check_name(match[1].strip(), known, base, call)
        found[match[1].strip()] = match[2] or ""
    return found
