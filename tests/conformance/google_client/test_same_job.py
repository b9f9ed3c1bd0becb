"""Google's own client does the same job as our adapter, and finds the same state."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.change import Plan
from reconciler.model.resource import Live, Source
from reconciler.sandbox import ManualClock, Sandbox, State, create_app, load, load_seed
from tests.conformance.google_client.by_hand import CARRIED_OFF, INCOGNITO, KAHOOT, TO_PUT_RIGHT, work_by_hand
from tests.conformance.google_client.carrying_out import (
    Script,
    carry_out,
    devices,
    org_units,
    references,
    resolved,
    resource_name,
)
from tests.conformance.google_client.conftest import Client
from tests.conformance.google_client.our_side import SEEDS, Ours, apply_with, observe_with, plan_with, uid
from tests.conformance.google_client.tenants import effective, org_unit_paths, seed_over_socket, tenant

PAIRS = (
    ("/Elever/Norrskolan/Åk 4-6/4A", "/Enheter/Norrskolan/Elever åk 4–6", "user"),
    ("/Elever/Norrskolan/Åk F-3/1B", "/Enheter/Norrskolan/Vagn 1", "user"),
    ("/Elever/Vidalaskolan/Åk 7-9/8A", "/Enheter/Vidalaskolan/Elever åk 7–9", "user"),
    ("/Elever/Kvarnbackaskolan/Åk 7-9/9A", "/Enheter/Kvarnbackaskolan/Elever åk 7–9", "user"),
    ("/Elever/Åbackaskolan/Åk 7-9/7B", "/Enheter/Åbackaskolan/Försök 7B", "user"),
    ("/Elever/Vidala lärcenter/IM", "/Enheter/Vidala lärcenter/Elever introduktionsprogram", "user"),
    ("/Personal/Förskolor/Förskolor Norr", "/Enheter/Förskolor Norr/Personal", "user"),
    ("/Personal/Vidalaskolan", "/Bibliotek", "user"),
    ("/", "/Enheter/Vidala lärcenter/Lånedatorer komvux och sfi", "managed-guest"),
    ("/", "/Enheter/Åbackaskolan/Provdatorer", "kiosk"),
)
"""A user's org unit, a device's, and the session: pupils and staff on their own kinds of device, on shared and on others' ones."""


@pytest.fixture
def script(client: Client) -> Script:
    return Script(directory=client.directory, policy=client.policy, clock=client.sandbox.clock)


def _over_socket(client: Client) -> Ours:
    assert isinstance(client.sandbox.clock, ManualClock)
    return Ours(clock=client.sandbox.clock, url=client.url)


def _in_process(state: State) -> tuple[Ours, Sandbox, Any]:
    """A sandbox of its own, and how to ask it a question."""
    clock = ManualClock()
    app = create_app(state, clock=clock)
    asking = app.test_client()
    return (
        Ours(clock=clock, app=app),
        app.extensions["sandbox"],
        lambda path: asking.get(f"/_sandbox/{path}").get_json(),
    )


def _converged() -> State:
    return load(json.loads((SEEDS / "sample-converged.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("seed", "least"), [("sample-base.yaml", 700), ("sample.yaml", 12)], ids=["first-apply", "putting-right"]
)
def test_a_plan_leads_to_the_same_tenant_by_either_way(
    client: Client, script: Script, tmp_path: Path, seed: str, least: int
) -> None:
    start = load_seed(SEEDS / seed)
    ours, ours_sandbox, ask = _in_process(start)
    seed_over_socket(client.url, start)
    before = tenant(client.sandbox)
    assert before == tenant(ours_sandbox)
    plan = plan_with(ours)
    assert len(plan.changes) >= least

    apply_with(ours, plan, tmp_path)
    carry_out(script, plan.changes, uid())

    by_us, by_google = tenant(ours_sandbox), tenant(client.sandbox)
    for table in ("org_units", "devices", "groups", "policies", "added"):
        assert by_google[table] == by_us[table], table
    for table in ("org_units", "devices", "policies", "added"):
        assert by_us[table] != before[table], table
    paths, our_paths = org_unit_paths(client.sandbox), org_unit_paths(ours_sandbox)
    for user, device, session in PAIRS:
        got = effective(client.own, paths, user=user, device=device, session=session)
        assert got == effective(ask, our_paths, user=user, device=device, session=session)
        assert got["policies"]
    pupil = effective(client.own, paths, user=PAIRS[0][0], device=PAIRS[0][1])["policies"]
    unavailable = {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"}
    assert pupil[INCOGNITO] == {"value": unavailable, "source": "/Elever"}
    assert pupil["chrome.devices.GuestMode"] == {"value": {"guestModeEnabled": False}, "source": PAIRS[0][1]}
    # And what either way has left behind is nothing that our own plan would change.
    assert plan_with(_over_socket(client)).changes == ()


def test_the_script_keeps_within_the_quota_and_waits_where_it_meets_it(client: Client, script: Script) -> None:
    seed_over_socket(client.url, load_seed(SEEDS / "sample-base.yaml"))
    plan = plan_with(_over_socket(client))
    started = client.sandbox.clock.now()
    client.sandbox.log.clear()
    carry_out(script, plan.changes, uid())
    written = [each for each in client.sandbox.log if each["path"].endswith(("batchModify", "batchInherit"))]
    done = [each for each in written if each["status"] == 200]
    assert {each["status"] for each in written} == {200, 429}
    assert sum(script.waited) == client.sandbox.clock.now() - started
    # 30 writes in any minute: so many take at least so many whole minutes.
    assert client.sandbox.clock.now() - started >= 60 * ((len(done) - 1) // 30)


def test_what_was_done_by_hand_is_found_and_put_right_by_either_way(
    client: Client, script: Script, tmp_path: Path
) -> None:
    seed_over_socket(client.url, _converged())
    in_order = tenant(client.sandbox)
    work_by_hand(script)
    ours, ours_sandbox, _ = _in_process(State(google=client.sandbox.google.state.copy()))

    plan = plan_with(_over_socket(client))
    assert _values_to_change(plan) == TO_PUT_RIGHT
    carried_off = {each["deviceId"] for each in devices(script) if each["serialNumber"] in CARRIED_OFF}
    assert len(carried_off) == 2
    assert _devices_to_move(plan) == {"membership:@sjoskolan/elever-4-6:outside": carried_off}
    # Kahoot stands where only listed values are ours: it is told of, and kept.
    told = {(note.code, note.values.get("target"), note.values.get("count")) for note in plan.notes}
    assert ("KEPT-FOREIGN-VALUES", "/Elever/Norrskolan", "1") in told

    apply_with(ours, plan_with(ours), tmp_path)
    carry_out(script, plan.changes, uid())
    by_google = tenant(client.sandbox)
    assert by_google == tenant(ours_sandbox)
    kept = ("/Elever/Norrskolan", "chrome.users.apps.InstallType", ("app_id", KAHOOT))
    assert by_google["policies"].pop(kept) == {"appInstallType": "FORCED"}
    by_google["added"].remove(("/Elever/Norrskolan", "chrome.users.apps", ("app_id", KAHOOT)))
    assert by_google == in_order


def _values_to_change(plan: Plan) -> set[tuple[str, str, tuple[Any, ...]]]:
    return {
        (change.action.value, str(change.key), tuple((each.field, each.before, each.after) for each in change.fields))
        for change in plan.changes
        if change.key.kind != "membership"
    }


def _devices_to_move(plan: Plan) -> dict[str, set[str]]:
    return {
        str(change.key): {member.device for member in change.members}
        for change in plan.changes
        if change.key.kind == "membership"
    }


def test_both_read_the_same_places_and_devices(client: Client, script: Script) -> None:
    seed_over_socket(client.url, _converged())
    work_by_hand(script)
    snapshot = observe_with(_over_socket(client))
    known = references(org_units(script), uid())
    ids = {ref: unit["orgUnitId"].removeprefix("id:") for ref, unit in known.items()}
    units = {
        (live.key.target, live.vendor_id, live.fields["name"], ids[str(live.fields["parent"])])
        for live in snapshot.resources
        if live.key.kind == "group" and live.key.target != "ou:/"
    }
    assert units == {
        (ref, ids[ref], unit["name"], unit["parentOrgUnitId"].removeprefix("id:"))
        for ref, unit in known.items()
        if ref != "ou:/"
    }
    places = {(device.id, device.serial, *(ids[ref] for ref in device.places)) for device in snapshot.devices}
    listed = devices(script)
    assert places == {
        (each["deviceId"], each["serialNumber"], each["orgUnitId"].removeprefix("id:")) for each in listed
    }
    assert len(places) == len(snapshot.devices) == len(listed) > 2500


def test_both_read_the_same_values_and_where_each_comes_from(client: Client, script: Script) -> None:
    seed_over_socket(client.url, _converged())
    work_by_hand(script)
    client.sandbox.log.clear()
    snapshot = observe_with(_over_socket(client))
    names = {ref: resource_name(unit) for ref, unit in references(org_units(script), uid()).items()}
    by_us: dict[tuple[str, str], Any] = {}
    for live in snapshot.resources:
        if live.key.kind in ("setting", "assignment"):
            read = (live.fields, _source(live, names), _added_at(live, names))
            assert by_us.setdefault((names[live.key.target], live.key.part), read) == read
    by_google: dict[tuple[str, str], Any] = {}
    asked = _asked(client)
    for target, schemas in asked:
        client.sandbox.clock.advance(0.2)  # 5 reads a second: no need to run into it each time
        by_google |= {(target, _part(each)): _policy(each) for each in resolved(script, target, schemas)}
    assert len(asked) > 200
    assert sum(source == target for (target, _), (_, source, _) in by_google.items()) > 600
    assert by_us == by_google


def _asked(client: Client) -> list[tuple[str, str]]:
    """The targets and namespaces that our adapter has read, as the sandbox met them."""
    asked = {
        (each["body"]["policyTargetKey"]["targetResource"], each["body"]["policySchemaFilter"])
        for each in client.sandbox.log
        if each["path"].endswith("policies:resolve") and each["status"] == 200
    }
    return sorted(asked)


def _part(entry: dict[str, Any]) -> str:
    """A schema, and the app where it is about one, as plans write it."""
    app = entry["targetKey"].get("additionalTargetKeys", {}).get("app_id")
    schema: str = entry["value"]["policySchema"]
    return f"{schema}|{app}" if app else schema


def _policy(entry: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
    """The value, where it comes from (empty: the vendor's default), and where the app was added (empty: no app)."""
    source, added = (entry.get(name, {}).get("targetResource", "") for name in ("sourceKey", "addedSourceKey"))
    return entry["value"].get("value", {}), source, added


def _source(live: Live, names: dict[str, str]) -> str:
    if live.source is Source.DIRECT:
        return names[live.key.target]
    return names[live.origin_target] if live.source is Source.INHERITED else ""


def _added_at(live: Live, names: dict[str, str]) -> str:
    return names[str(live.facts["added_at"])] if "added_at" in live.facts else ""
