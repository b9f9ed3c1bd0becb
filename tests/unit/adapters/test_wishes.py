"""Settings, apps and raw keys of one target as policies, checked against what the tenant knows."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reconciler.adapters.google.policies import MANAGED
from reconciler.adapters.google.schemas import LiveSchema, LiveSchemas
from reconciler.adapters.google.wishes import Lookup, lower_wishes
from reconciler.model.desired import Effective, EffectiveApp, GroupState, UserLayer
from reconciler.model.finding import Finding
from reconciler.model.place import Json
from reconciler.model.resource import Key, Resource
from reconciler.settings.table import load_settings
from tests.unit.adapters.tenant import APPS, KAMI, ORIGINS, group_state, user_layer, wish
from tests.unit.adapters.test_lower import live_schemas

INSTALL = "chrome.users.apps.InstallType"
SAFE = "chrome.users.SafeSearchRestrictedMode"
TAB_GROUPS = "chrome.users.TabGroups"
MADE_UP: LiveSchemas = {
    TAB_GROUPS: LiveSchema(fields={"on": (), "level": ("LEVEL_ENUM_LOW", "LEVEL_ENUM_HIGH")}, targets=("ORG_UNIT",)),
    "chrome.users.apps.ManagedConfiguration": LiveSchema(
        fields={"managedConfiguration": ()}, targets=("ORG_UNIT", "GROUP"), keys=("app_id",)
    ),
}


def on(
    of: GroupState | UserLayer,
    wishes: Effective,
    context: Effective | None = None,
    *,
    ref: str = "ou:/Elever",
    manages: Sequence[str] = tuple(MANAGED),
) -> tuple[dict[str, Resource], list[Finding]]:
    known = {**live_schemas(), **MADE_UP}
    lookup = Lookup(table=load_settings(), apps=APPS, schemas=known, manages=manages, app_ids={"kami": KAMI})
    findings: list[Finding] = []
    found = lower_wishes(wishes, context or wishes, ref, of, lookup, findings)
    assert len({resource.key for resource in found}) == len(found)
    return {resource.key.part: resource for resource in found}, findings


def for_users(wishes: Effective, context: Effective | None = None) -> tuple[dict[str, Resource], list[Finding]]:
    return on(user_layer(wishes), wishes, context)


def fields(found: dict[str, Resource], part: str) -> dict[str, Json]:
    return dict(found[part].fields)


def test_two_settings_of_one_schema_are_one_policy() -> None:
    found, findings = for_users(wish({"safe-search": "required", "youtube-restricted": "strict"}))
    assert findings == []
    assert set(found) == {SAFE}
    assert fields(found, SAFE) == {
        "forceGoogleSafeSearch": True,
        "forceYoutubeRestrictedMode": "FORCE_YOUTUBE_RESTRICTED_MODE_ENUM_STRICT",
    }
    assert found[SAFE].label == "safe-search, youtube-restricted"


def test_a_schema_that_a_layer_mentions_is_written_whole() -> None:
    """What a partial write leaves in the other field is not documented: inherited, or the vendor's default?"""
    found, _ = for_users(
        wish({"youtube-restricted": "strict"}),
        wish({"safe-search": "required", "youtube-restricted": "strict", "incognito": "blocked"}),
    )
    assert set(found) == {SAFE}
    assert set(fields(found, SAFE)) == {"forceGoogleSafeSearch", "forceYoutubeRestrictedMode"}


def test_all_inherit_gives_the_schema_back_whatever_holds_above() -> None:
    found, _ = for_users(wish({"youtube-restricted": "inherit"}), wish({"safe-search": "required"}))
    assert fields(found, SAFE) == {}
    assert found[SAFE].facts == {"inherit": True}


def test_an_app_is_installed_by_its_identifier() -> None:
    found, findings = for_users(wish(apps={"kami": "required"}))
    assert findings == []
    resource = found[f"{INSTALL}|{KAMI}"]
    assert resource.key == Key(kind="assignment", target="ou:/Elever", part=f"{INSTALL}|{KAMI}")
    assert (resource.fields, resource.label) == ({"appInstallType": "FORCED"}, "Kami")
    assert resource.facts == {"app": "kami"}


@pytest.mark.parametrize(
    ("mode", "wire"), [("required", "FORCED"), ("available", "ALLOWED"), ("blocked", "BLOCKED"), ("absent", "REMOVE")]
)
def test_the_modes_of_an_extension(mode: str, wire: str) -> None:
    found, _ = for_users(wish(apps={"kami": mode}))
    assert fields(found, f"{INSTALL}|{KAMI}") == {"appInstallType": wire}


def test_a_pinned_app_and_one_that_is_given_back() -> None:
    pinned = EffectiveApp(app="kami", mode="required", session="user", pinned=True, origins=ORIGINS)
    found, _ = for_users(Effective(apps={("kami", "user"): pinned}))
    assert fields(found, f"{INSTALL}|{KAMI}") == {"appInstallType": "FORCED_AND_PIN_TO_TOOLBAR"}
    found, _ = for_users(wish(apps={"kami": "inherit"}))
    assert found[f"{INSTALL}|{KAMI}"].facts == {"inherit": True, "app": "kami"}


def test_settings_of_devices_go_only_to_the_sessions_that_a_group_has() -> None:
    wanted = wish({"guest-mode": "blocked", "incognito": "blocked"})
    plain, _ = on(group_state(), wanted, ref="@norr/elever")
    assert set(plain) == {"chrome.devices.GuestMode"}
    guest = replace(group_state(), reaches=frozenset({"device", "managed-guest"}))
    both, _ = on(guest, wanted, ref="@norr/elever")
    assert set(both) == {"chrome.devices.GuestMode", "chrome.devices.managedguest.IncognitoMode"}
    assert both["chrome.devices.GuestMode"].depends_on == (Key(kind="group", target="@norr/elever"),)


def test_raw_is_written_as_it_stands() -> None:
    found, findings = for_users(wish(raw={TAB_GROUPS: {"on": True, "level": "HIGH"}}))
    assert findings == []
    assert fields(found, TAB_GROUPS) == {"on": True, "level": "LEVEL_ENUM_HIGH"}
    assert found[TAB_GROUPS].compare == {}


def test_a_number_in_raw_is_compared_as_a_number() -> None:
    """int64 comes back as text."""
    found, _ = for_users(wish(raw={TAB_GROUPS: {"on": {"duration": 600}}}))
    assert found[TAB_GROUPS].compare == {"on": "number"}


def test_raw_against_a_setting_holds_both_back() -> None:
    wanted = wish({"safe-search": "required"}, raw={SAFE: {"forceGoogleSafeSearch": False}})
    found, (finding,) = for_users(wanted)
    assert finding.code == "GOOGLE-RAW-AGAINST-SETTING"
    assert finding.values == {"schema": SAFE, "field": "forceGoogleSafeSearch", "setting": "safe-search"}
    assert finding.place == ORIGINS[0].at.child("fields", "forceGoogleSafeSearch")
    assert found[SAFE].blocked_by == ("GOOGLE-RAW-AGAINST-SETTING",)


def test_raw_of_a_layer_above_against_a_setting_here_is_seen() -> None:
    above = wish({"safe-search": "required"}, raw={SAFE: {"forceGoogleSafeSearch": "x"}})
    _, findings = for_users(wish({"safe-search": "required"}), above)
    assert [finding.code for finding in findings] == ["GOOGLE-RAW-AGAINST-SETTING"]


def test_raw_that_says_the_same_as_the_setting_is_no_conflict() -> None:
    wanted = wish({"incognito": "blocked"}, raw={"chrome.users.IncognitoMode": {}})
    assert for_users(wanted)[1] == []


@pytest.mark.parametrize(
    ("schema", "value", "code", "said"),
    [
        ("chrome.users.NoSuchThing", {"a": 1}, "GOOGLE-SCHEMA-UNKNOWN", {"schema": "chrome.users.NoSuchThing"}),
        (TAB_GROUPS, {"of": True}, "GOOGLE-FIELD-UNKNOWN", {"schema": TAB_GROUPS, "field": "of", "known": "level, on"}),
        (
            TAB_GROUPS,
            {"level": "MIDDLE"},
            "GOOGLE-VALUE-UNKNOWN",
            {"schema": TAB_GROUPS, "field": "level", "value": "MIDDLE", "known": "LEVEL_ENUM_LOW, LEVEL_ENUM_HIGH"},
        ),
        (
            "chrome.users.apps.ManagedConfiguration",
            {"managedConfiguration": "{}"},
            "GOOGLE-RAW-NEEDS-KEYS",
            {"schema": "chrome.users.apps.ManagedConfiguration", "keys": "app_id"},
        ),
        (
            "chrome.devices.GuestMode",
            {"guestModeEnabled": True},
            "GOOGLE-NOT-MANAGED",
            {"schema": "chrome.devices.GuestMode", "namespace": "chrome.devices"},
        ),
        ("chrome.printers.AllowForUsers", {"a": True}, "GOOGLE-NOT-MANAGED", None),
    ],
)
def test_what_the_tenant_can_not_take_is_an_error_at_its_line(
    schema: str, value: dict[str, Json], code: str, said: dict[str, str] | None
) -> None:
    found, (finding,) = for_users(wish(raw={schema: value}))
    assert (finding.code, finding.place) == (code, ORIGINS[0].at)
    assert said is None or finding.values == said
    assert found[schema].blocked_by == (code,)


def test_what_was_chosen_not_to_be_managed_is_not_written() -> None:
    wanted = wish({"incognito": "blocked"})
    _, (finding,) = on(user_layer(wanted), wanted, manages=["device-settings"])
    assert finding.code == "GOOGLE-NOT-MANAGED"


def test_some_policies_can_not_be_set_on_directory_groups() -> None:
    wanted = wish(raw={TAB_GROUPS: {"on": True}})
    _, (finding,) = on(user_layer(wanted), wanted, ref="group:larare@example.se")
    assert finding.code == "GOOGLE-NOT-FOR-GROUPS"
    assert finding.values == {"schema": TAB_GROUPS, "group": "larare@example.se"}


def test_an_app_that_is_in_no_catalogue_makes_nothing() -> None:
    """Loading has said so; what is wanted of everything else goes on."""
    assert for_users(wish({"incognito": "blocked"}, {"okand": "required"}))[0].keys() == {"chrome.users.IncognitoMode"}
