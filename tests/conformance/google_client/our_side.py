"""Our own side of the comparison: the sample municipality's files, planned, applied and observed on a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import httpx
from flask import Flask

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.model.adapter import Scope
from reconciler.model.change import Outcome, Plan
from reconciler.model.documents import Limits
from reconciler.model.resource import Snapshot
from reconciler.planning.joining import readable_targets
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.connect import connect
from reconciler.reconcile.plan import VALUES, Filter, run_plan
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.sandbox import ManualClock

ROOT = Path(__file__).resolve().parents[3]
SEEDS = ROOT / "reconciler" / "sandbox" / "seeds"
TODAY = date(2026, 11, 21)
GOOGLE = "chrome"
"""The sample's Google backend; what its other systems hold is none of this comparison's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """How the reconciler reaches one sandbox: by its address, or in process where `app` is given. Time is the sandbox's."""

    clock: ManualClock
    url: str = "http://127.0.0.1:1"
    app: Flask | None = None

    def wiring(self, purpose: Purpose) -> Wiring:
        time = Clock(monotonic=self.clock.now, wall=self.clock.now, sleep=self.clock.advance)
        return Wiring(environment={}, purpose=purpose, sandbox=self.url, clock=time, transport=self._transport())

    def _transport(self) -> Callable[[], httpx.BaseTransport] | None:
        app = self.app
        return (lambda: httpx.WSGITransport(app=app)) if app else None


@cache
def sample() -> Prepared:
    """The municipality in this repository. A first apply touches every device, so its limits are lifted, as an allowance would."""
    prepared = prepare(ROOT, TODAY)
    assert prepared.documents is not None
    organisation = prepared.documents.organisation
    lifted = Limits(share=100, count=100_000, disruptive_share=100)
    backends = tuple(replace(backend, limits=lifted) for backend in organisation.backends)
    documents = replace(prepared.documents, organisation=replace(organisation, backends=backends))
    return replace(prepared, documents=documents)


def uid() -> str:
    documents = sample().documents
    assert documents is not None
    return documents.organisation.uid


def plan_with(ours: Ours) -> Plan:
    plan = run_plan(sample(), ours.wiring(Purpose.PLAN), only=Filter(backend=GOOGLE))
    assert plan is not None
    assert plan.held == (), [finding.code for finding in plan.findings]
    return plan


def apply_with(ours: Ours, plan: Plan, folder: Path) -> None:
    """Every change is applied, or the test ends here."""
    applied = run_apply(plan, sample(), folder, TODAY, ours.wiring(Purpose.APPLY), folder / "journal.jsonl")
    assert applied.result is not None
    undone = [
        (str(each.key), each.outcome, each.reason)
        for each in applied.result.results
        if each.outcome is not Outcome.APPLIED
    ]
    assert undone == []
    assert len(applied.result.results) == len(plan.changes)


def observe_with(ours: Ours) -> Snapshot:
    """What the adapter reads for a plan: places, then devices and values of every target."""
    prepared = sample()
    assert prepared.documents is not None
    assert prepared.state is not None
    [backend] = [each for each in prepared.documents.organisation.backends if each.id == GOOGLE]
    adapter = connect(prepared.documents, backend, ours.wiring(Purpose.PLAN))
    try:
        structure = adapter.observe(Scope(kinds=frozenset({"group"})))
        lowered = adapter.lower(prepared.state, structure)
        targets = readable_targets(lowered, structure, uid())
        values = adapter.observe(Scope(kinds=VALUES, targets=targets))
    finally:
        adapter.close()
    assert values.unread == structure.unread == frozenset()
    return replace(values, resources=(*structure.resources, *values.resources))
