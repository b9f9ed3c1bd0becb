from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest

from reconciler.http.client import Authorise, HttpClient
from reconciler.http.request import Sent, Wait
from reconciler.http.throttle import Lane
from tests.unit.http.vendor import LANES, Connect, Vendor, google_like


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[HttpClient] = []

    def open_client(
        vendor: Vendor,
        *,
        url: str = "https://vendor.example",
        lanes: Mapping[str, Lane] = LANES,
        authorise: Authorise | None = None,
        on_request: Callable[[Sent], None] | None = None,
        on_wait: Callable[[Wait], None] | None = None,
        without_quotas: bool = False,
    ) -> HttpClient:
        client = HttpClient(
            url,
            lanes=lanes,
            authorise=authorise,
            parse_error=google_like,
            clock=vendor.time.clock(),
            jitter=lambda: 0.0,
            transport=httpx.MockTransport(vendor),
            on_request=on_request,
            on_wait=on_wait,
            without_quotas=without_quotas,
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()
