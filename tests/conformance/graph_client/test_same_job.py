"""Microsoft's own client does the same job as our adapter, and leaves the same tenant behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reconciler.model.change import Plan
from tests.conformance.graph.checker import check_log
from tests.conformance.graph_client.by_hand import PUPILS, READER, STORE, TO_PUT_RIGHT, work_by_hand
from tests.conformance.graph_client.carrying_out import Script, carry_out
from tests.conformance.graph_client.client import QUIET, Served, connect, serve
from tests.conformance.graph_client.our_side import apply_with, copy_of, plan_with, seeded, uid
from tests.conformance.graph_client.tenants import effective, tenant

pytestmark = QUIET

PORTAL = "windowsWebApp:https://skola.exempel.se/"


def script_on(served: Served) -> Script:
    return Script(clients=connect(served), org=uid(), root=f"{served.url}/intune")


def by_microsoft(served: Served, plan: Plan) -> None:
    asyncio.run(carry_out(script_on(served), plan.changes))


def test_a_plan_leads_to_the_same_tenant_by_either_way(tmp_path: Path) -> None:
    with serve(seeded()) as ours, serve(seeded()) as theirs:
        before = tenant(ours.sandbox.graph.state)
        assert before == tenant(theirs.sandbox.graph.state)
        plan = plan_with(ours.ours)
        assert {change.key.kind for change in plan.changes} == {"group", "app", "setting", "assignment", "membership"}

        apply_with(ours.ours, plan, tmp_path)
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
        assert plan_with(ours.ours).changes == ()
        assert plan_with(theirs.ours).changes == ()


def test_what_devices_end_up_with_is_what_the_files_say() -> None:
    """By hand, so that the comparison of two equal mistakes is not all there is."""
    with serve(seeded()) as theirs:
        by_microsoft(theirs, plan_with(theirs.ours))
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


def test_what_was_done_by_hand_is_found_and_put_right_by_either_way(tmp_path: Path) -> None:
    with serve(seeded()) as theirs:
        by_microsoft(theirs, plan_with(theirs.ours))
        in_order = tenant(theirs.sandbox.graph.state)
        asyncio.run(work_by_hand(script_on(theirs)))
        with serve(copy_of(theirs.sandbox)) as ours:
            plan = plan_with(theirs.ours)
            assert _values_to_change(plan) == TO_PUT_RIGHT
            [moved] = [member for change in plan.changes for member in change.members]
            assert (moved.before, moved.after) == ((STORE,), (PUPILS,))

            apply_with(ours.ours, plan_with(ours.ours), tmp_path)
            by_microsoft(theirs, plan)
            by_us, by_them = tenant(ours.sandbox.graph.state), tenant(theirs.sandbox.graph.state)
        assert by_them == by_us
        # The library's row is the library's: it stays, and is all that differs from before.
        rows = by_them["apps"][READER]["rows"]
        assert [row["target"]["groupId"] for row in rows if row not in in_order["apps"][READER]["rows"]] == [
            "Biblioteket"
        ]
        by_them["apps"][READER]["rows"] = [row for row in rows if row["target"]["groupId"] != "Biblioteket"]
        assert by_them == in_order


def _values_to_change(plan: Plan) -> set[tuple[object, ...]]:
    return {
        (change.action.value, str(change.key), tuple((each.field, each.before, each.after) for each in change.fields))
        for change in plan.changes
        if change.key.kind != "membership"
    }
