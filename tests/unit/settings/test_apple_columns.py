"""The columns of Apple's own keys: what each setting becomes in a profile, written by hand from Apple's description of the key.

`allow…: false` forbids, `force…: true` demands (Apple's pages, as in the extract's sources; read 2026-11-22).
"""

from typing import Any

import pytest

from reconciler.apple.checking import check_payload, needs_of
from reconciler.apple.published import SYSTEM_OF, load_published
from reconciler.model.system import SYSTEMS, settings_system
from reconciler.settings.table import FieldMapping, Setting, load_settings
from reconciler.settings.wire import from_wire, to_wire

TABLE = load_settings()
PUBLISHED = load_published()
FIELDS = [(s, f) for s in TABLE.settings.values() for f in s.fields if f.system == "apple"]
ACCESS, CODE = "com.apple.applicationaccess", "com.apple.mobiledevice.passwordpolicy"

PAD, MAC, BOTH = ("ipados",), ("macos",), ("ipados", "macos")
AI = ("allowWritingTools", "allowGenmoji", "allowImagePlayground", "allowExternalIntelligenceIntegrations")

TIGHTEST: dict[str, tuple[tuple[str, ...], dict[str, dict[str, Any]]]] = {
    "incognito": (BOTH, {ACCESS: {"allowSafariPrivateBrowsing": False}}),
    "browser-history-deletion": (BOTH, {ACCESS: {"allowSafariHistoryClearing": False}}),
    "pop-ups": (PAD, {ACCESS: {"safariAllowPopups": False}}),
    "password-manager": (BOTH, {ACCESS: {"allowPasswordAutoFill": False}}),
    "generative-ai": (BOTH, {ACCESS: dict.fromkeys(AI, False)}),
    "screenshots": (BOTH, {ACCESS: {"allowScreenShot": False}}),
    "camera": (BOTH, {ACCESS: {"allowCamera": False}}),
    "printing": (PAD, {ACCESS: {"allowAirPrint": False}}),
    "external-storage": (PAD, {ACCESS: {"allowFilesUSBDriveAccess": False}}),
    "power-wash": (BOTH, {ACCESS: {"allowEraseContentAndSettings": False}}),
    "auto-correction": (PAD, {ACCESS: {"allowAutoCorrection": False}}),
    "predictive-text": (PAD, {ACCESS: {"allowPredictiveKeyboard": False}}),
    "keyboard-spell-check": (PAD, {ACCESS: {"allowSpellCheck": False}}),
    "definition-lookup": (BOTH, {ACCESS: {"allowDefinitionLookup": False}}),
    "dictation": (BOTH, {ACCESS: {"allowDictation": False}}),
    "app-store-installs": (PAD, {ACCESS: {"allowUIAppInstallation": False}}),
    "in-app-purchases": (PAD, {ACCESS: {"allowInAppPurchases": False}}),
    "app-removal": (PAD, {ACCESS: {"allowAppRemoval": False}}),
    "account-changes": (BOTH, {ACCESS: {"allowAccountModification": False}}),
    "device-name-changes": (BOTH, {ACCESS: {"allowDeviceNameModification": False}}),
    "wallpaper-changes": (BOTH, {ACCESS: {"allowWallpaperModification": False}}),
    "configuration-profiles": (BOTH, {ACCESS: {"allowUIConfigurationProfileInstallation": False}}),
    "vpn-creation": (PAD, {ACCESS: {"allowVPNCreation": False}}),
    "own-wifi": (PAD, {ACCESS: {"forceWiFiToAllowedNetworksOnly": True}}),
    "bluetooth-changes": (BOTH, {ACCESS: {"allowBluetoothModification": False}}),
    "phishing-warnings": (PAD, {ACCESS: {"safariForceFraudWarning": True}}),
    "airdrop": (BOTH, {ACCESS: {"allowAirDrop": False}}),
    "icloud-backup": (PAD, {ACCESS: {"allowCloudBackup": False}}),
    "icloud-documents": (BOTH, {ACCESS: {"allowCloudDocumentSync": False}}),
    "icloud-photos": (BOTH, {ACCESS: {"allowCloudPhotoLibrary": False}}),
    "icloud-keychain": (BOTH, {ACCESS: {"allowCloudKeychainSync": False}}),
    "handoff": (BOTH, {ACCESS: {"allowActivityContinuation": False}}),
    "messages": (PAD, {ACCESS: {"allowChat": False}}),
    "facetime": (PAD, {ACCESS: {"allowVideoConferencing": False}}),
    "game-center": (BOTH, {ACCESS: {"allowGameCenter": False}}),
    "explicit-content": (PAD, {ACCESS: {"allowExplicitContent": False}}),
    "siri": (BOTH, {ACCESS: {"allowAssistant": False}}),
    "classroom-screen-view": (BOTH, {ACCESS: {"allowRemoteScreenObservation": False}}),
    "passcode-changes": (BOTH, {ACCESS: {"allowPasscodeModification": False}}),
    "biometric-unlock": (BOTH, {ACCESS: {"allowFingerprintForUnlock": False}}),
    "passcode-required": (BOTH, {CODE: {"forcePIN": True}}),
    "passcode-min-length": (BOTH, {CODE: {"minLength": 6}}),
    "simple-passcodes": (BOTH, {CODE: {"allowSimple": False}}),
    "screen-lock-minutes": (BOTH, {CODE: {"maxInactivity": 6}}),
    # "If true, the system shows the name and password dialog. If false, the system displays a list of users."
    "sign-in-names": (MAC, {"com.apple.loginwindow": {"SHOWFULLNAME": True}}),
    # "This property has no effect if EnableGuestAccount is true", so both are said.
    "guest-mode": (MAC, {"com.apple.MCX": {"EnableGuestAccount": False, "DisableGuestAccount": True}}),
    "user-printers": (MAC, {"com.apple.mcxprinting": {"RequireAdminToAddPrinters": True}}),
    "firewall": (MAC, {"com.apple.security.firewall": {"EnableFirewall": True}}),
}
PLACES = [(name, platform) for name, (platforms, _) in TIGHTEST.items() for platform in platforms]


def value_of(setting: Setting) -> Any:
    return setting.order.ladder[-1] if setting.order.kind == "ladder" else 6


def values_of(setting: Setting, platform: str) -> list[Any]:
    words = [w for w in setting.value.get("enum", []) if setting.lacks_value(platform, w, "apple") is None]
    return words or [setting.value["minimum"], setting.value["maximum"]]


def out(setting: Setting, platform: str, value: Any) -> dict[str, dict[str, Any]]:
    return to_wire(setting, value, system="apple", platform=platform, reach="device")


def back(setting: Setting, platform: str, live: dict[str, dict[str, Any]]) -> Any:
    return from_wire(setting, live, system="apple", platform=platform, reach="device")


def test_each_setting_at_its_tightest_says_what_was_written_by_hand() -> None:
    said = {
        (setting.id, platform): out(setting, platform, value_of(setting))
        for setting in TABLE.settings.values()
        for platform in BOTH
        if TABLE.why_lacking(setting.id, platform, "apple") is None
    }

    assert said == {(name, platform): TIGHTEST[name][1] for name, platform in PLACES}


@pytest.mark.parametrize(("name", "platform"), PLACES)
def test_every_value_comes_back_and_passes_apples_own_check(name: str, platform: str) -> None:
    setting = TABLE[name]

    for value in values_of(setting, platform):
        wire = out(setting, platform, value)
        assert back(setting, platform, wire) == value
        for payload, keys in wire.items():
            assert check_payload(payload, keys, platform=platform, published=PUBLISHED) == ()
            assert len(needs_of(payload, keys, platform=platform, published=PUBLISHED)) == len(keys)
    assert back(setting, platform, {}) is None


@pytest.mark.parametrize(("name", "platform"), PLACES)
def test_an_edit_by_hand_is_another_value(name: str, platform: str) -> None:
    setting = TABLE[name]
    value = value_of(setting)
    (payload, keys) = next(iter(out(setting, platform, value).items()))
    last = next(reversed(keys))
    edited = not keys[last] if isinstance(keys[last], bool) else keys[last] + 1

    assert back(setting, platform, {payload: {**keys, last: edited}}) != value


@pytest.mark.parametrize("pair", FIELDS, ids=lambda pair: f"{pair[0].id}-{pair[1].platform}-{pair[1].field}")
def test_a_key_is_apples_of_the_right_type_and_on_the_platform(pair: tuple[Setting, FieldMapping]) -> None:
    setting, field = pair
    payload = PUBLISHED.payload(field.schema)
    assert payload is not None
    key = payload.keys[field.field]

    assert {"bool": "boolean", "int": "integer"}[field.type] == key.type
    assert SYSTEM_OF[field.platform] in key.on
    assert field.confirmed
    assert field.targets == ("GROUP",)
    # One payload per family: a setting in two of them would be half there while one is missing.
    assert len({f.schema for f in setting.fields_for("apple", "device", platform=field.platform)}) == 1


def test_where_intune_writes_apples_own_key_both_mean_the_same_by_it() -> None:
    compared = 0
    for setting, field in FIELDS:
        for other in setting.fields_for("intune", "device", platform=field.platform):
            prefix, _, bare = other.field.rpartition("_")
            if other.schema.startswith("settingsCatalog") and bare == field.field.lower():
                assert (prefix, dict(other.values)) == (field.schema, dict(field.values)), setting.id
                compared += 1

    assert compared == 38


def test_where_the_two_differ_each_says_why() -> None:
    assert TABLE.why_lacking("firewall", "macos", "apple") is None
    assert TABLE["firewall"].lacks_value("macos", "optional", "apple") is not None
    assert TABLE["firewall"].lacks_value("macos", "optional", "intune") is None
    assert TABLE["firewall"].lacks_value("macos", "optional") is None
    for name, platform, system in (
        ("guest-mode", "macos", "intune"),
        ("incognito", "ipados", "intune"),
        ("os-minimum-version", "ipados", "apple"),
        ("disk-encryption", "macos", "apple"),
    ):
        assert TABLE.why_lacking(name, platform, system) is not None
        # Somebody has it there: a system that isn't known is given the benefit of the doubt.
        assert TABLE.why_lacking(name, platform) is None
        assert TABLE.why_lacking(name, platform, "jamf-pro") is None


def test_no_reason_sends_people_of_another_system_to_intune() -> None:
    for setting in TABLE.settings.values():
        for platform in BOTH:
            why = TABLE.why_lacking(setting.id, platform, "apple")
            assert why is None or "i Intune" not in why["sv"], (setting.id, platform)
            assert why is None or "Entra" not in why["sv"], (setting.id, platform)


def test_a_kind_of_backend_reads_one_systems_columns() -> None:
    assert {kind: settings_system(kind) for kind in SYSTEMS} == {
        "google": "google",
        "intune": "intune",
        "zentral": "apple",
    }
    assert settings_system("jamf-pro") == "jamf-pro"
    assert settings_system("") == ""


@pytest.mark.parametrize("platform", BOTH)
def test_zentral_installs_what_the_app_store_has_and_nothing_else(platform: str) -> None:
    def way(mode: str, identifier: str) -> tuple[str, str, str] | None:
        found = TABLE.install(platform=platform, mode=mode, holder="user", identifier=identifier, system="zentral")
        return (found.schema, found.reach, found.removal) if found else None

    assert way("required", "app_store") == ("storeApp", "device", "uninstalls")
    for mode in ("available", "absent", "blocked"):
        assert way(mode, "app_store") is None
        assert mode in TABLE.ways_lacking["zentral"]
    assert way("required", "bundle_id") is None
    assert way("required", "web") is None
