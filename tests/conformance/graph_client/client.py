"""A sandbox on a socket, and Microsoft's client pointed at it, of v1.0 and of beta."""

from __future__ import annotations

import json
import threading
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from kiota_abstractions.authentication import BaseBearerTokenAuthenticationProvider
from kiota_abstractions.authentication.access_token_provider import AccessTokenProvider
from kiota_abstractions.authentication.allowed_hosts_validator import AllowedHostsValidator
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_beta import GraphRequestAdapter as BetaRequestAdapter
from msgraph_beta import GraphServiceClient as BetaServiceClient
from msgraph_core.tasks import PageIterator
from werkzeug.serving import make_server

from reconciler.sandbox import ManualClock, Sandbox, State, create_app
from tests.conformance.google_client.our_side import Ours

# Microsoft's client warns of classes of its own when they are imported (msgraph-sdk 1.65, kiota-abstractions 1.16).
QUIET = [
    pytest.mark.filterwarnings("ignore:GetQueryParameters is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:This class is deprecated. Please use the generic:DeprecationWarning"),
]

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A sandbox behind an address of this machine."""

    url: str
    sandbox: Sandbox

    @property
    def ours(self) -> Ours:
        """How the reconciler reaches it."""
        assert isinstance(self.sandbox.clock, ManualClock)
        return Ours(clock=self.sandbox.clock, url=self.url)

    def token(self) -> str:
        """As an app registration signs in with its secret."""
        form = {"client_id": "sandbox", "client_secret": "sandbox", "grant_type": "client_credentials"}
        form["scope"] = "https://graph.microsoft.com/.default"
        address = f"{self.url}/intune/{self.sandbox.graph.state.tenant}/oauth2/v2.0/token"
        with _OPENER.open(address, data=urllib.parse.urlencode(form).encode(), timeout=10) as response:
            return str(json.load(response)["access_token"])


@contextmanager
def serve(state: State) -> Iterator[Served]:
    app = create_app(state, clock=ManualClock())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Served(url=f"http://127.0.0.1:{server.port}", sandbox=app.extensions["sandbox"])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Token(AccessTokenProvider):  # type: ignore[misc]  # the package has no types where it is not installed
    """One that has been got already: the libraries that would get it refuse an address without TLS."""

    def __init__(self, token: str) -> None:
        self.token = token

    async def get_authorization_token(self, *_: Any, **__: Any) -> str:
        return self.token

    def get_allowed_hosts_validator(self) -> AllowedHostsValidator:
        return AllowedHostsValidator([])


@dataclass(frozen=True, kw_only=True, slots=True)
class Clients:
    """Microsoft's client of both versions, and how each sends."""

    v1: GraphServiceClient
    beta: BetaServiceClient
    sending: GraphRequestAdapter
    sending_beta: BetaRequestAdapter


def connect(served: Served) -> Clients:
    token = BaseBearerTokenAuthenticationProvider(_Token(served.token()))
    sending, sending_beta = GraphRequestAdapter(token), BetaRequestAdapter(token)
    sending.base_url = f"{served.url}/intune/v1.0"
    sending_beta.base_url = f"{served.url}/intune/beta"
    return Clients(
        v1=GraphServiceClient(request_adapter=sending),
        beta=BetaServiceClient(request_adapter=sending_beta),
        sending=sending,
        sending_beta=sending_beta,
    )


async def every(first: Any, sending: Any) -> AsyncIterator[Any]:
    """Every item of a collection, page by page, by the client's own iterator. `first` is its first page."""
    found: list[Any] = []

    def keep(item: Any) -> bool:
        found.append(item)
        return True

    await PageIterator(first, sending).iterate(keep)
    for item in found:
        yield item
