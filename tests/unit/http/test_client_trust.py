"""The token goes to the bound host only, and is renewed once."""

import httpx
import pytest

from reconciler.http import failures
from reconciler.http.client import HttpClient
from reconciler.http.request import Request
from tests.unit.http.vendor import LANES, OK, Connect, Vendor, create, read, refused, signs_in


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_error_that_names_the_host_only(connect: Connect, status: int) -> None:
    vendor = Vendor([httpx.Response(status, headers={"Location": "https://evil.example/take?token=abc123456"})])

    with pytest.raises(failures.Redirected) as caught:
        connect(vendor, authorise=signs_in("t0ken-value")).send(read())

    assert [request.url.host for request in vendor.asked] == ["vendor.example"]
    assert "evil.example" in str(caught.value)
    assert "take" not in str(caught.value)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/next",
        "http://vendor.example/api/next",
        "https://vendor.example:8443/api/next",
        "https://vendor.example@evil.example/api/next",
        "https://user:pass@vendor.example/api/next",
        "//evil.example/api/next",
        "https://vendor.example/other/next",
        "https://vendor.example/api/../other",
        "https://vendor.example.evil.example/api/next",
        "https://[",
    ],
)
def test_a_page_link_to_elsewhere_is_never_followed(connect: Connect, link: str) -> None:
    vendor = Vendor([OK])

    with pytest.raises(failures.ForeignHost) as caught:
        connect(vendor, url="https://vendor.example/api").send(Request(method="GET", path="things", link=link))

    assert vendor.asked == []
    assert "next" not in str(caught.value)


@pytest.mark.parametrize(
    "link", ["https://vendor.example/api/x?$skip=a%2Fb", "https://VENDOR.example:443/api/x?$skip=a%2Fb"]
)
def test_a_page_link_on_the_bound_host_is_sent_as_given(connect: Connect, link: str) -> None:
    vendor = Vendor([OK])

    connect(vendor, url="https://vendor.example/api").send(Request(method="GET", path="things", link=link))

    assert vendor.asked[0].url.raw_path == b"/api/x?$skip=a%2Fb"
    assert vendor.asked[0].url.host == "vendor.example"


@pytest.mark.parametrize(
    "url",
    ["http://vendor.example", "ftp://vendor.example", "https://u:p@vendor.example", "https://v.example/?a=1", "/x"],
)
def test_a_base_address_is_https_or_loopback_and_nothing_more(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        HttpClient(url, lanes=LANES)


def test_a_token_that_is_no_longer_accepted_is_renewed_once(connect: Connect) -> None:
    vendor = Vendor([refused(401), OK])
    given: list[str | None] = []

    def authorise(now: float, rejected: str | None) -> str:
        given.append(rejected)
        return "Bearer new" if rejected else "Bearer old"

    connect(vendor, authorise=authorise).send(create())

    assert [request.headers["Authorization"] for request in vendor.asked] == ["Bearer old", "Bearer new"]
    assert given == [None, "Bearer old"]


def test_a_new_token_that_is_not_accepted_either_ends_it(connect: Connect) -> None:
    vendor = Vendor([refused(401)])

    with pytest.raises(failures.Unauthorised):
        connect(vendor, authorise=signs_in("old", "new")).send(read())

    assert len(vendor.asked) == 2


def test_whoever_has_no_other_token_is_not_asked_twice(connect: Connect) -> None:
    vendor = Vendor([refused(401)])

    with pytest.raises(failures.Unauthorised):
        connect(vendor, authorise=signs_in("only")).send(read())

    assert len(vendor.asked) == 1
