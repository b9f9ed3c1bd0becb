"""A Graph tenant in process, on virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox import ManualClock, Options, Sandbox, create_app, load_seed
from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.graph.seed import devices_by_serial, find_group
from reconciler.sandbox.graph.state import GraphState

SEED = Path(__file__).parent / "directory.yaml"
TENANT = "7b0c2a52-3f0e-4a2b-9d51-0d6f1c9e2a10"
ROOT = "/intune/v1.0"
BIND = "https://graph.microsoft.com/v1.0/directoryObjects/"
EVENTUAL = {"ConsistencyLevel": "eventual"}
GROUP = {"displayName": "7A iPads", "mailNickname": "klass-7a", "mailEnabled": False, "securityEnabled": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The small tenant, a client with all rights, and short forms of what tests do often."""

    http: httpx.Client
    sandbox: Sandbox
    clock: ManualClock

    @property
    def state(self) -> GraphState:
        return self.sandbox.graph.state

    def options(self, **changes: Any) -> None:
        changes = {f"graph.{name}": value for name, value in changes.items()}
        answer = self.http.post("/_sandbox/options", json=changes)
        assert answer.status_code == 200, answer.text

    def fault(self, **fault: Any) -> None:
        assert self.http.post("/_sandbox/faults", json=fault).status_code == 200

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.http.get(f"{ROOT}{path}", **rest)

    def group(self, name: str) -> str:
        return find_group(self.state, name).id

    def device(self, serial: str) -> str:
        return devices_by_serial(self.state)[serial][0]

    def members(self, group: str) -> set[str]:
        return set(self.state.groups[group].members)

    def bind(self, group: str, *members: str) -> httpx.Response:
        return self.http.patch(f"{ROOT}/groups/{group}", json={"members@odata.bind": [BIND + key for key in members]})

    def batch(self, *requests: dict[str, Any], version: str = "v1.0") -> httpx.Response:
        return self.http.post(f"/intune/{version}/$batch", json={"requests": list(requests)})


def code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def message(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["message"])


@pytest.fixture
def directory() -> Iterator[Directory]:
    clock = ManualClock()
    app = create_app(load_seed(SEED), clock=clock, options=Options(graph=GraphOptions(batch_order="kept")))
    transport = httpx.WSGITransport(app=app)
    headers = {"Authorization": "Bearer sandbox-write"}
    with httpx.Client(transport=transport, base_url="http://sandbox", headers=headers) as http:
        yield Directory(http=http, sandbox=app.extensions["sandbox"], clock=clock)
