"""Eventual consistency: what was written is not seen at once (reference 4.8, 15.5)."""

from __future__ import annotations

import pytest

from tests.unit.sandbox.graph.conftest import BIND, GROUP, ROOT, Directory, code, message

GONE = "The source resource object or one of the objects being referenced do not exist."


def make(directory: Directory) -> str:
    answer = directory.http.post(f"{ROOT}/groups", json=GROUP)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def names(directory: Directory) -> list[str]:
    found = directory.get("/groups", params={"$select": "displayName"}).json()["value"]
    return [each["displayName"] for each in found]


def test_without_a_delay_it_is_there_at_once(directory: Directory) -> None:
    group = make(directory)
    assert directory.get(f"/groups/{group}").status_code == 200
    assert "7A iPads" in names(directory)


def test_a_new_group_is_missing_for_a_while(directory: Directory) -> None:
    directory.options(visible_after_seconds=5)
    group = make(directory)
    assert code(directory.get(f"/groups/{group}")) == "Request_ResourceNotFound"
    assert "7A iPads" not in names(directory)
    bound = directory.bind(group, directory.device("DMPNORR001"))
    assert (bound.status_code, code(bound), message(bound)) == (400, "Request_BadRequest", GONE)
    one = {"@odata.id": BIND + directory.device("DMPNORR001")}
    assert directory.http.post(f"{ROOT}/groups/{group}/members/$ref", json=one).status_code == 404
    directory.clock.advance(5)
    assert directory.get(f"/groups/{group}").status_code == 200
    assert "7A iPads" in names(directory)
    assert directory.bind(group, directory.device("DMPNORR001")).status_code == 204


def test_a_new_group_cannot_be_a_member_yet(directory: Directory) -> None:
    directory.options(visible_after_seconds=5)
    answer = directory.bind(directory.group("Allt"), make(directory))
    assert (answer.status_code, message(answer)) == (400, GONE)


@pytest.mark.parametrize("asks", ["get", "list", "bind"])
def test_the_delay_may_be_a_number_of_reads(directory: Directory, asks: str) -> None:
    directory.options(visible_after_reads=2)
    group = make(directory)

    def seen() -> bool:
        if asks == "list":
            return "7A iPads" in names(directory)
        if asks == "get":
            return directory.get(f"/groups/{group}").status_code == 200
        return directory.bind(group, directory.device("DMPNORR001")).status_code == 204

    assert [seen() for _ in range(3)] == [False, False, True]


def test_old_members_and_names_are_read_for_a_while(directory: Directory) -> None:
    directory.options(visible_after_seconds=10)
    group = directory.group("Norrskolan iPads")
    assert directory.bind(group, directory.device("DMPNORR010")).status_code == 204
    assert directory.http.patch(f"{ROOT}/groups/{group}", json={"displayName": "Nytt"}).status_code == 204
    assert len(directory.get(f"/groups/{group}/members").json()["value"]) == 3
    assert "Nytt" not in names(directory)
    again = directory.bind(group, directory.device("DMPNORR010"))
    assert again.status_code == 400  # the write was accepted: only reads are behind
    directory.clock.advance(10)
    assert len(directory.get(f"/groups/{group}/members").json()["value"]) == 4
    assert "Nytt" in names(directory)


def test_a_deleted_group_is_listed_for_a_while(directory: Directory) -> None:
    directory.options(visible_after_seconds=10)
    directory.http.delete(f"{ROOT}/groups/{directory.group('Norrskolan iPads')}")
    assert "Norrskolan iPads" in names(directory)
    directory.clock.advance(10)
    assert "Norrskolan iPads" not in names(directory)


def test_the_upsert_finds_what_reads_do_not_see(directory: Directory) -> None:
    directory.options(visible_after_seconds=10)
    path, headers = f"{ROOT}/groups(uniqueName='reconciler.a.x.y')", {"Prefer": "create-if-missing"}
    assert directory.http.patch(path, json=GROUP, headers=headers).status_code == 201
    assert directory.http.get(path).status_code == 404
    assert directory.http.patch(path, json=GROUP, headers=headers).status_code == 204
    directory.clock.advance(10)
    assert directory.http.get(path).status_code == 200


def test_fresh_groups_may_accept_members(directory: Directory) -> None:
    directory.options(visible_after_seconds=10, fresh_bind="accept")
    group = make(directory)
    assert directory.bind(group, directory.device("DMPNORR001")).status_code == 204
    assert directory.members(group) == {directory.device("DMPNORR001")}


def test_a_stale_read_on_request(directory: Directory) -> None:
    make(directory)
    directory.fault(kind="stale", path="/intune/v1.0/groups")
    assert "7A iPads" not in names(directory)
    assert "7A iPads" in names(directory)


def test_done_and_then_a_timeout_of_the_gateway(directory: Directory) -> None:
    directory.fault(kind="write-then-504", method="POST", path="/v1.0/groups")
    answer = directory.http.post(f"{ROOT}/groups", json=GROUP)
    assert (answer.status_code, code(answer)) == (504, "GatewayTimeout")
    assert "7A iPads" in names(directory)


def test_a_429_on_request_has_graphs_shape(directory: Directory) -> None:
    directory.fault(kind="429", path="/intune/", retry_after="2.128")
    answer = directory.get("/groups")
    assert (answer.status_code, code(answer), answer.headers["Retry-After"]) == (429, "TooManyRequests", "2.128")
