"""Taking an existing place over: everything is given back, and only then it bears our mark."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.http.failures import HttpFailure
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change
from reconciler.sandbox.google.schemas import schemas
from tests.unit.adapters.tenant import (
    KAMI,
    ORG,
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

PLACE = "/Elever/Norrskolan/4A"
INSTALL = "chrome.users.apps.InstallType"
OTHER = "chrome:" + "abcdefghijklmnop" * 2
WANTED = state([group_state()], [user_layer(wish({"incognito": "blocked"}, {"kami": "required"}), PLACE, owns="all")])


def foreign_values(count: int = 20) -> list[dict[str, Any]]:
    """Boolean settings and two apps with a configuration, set by hand."""
    names = [
        (schema.name, schema.fields[0].name)
        for schema in schemas().values()
        if schema.namespace == "chrome.users" and len(schema.fields) == 1 and schema.fields[0].type == "bool"
    ]
    values: list[dict[str, Any]] = [
        {"target": PLACE, "schema": name, "value": {field: True}} for name, field in names[: count - 4]
    ]
    for app in (KAMI, OTHER):
        key = {"target": PLACE, "app_id": app}
        values.append(key | {"schema": INSTALL, "value": {"appInstallType": "ALLOWED"}})
        values.append(
            key | {"schema": "chrome.users.apps.ManagedConfiguration", "value": {"managedConfiguration": "{}"}}
        )
    assert len(values) == count
    return values


def tenant_with_values(**options: Any) -> Tenant:
    return make_tenant({**SEED, "policies": foreign_values()}, **options)


def adoption(tenant: Tenant) -> Change:
    changes = differences(tenant.adapter(), WANTED).changes
    (found,) = [one for one in changes if one.action is Action.ADOPT and one.key.target.startswith("ou:")]
    return found


SWITCHES: list[dict[str, Any]] = [
    {},
    {"inherit_install_type_where_added": "error"},
    {"inherit_install_type_where_added": "remove"},
    {"inherit_of_unset": "error"},
    {"app_removal_clears_descendants": False},
    {"resolve_lists_app_defaults": True},
]


@pytest.mark.parametrize("options", SWITCHES, ids=str)
def test_twenty_foreign_values_are_given_back_in_one_visible_change(options: dict[str, Any]) -> None:
    tenant = tenant_with_values(**options)
    # Kami's install type is wanted, so 19 of the 20 are foreign.
    assert len(adoption(tenant).resets) == 19
    left = converge(tenant.adapter(), WANTED)
    assert left.changes == ()
    assert tenant.description(PLACE) == f"[reconciler:1 org={ORG} key=users/norr/elever]"
    effective = tenant.effective(user=PLACE)
    assert set(effective["policies"]) == {"chrome.users.IncognitoMode"}
    assert {app: one["install"] for app, one in effective["apps"].items()} == {KAMI: "FORCED"}
    assert effective["apps"][KAMI]["policies"] == {}


def test_the_calls_of_an_adoption_keep_to_the_cap() -> None:
    tenant = tenant_with_values(max_policy_entries=5)
    left = converge(tenant.adapter(entries_per_call=5), WANTED)
    assert left.changes == ()


@pytest.mark.parametrize("nth", [1, 2])
def test_a_place_that_was_taken_over_by_half_bears_no_mark_and_is_finished_by_the_same_change(nth: int) -> None:
    tenant = tenant_with_values()
    change = adoption(tenant)
    first = tenant.adapter()
    first.session.read_places()
    tenant.fault("cut", path="batchInherit", nth=nth, times=8)
    with pytest.raises(HttpFailure):
        first.write(Batch(lane="policy", changes=(change,)))
    assert tenant.description(PLACE) == ""
    again = tenant.adapter()
    seen = again.read([change])[change.key]
    assert seen.read
    assert seen.resets is not None
    still = {part: fields for part, fields in change.resets.items() if part in seen.resets}
    assert len(still) == len(seen.resets) > 0
    again.write(Batch(lane="policy", changes=(replace(change, resets=still),)))
    assert "users/norr/elever" in tenant.description(PLACE)
    assert again.read([change])[change.key].resets == {}


def test_what_goes_along_with_an_app_is_not_given_back_apart() -> None:
    """What Google does with an entry about an app that the entry before it removed is not documented."""
    tenant = tenant_with_values()
    converge(tenant.adapter(), WANTED)
    given_back = [
        (entry["policyTargetKey"].get("additionalTargetKeys", {}).get("app_id"), entry["policySchema"])
        for one in tenant.sent
        if one.path.endswith("batchInherit") and isinstance(one.body, dict)
        for entry in one.body["requests"]
    ]
    assert [schema for app, schema in given_back if app == OTHER] == ["chrome.users.apps.*"]
    assert [schema for app, schema in given_back if app == KAMI] == ["chrome.users.apps.ManagedConfiguration"]


def test_an_adoption_whose_values_can_not_be_read_is_unread_and_not_empty() -> None:
    """Taken for empty, the mark alone would be written, on a place that is not ours at all."""
    tenant = tenant_with_values()
    change = adoption(tenant)
    adapter = tenant.adapter()
    tenant.fault("500", path="policies:resolve", times=50)
    seen = adapter.read([change])[change.key]
    assert not seen.read
    assert seen.reason


def test_a_users_mark_of_another_organisation_keeps_us_away() -> None:
    tenant = tenant_with_values()
    tenant.edit(PLACE, description="[reconciler:1 org=uid-2 key=users/soder/elever]")
    found = differences(tenant.adapter(), WANTED)
    assert [(one.code, one.subject) for one in found.findings] == [("FOREIGN-MARK", f"ou:{PLACE}")]
    assert not [one for one in found.changes if one.key.target == f"ou:{PLACE}"]


def test_peoples_text_stays_beside_the_mark() -> None:
    tenant = make_tenant()
    tenant.edit(PLACE, description="Mentor: rum 12")
    converge(tenant.adapter(), WANTED)
    assert tenant.description(PLACE) == f"Mentor: rum 12\n[reconciler:1 org={ORG} key=users/norr/elever]"


def test_an_existing_place_below_our_root_is_adopted_and_its_devices_settings_with_it() -> None:
    guest = {"target": "/Enheter/Norrskolan", "schema": "chrome.devices.GuestMode", "value": {"guestModeEnabled": True}}
    tenant = make_tenant({**SEED, "org_units": [*SEED["org_units"], "/Enheter/Norrskolan"], "policies": [guest]})
    adapter = tenant.adapter()
    found = differences(adapter, state([group_state()]))
    assert [(one.action, str(one.key)) for one in found.changes if one.key.target == "@norr"] == [
        (Action.ADOPT, "group:@norr"),
        (Action.ADOPT, "target:@norr"),
    ]
    write_all(adapter, found.changes)
    assert differences(adapter, state([group_state()])).changes == ()
    assert "chrome.devices.GuestMode" not in tenant.effective(device="/Enheter/Norrskolan")["policies"]
