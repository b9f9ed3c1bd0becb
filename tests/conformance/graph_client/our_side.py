"""Our own side of the comparison: a small municipality's files, planned and applied on a sandbox."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from reconciler.credentials.google import Purpose
from reconciler.model.change import Outcome, Plan
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.sandbox import Sandbox, State, dump, load, load_seed
from tests.conformance.google_client.our_side import TODAY, Ours

SMALL = Path(__file__).parent / "small"


@cache
def small() -> Prepared:
    prepared = prepare(SMALL, TODAY)
    assert prepared.documents is not None, prepared.findings
    return prepared


def uid() -> str:
    documents = small().documents
    assert documents is not None
    return documents.organisation.uid


def seeded() -> State:
    """The tenant before the first apply."""
    return load_seed(SMALL / "seed.yaml")


def copy_of(sandbox: Sandbox) -> State:
    return load(json.loads(dump(State(graph=sandbox.graph.state))))


def plan_with(ours: Ours) -> Plan:
    plan = run_plan(small(), ours.wiring(Purpose.PLAN))
    assert plan is not None
    assert plan.held == (), [finding.code for finding in plan.findings]
    return plan


def apply_with(ours: Ours, plan: Plan, folder: Path) -> None:
    """Every change is applied, or the test ends here."""
    applied = run_apply(plan, small(), folder, TODAY, ours.wiring(Purpose.APPLY), folder / "journal.jsonl")
    assert applied.result is not None
    undone = [(str(each.key), each.reason) for each in applied.result.results if each.outcome is not Outcome.APPLIED]
    assert undone == []
    assert len(applied.result.results) == len(plan.changes)
