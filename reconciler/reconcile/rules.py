"""The rules of a repository asked of what its files add up to, and of its base where one was named."""

from collections.abc import Mapping
from time import perf_counter

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.resource import Snapshot
from reconciler.policy.days import Days
from reconciler.policy.judging import NOTHING_ASKED, Judged, Side, judge_rules
from reconciler.policy.live_loosened import judge_loosened
from reconciler.policy.live_rules import Live, LiveOn, judge_live
from reconciler.reconcile.live_facts import live_facts, place_devices
from reconciler.reconcile.prepare import Prepared


def judge_prepared(prepared: Prepared) -> Judged:
    """Verdicts on the day that the state was compiled for. Nothing is asked where the files make no organisation."""
    head, before = sides(prepared)
    return judge_rules(head, head.state.as_of, before) if head and head.state else NOTHING_ASKED


def sides(prepared: Prepared) -> tuple[Side | None, Side | None]:
    """Head and base, each None where there is none to ask rules of."""
    documents, state, base = prepared.documents, prepared.state, prepared.base
    if documents is None or state is None:
        return None, None
    before = Side(documents=base.documents, state=base.state, clock=perf_counter) if base and base.documents else None
    return Side(documents=documents, state=state, clock=perf_counter, unread=prepared.unread), before


def judge_with_devices(prepared: Prepared, snapshots: Mapping[str, Snapshot]) -> Judged:
    """The same with the devices that were read, by backend: rules on devices, and on how many there are, get their answers."""
    judged = judge_prepared(prepared)
    documents, state, base = prepared.documents, prepared.state, prepared.base
    if documents is None or state is None:
        return judged
    live = live_on(documents, state, snapshots)
    if not (base and base.documents and base.state):
        return judge_live(judged, documents, state, live, None)
    before = live_on(base.documents, base.state, snapshots)
    judged = judge_live(judged, documents, state, live, before)
    return judge_loosened(judged, Side(documents=documents, state=state), base.documents, live, before)


def live_on(documents: Documents, state: DesiredState, snapshots: Mapping[str, Snapshot]) -> LiveOn:
    placed = place_devices(documents, state, snapshots)

    def on(days: Days) -> Live:
        return live_facts(documents, state, placed, days)

    return on
