"""Graph's quotas: resource units of the directory, requests of Intune's families, and the 429 (reference 4.6, 2026-11)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Literal

from reconciler.sandbox.graph.call import Call, GraphError, intune_error
from reconciler.sandbox.graph.options import GraphOptions

SHOWN_ABOVE = 0.8
"""Share of the limit above which an answer tells how near it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """`cost` against a limit of `count` in any `seconds`."""

    name: str
    cost: int
    count: int
    seconds: float
    scope: str
    kind: Literal["ResourceUnitLimitExceeded", "WriteLimitExceeded"] = "ResourceUnitLimitExceeded"


@dataclass(slots=True)
class Window:
    entries: deque[tuple[float, int]] = field(default_factory=deque)
    total: int = 0


@dataclass(slots=True)
class Throttle:
    """What was charged, by limit."""

    windows: dict[str, Window] = field(default_factory=dict)


def charge(throttle: Throttle, call: Call, client: str) -> dict[str, str]:
    """Count a request; headers for its answer. GraphError 429 over a limit, and then nothing is done."""
    charges = _charges(call, client)
    windows = [throttle.windows.setdefault(each.name, Window()) for each in charges]
    waits = [(_wait(window, each, call.now), each) for window, each in zip(windows, charges, strict=True)]
    wait, worst = max(waits, key=lambda pair: pair[0])
    if wait <= 0 or call.options.refused_requests_count:
        for window, each in zip(windows, charges, strict=True):
            window.entries.append((call.now, each.cost))
            window.total += each.cost
    if wait > 0:  # counted, the refusal itself makes the wait longer: whoever obeys must get through
        raise _refused(call, worst, max(_wait(throttle.windows[worst.name], worst, call.now), wait))
    return _headers(charges[0], windows[0]) if _directory(call) else {}


def _wait(window: Window, wanted: Charge, now: float) -> float:
    """Seconds until it fits; 0 when it fits."""
    while window.entries and window.entries[0][0] <= now - wanted.seconds:
        window.total -= window.entries.popleft()[1]
    over = window.total + wanted.cost - wanted.count
    for time, cost in window.entries:
        if over <= 0:
            break
        over -= cost
        if over <= 0:
            return max(time + wanted.seconds - now, 0.001)
    return 0.0


def _directory(call: Call) -> bool:
    return call.segments[0] not in ("deviceManagement", "deviceAppManagement")


def _charges(call: Call, client: str) -> list[Charge]:
    options = call.options
    return _directory_charges(call, client, options) if _directory(call) else _intune_charges(call, client, options)


def units(call: Call) -> int:
    """Resource units of a directory request."""
    if call.verb != "GET":
        return 1
    base = {"members": 3, "transitiveMembers": 5}.get(call.segments[2] if len(call.segments) > 2 else "", 1)
    if call.segments[0] == "users":
        base = max(base, 2)
    top = call.query.get("$top", "")
    base += ("$expand" in call.query) - ("$select" in call.query) - (top.isdecimal() and int(top) < 20)
    return max(base, 1)


def _directory_charges(call: Call, client: str, options: GraphOptions) -> list[Charge]:
    cost, tenant = units(call), call.directory.tenant
    scope = f"Tenant_Application/ReadWrite/{client}/{tenant}"
    found = [
        Charge(name=f"units/{client}", cost=cost, count=options.directory_units, seconds=10, scope=scope),
        Charge(
            name=f"units-all/{client}", cost=cost, count=150_000, seconds=20, scope=f"Application/ReadWrite/{client}"
        ),
    ]
    if call.verb != "GET":
        writes = [
            (f"writes/{client}", options.directory_writes, 150, f"Tenant_Application/Write/{client}/{tenant}"),
            (f"writes-all/{client}", 70_000, 300, f"Application/Write/{client}"),
            ("writes-tenant", 18_000, 300, f"Tenant/Write/{tenant}"),
        ]
        found += [
            Charge(name=name, cost=1, count=count, seconds=seconds, scope=where, kind="WriteLimitExceeded")
            for name, count, seconds, where in writes
        ]
    return found


def _family(call: Call) -> str:
    if call.segments[0] == "deviceAppManagement":
        return "apps"
    return "devices" if call.segments[1:2] == ("managedDevices",) else "configuration"


def _intune_charges(call: Call, client: str, options: GraphOptions) -> list[Charge]:
    """The same table for apps and for configuration; devices twice that; a tenant's applications together twice one's."""
    family = _family(call)
    double = 2 if family == "devices" else 1
    limits = [("all", options.intune_requests * double)]
    if call.verb != "GET":
        limits.append(("write", options.intune_writes * double))
    return [
        Charge(name=f"intune/{family}/{what}/{who}", cost=1, count=count * times, seconds=20, scope="")
        for what, count in limits
        for who, times in ((client, 1), ("", 2))
    ]


def _headers(units_charge: Charge, window: Window) -> dict[str, str]:
    found = {"x-ms-resource-unit": str(units_charge.cost)}
    share = window.total / units_charge.count
    if share > SHOWN_ABOVE:
        found["x-ms-throttle-limit-percentage"] = f"{min(share, 1.8):.1f}"
    return found


def _refused(call: Call, worst: Charge, wait: float) -> GraphError:
    headers = retry_header(call.options, wait, call.now)
    if not _directory(call):
        error = intune_error(429, "Too many requests", code="TooManyRequests")
        error.headers.update(headers)
        return error
    told = {"x-ms-throttle-scope": worst.scope, "x-ms-throttle-information": worst.kind}
    return GraphError(429, "TooManyRequests", "Too Many Requests", headers=headers | told)


def retry_header(options: GraphOptions, wait: float, now: float) -> dict[str, str]:
    """`Retry-After` in the form that the options ask for; never shorter than the wait."""
    match options.retry_after:
        case "missing":
            return {}
        case "decimal":
            return {"Retry-After": f"{math.ceil(wait * 1000) / 1000:.3f}"}
        case "date":
            return {"Retry-After": formatdate(math.ceil(now + wait), usegmt=True)}
    return {"Retry-After": str(math.ceil(wait))}
