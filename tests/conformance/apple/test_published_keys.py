"""The extract of Apple's keys against expectations that were written by hand from Apple's own pages (developer.apple.com,
Device Management > Profile-Specific Payload Keys, as quoted in public repositories; read 2026-11-22)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reconciler.apple.published import SYSTEM_OF, PublishedKey, Support, load_published
from tests.conformance.apple.extract import SOURCES, as_text, extract

PUBLISHED = load_published()
ACCESS = "com.apple.applicationaccess"


def key(payload: str, name: str) -> PublishedKey:
    found = PUBLISHED.payload(payload)
    assert found is not None
    return found.keys[name]


@pytest.mark.parametrize(
    ("name", "system", "support"),
    [
        # "Available in iOS 4 and later, macOS 10.11 and later, tvOS 17 and later."
        ("allowCamera", "iOS", Support(introduced="4.0")),
        ("allowCamera", "macOS", Support(introduced="10.11")),
        ("allowCamera", "tvOS", Support(introduced="17.0")),
        # "Available in iOS 11 and later. Requires supervision in iOS."
        ("allowAirPrint", "iOS", Support(introduced="11.0", supervised=True)),
        ("allowAirPrint", "macOS", None),
        # "Available in iOS 7 and later, macOS 14 and later … Requires supervision in iOS, visionOS, and watchOS."
        ("allowAccountModification", "iOS", Support(introduced="7.0", supervised=True)),
        ("allowAccountModification", "macOS", Support(introduced="14.0")),
        ("allowAccountModification", "tvOS", None),
        # "Available in iOS 18.2 and later. Requires supervision in iOS."
        ("allowDefaultBrowserModification", "iOS", Support(introduced="18.2", supervised=True)),
        # "Available in iOS 26 and later, macOS 26 and later … Requires supervision in iOS, and visionOS."
        ("allowSafariPrivateBrowsing", "macOS", Support(introduced="26.0")),
        ("allowSafariPrivateBrowsing", "iOS", Support(introduced="26.0", supervised=True)),
        # "Available in iOS 8.1.3 and later. Deprecated in iOS 26.4 and later. Requires supervision in iOS."
        ("allowAutoCorrection", "iOS", Support(introduced="8.1.3", deprecated="26.4", supervised=True)),
    ],
)
def test_restrictions_say_since_when_and_on_which_devices(name: str, system: str, support: Support | None) -> None:
    assert key(ACCESS, name).on.get(system) == support


@pytest.mark.parametrize(
    ("payload", "name", "expected"),
    [
        (ACCESS, "allowCamera", ("boolean", False, None, None, ())),
        (ACCESS, "ratingApps", ("integer", False, 0, 1000, ())),
        (ACCESS, "enforcedSoftwareUpdateDelay", ("integer", False, 1, 90, ())),
        (ACCESS, "safariAcceptCookies", ("real", False, None, None, (0.0, 1.0, 1.5, 2.0))),
        ("com.apple.mobiledevice.passwordpolicy", "minLength", ("integer", False, 0, 16, ())),
        ("com.apple.mobiledevice.passwordpolicy", "maxInactivity", ("integer", False, 0, 15, ())),
        ("com.apple.mobiledevice.passwordpolicy", "maxFailedAttempts", ("integer", False, 2, 11, ())),
        ("com.apple.security.firewall", "EnableFirewall", ("boolean", True, None, None, ())),
        ("com.apple.loginwindow", "SHOWFULLNAME", ("boolean", False, None, None, ())),
        ("com.apple.webClip.managed", "URL", ("string", True, None, None, ())),
        ("com.apple.MCX.FileVault2", "Enable", ("string", True, None, None, ("On", "Off"))),
        # Six files describe com.apple.MCX; what one of them requires is not required of the others.
        ("com.apple.MCX", "DisableGuestAccount", ("boolean", False, None, None, ())),
    ],
)
def test_types_ranges_and_options(payload: str, name: str, expected: tuple[Any, ...]) -> None:
    found = key(payload, name)

    assert (found.type, found.required, found.least, found.most, found.options) == expected


def test_what_lists_and_dictionaries_hold_is_known() -> None:
    blocked = key(ACCESS, "blockedAppBundleIDs").items
    app = key("com.apple.security.firewall", "Applications").items

    assert blocked is not None
    assert blocked.type == "string"
    assert app is not None
    assert app.keys is not None
    assert {name: (one.type, one.required) for name, one in app.keys.items()} == {
        "BundleID": ("string", True),
        "Allowed": ("boolean", True),
    }


def test_a_payload_is_on_the_systems_that_apple_names() -> None:
    on = {name: set(found.on) for name in PUBLISHED.data if (found := PUBLISHED.payload(name))}

    assert on[ACCESS] == {"iOS", "macOS", "tvOS"}
    assert on["com.apple.mobiledevice.passwordpolicy"] == {"iOS", "macOS"}
    assert on["com.apple.loginwindow"] == {"macOS"}
    assert on["com.apple.app.lock"] == {"iOS", "tvOS"}
    assert len(on) > 110
    assert "com.apple.mdm" not in on
    assert set(SYSTEM_OF.values()) == {"iOS", "macOS", "tvOS"}


def test_only_restrictions_come_from_the_second_source_and_say_so() -> None:
    newer = {
        (name, one) for name in PUBLISHED.data for one, said in PUBLISHED.data[name]["keys"].items() if "newer" in said
    }

    assert (ACCESS, "allowSafariHistoryClearing") in newer
    assert {name for name, _ in newer} == {ACCESS}
    assert len(newer) == 14


def test_the_extract_names_its_sources_and_keeps_apples_prose_to_apple() -> None:
    assert dict(PUBLISHED.sources) == SOURCES
    assert "If 'false'" not in json.dumps(dict(PUBLISHED.data))


@pytest.mark.skipif(
    "APPLE_SCHEMA" not in os.environ or "PROFILE_MANIFESTS" not in os.environ,
    reason="APPLE_SCHEMA and PROFILE_MANIFESTS name no clones of the two sources",
)
def test_made_again_it_comes_out_the_same() -> None:
    again = extract(Path(os.environ["APPLE_SCHEMA"]), Path(os.environ["PROFILE_MANIFESTS"]))
    lies = Path(__file__).parents[3] / "reconciler" / "apple" / "published_keys.json"

    assert as_text(again) == lies.read_text("utf-8")
