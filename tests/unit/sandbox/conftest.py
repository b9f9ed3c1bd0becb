"""A sandbox in process, on virtual time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox import ManualClock, Options, Sandbox, create_app, load_seed
from reconciler.sandbox.google.methods import find_method
from tests.conformance.google_client.discovery import faults, methods

SEED = Path(__file__).parent / "small.yaml"
DIRECTORY = "/google/admin/directory/v1/customer/my_customer"
POLICIES = "/google/v1/customers/my_customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The small municipality, a client with all rights, and short forms of what tests do often."""

    http: httpx.Client
    sandbox: Sandbox
    clock: ManualClock

    def options(self, **changes: Any) -> None:
        assert self.http.post("/_sandbox/options", json=changes).status_code == 200

    def fault(self, **fault: Any) -> None:
        assert self.http.post("/_sandbox/faults", json=fault).status_code == 200

    def org_unit(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{DIRECTORY}/orgunits/{path}").json()
        return found

    def target(self, path: str) -> str:
        return "orgunits/" + str(self.org_unit(path)["orgUnitId"]).removeprefix("id:")

    def modify(self, *entries: dict[str, Any], kind: str = "orgunits") -> httpx.Response:
        return self.http.post(f"{POLICIES}/policies/{kind}:batchModify", json={"requests": list(entries)})

    def inherit(self, target: str, schema: str, app: str = "") -> httpx.Response:
        body = {"requests": [{"policyTargetKey": key(target, app), "policySchema": schema}]}
        return self.http.post(f"{POLICIES}/policies/orgunits:batchInherit", json=body)

    def resolve(self, target: str, schema: str, app: str = "", **rest: Any) -> httpx.Response:
        body = {"policySchemaFilter": schema, "policyTargetKey": key(target, app)} | rest
        return self.http.post(f"{POLICIES}/policies:resolve", json=body)

    def effective(self, **question: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get("/_sandbox/google/effective", params=question).json()
        return found


def key(target: str, app: str = "") -> dict[str, Any]:
    return {"targetResource": target} | ({"additionalTargetKeys": {"app_id": app}} if app else {})


def entry(target: str, schema: str, value: dict[str, Any], *, app: str = "", mask: object = None) -> dict[str, Any]:
    return {
        "policyTargetKey": key(target, app),
        "policyValue": {"policySchema": schema, "value": value},
        "updateMask": ",".join(value) if mask is None else mask,
    }


def _check_against_discovery(response: httpx.Response) -> None:
    """Whatever the sandbox accepts and answers must fit Google's documents: every test of a Box is a test of this too."""
    path = response.request.url.path.removeprefix("/google/")
    found = find_method(response.request.method, path)
    if found is None or response.status_code not in (200, 204):
        return
    google = methods()[found[0].id]
    if response.request.content and found[0].body is not None:
        sent = json.loads(response.request.content)
        for each in sent.get("requests", []):
            each.pop("updateMask", None)  # samples and clients also send objects here; the document has a string
        sent = {name: value for name, value in sent.items() if value is not None}
        assert faults(google["api"], sent, google["request"]) == []
    try:
        answered = json.loads(response.read() or b"null")
    except ValueError:
        return  # half a page, as a fault was asked for
    if "response" in google:
        assert faults(google["api"], answered, google["response"]) == []
    else:
        assert answered is None


@pytest.fixture
def box() -> Iterator[Box]:
    clock = ManualClock()
    app = create_app(load_seed(SEED), clock=clock, options=Options())
    transport = httpx.WSGITransport(app=app)
    headers = {"Authorization": "Bearer sandbox-write"}
    hooks = {"response": [_check_against_discovery]}
    with httpx.Client(transport=transport, base_url="http://sandbox", headers=headers, event_hooks=hooks) as http:
        yield Box(http=http, sandbox=app.extensions["sandbox"], clock=clock)
