"""What `doctor` asks of a Google tenant: reads that cost one call each, and what their answers mean."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.adapters.google import api
from reconciler.adapters.google.places import fold_path, index_places, read_units
from reconciler.adapters.google.session import Session
from reconciler.adapters.google.trouble import explain_failure
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Reply
from reconciler.model.check import Check, CheckOutcome

MOST_SKEW = 300.0
"""Seconds. Google refuses a sign-in whose times are off by more than some minutes; it gives no figure (2026-11)."""


def diagnose(session: Session, identity: str, writes: Sequence[str] = ()) -> tuple[Check, ...]:
    """Every check, whatever the others say. What can't be looked at because a sign-in fails is *not evaluated*.

    `writes` are the scopes that the identity is to write with: no read can try them, so that is said of them.
    """
    return (*_read_checks(session, identity), *_write_check(session, writes))


def _write_check(session: Session, writes: Sequence[str]) -> tuple[Check, ...]:
    return (_not_evaluated(session, "GOOGLE-DOCTOR-WRITE", scopes=", ".join(writes)),) if writes else ()


def _read_checks(session: Session, identity: str) -> tuple[Check, ...]:
    hosts = {session.directory.host, session.policy.host}
    checks = [
        _well(session, "GOOGLE-DOCTOR-HOST", hosts=", ".join(sorted(hosts))),
        _well(session, "GOOGLE-DOCTOR-IDENTITY", identity=identity),
    ]
    units = _try(session, checks, "GOOGLE-DOCTOR-ORG-UNITS", lambda: _send(session, "units"))
    if units is None:
        names = ("ROOT", "DEVICES", "POLICIES", "SCHEMAS", "CLOCK")
        root = "/" + session.options.root.strip("/")
        return (*checks, *(_not_evaluated(session, f"GOOGLE-DOCTOR-{name}", root=root) for name in names))
    checks.append(_check_root(session, units))
    _try(session, checks, "GOOGLE-DOCTOR-DEVICES", lambda: _send(session, "devices"))
    _try(session, checks, "GOOGLE-DOCTOR-SCHEMAS", lambda: _send(session, "schemas"))
    root = index_places(read_units(_list(units)), session.org).root_id
    _try(session, checks, "GOOGLE-DOCTOR-POLICIES", lambda: _resolve(session, root))
    checks.append(_check_clock(session, units))
    return tuple(checks)


def _send(session: Session, what: str) -> Reply:
    customer = session.options.customer
    if what == "units":
        return session.directory.send(api.list_units(customer))
    if what == "devices":
        return session.directory.send(api.list_devices(customer, size=1))
    return session.policy.send(api.list_schemas(customer, size=1))


def _resolve(session: Session, root: str) -> Reply:
    request = api.resolve(session.options.customer, f"orgunits/{root}", "chrome.users.IncognitoMode")
    return session.policy.send(request)


def _try(session: Session, checks: list[Check], code: str, call: Callable[[], Reply]) -> Reply | None:
    try:
        reply = call()
    except CredentialProblem as problem:
        checks.append(_failed(session, problem.code, problem.values))
    except HttpFailure as failure:
        checks.append(_failed(session, *explain_failure(failure, session.options.customer)))
    else:
        checks.append(_well(session, code))
        return reply
    return None


def _check_root(session: Session, reply: Reply) -> Check:
    root = "/" + session.options.root.strip("/")
    found = any(fold_path(unit.path) == fold_path(root) for unit in read_units(_list(reply)))
    if found or root == "/":
        return _well(session, "GOOGLE-DOCTOR-ROOT", root=root)
    return _well(session, "GOOGLE-DOCTOR-ROOT-TO-COME", root=root)


def _check_clock(session: Session, reply: Reply) -> Check:
    if reply.date is None:
        return _not_evaluated(session, "GOOGLE-DOCTOR-CLOCK")
    skew = abs(session.clock.wall() - reply.date)
    if skew > MOST_SKEW:
        return _failed(session, "GOOGLE-DOCTOR-CLOCK-OFF", {"seconds": f"{skew:.0f}"})
    return _well(session, "GOOGLE-DOCTOR-CLOCK")


def _list(reply: Reply) -> list[Mapping[str, Any]]:
    data = reply.data if isinstance(reply.data, dict) else {}
    return list(data.get("organizationUnits", []))


def _well(session: Session, code: str, **values: str) -> Check:
    return Check(code=code, outcome=CheckOutcome.WELL, backend=session.backend, values=values)


def _failed(session: Session, code: str, values: Mapping[str, str]) -> Check:
    return Check(code=code, outcome=CheckOutcome.FAILED, backend=session.backend, values=values)


def _not_evaluated(session: Session, code: str, **values: str) -> Check:
    return Check(code=code, outcome=CheckOutcome.NOT_EVALUATED, backend=session.backend, values=values)
