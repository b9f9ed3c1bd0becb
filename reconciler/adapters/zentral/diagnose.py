"""What `doctor` asks of a Zentral server: reads that cost one call each, and what the token may write, without writing.

A verb that an address hasn't got answers 405 to who would have the right for it, and 403 to who hasn't (tests/conformance/zentral,
recorded of a running server, 2026-11-22). What another answer means is not guessed: proxies have answers of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.errors import PAGE
from reconciler.adapters.zentral.paging import Row
from reconciler.adapters.zentral.permissions import MODELS, TAGGING, WRITTEN, needed_permissions
from reconciler.adapters.zentral.session import Options
from reconciler.adapters.zentral.trouble import explain_failure
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import Forbidden, HttpFailure, Unauthorised, Unreachable
from reconciler.http.request import Request
from reconciler.model.check import Check, CheckOutcome

WARN_BEFORE = 30
"""Days that a location's token has left when it is warned about: a new one takes a person at Apple."""

_DAY = 86400.0
_BARE = (api.TAGS_PATH, api.TAXONOMIES)
_VERBS = ("add", "change", "delete")
_NOT_OFFERED = 405


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whom, as whom, and for what."""

    http: HttpClient
    backend: str
    options: Options
    clock: Clock
    identity: str
    purpose: Purpose


@dataclass(slots=True, kw_only=True)
class _Rights:
    """Rights to write by how they were found: there, lacking, or untold."""

    there: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)


def diagnose(asked: Asked) -> tuple[Check, ...]:
    """Every check, whatever the others say. What can't be looked at because the token isn't accepted is *not evaluated*."""
    checks = [
        _check(asked, "ZENTRAL-DOCTOR-HOST", hosts=asked.http.host),
        _check(asked, "ZENTRAL-DOCTOR-IDENTITY", identity=asked.identity),
    ]
    rows: dict[str, Sequence[Row]] = {}
    for path in MODELS:
        try:
            rows[path] = _first_rows(asked, path)
        except (CredentialProblem, Unauthorised, Unreachable) as trouble:  # it would say the same of all the others
            return (*checks, _failed(asked, trouble), *_unlooked(asked, path))
        except HttpFailure as failure:
            checks.append(_failed(asked, failure))
        else:
            checks.append(_check(asked, "ZENTRAL-DOCTOR-READ", path=path, permission=_view(path)))
    if api.BLUEPRINTS in rows:
        checks.append(_check_blueprint(asked, rows[api.BLUEPRINTS]))
    if api.LOCATIONS in rows:
        checks += _check_locations(asked, rows[api.LOCATIONS])
    return (*checks, *_check_writes(asked))


def _first_rows(asked: Asked, path: str) -> Sequence[Row]:
    """One row is enough to know that reading works; of blueprints and locations, which are few, all of a page."""
    limit = api.PAGE if path in (api.BLUEPRINTS, api.LOCATIONS) else 1
    request = api.list_bare(path) if path in _BARE else api.list_page(path, 0, limit=limit)
    data: Any = asked.http.send(request).data
    listed = data.get("results") if isinstance(data, dict) else data
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []


def _unlooked(asked: Asked, first: str) -> list[Check]:
    paths = list(MODELS)
    return [
        _check(asked, "ZENTRAL-DOCTOR-READ", CheckOutcome.NOT_EVALUATED, path=path, permission=_view(path))
        for path in paths[paths.index(first) + 1 :]
    ]


def _check_blueprint(asked: Asked, rows: Sequence[Row]) -> Check:
    wanted = asked.options.blueprint
    if any(row.get("name") == wanted for row in rows):
        return _check(asked, "ZENTRAL-DOCTOR-BLUEPRINT", blueprint=wanted)
    known = ", ".join(sorted(str(row.get("name")) for row in rows)[:10]) or "–"
    return _check(asked, "ZENTRAL-BLUEPRINT-UNKNOWN", CheckOutcome.FAILED, blueprint=wanted, known=known)


def _check_locations(asked: Asked, rows: Sequence[Row]) -> list[Check]:
    names = sorted(str(row.get("name") or "") for row in rows)
    checks = [_check_token(asked, row) for row in rows]
    if asked.options.location and asked.options.location not in names:
        values = {"location": asked.options.location, "known": ", ".join(names) or "–"}
        checks.append(_check(asked, "ZENTRAL-LOCATION-UNKNOWN", CheckOutcome.FAILED, **values))
    return checks


def _check_token(asked: Asked, row: Row) -> Check:
    days = _days_left(row.get("server_token_expiration_date"), asked.clock.wall())
    said = {"location": str(row.get("name") or "?"), "days": "?" if days is None else str(abs(days))}
    if days is None:
        return _check(asked, "ZENTRAL-DOCTOR-LOCATION", CheckOutcome.NOT_EVALUATED, **said)
    if days < 0:
        return _check(asked, "ZENTRAL-LOCATION-EXPIRED", CheckOutcome.FAILED, **said)
    if days <= WARN_BEFORE:
        return _check(asked, "ZENTRAL-LOCATION-EXPIRES", CheckOutcome.WARNING, **said)
    return _check(asked, "ZENTRAL-DOCTOR-LOCATION", **said)


def _days_left(expires: object, now: float) -> int | None:
    """Whole days, negative once it has lapsed; None where the server doesn't say. It writes times in UTC, with or without saying so."""
    if not isinstance(expires, str):
        return None
    try:
        moment = datetime.fromisoformat(expires if expires[-1:] == "Z" or "+" in expires else f"{expires}+00:00")
    except ValueError:
        return None
    return int((moment.timestamp() - now) // _DAY)


def _check_writes(asked: Asked) -> list[Check]:
    """An apply needs what it writes; a plan must not be able to write any of it."""
    rights = _Rights()
    for path, verbs in WRITTEN.items():
        for verb in _VERBS if asked.purpose is Purpose.PLAN else verbs:
            _sort(rights, MODELS[path].format(verb), _may(asked, api.probe(verb, path)))
    _sort(rights, f"{', '.join(TAGGING[2:])} ({api.TAGGING})", _may(asked, api.probe_tagging()))
    untold = ", ".join(rights.untold)
    if asked.purpose is Purpose.PLAN:
        return _check_reads_only(asked, rights, untold)
    checks = [_check(asked, "ZENTRAL-DOCTOR-PERMISSION", permission=name) for name in rights.there]
    checks += [
        _check(asked, "ZENTRAL-DOCTOR-PERMISSION-LACKING", CheckOutcome.FAILED, permission=name)
        for name in rights.lacking
    ]
    if untold:
        checks.append(_check(asked, "ZENTRAL-DOCTOR-WRITE", CheckOutcome.NOT_EVALUATED, permissions=untold))
    return checks


def _check_reads_only(asked: Asked, rights: _Rights, untold: str) -> list[Check]:
    """What plans must not be able to write."""
    if rights.there:
        listed = ", ".join(rights.there)
        return [_check(asked, "ZENTRAL-DOCTOR-PLAN-WRITES", CheckOutcome.FAILED, permissions=listed)]
    checks = [_check(asked, "ZENTRAL-DOCTOR-PLAN-READS")] if rights.lacking else []
    if untold:
        checks.append(_check(asked, "ZENTRAL-DOCTOR-PLAN-UNTOLD", CheckOutcome.NOT_EVALUATED, permissions=untold))
    return checks


def _sort(rights: _Rights, name: str, may: bool | None) -> None:
    (rights.untold if may is None else rights.there if may else rights.lacking).append(name)


def _may(asked: Asked, probe: Request) -> bool | None:
    """None where it isn't the server that answers, or not so that it could be told."""
    try:
        asked.http.send(probe)
    except HttpFailure as failure:
        said = bool(failure.message) and PAGE not in failure.reasons
        if said and isinstance(failure, Forbidden):
            return False
        return True if said and failure.status == _NOT_OFFERED else None
    return None


def _view(path: str) -> str:
    return ", ".join(needed_permissions("GET", path))


def _failed(asked: Asked, trouble: CredentialProblem | HttpFailure) -> Check:
    if isinstance(trouble, CredentialProblem):
        return _check(asked, trouble.code, CheckOutcome.FAILED, **dict(trouble.values))
    code, values = explain_failure(trouble)
    return _check(asked, code, CheckOutcome.FAILED, **values)


def _check(asked: Asked, code: str, outcome: CheckOutcome = CheckOutcome.WELL, /, **values: str) -> Check:
    return Check(code=code, outcome=outcome, backend=asked.backend, values={"backend": asked.backend, **values})
