"""What holds for every test: no request that Google's discovery documents don't know goes unnoticed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.google import connect
from reconciler.adapters.wiring import Wiring
from reconciler.http.client import HttpClient
from reconciler.http.request import Sent
from reconciler.http.throttle import Lane
from tests.conformance.discovery.checker import check


@pytest.fixture(autouse=True)
def checked_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sent]]:
    """Every request that a Google adapter of this process sends in the test; it fails where one is not Google's."""
    sent: list[Sent] = []
    made = connect._client

    def client(url: str, lanes: Mapping[str, Lane], credential: Any, wiring: Wiring) -> HttpClient:
        return made(url, lanes, credential, replace(wiring, on_request=_both(sent.append, wiring.on_request)))

    monkeypatch.setattr(connect, "_client", client)
    yield sent
    assert [fault for request in sent for fault in check(request)] == []


def _both(first: Callable[[Sent], None], second: Callable[[Sent], None] | None) -> Callable[[Sent], None]:
    def tell(sent: Sent) -> None:
        first(sent)
        if second:
            second(sent)

    return tell
