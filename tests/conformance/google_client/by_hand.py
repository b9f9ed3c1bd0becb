"""Work by hand in the tenant, done through Google's client, and what our plan shall say of it. Expected values are written by hand."""

from __future__ import annotations

from typing import Any

from tests.conformance.google_client.carrying_out import (
    CUSTOMER,
    Script,
    devices,
    org_units,
    references,
    resource_name,
)
from tests.conformance.google_client.our_side import uid

PAD = "web:https://etherpad.example.se/"
OFFLINE_DOCUMENTS = "chrome:ghbmnnjooekpmoecnnnilnnbdlolhkhi"
KAHOOT = "android:no.mobitroll.kahoot.android"
INCOGNITO = "chrome.users.IncognitoMode"
_INCOGNITO_ENUM = "INCOGNITO_MODE_AVAILABILITY_ENUM"

CARRIED_OFF = ("5CDSJO460101", "5CDSJO460102")
"""Serial numbers of two invented devices, taken from their group's place."""

TO_PUT_RIGHT = {
    ("update", "group:@langmoskolan", (("name", "Långmo skola", "Långmoskolan"),)),
    (
        "update",
        f"setting:ou:/Elever:{INCOGNITO}",
        (("incognitoModeAvailability", f"{_INCOGNITO_ENUM}_AVAILABLE", f"{_INCOGNITO_ENUM}_UNAVAILABLE"),),
    ),
    ("delete", "setting:@vidalaskolan/personal:chrome.devices.Bluetooth", (("allowBluetooth", False, None),)),
    (
        "delete",
        f"assignment:@abackaskolan/provdatorer:chrome.devices.kiosk.apps.ForceInstall|{PAD}",
        (("forceInstall", True, None),),
    ),
    (
        "create",
        f"assignment:ou:/Elever:chrome.users.apps.InstallType|{OFFLINE_DOCUMENTS}",
        (("appInstallType", None, "FORCED"),),
    ),
}
"""Action, key, and each field that differs with what is and what shall be."""


def work_by_hand(script: Script) -> None:
    """What people do in a hurry: rename, allow, forbid, add, take away, carry off."""
    known = references(org_units(script), uid())
    orgunits = script.directory.orgunits()
    school = known["@langmoskolan"]["orgUnitId"]
    script.write(orgunits.patch(customerId="my_customer", orgUnitPath=school, body={"name": "Långmo skola"}))
    pupils, norr = (resource_name(known[ref]) for ref in ("ou:/Elever", "ou:/Elever/Norrskolan"))
    staff, exam = (resource_name(known[ref]) for ref in ("@vidalaskolan/personal", "@abackaskolan/provdatorer"))
    available = {"incognitoModeAvailability": f"{_INCOGNITO_ENUM}_AVAILABLE"}
    _set(script, pupils, INCOGNITO, available)
    _set(script, staff, "chrome.devices.Bluetooth", {"allowBluetooth": False})
    _set(script, exam, "chrome.devices.kiosk.apps.ForceInstall", {"forceInstall": True}, app=PAD)
    _set(script, norr, "chrome.users.apps.InstallType", {"appInstallType": "FORCED"}, app=KAHOOT)
    key = {"targetResource": pupils, "additionalTargetKeys": {"app_id": OFFLINE_DOCUMENTS}}
    body = {"requests": [{"policyTargetKey": key, "policySchema": "chrome.users.apps.*"}]}
    script.write(script.policy.customers().policies().orgunits().batchInherit(customer=CUSTOMER, body=body))
    ids = [each["deviceId"] for each in devices(script) if each["serialNumber"] in CARRIED_OFF]
    chromeos = script.directory.chromeosdevices()
    script.write(
        chromeos.moveDevicesToOu(
            customerId="my_customer", orgUnitPath="/Chromebooks/Sjöskolan", body={"deviceIds": ids}
        )
    )


def _set(script: Script, target: str, schema: str, value: dict[str, Any], app: str = "") -> None:
    key: dict[str, Any] = {"targetResource": target}
    if app:
        key["additionalTargetKeys"] = {"app_id": app}
    request = {
        "policyTargetKey": key,
        "policyValue": {"policySchema": schema, "value": value},
        "updateMask": ",".join(value),
    }
    policies = script.policy.customers().policies().orgunits()
    script.write(policies.batchModify(customer=CUSTOMER, body={"requests": [request]}))
