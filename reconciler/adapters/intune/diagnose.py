"""What `doctor` asks of an Intune tenant: what the token says it may do, reads that cost one call each, Apple's tokens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.adapters.intune.api import list_tokens
from reconciler.adapters.intune.permissions import AREAS, READ_AREAS, WRITE_AREAS
from reconciler.adapters.intune.trouble import explain_failure
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Reply, Request
from reconciler.model.check import Check, CheckOutcome

MOST_SKEW = 300.0
"""Seconds. Entra refuses an assertion that isn't valid yet or no longer, with about five minutes of patience (2026-11)."""
WARN_BEFORE = 30
"""Days that an Apple token has left when it is warned about: a token lasts a year, and a new one takes a person at Apple."""
_DAY = 86400.0

# The cheapest read in each area; one row of one field.
_READS: Mapping[str, Request] = {
    "groups": Request(method="GET", path="v1.0/groups", query={"$select": "id", "$top": 1}, lane="directory"),
    "entra-devices": Request(method="GET", path="v1.0/devices", query={"$select": "id", "$top": 1}, lane="directory"),
    "devices": Request(
        method="GET", path="v1.0/deviceManagement/managedDevices", query={"$select": "id", "$top": 1}, lane="devices"
    ),
    # Beta, as everything about apps: v1.0 lacks types that are used here.
    "apps": Request(
        method="GET", path="beta/deviceAppManagement/mobileApps", query={"$select": "id", "$top": 1}, lane="apps"
    ),
    "settings": Request(
        method="GET", path="v1.0/deviceManagement/deviceConfigurations", query={"$top": 1}, lane="config"
    ),
    "tokens": list_tokens(),
}
_WRITING = ("ReadWrite", "PrivilegedOperations", ".Manage", ".Create", ".Send")
_NAMES = {area: f"INTUNE-DOCTOR-{area.upper()}" for area in READ_AREAS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whom, as whom, and for what. `roles` gives the permissions in the token, None where it doesn't say."""

    graph: HttpClient
    backend: str
    tenant: str
    clock: Clock
    identity: str
    hosts: Sequence[str]
    purpose: Purpose
    roles: Callable[[], frozenset[str] | None]


def diagnose(asked: Asked) -> tuple[Check, ...]:
    """Every check, whatever the others say. What can't be looked at because the sign-in fails is *not evaluated*."""
    checks = [
        _check(asked, "INTUNE-DOCTOR-HOST", hosts=", ".join(asked.hosts)),
        _check(asked, "INTUNE-DOCTOR-IDENTITY", identity=asked.identity),
    ]
    try:
        roles = asked.roles()
    except (CredentialProblem, HttpFailure) as trouble:
        return (*checks, _failed(asked, trouble), *_unlooked(asked))
    replies: dict[str, Reply] = {}
    checks += [_check_area(asked, area, roles, replies) for area in READ_AREAS]
    checks += _check_writes(asked, roles)
    if "tokens" in replies:
        checks += check_tokens(asked, replies["tokens"])
    checks.append(check_clock(asked, next((reply.date for reply in replies.values() if reply.date), None)))
    return tuple(checks)


def _check_area(asked: Asked, area: str, roles: frozenset[str] | None, replies: dict[str, Reply]) -> Check:
    needed = AREAS[area].read
    if roles is not None and roles.isdisjoint(needed):
        return _lacking(asked, needed[0])
    try:
        replies[area] = asked.graph.send(_READS[area])
    except (CredentialProblem, HttpFailure) as trouble:
        return _failed(asked, trouble)
    return _check(asked, _NAMES[area], permission=needed[0])


def _check_writes(asked: Asked, roles: frozenset[str] | None) -> list[Check]:
    """No read can try a right to write: the token has to tell. What plans must not have any."""
    if asked.purpose is Purpose.PLAN:
        return _check_reads_only(asked, roles)
    needed = [AREAS[area].write for area in WRITE_AREAS]
    if roles is None:
        listed = ", ".join(names[0] for names in needed)
        return [_check(asked, "INTUNE-DOCTOR-WRITE", CheckOutcome.NOT_EVALUATED, permissions=listed)]
    return [
        _lacking(asked, names[0])
        if roles.isdisjoint(names)
        else _check(asked, "INTUNE-DOCTOR-PERMISSION", permission=names[0])
        for names in needed
    ]


def _check_reads_only(asked: Asked, roles: frozenset[str] | None) -> list[Check]:
    """By what Graph's permissions are called: each that writes says so (`ReadWrite`, `Manage`, `PrivilegedOperations`)."""
    if roles is None:
        return []
    writes = sorted(role for role in roles if any(word in role for word in _WRITING))
    if writes:
        return [_check(asked, "INTUNE-DOCTOR-PLAN-WRITES", CheckOutcome.FAILED, permissions=", ".join(writes))]
    return [_check(asked, "INTUNE-DOCTOR-PLAN-READS")]


def check_tokens(asked: Asked, reply: Reply) -> list[Check]:
    """One check for each of Apple's tokens for apps: its state, and the days it has left."""
    data = reply.data if isinstance(reply.data, Mapping) else {}
    tokens = [token for token in data.get("value", []) if isinstance(token, Mapping)]
    return [_check_token(asked, token) for token in tokens]


def _check_token(asked: Asked, token: Mapping[str, object]) -> Check:
    name, state = str(token.get("organizationName") or "?"), str(token.get("state") or "unknown")
    days = _days_left(token.get("expirationDateTime"), asked.clock.wall())
    said = {"token": name, "days": "?" if days is None else str(abs(days))}
    if state == "assignedToExternalMDM":
        return _check(asked, "INTUNE-TOKEN-OTHER-MDM", CheckOutcome.FAILED, **said)
    if state == "expired" or (days is not None and days < 0):
        return _check(asked, "INTUNE-TOKEN-EXPIRED", CheckOutcome.FAILED, **said)
    if state == "invalid":
        return _check(asked, "INTUNE-TOKEN-INVALID", CheckOutcome.FAILED, **said)
    if days is not None and days <= WARN_BEFORE:
        return _check(asked, "INTUNE-TOKEN-EXPIRES", CheckOutcome.WARNING, **said)
    if token.get("lastSyncStatus") == "failed":
        return _check(asked, "INTUNE-TOKEN-NOT-SYNCED", CheckOutcome.WARNING, **said)
    return _check(
        asked, "INTUNE-DOCTOR-TOKEN", CheckOutcome.NOT_EVALUATED if days is None else CheckOutcome.WELL, **said
    )


def _days_left(expires: object, now: float) -> int | None:
    """Whole days, negative once it has lapsed; None where the vendor doesn't say."""
    if not isinstance(expires, str):
        return None
    try:
        moment = datetime.fromisoformat(expires)
    except ValueError:
        return None
    return int((moment.timestamp() - now) // _DAY) if moment.tzinfo else None


def check_clock(asked: Asked, date: float | None) -> Check:
    if date is None:
        return _check(asked, "INTUNE-DOCTOR-CLOCK", CheckOutcome.NOT_EVALUATED)
    skew = abs(asked.clock.wall() - date)
    if skew > MOST_SKEW:
        return _check(asked, "INTUNE-DOCTOR-CLOCK-OFF", CheckOutcome.FAILED, seconds=f"{skew:.0f}")
    return _check(asked, "INTUNE-DOCTOR-CLOCK")


def _unlooked(asked: Asked) -> tuple[Check, ...]:
    reads = [(_NAMES[area], {"permission": AREAS[area].read[0]}) for area in READ_AREAS]
    rest = [*reads, ("INTUNE-DOCTOR-CLOCK", {})]
    return tuple(_check(asked, code, CheckOutcome.NOT_EVALUATED, **values) for code, values in rest)


def _lacking(asked: Asked, permission: str) -> Check:
    return _check(asked, "INTUNE-DOCTOR-PERMISSION-LACKING", CheckOutcome.FAILED, permission=permission)


def _failed(asked: Asked, trouble: CredentialProblem | HttpFailure) -> Check:
    if isinstance(trouble, CredentialProblem):
        return _check(asked, trouble.code, CheckOutcome.FAILED, **trouble.values)
    code, values = explain_failure(trouble, asked.tenant)
    return Check(code=code, outcome=CheckOutcome.FAILED, backend=asked.backend, values=values)


def _check(asked: Asked, code: str, outcome: CheckOutcome = CheckOutcome.WELL, **values: str) -> Check:
    return Check(code=code, outcome=outcome, backend=asked.backend, values=values)
