"""What any client of GitHub's has to live with: pages, quotas, and answers that don't come."""

import httpx
import pytest

from tests.forge import faults
from tests.forge.clients import REPOSITORY, client
from tests.forge.forge import Forge

TALK = {"issues": "write", "pull-requests": "read", "contents": "write"}


def issues(api: httpx.Client, count: int) -> None:
    for number in range(1, count + 1):
        assert api.post("/issues", json={"title": f"nr {number}"}).status_code == 201


def test_pages_are_led_to_by_the_link_header(forge: Forge) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api, 2026-11-22."""
    api = client(forge, forge.token(TALK, actor="bo"))
    issues(api, 5)
    first = api.get("/issues?per_page=2&direction=asc")
    assert [each["number"] for each in first.json()] == [1, 2]
    at = f"http://forge.test{REPOSITORY}/issues?per_page=2&direction=asc&page="
    assert first.headers["link"] == f'<{at}2>; rel="next", <{at}3>; rel="last"'
    second = api.get(first.links["next"]["url"])
    assert [each["number"] for each in second.json()] == [3, 4]
    assert {name: each["url"] for name, each in second.links.items()} == {
        "prev": f"{at}1",
        "next": f"{at}3",
        "last": f"{at}3",
        "first": f"{at}1",
    }
    last = api.get(second.links["next"]["url"])
    assert [each["number"] for each in last.json()] == [5]
    assert set(last.links) == {"prev", "first"}


def test_a_page_has_thirty_unless_asked_and_never_more_than_a_hundred(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    issues(api, 31)
    assert len(api.get("/issues").json()) == 30
    assert len(api.get("/issues?per_page=100").json()) == 31
    assert "link" not in api.get("/issues?per_page=100").headers
    assert len(api.get("/issues?per_page=500").json()) == 31


def test_the_hours_quota_runs_out_and_comes_back(forge: Forge) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026-11-22."""
    forge.settings.hourly = 2
    api = client(forge, forge.token(TALK, actor="bo"))
    assert api.get("/issues").headers["x-ratelimit-remaining"] == "1"
    api.get("/issues")
    refused = api.get("/issues")
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert refused.json()["message"].startswith("API rate limit exceeded")
    assert int(refused.headers["x-ratelimit-reset"]) == int(forge.clock.now.timestamp()) + 3600
    assert api.get("http://forge.test/rate_limit").json()["rate"]["remaining"] == 0
    forge.clock.tick(hours=1)
    assert api.get("/issues").status_code == 200


def test_all_jobs_share_one_quota(forge: Forge) -> None:
    forge.settings.hourly = 2
    for _ in range(2):
        client(forge, forge.token(TALK, actor="bo")).get("/issues")
    assert client(forge, forge.token(TALK, actor="bo")).get("/issues").status_code == 403


def test_what_has_not_changed_is_304_and_free(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    first = api.get("/issues")
    again = api.get("/issues", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
    api.post("/issues", json={"title": "ny"})
    assert api.get("/issues", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(("status", "seconds"), [(403, 30), (429, 30), (429, None)])
def test_the_secondary_limit(forge: Forge, status: int, seconds: int | None) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    forge.fault(faults.secondary_limit(seconds, status=status))
    refused = api.post("/issues", json={"title": "x"})
    assert refused.status_code == status
    assert refused.headers.get("retry-after") == (None if seconds is None else str(seconds))
    assert refused.json()["message"].startswith("You have exceeded a secondary rate limit")
    assert refused.headers["x-ratelimit-remaining"] != "0"
    assert api.get("/issues").json() == []


def test_a_bad_gateway_is_a_page_and_nothing_was_done(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    forge.fault(faults.bad_gateway(verb="POST"))
    refused = api.post("/issues", json={"title": "x"})
    assert (refused.status_code, refused.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert api.get("/issues").json() == []


def test_a_bad_gateway_may_have_done_it_all_the_same(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    forge.fault(faults.bad_gateway(verb="POST", when="after"))
    assert api.post("/git/refs", json={"ref": "refs/x/y", "sha": forge.head()}).status_code == 502
    assert api.post("/git/refs", json={"ref": "refs/x/y", "sha": forge.head()}).json()["message"] == (
        "Reference already exists"
    )


@pytest.mark.parametrize(("when", "there"), [("before", 404), ("after", 200)])
def test_a_connection_that_is_cut(forge: Forge, when: faults.When, there: int) -> None:
    address = forge.serve()
    headers = {"Authorization": f"Bearer {forge.token(TALK, actor='bo')}"}
    forge.fault(faults.cut(verb="POST", when=when))
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{address}{REPOSITORY}/git/refs", json={"ref": "refs/x/y", "sha": forge.head()}, headers=headers)
    assert httpx.get(f"{address}{REPOSITORY}/git/ref/x/y", headers=headers).status_code == there


def test_a_fault_is_for_the_requests_that_it_names(forge: Forge) -> None:
    api = client(forge, forge.token(TALK, actor="bo"))
    forge.fault(faults.server_error(verb="GET", path=".*/branches", times=2))
    assert api.get("/issues").status_code == 200
    assert [api.get("/branches").status_code for _ in range(3)] == [500, 500, 200]
    forge.fault(faults.Fault(status=502, verb="GET", path=".*/branches", skip=1))
    assert [api.get("/branches").status_code for _ in range(3)] == [200, 502, 200]


def test_who_does_not_say_who_asks_is_refused(forge: Forge) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent, 2026-11-22."""
    api = client(forge, forge.token(TALK, actor="bo"))
    assert api.get("/issues", headers={"User-Agent": ""}).status_code == 403


@pytest.mark.parametrize(("version", "status"), [("2022-11-28", 200), ("2026-03-10", 200), ("2021-01-01", 400)])
def test_versions_of_the_api(forge: Forge, version: str, status: int) -> None:
    """https://docs.github.com/en/rest/about-the-rest-api/api-versions, 2026-11-22."""
    api = client(forge, forge.token(TALK, actor="bo"))
    assert api.get("/issues", headers={"X-GitHub-Api-Version": version}).status_code == status


def test_it_is_served_on_loopback_only_and_stops(forge: Forge) -> None:
    address = forge.serve()
    assert address.startswith("http://127.0.0.1:")
    headers = {"Authorization": f"Bearer {forge.token(TALK, actor='bo')}"}
    told = httpx.get(f"{address}{REPOSITORY}/pulls", headers=headers)
    assert told.json() == []
    assert httpx.get(f"{address}{REPOSITORY}/issues/1/labels/a%2Fb", headers=headers).status_code == 404
    forge.violations.clear()  # that path has no GET
    forge.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}{REPOSITORY}/pulls", headers=headers)
