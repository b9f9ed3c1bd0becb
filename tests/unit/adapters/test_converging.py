"""The adapter against the sandbox: under every answer to what Google leaves open, with effects and not echoes."""

import re
from dataclasses import replace
from typing import Any

import pytest

from reconciler.adapters.google.policies import MANAGED
from reconciler.http.failures import HttpFailure, Invalid
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change
from reconciler.model.desired import DesiredState, Effective
from reconciler.model.place import Json
from reconciler.model.resource import Key
from reconciler.sandbox.google import state as google
from reconciler.settings.table import Setting, load_settings
from tests.unit.adapters.tenant import (
    KAMI,
    SEED,
    converge,
    differences,
    group_state,
    make_tenant,
    set_by_hand,
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
    if full or any(mapping.type == "enum" for mapping in setting.fields_for("google", reach, platform="chromeos"))
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
