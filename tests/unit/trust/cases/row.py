"""A row of the table of cases: what is bent, and what becomes of the changes.

Written by hand; nothing in it is computed by our code. Rows are data, so that the test which takes the checks out one by one can ask all
of them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.unit.trust.building import FP, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    world: World
    outcome: Mapping[str, str]
    refused: str = ""
    complete: bool | None = None


ROWS: dict[str, Row] = {}


def row(
    name: str, it: World, outcome: str | Mapping[str, str] = "", *, refused: str = "", complete: bool | None = None
) -> None:
    """A row says for each fingerprint the code of the reason that holds it, or who covers it. `outcome` as text is that of the change FP."""
    said = {FP: outcome} if isinstance(outcome, str) and outcome else outcome or {}
    assert name not in ROWS
    assert not isinstance(said, str)
    ROWS[name] = Row(world=it, outcome=said, refused=refused, complete=complete)


def holds(row: Row) -> bool:
    """Whether the decision is what the row says, whole: nothing covered or held beside it."""
    decision = row.world.decide()
    covered = {one.fingerprint: ", ".join(one.by) for one in decision.covered}
    held = {one.fingerprint: one.code for one in decision.held}
    refused = decision.refused.code if decision.refused else ""
    complete = row.complete is None or decision.complete is row.complete
    return (
        {**covered, **held} == row.outcome and covered.keys().isdisjoint(held) and refused == row.refused and complete
    )
