"""Resolving: wildcards, pages, defaults, and what comes as text."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.conftest import POLICIES, Box, entry

SEEDED = "chrome:aaaaaaaabbbbbbbbccccccccdddddddd"


@pytest.mark.parametrize(
    "wanted", ["*", "chrome.*", "chrome.*.apps.*", "*.users", "chrome.users", "chrome.users.Nej", ""]
)
def test_refused_filters(box: Box, wanted: str) -> None:
    assert box.resolve(box.target("Elever"), wanted).status_code == 400


def test_a_wildcard_takes_one_namespace(box: Box) -> None:
    found = box.resolve(box.target("Elever"), "chrome.users.*", pageSize=1000).json()["resolvedPolicies"]
    names = [each["value"]["policySchema"] for each in found]
    assert all(name.count(".") == 2 for name in names)
    assert "chrome.users.Screenshot" in names
    apps = box.resolve(box.target("Elever"), "chrome.users.apps.*").json()["resolvedPolicies"]
    assert [each["targetKey"]["additionalTargetKeys"] for each in apps] == [{"app_id": SEEDED}]
    assert [each["addedSourceKey"]["targetResource"] for each in apps] == [box.target("Elever")]


def test_defaults_have_no_source_and_are_a_switch(box: Box) -> None:
    target = box.target("Personal")
    [default] = box.resolve(target, "chrome.devices.GuestMode").json()["resolvedPolicies"]
    assert default["value"]["value"] == {"guestModeEnabled": True}
    assert "sourceKey" not in default
    box.options(resolve_lists_defaults=False)
    assert box.resolve(target, "chrome.devices.GuestMode").json() == {}


def test_one_app_or_all(box: Box) -> None:
    other = "chrome:eeeeeeeeffffffffgggggggghhhhhhhh"
    target = box.target("Personal")
    assert len(box.resolve(target, "chrome.users.apps.*", other).json()["resolvedPolicies"]) == 1
    assert box.resolve(target, "chrome.users.apps.*", SEEDED).json() == {}
    box.options(resolve_lists_app_defaults=True)
    listed = box.resolve(target, "chrome.users.apps.*", other).json()["resolvedPolicies"]
    assert len(listed) == 11
    assert sum("sourceKey" in each for each in listed) == 1


def test_pages_stand_in_the_body(box: Box) -> None:
    target = box.target("Elever")
    first = box.resolve(target, "chrome.users.*", pageSize=3).json()
    second = box.resolve(target, "chrome.users.*", pageSize=3, pageToken=first["nextPageToken"]).json()
    names = [each["value"]["policySchema"] for each in first["resolvedPolicies"] + second["resolvedPolicies"]]
    assert names == sorted(set(names))
    assert len(names) == 6
    assert box.resolve(target, "chrome.devices.*", pageToken=first["nextPageToken"]).status_code == 400
    assert box.resolve(target, "chrome.users.*", pageSize="3").status_code == 400


def test_int64_comes_as_text(box: Box) -> None:
    target, schema = box.target("Projekt"), "chrome.devices.ScheduledRebootDurationV2"
    box.modify(entry(target, schema, {"uptimeLimitDuration": {"duration": 5}}))
    [found] = box.resolve(target, schema).json()["resolvedPolicies"]
    assert found["value"]["value"] == {"uptimeLimitDuration": {"duration": "5"}}
    box.options(int64_as_strings=False)
    [found] = box.resolve(target, schema).json()["resolvedPolicies"]
    assert found["value"]["value"] == {"uptimeLimitDuration": {"duration": 5}}


def test_a_group_shows_only_its_own_values(box: Box) -> None:
    group = box.http.get("/google/admin/directory/v1/groups?domain=liten.example.se").json()["groups"][0]["id"]
    found = box.resolve(f"groups/{group}", "chrome.users.*").json()["resolvedPolicies"]
    assert [each["value"]["policySchema"] for each in found] == ["chrome.users.IncognitoMode"]


def test_schemas_by_filter(box: Box) -> None:
    found = box.http.get(f"{POLICIES}/policySchemas?filter=chrome.users.apps.InstallType").json()["policySchemas"]
    assert [each["schemaName"] for each in found] == ["chrome.users.apps.InstallType"]
    assert found[0]["name"] == "customers/C0liten/policySchemas/chrome.users.apps.InstallType"
    assert found[0]["additionalTargetKeyNames"][0]["key"] == "app_id"
    assert box.http.get(f"{POLICIES}/policySchemas?filter=nej").json() == {}
    assert box.http.get(f"{POLICIES}/policySchemas/chrome.users.Nej").status_code == 404


def test_notices_and_nested_messages_are_described(box: Box) -> None:
    arc = box.http.get(f"{POLICIES}/policySchemas/chrome.users.appsconfig.AndroidAppsEnabled").json()
    assert arc["notices"][0]["acknowledgementRequired"] is True
    names = [field["name"] for field in arc["definition"]["messageType"][0]["field"]]
    assert names == ["arcEnabled", "ackNoticeForArcEnabledSetToTrue"]
    marks = box.http.get(f"{POLICIES}/policySchemas/chrome.users.ManagedBookmarksSetting").json()
    assert marks["definition"]["messageType"][0]["name"] == "ManagedBookmarksSetting"
    assert "Folder" in {message["name"] for message in marks["definition"]["messageType"]}


def test_nested_bookmarks_are_checked(box: Box) -> None:
    def bookmarks(inner: object) -> dict[str, object]:
        folder = {"folder": {"name": "Läsning", "entries": [{"folder": {"name": "Mer", "entries": [inner]}}]}}
        return {"managedBookmarks": {"toplevelName": "Skolan", "bookmarks": [folder]}}

    target, schema = box.target("Elever"), "chrome.users.ManagedBookmarksSetting"
    good = bookmarks({"link": {"name": "Polyglutt", "url": "https://a.example.se"}})
    assert box.modify(entry(target, schema, good)).json() == {}
    assert box.modify(entry(target, schema, bookmarks({"länk": {}}))).status_code == 400
    [found] = box.resolve(target, schema).json()["resolvedPolicies"]
    assert found["value"]["value"] == good
