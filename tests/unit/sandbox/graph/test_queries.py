"""Lists: pages, `$select`, `$filter` and the ConsistencyLevel rules (reference 4.1–4.3, 5.1, 15.2)."""

from __future__ import annotations

from typing import Literal

import pytest

from reconciler.sandbox.graph.call import Call, page
from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.graph.state import GraphState
from tests.unit.sandbox.graph.conftest import EVENTUAL, Directory, code, message

COUNT = {"$count": "true"}


def names(directory: Directory, text: str, *, advanced: bool = False) -> list[str]:
    query = {"$filter": text, "$select": "displayName"} | (COUNT if advanced else {})
    answer = directory.get("/groups", params=query, headers=EVENTUAL if advanced else {})
    assert answer.status_code == 200, answer.text
    return [each["displayName"] for each in answer.json()["value"]]


def test_pages_follow_the_link_to_the_end(directory: Directory) -> None:
    address, found, pages = "/devices?$select=id,deviceId&$top=10", [], 0
    answer = directory.get(address).json()
    while True:
        pages += 1
        found += answer["value"]
        if "@odata.nextLink" not in answer:
            break
        assert answer["@odata.nextLink"].startswith("http://sandbox/intune/v1.0/devices?")
        answer = directory.http.get(answer["@odata.nextLink"]).json()
    assert (pages, len(found)) == (4, 35)  # 30 iPads, 3 PCs, 2 enrolments of one serial number
    assert {frozenset(each) for each in found} == {frozenset(("id", "deviceId"))}
    assert len({each["id"] for each in found}) == 35


def test_a_page_may_be_empty_and_have_a_link(directory: Directory) -> None:
    directory.options(empty_pages=True, page_size=20)
    first = directory.get("/devices").json()
    assert first["value"] == []
    second = directory.http.get(first["@odata.nextLink"]).json()
    assert len(second["value"]) == 20
    third = directory.http.get(second["@odata.nextLink"]).json()
    assert len(third["value"]) == 15
    assert "@odata.nextLink" not in third


def test_the_count_stands_on_the_first_page_and_needs_the_header_again(directory: Directory) -> None:
    query = {"$count": "true", "$top": "20"}
    assert "@odata.count" not in directory.get("/devices", params=query).json()
    first = directory.get("/devices", params=query, headers=EVENTUAL).json()
    assert first["@odata.count"] == 35
    assert "@odata.count" not in directory.http.get(first["@odata.nextLink"], headers=EVENTUAL).json()


@pytest.mark.parametrize(("option", "size"), [("cap", 999), ("ignore", 100)])
def test_a_top_above_the_maximum(option: Literal["cap", "ignore"], size: int) -> None:
    call = Call(
        version="v1.0", verb="GET", segments=("groups",), query={"$top": "5000"}, directory=GraphState(),
        options=GraphOptions(top_over_maximum=option),
    )  # fmt: skip
    assert len(page(range(3000), call, 100, 999)["value"]) == size


def test_a_top_above_the_maximum_may_be_an_error(directory: Directory) -> None:
    directory.options(top_over_maximum="error")
    assert directory.get("/devices", params={"$top": "1000"}).status_code == 400
    assert directory.get("/devices", params={"$top": "999"}).status_code == 200


def test_a_token_belongs_to_its_question(directory: Directory) -> None:
    link = directory.get("/devices?$top=10").json()["@odata.nextLink"]
    assert directory.http.get(link.replace("/devices?", "/groups?")).status_code == 400
    assert directory.http.get(link).status_code == 200


def test_skip_is_not_supported(directory: Directory) -> None:
    assert code(directory.get("/groups", params={"$skip": "1"})) == "Request_BadRequest"


def test_select_of_a_misspelt_name(directory: Directory) -> None:
    answer = directory.get("/groups", params={"$select": "id,displayname"})
    assert answer.status_code == 400
    assert "Could not find a property named 'displayname' on type 'microsoft.graph.group'" in message(answer)


def test_tips_are_given_to_who_does_not_select(directory: Directory) -> None:
    assert "@microsoft.graph.tips" in directory.get("/groups").json()
    assert "@microsoft.graph.tips" not in directory.get("/groups", params={"$select": "id"}).json()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'ALLT'", ["Allt"]),
        ("startsWith(displayName,'Norr')", ["Norrskolan iPads"]),
        ("displayName in ('Allt', 'Dubbel')", ["Dubbel", "Dubbel", "Allt"]),
        ("displayName eq 'Allt' or displayName eq 'Alla iPads'", ["Alla iPads", "Allt"]),
        ("groupTypes/any(c:c eq 'Unified')", ["Personal Norrskolan"]),
        ("securityEnabled eq true and (mail eq 'personal.norr@exempelkommun.example.se')", ["Personal Norrskolan"]),
        ("startsWith(membershipRule,'(device.')", ["Alla iPads"]),
        ("displayName eq 'O''Hara'", []),
    ],
)
def test_filters(directory: Directory, text: str, expected: list[str]) -> None:
    assert names(directory, text) == expected


@pytest.mark.parametrize(
    "text", ["displayName ne 'Allt'", "not(displayName eq 'Allt')", "not startsWith(displayName,'All')"]
)
def test_some_operators_need_an_advanced_query(directory: Directory, text: str) -> None:
    answer = directory.get("/groups", params={"$filter": text})
    assert (answer.status_code, code(answer)) == (400, "Request_UnsupportedQuery")
    header_only = directory.get("/groups", params={"$filter": text}, headers=EVENTUAL)
    assert code(header_only) == "Request_UnsupportedQuery"
    assert "Allt" not in names(directory, text, advanced=True)


@pytest.mark.parametrize(
    "text",
    [
        "endsWith(description,'x')",
        "description ge 'a'",
        "uniqueName eq 'x'",
        "contains(displayName,'x')",
        "members/any(m:m eq 'x')",
    ],
)
def test_what_is_not_supported_is_said(directory: Directory, text: str) -> None:
    answer = directory.get("/groups", params={"$filter": text} | COUNT, headers=EVENTUAL)
    assert (answer.status_code, code(answer)) == (400, "Request_UnsupportedQuery")


@pytest.mark.parametrize(
    "text", ["displayName", "displayName eq", "displayName eq 'a", "displayName is 'a'", "(displayName eq 'a'", ""]
)
def test_bad_syntax(directory: Directory, text: str) -> None:
    answer = directory.get("/groups", params={"$filter": text})
    assert (answer.status_code, code(answer)) == (400, "BadRequest")


def test_ordering_with_a_filter_is_advanced(directory: Directory) -> None:
    query = {"$filter": "startsWith(displayName,'All')", "$orderby": "displayName desc", "$select": "displayName"}
    assert code(directory.get("/groups", params=query)) == "Request_UnsupportedQuery"
    found = directory.get("/groups", params=query | COUNT, headers=EVENTUAL).json()["value"]
    assert [each["displayName"] for each in found] == ["Allt", "Alla iPads"]


def test_search_needs_the_header(directory: Directory) -> None:
    query = {"$search": '"displayName:ipads"', "$select": "displayName"}
    assert code(directory.get("/groups", params=query)) == "Request_UnsupportedQuery"
    found = directory.get("/groups", params=query, headers=EVENTUAL).json()["value"]
    assert {each["displayName"] for each in found} == {"Norrskolan iPads", "Alla iPads"}


def test_expanded_members_are_twenty_at_most(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    for start in (4, 14, 24):
        last = min(start + 10, 31)
        directory.bind(group, *(directory.device(f"DMPNORR{number:03d}") for number in range(start, last)))
    assert len(directory.members(group)) == 30
    assert len(directory.get(f"/groups/{group}", params={"$expand": "members($select=id)"}).json()["members"]) == 20


def test_devices_by_their_other_key_and_their_attributes(directory: Directory) -> None:
    device = directory.state.devices[directory.device("DMPNORR001")]
    path = f"/devices(deviceId='{device.device_id}')"
    found = directory.get(path).json()
    assert (found["id"], found["displayName"], found["operatingSystem"]) == (device.id, "NORR-01", "iPad")
    body = {"extensionAttributes": {"extensionAttribute1": "7A"}}
    assert directory.http.patch(f"/intune/v1.0/devices/{device.id}", json=body).status_code == 204
    query = {"$filter": "extensionAttributes/extensionAttribute1 eq '7a'", "$select": "id"}
    assert directory.get("/devices", params=query).json()["value"] == [{"id": device.id}]
    refused = directory.http.patch(
        f"/intune/v1.0/devices/{device.id}", json={"extensionAttributes": {"extensionAttribute16": "x"}}
    )
    assert refused.status_code == 400


def test_where_a_device_is_member(directory: Directory) -> None:
    device = directory.device("DMPNORR001")
    direct = directory.get(f"/devices/{device}/memberOf").json()["value"]
    assert [each["displayName"] for each in direct] == ["Norrskolan iPads", "Alla iPads"]
    ids = directory.get(f"/devices/{device}/memberOf", params={"$select": "id"}).json()["value"]
    assert [set(each) - {"@odata.type"} for each in ids] == [{"id"}, {"id"}]
    assert [each["id"] for each in ids] == [each["id"] for each in direct]
    every = directory.get(f"/devices/{device}/transitiveMemberOf").json()["value"]
    assert [each["displayName"] for each in every] == ["Norrskolan iPads", "Alla iPads", "Allt"]


@pytest.mark.parametrize(
    ("verb", "path", "status"), [("GET", "/applications", 400), ("PUT", "/groups", 405), ("POST", "/devices/x", 405)]
)
def test_what_is_not_there(directory: Directory, verb: str, path: str, status: int) -> None:
    answer = directory.http.request(verb, f"/intune/v1.0{path}", json={} if verb != "GET" else None)
    assert answer.status_code == status
    assert directory.http.get("/intune/v2.0/groups").status_code == 400


def test_the_organisation_is_the_tenant(directory: Directory) -> None:
    found = directory.get("/organization", params={"$select": "id"}).json()["value"]
    assert found == [{"id": "7b0c2a52-3f0e-4a2b-9d51-0d6f1c9e2a10"}]
