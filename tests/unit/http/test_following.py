"""The next page, where a `Link` header names it (RFC 8288)."""

import pytest

from reconciler.http.answer import judge
from reconciler.http.request import Request, no_error_body


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<https://api.example/x?page=2>; rel="next", <https://api.example/x?page=9>; rel="last"', "https://api.example/x?page=2"),
        ('<https://api.example/x?page=1>; rel="prev", <https://api.example/x?page=3>; rel="next"', "https://api.example/x?page=3"),
        ("<https://api.example/x?after=a,b>; rel=next", "https://api.example/x?after=a,b"),
        ('<https://api.example/x?page=2>; title="a"; rel="next"', "https://api.example/x?page=2"),
        ('<https://api.example/x?page=1>; rel="prev"', None),
        ('<https://api.example/x?page=1>; rel="next-archive"', None),
        ('<https://api.example/x>; rel="first"; title="rel=next"', None),
        ("", None),
    ],
)  # fmt: skip
def test_the_link_that_leads_on(link: str, following: str | None) -> None:
    request = Request(method="GET", path="x")

    answer = judge(request, 200, {"Link": link}, b"[]", wall=0.0, parse_error=no_error_body)

    assert answer.following == following
