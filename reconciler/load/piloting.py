"""A group's pilot, from checked data to `model.pilot`."""

from reconciler.load.deciding import decided
from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.wishes import Data, day, span
from reconciler.model.pilot import Pilot
from reconciler.model.place import Pointer


def pilot(data: Data, at: Pointer, faults: Faults) -> Pilot:
    """A day that the calendar doesn't have, or an end before the beginning, is a fault."""
    days = span(data, at, faults)
    evaluation = data.get("evaluation", {})
    return Pilot(
        purpose=data["purpose"],
        start=days.start,
        until=days.end,
        criteria=tuple(data.get("criteria", ())),
        evaluation_by=day(evaluation, "by", below(at, "evaluation"), faults),
        evaluated=evaluation.get("reference", ""),
        decision=decided(data, "decision", at, faults),
    )
