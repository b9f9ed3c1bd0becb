"""The state of all emulated systems, and its canonical dump."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.google import state as google
from reconciler.sandbox.google.state import GoogleState
from reconciler.sandbox.graph import state as graph
from reconciler.sandbox.graph.state import GraphState
from reconciler.sandbox.zentral import state as zentral
from reconciler.sandbox.zentral.state import ZentralState

FORMAT = 1


@dataclass(slots=True)
class State:
    """One tenant for each vendor."""

    google: GoogleState = field(default_factory=lambda: google.new_tenant("C0sandbox", "exempelkommun.example.se"))
    graph: GraphState = field(default_factory=GraphState)
    zentral: ZentralState = field(default_factory=ZentralState)


def dump(state: State) -> str:
    """Canonical JSON: equal states give equal text. A Graph tenant or Zentral server that nobody has touched is left out."""
    data = {"format": FORMAT, "google": google.dump(state.google)}
    if state.graph != GraphState():
        data["graph"] = graph.dump(state.graph)
    if state.zentral != ZentralState():
        data["zentral"] = zentral.dump(state.zentral)
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def load(data: Any) -> State:
    """A state from the parsed JSON of a dump; ValueError for anything else."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"not a state dump of format {FORMAT}")
    try:
        return State(
            google=google.load(data["google"]),
            graph=graph.load(data["graph"]) if "graph" in data else GraphState(),
            zentral=zentral.load(data["zentral"]) if "zentral" in data else ZentralState(),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged state dump: {error}") from error
