"""Plans for the tests here: small, in Python, of one backend."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.model.change import Action, Change, Effect, Envelope, Member, Plan, Why
from reconciler.model.place import Json, Position
from reconciler.model.resource import Key, Tenant
from reconciler.planning.canonical import field_changes

INCOGNITO = "chrome.users.IncognitoMode"
INCOGNITO_FIELD = "incognitoModeAvailability"
ALLOWED = {INCOGNITO_FIELD: "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE"}
BLOCKED = {INCOGNITO_FIELD: "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"}
INSTALL = "chrome.users.apps.InstallType"


def make_plan(*changes: Change, **more: Any) -> Plan:
    empty = Plan(
        format=1,
        tool_version="1",
        organisation="6c3d1f0e-0000-4000-8000-000000000001",
        language="sv",
        as_of=date(2026, 11, 21),
        lapses=date(2026, 12, 1),
        digest="sha256:0",
        tenants=(Tenant(backend="chrome", kind="google", identity="C0123abcd"),),
        modes={"chrome": "apply"},
        changes=changes,
    )
    return replace(empty, **more)


def make_change(
    action: Action,
    kind: str,
    target: str,
    part: str = "",
    *,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
    **more: Any,
) -> Change:
    """`destroys` follows the action unless it is given, as the plan has it."""
    return Change(
        action=action,
        key=Key(kind=kind, target=target, part=part),
        backend="chrome",
        before=before,
        after=after,
        fields=field_changes(before, after),
        **{"destroys": action is Action.DELETE, **more},
    )


def touches(devices: int, *groups: str, pupils: int = 0, disruption: str = "none") -> Effect:
    schools = tuple(sorted({group.partition("/")[0] for group in groups}))
    return Effect(devices=devices, pupils=pupils, schools=schools, groups=groups, disruption=disruption)


def because(file: str, line: int, layer: str = "group", owner: str = "norrskolan/elever-4-6") -> tuple[Why, ...]:
    return (Why(layer=layer, owner=owner, position=Position(file=file, line=line, column=1)),)


def make_move(source: str, into: str, number: int, device: str = "device") -> Change:
    members = tuple(Member(device=f"{device}-{n}", before=(f"@{source}",), after=(f"@{into}",)) for n in range(number))
    return Change(
        action=Action.UPDATE,
        key=Key(kind="membership", target=f"@{into}", part=source if source == "outside" else f"@{source}"),
        backend="chrome",
        before={"place": source},
        after={"place": into},
        members=members,
        envelope=Envelope(source=source, into=into, at_most=number),
        effect=touches(number, *(place for place in (source, into) if "/" in place)),
    )
