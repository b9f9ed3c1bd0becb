"""Enrolled devices: a list, and nothing that writes (mdm/api_views/enrolled_devices.py, 2026-08)."""

from __future__ import annotations

import uuid

from reconciler.sandbox.zentral.call import Answer, Call, newest_first, page
from reconciler.sandbox.zentral.errors import invalid
from reconciler.sandbox.zentral.state import SEEDED, Device, Record

_PEOPLE = uuid.UUID("0a6a4c0e-4a53-4b57-9d0c-93a7f2f5d3a1")


def list_devices(call: Call) -> Answer:
    """Several tags mean any of them. A filter that isn't known is ignored; a tag that isn't there is an error."""
    included, excluded = _tags(call, "tags"), _tags(call, "excluded_tags")
    serial, udid = call.asked("serial_number"), call.asked("udid")
    found = []
    for device in call.state.devices.values():
        tags = frozenset(call.state.machine_tags.get(device.serial, ()))
        if (serial and device.serial != serial) or (udid and device.udid != udid):
            continue
        if (not included or tags & included) and not tags & excluded:
            found.append(_wire(device))
    return page(call, newest_first(call, found, ("created_at", "last_seen_at", "updated_at")))


def _tags(call: Call, name: str) -> frozenset[int]:
    found = set()
    for value in call.query.get(name, []):
        if not value.isdecimal():
            raise invalid({name: [f"“{value}” is not a valid value."]})
        if int(value) not in call.state.tables["tags"]:
            raise invalid({name: [f"Select a valid choice. {value} is not one of the available choices."]})
        found.add(int(value))
    return frozenset(found)


def _wire(device: Device) -> Record:
    """All that Zentral shows of a device, people included."""
    mac = device.platform == "macOS"
    return {
        "id": device.id,
        "users": [],
        "realm_user": _person(device.user) if device.user else None,
        "udid": device.udid,
        "serial_number": device.serial,
        "name": device.name or None,
        "model": device.model or None,
        "platform": device.platform,
        "os_version": device.os_version,
        "build_version": "",
        "apple_silicon": True if mac else None,
        "cert_not_valid_after": None,
        "cert_att_serial_number": None,
        "cert_att_udid": None,
        "blueprint": device.blueprint,
        "awaiting_configuration": device.awaiting_configuration,
        "declarative_management": True,
        "dep_enrollment": device.automated,
        "user_enrollment": False,
        "user_approved_enrollment": True if mac else None,
        "supervised": device.supervised,
        "bootstrap_token_escrowed": mac,
        "filevault_enabled": False if mac else None,
        "filevault_prk_escrowed": False,
        "recovery_password_escrowed": False,
        "admin_guid": None,
        "admin_shortname": None,
        "admin_password_escrowed": False,
        "activation_lock_manageable": None,
        "last_ip": None,
        "last_seen_at": device.seen or None,
        "last_notified_at": None,
        "checkout_at": device.checked_out or None,
        "blocked_at": device.blocked or None,
        "created_at": SEEDED,
        "updated_at": device.seen or SEEDED,
    }


def _person(user: str) -> Record:
    return {"pk": str(uuid.uuid5(_PEOPLE, user)), "username": user, "email": user}
