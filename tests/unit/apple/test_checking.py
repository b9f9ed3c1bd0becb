"""What keeps a payload on this machine, and what of it does nothing on a device. Expectations are from Apple's pages, by hand."""

import re
from pathlib import Path
from typing import Any

import pytest

import reconciler.apple.checking
from reconciler.apple.checking import Need, check_payload, needs_of, parse_version, unmet_on
from reconciler.apple.published import load_published
from reconciler.texts.rendering import PLACEHOLDER, messages

ACCESS = "com.apple.applicationaccess"
PASSCODE = "com.apple.mobiledevice.passwordpolicy"
FIREWALL = "com.apple.security.firewall"
PUBLISHED = load_published()


def problems(payload: str, keys: dict[str, Any], platform: str = "ipados") -> list[tuple[str, str]]:
    return [(one.code, one.key) for one in check_payload(payload, keys, platform=platform, published=PUBLISHED)]


@pytest.mark.parametrize(
    ("payload", "keys", "platform"),
    [
        (ACCESS, {"allowCamera": False, "allowAirDrop": False}, "ipados"),
        (ACCESS, {"allowCamera": False, "allowAirDrop": False}, "macos"),
        (ACCESS, {"allowDeviceNameModification": False}, "tvos"),
        (ACCESS, {"allowSafariPrivateBrowsing": False}, "ipados"),
        (ACCESS, {"blockedAppBundleIDs": ["se.exempel.spel"]}, "ios"),
        (ACCESS, {"safariAcceptCookies": 1.5}, "ipados"),
        (ACCESS, {"safariAcceptCookies": 2}, "ipados"),
        (PASSCODE, {"forcePIN": True, "minLength": 16, "maxInactivity": 0}, "ipados"),
        (FIREWALL, {"EnableFirewall": True, "Applications": [{"BundleID": "se.exempel", "Allowed": False}]}, "macos"),
        ("com.apple.domains", {"SafariPasswordAutoFillDomains": ["skola.example.se"]}, "ipados"),
        ("com.apple.wifi.managed", {"SSID_STR": "Skolan", "Password": ""}, "ipados"),
        (PASSCODE, {"customRegex": {"passwordContentRegex": "x", "passwordContentDescription": {"sv": "a"}}}, "macos"),
    ],
)
def test_what_apple_publishes_is_passed_in_silence(payload: str, keys: dict[str, Any], platform: str) -> None:
    assert problems(payload, keys, platform) == []


@pytest.mark.parametrize(
    ("payload", "keys", "platform", "code", "key"),
    [
        ("com.apple.applicationacces", {}, "ipados", "APPLE-PAYLOAD-UNKNOWN", ""),
        ("com.apple.mdm", {}, "macos", "APPLE-PAYLOAD-UNKNOWN", ""),
        (FIREWALL, {"EnableFirewall": True}, "ipados", "APPLE-PAYLOAD-NOT-ON", ""),
        (FIREWALL, {"BlockAllIncoming": True}, "macos", "APPLE-KEY-MISSING", "EnableFirewall"),
        (FIREWALL, {"EnableFirewall": 1}, "macos", "APPLE-KEY-TYPE", "EnableFirewall"),
        (
            FIREWALL,
            {"EnableFirewall": True, "Applications": [{"BundleID": "se.exempel"}]},
            "macos",
            "APPLE-KEY-MISSING",
            "Applications[0].Allowed",
        ),
        (
            FIREWALL,
            {"EnableFirewall": True, "Applications": [{"BundleID": "se", "Allowed": True, "allow": True}]},
            "macos",
            "APPLE-KEY-UNKNOWN",
            "Applications[0].allow",
        ),
        (ACCESS, {"allowcamera": False}, "ipados", "APPLE-KEY-UNKNOWN", "allowcamera"),
        (ACCESS, {"PayloadUUID": "x"}, "ipados", "APPLE-KEY-UNKNOWN", "PayloadUUID"),
        (ACCESS, {"allowAirPrint": False}, "macos", "APPLE-KEY-NOT-ON", "allowAirPrint"),
        (ACCESS, {"allowCamera": "false"}, "ipados", "APPLE-KEY-TYPE", "allowCamera"),
        (ACCESS, {"allowCamera": 0}, "ipados", "APPLE-KEY-TYPE", "allowCamera"),
        (ACCESS, {"allowCamera": None}, "ipados", "APPLE-KEY-TYPE", "allowCamera"),
        (ACCESS, {"ratingApps": True}, "ipados", "APPLE-KEY-TYPE", "ratingApps"),
        (ACCESS, {"ratingApps": 300.0}, "ipados", "APPLE-KEY-TYPE", "ratingApps"),
        (ACCESS, {"ratingApps": 1 << 70}, "ipados", "APPLE-KEY-TYPE", "ratingApps"),
        (ACCESS, {"safariAcceptCookies": float("nan")}, "ipados", "APPLE-KEY-TYPE", "safariAcceptCookies"),
        (ACCESS, {"safariAcceptCookies": 1.7}, "ipados", "APPLE-KEY-VALUE", "safariAcceptCookies"),
        (ACCESS, {"ratingApps": -1}, "ipados", "APPLE-KEY-TOO-LOW", "ratingApps"),
        (PASSCODE, {"minLength": 17}, "ipados", "APPLE-KEY-TOO-HIGH", "minLength"),
        (PASSCODE, {"changeAtNextAuth": True}, "ipados", "APPLE-KEY-NOT-ON", "changeAtNextAuth"),
        (ACCESS, {"ratingRegion": "xx"}, "ipados", "APPLE-KEY-VALUE", "ratingRegion"),
        (ACCESS, {"blockedAppBundleIDs": "se.exempel"}, "ipados", "APPLE-KEY-TYPE", "blockedAppBundleIDs"),
        (ACCESS, {"blockedAppBundleIDs": ["a", 1]}, "ipados", "APPLE-KEY-TYPE", "blockedAppBundleIDs[1]"),
        (ACCESS, {"blockedAppBundleIDs": ["a\x00"]}, "ipados", "APPLE-KEY-UNWRITABLE", "blockedAppBundleIDs[0]"),
        (ACCESS, {"blockedAppBundleIDs": ["a\r\n"]}, "ipados", "APPLE-KEY-UNWRITABLE", "blockedAppBundleIDs[0]"),
        ("com.apple.wifi.managed", {"SSID_STR": "Skolan", "Password": "x"}, "ipados", "APPLE-KEY-SECRET", "Password"),
        (
            "com.apple.wifi.managed",
            {"EAPClientConfiguration": {"AcceptEAPTypes": [25], "UserPassword": "x"}},
            "ipados",
            "APPLE-KEY-SECRET",
            "EAPClientConfiguration.UserPassword",
        ),
        ("com.apple.webClip.managed", {"URL": "https://a.se", "Label": "a", "Icon": "iVBO"}, "ipados", "APPLE-KEY-TYPE", "Icon"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_code_and_key(
    payload: str, keys: dict[str, Any], platform: str, code: str, key: str
) -> None:
    assert problems(payload, keys, platform) == [(code, key)]


def test_nesting_without_end_is_refused_and_not_followed() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    settings = {"Forced": [{"mcx_preference_settings": {"lista": deep}}]}
    found = problems("com.apple.ManagedClient.preferences", {"PayloadContent": {"se.exempel": settings}}, "macos")

    assert [code for code, _ in found] == ["APPLE-KEY-UNWRITABLE"]


def test_where_any_name_will_do_the_levels_below_are_still_checked() -> None:
    content = {"se.exempel": {"Forced": [{"mcx_preference_settings": {"a": 1}}], "Once": []}}

    assert problems("com.apple.ManagedClient.preferences", {"PayloadContent": content}, "macos") == [
        ("APPLE-KEY-UNKNOWN", "PayloadContent.se.exempel.Once")
    ]


def test_the_day_of_our_copy_is_that_of_the_source_of_the_payload() -> None:
    def day(payload: str) -> str:
        (problem,) = check_payload(payload, {"x": 1}, platform="macos", published=PUBLISHED)
        return problem.values["of"]

    assert (day(ACCESS), day(PASSCODE), day("se.exempel")) == ("2026-08-18", "2025-01-28", "2025-01-28")


@pytest.mark.parametrize(
    ("payload", "keys", "near"),
    [
        ("com.apple.applicationacces", {}, ACCESS),
        ("se.exempel.egen", {}, ""),
        (ACCESS, {"allowScreenshot": False}, "allowScreenShot"),
        (ACCESS, {"allowCamra": False}, "allowCamera"),
        (ACCESS, {"se": 1}, ""),
    ],
)
def test_a_name_that_is_near_is_proposed(payload: str, keys: dict[str, Any], near: str) -> None:
    (problem,) = check_payload(payload, keys, platform="ipados", published=PUBLISHED)

    assert problem.values["near"] == near


def test_all_problems_are_reported_together() -> None:
    keys = {"allowCamera": "nej", "ratingApps": 2000, "allowEverything": True}

    assert problems(ACCESS, keys) == [
        ("APPLE-KEY-TYPE", "allowCamera"),
        ("APPLE-KEY-TOO-HIGH", "ratingApps"),
        ("APPLE-KEY-UNKNOWN", "allowEverything"),
    ]


KEYS = {"allowCamera": False, "allowAirDrop": False, "allowAssistant": False, "allowSafariPrivateBrowsing": False}


def test_needs_are_supervision_and_versions() -> None:
    assert needs_of(ACCESS, KEYS, platform="ipados", published=PUBLISHED) == (
        Need(key="allowCamera", introduced="4.0"),
        Need(key="allowAirDrop", introduced="7.0", supervised=True),
        Need(key="allowAssistant", introduced="5.0", deprecated="26.4"),
        Need(key="allowSafariPrivateBrowsing", introduced="26.0", supervised=True),
    )
    assert needs_of(ACCESS, {"okand": 1}, platform="ipados", published=PUBLISHED) == ()
    assert needs_of("se.exempel", KEYS, platform="ipados", published=PUBLISHED) == ()


@pytest.mark.parametrize(
    ("version", "supervised", "expected"),
    [
        ("26.1", True, []),
        ("18.6.2", True, [("allowSafariPrivateBrowsing", "APPLE-NEEDS-VERSION")]),
        ("26", False, [("allowAirDrop", "APPLE-NEEDS-SUPERVISION"), ("allowSafariPrivateBrowsing", "APPLE-NEEDS-SUPERVISION")]),
        # What isn't known of a device is no reproach.
        ("", None, []),
        ("okänd", None, []),
    ],
)  # fmt: skip
def test_a_device_lacks_what_its_version_and_supervision_lack(
    version: str, supervised: bool | None, expected: Any
) -> None:
    needs = needs_of(ACCESS, KEYS, platform="ipados", published=PUBLISHED)

    assert list(unmet_on(needs, os_version=version, supervised=supervised)) == expected


def test_a_key_that_apple_took_away_does_nothing_on_later_versions() -> None:
    needs = needs_of(FIREWALL, {"EnableLogging": True}, platform="macos", published=PUBLISHED)

    assert unmet_on(needs, os_version="14.7", supervised=None) == ()
    assert unmet_on(needs, os_version="15.0", supervised=None) == (("EnableLogging", "APPLE-REMOVED-IN-VERSION"),)


@pytest.mark.parametrize(
    ("text", "parts"), [("18.2", (18, 2)), ("18.0.0", (18,)), ("9.10", (9, 10)), ("", ()), ("17.x", ()), ("1" * 90, ())]
)
def test_versions_are_numbers(text: str, parts: tuple[int, ...]) -> None:
    assert parse_version(text) == parts


def test_every_code_has_a_text_that_its_values_fill() -> None:
    codes = set(re.findall(r'"(APPLE-[A-Z-]+)"', Path(reconciler.apple.checking.__file__).read_text("utf-8")))
    given = {"payload", "key", "of", "near", "platform", "systems", "type", "least", "most", "options"}
    by_adapter = {"payload", "key", "group", "count", "version"}

    assert codes == {code for code in messages("apple") if not code.startswith("APPLE-PROFILE-")}
    for code in codes:
        for parts in messages("apple")[code].values():
            named = set(PLACEHOLDER.findall(" ".join(parts.values())))
            assert named <= (by_adapter if code.startswith(("APPLE-NEEDS", "APPLE-REMOVED")) else given), code
