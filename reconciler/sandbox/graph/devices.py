"""Entra's devices and the organisation (reference 6.1, 6.2, 2026-11)."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconciler.sandbox.graph import groups
from reconciler.sandbox.graph.call import Answer, Call, GraphError
from reconciler.sandbox.graph.queries import check_options, count_items, list_items, pick, selected
from reconciler.sandbox.graph.state import EntraDevice, groups_of, remove_object
from reconciler.sandbox.graph.wire import ATTRIBUTES, DEVICES, MEMBERS, device_wire

_ORGANIZATION = ("id", "displayName", "deletedDateTime", "countryLetterCode", "tenantType", "verifiedDomains")


def device_of(call: Call) -> EntraDevice:
    """By object id, or `devices(deviceId='…')`."""
    key = call.segments[1].lower()
    if call.keys.get(1) == "deviceId":
        found = next((device for device in call.directory.devices.values() if device.device_id == key), None)
    else:
        found = call.directory.devices.get(key)
    if found is None or found.id in call.unseen:
        raise groups.missing(call.segments[1])
    return found


def list_devices(call: Call) -> Answer:
    if "$expand" in call.query:
        raise groups.bad("Nothing of a device can be expanded here.")
    return list_items(call, DEVICES, list(call.directory.devices.values()))


def count_devices(call: Call) -> Answer:
    return count_items(call, list(call.directory.devices))


def get_device(call: Call) -> Answer:
    device = device_of(call)
    check_options(call, "$filter", "$orderby", "$search", "$top", "$skiptoken", "$expand")
    chosen = selected(call, DEVICES.properties, "Device")
    head = {"@odata.context": f"{call.root}/{call.version}/$metadata#devices/$entity"}
    return Answer(status=200, body=head | pick(device_wire(device), chosen, DEVICES.default))


def list_groups_of_device(call: Call) -> Answer:
    """`memberOf` and `transitiveMemberOf`, with the options that every list has (device-list-memberof, read 2026-11)."""
    device = device_of(call)
    groups = call.directory.groups.values()
    if call.segments[2] == "memberOf":
        return list_items(call, MEMBERS, [group for group in groups if device.id in group.members])
    every = groups_of(call.directory, device.id)
    return list_items(call, MEMBERS, [group for group in groups if group.id in every])


def patch_device(call: Call) -> Answer:
    """An application may change extensionAttributes, and accountEnabled; not on Linux."""
    device, body = device_of(call), call.body or {}
    if device.os.casefold() == "linux":
        raise GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    changes: dict[str, Any] = {}
    for name, value in body.items():
        if name == "accountEnabled" and isinstance(value, bool):
            changes["enabled"] = value
        elif name == "extensionAttributes" and isinstance(value, dict) and set(value) <= set(ATTRIBUTES):
            merged = dict(device.attributes) | value
            changes["attributes"] = tuple(sorted((key, text) for key, text in merged.items() if text is not None))
        else:
            raise groups.bad(f"Invalid value specified for property '{name}' of resource 'Device'.")
    call.directory.devices[device.id] = dataclasses.replace(device, **changes)
    return Answer(status=204)


def delete_device(call: Call) -> Answer:
    remove_object(call.directory, device_of(call))
    return Answer(status=204)


def list_organizations(call: Call) -> Answer:
    chosen = selected(call, _ORGANIZATION, "Organization")
    head = {"@odata.context": f"{call.root}/{call.version}/$metadata#organization"}
    return Answer(status=200, body=head | {"value": [pick(_organization(call), chosen, _ORGANIZATION)]})


def get_organization(call: Call) -> Answer:
    if call.segments[1].lower() != call.directory.tenant:
        raise groups.missing(call.segments[1])
    chosen = selected(call, _ORGANIZATION, "Organization")
    return Answer(status=200, body=pick(_organization(call), chosen, _ORGANIZATION))


def _organization(call: Call) -> dict[str, Any]:
    return {
        "id": call.directory.tenant,
        "deletedDateTime": None,
        "displayName": "Sandbox",
        "countryLetterCode": "SE",
        "tenantType": "AAD",
        "verifiedDomains": [],
    }
