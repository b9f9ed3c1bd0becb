"""A sandbox on a socket, and Google's own client pointed at it."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from werkzeug.serving import make_server

from reconciler.sandbox import ManualClock, Sandbox, State, create_app


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """The client of both APIs, and the sandbox behind it."""

    directory: Any
    policy: Any
    sandbox: Sandbox
    url: str

    def own(self, path: str) -> Any:
        """What the sandbox answers below /_sandbox/."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/_sandbox/{path}", timeout=10) as response:
            return json.load(response)


def _build(name: str, version: str, url: str, token: str) -> Any:
    return build(
        name,
        version,
        credentials=Credentials(token),  # type: ignore[no-untyped-call]  # google-auth has no types here
        client_options={"api_endpoint": f"{url}/google/"},
        static_discovery=True,
    )


@pytest.fixture
def url_and_sandbox() -> Iterator[tuple[str, Sandbox]]:
    app = create_app(State(), clock=ManualClock())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.port}", app.extensions["sandbox"]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(url_and_sandbox: tuple[str, Sandbox]) -> Iterator[Client]:
    url, sandbox = url_and_sandbox
    directory = _build("admin", "directory_v1", url, "sandbox-write")
    policy = _build("chromepolicy", "v1", url, "sandbox-write")
    yield Client(directory=directory, policy=policy, sandbox=sandbox, url=url)
    directory.close()
    policy.close()


@pytest.fixture
def reader(url_and_sandbox: tuple[str, Sandbox]) -> Iterator[Client]:
    """The same with a token for reading."""
    url, sandbox = url_and_sandbox
    directory = _build("admin", "directory_v1", url, "sandbox-read")
    policy = _build("chromepolicy", "v1", url, "sandbox-read")
    yield Client(directory=directory, policy=policy, sandbox=sandbox, url=url)
    directory.close()
    policy.close()
