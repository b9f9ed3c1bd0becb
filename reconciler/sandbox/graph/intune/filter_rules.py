"""Assignment filters: `deviceManagement/assignmentFilters` (beta), and whether a rule holds for a device.

A rule is `(device.model -startsWith "iPad") and (device.deviceName -eq "X")`; properties are those of `_PROPERTIES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

from reconciler.sandbox.graph.call import Answer, Call, intune_error, page
from reconciler.sandbox.graph.intune.querying import select
from reconciler.sandbox.graph.intune.routing import body_of, context, missing, no_segment, unrouted
from reconciler.sandbox.graph.intune.state import (
    IntuneState,
    ManagedDevice,
    Record,
    add_object,
    change_object,
    moment,
    remove_object,
)
from reconciler.sandbox.graph.intune.targets import FILTER
from reconciler.sandbox.graph.intune.types import PREFIX, check, defaults, shown, writable

_TYPE = "deviceAndAppManagementAssignmentFilter"
_PROPERTIES = {
    "model": "model",
    "manufacturer": "manufacturer",
    "deviceName": "name",
    "osVersion": "os_version",
    "deviceCategory": "category",
    "enrollmentProfileName": "enrollment_profile",
    "deviceOwnership": "ownership",
}
"""Property of a rule → field of ManagedDevice."""
Rule: TypeAlias = Callable[[ManagedDevice], bool]
_TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*"|\[[^\]]*\])|(?P<mark>[()])|(?P<word>[\w.-]+))')
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "startswith": str.startswith,
    "notstartswith": lambda left, right: not left.startswith(right),
    "endswith": str.endswith,
    "contains": lambda left, right: right in left,
    "notcontains": lambda left, right: right not in left,
    "in": lambda left, right: left in [each.strip(' "') for each in right.strip("[]").split(",")],
}


def answer_filters(state: IntuneState, call: Call) -> Answer:
    if call.version == "v1.0":
        raise no_segment("assignmentFilters")
    table = state.objects["filters"]
    where = context(call, "deviceManagement/assignmentFilters")
    if len(call.segments) == 2 and call.verb == "GET":
        body = where | page(list(table.values()), call, 1000, 1000)
        body["value"] = [select(call, shown(call.version, each), _TYPE) for each in body["value"]]
        return Answer(status=200, body=body)
    if len(call.segments) == 2 and call.verb == "POST":
        return Answer(status=201, body=where | shown(call.version, _create(state, call)))
    if len(call.segments) != 3 or call.verb not in ("GET", "PATCH", "DELETE"):
        raise unrouted(call)
    found = table.get(call.segments[2])
    if found is None:
        raise missing(call.segments[2])
    if call.verb == "DELETE":
        return _delete(state, found)
    if call.verb == "PATCH":
        _check(call)
        found = change_object(state, "filters", {**found, **writable(body_of(call))}, now=moment(call.now))
    return Answer(status=200, body=where | shown(call.version, found))


def _create(state: IntuneState, call: Call) -> Record:
    body = body_of(call)
    _check(call)
    if not body.get("displayName") or not body.get("platform") or not body.get("rule"):
        raise intune_error(400, "A filter needs displayName, platform and rule.")
    record = {**defaults("beta", _TYPE), **writable(body), "@odata.type": PREFIX + _TYPE}
    del record["id"]
    return add_object(state, "filters", record, now=moment(call.now))


def _check(call: Call) -> None:
    body = body_of(call)
    check("beta", _TYPE, body)
    if "rule" in body:
        try:
            read_rule(body["rule"] or "")
        except ValueError:
            raise intune_error(400, f"The rule of the filter is not valid: {body['rule']}") from None


def _delete(state: IntuneState, found: Record) -> Answer:
    rows = [row for rows in state.assignments.values() for row in rows]
    if any(row["target"][FILTER] == found["id"] for row in rows):
        raise intune_error(400, "The filter is in use: remove it from all assignments before it is deleted.")
    remove_object(state, "filters", found["id"])
    return Answer(status=204)


@cache
def read_rule(text: str) -> Rule:
    """ValueError for what isn't a rule."""
    tokens = list(_tokens(text))
    rule = _any_of(tokens)
    if tokens:
        raise ValueError(text)
    return rule


def _tokens(text: str) -> Iterator[str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(text[at:])
        at = match.end()
        yield match[0].strip()


def _any_of(tokens: list[str]) -> Rule:
    parts = [_all_of(tokens)]
    while tokens and tokens[0].strip("-").lower() == "or":
        tokens.pop(0)
        parts.append(_all_of(tokens))
    return lambda device: any(part(device) for part in parts)


def _all_of(tokens: list[str]) -> Rule:
    parts = [_term(tokens)]
    while tokens and tokens[0].strip("-").lower() == "and":
        tokens.pop(0)
        parts.append(_term(tokens))
    return lambda device: all(part(device) for part in parts)


def _term(tokens: list[str]) -> Rule:
    if not tokens:
        raise ValueError("a rule ends too early")
    token = tokens.pop(0)
    if token == "(":  # noqa: S105 - a parenthesis
        inner = _any_of(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("a parenthesis is not closed")
        return inner
    if token.strip("-").lower() == "not":
        negated = _term(tokens)
        return lambda device: not negated(device)
    subject, _, name = token.partition(".")
    if subject != "device" or name not in _PROPERTIES or len(tokens) < 2:
        raise ValueError(token)
    operator = tokens.pop(0).strip("-").lower()
    value = tokens.pop(0).strip('"').casefold()
    if operator not in _OPERATORS:
        raise ValueError(operator)
    field, compare = _PROPERTIES[name], _OPERATORS[operator]
    return lambda device: compare(str(getattr(device, field)).casefold(), value)
