"""A Zentral server with other content, in process, on virtual time."""

from __future__ import annotations

import base64
import plistlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox import ManualClock, Sandbox, create_app, load_seed
from reconciler.sandbox.zentral.effective import Effective, effective_device
from reconciler.sandbox.zentral.seed import named
from reconciler.sandbox.zentral.state import Kind, ZentralState

SEED = Path(__file__).parent / "server.yaml"
WRITER = "sandbox-write"
WRITE = {"Authorization": f"Token {WRITER}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A client with all rights, and short forms of what tests do often."""

    http: httpx.Client
    sandbox: Sandbox
    clock: ManualClock

    @property
    def state(self) -> ZentralState:
        return self.sandbox.zentral.state

    def options(self, **changes: Any) -> None:
        answer = self.http.post("/_sandbox/options", json={f"zentral.{name}": value for name, value in changes.items()})
        assert answer.status_code == 200, answer.text

    def edit(self, edit: str, /, **arguments: Any) -> None:
        answer = self.http.post("/_sandbox/perturb", json={edit: arguments})
        assert answer.status_code == 200, answer.text

    def call(self, verb: str, path: str, body: Any = None, *, token: str = WRITER, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Token {token}"}
        return self.http.request(verb, f"/zentral/api/{path}", json=body, params=query, headers=headers)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def made(self, path: str, **body: Any) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def id(self, kind: Kind, name: str) -> Any:
        return named(self.state, kind, name)["id"]

    def link(self, artifact: str) -> dict[str, Any]:
        key = self.id("artifacts", artifact)
        found: dict[str, Any] = next(each for each in self.state.tables["links"].values() if each["artifact"] == key)
        return found

    def effective(self, serial: str) -> Effective:
        return effective_device(self.state, serial)

    def tagged(self, name: str) -> list[str]:
        found: list[str] = self.http.get("/_sandbox/zentral/members", params={"tag": name}).json()
        return found


def mobileconfig(**keys: Any) -> str:
    """A profile of restrictions, in base64."""
    payload = {"PayloadType": "com.apple.applicationaccess", "PayloadIdentifier": "a", "PayloadUUID": "A", **keys}
    whole = {"PayloadIdentifier": "b", "PayloadUUID": "B", "PayloadScope": "System", "PayloadContent": [payload]}
    return base64.b64encode(plistlib.dumps(whole)).decode()


@pytest.fixture
def server() -> Iterator[Server]:
    clock = ManualClock()
    app = create_app(load_seed(SEED), clock=clock)
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox") as http:
        yield Server(http=http, sandbox=app.extensions["sandbox"], clock=clock)
