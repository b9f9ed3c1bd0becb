from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.settings.table import FieldMapping, Setting, load_settings
from reconciler.settings.wire import from_wire, pick_enum, same_on_wire, to_wire

TABLE = load_settings()
APPS = {"provapp": "web:https://prov.example.se/", "raknaren": "chrome:" + "a" * 32}
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45)]


def out(setting_id: str, value: Any, reach: str = "user") -> dict[str, dict[str, Any]]:
    return to_wire(TABLE[setting_id], value, system="google", platform="chromeos", reach=reach, app_ids=APPS)


def back(setting_id: str, live: dict[str, dict[str, Any]], reach: str = "user") -> Any:
    return from_wire(TABLE[setting_id], live, system="google", platform="chromeos", reach=reach, app_ids=APPS)


def mapping(setting_id: str, field: str) -> FieldMapping:
    return next(f for f in TABLE[setting_id].fields if f.field == field)


# Values by hand, spelled as tast-tests' list of live schemas and published exports spell them (read 2026-11-21).
@pytest.mark.parametrize(
    ("setting_id", "reach", "value", "expected"),
    [
        (
            "incognito",
            "user",
            "blocked",
            {
                "chrome.users.IncognitoMode": {
                    "incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"
                }
            },
        ),
        (
            "incognito",
            "managed-guest",
            "allowed",
            {
                "chrome.devices.managedguest.IncognitoMode": {
                    "incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE"
                }
            },
        ),
        ("screenshots", "user", "blocked", {"chrome.users.Screenshot": {"disableScreenshots": True}}),
        (
            "sign-in-allowlist",
            "device",
            ["*@elev.example.se"],
            {
                "chrome.devices.SignInRestriction": {
                    "deviceAllowNewUsers": "ALLOW_NEW_USERS_ENUM_RESTRICTED_LIST",
                    "userAllowlist": ["*@elev.example.se"],
                }
            },
        ),
        (
            "android-apps",
            "user",
            "allowed",
            {
                "chrome.users.appsconfig.AndroidAppsEnabled": {
                    "arcEnabled": True,
                    "ackNoticeForArcEnabledSetToTrue": True,
                }
            },
        ),
        ("android-apps", "user", "blocked", {"chrome.users.appsconfig.AndroidAppsEnabled": {"arcEnabled": False}}),
        (
            "offline-sign-in-days",
            "user",
            1,
            {"chrome.users.GaiaOfflineSigninTimeLimitDays": {"gaiaOfflineSigninTimeLimitDays": {"value": 1}}},
        ),
        (
            "time-zone",
            "device",
            "Europe/Stockholm",
            {
                "chrome.devices.Timezone": {
                    "systemTimezone": {"value": "Europe/Stockholm"},
                    "timezoneDetectionType": "AUTOMATIC_TIMEZONE_DETECTION_TYPE_ENUM_DISABLED",
                }
            },
        ),
        (
            "bookmarks",
            "user",
            {"folder": "Norrskolan", "links": [{"name": "Lärplattformen", "url": "https://larplattform.example.se/"}]},
            {
                "chrome.users.ManagedBookmarksSetting": {
                    "managedBookmarks": {
                        "toplevelName": "Norrskolan",
                        "bookmarks": [
                            {"link": {"name": "Lärplattformen", "url": "https://larplattform.example.se/"}},
                        ],
                    }
                }
            },
        ),
        (
            "update-quiet-hours",
            "device",
            [{"day": "sunday", "from": "22:00", "to": "06:15"}],
            {
                "chrome.devices.AutoUpdateSettings": {
                    "autoUpdateTimeRestrictions": {
                        "timeRestriction": [
                            {
                                "start": {"dayOfWeek": "SUNDAY", "hours": 22, "minutes": 0},
                                "end": {"dayOfWeek": "MONDAY", "hours": 6, "minutes": 15},
                            }
                        ]
                    }
                }
            },
        ),
        (
            "kiosk-app",
            "kiosk",
            "provapp",
            {"chrome.devices.kiosk.appsconfig.AutoLaunchApp": {"appId": "web:https://prov.example.se/"}},
        ),
    ],
)
def test_what_a_value_becomes(setting_id: str, reach: str, value: Any, expected: dict[str, dict[str, Any]]) -> None:
    assert out(setting_id, value, reach) == expected
    assert back(setting_id, expected, reach) == value


def test_a_reach_that_a_setting_does_not_have_becomes_nothing() -> None:
    assert out("guest-mode", "blocked", "user") == {}
    assert back("guest-mode", {"chrome.devices.GuestMode": {"guestModeEnabled": False}}, "user") is None


def test_an_unknown_app_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="okand"):
        out("kiosk-app", "okand", "kiosk")


@pytest.mark.parametrize(
    ("setting_id", "reach", "live"),
    [
        (
            "incognito",
            "user",
            {"chrome.users.IncognitoMode": {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_FORCED"}},
        ),
        ("incognito", "user", {"chrome.users.IncognitoMode": {"incognitoModeAvailability": 1}}),
        ("incognito", "user", {"chrome.users.IncognitoMode": {}}),
        ("incognito", "user", {}),
        ("screenshots", "user", {"chrome.users.Screenshot": {"disableScreenshots": "true"}}),
        (
            "sign-in-allowlist",
            "device",
            {
                "chrome.devices.SignInRestriction": {
                    "deviceAllowNewUsers": "ALLOW_NEW_USERS_ENUM_ANY_USER",
                    "userAllowlist": ["*@a.se"],
                }
            },
        ),
        (
            "bookmarks",
            "user",
            {
                "chrome.users.ManagedBookmarksSetting": {
                    "managedBookmarks": {"toplevelName": "A", "bookmarks": [{"folder": {"name": "B", "entries": []}}]}
                }
            },
        ),
        ("bookmarks", "user", {"chrome.users.ManagedBookmarksSetting": {"managedBookmarks": None}}),
        (
            "update-quiet-hours",
            "device",
            {
                "chrome.devices.AutoUpdateSettings": {
                    "autoUpdateTimeRestrictions": {
                        "timeRestriction": [
                            {"start": {"dayOfWeek": "MONDAY", "hours": 8}, "end": {"dayOfWeek": "FRIDAY", "hours": 16}}
                        ]
                    }
                }
            },
        ),
        ("kiosk-app", "kiosk", {"chrome.devices.kiosk.appsconfig.AutoLaunchApp": {"appId": "None"}}),
        (
            "secondary-sign-in",
            "user",
            {"chrome.users.SecondaryGoogleAccountSignin": {"secondaryGoogleAccountSigninAllowed": "TRUE"}},
        ),
    ],
)
def test_what_no_neutral_value_says_is_none(setting_id: str, reach: str, live: dict[str, dict[str, Any]]) -> None:
    assert back(setting_id, live, reach) is None


def test_noise_of_the_vendor_gives_the_same_value() -> None:
    days = "chrome.users.GaiaOfflineSigninTimeLimitDays"
    # int64 values arrive as text (seen in a published export).
    assert back("offline-sign-in-days", {days: {"gaiaOfflineSigninTimeLimitDays": {"value": "1"}}}) == 1
    # A window at midnight arrives without its zeros.
    window = {"start": {"dayOfWeek": "MONDAY"}, "end": {"dayOfWeek": "MONDAY", "hours": 6, "minutes": "30"}}
    live = {"chrome.devices.AutoUpdateSettings": {"autoUpdateTimeRestrictions": {"timeRestriction": [window]}}}
    assert back("update-quiet-hours", live, "device") == [{"day": "monday", "from": "00:00", "to": "06:30"}]
    # A rollout plan that is the default may carry a scatter that has no effect (seen in a published export).
    plan = mapping("auto-update", "autoUpdateRolloutPlan")
    assert same_on_wire(plan, plan.constant, {"plan": "DEFAULT_UPDATES", "scatter": "SIX_DAYS"})
    assert not same_on_wire(plan, plan.constant, {"plan": "SCATTER_UPDATES", "scatter": "SIX_DAYS"})


def test_lists_compare_as_their_field_says() -> None:
    blocklist, pages = mapping("url-blocklist", "urlBlocklist"), mapping("startup-pages", "restoreOnStartupUrls")

    assert same_on_wire(blocklist, ["a.se", "b.se"], ["b.se", "a.se"])
    assert not same_on_wire(blocklist, ["a.se"], ["a.se", "b.se"])
    assert not same_on_wire(pages, ["https://a.se", "https://b.se"], ["https://b.se", "https://a.se"])


def test_one_and_true_are_not_the_same() -> None:
    assert not same_on_wire(mapping("guest-mode", "guestModeEnabled"), True, 1)
    assert not same_on_wire(mapping("session-length", "sessionDurationLimit"), 1, True)


@pytest.mark.parametrize(
    ("expected", "live", "picked"),
    [
        ("FORCED", ["BLOCKED", "FORCED"], "FORCED"),
        ("INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE", ["AVAILABLE", "UNAVAILABLE"], "UNAVAILABLE"),
        ("MANDATORY", ["POLICY_MODE_ENUM_UNSPECIFIED", "POLICY_MODE_ENUM_MANDATORY"], "POLICY_MODE_ENUM_MANDATORY"),
        (
            "CHROME_WEB_STORE_BLOCK_ALL_APPS",
            ["ALLOW_ALL_APPS", "BLOCK_ALL_APPS", "BLOCK_ALL_APPS_USER_EXTENSION_REQUESTS_ALLOWED"],
            "BLOCK_ALL_APPS",
        ),
        ("BLOCK_ALL_APPS", ["PLAY_STORE_ALLOW_ALL_APPS", "PLAY_STORE_BLOCK_ALL_APPS"], "PLAY_STORE_BLOCK_ALL_APPS"),
        ("ALLOWED", ["GUEST_NOT_ALLOWED", "GUEST_ALLOWED"], "GUEST_ALLOWED"),
        ("ALLOWED", ["NOT_ALLOWED", "BLOCKED"], None),
        ("NOT_ALLOWED", ["ALLOWED", "BLOCKED"], None),
        ("AVAILABLE", ["UNAVAILABLE"], None),
        ("BLOCKED", ["A_BLOCKED", "B_BLOCKED"], None),
        ("BLOCKED", [], None),
    ],
)
def test_pick_enum(expected: str, live: list[str], picked: str | None) -> None:
    assert pick_enum(expected, live) == picked


def values_of(setting: Setting) -> st.SearchStrategy[Any]:
    """Valid neutral values; by hand for the few that a JSON Schema says too loosely."""
    special: dict[str, st.SearchStrategy[Any]] = {
        "bookmarks": st.fixed_dictionaries(
            {
                "folder": st.text(min_size=1, max_size=5),
                "links": st.lists(
                    st.fixed_dictionaries({"name": st.text(min_size=1, max_size=5), "url": st.just("https://a.se/")}),
                    max_size=3,
                ),
            }
        ),
        "update-quiet-hours": st.lists(
            st.fixed_dictionaries(
                {
                    "day": st.sampled_from(
                        setting.value.get("items", {}).get("properties", {}).get("day", {}).get("enum", ["-"])
                    ),
                    "from": st.sampled_from(CLOCKS),
                    "to": st.sampled_from(CLOCKS),
                }
            ),
            max_size=3,
        ),
        "kiosk-app": st.sampled_from(sorted(APPS)),
    }
    if setting.id in special:
        return special[setting.id]
    if "enum" in setting.value:
        return st.sampled_from(setting.value["enum"])
    if setting.value["type"] == "integer":
        return st.integers(setting.value["minimum"], setting.value["maximum"])
    text = st.from_regex(r"[a-z]{1,6}\.se", fullmatch=True)
    return st.lists(text, min_size=1, max_size=5, unique=True) if setting.value["type"] == "array" else text


@st.composite
def a_setting_and_a_value(draw: st.DrawFn) -> tuple[Setting, str, Any]:
    setting = draw(st.sampled_from([one for one in TABLE.settings.values() if "chromeos" in one.reach]))
    reach = draw(st.sampled_from(setting.reach["chromeos"]))
    return setting, reach, draw(values_of(setting))


@given(a_setting_and_a_value())
def test_every_value_comes_back_as_it_went_out(case: tuple[Setting, str, Any]) -> None:
    setting, reach, value = case

    assert back(setting.id, out(setting.id, value, reach), reach) == value


@given(a_setting_and_a_value(), a_setting_and_a_value())
def test_two_settings_never_write_the_same_field(one: tuple[Setting, str, Any], two: tuple[Setting, str, Any]) -> None:
    def keys(case: tuple[Setting, str, Any]) -> set[tuple[str, str]]:
        setting, reach, value = case
        return {(schema, field) for schema, fields in out(setting.id, value, reach).items() for field in fields}

    if one[0] is not two[0]:
        assert not keys(one) & keys(two)
