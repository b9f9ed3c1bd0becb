"""Org units of the Directory API (discovery revision 20261104; errors as a public client, GAM e54877b, maps them)."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.call import Call, seen
from reconciler.sandbox.google.errors import ApiError, not_found
from reconciler.sandbox.google.state import GoogleState, OrgUnit

MAXIMUM_DEPTH = 35


def list_org_units(call: Call) -> dict[str, Any]:
    """No paging; the key is absent when nothing is found; the start point only with allIncludingParent."""
    start = existing(call, call.query.get("orgUnitPath", "/"))
    kind = call.query.get("type", "children")
    if kind == "children":
        wanted = {unit.id for unit in call.state.org_units.values() if unit.parent == start.id}
    else:
        wanted = tenant.descendants(call.state, start.id)
        if kind == "allIncludingParent":
            wanted.add(start.id)
    paths = tenant.paths(call.state)
    units = [
        wire(call.state, unit, paths)
        for unit in call.state.org_units.values()
        if unit.id in wanted and seen(call, unit.id, asked=False)
    ]
    found: dict[str, Any] = {"kind": "admin#directory#orgUnits", "etag": f'"{call.state.revision}"'}
    if units:
        found["organizationUnits"] = units
    return found


def get_org_unit(call: Call) -> dict[str, Any]:
    return wire(call.state, existing(call, _path(call)))


def insert_org_unit(call: Call) -> dict[str, Any]:
    name = _name(call)
    parent = _parent(call)
    if parent is None:
        raise ApiError(400, "Required: parentOrgUnitPath", reason="required")
    _refuse_duplicate(call, parent, name, except_id="")
    if len(tenant.chain(call.state, parent)) > MAXIMUM_DEPTH:
        raise ApiError(400, "Invalid Ou Id: too deep", reason="invalid")
    unit = tenant.add_org_unit(call.state, parent=parent, name=name, description=call.body.get("description", ""))
    call.pending.created[unit.id] = call.now
    return wire(call.state, unit)


def patch_org_unit(call: Call) -> dict[str, Any]:
    """PUT too: fields that are left out stay as they are (guide on managing org units)."""
    unit = existing(call, _path(call))
    if unit.id == call.state.root and ("name" in call.body or _parent(call) is not None):
        raise ApiError(400, "Invalid Ou Id: the root can't be renamed or moved", reason="invalid")
    name = _name(call) if "name" in call.body else unit.name
    parent = _parent(call) or unit.parent
    if parent and (parent == unit.id or parent in tenant.descendants(call.state, unit.id)):
        raise ApiError(400, "Invalid Parent Orgunit Id", reason="invalid")
    if (name, parent) != (unit.name, unit.parent):
        _refuse_duplicate(call, parent, name, except_id=unit.id)
    changed = dataclasses.replace(
        unit,
        name=name,
        parent=parent,
        description=call.body.get("description", unit.description),
        revision=tenant.next_revision(call.state),
    )
    call.state.org_units[unit.id] = changed
    return wire(call.state, changed)


def delete_org_unit(call: Call) -> None:
    """412 is a guess: the public client knows the reason, not the code."""
    unit = existing(call, _path(call))
    if unit.id == call.state.root:
        raise ApiError(400, "Invalid Ou Id", reason="invalid")
    if any(each.parent == unit.id for each in call.state.org_units.values()):
        raise ApiError(412, "Org unit has children", reason="conditionNotMet")
    if any(device.org_unit == unit.id for device in call.state.devices.values()):
        raise ApiError(412, "Org unit has devices", reason="conditionNotMet")
    del call.state.org_units[unit.id]
    call.state.policies.pop(f"orgunits/{unit.id}", None)
    call.state.added.pop(f"orgunits/{unit.id}", None)
    tenant.next_revision(call.state)


def wire(state: GoogleState, unit: OrgUnit, paths: dict[str, str] | None = None) -> dict[str, Any]:
    """Absent values are left out; the root has no parent, its id stands as parentOrgUnitId of its children."""
    paths = paths or tenant.paths(state)
    found: dict[str, Any] = {
        "kind": "admin#directory#orgUnit",
        "etag": f'"{unit.revision}"',
        "name": unit.name,
        "orgUnitPath": paths[unit.id],
        "orgUnitId": f"id:{unit.id}",
    }
    if unit.description:
        found["description"] = unit.description
    if unit.parent:
        found |= {"parentOrgUnitPath": paths[unit.parent], "parentOrgUnitId": f"id:{unit.parent}"}
    return found


def existing(call: Call, reference: str) -> OrgUnit:
    """The org unit by path or id; ApiError 404 when missing, or new and not yet to be seen."""
    unit = tenant.find_org_unit(call.state, reference)
    if unit is None:
        raise not_found("Org unit not found")
    if not seen(call, unit.id):
        if call.options.pending_org_unit_reason == "invalid":
            raise ApiError(400, "Invalid Ou Id", reason="invalid")
        raise not_found("Org unit not found")
    return unit


def _path(call: Call) -> str:
    """In the path of a request: without leading slash, or `id:…`."""
    path = call.path["orgUnitPath"]
    if path.startswith("/"):
        raise not_found("Org unit not found")
    return path


def _name(call: Call) -> str:
    name = str(call.body.get("name", "")).strip()
    if not name:
        raise ApiError(400, "Required: name", reason="required")
    if "/" in name:
        if call.options.org_unit_slash == "refuse":
            raise ApiError(400, "Invalid Ou Id", reason="invalid")
        name = name.replace("/", "_")
    return name


def _parent(call: Call) -> str | None:
    """Id of the parent that the body names; None when it names none."""
    reference = call.body.get("parentOrgUnitId") or call.body.get("parentOrgUnitPath")
    if not reference:
        return None
    unit = tenant.find_org_unit(call.state, reference)
    if unit is None or not seen(call, unit.id):
        raise ApiError(400, "Invalid Parent Orgunit Id", reason="invalid")
    return unit.id


def _refuse_duplicate(call: Call, parent: str, name: str, *, except_id: str) -> None:
    """What Google answers here is not clear: a public client takes two forms for a duplicate."""
    for unit in call.state.org_units.values():
        if unit.parent == parent and unit.id != except_id and tenant.folded(unit.name) == tenant.folded(name):
            code, reason = {
                "invalid": (400, "invalid"),
                "backendError": (503, "backendError"),
                "conflict": (409, "duplicate"),
            }[call.options.duplicate_org_unit]
            raise ApiError(code, "Invalid Ou Id", reason=reason)
