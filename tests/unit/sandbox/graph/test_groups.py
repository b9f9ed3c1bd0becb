"""Groups as the vendor's pages describe them: creation, the upsert, values that are refused (reference 5, 2026-11)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.graph.conftest import BIND, GROUP, ROOT, Directory, code, message

UPSERT = {"Prefer": "create-if-missing"}
KEY = "/groups(uniqueName='reconciler.a.sjoskolan.ipads')"


def test_a_created_group_is_answered_with_its_properties(directory: Directory) -> None:
    members = [BIND + directory.device("DMPNORR004")]
    answer = directory.http.post(f"{ROOT}/groups", json=GROUP | {"groupTypes": [], "members@odata.bind": members})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["displayName"], made["groupTypes"], made["membershipRule"], made["mail"]) == (
        "7A iPads",
        [],
        None,
        None,
    )
    assert made["securityEnabled"] is True
    assert made["mailEnabled"] is False
    assert directory.members(made["id"]) == {directory.device("DMPNORR004")}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"displayName": "x" * 257}, "displayName"),
        ({"displayName": ""}, "displayName"),
        ({"description": ""}, "description"),
        ({"mailNickname": "klass 7a"}, "mailNickname"),
        ({"mailNickname": "åk-7"}, "mailNickname"),
        ({"mailNickname": "x" * 65}, "mailNickname"),
        ({"mailNickname": None}, "mailNickname"),
        ({"mailEnabled": "false"}, "mailEnabled"),
        ({"groupTypes": ["Assigned"]}, "groupTypes"),
        ({"groupTypes": ["DynamicMembership"]}, "membershipRule"),
        ({"groupID": "x"}, "groupID"),
    ],
)
def test_a_bad_value_is_refused_by_name(directory: Directory, changes: dict[str, Any], name: str) -> None:
    count = len(directory.state.groups)
    answer = directory.http.post(f"{ROOT}/groups", json=GROUP | changes)
    assert (answer.status_code, code(answer)) == (400, "Request_BadRequest")
    assert f"'{name}'" in message(answer)
    assert len(directory.state.groups) == count


def test_the_nickname_is_required_even_for_security_groups(directory: Directory) -> None:
    body = {name: value for name, value in GROUP.items() if name != "mailNickname"}
    answer = directory.http.post(f"{ROOT}/groups", json=body)
    assert answer.status_code == 400
    assert message(answer) == "A value is required for property 'mailNickname' of resource 'Group'."


def test_upsert_creates_once_and_updates_then(directory: Directory) -> None:
    first = directory.http.patch(ROOT + KEY, json=GROUP, headers=UPSERT)
    assert first.status_code == 201
    assert first.json()["uniqueName"] == "reconciler.a.sjoskolan.ipads"
    again = directory.http.patch(ROOT + KEY, json=GROUP | {"displayName": "7B iPads"}, headers=UPSERT)
    assert (again.status_code, again.content) == (204, b"")
    found = directory.get(KEY).json()
    assert (found["id"], found["displayName"]) == (first.json()["id"], "7B iPads")


def test_without_the_header_it_is_a_plain_update(directory: Directory) -> None:
    answer = directory.http.patch(ROOT + KEY, json=GROUP)
    assert (answer.status_code, code(answer)) == (404, "Request_ResourceNotFound")
    answer = directory.http.patch(
        f"{ROOT}/groups(uniqueName='reconciler.a.norrskolan.ipads')", json={"displayName": "X"}
    )
    assert answer.status_code == 204
    assert directory.state.groups[directory.group("reconciler.a.norrskolan.ipads")].name == "X"


def test_the_unique_name_is_filled_in_once_and_stays(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    answer = directory.http.patch(f"{ROOT}/groups/{group}", json={"uniqueName": "other"})
    assert (answer.status_code, code(answer)) == (400, "Request_BadRequest")
    plain = directory.group("Allt")
    assert directory.http.patch(f"{ROOT}/groups/{plain}", json={"uniqueName": "allt"}).status_code == 204
    taken = directory.http.post(f"{ROOT}/groups", json=GROUP | {"uniqueName": "allt"})
    assert taken.status_code == 400
    assert "uniqueName already exists" in message(taken)


def test_display_names_need_not_differ(directory: Directory) -> None:
    found = directory.get("/groups", params={"$filter": "displayName eq 'dubbel'", "$select": "id"}).json()["value"]
    assert len(found) == 2
    assert len({each["id"] for each in found}) == 2


def test_null_clears_and_what_is_left_out_stays(directory: Directory) -> None:
    group = directory.group("Norrskolan iPads")
    assert directory.http.patch(f"{ROOT}/groups/{group}", json={"description": None}).status_code == 204
    found = directory.get(f"/groups/{group}").json()
    assert (found["description"], found["displayName"]) == (None, "Norrskolan iPads")


def test_a_deleted_group_is_gone_and_left_by_others(directory: Directory) -> None:
    group, outer = directory.group("Norrskolan iPads"), directory.group("Allt")
    assert directory.http.delete(f"{ROOT}/groups/{group}").status_code == 204
    assert code(directory.get(f"/groups/{group}")) == "Request_ResourceNotFound"
    assert group not in directory.members(outer)
    assert directory.http.delete(f"{ROOT}/groups/{group}").status_code == 404


def test_keys_in_both_forms_and_text_that_is_no_key(directory: Directory) -> None:
    group = directory.group("Allt")
    assert directory.get(f"/groups('{group}')").json()["displayName"] == "Allt"
    answer = directory.get("/groups/delta")
    assert (answer.status_code, message(answer)) == (400, "Invalid object identifier 'delta'.")


def test_role_assignable_takes_another_right(directory: Directory) -> None:
    answer = directory.http.post(f"{ROOT}/groups", json=GROUP | {"isAssignableToRole": True})
    assert (answer.status_code, code(answer)) == (403, "Authorization_RequestDenied")
