"""Org units, devices and groups by Google's client."""

from __future__ import annotations

import json
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from reconciler.sandbox.google.state import Device, add_device
from tests.conformance.google_client.conftest import Client
from tests.conformance.google_client.discovery import faults


def _insert(client: Client, name: str, parent: str = "/") -> Any:
    body = {"name": name, "parentOrgUnitPath": parent}
    return client.directory.orgunits().insert(customerId="my_customer", body=body).execute()


def _add_devices(client: Client, count: int) -> None:
    state = client.sandbox.google.state
    for number in range(count):
        add_device(state, Device(id="", serial=f"5CDTEST{number:04d}", org_unit=state.root, asset_id=f"T-{number}"))


def test_org_units_with_swedish_names_and_spaces(client: Client) -> None:
    _insert(client, "Skolor")
    made = _insert(client, "Björk skolan", "/Skolor")
    assert faults("directory", made, {"$ref": "OrgUnit"}) == []
    assert made["orgUnitPath"] == "/Skolor/Björk skolan"
    got = client.directory.orgunits().get(customerId="my_customer", orgUnitPath="Skolor/Björk skolan").execute()
    assert got == made
    by_id = client.directory.orgunits().get(customerId="C0sandbox", orgUnitPath=made["orgUnitId"]).execute()
    assert by_id == made
    folded = client.directory.orgunits().get(customerId="my_customer", orgUnitPath="SKOLOR/björk SKOLAN").execute()
    assert folded["orgUnitId"] == made["orgUnitId"]


def test_listing_org_units_fits_the_document(client: Client) -> None:
    empty = client.directory.orgunits().list(customerId="my_customer", type="all").execute()
    assert "organizationUnits" not in empty
    _insert(client, "A")
    _insert(client, "B", "/A")
    listed = client.directory.orgunits().list(customerId="my_customer", type="all").execute()
    assert faults("directory", listed, {"$ref": "OrgUnits"}) == []
    assert [unit["orgUnitPath"] for unit in listed["organizationUnits"]] == ["/A", "/A/B"]
    children = client.directory.orgunits().list(customerId="my_customer", type="children").execute()
    assert [unit["name"] for unit in children["organizationUnits"]] == ["A"]
    whole = client.directory.orgunits().list(customerId="my_customer", type="allIncludingParent").execute()
    root = whole["organizationUnits"][0]
    assert root["orgUnitPath"] == "/"
    assert "parentOrgUnitId" not in root
    assert children["organizationUnits"][0]["parentOrgUnitId"] == root["orgUnitId"]


def test_a_rename_moves_every_descendant_and_keeps_ids(client: Client) -> None:
    _insert(client, "A")
    below = _insert(client, "B", "/A")
    client.directory.orgunits().patch(customerId="my_customer", orgUnitPath="A", body={"name": "Å"}).execute()
    got = client.directory.orgunits().get(customerId="my_customer", orgUnitPath="Å/B").execute()
    assert (got["orgUnitId"], got["parentOrgUnitPath"]) == (below["orgUnitId"], "/Å")


def test_deleting_answers_with_nothing_and_refuses_children(client: Client) -> None:
    _insert(client, "A")
    _insert(client, "B", "/A")
    with pytest.raises(HttpError) as refused:
        client.directory.orgunits().delete(customerId="my_customer", orgUnitPath="A").execute()
    assert refused.value.error_details[0]["reason"] == "conditionNotMet"
    assert client.directory.orgunits().delete(customerId="my_customer", orgUnitPath="A/B").execute() == ""
    client.directory.orgunits().delete(customerId="my_customer", orgUnitPath="A").execute()
    with pytest.raises(HttpError) as missing:
        client.directory.orgunits().get(customerId="my_customer", orgUnitPath="A").execute()
    assert missing.value.status_code == 404
    assert missing.value.error_details[0]["reason"] == "notFound"


def test_devices_are_paged_by_the_clients_own_walk(client: Client) -> None:
    _add_devices(client, 250)
    resource = client.directory.chromeosdevices()
    request = resource.list(customerId="my_customer", projection="FULL")
    pages = []
    while request is not None:
        answer = request.execute()
        assert faults("directory", answer, {"$ref": "ChromeOsDevices"}) == []
        pages.append(len(answer["chromeosdevices"]))
        request = resource.list_next(request, answer)
    assert pages == [100, 100, 50]


def test_moving_devices(client: Client) -> None:
    _add_devices(client, 60)
    _insert(client, "Norrskolan")
    ids = list(client.sandbox.google.state.devices)
    resource = client.directory.chromeosdevices()
    with pytest.raises(HttpError) as too_many:
        resource.moveDevicesToOu(
            customerId="C0sandbox", orgUnitPath="/Norrskolan", body={"deviceIds": ids[:51]}
        ).execute()
    assert too_many.value.status_code == 400
    answer = resource.moveDevicesToOu(
        customerId="C0sandbox", orgUnitPath="/Norrskolan", body={"deviceIds": ids[:50]}
    ).execute()
    assert answer == ""
    found = resource.list(customerId="my_customer", orgUnitPath="Norrskolan").execute()
    assert {device["deviceId"] for device in found["chromeosdevices"]} == set(ids[:50])
    assert {device["orgUnitPath"] for device in found["chromeosdevices"]} == {"/Norrskolan"}
    # The document counts int64 as a string.
    count = client.directory.customer().devices().chromeos().countChromeOsDevices(customerId="C0sandbox").execute()
    assert count == {"count": "60"}


def test_status_is_changed_device_by_device(client: Client) -> None:
    _add_devices(client, 2)
    ids = list(client.sandbox.google.state.devices)
    body = {
        "deviceIds": [*ids, "missing"],
        "changeChromeOsDeviceStatusAction": "CHANGE_CHROME_OS_DEVICE_STATUS_ACTION_DEPROVISION",
        "deprovisionReason": "DEPROVISION_REASON_RETIRING_DEVICE",
    }
    chromeos = client.directory.customer().devices().chromeos()
    answer = chromeos.batchChangeStatus(customerId="C0sandbox", body=body).execute()
    assert faults("directory", answer, {"$ref": "BatchChangeChromeOsDeviceStatusResponse"}) == []
    assert ["error" in each for each in answer["changeChromeOsDeviceStatusResults"]] == [False, False, True]
    got = client.directory.chromeosdevices().get(customerId="C0sandbox", deviceId=ids[0], projection="FULL").execute()
    assert (got["status"], got["deprovisionReason"]) == ("DEPROVISIONED", "DEPROVISION_REASON_RETIRING_DEVICE")


def test_groups(client: Client) -> None:
    body = {"email": "larare@exempelkommun.example.se", "name": "Lärare"}
    made = client.directory.groups().insert(body=body).execute()
    assert faults("directory", made, {"$ref": "Group"}) == []
    listed = client.directory.groups().list(customer="my_customer").execute()
    assert faults("directory", listed, {"$ref": "Groups"}) == []
    assert [group["id"] for group in listed["groups"]] == [made["id"]]
    members = client.directory.members().list(groupKey=made["id"]).execute()
    assert faults("directory", members, {"$ref": "Members"}) == []
    with pytest.raises(HttpError) as twice:
        client.directory.groups().insert(body=body).execute()
    assert twice.value.error_details[0]["reason"] == "duplicate"


def test_a_token_for_reading_can_not_write(reader: Client) -> None:
    assert reader.directory.orgunits().list(customerId="my_customer").execute()["kind"] == "admin#directory#orgUnits"
    with pytest.raises(HttpError) as refused:
        _insert(reader, "A")
    assert refused.value.status_code == 403
    assert json.loads(refused.value.content)["error"]["errors"][0]["reason"] == "insufficientPermissions"
