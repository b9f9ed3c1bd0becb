"""Microsoft's own client does the same job as our adapter, and leaves the same tenant behind."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import pytest

from reconciler.credentials.google import Purpose
from reconciler.model.change import Outcome, Plan
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import Prepared, prepare
from reconciler.sandbox import ManualClock, State, load_seed
from tests.conformance.google_client.our_side import TODAY, Ours
from tests.conformance.graph.checker import check_log
from tests.conformance.graph_client.carrying_out import Script, carry_out
from tests.conformance.graph_client.client import Served, connect, serve
from tests.conformance.graph_client.tenants import effective, tenant

# Microsoft's client warns of classes of its own when they are imported (msgraph-sdk 1.65, kiota-abstractions 1.16).
QUIET = [
    pytest.mark.filterwarnings("ignore:GetQueryParameters is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:This class is deprecated. Please use the generic:DeprecationWarning"),
]
pytestmark = QUIET

PORTAL = "windowsWebApp:https://skola.exempel.se/"
SMALL = Path(__file__).parent / "small"


@cache
def small() -> Prepared:
    prepared = prepare(SMALL, TODAY)
    assert prepared.documents is not None, prepared.findings
    return prepared


def seeded() -> State:
    return load_seed(SMALL / "seed.yaml")


def ours_on(served: Served) -> Ours:
    assert isinstance(served.sandbox.clock, ManualClock)
    return Ours(clock=served.sandbox.clock, url=served.url)


def plan_on(served: Served) -> Plan:
    plan = run_plan(small(), ours_on(served).wiring(Purpose.PLAN))
    assert plan is not None
    assert plan.held == (), [finding.code for finding in plan.findings]
    return plan


def apply_on(served: Served, plan: Plan, folder: Path) -> None:
    wiring = ours_on(served).wiring(Purpose.APPLY)
    applied = run_apply(plan, small(), folder, TODAY, wiring, folder / "journal.jsonl")
    assert applied.result is not None
    undone = [(str(each.key), each.reason) for each in applied.result.results if each.outcome is not Outcome.APPLIED]
    assert undone == []


def by_microsoft(served: Served, plan: Plan) -> None:
    documents = small().documents
    assert documents is not None
    script = Script(clients=connect(served), org=documents.organisation.uid, root=f"{served.url}/intune")
    asyncio.run(carry_out(script, plan.changes))


def test_a_plan_leads_to_the_same_tenant_by_either_way(tmp_path: Path) -> None:
    with serve(seeded()) as ours, serve(seeded()) as theirs:
        before = tenant(ours.sandbox.graph.state)
        assert before == tenant(theirs.sandbox.graph.state)
        plan = plan_on(ours)
        assert {change.key.kind for change in plan.changes} == {"group", "app", "setting", "assignment", "membership"}

        apply_on(ours, plan, tmp_path)
        assert check_log(ours.sandbox.log) == []
        by_microsoft(theirs, plan)

        by_us, by_them = tenant(ours.sandbox.graph.state), tenant(theirs.sandbox.graph.state)
        for table in ("groups", "apps", "policies"):
            assert by_them[table] == by_us[table], table
            assert by_us[table] != before[table], table
        # Others' row keeps its filter, which Microsoft's model of v1.0 doesn't know.
        [library] = [row for row in by_them["apps"][PORTAL]["rows"] if row["target"]["groupId"] == "Biblioteket"]
        assert library["target"]["deviceAndAppManagementAssignmentFilterType"] == "include"
        assert effective(theirs.sandbox.graph.state) == effective(ours.sandbox.graph.state)
        # And what either way has left behind is nothing that our own plan would change.
        assert plan_on(ours).changes == ()
        assert plan_on(theirs).changes == ()


def test_what_devices_end_up_with_is_what_the_files_say(tmp_path: Path) -> None:
    """By hand, so that the comparison of two equal mistakes is not all there is."""
    with serve(seeded()) as theirs:
        by_microsoft(theirs, plan_on(theirs))
        got = effective(theirs.sandbox.graph.state)
    ipad, pc, mac = got["NORRIPAD0001"], got["NORRPC0001"], got["NORRMAC0001"]
    assert ipad.apps["iosVppApp:se.exempel.lasappen"] == "installed"
    assert ipad.apps["iosiPadOSWebClip:https://skola.exempel.se/"] == "installed"
    assert ipad.settings["iosGeneralDeviceConfiguration"] == {"airDropBlocked": True}
    assert ipad.settings["iosCompliancePolicy"]["osMinimumVersion"] == "17.0"
    assert pc.apps["winGetApp:9NBLGGH4NNS1"] == "installed"
    assert pc.apps["windowsWebApp:https://skola.exempel.se/"] == "available"
    assert pc.settings["windows10GeneralConfiguration"] == {"bluetoothBlocked": True}
    assert mac.apps["macOsVppApp:se.exempel.pratappen"] == "uninstalled"
    assert mac.settings["macOSGeneralDeviceConfiguration"] == {"passwordRequired": True}
    assert all(each.conflicts == () for each in got.values())
