"""A tenant with a little of everything that Intune holds, in process, on virtual time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox import ManualClock, Sandbox, create_app, load_seed
from reconciler.sandbox.graph.intune.edits import find_app, find_policy
from reconciler.sandbox.graph.intune.effective import Effective, effective_device
from reconciler.sandbox.graph.seed import devices_by_serial, find_group
from reconciler.sandbox.graph.state import GraphState

SEED = Path(__file__).parent / "tenant.yaml"
TYPE = "#microsoft.graph."


@dataclass(frozen=True, slots=True, kw_only=True)
class Intune:
    """A client with all rights, and short forms of what tests do often."""

    http: httpx.Client
    sandbox: Sandbox
    clock: ManualClock

    @property
    def state(self) -> GraphState:
        return self.sandbox.graph.state

    def options(self, **changes: Any) -> None:
        answer = self.http.post("/_sandbox/options", json={f"graph.{name}": value for name, value in changes.items()})
        assert answer.status_code == 200, answer.text

    def edit(self, edit: str, /, **arguments: Any) -> None:
        answer = self.http.post("/_sandbox/perturb", json={edit: arguments})
        assert answer.status_code == 200, answer.text

    def call(self, verb: str, path: str, body: Any = None, *, version: str = "beta", **query: str) -> httpx.Response:
        parameters = {f"${name}": value for name, value in query.items()}
        return self.http.request(verb, f"/intune/{version}/{path}", json=body, params=parameters)

    def get(self, path: str, *, version: str = "beta", **query: str) -> Any:
        answer = self.call("GET", path, version=version, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def app(self, reference: str) -> str:
        return f"deviceAppManagement/mobileApps/{find_app(self.state.intune, reference)['id']}"

    def policy(self, reference: str) -> str:
        kind, policy = find_policy(self.state.intune, reference)
        segments = {
            "configurations": "deviceConfigurations",
            "compliance": "deviceCompliancePolicies",
            "catalog": "configurationPolicies",
        }
        return f"deviceManagement/{segments[kind]}/{policy['id']}"

    def group(self, name: str) -> str:
        return find_group(self.state, name).id

    def rows(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"{path}/assignments")["value"]
        return found

    def target(self, group: str, **more: Any) -> dict[str, Any]:
        return {"@odata.type": TYPE + "groupAssignmentTarget", "groupId": self.group(group), **more}

    def on(self, serial: str, *user_groups: str) -> Effective:
        """What a device has, with a user of these groups at it."""
        device = devices_by_serial(self.state)[serial][0]
        return effective_device(self.state, device, tuple(self.group(name) for name in user_groups))


def refusal(answer: httpx.Response, status: int = 400) -> str:
    """The message of an error; the one inside, where Intune puts a document into it."""
    assert answer.status_code == status, answer.text
    message: str = answer.json()["error"]["message"]
    if message.startswith("{"):
        inner: str = json.loads(message)["Message"]
        return inner.split(" - Operation ID")[0]
    return message


@pytest.fixture
def intune() -> Iterator[Intune]:
    clock = ManualClock()
    app = create_app(load_seed(SEED), clock=clock)
    headers = {"Authorization": "Bearer sandbox-write"}
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://sandbox", headers=headers) as http:
        yield Intune(http=http, sandbox=app.extensions["sandbox"], clock=clock)
