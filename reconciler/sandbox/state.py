"""The state of all emulated systems, and its canonical dump."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.google import state as google
from reconciler.sandbox.google.state import GoogleState

FORMAT = 1


@dataclass(slots=True)
class State:
    """One tenant for each vendor."""

    google: GoogleState = field(default_factory=lambda: google.new_tenant("C0sandbox", "exempelkommun.example.se"))


def dump(state: State) -> str:
    """Canonical JSON: equal states give equal text."""
    data = {"format": FORMAT, "google": google.dump(state.google)}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def load(data: Any) -> State:
    """A state from the parsed JSON of a dump; ValueError for anything else."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"not a state dump of format {FORMAT}")
    try:
        return State(google=google.load(data["google"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged state dump: {error}") from error
