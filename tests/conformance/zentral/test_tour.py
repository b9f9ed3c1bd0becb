"""The sandbox against a real server: the same requests in the same order, and the answers that were recorded.

Answers are compared whole, but for fields that neither we nor the emulator have a use for (`unused` in tour.yaml): those it may
leave out.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import yaml

from reconciler.sandbox import create_app, load_seed
from tests.conformance.zentral.masking import without_unused
from tests.conformance.zentral.recording import RECORDED, answers, asking
from tests.conformance.zentral.touring import HERE, Step, Tour, load_tour

TOUR = load_tour()
SERVER: Mapping[str, Any] = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))["answers"]
TOKENS = {"all": "sandbox-write", "view": "sandbox-read", "few": "few", "inactive": "inactive"}


def play(tour: Tour) -> Mapping[str, Any]:
    app = create_app(load_seed(HERE / "sandbox.yaml"))
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:1/zentral/api/") as client:
        return answers(tour, asking(client, TOKENS), "Skolplattor")


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Any]:
    return play(TOUR)


def test_every_step_is_recorded() -> None:
    """A step that was added without going to a server again would be held to nothing."""
    assert [step.name for step in TOUR.steps] == list(SERVER)


@pytest.mark.parametrize("step", TOUR.steps, ids=lambda step: step.name)
def test_sandbox_answers_as_the_server_did(step: Step, answered: Mapping[str, Any]) -> None:
    unused = TOUR.unused.get(step.collection, ())
    real, ours = SERVER[step.name], answered[step.name]
    assert ours == without_unused(real, unused, unless=ours)
