"""Devices: selection, projection, partial responses, moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.conftest import DIRECTORY, Box

DEVICES = f"{DIRECTORY}/devices/chromeos"


def _serials(box: Box, query: str) -> list[str]:
    return [device["serialNumber"] for device in box.http.get(f"{DEVICES}?{query}").json().get("chromeosdevices", [])]


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("orgUnitPath=Projekt", ["5CDNORR0001", "5CDNORR0002"]),
        ("orgUnitPath=/projekt", ["5CDNORR0001", "5CDNORR0002"]),
        ("orgUnitPath=Chromebooks", []),
        ("orgUnitPath=Chromebooks&includeChildOrgunits=true", ["5CDNORR0003", "5CDSODER09", "5CDSODER10"]),
        ("query=id:5CDSODER", ["5CDSODER09", "5CDSODER10"]),
        ("query=id:5C", []),
        ("query=5cdsoder1", ["5CDSODER10"]),
        ("query=status:deprovisioned", ["5CDNORR0003"]),
        ("query=status:provisioned asset_id:NORR-2", ["5CDNORR0002"]),
        ('query=location:"okänd plats"', ["5CDSODER09"]),
        ("query=id:5CD&orderBy=serialNumber&sortOrder=DESCENDING&maxResults=2", ["5CDSODER10", "5CDSODER09"]),
    ],
)
def test_selection(box: Box, query: str, serials: list[str]) -> None:
    assert _serials(box, query) == serials


@pytest.mark.parametrize(
    "query", ["includeChildOrgunits=true", "query=nej:x", "maxResults=x", "projection=basic", "orgUnitPath=Saknas"]
)
def test_refused_questions(box: Box, query: str) -> None:
    assert box.http.get(f"{DEVICES}?{query}").status_code in (400, 404)


def test_pages_and_their_tokens(box: Box) -> None:
    first = box.http.get(f"{DEVICES}?maxResults=4").json()
    token = first["nextPageToken"]
    rest = box.http.get(f"{DEVICES}?maxResults=4&pageToken={token}").json()
    assert (len(first["chromeosdevices"]), len(rest["chromeosdevices"])) == (4, 2)
    assert "nextPageToken" not in rest
    for bad in ("nej", token[:-2]):
        assert box.http.get(f"{DEVICES}?pageToken={bad}").status_code == 400
    # A token belongs to the question that it was given for.
    assert box.http.get(f"{DEVICES}?query=id:5CD&pageToken={token}").status_code == 400


def test_page_size_over_the_maximum(box: Box) -> None:
    assert box.http.get(f"{DEVICES}?maxResults=301").status_code == 200
    box.options(page_size_over_maximum="error")
    assert box.http.get(f"{DEVICES}?maxResults=301").status_code == 400


def test_projection_and_absent_values(box: Box) -> None:
    basic = box.http.get(f"{DEVICES}?query=id:OKAND").json()["chromeosdevices"][0]
    assert set(basic) == {
        "kind", "etag", "deviceId", "serialNumber", "status", "orgUnitPath", "orgUnitId", "lastSync",
    }  # fmt: skip
    full = box.http.get(f"{DEVICES}?query=id:5CDNORR0001&projection=FULL").json()["chromeosdevices"][0]
    assert (full["model"], full["autoUpdateThrough"]) == ("HP Chromebook 11 G9 EE", "2032-06-01T00:00:00.000Z")
    assert "annotatedUser" not in full


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("chromeosdevices(serialNumber,status)", {"chromeosdevices": [{"serialNumber": "OKAND0001", "status": "ACTIVE"}]}),
        ("chromeosdevices/serialNumber", {"chromeosdevices": [{"serialNumber": "OKAND0001"}]}),
        ("kind,chromeosdevices/orgUnitPath", {"kind": "admin#directory#chromeosdevices", "chromeosdevices": [{"orgUnitPath": "/"}]}),
        ("nextPageToken", {}),
    ],
)  # fmt: skip
def test_partial_responses(box: Box, fields: str, expected: dict[str, Any]) -> None:
    assert box.http.get(f"{DEVICES}?query=id:OKAND&fields={fields}").json() == expected


def test_a_mask_without_the_page_token_has_none(box: Box) -> None:
    assert set(box.http.get(f"{DEVICES}?maxResults=1&fields=chromeosdevices/status").json()) == {"chromeosdevices"}


def test_a_star_selects_every_name_of_its_level(box: Box) -> None:
    found = box.http.get(f"{DEVICES}?query=id:OKAND&fields=*(serialNumber)").json()
    assert set(found) == {"kind", "etag", "chromeosdevices"}
    assert found["chromeosdevices"] == [{"serialNumber": "OKAND0001"}]


@pytest.mark.parametrize("fields", ["nej", "chromeosdevices(nej)", "chromeosdevices(", "a b", "kind/x", ",", "kind)"])
def test_refused_masks(box: Box, fields: str) -> None:
    response = box.http.get(f"{DEVICES}?fields={fields}")
    assert response.status_code == 400
    assert response.json()["error"]["errors"][0]["reason"] == "invalidParameter"


def test_patching(box: Box) -> None:
    device = box.http.get(f"{DEVICES}?query=id:OKAND").json()["chromeosdevices"][0]["deviceId"]
    changed = box.http.patch(
        f"{DEVICES}/{device}", json={"annotatedLocation": "Förråd", "orgUnitPath": "/Personal"}
    ).json()
    assert (changed["annotatedLocation"], changed["orgUnitPath"]) == ("Förråd", "/Personal")
    assert box.http.patch(f"{DEVICES}/{device}", json={"notes": "x" * 501}).status_code == 400
    cleared = box.http.patch(f"{DEVICES}/{device}", json={"annotatedLocation": None}).json()
    assert "annotatedLocation" not in cleared
    assert box.http.patch(f"{DEVICES}/nej", json={}).status_code == 404


def test_place_by_id_and_path(box: Box) -> None:
    device = box.http.get(f"{DEVICES}?query=id:OKAND").json()["chromeosdevices"][0]["deviceId"]
    personal = box.target("Personal").removeprefix("orgunits/")
    both = {"orgUnitId": personal, "orgUnitPath": "/personal"}
    assert box.http.patch(f"{DEVICES}/{device}", json=both).json()["orgUnitId"] == personal
    refused = box.http.patch(f"{DEVICES}/{device}", json=both | {"orgUnitPath": "/Projekt"})
    assert refused.json()["error"]["message"] == "Invalid Input: Inconsistent Orgunit id and path in request"
    box.options(device_path_alone="refuse")
    assert box.http.patch(f"{DEVICES}/{device}", json={"orgUnitPath": "/Projekt"}).status_code == 400
    assert box.http.patch(f"{DEVICES}/{device}", json={"orgUnitId": personal}).status_code == 200


@pytest.mark.parametrize(("partial", "moved"), [(False, []), (True, ["5CDNORR0001"])])
def test_a_bad_id_in_a_move(box: Box, partial: bool, moved: list[str]) -> None:
    box.options(moves_partial=partial)
    ids = [each["deviceId"] for each in box.http.get(f"{DEVICES}?orgUnitPath=Projekt").json()["chromeosdevices"]]
    body = {"deviceIds": [ids[0], "nej", ids[1]]}
    response = box.http.post(f"{DEVICES}/moveDevicesToOu?orgUnitPath=/Personal", json=body)
    assert response.json()["error"]["errors"][0]["reason"] == "resourceNotFound"
    assert _serials(box, "orgUnitPath=Personal") == moved


def test_a_move_to_nowhere(box: Box) -> None:
    response = box.http.post(f"{DEVICES}/moveDevicesToOu?orgUnitPath=/Saknas", json={"deviceIds": ["x"]})
    assert response.json()["error"]["errors"][0]["reason"] == "invalidOrgunit"
    assert box.http.post(f"{DEVICES}/moveDevicesToOu", json={"deviceIds": ["x"]}).status_code == 400
    assert box.http.post(f"{DEVICES}/moveDevicesToOu?orgUnitPath=/", json={"deviceIds": []}).status_code == 400
