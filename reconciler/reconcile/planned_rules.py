"""The rules that only live facts answer, asked for a plan: of the devices that it read, where it would put them, and before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain

from reconciler.planning.joining import is_ours, join_groups
from reconciler.planning.plan import BackendView
from reconciler.policy.days import Days
from reconciler.policy.facts import Facts
from reconciler.policy.judging import Judged, Side
from reconciler.policy.live_loosened import judge_loosened
from reconciler.policy.live_rules import Live, judge_live
from reconciler.reconcile.live_facts import Placed, live_facts
from reconciler.reconcile.prepare import Prepared
from reconciler.reconcile.rules import live_on


def judge_planned(judged: Judged, prepared: Prepared, views: Sequence[BackendView]) -> Judged:
    """What was judged of the files, with what a plan's views know of devices.

    Whose a breach is shows for a device that the plan moves by where it is now; for all else by the base's files, or
    without a base by where the devices are now. What is so already, this plan does not make.
    """
    documents, state, base = prepared.documents, prepared.state, prepared.base
    if documents is None or state is None:
        return judged
    org = documents.organisation.uid

    @cache
    def now() -> dict[str, Mapping[str, str]]:
        """Only where a rule asks for it: devices come by the hundred thousand."""
        return {view.backend.id: live_places(view, org) for view in views}

    def on(days: Days) -> Live:
        return replace(live_facts(documents, state, views, days), settled=_settled(views, now()))

    def where_they_are(days: Days) -> Live:
        placed = [Placed(backend=view.backend, snapshot=view.snapshot, places=now()[view.backend.id]) for view in views]
        return live_facts(documents, state, placed, days)

    if not (base and base.documents and base.state):
        return judge_live(judged, documents, state, on, where_they_are)
    of_base = live_on(base.documents, base.state, {view.backend.id: view.snapshot for view in views})

    def before(days: Days) -> Live:
        was, settled = of_base(days), _settled(views, now())
        staying = (one for one in was.devices if one.device in settled)
        moving = (one for one in where_they_are(days).devices if one.device not in settled)
        return replace(was, devices=map(_by_device, chain(staying, moving)))

    judged = judge_live(judged, documents, state, on, before)
    return judge_loosened(judged, Side(documents=documents, state=state), base.documents, on, of_base)


def _by_device(facts: Facts) -> Facts:
    """Numbers of two placements would be taken for each other; these verdicts are compared with and never shown."""
    return replace(facts, subject=replace(facts.subject, id=facts.device))


def _settled(views: Sequence[BackendView], now: Mapping[str, Mapping[str, str]]) -> frozenset[str]:
    return frozenset(
        f"{view.backend.id}/{device}"
        for view in views
        for device, ref in view.places.items()
        if now[view.backend.id].get(device) == ref
    )


def live_places(view: BackendView, org: str) -> Mapping[str, str]:
    """Device id → reference of the group of ours that it lies in now, under the name that the files have for it."""
    groups = [one for one in view.snapshot.resources if one.key.kind == "group"]
    join = join_groups(view.lowered.resources, groups, org)
    refs = ((device.id, [join.wanted_ref(place) for place in device.places]) for device in view.snapshot.devices)
    return {device: ours[0] for device, places in refs if (ours := [ref for ref in places if is_ours(ref)])}
