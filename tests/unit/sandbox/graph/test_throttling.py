"""Quotas on a clock that the test moves: units, writes, Intune's families, `Retry-After` in its forms (reference 4.6, 15.4)."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime

import pytest

from tests.unit.sandbox.graph.conftest import ROOT, Directory, code, message


def test_what_a_read_costs(directory: Directory) -> None:
    group = directory.group("Allt")
    cost = {
        path: directory.get(path).headers["x-ms-resource-unit"]
        for path in (
            "/groups",
            "/groups?$select=id",
            f"/groups/{group}/members",
            f"/groups/{group}/members?$select=id",
            f"/groups/{group}/members?$select=id&$top=10",
            f"/groups/{group}/transitiveMembers",
            f"/groups/{group}?$expand=members",
        )
    }
    assert list(cost.values()) == ["1", "1", "3", "2", "1", "5", "2"]


def test_units_come_back_after_ten_seconds(directory: Directory) -> None:
    directory.options(directory_units=7, refused_requests_count=False)
    path = f"/groups/{directory.group('Allt')}/members"
    assert "x-ms-throttle-limit-percentage" not in directory.get(path).headers
    directory.clock.advance(4)
    assert directory.get(path).headers["x-ms-throttle-limit-percentage"] == "0.9"
    refused = directory.get(path)
    assert (refused.status_code, code(refused)) == (429, "TooManyRequests")
    assert refused.headers["Retry-After"] == "6"
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    assert refused.headers["x-ms-throttle-scope"].startswith("Tenant_Application/ReadWrite/sandbox/")
    directory.clock.advance(6)
    assert directory.get(path).status_code == 200


def test_who_waits_as_told_gets_through(directory: Directory) -> None:
    """A refusal counts too, and the wait that it names takes that in."""
    directory.options(directory_writes=3)
    path = f"{ROOT}/groups/{directory.group('Allt')}"
    for number in range(3):
        assert directory.http.patch(path, json={"description": str(number)}).status_code == 204
        directory.clock.advance(10)
    refused = directory.http.patch(path, json={"description": "x"})
    assert (refused.status_code, refused.headers["x-ms-throttle-information"]) == (429, "WriteLimitExceeded")
    assert refused.headers["Retry-After"] == "130"  # not 120: the refusal has taken the place that comes free then
    directory.clock.advance(129)
    assert directory.get("/groups").status_code == 200
    directory.clock.advance(1)
    assert directory.http.patch(path, json={"description": "x"}).status_code == 204


@pytest.mark.parametrize("form", ["integer", "decimal", "date", "missing"])
def test_forms_of_retry_after(directory: Directory, form: str) -> None:
    directory.options(directory_writes=1, retry_after=form, refused_requests_count=False)
    path = f"{ROOT}/groups/{directory.group('Allt')}"
    directory.http.patch(path, json={"description": "a"})
    directory.clock.advance(0.5)
    told = directory.http.patch(path, json={"description": "b"}).headers.get("Retry-After")
    if form == "date":
        assert told is not None
        assert 149 <= parsedate_to_datetime(told).timestamp() - directory.clock.now() <= 151
    else:
        assert told == {"integer": "150", "decimal": "149.500", "missing": None}[form]


def test_intunes_families_count_apart(directory: Directory) -> None:
    directory.options(intune_requests=2)
    for path in ("/deviceAppManagement/mobileApps", "/deviceManagement/deviceConfigurations"):
        assert [directory.get(path).status_code for _ in range(3)] == [200, 200, 429]
    path = "/deviceManagement/managedDevices"
    assert [directory.get(path).status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    refused = directory.get("/deviceAppManagement/mobileApps")
    assert json.loads(message(refused))["Message"].startswith("Too many requests")
    assert directory.get("/groups").status_code == 200


def test_quotas_can_be_switched_off(directory: Directory) -> None:
    directory.options(directory_units=1)
    assert directory.http.post("/_sandbox/options", json={"quotas": False}).status_code == 200
    assert [directory.get("/groups").status_code for _ in range(3)] == [200, 200, 200]
