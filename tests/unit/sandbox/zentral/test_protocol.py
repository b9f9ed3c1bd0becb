"""Rights, verbs, addresses, pages and faults."""

from __future__ import annotations

import httpx
import pytest

from tests.unit.sandbox.zentral.conftest import WRITE, Server

DENIED = {"detail": "You do not have permission to perform this action."}


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("", "Authentication credentials were not provided."),
        ("Bearer sandbox-write", "Authentication credentials were not provided."),
        ("Token", "Invalid token header. No credentials provided."),
        ("Token a b", "Invalid token header. Token string should not contain spaces."),
        ("Token nej", "Invalid token."),
        ("Token ztls_nej", "Invalid ztl token."),
        ("Token gone", "User inactive or deleted."),
    ],
)
def test_a_token_that_is_none(server: Server, header: str, text: str) -> None:
    answer = server.http.get("/zentral/api/inventory/tags/", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()) == (401, {"detail": text})
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_a_token_that_lacks_a_permission(server: Server) -> None:
    assert server.call("GET", "inventory/tags/", token="few").status_code == 200
    refused = server.call("GET", "mdm/artifacts/", token="few")
    assert (refused.status_code, refused.json()) == (403, DENIED)
    assert server.call("GET", "mdm/artifacts/", token="sandbox-read").status_code == 200
    assert server.call("POST", "inventory/machines/tags/", {}, token="sandbox-read").json() == DENIED


def test_permissions_can_be_taken_from_every_token(server: Server) -> None:
    server.options(denied=["inventory.add_machinetag"])
    assert server.call("POST", "inventory/machines/tags/", {}).status_code == 403
    assert server.call("POST", "inventory/tags/", {"name": "Ny"}).status_code == 201
    server.options(denied=[], permissions=["mdm.view_artifact"])
    assert server.call("GET", "mdm/artifacts/").status_code == 200
    assert server.call("GET", "inventory/tags/").status_code == 403


@pytest.mark.parametrize("kind", ["tags", "taxonomies", "blueprints", "artifacts", "profiles", "store_apps", "links"])
def test_nothing_is_patched(server: Server, kind: str) -> None:
    place = {"tags": "inventory/tags", "taxonomies": "inventory/taxonomies", "links": "mdm/blueprint_artifacts"}
    key = next(iter(server.state.tables[kind]))  # type: ignore[index]  # the parameter is one of the kinds
    answer = server.call("PATCH", f"{place.get(kind, f'mdm/{kind}')}/{key}/", {})
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "PATCH" not allowed.'})
    assert answer.headers["Allow"] == "GET, PUT, DELETE, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["api/mdm/nej/", "api/mdm/artifacts/17/", "api/mdm/devices/1/", "mdm/artifacts/"])
def test_an_address_that_is_not_there_is_a_page(server: Server, path: str) -> None:
    answer = server.http.get(f"/zentral/{path}", headers=WRITE)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_missing_slash_is_redirected(server: Server) -> None:
    answer = server.call("GET", "mdm/artifacts", name="x")
    assert (answer.status_code, answer.headers["Location"]) == (301, "http://sandbox/zentral/api/mdm/artifacts/?name=x")


def test_lists_page_by_fifty_and_by_five_hundred_at_most(server: Server) -> None:
    """zentral/utils/drf.py, MaxLimitOffsetPagination."""
    server.edit("zentral_add_devices", serial_prefix="MANGA", count=600, blueprint="Skolor")
    first = server.get("mdm/devices/")
    assert (first["count"], len(first["results"]), first["previous"]) == (606, 50, None)
    assert first["next"] == "http://sandbox/zentral/api/mdm/devices/?limit=50&offset=50"
    most = server.get("mdm/devices/", limit=1000)
    assert len(most["results"]) == 500
    last = server.http.get(most["next"], headers=WRITE).json()
    assert (len(last["results"]), last["next"]) == (106, None)
    assert last["previous"] == "http://sandbox/zentral/api/mdm/devices/?limit=500"
    assert len({each["id"] for each in most["results"] + last["results"]}) == 606


def test_a_server_may_have_smaller_pages(server: Server) -> None:
    server.options(page_size=2)
    address: str | None = "/zentral/api/mdm/devices/?limit=500"
    seen = []
    while address:
        page = server.http.get(address, headers=WRITE).json()
        seen.append(len(page["results"]))
        address = page["next"]
    assert seen == [2, 2, 2]


def test_an_older_framework_says_only_that_it_was_not_found(server: Server) -> None:
    assert server.call("GET", "inventory/tags/99/").json() == {"detail": "No Tag matches the given query."}
    server.options(missing_object="plain")
    assert server.call("GET", "inventory/tags/99/").json() == {"detail": "Not found."}


@pytest.mark.parametrize(
    ("kind", "status", "content"),
    [
        ("500", 500, ("application/json", '{"error":"Server Error (500)"}')),
        ("500-html", 500, ("text/html; charset=UTF-8", "<!doctype html><title>Server Error (500)</title>")),
        ("503-html", 503, ("text/html; charset=UTF-8", "<!DOCTYPE html><title>Error 503</title>")),
        ("429", 429, ("application/json", '{"detail":"Too Many Requests"}')),
    ],
)
def test_faults_that_answer(server: Server, kind: str, status: int, content: tuple[str, str]) -> None:
    server.http.post("/_sandbox/faults", json={"kind": kind, "path": "mdm/artifacts"})
    answer = server.call("GET", "mdm/artifacts/")
    assert (answer.status_code, (answer.headers["Content-Type"], answer.text)) == (status, content)
    assert server.call("GET", "mdm/artifacts/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "error", "written"),
    [
        ("cut", httpx.ReadError, False),
        ("hold", httpx.ReadTimeout, False),
        ("write-then-cut", httpx.ReadError, True),
        ("write-then-timeout", httpx.ReadTimeout, True),
    ],
)
def test_faults_that_end_the_connection(
    server: Server, kind: str, error: type[httpx.TransportError], written: bool
) -> None:
    server.http.post("/_sandbox/faults", json={"kind": kind, "method": "POST"})
    with pytest.raises(error):
        server.call("POST", "inventory/tags/", {"name": "Ny"})
    assert ("Ny" in [each["name"] for each in server.get("inventory/tags/")]) is written


def test_a_stale_read_sees_the_state_before_the_last_write(server: Server) -> None:
    server.made("inventory/tags/", name="Ny")
    server.http.post("/_sandbox/faults", json={"kind": "stale"})
    assert server.get("inventory/tags/", name="Ny") == []
    assert len(server.get("inventory/tags/", name="Ny")) == 1


def test_latency_is_slept_on_the_clock(server: Server) -> None:
    server.http.post("/_sandbox/options", json={"latency_ms": 250})
    before = server.clock.now()
    server.get("inventory/tags/")
    assert server.clock.now() - before == pytest.approx(0.25)
