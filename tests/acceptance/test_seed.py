"""The sample's seed, two systems: recorded from the sample's files, and cheap enough to heal that the quota stays on."""

from collections import Counter
from datetime import date

import httpx
import pytest
from flask import Flask

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.google import Purpose
from reconciler.http.clock import Clock
from reconciler.model.change import Plan
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from reconciler.sandbox import ManualClock, create_app, load_seed
from tests.acceptance.record_seed import RECORDED_ON, ROOT, SEEDS, record

MOST_WRITES = 25
"""Below the 30 a minute that Google allows, so that neither the demo nor a kill test waits for the quota."""


def test_the_recorded_tenant_is_what_the_files_come_to() -> None:
    """After a change of the sample or of what we write: `make record-seed`, and read the difference."""
    recorded = (SEEDS / "sample-converged.json").read_text(encoding="utf-8")

    assert record() == recorded


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def app(clock: ManualClock) -> Flask:
    return create_app(load_seed(SEEDS / "sample.yaml"), clock=clock)


def wiring(app: Flask, clock: ManualClock, purpose: Purpose) -> Wiring:
    time = Clock(monotonic=clock.now, wall=clock.now, sleep=clock.advance)
    return Wiring(
        environment={},
        purpose=purpose,
        sandbox="http://127.0.0.1:1",
        clock=time,
        transport=lambda: httpx.WSGITransport(app=app),
    )


def plan_sample(app: Flask, clock: ManualClock, day: date = RECORDED_ON) -> Plan:
    plan = run_plan(prepare(ROOT, day), wiring(app, clock, Purpose.PLAN))
    assert plan is not None
    return plan


def test_what_has_gone_astray_is_found_and_healed_within_the_quota(
    app: Flask, clock: ManualClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    plan = plan_sample(app, clock)
    found: dict[str, Counter[tuple[str, str]]] = {"chrome": Counter(), "intune": Counter()}
    for change in plan.changes:
        found[change.backend][change.action.value, change.key.kind] += 1
    # The edits of sample.yaml, one by one: incognito and guest mode set by hand, a value cleared, an extension taken
    # away, a value of nobody's, a place renamed, a mark lost; devices in five different wrong places. What lies on a
    # `listed` place without being written (a screenshot setting, Kahoot at one school) is kept.
    assert found["chrome"] == {
        ("update", "setting"): 2,
        ("create", "setting"): 1,
        ("create", "assignment"): 1,
        ("delete", "setting"): 1,
        ("update", "group"): 1,
        ("adopt", "group"): 1,
        ("update", "membership"): 5,
    }
    # An app store opened by hand, a policy that lost its group, an app taken away, another renamed, a group renamed and one
    # without its mark; devices in four different wrong places. What somebody assigned to a group of their own is kept.
    assert found["intune"] == {
        ("update", "setting"): 1,
        ("create", "setting"): 1,
        ("create", "assignment"): 1,
        ("update", "app"): 1,
        ("update", "group"): 2,
        ("update", "membership"): 4,
    }
    assert plan.held == ()
    assert [(each.code, each.subject) for each in plan.outstanding] == [
        ("INTUNE-DEVICE-NOT-IN-ENTRA", "anpassade-grundskolan/ipads")
    ]

    sent: list[str] = []
    writing = Wiring(
        environment={},
        purpose=Purpose.APPLY,
        sandbox="http://127.0.0.1:1",
        clock=wiring(app, clock, Purpose.APPLY).clock,
        transport=lambda: httpx.WSGITransport(app=app),
        on_request=lambda request: sent.append(request.lane),
    )
    folder = tmp_path_factory.mktemp("work")
    run_apply(plan, prepare(ROOT, RECORDED_ON), folder, RECORDED_ON, writing, folder / "journal.jsonl")

    assert 0 < sent.count("policy-write") <= MOST_WRITES
    assert plan_sample(app, clock).changes == ()
