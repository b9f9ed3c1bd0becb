"""ChromeOS devices of the Directory API (discovery revision 20261104)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.call import Call, page
from reconciler.sandbox.google.errors import ApiError, not_found
from reconciler.sandbox.google.org_units import existing
from reconciler.sandbox.google.state import Device, GoogleState

WRITABLE = {"annotatedUser": 100, "annotatedLocation": 200, "notes": 500, "annotatedAssetId": 200}
"""Field and its greatest length; the last one's is not documented."""
_ATTRIBUTE = {"annotatedUser": "user", "annotatedLocation": "location", "notes": "note", "annotatedAssetId": "asset_id"}
_SORT = {"serialNumber": "serial", "status": "status", "lastSync": "id"} | _ATTRIBUTE
ACTION = "CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_"
_STATUS = {f"{ACTION}DEPROVISION": "DEPROVISIONED", f"{ACTION}DISABLE": "DISABLED", f"{ACTION}REENABLE": "ACTIVE"}
_REASONS = {
    f"DEPROVISION_REASON_{reason}"
    for reason in ("SAME_MODEL_REPLACEMENT", "DIFFERENT_MODEL_REPLACEMENT", "RETIRING_DEVICE", "UPGRADE_TRANSFER")
}
_TERM = re.compile(r'(?:(\w+):)?("[^"]*"|\S+)')
_OPERATORS: dict[str, Callable[[Device, str], bool]] = {
    "id": lambda device, text: device.serial.casefold().startswith(text) and len(text) >= 3,
    "status": lambda device, text: {"ACTIVE": "provisioned"}.get(device.status, device.status.casefold()) == text,
    "location": lambda device, text: text in device.location.casefold(),
    "asset_id": lambda device, text: text in device.asset_id.casefold(),
    "note": lambda device, text: text in device.note.casefold(),
    "user": lambda device, text: text in device.user.casefold(),
}
"""A useful part of the operators that a public client's wiki lists (GAM e54877b); `id:` wants three characters."""


def list_devices(call: Call) -> dict[str, Any]:
    found = _selected(call, call.query.get("query", ""))
    if "orderBy" in call.query:
        attribute = _SORT[call.query["orderBy"]]
        found.sort(
            key=lambda device: str(getattr(device, attribute)), reverse=call.query.get("sortOrder") == "DESCENDING"
        )
    question = {name: value for name, value in call.query.items() if name not in ("maxResults", "pageToken", "fields")}
    devices, token = page(
        call,
        found,
        size=call.query.get("maxResults"),
        token=call.query.get("pageToken"),
        default=100,
        maximum=300,
        of=question,
    )
    paths = tenant.paths(call.state)
    full = call.query.get("projection") == "FULL"
    answer: dict[str, Any] = {"kind": "admin#directory#chromeosdevices", "etag": f'"{call.state.revision}"'}
    if devices:
        answer["chromeosdevices"] = [wire(device, paths, full=full) for device in devices]
    if token:
        answer["nextPageToken"] = token
    return answer


def _selected(call: Call, query: str) -> list[Device]:
    devices = list(call.state.devices.values())
    below = call.query.get("includeChildOrgunits")
    if below and "orgUnitPath" not in call.query:
        raise ApiError(400, "includeChildOrgunits requires orgUnitPath", reason="invalid")
    if "orgUnitPath" in call.query:
        start = existing(call, call.query["orgUnitPath"]).id
        units = {start} | (tenant.descendants(call.state, start) if below else set())
        devices = [device for device in devices if device.org_unit in units]
    for operator, word in _TERM.findall(query):
        if (operator or "id") not in _OPERATORS:
            raise ApiError(400, f"Invalid Input: {operator}", reason="invalidInput")
        text = word.strip('"').casefold()
        devices = [device for device in devices if _OPERATORS[operator or "id"](device, text)]
    return devices


def get_device(call: Call) -> dict[str, Any]:
    device = _existing(call.state, call.path["deviceId"])
    return wire(device, tenant.paths(call.state), full=call.query.get("projection") == "FULL")


def patch_device(call: Call) -> dict[str, Any]:
    device = _existing(call.state, call.path["deviceId"])
    changes: dict[str, Any] = {}
    for name, longest in WRITABLE.items():
        if name in call.body:
            if len(call.body[name]) > longest:
                raise ApiError(400, f"Invalid Input: {name}", reason="invalidInput")
            changes[_ATTRIBUTE[name]] = call.body[name]
    if "orgUnitId" in call.body or "orgUnitPath" in call.body:
        changes["org_unit"] = _target(call, call.body).id
    changed = dataclasses.replace(device, **changes, revision=tenant.next_revision(call.state))
    call.state.devices[device.id] = changed
    return wire(changed, tenant.paths(call.state), full=call.query.get("projection") == "FULL")


def _target(call: Call, body: dict[str, Any]) -> tenant.OrgUnit:
    """Id and path must agree; for a while the path alone was refused (taers232c/GAMADV-XTD3 issue 225, 2022-01-31)."""
    path, unit_id = body.get("orgUnitPath"), body.get("orgUnitId")
    found = {existing(call, "id:" + unit_id.removeprefix("id:")) if unit_id else existing(call, path or "/")}
    if path:
        found.add(existing(call, path))
    if len(found) > 1 or (not unit_id and call.options.device_path_alone == "refuse"):
        raise ApiError(400, "Invalid Input: Inconsistent Orgunit id and path in request", reason="invalid")
    return found.pop()


def move_devices(call: Call) -> None:
    """Not more than 50; a bad id fails the whole batch, or what stands after it, by option (reference 12.2)."""
    if "orgUnitPath" not in call.query:
        raise ApiError(400, "Required: orgUnitPath", reason="required")
    ids = call.body.get("deviceIds", [])
    if not ids or len(ids) > call.options.max_moves:
        raise ApiError(400, "Invalid Input: deviceIds", reason="invalidInput")
    try:
        target = existing(call, call.query["orgUnitPath"])
    except ApiError as error:
        raise ApiError(400, "Invalid Input: INVALID_OU_ID", reason="invalidOrgunit") from error
    for each in ids:
        if each not in call.state.devices:
            raise ApiError(
                404, f"Resource Not Found: {each}", reason="resourceNotFound", keep=call.options.moves_partial
            )
        call.state.devices[each] = dataclasses.replace(
            call.state.devices[each], org_unit=target.id, revision=tenant.next_revision(call.state)
        )


def change_status(call: Call) -> dict[str, Any]:
    """Each device has its own result; a deprovisioned one can't be enabled again."""
    ids = call.body.get("deviceIds", [])
    action = call.body.get("changeChromeOsDeviceStatusAction", "")
    reason = call.body.get("deprovisionReason", "")
    if not ids or len(ids) > call.options.max_moves or action not in _STATUS:
        raise ApiError(400, "Invalid Input", reason="invalidInput")
    if (action == f"{ACTION}DEPROVISION") != bool(reason) or (reason and reason not in _REASONS):
        raise ApiError(400, "Invalid Input: deprovisionReason", reason="invalidInput")
    return {
        "changeChromeOsDeviceStatusResults": [_change_one(call.state, each, _STATUS[action], reason) for each in ids]
    }


def _change_one(state: GoogleState, device_id: str, status: str, reason: str) -> dict[str, Any]:
    device = state.devices.get(device_id)
    if device is None:
        return {"deviceId": device_id, "error": {"code": 5, "message": "Device not found"}}
    if device.status == "DEPROVISIONED" or (status == "ACTIVE" and device.status != "DISABLED"):
        return {"deviceId": device_id, "error": {"code": 9, "message": f"Device is {device.status}"}}
    state.devices[device_id] = dataclasses.replace(
        device, status=status, deprovision_reason=reason, revision=tenant.next_revision(state)
    )
    return {"deviceId": device_id, "response": {}}


def count_devices(call: Call) -> dict[str, Any]:
    """int64 comes as a string."""
    return {"count": str(len(_selected(call, call.query.get("filter", ""))))}


def _existing(state: GoogleState, device_id: str) -> Device:
    if device_id not in state.devices:
        raise not_found(f"Resource Not Found: {device_id}")
    return state.devices[device_id]


def wire(device: Device, paths: dict[str, str], *, full: bool) -> dict[str, Any]:
    """BASIC (also the default) has what the wiki of a public client lists for it; absent values are left out, never null."""
    found = {
        "kind": "admin#directory#chromeosdevice",
        "etag": f'"{device.revision}"',
        "deviceId": device.id,
        "serialNumber": device.serial,
        "status": device.status,
        "orgUnitPath": paths[device.org_unit],
        "orgUnitId": device.org_unit,
        "annotatedAssetId": device.asset_id,
        "annotatedLocation": device.location,
        "annotatedUser": device.user,
        "notes": device.note,
        "lastSync": "2026-11-20T07:41:05.000Z",
    }
    if full:
        through = device.auto_update_through
        found |= {
            "model": device.model,
            "osVersion": device.os_version,
            "autoUpdateThrough": f"{through}-01T00:00:00.000Z" if through else "",
            "lastEnrollmentTime": "2025-08-11T08:00:00.000Z",
            "chromeOsType": "chromeOs",
            "deprovisionReason": device.deprovision_reason,
        }
    shown: dict[str, Any] = {name: value for name, value in found.items() if value}
    if full and device.user:
        shown["recentUsers"] = [{"type": "USER_TYPE_MANAGED", "email": device.user}]
    return shown
