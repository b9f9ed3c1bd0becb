"""Members: all or none, twenty at once, and the deletion that a forgotten `/$ref` makes (reference 5.4, 15.6)."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.graph.conftest import BIND, EVENTUAL, ROOT, Directory, code, message

GONE = "The source resource object or one of the objects being referenced do not exist."
THERE = "One or more added object references already exist for the following modified properties: 'members'."
NOBODY = "11111111-2222-4333-8444-555555555555"


def test_bind_adds_and_does_not_replace(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    before = directory.members(group)
    assert directory.bind(group, directory.device("DMPNORR010")).status_code == 204
    assert directory.members(group) == before | {directory.device("DMPNORR010")}


def test_a_bad_one_adds_nobody(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    before = directory.members(group)
    answer = directory.bind(group, directory.device("DMPNORR010"), NOBODY)
    assert (answer.status_code, code(answer), message(answer)) == (400, "Request_BadRequest", GONE)
    assert directory.members(group) == before


def test_who_is_there_already_is_refused(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    answer = directory.bind(group, directory.device("DMPNORR010"), directory.device("DMPNORR001"))
    assert (answer.status_code, message(answer)) == (400, THERE)
    assert directory.device("DMPNORR010") not in directory.members(group)
    one = directory.http.post(
        f"{ROOT}/groups/{group}/members/$ref", json={"@odata.id": BIND + directory.device("DMPNORR001")}
    )
    assert (one.status_code, message(one)) == (400, THERE)


def test_twenty_at_once_and_no_more(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    keys = [directory.device(f"DMPNORR{number:03d}") for number in range(4, 25)]
    assert directory.bind(group, *keys).status_code == 400
    assert len(directory.members(group)) == 3
    assert directory.bind(group, *keys[:20]).status_code == 204
    assert len(directory.members(group)) == 23


def test_one_reference(directory: Directory) -> None:
    group = directory.group("Allt")
    path = f"{ROOT}/groups/{group}/members/$ref"
    assert directory.http.post(path, json={"@odata.id": BIND + directory.device("DMPNORR009")}).status_code == 204
    assert directory.http.post(path, json={"@odata.id": BIND + NOBODY}).status_code == 404


def test_removing_with_ref_leaves_the_device(directory: Directory) -> None:
    group, device = directory.group("Norrskolan iPads"), directory.device("DMPNORR001")
    assert directory.http.delete(f"{ROOT}/groups/{group}/members/{device}/$ref").status_code == 204
    assert device not in directory.members(group)
    assert directory.get(f"/devices/{device}").status_code == 200


def test_removing_without_ref_deletes_the_device(directory: Directory) -> None:
    group, device = directory.group("Norrskolan iPads"), directory.device("DMPNORR001")
    assert directory.http.delete(f"{ROOT}/groups/{group}/members/{device}").status_code == 204
    assert code(directory.get(f"/devices/{device}")) == "Request_ResourceNotFound"
    assert device not in directory.members(directory.group("Alla iPads"))


def test_removing_without_ref_is_refused_without_the_right(directory: Directory) -> None:
    group, device = directory.group("Norrskolan iPads"), directory.device("DMPNORR001")
    directory.options(roles=["GroupMember.ReadWrite.All", "Device.Read.All"])
    answer = directory.http.delete(f"{ROOT}/groups/{group}/members/{device}")
    assert (answer.status_code, code(answer)) == (403, "Authorization_RequestDenied")
    assert directory.get(f"/devices/{device}").status_code == 200


@pytest.mark.parametrize(("option", "status"), [("not-found", 404), ("ok", 204)])
def test_removing_who_is_no_member(directory: Directory, option: str, status: int) -> None:
    directory.options(remove_non_member=option)
    group, device = directory.group("Norrskolan iPads"), directory.device("DMPNORR030")
    assert directory.http.delete(f"{ROOT}/groups/{group}/members/{device}/$ref").status_code == status


@pytest.mark.parametrize(("option", "status"), [("bad-request", 400), ("forbidden", 403)])
def test_a_dynamic_groups_members_cannot_be_edited(directory: Directory, option: str, status: int) -> None:
    directory.options(dynamic_member_edit=option)
    group = directory.group("Alla iPads")
    assert directory.bind(group, directory.device("DMPNORR010")).status_code == status
    path = f"{ROOT}/groups/{group}/members/{directory.device('DMPNORR001')}/$ref"
    assert directory.http.delete(path).status_code == status


def test_adding_a_device_takes_both_rights(directory: Directory) -> None:
    directory.options(roles=["GroupMember.ReadWrite.All"])
    answer = directory.bind(directory.group("Allt"), directory.device("DMPNORR010"))
    assert (answer.status_code, code(answer)) == (403, "Authorization_RequestDenied")
    directory.options(roles=["GroupMember.ReadWrite.All", "Device.ReadWrite.All"])
    assert directory.bind(directory.group("Allt"), directory.device("DMPNORR010")).status_code == 204


def test_lists_carry_types_and_can_be_cut_down(directory: Directory) -> None:
    group = directory.group("Allt")
    found = directory.get(f"/groups/{group}/members", params={"$select": "id"}).json()["value"]
    assert found == [
        {"@odata.type": "#microsoft.graph.group", "id": directory.group("Norrskolan iPads")},
        {"@odata.type": "#microsoft.graph.device", "id": directory.device("PFSJO01")},
    ]
    every = directory.get(f"/groups/{group}/transitiveMembers", params={"$select": "id"}).json()["value"]
    assert {each["id"] for each in every} == {
        directory.group("Norrskolan iPads"),
        directory.device("PFSJO01"),
        *(directory.device(f"DMPNORR00{number}") for number in (1, 2, 3)),
    }


def test_a_cast_is_an_advanced_query(directory: Directory) -> None:
    path = f"/groups/{directory.group('Allt')}/members/microsoft.graph.device"
    answer = directory.get(path, params={"$count": "true"})
    assert (answer.status_code, code(answer)) == (400, "Request_UnsupportedQuery")
    found = directory.get(path, params={"$count": "true", "$select": "id"}, headers=EVENTUAL).json()
    assert [each["id"] for each in found["value"]] == [directory.device("PFSJO01")]
    assert found["@odata.count"] == 1


def test_references_and_counts(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    found = directory.get(f"/groups/{group}/members/$ref").json()["value"]
    assert {each["@odata.id"].rpartition("/")[2] for each in found} == directory.members(group)
    plain = directory.get(f"/groups/{group}/members/$count")
    assert (plain.status_code, code(plain)) == (400, "Request_BadRequest")
    counted = directory.get(f"/groups/{group}/members/$count", headers=EVENTUAL)
    assert (counted.text, counted.headers["Content-Type"].split(";")[0]) == ("3", "text/plain")
