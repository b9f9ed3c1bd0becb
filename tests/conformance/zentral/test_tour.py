"""The sandbox against a real server: the same requests in the same order, and the answers that were recorded.

Answers are compared whole, but for fields that neither we nor the emulator have a use for (`unused` in tour.yaml): those it may
leave out. Steps with the token of an account that is switched off are not played: the sandbox has tokens and no accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
import yaml

from reconciler.sandbox import create_app, load_seed
from tests.conformance.zentral.recording import RECORDED, answers, asking
from tests.conformance.zentral.touring import HERE, Step, Tour, load_tour

TOUR = load_tour()
PLAYED = replace(TOUR, steps=[step for step in TOUR.steps if step.who != "inactive"])
SERVER: Mapping[str, Any] = yaml.safe_load(RECORDED.read_text(encoding="utf-8"))["answers"]
TOKENS = {"all": "sandbox-write", "view": "sandbox-read", "few": "few"}


def play(tour: Tour) -> Mapping[str, Any]:
    app = create_app(load_seed(HERE / "sandbox.yaml"))
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://127.0.0.1:1/zentral/api/") as client:
        return answers(tour, asking(client, TOKENS), "Skolplattor")


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Any]:
    return play(PLAYED)


def test_every_step_is_recorded() -> None:
    """A step that was added without going to a server again would be held to nothing."""
    assert [step.name for step in TOUR.steps] == list(SERVER)


@pytest.mark.parametrize("step", PLAYED.steps, ids=lambda step: step.name)
def test_sandbox_answers_as_the_server_did(step: Step, answered: Mapping[str, Any]) -> None:
    unused = TOUR.unused.get(step.collection, ())
    real, ours = SERVER[step.name], answered[step.name]
    assert ours == _without(real, unused, unless=ours)


def _without(real: Any, unused: Sequence[str], *, unless: Any) -> Any:
    """What the server answered, less the unused fields that the other answer leaves out."""
    if isinstance(real, Mapping):
        other = unless if isinstance(unless, Mapping) else {}
        kept = {name: value for name, value in real.items() if name in other or name not in unused}
        if "fields" in kept and isinstance(other.get("fields"), list):
            kept["fields"] = [name for name in kept["fields"] if name in other["fields"] or name not in unused]
        return {name: _without(value, unused, unless=other.get(name)) for name, value in kept.items()}
    if isinstance(real, list):
        others = unless if isinstance(unless, list) and len(unless) == len(real) else [None] * len(real)
        return [_without(value, unused, unless=other) for value, other in zip(real, others, strict=True)]
    return real
