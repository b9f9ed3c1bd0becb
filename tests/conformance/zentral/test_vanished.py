"""An app's location taken out of Zentral while a blueprint links the app: the sandbox against what a real server answered."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml

from reconciler.sandbox import Sandbox, create_app, load_seed
from reconciler.sandbox.zentral.state import ZentralState, remove_location_asset
from tests.conformance.zentral.masking import without_unused
from tests.conformance.zentral.recording import VANISHED, VANISHED_RECORDED, asking, in_parts
from tests.conformance.zentral.touring import HERE, Known, Step, load_tour

SERVER: Mapping[str, Any] = yaml.safe_load(VANISHED_RECORDED.read_text(encoding="utf-8"))["answers"]
HALVES = [load_tour(VANISHED, half) for half in ("before", "after")]
STEPS = [step for half in HALVES for step in half.steps]


def forget(state: ZentralState, location: int) -> None:
    """What deleting a location does: its assets go first."""
    for asset in [each["id"] for each in state.tables["location_assets"].values() if each["location"] == location]:
        remove_location_asset(state, asset)
    del state.tables["locations"][location]


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Any]:
    app = create_app(load_seed(HERE / "sandbox.yaml"))
    sandbox: Sandbox = app.extensions["sandbox"]

    def by_hand(known: Known) -> None:
        forget(sandbox.zentral.state, known.values["location"])

    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://127.0.0.1:1/zentral/api/") as client:
        return in_parts(
            asking(client, {"all": "sandbox-write"}), VANISHED, {"before": lambda _: None, "after": by_hand}
        )


def test_every_step_is_recorded() -> None:
    assert [step.name for step in STEPS] == list(SERVER)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_sandbox_answers_as_the_server_did(step: Step, answered: Mapping[str, Any]) -> None:
    unused = HALVES[0].unused.get(step.collection, ())
    assert answered[step.name] == without_unused(SERVER[step.name], unused, unless=answered[step.name])
