"""Who decided, when, and where it is recorded: written alike in every kind of file."""

from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.wishes import Data, day
from reconciler.model.mgn import Decided
from reconciler.model.place import Pointer


def decided(data: Data, key: str, at: Pointer, faults: Faults) -> Decided | None:
    """What stands at `key`, or None. A day that the calendar doesn't have is a fault."""
    one = data.get(key)
    if one is None:
        return None
    return Decided(body=one["body"], day=day(one, "date", below(at, key), faults), reference=one["reference"])
