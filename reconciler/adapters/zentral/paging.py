"""Lists read whole or not at all: pages by offset, held against the count that each of them gives.

Someone who adds or removes a row while pages are read shifts the rest: the list is then read again from the start. A row
that comes twice, or one too few, says the same where the server's order is not a total one (blueprints have none).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from reconciler.adapters.zentral import api
from reconciler.http.failures import BadResponse
from reconciler.http.request import Reply, Request

Row: TypeAlias = Mapping[str, Any]
Send: TypeAlias = Callable[[Request], Reply]

TRIES = 4


def read_bare(send: Send, path: str) -> list[Row]:
    """A list that has no pages."""
    request = api.list_bare(path)
    reply = send(request)
    if not isinstance(reply.data, list):
        raise _no_list(request)
    return _rows(reply.data, request)


def read_pages(send: Send, path: str, query: Mapping[str, str | Sequence[str]] | None = None) -> list[Row]:
    """All rows. Raises BadResponse for what is no list, or for one that keeps changing under our eyes."""
    for _ in range(TRIES):
        rows = _attempt(send, path, query)
        if rows is not None:
            return rows
    raise BadResponse(api.list_page(path, 0), "", detail="the list kept changing while its pages were read")


def count(send: Send, path: str, query: Mapping[str, str | Sequence[str]] | None = None) -> int:
    request = api.list_page(path, 0, limit=1, query=query)
    return _page(send(request), request)[0]


def _attempt(send: Send, path: str, query: Mapping[str, str | Sequence[str]] | None) -> list[Row] | None:
    rows: list[Row] = []
    seen: set[str] = set()
    total: int | None = None
    while total is None or len(rows) < total:
        request = api.list_page(path, len(rows), query=query)
        number, page = _page(send(request), request)
        if total not in (None, number) or (not page and len(rows) < number):
            return None
        fresh = {str(row["id"]) for row in page} - seen
        if len(fresh) < len(page):  # the same row again: it never ends, or the list has shifted
            return None
        seen |= fresh
        total = number
        rows += page
    whole = len(rows) == total and len({str(row.get("id")) for row in rows}) == total
    return rows if whole else None


def _page(reply: Reply, request: Request) -> tuple[int, list[Row]]:
    data = reply.data
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("count"), int)
        or not isinstance(data.get("results"), list)
    ):
        raise _no_list(request)
    return data["count"], _rows(data["results"], request)


def _rows(listed: Sequence[object], request: Request) -> list[Row]:
    rows: list[Row] = [row for row in listed if isinstance(row, dict) and row.get("id") is not None]
    if len(rows) != len(listed):
        raise _no_list(request)
    return rows


def _no_list(request: Request) -> BadResponse:
    return BadResponse(request, "", detail="it is not the list that was asked for")
