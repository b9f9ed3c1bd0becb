"""`make record-seed`: the sample's converged tenants, recorded anew.

Starts from `sample-base.yaml` (the tenants before the reconciler), applies the sample municipality's files in process on
virtual time, checks that the second plan is empty, and writes the tenants as they then are. A test does the same and compares.
"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import httpx
from flask import Flask

from reconciler.adapters.wiring import Wiring
from reconciler.apply import running
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.model.documents import Limits
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.sandbox import ManualClock, State, create_app, dump, load_seed

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "reconciler" / "sandbox" / "seeds"
RECORDED_ON = date(2026, 11, 21)


def main() -> int:
    target = SEEDS / "sample-converged.json"
    target.write_text(record(), encoding="utf-8")
    sys.stdout.write(f"recorded {target.relative_to(ROOT)}\n")
    return 0


def record() -> str:
    """The tenants after the sample was applied, as the sandbox dumps them."""
    clock = ManualClock()
    app = create_app(load_seed(SEEDS / "sample-base.yaml"), clock=clock)
    prepared = _without_limits(prepare(ROOT, RECORDED_ON))
    plan = run_plan(prepared, _wiring(app, clock, Purpose.PLAN))
    if plan is None or plan.held:
        raise SystemExit(f"The sample can't be planned whole: {[finding.code for finding in prepared.all_findings]}")
    with TemporaryDirectory() as folder, patch.object(running, "ThreadPoolExecutor", _one_at_a_time):
        journal = Path(folder) / "journal.jsonl"
        run_apply(plan, prepared, Path(folder), RECORDED_ON, _wiring(app, clock, Purpose.APPLY), journal)
    second = run_plan(prepared, _wiring(app, clock, Purpose.PLAN))
    if second is None or second.changes or second.held:
        raise SystemExit("The second plan is not empty, so the tenants are not what the files say.")
    sandbox = app.extensions["sandbox"]
    recorded = dump(State(google=sandbox.google.state, graph=sandbox.graph.state))
    return re.sub(rf'"{RECORDED_ON}T[\d:]+Z"', f'"{RECORDED_ON}T08:00:00Z"', recorded)  # retries wait by chance


def _one_at_a_time(max_workers: int) -> ThreadPoolExecutor:
    """Nothing side by side: Graph's ids and times follow the order of creation, and two recordings shall be equal."""
    return ThreadPoolExecutor(max_workers=min(max_workers, 1))


def _without_limits(prepared: Prepared) -> Prepared:
    """A first apply touches every device; in a municipality a reviewed allowance lets it."""
    assert prepared.documents is not None
    organisation = prepared.documents.organisation
    everything = Limits(share=100, count=100_000, disruptive_share=100)
    backends = tuple(replace(backend, limits=everything) for backend in organisation.backends)
    documents = replace(prepared.documents, organisation=replace(organisation, backends=backends))
    return replace(prepared, documents=documents)


def _wiring(app: Flask, clock: ManualClock, purpose: Purpose) -> Wiring:
    time = Clock(monotonic=clock.now, wall=clock.now, sleep=clock.advance)
    return Wiring(
        environment={},
        purpose=purpose,
        sandbox="http://127.0.0.1:1",
        clock=time,
        transport=lambda: httpx.WSGITransport(app=app),
    )


if __name__ == "__main__":
    raise SystemExit(main())
