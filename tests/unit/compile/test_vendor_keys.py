"""Vendors' own keys: what our dated table doesn't know is a warning, with the name that is near."""

from collections.abc import Mapping

import pytest

from reconciler.apple.published import load_published
from reconciler.compile.vendor_keys import check_apple_keys, check_vendor_keys
from reconciler.model.documents import AppliesTo, Baseline, Documents, Organisation, RawLine, Wishes
from reconciler.model.finding import Severity
from reconciler.model.place import Json, Pointer
from reconciler.settings.table import load_vendor_keys

FILE = Pointer(file="policies/baselines/x.yaml")
LINE = FILE.child("raw", "google", 0)


def documents(schema: str, fields: Mapping[str, Json], system: str = "google") -> Documents:
    raw = RawLine(system=system, schema=schema, fields=fields, reach="user", at=LINE)
    baseline = Baseline(id="x", name="X", applies_to=AppliesTo(), wishes=Wishes(raw=(raw,)), at=FILE)
    organisation = Organisation(
        uid="u", name="N", municipality_code="0000", language="sv", backends=(), routes=(), at=FILE
    )
    return Documents(organisation=organisation, baselines=(baseline,))


def test_a_known_key_is_passed_in_silence() -> None:
    given = documents("chrome.users.IncognitoMode", {"incognitoModeAvailability": "AVAILABLE"})

    assert check_vendor_keys(given, {"google": load_vendor_keys("google")}) == ()


@pytest.mark.parametrize(
    ("schema", "fields", "code", "path", "near"),
    [
        ("chrome.users.IncognitoMod", {}, "RAW-SCHEMA-UNKNOWN", ("schema",), "chrome.users.IncognitoMode"),
        ("chrome.robots.Dance", {}, "RAW-SCHEMA-UNKNOWN", ("schema",), ""),
        ("chrome.users.TabGroups", {}, "RAW-SCHEMA-UNKNOWN", ("schema",), ""),
        ("chrome.user.IncognitoMode", {}, "RAW-SCHEMA-UNKNOWN", ("schema",), "chrome.users.IncognitoMode"),
        (
            "chrome.devices.managedguest.IncognitoMod",
            {},
            "RAW-SCHEMA-UNKNOWN",
            ("schema",),
            "chrome.devices.managedguest.IncognitoMode",
        ),
        (
            "chrome.users.IncognitoMode",
            {"incognitoModeAvailabilty": "AVAILABLE"},
            "RAW-FIELD-UNKNOWN",
            ("fields", "incognitoModeAvailabilty"),
            "incognitoModeAvailability",
        ),
    ],
)
def test_an_unknown_one_is_a_warning_at_its_line(
    schema: str, fields: Mapping[str, Json], code: str, path: tuple[str, ...], near: str
) -> None:
    (finding,) = check_vendor_keys(documents(schema, fields), {"google": load_vendor_keys("google")})

    assert (finding.code, finding.severity) == (code, Severity.WARNING)
    assert finding.place == LINE.child(*path)
    assert finding.values["near"] == near


@pytest.mark.parametrize(
    ("schema", "fields", "codes", "near"),
    [
        ("windows10GeneralConfiguration", {"cortanaBlocked": True}, [], ""),
        ("windows10GeneralConfiguration", {"cortanaBloked": True}, ["RAW-FIELD-UNKNOWN"], "cortanaBlocked"),
        ("iosGeneralDeviceConfigurations", {}, ["RAW-SCHEMA-UNKNOWN"], "iosGeneralDeviceConfiguration"),
        ("settingsCatalog.iOS", {"com.apple.applicationaccess_allowitunes": False}, [], ""),
        # Our copy of the catalogue is a part, so what isn't in it is no error.
        ("settingsCatalog.windows10", {"device_vendor_msft_x": "device_vendor_msft_x_1"}, ["RAW-FIELD-UNKNOWN"], ""),
    ],
)
def test_intunes_types_and_catalogue_are_known_in_part(
    schema: str, fields: Mapping[str, Json], codes: list[str], near: str
) -> None:
    found = check_vendor_keys(documents(schema, fields, "intune"), {"intune": load_vendor_keys("intune")})

    assert [(one.code, one.severity) for one in found] == [(code, Severity.WARNING) for code in codes]
    assert [one.values["near"] for one in found] == [near for _ in codes]


@pytest.mark.parametrize(
    ("schema", "fields", "expected"),
    [
        ("com.apple.applicationaccess", {"allowAppClips": False}, []),
        # On one platform or another: which one is the group's is seen when a plan is made.
        ("com.apple.loginwindow", {"ShutDownDisabled": True}, []),
        # EnableFirewall is required, and a setting writes it.
        ("com.apple.security.firewall", {"BlockAllIncoming": True}, []),
        (
            "com.apple.aplicationaccess",
            {"allowAppClips": False},
            [("APPLE-PAYLOAD-UNKNOWN", ("schema",), "com.apple.applicationaccess")],
        ),
        (
            "com.apple.applicationaccess",
            {"allowappclips": False, "ratingApps": "17"},
            [
                ("APPLE-KEY-UNKNOWN", ("fields", "allowappclips"), "allowAppClips"),
                ("APPLE-KEY-TYPE", ("fields", "ratingApps"), ""),
            ],
        ),
        (
            "com.apple.security.firewall",
            {"Applications": [{"BundleID": "se.exempel"}]},
            [("APPLE-KEY-MISSING", ("fields", "Applications"), "")],
        ),
        # A key of Apple's that holds dots itself.
        (
            "com.apple.MCX",
            {"com.apple.EnergySaver.desktop.ACPower": {"Wake on LAN": "yes"}},
            [("APPLE-KEY-TYPE", ("fields", "com.apple.EnergySaver.desktop.ACPower"), "")],
        ),
    ],
)
def test_apples_keys_are_held_against_what_apple_publishes(
    schema: str, fields: Mapping[str, Json], expected: list[tuple[str, tuple[str, ...], str]]
) -> None:
    found = check_apple_keys(documents(schema, fields, "apple"), load_published())

    assert {one.severity for one in found} <= {Severity.WARNING}
    assert [(one.code, one.place, one.values.get("near", "")) for one in found] == [
        (code, LINE.child(*path), near) for code, path, near in expected
    ]


def test_a_password_in_a_file_is_an_error_that_never_shows_it() -> None:
    (finding,) = check_apple_keys(
        documents("com.apple.wifi.managed", {"Password": "hemligt"}, "apple"), load_published()
    )

    assert (finding.code, finding.severity, finding.subject) == ("APPLE-KEY-SECRET", Severity.ERROR, "")
    assert finding.place == LINE.child("fields", "Password")
    assert "hemligt" not in str(finding)


def test_other_systems_keys_are_not_apples() -> None:
    assert check_apple_keys(documents("chrome.users.IncognitoMod", {}), load_published()) == ()
