"""Reading a tenant: what is there, what could not be read, and what is only missing."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.google import reading
from reconciler.http.failures import Unauthorised
from reconciler.model.adapter import Scope
from reconciler.model.change import Action, Change, Member
from reconciler.model.resource import Device, Key, Snapshot, Source, Target
from tests.unit.adapters.tenant import ORG, SEED, Tenant, converge, group_state, look, make_tenant, state, wish

EVERYTHING = frozenset({"membership", "setting", "assignment"})
CLASS = Target(ref="ou:/Elever/Norrskolan/4A", owns="listed", reach="user", owner="norr", groups=())
MISSING = replace(CLASS, ref="ou:/Elever/Söderskolan")
TEACHERS = replace(CLASS, ref="group:larare@exempelkommun.example.se")
WITH_GROUP = {**SEED, "groups": [{"email": "larare@exempelkommun.example.se"}]}


def observed(tenant: Tenant, *targets: Target) -> Snapshot:
    return tenant.adapter().observe(Scope(kinds=EVERYTHING, targets=targets))


def test_an_empty_tenant_is_read_whole() -> None:
    tenant = make_tenant({})
    snapshot = tenant.adapter().observe(Scope(kinds=frozenset({"group", "membership"})))
    (root,) = snapshot.resources
    assert root.key == Key(kind="group", target="ou:/")
    assert (snapshot.devices, snapshot.unread, snapshot.findings) == ((), frozenset(), ())


def test_devices_come_page_after_page_and_say_nothing_of_users() -> None:
    kinds = [
        {"count": 650, "serial_prefix": "5CD", "org_unit": "/Enheter", "user": "elev@example.se", "model": "HP 11"}
    ]
    kinds.append({"count": 1, "serial_prefix": "OLD", "org_unit": "/", "status": "DEPROVISIONED"})
    kinds.append({"count": 1, "serial_prefix": "OFF", "org_unit": "/", "status": "DISABLED"})
    tenant = make_tenant({**SEED, "devices": kinds})
    snapshot = observed(tenant)
    assert len(snapshot.devices) == 652
    by_serial = {device.serial: device for device in snapshot.devices}
    assert not by_serial["OLD0001"].active
    assert by_serial["OFF0001"].active
    first = by_serial["5CD0001"]
    assert first == Device(
        id=first.id,
        serial="5CD0001",
        active=True,
        places=("ou:/Enheter",),
        facts={"location": "", "asset_id": "", "model": "HP 11", "os_version": "142.0.7444.59", "org_unit": "/Enheter"},
    )
    assert len([one for one in tenant.sent if one.path.endswith("/chromeos")]) == 3
    assert not any("User" in value for one in tenant.sent for _, value in one.query)


def test_half_a_page_of_devices_is_no_shorter_list() -> None:
    tenant = make_tenant({**SEED, "devices": [{"count": 650, "serial_prefix": "5CD", "org_unit": "/"}]})
    tenant.fault("half-page", path="pageToken", times=40)
    snapshot = observed(tenant)
    assert snapshot.devices == ()
    assert snapshot.unread == {("membership", "")}
    tenant.fault("half-page", path="pageToken", times=2)
    tenant.sandbox.faults.waiting.pop(0)
    assert len(observed(tenant).devices) == 650


def test_a_device_that_moved_between_two_pages_is_one_device(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = make_tenant()
    session = tenant.adapter().session
    twice = session.list_devices() * 2
    monkeypatch.setattr(type(session), "list_devices", lambda _session: twice)
    assert len(reading._devices(session, session.known_places())) == 12


@pytest.mark.parametrize("kind", ["500", "503-html", "502-text", "cut", "half-page", "wrong-content-type"])
def test_what_could_not_be_read_is_unread_and_the_rest_is_there(kind: str) -> None:
    value = {
        "target": "/Elever/Norrskolan/{4A,5A}",
        "schema": "chrome.users.Screenshot",
        "value": {"disableScreenshots": True},
    }
    tenant = make_tenant({**SEED, "policies": [value]})
    other = replace(CLASS, ref="ou:/Elever/Norrskolan/5A")
    adapter = tenant.adapter()
    adapter.observe(Scope(kinds=frozenset({"group"})))
    tenant.fault(kind, path="chromeos", times=60)
    snapshot = adapter.observe(Scope(kinds=EVERYTHING, targets=(CLASS, other)))
    assert snapshot.unread == ({("membership", "")} if kind != "wrong-content-type" else set())
    direct = [live.key.target for live in snapshot.resources if live.source is Source.DIRECT]
    assert direct == ["ou:/Elever/Norrskolan/4A", "ou:/Elever/Norrskolan/5A"]
    assert len(snapshot.findings) == len(snapshot.unread)


def test_policies_that_fail_are_unread_where_they_were_asked_for_and_devices_are_there() -> None:
    tenant = make_tenant()
    tenant.fault("500", path="policies:resolve", times=100)
    snapshot = observed(tenant, CLASS)
    assert snapshot.unread == {("setting", CLASS.ref), ("assignment", CLASS.ref)}
    assert len(snapshot.devices) == 12
    assert [finding.code for finding in snapshot.findings] == ["HTTP-SERVER-FAULT"]


def test_a_missing_target_is_missing_and_not_unread() -> None:
    snapshot = observed(make_tenant(WITH_GROUP), CLASS, MISSING, TEACHERS, replace(TEACHERS, ref="group:x@y.se"))
    assert snapshot.missing == {MISSING.ref, "group:x@y.se"}
    assert snapshot.unread == set()


def test_a_directory_group_that_may_not_be_read_is_unread_and_stops_nothing_else() -> None:
    tenant = make_tenant(WITH_GROUP)
    tenant.fault("500", path="/groups/", times=20)
    snapshot = observed(tenant, CLASS, TEACHERS)
    assert snapshot.unread == {("setting", TEACHERS.ref), ("assignment", TEACHERS.ref)}
    assert snapshot.missing == set()
    assert {live.key.target for live in snapshot.resources} == {CLASS.ref}
    assert len(snapshot.devices) == 12


def test_a_finding_says_what_to_do_and_once() -> None:
    """Without the scope for policies each of many reads fails for one reason."""
    tenant = make_tenant(WITH_GROUP)
    adapter = tenant.adapter()
    adapter.observe(Scope(kinds=frozenset({"group"})))
    adapter.session.policy._authorise = lambda _now, _rejected: "Bearer sandbox-none"
    with pytest.raises(Unauthorised):
        adapter.observe(Scope(kinds=EVERYTHING, targets=(CLASS,)))
    only = frozenset({"https://www.googleapis.com/auth/admin.directory.orgunit"})
    tenant.sandbox.google.tokens.issued["narrow"] = (only, "a@exempelkommun.example.se", tenant.clock.now() + 3600)
    adapter.session.policy._authorise = lambda _now, _rejected: "Bearer narrow"
    snapshot = adapter.observe(Scope(kinds=EVERYTHING, targets=(CLASS, replace(CLASS, ref="ou:/Elever"))))
    (finding,) = snapshot.findings
    assert finding.code == "GOOGLE-SCOPE-LACKING"
    assert finding.values["scope"] == "https://www.googleapis.com/auth/chrome.management.policy.readonly"
    assert {target for _, target in snapshot.unread} == {CLASS.ref, "ou:/Elever"}


def test_two_places_with_one_mark_are_no_empty_slot() -> None:
    """A creation that was interrupted and repeated by hand must not lead to a third one."""
    tenant = make_tenant()
    adapter = tenant.adapter()
    wanted = state([group_state()])
    lowered, _ = look(adapter, wanted)
    (place,) = [one for one in lowered.resources if one.key.target == "@norr"]
    for path in ("/Elever/Norrskolan/4A", "/Elever/Norrskolan/5A"):
        tenant.edit(path, description=f"[reconciler:1 org={ORG} key=school/norr]")
    change = Change(action=Action.CREATE, key=place.key, backend="chrome", after=place.fields)
    seen = adapter.read([change])[change.key]
    assert not seen.read


def test_a_place_is_known_by_its_id_after_a_rename_by_hand() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    tenant.edit("/Enheter/Norrskolan", name="Norra skolan")
    unit = tenant.unit("/Enheter/Norra skolan")
    change = Change(action=Action.UPDATE, key=Key(kind="group", target="@norr"), backend="chrome", vendor_id=unit)
    assert adapter.read([change])[change.key].fields == {"name": "Norra skolan", "parent": "@", "mark": "school/norr"}


@pytest.mark.parametrize("count", [3, 40])
def test_where_devices_are_now(count: int) -> None:
    tenant = make_tenant({**SEED, "devices": [{"count": 45, "serial_prefix": "5CD", "org_unit": "/Enheter"}]})
    ids = list(tenant.sandbox.google.state.devices)[:count]
    members = tuple(Member(device=each, before=("ou:/",), after=("@",)) for each in [*ids, "gone"])
    change = Change(action=Action.UPDATE, key=Key(kind="membership", target="@"), backend="chrome", members=members)
    seen = tenant.adapter().read([change])[change.key]
    assert seen.places == dict.fromkeys(ids, ("ou:/Enheter",))


def test_one_device_that_can_not_be_read_makes_the_membership_unread() -> None:
    tenant = make_tenant()
    ids = list(tenant.sandbox.google.state.devices)
    members = tuple(Member(device=each, before=("ou:/",), after=("@",)) for each in ids)
    change = Change(action=Action.UPDATE, key=Key(kind="membership", target="@"), backend="chrome", members=members)
    tenant.fault("500", path=ids[4], times=20)
    seen = tenant.adapter().read([change])[change.key]
    assert not seen.read
    assert not any(each in seen.reason for each in ids)


def test_a_policy_read_that_fails_says_so_for_its_changes_alone() -> None:
    tenant = make_tenant()
    tenant.fault("500", path="policies:resolve", times=8)
    changes = [
        Change(action=Action.CREATE, key=Key(kind="setting", target=CLASS.ref, part=part), backend="chrome")
        for part in ("chrome.users.Screenshot", "chrome.users.TaskManager")
    ]
    place = Change(action=Action.CREATE, key=Key(kind="group", target="@norr"), backend="chrome")
    seen = tenant.adapter().read([*changes, place])
    assert [seen[change.key].read for change in (*changes, place)] == [False, False, True]


@pytest.mark.parametrize(
    "options",
    [{"policy_quota": "older"}, {"policy_quota": "newer"}, {"retry_after": False}, {"quota_window": "fixed"}],
    ids=str,
)
def test_the_quota_is_outlived_under_every_reading_of_it(options: dict[str, Any]) -> None:
    tenant = make_tenant({"org_units": ["/Elever/{1..30}"]}, **options)
    targets = [replace(CLASS, ref=f"ou:/Elever/{n}") for n in range(1, 31)]
    snapshot = observed(tenant, *targets)
    assert snapshot.unread == set()
    assert snapshot.reads == 91  # three namespaces of users on each, and the devices


def test_a_device_group_has_the_namespaces_that_are_managed() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter(manages=["device-settings"])
    wanted = state([group_state(effective_=wish({"guest-mode": "blocked"}))])
    converge(adapter, wanted)
    tenant.sent.clear()
    look(adapter, wanted)
    filters = {one.body["policySchemaFilter"] for one in tenant.sent if isinstance(one.body, dict)}
    assert filters == {"chrome.devices.*"}


def test_the_last_day_of_updates_goes_along_where_google_tells_it() -> None:
    told = {"count": 1, "serial_prefix": "NY", "org_unit": "/", "auto_update_through": "2031-06"}
    tenant = make_tenant({**SEED, "devices": [told, {"count": 1, "serial_prefix": "TYST", "org_unit": "/"}]})
    facts = {device.serial: device.facts.get("updates_until") for device in observed(tenant).devices}
    assert facts == {"NY0001": "2031-06-01", "TYST0001": None}
