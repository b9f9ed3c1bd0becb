"""Checked data to the types of `model.documents`. Assumes that each document has passed its schema."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from reconciler.load.acknowledging import acknowledgements
from reconciler.load.council import check_record_days, council
from reconciler.load.deciding import decided
from reconciler.load.faults import Faults
from reconciler.load.inventory import read_serials
from reconciler.load.piloting import pilot
from reconciler.load.places import below
from reconciler.load.wishes import Data, day, users, users_by_audience, wishes
from reconciler.model.approvals import Approvals
from reconciler.model.documents import (
    Allowance,
    App,
    AppIdentity,
    AppliesTo,
    Backend,
    Baseline,
    DeviceRule,
    Group,
    Limits,
    MoveAllowance,
    Organisation,
    PolicyTerms,
    Ring,
    Route,
    School,
    Seal,
    SharedSource,
    Unit,
)
from reconciler.model.mgn import Acknowledgement
from reconciler.model.place import Json, Pointer
from reconciler.schema.school_forms import current_form, is_older

_COMMON_BACKEND = frozenset({"id", "kind", "mode", "apply_from", "limits"})
NO_MGN: Mapping[str, Acknowledgement] = {}
NO_ROLES: Mapping[str, Json] = {}
_OWN_FIELDS = frozenset({"id", "name", "previously", "status", "withdrawn_from", "school_forms", "platforms"})
"""What `App` has by itself; the rest of an entry is the council's record."""


def organisation(data: Data, at: Pointer, faults: Faults) -> Organisation:
    return Organisation(
        uid=data["uid"],
        name=data["name"],
        municipality_code=data["municipality_code"],
        language=data["language"],
        backends=tuple(_backend(one, below(at, "backends", n)) for n, one in enumerate(data["backends"])),
        routes=tuple(_route(one, below(at, "routes", n), faults) for n, one in enumerate(data["routes"])),
        rings=tuple(
            Ring(id=one["id"], members=tuple(one.get("members", ())), at=below(at, "rings", n))
            for n, one in enumerate(data.get("rings", ()))
        ),
        users=users_by_audience(data.get("users", {}), below(at, "users")),
        roles=data.get("roles", {}),
        terms=PolicyTerms(**{key: int(value) for key, value in data.get("terms", {}).items()}),
        seal=_seal(data["seal"]) if "seal" in data else None,
        forge_owner=data.get("forge", {}).get("owner", ""),
        placements=data.get("forge", {}).get("placements"),
        council=council(data["council"], below(at, "council")) if "council" in data else None,
        shared=tuple(
            SharedSource(id=one["id"], source=one["from"], hash=one["hash"], at=below(at, "shared", n))
            for n, one in enumerate(data.get("shared", ()))
        ),
        at=at,
    )


def _seal(data: Data) -> Seal:
    days = {key: int(data[key]) for key in ("plan_days", "journal_days") if key in data}
    return Seal(recipients=tuple(data["recipients"]), **days)


def _backend(data: Data, at: Pointer) -> Backend:
    return Backend(
        id=data["id"],
        kind=data["kind"],
        mode=data.get("mode", "observe"),
        apply_from=data.get("apply_from", ""),
        options={key: value for key, value in data.items() if key not in _COMMON_BACKEND},
        limits=Limits(**{key: int(value) for key, value in data.get("limits", {}).items()}),
        at=at,
    )


def _route(data: Data, at: Pointer, faults: Faults) -> Route:
    return Route(
        backend=data["backend"],
        platforms=tuple(data.get("platforms", ())),
        schools=tuple(data.get("schools", ())),
        school_forms=forms(data.get("school_forms", ()), below(at, "school_forms"), faults),
        audiences=tuple(data.get("audiences", ())),
        at=at,
    )


def forms(written: str | Iterable[str], at: Pointer, faults: Faults) -> tuple[str, ...]:
    """School forms (one, or a list) by their current names; an older name is a warning that gives the current one."""
    if isinstance(written, str):
        return (_form(written, at, faults),)
    return tuple(dict.fromkeys(_form(one, below(at, number), faults) for number, one in enumerate(written)))


def _form(written: str, at: Pointer, faults: Faults) -> str:
    current = current_form(written)
    if current is not None and is_older(written):
        faults.warn("OLD-SCHOOL-FORM", at, old=written, current=current)
    return current or written


def school(data: Data, at: Pointer, faults: Faults, inventories: Mapping[str, bytes]) -> School:
    groups = data.get("groups", ())
    return School(
        id=data["id"],
        name=data["name"],
        previously=tuple(data.get("previously", ())),
        units=tuple(_unit(one, below(at, "units", n), faults) for n, one in enumerate(data["units"])),
        pupils_by_grade={span: int(number) for span, number in data.get("pupils", {}).get("by_grade", {}).items()},
        holding=dict(data.get("holding", {})),
        users=users_by_audience(data.get("users", {}), below(at, "users")),
        layers={
            audience: wishes(layer, below(at, "layers", audience), faults)
            for audience, layer in data.get("layers", {}).items()
        },
        groups=tuple(_group(one, below(at, "groups", n), faults, inventories) for n, one in enumerate(groups)),
        roles=data.get("roles", {}),
        mgn=acknowledgements(data["mgn"], below(at, "mgn"), faults) if "mgn" in data else NO_MGN,
        at=at,
    )


def _unit(data: Data, at: Pointer, faults: Faults) -> Unit:
    return Unit(
        code=data.get("code"),
        name=data.get("name", ""),
        school_forms=forms(data["school_forms"], below(at, "school_forms"), faults),
        grades=data.get("grades", ""),
        previous_codes=tuple(data.get("previous_codes", ())),
        mgn=acknowledgements(data["mgn"], below(at, "mgn"), faults) if "mgn" in data else NO_MGN,
        user_support=data.get("user_support", NO_ROLES),
        at=at,
    )


def _group(data: Data, at: Pointer, faults: Faults, inventories: Mapping[str, bytes]) -> Group:
    return Group(
        id=data["id"],
        name=data["name"],
        previously=tuple(data.get("previously", ())),
        school_forms=forms(data["school_form"], below(at, "school_form"), faults),
        platform=data["platform"],
        audience=data["audience"],
        grades=data.get("grades", ""),
        within=data.get("within"),
        owns=data.get("owns", "all"),
        manages=tuple(data.get("manages", ())),
        devices=_devices(data["devices"], below(at, "devices"), faults, inventories) if "devices" in data else None,
        users=users(data["users"], below(at, "users")) if "users" in data else None,
        wishes=wishes(data, at, faults),
        cost_bearer=data.get("cost_bearer", {}),
        accessories=tuple(data.get("accessories", ())),
        pilot=pilot(data["pilot"], below(at, "pilot"), faults) if "pilot" in data else None,
        at=at,
    )


def _devices(data: Data, at: Pointer, faults: Faults, inventories: Mapping[str, bytes]) -> DeviceRule:
    serials = tuple(data.get("serials", ()))
    if "inventory" in data:
        serials += read_serials(data["inventory"], inventories, below(at, "inventory"), faults)
    expected = data.get("expected")
    return DeviceRule(
        match=dict(data.get("match", {})),
        serials=serials,
        expected=None if expected is None else int(expected),
        updates_until=day(data, "updates_until", at, faults),
        at=at,
    )


def apps(data: Data, at: Pointer, faults: Faults) -> tuple[App, ...]:
    return tuple(_app(one, below(at, "apps", number), faults) for number, one in enumerate(data["apps"]))


def _app(data: Data, at: Pointer, faults: Faults) -> App:
    check_record_days(data, at, faults)
    return App(
        id=data["id"],
        name=data["name"],
        previously=tuple(data.get("previously", ())),
        status=data["status"],
        withdrawn_from=day(data, "withdrawn_from", at, faults),
        school_forms=forms(data.get("school_forms", ()), below(at, "school_forms"), faults),
        identities=tuple(
            AppIdentity(
                platform=platform, kind=kind.replace("_", "-"), id=name, at=below(at, "platforms", platform, kind)
            )
            for platform, kinds in data["platforms"].items()
            for kind, name in kinds.items()
        ),
        decision=_decision(data.get("decision", {})),
        vetting={key: value for key, value in data.items() if key not in _OWN_FIELDS},
        at=at,
    )


def _decision(data: Data) -> str:
    """`ITR 2026:14, 2026-09-02`: enough to find the minutes."""
    return ", ".join(str(data[key]) for key in ("reference", "meeting") if key in data)


def baseline(data: Data, at: Pointer, faults: Faults) -> Baseline:
    chosen = data["applies_to"]
    return Baseline(
        id=data["id"],
        name=data["name"],
        applies_to=AppliesTo(
            school_forms=forms(chosen.get("school_forms", ()), below(at, "applies_to", "school_forms"), faults),
            audiences=tuple(chosen.get("audiences", ())),
            platforms=tuple(chosen.get("platforms", ())),
        ),
        wishes=wishes(data, at, faults),
        decision=decided(data, "decision", at, faults),
        at=at,
    )


def allowance(data: Data, at: Pointer, faults: Faults) -> Allowance:
    return Allowance(
        id=data["id"],
        backend=data["backend"],
        fingerprints=tuple(data.get("fingerprints", ())),
        envelopes=tuple(_move(one) for one in data.get("moves", ())),
        until=day(data, "until", at, faults) or date.min,  # no such day: a fault, and allowed until never
        at=at,
    )


def approvals(data: Data, at: Pointer, faults: Faults) -> Approvals:
    return Approvals(
        id=data["id"],
        backend=data["backend"],
        reason=data["reason"],
        fingerprints=tuple(data.get("fingerprints", ())),
        deletions=tuple(data.get("deletions", ())),
        moves=tuple(_move(one) for one in data.get("moves", ())),
        commits=tuple(data.get("commits", ())),
        until=day(data, "until", at, faults) or date.min,  # no such day: a fault, and approved until never
        at=at,
    )


def _move(data: Mapping[str, Any]) -> MoveAllowance:
    return MoveAllowance(source=data["from"], into=data["into"], at_most=int(data["at_most"]))
