"""What devices have or were sent, and what may be deleted of it: the sandbox against what a real server answered."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml

from reconciler.sandbox import Sandbox, create_app, load_seed
from reconciler.sandbox.zentral.reporting import report
from tests.conformance.zentral.masking import without_unused
from tests.conformance.zentral.recording import HELD, HELD_RECORDED, asking, in_parts
from tests.conformance.zentral.touring import HERE, Known, Step, load_tour

SERVER: Mapping[str, Any] = yaml.safe_load(HELD_RECORDED.read_text(encoding="utf-8"))["answers"]
PARTS = {part: load_tour(HELD, part) for part in ("made", "installed", "removed")}
STEPS = [step for part in PARTS.values() for step in part.steps]


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Any]:
    app = create_app(load_seed(HERE / "sandbox.yaml"))
    sandbox: Sandbox = app.extensions["sandbox"]

    def devices_report(_: Known) -> None:
        report(sandbox.zentral.state, list(sandbox.zentral.state.devices.values()))

    hands = {"made": lambda _: None, "installed": devices_report, "removed": devices_report}
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1:1/zentral/api/") as client:
        return in_parts(asking(client, {"all": "sandbox-write"}), HELD, hands)


def test_every_step_is_recorded() -> None:
    assert [step.name for step in STEPS] == list(SERVER)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_sandbox_answers_as_the_server_did(step: Step, answered: Mapping[str, Any]) -> None:
    unused = PARTS["made"].unused.get(step.collection, ())
    assert answered[step.name] == without_unused(SERVER[step.name], unused, unless=answered[step.name])
