"""Faults in process: each kind, and which request it hits."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime

import httpx
import pytest

from reconciler.sandbox.faults import Fault, FaultQueue
from tests.unit.sandbox.conftest import DIRECTORY, Box

UNITS = f"{DIRECTORY}/orgunits"
NEW = {"name": "Ny", "parentOrgUnitPath": "/"}


def test_the_nth_match_and_some_after_it() -> None:
    queue = FaultQueue()
    queue.add(Fault(kind="500", method="GET", path="orgunits", nth=2, times=2))
    addresses = [("GET", "/a/orgunits"), ("POST", "/a/orgunits"), ("GET", "/b"), *[("GET", "/a/orgunits?x=1")] * 3]
    assert [queue.take(*address) is not None for address in addresses] == [False, False, False, True, True, False]
    assert queue.waiting == []


def test_two_faults_on_one_request_come_one_after_the_other() -> None:
    queue = FaultQueue()
    queue.add(Fault(kind="500"))
    queue.add(Fault(kind="502-text"))
    kinds = [fault.kind if (fault := queue.take("GET", "/")) else None for _ in range(3)]
    assert kinds == ["500", "502-text", None]


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [({"kind": "nej"}, "unknown kind"), ({"kind": "500", "nth": 0}, "start at 1"), ({"kind": "500", "x": 1}, "unknown key 'x'")],
)  # fmt: skip
def test_bad_faults(box: Box, fault: dict[str, object], complaint: str) -> None:
    response = box.http.post("/_sandbox/faults", json=fault)
    assert response.status_code == 400
    assert complaint in response.json()["error"]


@pytest.mark.parametrize("text", ["3", "0.5", "31536000", "snart"])
def test_too_many_requests_with_retry_after(box: Box, text: str) -> None:
    box.fault(kind="429", retry_after=text)
    response = box.http.get(UNITS)
    assert (response.status_code, response.headers["Retry-After"]) == (429, text)
    assert box.http.get(UNITS).status_code == 200


def test_too_many_requests_with_a_date_or_nothing(box: Box) -> None:
    box.fault(kind="429", retry_after="date:20")
    box.fault(kind="429")
    dated, bare = box.http.get(UNITS), box.http.get(UNITS)
    assert parsedate_to_datetime(dated.headers["Retry-After"]).timestamp() == int(box.clock.now()) + 20
    assert (bare.status_code, "Retry-After" in bare.headers) == (429, False)


@pytest.mark.parametrize(
    ("kind", "code", "content_type"),
    [("403-quota", 403, "application/json"), ("500", 500, "application/json"),
     ("503-html", 503, "text/html; charset=UTF-8"), ("502-text", 502, "text/plain")],
)  # fmt: skip
def test_ready_answers_do_nothing(box: Box, kind: str, code: int, content_type: str) -> None:
    box.fault(kind=kind, method="POST")
    response = box.http.post(UNITS, json=NEW)
    assert (response.status_code, response.headers["Content-Type"]) == (code, content_type)
    assert box.http.get(f"{UNITS}/Ny").status_code == 404


def test_cut_before_and_after_the_effect(box: Box) -> None:
    box.fault(kind="cut", path="orgunits")
    with pytest.raises(httpx.ReadError):
        box.http.post(UNITS, json=NEW)
    assert box.http.get(f"{UNITS}/Ny").status_code == 404
    box.fault(kind="write-then-cut")
    with pytest.raises(httpx.ReadError):
        box.http.post(UNITS, json=NEW)
    assert box.http.get(f"{UNITS}/Ny").status_code == 200
    box.fault(kind="write-then-timeout")
    with pytest.raises(httpx.ReadTimeout):
        box.http.delete(f"{UNITS}/Ny")
    assert box.http.get(f"{UNITS}/Ny").status_code == 404


def test_half_a_page(box: Box) -> None:
    whole = box.http.get(UNITS).content
    box.fault(kind="half-page")
    response = box.http.get(UNITS)
    assert response.status_code == 200
    assert response.content == whole[: len(whole) // 2]
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_stale_read(box: Box) -> None:
    box.http.post(UNITS, json=NEW)
    box.fault(kind="stale")
    assert box.http.get(f"{UNITS}/Ny").status_code == 404
    assert box.http.get(f"{UNITS}/Ny").status_code == 200
    box.fault(kind="stale")  # a write is not done on the older state
    assert box.http.post(UNITS, json=NEW | {"name": "Nyare"}).status_code == 200
    assert box.http.get(f"{UNITS}/Ny").status_code == 200


def test_wrong_content_type(box: Box) -> None:
    box.fault(kind="wrong-content-type")
    response = box.http.get(UNITS)
    assert response.headers["Content-Type"] == "text/html"
    assert response.json()["kind"] == "admin#directory#orgUnits"


def test_the_log_has_requests_and_faults_but_no_tokens(box: Box) -> None:
    box.fault(kind="500", method="POST")
    box.http.post(UNITS, json=NEW)
    box.http.get(f"{UNITS}?type=all&access_token=hemlig")
    box.http.post("/google/token", data={"assertion": "hemlig"})
    log = box.http.get("/_sandbox/requests")
    assert log.json() == [
        {"method": "POST", "path": UNITS, "query": "", "body": NEW, "status": 500, "fault": "500"},
        {"method": "GET", "path": UNITS, "query": "type=all", "body": None, "status": 200},
        {"method": "POST", "path": "/google/token", "query": "", "body": None, "status": 400},
    ]
    assert "hemlig" not in log.text
    box.http.delete("/_sandbox/requests")
    assert box.http.get("/_sandbox/requests").json() == []


def test_latency_is_slept_on_the_clock(box: Box) -> None:
    box.options(latency_ms=250)
    before = box.clock.now()
    box.http.get(UNITS)
    assert box.clock.now() == before + 0.25
