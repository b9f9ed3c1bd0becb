"""Org units: the edges that Google's client does not reach."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.unit.sandbox.conftest import DIRECTORY, Box, entry

UNITS = f"{DIRECTORY}/orgunits"


def _reason(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert response.status_code == error["code"]
    return error["code"], error["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"parentOrgUnitPath": "/"}, (400, "required")),
        ({"name": "X"}, (400, "required")),
        ({"name": "X", "parentOrgUnitPath": "/Saknas"}, (400, "invalid")),
        ({"name": "X", "parentOrgUnitId": "id:saknas"}, (400, "invalid")),
        ({"name": "ELEVER", "parentOrgUnitPath": "/"}, (400, "invalid")),
        ({"name": "X", "parentOrgUnitPath": "/", "colour": "red"}, (400, "invalid")),
        ({"name": 7, "parentOrgUnitPath": "/"}, (400, "invalid")),
    ],
)
def test_refused_inserts(box: Box, body: dict[str, Any], expected: tuple[int, str]) -> None:
    assert _reason(box.http.post(UNITS, json=body)) == expected


def test_an_unknown_name_is_named_as_google_does(box: Box) -> None:
    message = box.http.post(UNITS, json={"name": "X", "colour": "red"}).json()["error"]["message"]
    assert message == 'Invalid JSON payload received. Unknown name "colour": Cannot find field.'
    nested = box.modify(entry("orgunits/x", "s", {}) | {"mask": "a"}).json()["error"]["message"]
    assert nested == "Invalid JSON payload received. Unknown name \"mask\" at 'requests[0]': Cannot find field."


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("invalid", (400, "invalid")), ("backendError", (503, "backendError")), ("conflict", (409, "duplicate"))],
)
def test_the_form_of_a_duplicate_is_a_switch(box: Box, answer: str, expected: tuple[int, str]) -> None:
    box.options(duplicate_org_unit=answer)
    assert _reason(box.http.post(UNITS, json={"name": "Elever", "parentOrgUnitPath": "/"})) == expected


def test_slashes_in_names(box: Box) -> None:
    made = box.http.post(UNITS, json={"name": "1A/1B", "parentOrgUnitPath": "/Elever"}).json()
    assert made["orgUnitPath"] == "/Elever/1A_1B"
    box.options(org_unit_slash="refuse")
    assert _reason(box.http.post(UNITS, json={"name": "2A/2B", "parentOrgUnitPath": "/Elever"})) == (400, "invalid")


def test_a_leading_slash_in_the_path_is_not_found(box: Box) -> None:
    assert _reason(box.http.get(f"{UNITS}//Elever")) == (404, "notFound")


def test_moving(box: Box) -> None:
    moved = box.http.patch(f"{UNITS}/Elever/Norrskolan", json={"parentOrgUnitPath": "/Personal"}).json()
    assert moved["orgUnitPath"] == "/Personal/Norrskolan"
    assert box.org_unit("Personal/Norrskolan/1A")["name"] == "1A"
    assert _reason(box.http.patch(f"{UNITS}/Personal", json={"parentOrgUnitPath": "/Personal/Norrskolan/1A"})) == (
        400,
        "invalid",
    )
    assert _reason(box.http.patch(f"{UNITS}/Projekt", json={"name": "Personal"})) == (400, "invalid")


def test_put_keeps_what_is_left_out(box: Box) -> None:
    changed = box.http.put(f"{UNITS}/Personal", json={"name": "Lärare"}).json()
    assert (changed["orgUnitPath"], changed["description"]) == ("/Lärare", "Lärare och elevassistenter")
    cleared = box.http.patch(f"{UNITS}/Lärare", json={"description": ""}).json()
    assert "description" not in cleared


def test_an_org_unit_with_devices_is_not_deleted(box: Box) -> None:
    assert _reason(box.http.delete(f"{UNITS}/Projekt")) == (412, "conditionNotMet")
    assert box.http.delete(f"{UNITS}/Personal").status_code == 204


def test_depth_is_limited(box: Box) -> None:
    parent = "/"
    for level in range(35):
        made = box.http.post(UNITS, json={"name": f"N{level}", "parentOrgUnitPath": parent})
        assert made.status_code == 200, level
        parent = made.json()["orgUnitPath"]
    assert box.http.post(UNITS, json={"name": "N35", "parentOrgUnitPath": parent}).status_code == 400


def test_a_new_org_unit_can_be_hidden_for_a_while(box: Box) -> None:
    box.options(org_unit_visible_after_seconds=30)
    made = box.http.post(UNITS, json={"name": "Ny", "parentOrgUnitPath": "/"}).json()
    screenshot = entry("orgunits/" + made["orgUnitId"][3:], "chrome.users.Screenshot", {"disableScreenshots": True})
    assert _reason(box.http.get(f"{UNITS}/Ny")) == (404, "notFound")
    assert "Ny" not in box.http.get(f"{UNITS}?type=all").text
    assert box.modify(screenshot).status_code == 404
    assert box.http.post(UNITS, json={"name": "Under", "parentOrgUnitPath": "/Ny"}).status_code == 400
    box.clock.advance(30)
    assert box.org_unit("Ny")["orgUnitId"] == made["orgUnitId"]
    assert box.modify(screenshot).status_code == 200


def test_a_new_org_unit_can_be_hidden_from_the_first_reads(box: Box) -> None:
    box.options(org_unit_visible_after_reads=2, pending_org_unit_reason="invalid")
    box.http.post(UNITS, json={"name": "Ny", "parentOrgUnitPath": "/"})
    assert [box.http.get(f"{UNITS}/Ny").status_code for _ in range(3)] == [400, 400, 200]


def test_another_customer_is_refused(box: Box) -> None:
    path = "/google/admin/directory/v1/customer/C0annan/orgunits"
    assert _reason(box.http.get(path)) == (403, "forbidden")
    assert box.http.get("/google/v1/customers/C0annan/policySchemas").status_code == 403
    assert box.http.get("/google/admin/directory/v1/customer/C0liten/orgunits").status_code == 200


def test_unknown_query_parameters_and_values(box: Box) -> None:
    for query in ("typ=all", "type=alla", "type=all&type=all"):
        assert box.http.get(f"{UNITS}?{query}").status_code == 400
    assert box.http.get(f"{UNITS}?type=all&alt=json&prettyPrint=false").status_code == 200


def test_tokens(box: Box) -> None:
    for token in ("", "Bearer", "Bearer nej", "Basic sandbox-write"):
        response = box.http.get(UNITS, headers={"Authorization": token})
        assert _reason(response) == (401, "authError")
    reading = {"Authorization": "Bearer sandbox-read"}
    assert box.http.get(UNITS, headers=reading).status_code == 200
    refused = box.http.post(UNITS, json={"name": "X", "parentOrgUnitPath": "/"}, headers=reading)
    assert _reason(refused) == (403, "insufficientPermissions")
