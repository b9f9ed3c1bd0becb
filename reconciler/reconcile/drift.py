"""`drift`: the systems are read as for a plan of the files as they stand, and what differs is told. Nothing is put back."""

from datetime import datetime

from reconciler.adapters.wiring import Wiring
from reconciler.planning.drift import Drift, drift_of
from reconciler.reconcile.connect import Connect, connect
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import Prepared


def find_drift(
    prepared: Prepared,
    wiring: Wiring,
    *,
    backend: str | None = None,
    connect_to: Connect = connect,
    moment: datetime | None = None,
) -> Drift | None:
    """Of every system, or of one; None where the files don't even make an organisation.

    `prepared` is without a base: then no change is anybody's proposal, and all of them stand. With a moment, what the
    calendar holds is told apart. Raises nothing for what a system answers.
    """
    documents = prepared.documents
    made = run_plan(prepared, wiring, only=Filter(backend=backend), connect_to=connect_to, moment=moment)
    if documents is None or made is None:
        return None
    return drift_of(made, [one for one in documents.organisation.backends if backend in (None, one.id)])
