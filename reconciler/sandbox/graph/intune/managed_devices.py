"""`deviceManagement/managedDevices`: reading only. A `$filter` that the service doesn't know is ignored, and everything comes back."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from reconciler.sandbox.graph.call import Answer, Call, first_page, page
from reconciler.sandbox.graph.intune.querying import check_name
from reconciler.sandbox.graph.intune.routing import context, missing, unrouted
from reconciler.sandbox.graph.intune.state import Enrolments, IntuneState, ManagedDevice, Record
from reconciler.sandbox.graph.intune.types import defaults, types

PAGE = 1000
UNSET = "0001-01-01T00:00:00Z"
"""How an unset date comes back (microsoft-graph-docs-contrib issue 1391)."""
_SINGLE = frozenset({
    "activationLockBypassCode", "ethernetMacAddress", "iccid", "notes", "physicalMemoryInBytes",
    "remoteAssistanceSessionUrl", "udid",
})  # fmt: skip
"""Only in the answer for one device, when selected; null in lists (description in the v1.0 metadata of 2026-08)."""
_PERSONAL = frozenset(("userPrincipalName", "userDisplayName", "userId", "emailAddress", "phoneNumber"))
"""The service returns them unasked. Here they are left out unless asked for, so that a log shows who asks."""
_OWN = {
    "id": "id",
    "deviceName": "name",
    "managedDeviceName": "name",
    "serialNumber": "serial",
    "azureADDeviceId": "entra_device_id",
    "operatingSystem": "os",
    "osVersion": "os_version",
    "model": "model",
    "manufacturer": "manufacturer",
    "deviceCategoryDisplayName": "category",
    "enrollmentProfileName": "enrollment_profile",
    "managedDeviceOwnerType": "ownership",
    "isSupervised": "supervised",
    "complianceState": "compliance",
    "userPrincipalName": "user",
    "emailAddress": "user",
    "enrolledDateTime": "enrolled",
    "lastSyncDateTime": "synced",
}
"""Property → field of ManagedDevice."""
_ALIKE = {
    "jailBroken": "False",
    "managementAgent": "mdm",
    "managementState": "managed",
    "deviceRegistrationState": "registered",
    "userDisplayName": "",
    "userId": "",
}
"""The same of every device."""
_CLAUSE = r"(?P<name>\w+)\s+(?P<operator>eq|gt|lt|ge|le)\s+(?P<value>'(?:[^']|'')*'|[^\s']+)"
_PLAIN = re.compile(r"\(?\s*" + _CLAUSE + r"\s*\)?")
_FILTERABLE = {
    "deviceCategoryDisplayName": ("eq",),
    "jailBroken": ("eq",),
    "enrolledDateTime": ("lt", "gt", "le", "ge"),
    "lastSyncDateTime": ("lt", "gt", "le", "ge"),
    "operatingSystem": ("eq",),
    "deviceName": ("eq",),
    "userPrincipalName": ("eq",),
    "azureADDeviceId": ("eq",),
    "serialNumber": ("eq",),
}
"""Named by the metadata, or seen to work (reference 6.3)."""


def answer_devices(state: IntuneState, call: Call) -> Answer:
    if call.verb != "GET" or len(call.segments) > 3:
        raise unrouted(call)
    if len(call.segments) == 3:
        device = state.managed_devices.get(call.segments[2])
        if device is None:
            raise missing(call.segments[2])
        where = context(call, "deviceManagement/managedDevices/$entity")
        return Answer(status=200, body=where | _shown(call, device, single=True))
    found = filtered(state.managed_devices, call)
    body = context(call, "deviceManagement/managedDevices")
    if first_page(call):
        body["@odata.count"] = len(found)  # there even unasked (issue 1391)
    body |= page(found, call, PAGE, PAGE)
    body["value"] = [_shown(call, device, single=False) for device in body["value"]]
    return Answer(status=200, body=body)


def filtered(enrolled: Enrolments, call: Call) -> list[ManagedDevice]:
    """The devices that the service would return for this `$filter`: all of them, where it doesn't understand."""
    text = call.query.get("$filter", "").strip()
    if alternatives := _alternatives(text):
        return [device for device in enrolled.values() if device.entra_device_id.casefold() == alternatives[0]][:1]
    clauses = _clauses(text, call)
    serial = next((value for name, _, value in clauses if name == "serialNumber"), None)
    devices = list(enrolled.values()) if serial is None else enrolled.of_serial(serial)
    for name, operator, value in clauses:
        exact = name == "serialNumber" and call.options.serial_filter == "exact"
        devices = [device for device in devices if _holds(str(_value(device, name)), operator, value, exact=exact)]
    return devices


def _alternatives(text: str) -> list[str]:
    """Values of `azureADDeviceId eq … or azureADDeviceId eq …`, of which the service finds the first only."""
    parts = [_PLAIN.fullmatch(part.strip()) for part in re.split(r"\s+or\s+", text)]
    if len(parts) < 2 or any(part is None or part["name"] != "azureADDeviceId" for part in parts):
        return []
    return [part["value"].strip("'").casefold() for part in parts if part]


def _clauses(text: str, call: Call) -> list[tuple[str, str, str]]:
    """Nothing when one part is not understood: then the whole filter is ignored."""
    found = []
    for part in re.split(r"\s+and\s+", text) if text else []:
        match = _PLAIN.fullmatch(part.strip())
        if match is None or match["operator"] not in _FILTERABLE.get(match["name"], ()):
            return []
        if match["name"] == "serialNumber" and call.options.serial_filter == "ignored":
            return []
        found.append((match["name"], match["operator"], match["value"].strip("'").replace("''", "'")))
    return found


def _holds(actual: str, operator: str, value: str, *, exact: bool) -> bool:
    if not exact:
        actual, value = actual.casefold(), value.casefold()
    return {
        "eq": actual == value,
        "lt": actual < value,
        "gt": actual > value,
        "le": actual <= value,
        "ge": actual >= value,
    }[operator]


def _shown(call: Call, device: ManagedDevice, *, single: bool) -> Record:
    text = call.query.get("$select")
    if not text:
        return {key: _value(device, key) for key in _plain() if key not in _PERSONAL}
    known = types("v1.0")["managedDevice"].properties
    found: Record = {}
    for name in (name.strip() for name in text.split(",")):
        if call.version == "v1.0":
            check_name(name, known, "managedDevice", call)
        found[name] = _value(device, name) if single or name not in _SINGLE else None
    return found


def _value(device: ManagedDevice, name: str) -> Any:
    if name == "azureADRegistered":
        return bool(device.entra_device_id.strip("0-"))
    value = getattr(device, _OWN[name]) if name in _OWN else _plain().get(name)
    return value or UNSET if name.endswith("DateTime") else value


@cache
def _plain() -> Record:
    """Every property as a device without anything special has it: dates are never null."""
    found = defaults("v1.0", "managedDevice")
    dates = {key: UNSET for key in found if key.endswith(("DateTime", "ExpirationDate"))}
    return found | dates | _ALIKE
