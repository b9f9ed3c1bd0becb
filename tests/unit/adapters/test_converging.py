"""The adapter against the sandbox: under every answer to what Google leaves open, with effects and not echoes."""

import re
from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.google.policies import MANAGED
from reconciler.http.failures import HttpFailure, Invalid, OutcomeUnknown
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change, Member
from reconciler.model.desired import DesiredState, Effective
from reconciler.model.place import Json
from reconciler.model.resource import Key
from reconciler.sandbox.google import state as google
from reconciler.settings.table import Setting, load_settings
from tests.unit.adapters.tenant import (
    KAMI,
    SEED,
    Tenant,
    converge,
    differences,
    group_state,
    make_tenant,
    state,
    user_layer,
    wish,
    write_all,
)

PLACE = "/Enheter/Norrskolan/Elever åk 4–6"
CLASS = "/Elever/Norrskolan/4A"
INCOGNITO = "chrome.users.IncognitoMode"
GUEST = "chrome.devices.GuestMode"
SAFE = "chrome.users.SafeSearchRestrictedMode"
INSTALL = "chrome.users.apps.InstallType"
OTHER = "chrome:" + "abcdefghijklmnop" * 2


def wanted() -> DesiredState:
    users = wish({"incognito": "blocked", "safe-search": "required"}, {"kami": "required"})
    return state(
        [group_state(effective_=wish({"guest-mode": "blocked"}))], [user_layer(users, "/Elever/Norrskolan/[45]?")]
    )


SWITCHES: list[dict[str, Any]] = [
    {},
    {"policy_quota": "newer"},
    {"retry_after": False, "policy_writes_per_minute": 5},
    {"quota_window": "fixed"},
    {"directory_per_minute": 20, "directory_quota_reason": "quotaExceeded"},
    {"directory_per_minute": 20, "directory_quota_reason": "rateLimitExceeded", "retry_after": False},
    {"org_unit_slash": "refuse"},
    {"duplicate_org_unit": "backendError"},
    {"duplicate_org_unit": "conflict"},
    {"moves_partial": True},
    {"page_size_over_maximum": "error"},
    {"one_target_per_call": False},
    {"partial_update": "defaults"},
    {"resolve_lists_defaults": False},
    {"resolve_lists_app_defaults": True},
    {"inherit_of_unset": "error"},
    {"app_removal_clears_descendants": False},
    {"inherit_install_type_where_added": "remove"},
    {"inherit_install_type_where_added": "error"},
    {"error_details_type": "type.googleapis.com/annat"},
    {"full_enum_names": False},
    {"int64_as_strings": False},
    {"group_device_policies": False},
    {"latency_ms": 300},
]


@pytest.mark.parametrize("options", SWITCHES, ids=str)
def test_an_empty_tenant_converges_and_what_is_taken_away_is_given_back(options: dict[str, Any]) -> None:
    tenant = make_tenant(**options)
    adapter = tenant.adapter()
    assert converge(adapter, wanted()).changes == ()
    effective = tenant.effective(CLASS, PLACE)
    assert effective["policies"][GUEST]["value"] == {"guestModeEnabled": False}
    assert effective["policies"][INCOGNITO]["value"]["incognitoModeAvailability"].endswith("UNAVAILABLE")
    assert effective["policies"][SAFE]["value"]["forceGoogleSafeSearch"] is True
    assert effective["apps"][KAMI]["install"] == "FORCED"
    back = wish({"incognito": "inherit", "safe-search": "inherit"}, {"kami": "inherit"})
    less = state([group_state()], [user_layer(back, "/Elever/Norrskolan/[45]?")])
    assert converge(adapter, less).changes == ()
    effective = tenant.effective(CLASS, PLACE)
    assert (effective["policies"], effective["apps"]) == ({}, {})


def test_a_switch_for_several_targets_in_a_call_saves_calls() -> None:
    tenant = make_tenant(one_target_per_call=False)
    adapter = tenant.adapter(one_target_per_call=False)
    changes = differences(adapter, wanted()).changes
    write_all(adapter, [one for one in changes if one.key.kind == "group" or one.action is Action.ADOPT])
    tenant.sent.clear()
    for batch in adapter.pack([one for one in changes if one.key.kind in ("setting", "assignment")]):
        adapter.write(batch)
    assert [one.path.rpartition("/")[2] for one in tenant.sent] == ["orgunits:batchModify"] * 3
    assert differences(adapter, wanted()).changes == ()


def test_a_call_holds_no_more_than_the_tenant_takes() -> None:
    tenant = make_tenant(max_policy_entries=1)
    adapter = tenant.adapter(entries_per_call=1)
    assert converge(adapter, wanted()).changes == ()


def test_the_vendors_default_is_not_written_into_a_field_that_a_layer_above_holds() -> None:
    """A first write of one of two fields may reset the other, so the schema is written whole."""
    above = wish({"safe-search": "required"})
    here = wish({"youtube-restricted": "strict"})
    both = Effective(settings={**above.settings, **here.settings})
    layers = [
        user_layer(above, "/Elever", owner="norr"),
        user_layer(here, CLASS, context=both),
    ]
    for answer in ("inherited", "defaults"):
        tenant = make_tenant(partial_update=answer)
        assert converge(tenant.adapter(), state([], layers)).changes == ()
        assert tenant.effective(CLASS)["policies"][SAFE]["value"]["forceGoogleSafeSearch"] is True


def _example(setting: Setting) -> Json:
    """A value of a setting, from its JSON Schema."""
    if setting.value.get("x-references") == "app":
        return "kami"
    return _from_schema(setting.value)


def _from_schema(schema: Any) -> Json:
    if "enum" in schema:
        return schema["enum"][-1]  # type: ignore[no-any-return]  # data of a schema
    if "const" in schema:
        return schema["const"]  # type: ignore[no-any-return]
    for way in ("oneOf", "anyOf"):
        if way in schema:
            return _from_schema(schema[way][0])
    if "examples" in schema:
        return schema["examples"][0]  # type: ignore[no-any-return]
    kind = schema.get("type")
    if kind == "array":
        return [_from_schema(schema.get("items", {"type": "string"}))]
    if kind == "object":
        return {name: _from_schema(item) for name, item in schema["properties"].items()}
    if kind == "integer":
        return int(schema.get("minimum", 1))
    if kind == "boolean":
        return True
    pattern = schema.get("pattern", "")
    texts = ("https://exempel.se/", "*@elev.example.se", "22:00", "16093", "sv-SE", "Europe/Stockholm")
    return next(text for text in texts if re.search(pattern, text))


GOOGLES = [
    (setting.id, reach, full)
    for setting in load_settings().settings.values()
    for reach in dict.fromkeys(mapping.reach for mapping in setting.fields if mapping.system == "google")
    for full in (True, False)
    if full or any(mapping.type == "enum" for mapping in setting.fields_for("google", reach))
]


@pytest.mark.parametrize(("id_", "reach", "full_enum_names"), GOOGLES)
def test_every_setting_is_written_read_and_found_the_same(id_: str, reach: str, full_enum_names: bool) -> None:
    """Noise of the wire (int64 as text, prefixes of enums, order of lists) is no difference."""
    value = wish({id_: _example(load_settings()[id_])})
    group = replace(group_state(effective_=value), reaches=frozenset({reach}))
    desired = state([], [user_layer(value, CLASS)]) if reach == "user" else state([group])
    adapter = make_tenant(full_enum_names=full_enum_names).adapter(manages=list(MANAGED))
    assert [one for one in differences(adapter, desired).changes if one.key.kind == "setting"]
    assert converge(adapter, desired).changes == ()


def set_by_hand(tenant: Tenant, path: str, schema: str, value: dict[str, Any], app: str = "") -> None:
    key = (schema, (("app_id", app),) if app else ())
    google.set_value(tenant.sandbox.google.state, f"orgunits/{tenant.unit(path)}", key, value)


def test_an_edit_by_hand_on_ours_is_seen_and_undone() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    set_by_hand(tenant, PLACE, GUEST, {"guestModeEnabled": True})
    set_by_hand(tenant, PLACE, "chrome.devices.Timezone", {"systemTimezone": {"value": "Europe/Stockholm"}})
    found = differences(adapter, wanted())
    assert {(one.action, one.key.part) for one in found.changes} == {
        (Action.UPDATE, GUEST),
        (Action.DELETE, "chrome.devices.Timezone"),
    }
    assert converge(adapter, wanted()).changes == ()
    assert tenant.effective(CLASS, PLACE)["policies"][GUEST]["value"] == {"guestModeEnabled": False}


def test_a_configuration_set_by_hand_goes_and_the_app_stays() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    layers = [user_layer(wish(apps={"kami": "required"}), CLASS, owns="all")]
    converge(adapter, state([], layers))
    config = "chrome.users.apps.ManagedConfiguration"
    set_by_hand(tenant, CLASS, config, {"managedConfiguration": "{}"}, KAMI)
    (change,) = differences(adapter, state([], layers)).changes
    assert (change.action, change.key.part) == (Action.DELETE, f"{config}|{KAMI}")
    assert converge(adapter, state([], layers)).changes == ()
    assert tenant.effective(CLASS)["apps"] == {
        KAMI: {"install": "FORCED", "policies": {}, "source": f"orgunits/{tenant.unit(CLASS)}"}
    }


def test_an_app_that_was_added_elsewhere_stays_there() -> None:
    forced = {"target": "/Elever", "app_id": KAMI, "schema": INSTALL, "value": {"appInstallType": "ALLOWED"}}
    tenant = make_tenant({**SEED, "policies": [forced]})
    adapter = tenant.adapter()
    converge(adapter, state([], [user_layer(wish(apps={"kami": "required"}), CLASS)]))
    assert tenant.effective(CLASS)["apps"][KAMI]["install"] == "FORCED"
    converge(adapter, state([], [user_layer(wish(apps={"kami": "inherit"}), CLASS)]))
    assert tenant.effective(CLASS)["apps"][KAMI]["install"] == "ALLOWED"
    assert tenant.effective("/Elever")["apps"][KAMI]["install"] == "ALLOWED"


def test_a_directory_group_gets_and_gives_back_its_policies() -> None:
    tenant = make_tenant({**SEED, "groups": [{"email": "larare@exempelkommun.example.se"}]})
    adapter = tenant.adapter()
    address = "larare@exempelkommun.example.se"
    layer = user_layer(wish({"incognito": "allowed"}, {"kami": "required"}), group=address.upper())
    converge(adapter, state([], [user_layer(wish({"incognito": "blocked"}), CLASS, owner="norr")]))
    assert converge(adapter, state([], [layer])).changes == ()
    effective = tenant.effective(CLASS, "/", "user", address)
    assert effective["policies"][INCOGNITO]["value"]["incognitoModeAvailability"].endswith("_ENUM_AVAILABLE")
    assert effective["apps"][KAMI]["install"] == "FORCED"
    back = user_layer(wish({"incognito": "inherit"}, {"kami": "inherit"}), group=address)
    assert converge(adapter, state([], [back])).changes == ()
    effective = tenant.effective(CLASS, "/", "user", address)
    assert effective["policies"][INCOGNITO]["value"]["incognitoModeAvailability"].endswith("UNAVAILABLE")
    assert effective["apps"] == {}


def test_a_place_that_was_renamed_and_moved_by_hand_is_put_right_and_keeps_its_values() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    place = tenant.unit(PLACE)
    tenant.edit(PLACE, name="Klass 4", parent=tenant.unit("/Elever"), description=tenant.description(PLACE) + "\nhej")
    assert converge(adapter, wanted()).changes == ()
    assert tenant.unit(PLACE) == place
    assert tenant.description(PLACE).endswith("\nhej")
    assert tenant.effective(CLASS, PLACE)["policies"][GUEST]["value"] == {"guestModeEnabled": False}


def test_an_org_unit_that_is_not_empty_is_not_deleted() -> None:
    tenant = make_tenant({**SEED, "devices": []})
    adapter = tenant.adapter()
    converge(adapter, wanted())
    unit = tenant.sandbox.google.state
    google.add_device(unit, google.Device(id="", serial="5CD1", org_unit=tenant.unit(PLACE)))
    key = Key(kind="group", target="@norr/elever")
    gone = Change(action=Action.DELETE, key=key, backend="chrome", vendor_id=tenant.unit(PLACE))
    with pytest.raises(HttpFailure) as refused:
        adapter.write(Batch(lane="directory", changes=(gone,)))
    assert refused.value.code == "HTTP-CONFLICT"
    assert tenant.devices_in(PLACE) == 1


def test_of_a_batch_that_is_refused_in_part_the_rest_is_written() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    adapter.identify()
    changes = tuple(
        Change(
            action=Action.CREATE,
            key=Key(kind="setting", target=f"ou:{CLASS}", part=schema),
            backend="chrome",
            after=after,
        )
        for schema, after in (
            ("chrome.users.Screenshot", {"disableScreenshots": True}),
            ("chrome.users.TaskManager", {"taskManagerEndProcessEnabled": "nej"}),
        )
    )
    with pytest.raises(Invalid):
        adapter.write(Batch(lane="policy", changes=changes))
    assert set(tenant.effective(CLASS)["policies"]) == {"chrome.users.Screenshot"}
    seen = adapter.read(changes)
    assert [seen[change.key].fields is not None for change in changes] == [True, False]


FAULTS: list[dict[str, Any]] = [
    {"kind": "429"},
    {"kind": "429", "retry_after": "7"},
    {"kind": "429", "retry_after": "0"},
    {"kind": "429", "retry_after": "2.5"},
    {"kind": "429", "retry_after": "date:20"},
    {"kind": "429", "retry_after": "snart"},
    {"kind": "403-quota"},
    {"kind": "500"},
    {"kind": "503-html"},
    {"kind": "502-text"},
    {"kind": "cut"},
    {"kind": "write-then-cut"},
    {"kind": "write-then-timeout"},
    {"kind": "half-page"},
]


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        *(("batchModify", fault) for fault in FAULTS),
        *(
            (where, {"kind": kind})
            for where in ("batchInherit", "moveDevicesToOu", "orgunits/id")
            for kind in ("429", "500", "write-then-cut")
        ),
    ],
    ids=str,
)
def test_a_write_that_can_be_repeated_is_and_has_its_effect_once(where: str, fault: dict[str, Any]) -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    # A new value, one to give back, a rename and devices to move.
    set_by_hand(tenant, PLACE, "chrome.devices.Timezone", {"systemTimezone": {"value": "Europe/Stockholm"}})
    set_by_hand(tenant, PLACE, GUEST, {"guestModeEnabled": True})
    tenant.edit(PLACE, name="Annat")
    devices = tuple(tenant.sandbox.google.state.devices)
    members = tuple(Member(device=one, before=("ou:/",), after=("@norr/elever",)) for one in devices)
    key = Key(kind="membership", target="@norr/elever", part="outside")
    move = Change(action=Action.UPDATE, key=key, backend="chrome", members=members)
    tenant.fault(**fault, path=where)
    write_all(adapter, [*differences(adapter, wanted()).changes, move])
    assert tenant.sandbox.faults.waiting == []
    assert differences(adapter, wanted()).changes == ()
    assert tenant.devices_in(PLACE) == 12
    assert set(tenant.effective("/", PLACE)["policies"]) == {GUEST}
    assert tenant.has(PLACE)


@pytest.mark.parametrize("kind", ["500", "503-html", "cut", "write-then-cut", "write-then-timeout", "half-page"])
def test_an_org_unit_is_never_made_twice(kind: str) -> None:
    """Whether it was made is found out by reading; a creation is not repeated blindly."""
    tenant = make_tenant()
    adapter = tenant.adapter()
    root, school, *_ = [one for one in differences(adapter, wanted()).changes if one.key.kind == "group"]
    write_all(adapter, [root])
    tenant.sent.clear()
    tenant.fault(kind, method="POST", path="orgunits\\?|orgunits$")
    with pytest.raises(OutcomeUnknown):
        adapter.write(Batch(lane="directory", changes=(school,)))
    assert len([one for one in tenant.sent if one.method == "POST"]) == 1
    was_made = kind in ("write-then-cut", "write-then-timeout", "half-page")
    assert tenant.has("/Enheter/Norrskolan") == was_made
    assert (adapter.read([school])[school.key].fields is not None) == was_made
    assert converge(adapter, wanted()).changes == ()
    names = [unit.name for unit in tenant.sandbox.google.state.org_units.values()]
    assert names.count("Norrskolan") == 2  # the users' and ours


def test_a_deletion_that_was_done_before_its_reply_was_lost_is_done() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    unit = tenant.unit(PLACE)
    tenant.fault("write-then-cut", method="DELETE")
    key = Key(kind="group", target="@norr/elever")
    gone = Change(action=Action.DELETE, key=key, backend="chrome", vendor_id=unit, before={"name": "x"})
    with pytest.raises(HttpFailure) as failure:
        adapter.write(Batch(lane="directory", changes=(gone,)))
    assert failure.value.in_doubt
    assert adapter.read([gone])[key].fields is None


@pytest.mark.parametrize("partial", [True, False])
def test_a_device_that_is_gone_fails_the_fifty_it_is_among_and_says_no_id(partial: bool) -> None:
    tenant = make_tenant(moves_partial=partial)
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    devices = [*tenant.sandbox.google.state.devices]
    devices.insert(5, "3f1c0000-gone")
    members = tuple(Member(device=one, before=("ou:/",), after=("@norr/elever",)) for one in devices)
    key = Key(kind="membership", target="@norr/elever", part="outside")
    move = Change(action=Action.UPDATE, key=key, backend="chrome", members=members)
    with pytest.raises(HttpFailure) as failure:
        adapter.write(Batch(lane="directory", changes=(move,)))
    assert "3f1c0000" not in str(failure.value) + str(failure.value.values())
    seen = adapter.read([move])[key]
    assert seen.places is not None
    assert "3f1c0000-gone" not in seen.places
    assert list(seen.places.values()).count(("@norr/elever",)) == tenant.devices_in(PLACE) == (5 if partial else 0)


def test_a_stale_read_is_not_taken_for_the_state_after_the_next_read() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    set_by_hand(tenant, PLACE, GUEST, {"guestModeEnabled": True})
    (change,) = differences(adapter, wanted()).changes
    adapter.write(Batch(lane="policy", changes=(change,)))
    tenant.fault("stale", path="policies:resolve")
    assert adapter.read([change])[change.key].fields == {"guestModeEnabled": True}
    assert adapter.read([change])[change.key].fields == {"guestModeEnabled": False}


@pytest.mark.parametrize(
    "name", ["..", "a?b#c%2F&d=e", "  Vagn 1 ", "🎒 Åk 4–6", "[reconciler:1 org=x key=root]", "A" * 300, "id:03ph8a2z"]
)
def test_any_name_that_is_no_path_can_be_made_found_and_renamed(name: str) -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    blocked = wish({"guest-mode": "blocked"})
    assert converge(adapter, state([group_state(name, blocked)])).changes == ()
    found = [unit.name for unit in tenant.sandbox.google.state.org_units.values()]
    assert name.strip() in found
    assert converge(adapter, state([group_state("Elever åk 4–6", blocked)])).changes == ()
    assert tenant.effective(device=PLACE)["policies"][GUEST]["value"] == {"guestModeEnabled": False}
