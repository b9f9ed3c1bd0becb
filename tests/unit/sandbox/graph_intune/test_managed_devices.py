"""Managed devices: filters that are ignored, dates that are not null, fields of single answers (reference 6.3)."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.graph_intune.conftest import Intune, refusal

DEVICES = "deviceManagement/managedDevices"


def _names(intune: Intune, text: str) -> list[str]:
    return [each["deviceName"] for each in intune.get(DEVICES, version="v1.0", filter=text)["value"]]


def test_that_a_list_counts_unasked_and_pages(intune: Intune) -> None:
    first = intune.get(DEVICES, version="v1.0", select="id,serialNumber", top="4")
    assert first["@odata.count"] == 6
    assert [each["serialNumber"] for each in first["value"]] == ["DMP0001", "DMP0002", "DMP0003", "MAC0001"]
    second = intune.http.get(first["@odata.nextLink"]).json()
    assert [each["serialNumber"] for each in second["value"]] == ["PC0001", "DMP9999"]
    assert "@odata.count" not in second
    assert "@odata.nextLink" not in second


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("operatingSystem eq 'macOS'", ["NORR-MAC"]),
        ("deviceName eq 'norr-pc'", ["NORR-PC"]),
        ("serialNumber eq 'DMP0002'", ["NORR-02"]),
        ("operatingSystem eq 'iOS' and deviceCategoryDisplayName eq 'Elev'", ["NORR-01", "NORR-02", "NORR-03"]),
    ],
)
def test_filters_that_work(intune: Intune, text: str, names: list[str]) -> None:
    assert _names(intune, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "model eq 'MacBookAir10,1'",
        "startswith(deviceName,'NORR-P')",
        "operatingSystem ne 'iOS'",
        "operatingSystem eq 'macOS' and model eq 'x'",
        "deviceName eq 'NORR-01' or deviceName eq 'NORR-02'",
        "nonsense",
    ],
)
def test_that_other_filters_are_ignored_without_a_word(intune: Intune, text: str) -> None:
    assert len(_names(intune, text)) == 6


def test_that_of_several_entra_ids_only_the_first_is_found(intune: Intune) -> None:
    ids = [each["azureADDeviceId"] for each in intune.get(DEVICES, select="azureADDeviceId")["value"]]
    assert _names(intune, f"azureADDeviceId eq '{ids[1]}' or azureADDeviceId eq '{ids[2]}'") == ["NORR-02"]


def test_that_the_filter_on_serial_numbers_can_be_switched_off(intune: Intune) -> None:
    intune.options(serial_filter="ignored")
    assert len(_names(intune, "serialNumber eq 'DMP0002'")) == 6


def test_that_the_filter_on_serial_numbers_can_mind_the_case(intune: Intune) -> None:
    assert len(_names(intune, "serialNumber eq 'dmp0002'")) == 1
    intune.options(serial_filter="exact")
    assert _names(intune, "serialNumber eq 'dmp0002'") == []
    assert len(_names(intune, "serialNumber eq 'DMP0002'")) == 1


def test_unset_values(intune: Intune) -> None:
    device = intune.get(DEVICES, filter="serialNumber eq 'DMP9999'")["value"][0]
    assert device["lastSyncDateTime"] == "0001-01-01T00:00:00Z"
    assert device["azureADDeviceId"] == "00000000-0000-0000-0000-000000000000"
    assert device["azureADRegistered"] is False
    assert device["isEncrypted"] is False
    assert "userPrincipalName" not in device


def test_fields_that_only_a_single_answer_has(intune: Intune) -> None:
    listed = intune.get(DEVICES, select="id,notes,userPrincipalName")["value"][0]
    assert listed["notes"] is None
    assert listed["userPrincipalName"] == ""
    single = intune.get(f"{DEVICES}/{listed['id']}", select="deviceName,udid")
    assert single["deviceName"] == "NORR-01"
    assert "udid" in single


def test_refusals(intune: Intune) -> None:
    assert refusal(intune.call("GET", DEVICES, version="v1.0", select="serial")) == (
        "Parsing OData Select and Expand failed: "
        "Could not find a property named 'serial' on type 'microsoft.graph.managedDevice'."
    )
    assert refusal(intune.call("GET", f"{DEVICES}/unknown"), 404).startswith("The requested resource unknown")
    answer = intune.call("GET", "deviceManagement/deviceShells")
    assert answer.json()["error"]["code"] == "No method match route template"
    assert refusal(answer).startswith("No OData route exists that match template ~/deviceManagement/deviceShells")


def test_that_a_serial_number_is_found_as_it_is_now(intune: Intune) -> None:
    """Devices that come and go by hand between two questions."""
    again = "serialNumber eq 'DMP0002'"
    before = len(_names(intune, again))
    intune.edit("graph_add_devices", serials=["DMP0002"], name="NORR-99")
    assert len(_names(intune, again)) == before + 1
    intune.edit("graph_remove_devices", serials=["DMP0002"])
    assert _names(intune, again) == []
