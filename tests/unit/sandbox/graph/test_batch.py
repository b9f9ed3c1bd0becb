"""`$batch`: at most twenty, answered one by one in any order, throttled one by one (reference 4.7, 15.3)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.sandbox.graph.conftest import BIND, EVENTUAL, GROUP, Directory, code, message

JSON = {"Content-Type": "application/json"}


def read(key: str, url: str = "/groups?$select=id&$top=1", **rest: Any) -> dict[str, Any]:
    return {"id": key, "method": "GET", "url": url} | rest


def by_id(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in found["responses"]}


def test_parts_are_answered_for_themselves(directory: Directory) -> None:
    group, device = directory.group("Norrskolan iPads"), directory.device("DMPNORR001")
    answer = directory.batch(
        read("1", f"/groups/{group}/members?$select=id&$top=999"),
        read("2", "devices/11111111-2222-4333-8444-555555555555"),
        {"id": "3", "method": "DELETE", "url": f"/groups/{group}/members/{device}/$ref"},
    )
    assert answer.status_code == 200
    found = by_id(answer.json())
    assert (found["1"]["status"], len(found["1"]["body"]["value"])) == (200, 3)
    assert (found["2"]["status"], found["2"]["body"]["error"]["code"]) == (404, "Request_ResourceNotFound")
    assert found["3"]["status"] == 204
    assert "body" not in found["3"]
    assert device not in directory.members(group)


def test_the_order_is_not_kept(directory: Directory) -> None:
    directory.options(batch_order="shuffled")
    found = directory.batch(*(read(str(number)) for number in range(20))).json()["responses"]
    assert [each["id"] for each in found] != [str(number) for number in range(20)]
    assert {each["id"] for each in found} == {str(number) for number in range(20)}


def test_numbers_as_ids_and_urls_without_a_slash(directory: Directory) -> None:
    found = directory.batch({"id": 7, "method": "GET", "url": "groups?$top=1"}).json()["responses"]
    assert [(int(each["id"]), each["status"]) for each in found] == [(7, 200)]


def test_absolute_urls_are_tolerated_but_not_another_version(directory: Directory) -> None:
    answer = directory.batch(
        read("1", "https://graph.microsoft.com/v1.0/groups?$top=1"),
        read("2", "http://sandbox/intune/v1.0/groups?$top=1"),
        read("3", "https://graph.microsoft.com/beta/groups?$top=1"),
    )
    assert {key: each["status"] for key, each in by_id(answer.json()).items()} == {"1": 200, "2": 200, "3": 405}


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [read(str(number)) for number in range(21)],
        [read("a"), read("A")],
        [read("1", dependsOn=["2"])],
        [read("1", dependsOn=["2"]), read("2", dependsOn=["1"])],
        [{"method": "GET", "url": "/groups"}],
        [{"id": "1", "method": "POST", "url": "/groups", "body": GROUP}],
        [{"id": "1", "method": "POST", "url": "/groups", "headers": JSON}],
    ],
)
def test_a_malformed_batch_is_refused_whole(directory: Directory, requests: list[dict[str, Any]]) -> None:
    count = len(directory.state.groups)
    answer = directory.batch(*requests)
    assert answer.status_code == 400
    assert code(answer) in ("BadRequest", "MaximumValueExceeded")
    assert len(directory.state.groups) == count


def test_what_depends_on_a_failure_fails_too(directory: Directory) -> None:
    group = directory.group("Allt")
    add = {"@odata.id": BIND + directory.device("DMPNORR009")}
    path = f"/groups/{group}/members"
    answer = directory.batch(
        {"id": "3", "method": "POST", "url": f"{path}/$ref", "headers": JSON, "body": add, "dependsOn": ["2"]},
        {"id": "2", "method": "DELETE", "url": f"{path}/{directory.device('DMPNORR008')}/$ref"},
        read("4", dependsOn=["3"]),
        read("5"),
    )
    assert {key: each["status"] for key, each in by_id(answer.json()).items()} == {
        "2": 404,
        "3": 424,
        "4": 424,
        "5": 200,
    }
    assert directory.device("DMPNORR009") not in directory.members(group)


def test_headers_of_a_part_are_its_own(directory: Directory) -> None:
    url = f"/groups/{directory.group('Norrskolan iPads')}/members/$count"
    answer = directory.batch(read("1", url), read("2", url, headers=EVENTUAL))
    found = by_id(answer.json())
    assert found["1"]["status"] == 400
    assert base64.urlsafe_b64decode(found["2"]["body"]) == b"3"


def test_a_part_over_the_quota_has_its_own_429(directory: Directory) -> None:
    directory.options(directory_writes=2, retry_after="decimal")
    group = directory.group("Allt")
    parts = [
        {"id": str(number), "method": "PATCH", "url": f"/groups/{group}", "headers": JSON,
         "body": {"members@odata.bind": [BIND + directory.device(f"DMPNORR{number:03d}")]}}
        for number in range(1, 5)
    ]  # fmt: skip
    answer = directory.batch(*parts, read("9"))
    assert answer.status_code == 200
    found = by_id(answer.json())
    assert [found[key]["status"] for key in ("1", "2", "3", "4", "9")] == [204, 204, 429, 429, 200]
    assert float(found["3"]["headers"]["Retry-After"]) == pytest.approx(150.0)
    assert found["3"]["body"]["error"]["code"] == "TooManyRequests"
    assert "Retry-After" not in answer.headers


def test_a_fault_can_hit_one_part(directory: Directory) -> None:
    group = directory.group("Allt")
    directory.fault(kind="429", method="PATCH", path=f"/v1.0/groups/{group}", retry_after="3", nth=2)
    directory.fault(kind="write-then-504", path="/v1.0/groups/.*/members/.*ref")
    parts = [
        {
            "id": str(number),
            "method": "PATCH",
            "url": f"/groups/{group}",
            "headers": JSON,
            "body": {"description": f"{number}"},
        }
        for number in (1, 2)
    ]
    answer = directory.batch(
        *parts, {"id": "3", "method": "DELETE", "url": f"/groups/{group}/members/{directory.device('PFSJO01')}/$ref"}
    )
    found = by_id(answer.json())
    assert {key: each["status"] for key, each in found.items()} == {"1": 204, "2": 429, "3": 504}
    assert found["2"]["headers"]["Retry-After"] == "3"
    assert directory.state.groups[group].description == "1"
    assert directory.device("PFSJO01") not in directory.members(group)


def test_a_bad_token_refuses_the_batch(directory: Directory) -> None:
    answer = directory.http.post("/intune/v1.0/$batch", json={"requests": [read("1")]}, headers={"Authorization": ""})
    assert (answer.status_code, message(answer)) == (401, "Access token is empty.")
