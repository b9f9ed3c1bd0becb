"""Query options against the types: whether each may be used here, and whether what it names exists."""

import re
from collections.abc import Sequence

from tests.conformance.graph.routes import Route, follows_a_page
from tests.conformance.graph.type_files import Schema, Type, derived, find

PERSONAL = frozenset({"userPrincipalName", "userDisplayName", "userId", "emailAddress", "phoneNumber", "users"})
"""Of a managed device: what says whose it is. We never ask (our own rule, not Microsoft's)."""

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WORDS = re.compile(r"[A-Za-z_][\w./]*")
_OPERATORS = frozenset({"eq", "ne", "lt", "gt", "le", "ge", "and", "or", "not", "in", "any", "true", "false", "null"})
_FUNCTIONS = frozenset({"startswith", "endswith", "contains", "isof"})
_UNSURE = frozenset({"or", "not", "ne"})
_EXPANDED = re.compile(r"(\w+)(?:\(\$expand=(.*)\))?")


def query_faults(route: Route, query: Sequence[tuple[str, str]]) -> list[str]:
    """`query` decoded. A page's link is taken whole, so that what must be given need not be given again."""
    names = [name for name, _ in query]
    given = frozenset(names)
    faults = [f"may not be asked with {name}" for name in sorted(given - route.query)]
    faults += [f"{name} is given twice" for name in sorted(given) if names.count(name) > 1]
    if not follows_a_page(given):
        faults += [f"must say {name}" for name in sorted(route.required - given)]
    for name, value in query:
        if name in route.query:
            faults += _value_faults(route, name, value)
    return faults


def _value_faults(route: Route, name: str, value: str) -> list[str]:
    match name:
        case "$top":
            most = route.most or 1000
            fine = value.isdecimal() and 1 <= int(value) <= most
            return [] if fine else [f"$top={value} is no number from 1 to {most}"]
        case "$select":
            return [fault for word in value.split(",") for fault in _selected(route, word)]
        case "$expand":
            return [fault for each in re.split(r",(?![^(]*\))", value) for fault in _expanded(route, route.of, each)]
        case "$filter":
            return _filter_faults(route, value)
        case "$count":
            return [] if value in ("true", "false") else [f"$count={value} is no boolean"]
    return []


def _selected(route: Route, word: str) -> list[str]:
    """A name of the type, or of one that derives from it after that one's own name."""
    cast, _, name = word.rpartition("/")
    if not route.of:
        return []
    type_ = find(route.version, cast or route.of)
    if type_ is None or not type_.is_a(route.of):
        return [f"$select: {cast} is no {route.of}"]
    if type_.is_a("managedDevice") and name in PERSONAL:
        return [f"$select: {name} is personal data"]
    # Members are directory objects of any kind: a name that one of the kinds has is a good one.
    kinds = derived(route.version, route.of) if route.of == "directoryObject" else (type_,)
    known = name == "id" or any(name in each.properties for each in kinds)
    return [] if known else [f"$select: {type_.name} has no {name!r} in {route.version}"]


def _expanded(route: Route, of: str, text: str) -> list[str]:
    found = _EXPANDED.fullmatch(text)
    if found is None:
        return [f"$expand={text} can't be read"]
    type_ = find(route.version, of)
    if type_ is None or found[1] not in type_.properties:
        return [f"$expand: {of} has no {found[1]!r} in {route.version}"]
    below = _target(type_, type_.properties[found[1]])
    return _expanded(route, below, found[2]) if found[2] and below else []


def _target(type_: Type, schema: Schema) -> str:
    reference = schema.get("items", schema).get("$ref", "")
    return str(reference).removeprefix("#/$defs/")


def _filter_faults(route: Route, text: str) -> list[str]:
    """What is named must be of those that filtering is known to work on; in Intune, only one condition after another."""
    words = _WORDS.findall(_LITERAL.sub(" ", text))
    names = [word for word in words if word.lower() not in _OPERATORS | _FUNCTIONS and ":" not in word]
    faults = [f"$filter: {name!r} is not known to be filtered on" for name in names if name not in route.filter]
    if route.path.startswith("/deviceManagement"):
        # managedDevices: `or` gives the first match only, `ne` works as `eq` (microsoft-graph-docs#19890 and others).
        faults += [f"$filter: {word!r} does not do here what it says" for word in words if word.lower() in _UNSURE]
    return faults
