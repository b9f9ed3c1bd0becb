"""Query options of a directory collection: `$select`, `$filter`, `$orderby`, `$search`, `$count`, and the ConsistencyLevel rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from reconciler.sandbox.graph.call import Answer, Call, GraphError, first_page, page
from reconciler.sandbox.graph.filtering import Filterable, parse_filter

T = TypeVar("T")
DEFAULT, MAXIMUM = 100, 999
"""Sizes of a page of directory objects (reference 4.1)."""
_KNOWN = ("$select", "$filter", "$orderby", "$search", "$count", "$top", "$expand", "$skiptoken", "$format")
TIPS = (
    "Use $select to choose only the properties your app needs, as this can lead to performance improvements. "
    "For example: GET groups?$select=appMetadata,assignedLabels"
)
"""The answer to a request without $select may carry this annotation (reference 4.1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collect(Generic[T]):
    """What can be asked of a collection. `wire` writes one item with all its properties."""

    name: str
    resource: str
    wire: Callable[[T], dict[str, Any]]
    properties: Collection[str]
    """What can be selected."""
    default: Collection[str]
    """What is answered without $select."""
    filters: Mapping[str, Filterable]


def eventual(call: Call) -> bool:
    return call.headers.get("consistencylevel", "").casefold() == "eventual"


def counted(call: Call) -> bool:
    """Whether a count was asked for and is given: without the header it is silently ignored (reference 4.3)."""
    return eventual(call) and call.query.get("$count", "").casefold() == "true"


def check_options(call: Call, *refused: str) -> None:
    """Refuse query options that nothing knows, and those that this resource does not have."""
    for name in call.query:
        if name == "$skip":
            raise GraphError(400, "Request_BadRequest", "'$skip' is not supported by the service.")
        if name.startswith("$") and (name not in _KNOWN or name in refused):
            raise GraphError(400, "Request_UnsupportedQuery", f"The query option '{name}' is not supported here.")


def list_items(call: Call, collect: Collect[T], items: Sequence[T]) -> Answer:
    """A page of a collection."""
    check_options(call)
    _check_combination(call)
    chosen = selected(call, collect.properties, collect.resource)
    found = _searched(call, collect, _ordered(call, collect, _filtered(call, collect, items)))
    answer = page(found, call, DEFAULT, MAXIMUM)
    answer["value"] = [pick(collect.wire(item), chosen, collect.default) for item in answer["value"]]
    head: dict[str, Any] = {"@odata.context": f"{call.root}/{call.version}/$metadata#{collect.name}"}
    if counted(call) and first_page(call):
        head["@odata.count"] = len(found)
    if chosen is None:
        head["@microsoft.graph.tips"] = TIPS
    return Answer(status=200, body=head | answer)


def count_items(call: Call, items: Sequence[Any]) -> Answer:
    """`/$count`: plain text, and only with the header."""
    if not eventual(call):
        raise GraphError(400, "Request_BadRequest", "$count is not currently supported.")
    return Answer(status=200, body=str(len(items)))


def selected(call: Call, known: Collection[str], resource: str) -> list[str] | None:
    """The names in `$select`; None without."""
    if "$select" not in call.query:
        return None
    names = [name.strip() for name in call.query["$select"].split(",") if name.strip()]
    for name in names:
        if name not in known and name != "*":
            kind = resource[0].lower() + resource[1:]
            message = f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
            raise GraphError(400, "BadRequest", message)
    return names


def pick(item: dict[str, Any], chosen: list[str] | None, default: Collection[str]) -> dict[str, Any]:
    """The chosen properties, or the default ones; annotations stay."""
    names = default if chosen is None or "*" in chosen else chosen
    return {name: value for name, value in item.items() if name in names or name.startswith("@")}


def _check_combination(call: Call) -> None:
    advanced = counted(call)
    if "$search" in call.query and not eventual(call):
        message = "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'"
        raise GraphError(400, "Request_UnsupportedQuery", message)
    if "$filter" in call.query and "$orderby" in call.query and not advanced:
        raise GraphError(400, "Request_UnsupportedQuery", "Sorting not supported for current query.")
    if "$expand" in call.query and ("$search" in call.query or advanced):
        raise GraphError(400, "Request_UnsupportedQuery", "$expand is not supported with advanced queries.")


def _filtered(call: Call, collect: Collect[T], items: Sequence[T]) -> Sequence[T]:
    text = call.query.get("$filter")
    if text is None:
        return items
    test = parse_filter(text, collect.filters, collect.resource, advanced=counted(call))
    return [item for item in items if test(collect.wire(item))]


def _ordered(call: Call, collect: Collect[T], items: Sequence[T]) -> Sequence[T]:
    """By displayName; the directory sorts by little else."""
    text = call.query.get("$orderby")
    if text is None:
        return items
    match = re.fullmatch(r"displayName(?:\s+(asc|desc))?", text.strip())
    if match is None:
        raise GraphError(400, "Request_UnsupportedQuery", "Sorting not supported for current query.")
    return sorted(items, key=lambda item: str(collect.wire(item)["displayName"]).casefold(), reverse=match[1] == "desc")


def _searched(call: Call, collect: Collect[T], items: Sequence[T]) -> Sequence[T]:
    """`"displayName:word"`: objects in which a word starts with it."""
    text = call.query.get("$search")
    if text is None:
        return items
    match = re.fullmatch(r'"(displayName|description):(.+)"', text)
    if match is None:
        raise GraphError(400, "BadRequest", f"Syntax error in '{text}'.")
    wanted = match[2].casefold()
    return [
        item
        for item in items
        if any(word.startswith(wanted) for word in re.split(r"\W+", str(collect.wire(item)[match[1]] or "").casefold()))
    ]
