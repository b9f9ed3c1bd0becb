"""What a user gets on a device: whose org unit decides what."""

from __future__ import annotations

from tests.unit.sandbox.conftest import Box, entry

INCOGNITO = "chrome.users.IncognitoMode"
SEEDED = "chrome:aaaaaaaabbbbbbbbccccccccdddddddd"
WEB = "web:https://prov.example.se/"


def test_the_user_decides_user_policies_and_the_device_device_policies(box: Box) -> None:
    norr = box.target("Chromebooks/Norrskolan")
    box.modify(entry(norr, "chrome.devices.GuestMode", {"guestModeEnabled": False}))
    box.modify(entry(norr, INCOGNITO, {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_FORCED"}))
    here = box.effective(user_ou="/Elever/Norrskolan/1A", device_ou="/Chromebooks/Norrskolan")
    assert here["policies"]["chrome.devices.GuestMode"] == {"value": {"guestModeEnabled": False}, "source": norr}
    assert here["policies"][INCOGNITO] == {
        "value": {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"},
        "source": box.target("Elever"),
    }
    assert here["policies"]["chrome.users.Screenshot"]["value"] == {"disableScreenshots": True}
    there = box.effective(user_ou="/Elever/Norrskolan/1A", device_ou="/Chromebooks/Söderskolan")
    assert "chrome.devices.GuestMode" not in there["policies"]
    assert there["apps"] == {SEEDED: {"install": "FORCED", "source": box.target("Elever"), "policies": {}}}


def test_a_group_beats_every_org_unit(box: Box) -> None:
    found = box.effective(user_ou="/Elever/Norrskolan/1A", group="larare@liten.example.se")
    assert found["policies"][INCOGNITO]["value"] == {
        "incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE"
    }
    assert found["policies"][INCOGNITO]["source"].startswith("groups/")


def test_a_guest_session_follows_the_device_alone(box: Box) -> None:
    soder = box.target("Chromebooks/Söderskolan")
    box.modify(entry(soder, "chrome.devices.managedguest.apps.InstallType", {"appInstallType": "FORCED"}, app=WEB))
    box.modify(entry(soder, "chrome.devices.managedguest.Screenshot", {"disableScreenshots": True}))
    guest = box.effective(user_ou="/Elever", device_ou="/Chromebooks/Söderskolan", session="managed-guest")
    assert set(guest["policies"]) == {"chrome.devices.managedguest.Screenshot"}
    assert {app: found["install"] for app, found in guest["apps"].items()} == {WEB: "FORCED"}
    user = box.effective(user_ou="/Elever", device_ou="/Chromebooks/Söderskolan")
    assert set(user["apps"]) == {SEEDED}


def test_a_kiosk_follows_the_device_alone(box: Box) -> None:
    soder = box.target("Chromebooks/Söderskolan")
    box.modify(entry(soder, "chrome.devices.kiosk.apps.ForceInstall", {"forceInstall": True}, app=WEB))
    box.modify(entry(soder, "chrome.devices.kiosk.appsconfig.AutoLaunchApp", {"appId": WEB}))
    kiosk = box.effective(device_ou="/Chromebooks/Söderskolan", session="kiosk")
    assert kiosk["apps"][WEB]["install"] == "FORCED"
    assert kiosk["policies"]["chrome.devices.kiosk.appsconfig.AutoLaunchApp"]["value"]["appId"] == WEB
    assert box.effective(device_ou="/Chromebooks/Norrskolan", session="kiosk") == {"policies": {}, "apps": {}}
