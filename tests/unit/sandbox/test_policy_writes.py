"""The rules of policy writes, one by one (reference 3.2 to 3.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.conftest import Box, entry

INCOGNITO = "chrome.users.IncognitoMode"
BLOCKED = {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"}
INSTALL = "chrome.users.apps.InstallType"
EXTENSION = "chrome:" + "abcdefghijklmnop" * 2
SEEDED = "chrome:aaaaaaaabbbbbbbbccccccccdddddddd"


def _faults(response: Any) -> list[str]:
    """Errors and field errors of a refused write."""
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    if not error.get("details"):
        return [error["message"]]
    found = []
    for each in error["details"][0]["modificationErrors"]:
        found += each.get("errors", []) + [f"{item['field']}: {item['error']}" for item in each.get("fieldErrors", [])]
    return found


@pytest.mark.parametrize(
    "mask", ["incognitoModeAvailability", "incognitoModeAvailability,", {"paths": "incognitoModeAvailability"},
             {"paths": ["incognitoModeAvailability"]}],
)  # fmt: skip
def test_masks_are_taken_in_three_forms(box: Box, mask: object) -> None:
    target = box.target("Personal")
    assert box.modify(entry(target, INCOGNITO, BLOCKED, mask=mask)).json() == {}
    assert box.resolve(target, INCOGNITO).json()["resolvedPolicies"][0]["value"]["value"] == BLOCKED


@pytest.mark.parametrize(
    ("schema", "value", "mask", "fault"),
    [
        (INCOGNITO, BLOCKED, "", "updateMask: An update mask is required."),
        (INCOGNITO, {}, "incognitoModeAvailability", 'Field "incognitoModeAvailability" of the update mask is missing'),
        (INCOGNITO, BLOCKED, "nej", 'Unknown field "nej" in the update mask'),
        (INCOGNITO, BLOCKED | {"nej": 1}, "incognitoModeAvailability", "Cannot find field: nej in message chrome.users.IncognitoMode"),
        (INCOGNITO, {"incognitoModeAvailability": "UNAVAILABLE"}, None, 'Invalid value "UNAVAILABLE" for enum'),
        ("chrome.users.Screenshot", {"disableScreenshots": "true"}, None, "Expected a bool"),
        ("chrome.users.UrlBlocking", {"urlBlocklist": "a.se"}, None, "Expected a list"),
        ("chrome.users.UrlBlocking", {"urlBlocklist": [1]}, None, "urlBlocklist[0]: Expected a string"),
        ("chrome.users.IdleSettingsExtended", {"idleDelayAc": True}, None, "Expected an integer"),
        ("chrome.users.ManagedBookmarksSetting", {"managedBookmarks": {"nej": 1}}, None,
         "Cannot find field: managedBookmarks.nej in message"),
        ("chrome.users.Nej", {"a": 1}, None, "Policy schema chrome.users.Nej is not known."),
        ("chrome.users.appsconfig.AndroidAppsEnabled", {"arcEnabled": True}, None, "acknowledged with ackNoticeForArc"),
        ("chrome.users.appsconfig.AllowedInstallSources", {"playStoreInstallSources": "BLOCK_ALL_APPS"}, None,
         "chromeWebStoreInstallSources: This field is required."),
        (INSTALL, {"appInstallType": "FORCED"}, None, "requires exactly the additional target keys ['app_id']"),
    ],
)  # fmt: skip
def test_refused_values(box: Box, schema: str, value: dict[str, Any], mask: str | None, fault: str) -> None:
    before = box.http.get("/_sandbox/state").text
    faults = _faults(box.modify(entry(box.target("Personal"), schema, value, mask=mask)))
    assert any(fault in each for each in faults), faults
    assert box.http.get("/_sandbox/state").text == before


@pytest.mark.parametrize(
    ("app", "install", "fault"),
    [
        ("web:https://a.example.se/", "BLOCKED", "BLOCKED is not supported for web apps"),
        ("web:https://a.example.se/", "NORMAL", "only supported for extensions"),
        ("android:se.exempel.app", "REMOVE", "only supported for extensions"),
        ("chrome:abc", "FORCED", 'Invalid app_id "chrome:abc"'),
        ("chrome:" + "z" * 32, "FORCED", "Invalid app_id"),
        ("se.exempel.app", "FORCED", "Invalid app_id"),
        ("android:se.exempel.app", "BLOCKED", None),
        ("web:https://a.example.se/", "FORCED_AND_PIN_TO_TOOLBAR", None),
        (EXTENSION, "NORMAL_AND_PIN_TO_TOOLBAR", None),
        (EXTENSION, "REMOVE", None),
    ],
)
def test_install_types(box: Box, app: str, install: str, fault: str | None) -> None:
    response = box.modify(entry(box.target("Personal"), INSTALL, {"appInstallType": install}, app=app))
    if fault is None:
        assert response.json() == {}
        assert box.effective(user_ou="/Personal")["apps"][app]["install"] == install
    else:
        assert any(fault in each for each in _faults(response))


def test_rules_on_a_whole_call(box: Box) -> None:
    personal, projekt = box.target("Personal"), box.target("Projekt")
    one = entry(personal, INCOGNITO, BLOCKED)
    guest = entry(personal, "chrome.devices.GuestMode", {"guestModeEnabled": False})
    app = entry(personal, INSTALL, {"appInstallType": "FORCED"}, app=EXTENSION)
    assert _faults(box.modify()) == ["At least one request is required."]
    assert _faults(box.modify(one, guest)) == ["All policy schemas in the request must have the same root namespace."]
    assert _faults(box.modify(one, app)) == ["All policy schemas in the request must have the same root namespace."]
    assert _faults(box.modify(one, one)) == ["Two requests have the same policySchema and policyTargetKey."]
    assert _faults(box.modify(app, entry(personal, INSTALL, {"appInstallType": "FORCED"}))) == [
        "All requests must have the same key names in additionalTargetKeys."
    ]
    elsewhere = entry(projekt, INCOGNITO, BLOCKED)
    assert _faults(box.modify(one, elsewhere)) == ["All requests must have the same target resource."]
    box.options(one_target_per_call=False)
    assert box.modify(one, elsewhere).json() == {}
    box.options(max_policy_entries=1)
    assert "at most 1" in _faults(box.modify(one, elsewhere))[0]


def test_nothing_is_written_when_one_entry_is_bad(box: Box) -> None:
    target = box.target("Personal")
    good = entry(target, "chrome.users.Screenshot", {"disableScreenshots": True})
    assert box.modify(good, entry(target, INCOGNITO, {"incognitoModeAvailability": "NEJ"})).status_code == 400
    assert "chrome.users.Screenshot" not in box.effective(user_ou="/Personal")["policies"]


def test_targets(box: Box) -> None:
    group = box.http.get("/google/admin/directory/v1/groups?customer=my_customer").json()["groups"][0]["id"]
    kiosk = entry(
        f"groups/{group}", "chrome.users.appsconfig.AllowedInstallSources",
        {"playStoreInstallSources": "BLOCK_ALL_APPS", "chromeWebStoreInstallSources": "BLOCK_ALL_APPS"},
    )  # fmt: skip
    assert "can't be set on a target of kind GROUP" in _faults(box.modify(kiosk, kind="groups"))[0]
    assert box.modify(entry(f"groups/{group}", INCOGNITO, BLOCKED)).status_code == 400  # not by the org units' method
    assert box.modify(entry(f"groups/{group}", INCOGNITO, BLOCKED), kind="groups").status_code == 200
    assert box.modify(entry("orgunits/saknas", INCOGNITO, BLOCKED)).status_code == 404
    assert box.modify(entry("users/1", INCOGNITO, BLOCKED)).status_code == 400
    box.options(group_device_policies=False)
    guest = entry(f"groups/{group}", "chrome.devices.GuestMode", {"guestModeEnabled": False})
    assert box.modify(guest, kind="groups").status_code == 400


def test_an_app_is_added_before_its_other_policies(box: Box) -> None:
    target = box.target("Personal")
    configuration = entry(
        target, "chrome.users.apps.ManagedConfiguration", {"managedConfiguration": '{"a": 1}'}, app=EXTENSION
    )
    assert "must be added" in _faults(box.modify(configuration))[0]
    added = entry(target, INSTALL, {"appInstallType": "FORCED"}, app=EXTENSION)
    assert box.modify(configuration, added).json() == {}
    broken = entry(target, "chrome.users.apps.ManagedConfiguration", {"managedConfiguration": "{"}, app=EXTENSION)
    assert _faults(box.modify(broken)) == ["managedConfiguration: Not valid JSON."]
    app = box.effective(user_ou="/Personal")["apps"][EXTENSION]
    assert app["policies"] == {"chrome.users.apps.ManagedConfiguration": {"managedConfiguration": '{"a": 1}'}}


def test_acknowledgements_are_needed_and_not_kept(box: Box) -> None:
    target, schema = box.target("Personal"), "chrome.users.appsconfig.AndroidAppsEnabled"
    acknowledged = entry(target, schema, {"arcEnabled": True, "ackNoticeForArcEnabledSetToTrue": True})
    assert box.modify(acknowledged).json() == {}
    assert box.effective(user_ou="/Personal")["policies"][schema]["value"] == {"arcEnabled": True}
    assert box.modify(entry(target, schema, {"arcEnabled": False})).json() == {}


@pytest.mark.parametrize(("answer", "kept"), [("inherited", True), ("defaults", False)])
def test_what_a_first_write_leaves_out(box: Box, answer: str, kept: bool) -> None:
    box.options(partial_update=answer)
    schema = "chrome.users.UrlBlocking"
    box.modify(entry(box.target("Elever"), schema, {"urlBlocklist": ["a.se"], "chromeInternalUrlsBlocked": True}))
    box.modify(entry(box.target("Elever/Norrskolan"), schema, {"urlBlocklist": ["b.se"]}))
    value = box.effective(user_ou="/Elever/Norrskolan")["policies"][schema]["value"]
    assert value == {"urlBlocklist": ["b.se"], "urlAllowlist": [], "chromeInternalUrlsBlocked": kept}


def test_removing_an_app_only_where_it_was_added(box: Box) -> None:
    elever, norr = box.target("Elever"), box.target("Elever/Norrskolan")
    box.modify(entry(norr, INSTALL, {"appInstallType": "BLOCKED"}, app=SEEDED))
    assert box.effective(user_ou="/Elever/Norrskolan/1A")["apps"][SEEDED]["install"] == "BLOCKED"
    assert _faults(box.inherit(norr, "chrome.users.apps.*", SEEDED)) == [
        "The app can only be removed where it was added to management."
    ]
    box.inherit(norr, INSTALL, SEEDED)  # drops the override only
    assert box.effective(user_ou="/Elever/Norrskolan/1A")["apps"][SEEDED]["install"] == "FORCED"
    assert box.inherit(elever, "chrome.users.apps.*", SEEDED).json() == {}
    assert box.effective(user_ou="/Elever/Norrskolan/1A")["apps"] == {}
    assert box.inherit(elever, "chrome.users.*").status_code == 400


@pytest.mark.parametrize(
    ("answer", "status", "managed"), [("reset", 200, True), ("remove", 200, False), ("error", 400, True)]
)
def test_plain_inherit_where_the_app_was_added(box: Box, answer: str, status: int, managed: bool) -> None:
    box.options(inherit_install_type_where_added=answer, resolve_lists_app_defaults=True)
    elever = box.target("Elever")
    assert box.inherit(elever, INSTALL, SEEDED).status_code == status
    assert bool(box.resolve(elever, INSTALL).json()) == managed


def test_inheriting_what_is_not_set(box: Box) -> None:
    target = box.target("Personal")
    assert box.inherit(target, INCOGNITO).json() == {}
    box.options(inherit_of_unset="error")
    assert _faults(box.inherit(target, INCOGNITO)) == ["The policy is not set on the target."]


def test_short_enum_names_are_a_switch_for_what_is_not_confirmed(box: Box) -> None:
    target, schema = box.target("Personal"), "chrome.users.LensOverlaySettings"
    full = {"lensOverlaySettings": "LENS_OVERLAY_SETTINGS_ENUM_DISABLED"}
    assert box.modify(entry(target, schema, full)).status_code == 200
    box.options(full_enum_names=False)
    assert box.modify(entry(target, schema, full)).status_code == 400
    assert box.modify(entry(target, schema, {"lensOverlaySettings": "DISABLED"})).status_code == 200
    assert box.modify(entry(target, INCOGNITO, BLOCKED)).status_code == 200  # confirmed: always in full
