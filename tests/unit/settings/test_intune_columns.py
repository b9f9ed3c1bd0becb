"""The columns for iPad, Mac and Windows: Microsoft's names, what true means, and what can't be said there.

The expected wire values are written by hand from Microsoft's and Apple's own descriptions of each key (read
2026-11-21), not taken from the table.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.settings.order import Order, Tightness, compare
from reconciler.settings.table import FieldMapping, Setting, load_settings, load_vendor_keys
from reconciler.settings.wire import from_wire, to_wire

TABLE = load_settings()
PLATFORMS = ("ipados", "macos", "windows")
FIELDS = [(s, f) for s in TABLE.settings.values() for f in s.fields if f.system == "intune"]
TYPES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "conformance" / "graph" / "intune-v1-types.json").read_text("utf-8")
)
WIRE_TYPES = {"bool": "boolean", "int": "integer", "string": "string"}

IOS, MAC, WIN = "iosGeneralDeviceConfiguration", "macOSGeneralDeviceConfiguration", "windows10GeneralConfiguration"
CATALOG_IOS, CATALOG_MAC, CATALOG_WIN = "settingsCatalog.iOS", "settingsCatalog.macOS", "settingsCatalog.windows10"
RESTRICTIONS = "com.apple.applicationaccess_"
EDGE = "device_vendor_msft_policy_config_microsoft_edge~policy~microsoft_edge"
LOGON = "device_vendor_msft_policy_config_localpoliciessecurityoptions_interactivelogon_donotdisplaylastsignedin"
END_TASK = "device_vendor_msft_policy_config_taskmanager_allowendtask"

# What each setting becomes at its tightest word (or at the number or text given). `…Blocked: true` forbids;
# Apple's `allow…: false` forbids; `…Required: true` demands.
TIGHTEST: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("airdrop", "ipados"): {IOS: {"airDropBlocked": True}},
    ("airdrop", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowairdrop": False}},
    ("icloud-backup", "ipados"): {IOS: {"iCloudBlockBackup": True}},
    ("icloud-documents", "ipados"): {IOS: {"iCloudBlockDocumentSync": True}},
    ("icloud-documents", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowclouddocumentsync": False}},
    ("icloud-photos", "ipados"): {IOS: {"iCloudBlockPhotoLibrary": True}},
    ("icloud-photos", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowcloudphotolibrary": False}},
    ("icloud-keychain", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowcloudkeychainsync": False}},
    ("icloud-keychain", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowcloudkeychainsync": False}},
    ("handoff", "ipados"): {IOS: {"iCloudBlockActivityContinuation": True}},
    ("handoff", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowactivitycontinuation": False}},
    ("onedrive-sync", "windows"): {WIN: {"oneDriveDisableFileSync": True}},
    ("messages", "ipados"): {IOS: {"messagesBlocked": True}},
    ("facetime", "ipados"): {IOS: {"faceTimeBlocked": True}},
    ("game-center", "ipados"): {IOS: {"gameCenterBlocked": True}},
    ("game-center", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowgamecenter": False}},
    ("explicit-content", "ipados"): {IOS: {"iTunesBlockExplicitContent": True}},
    ("siri", "ipados"): {IOS: {"siriBlocked": True}},
    ("siri", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowassistant": False}},
    ("classroom-screen-view", "ipados"): {IOS: {"classroomAppBlockRemoteScreenObservation": True}},
    ("classroom-screen-view", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowremotescreenobservation": False}},
    ("app-store-installs", "ipados"): {IOS: {"appStoreBlockUIAppInstallation": True}},
    ("app-store-installs", "windows"): {WIN: {"windowsStoreEnablePrivateStoreOnly": True}},
    ("in-app-purchases", "ipados"): {IOS: {"appStoreBlockInAppPurchases": True}},
    ("app-removal", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowappremoval": False}},
    ("account-changes", "ipados"): {IOS: {"accountBlockModification": True}},
    ("account-changes", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowaccountmodification": False}},
    ("private-microsoft-accounts", "windows"): {WIN: {"microsoftAccountBlocked": True}},
    ("device-name-changes", "ipados"): {IOS: {"deviceBlockNameModification": True}},
    ("device-name-changes", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowdevicenamemodification": False}},
    ("wallpaper-changes", "ipados"): {IOS: {"wallpaperBlockModification": True}},
    ("wallpaper-changes", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowwallpapermodification": False}},
    ("configuration-profiles", "ipados"): {IOS: {"configurationProfileBlockChanges": True}},
    ("configuration-profiles", "macos"): {
        CATALOG_MAC: {RESTRICTIONS + "allowuiconfigurationprofileinstallation": False}
    },
    ("vpn-creation", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowvpncreation": False}},
    ("own-wifi", "ipados"): {IOS: {"wiFiConnectOnlyToConfiguredNetworks": True}},
    ("own-wifi", "windows"): {WIN: {"wiFiBlockManualConfiguration": True}},
    ("unenrolment", "windows"): {WIN: {"deviceManagementBlockManualUnenroll": True}},
    ("bluetooth", "windows"): {WIN: {"bluetoothBlocked": True}},
    ("bluetooth-changes", "ipados"): {IOS: {"bluetoothBlockModification": True}},
    ("bluetooth-changes", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowbluetoothmodification": False}},
    ("windows-suggestions", "windows"): {WIN: {"windowsSpotlightBlockConsumerSpecificFeatures": True}},
    ("phishing-warnings", "ipados"): {IOS: {"safariRequireFraudWarning": True}},
    ("phishing-warnings", "windows"): {
        CATALOG_WIN: {f"{EDGE}~smartscreen_smartscreenenabled": f"{EDGE}~smartscreen_smartscreenenabled_1"}
    },
    ("auto-correction", "ipados"): {IOS: {"keyboardBlockAutoCorrect": True}},
    ("predictive-text", "ipados"): {IOS: {"keyboardBlockPredictive": True}},
    ("keyboard-spell-check", "ipados"): {IOS: {"keyboardBlockSpellCheck": True}},
    ("definition-lookup", "ipados"): {IOS: {"definitionLookupBlocked": True}},
    ("definition-lookup", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowdefinitionlookup": False}},
    ("dictation", "ipados"): {IOS: {"keyboardBlockDictation": True}},
    ("dictation", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowdictation": False}},
    ("passcode-required", "ipados"): {IOS: {"passcodeRequired": True}},
    ("passcode-required", "macos"): {MAC: {"passwordRequired": True}},
    ("passcode-required", "windows"): {WIN: {"passwordRequired": True}},
    ("passcode-min-length", "ipados"): {IOS: {"passcodeMinimumLength": 6}},
    ("passcode-min-length", "macos"): {MAC: {"passwordMinimumLength": 6}},
    ("passcode-min-length", "windows"): {WIN: {"passwordMinimumLength": 6}},
    ("simple-passcodes", "ipados"): {IOS: {"passcodeBlockSimple": True}},
    ("simple-passcodes", "macos"): {MAC: {"passwordBlockSimple": True}},
    ("simple-passcodes", "windows"): {WIN: {"passwordBlockSimple": True}},
    ("screen-lock-minutes", "ipados"): {IOS: {"passcodeMinutesOfInactivityBeforeScreenTimeout": 6}},
    ("screen-lock-minutes", "macos"): {MAC: {"passwordMinutesOfInactivityBeforeScreenTimeout": 6}},
    ("screen-lock-minutes", "windows"): {WIN: {"passwordMinutesOfInactivityBeforeScreenTimeout": 6}},
    ("passcode-changes", "ipados"): {IOS: {"passcodeBlockModification": True}},
    ("passcode-changes", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowpasscodemodification": False}},
    ("biometric-unlock", "ipados"): {IOS: {"passcodeBlockFingerprintUnlock": True}},
    ("biometric-unlock", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowfingerprintforunlock": False}},
    ("os-minimum-version", "ipados"): {"iosCompliancePolicy": {"osMinimumVersion": "17.6"}},
    ("os-minimum-version", "macos"): {"macOSCompliancePolicy": {"osMinimumVersion": "17.6"}},
    ("os-minimum-version", "windows"): {"windows10CompliancePolicy": {"osMinimumVersion": "17.6"}},
    ("jailbroken-devices", "ipados"): {"iosCompliancePolicy": {"securityBlockJailbrokenDevices": True}},
    ("disk-encryption", "macos"): {"macOSCompliancePolicy": {"storageRequireEncryption": True}},
    ("disk-encryption", "windows"): {"windows10CompliancePolicy": {"storageRequireEncryption": True}},
    ("firewall", "macos"): {"macOSCompliancePolicy": {"firewallEnabled": True}},
    ("secure-boot", "windows"): {"windows10CompliancePolicy": {"secureBootEnabled": True}},
    ("system-integrity", "macos"): {"macOSCompliancePolicy": {"systemIntegrityProtectionEnabled": True}},
    # Settings that Chromebooks have too.
    ("camera", "ipados"): {IOS: {"cameraBlocked": True}},
    ("camera", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowcamera": False}},
    ("camera", "windows"): {WIN: {"cameraBlocked": True}},
    ("screenshots", "ipados"): {IOS: {"screenCaptureBlocked": True}},
    ("screenshots", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowscreenshot": False}},
    ("external-storage", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowfilesusbdriveaccess": False}},
    ("external-storage", "windows"): {WIN: {"storageBlockRemovableStorage": True}},
    ("printing", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowairprint": False}},
    ("power-wash", "ipados"): {IOS: {"deviceBlockEraseContentAndSettings": True}},
    ("power-wash", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowerasecontentandsettings": False}},
    ("pop-ups", "ipados"): {IOS: {"safariBlockPopups": True}},
    ("incognito", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowsafariprivatebrowsing": False}},
    ("browser-history-deletion", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowsafarihistoryclearing": False}},
    ("password-manager", "ipados"): {CATALOG_IOS: {RESTRICTIONS + "allowpasswordautofill": False}},
    ("password-manager", "macos"): {CATALOG_MAC: {RESTRICTIONS + "allowpasswordautofill": False}},
    ("password-manager", "windows"): {
        CATALOG_WIN: {
            f"{EDGE}~passwordmanager_passwordmanagerenabled": f"{EDGE}~passwordmanager_passwordmanagerenabled_0"
        }
    },
    ("sign-in-names", "macos"): {CATALOG_MAC: {"com.apple.loginwindow_showfullname": True}},
    ("sign-in-names", "windows"): {CATALOG_WIN: {LOGON: f"{LOGON}_1"}},
    ("task-manager", "windows"): {CATALOG_WIN: {END_TASK: f"{END_TASK}_0"}},
    **{
        ("generative-ai", platform): {
            catalog: {
                RESTRICTIONS + "allowwritingtools": False,
                RESTRICTIONS + "allowgenmoji": False,
                RESTRICTIONS + "allowimageplayground": False,
                RESTRICTIONS + "allowexternalintelligenceintegrations": False,
            }
        }
        for platform, catalog in (("ipados", CATALOG_IOS), ("macos", CATALOG_MAC))
    },
    ("url-blocklist", "windows"): {
        CATALOG_WIN: {f"{EDGE}_urlblocklist": f"{EDGE}_urlblocklist_1", f"{EDGE}_urlblocklist_urlblocklistdesc": ["*"]}
    },
    ("url-allowlist", "windows"): {
        CATALOG_WIN: {f"{EDGE}_urlallowlist": f"{EDGE}_urlallowlist_1", f"{EDGE}_urlallowlist_urlallowlistdesc": ["*"]}
    },
}


def value_of(setting: Setting) -> Any:
    if setting.order.kind == "ladder":
        return setting.order.ladder[-1]
    return {"integer": 6, "string": "17.6", "array": ["*"]}[setting.value["type"]]


def out(setting: Setting, platform: str, value: Any) -> dict[str, dict[str, Any]]:
    return to_wire(setting, value, system="intune", platform=platform, reach="device")


def back(setting: Setting, platform: str, live: dict[str, dict[str, Any]]) -> Any:
    return from_wire(setting, live, system="intune", platform=platform, reach="device")


def test_each_setting_at_its_tightest_says_what_was_written_by_hand() -> None:
    said = {
        (setting.id, platform): out(setting, platform, value_of(setting))
        for setting in TABLE.settings.values()
        for platform in PLATFORMS
        if TABLE.why_lacking(setting.id, platform, "intune") is None
    }

    assert said == TIGHTEST


@pytest.mark.parametrize(("setting_id", "platform"), sorted(TIGHTEST))
def test_every_value_comes_back_as_it_went_out(setting_id: str, platform: str) -> None:
    setting = TABLE[setting_id]
    words = [word for word in setting.value.get("enum", []) if setting.lacks_value(platform, word) is None]

    for value in words or [value_of(setting)]:
        assert back(setting, platform, out(setting, platform, value)) == value
    assert back(setting, platform, {}) is None


@pytest.mark.parametrize(("setting_id", "platform"), sorted(TIGHTEST))
def test_an_edit_by_hand_is_another_value(setting_id: str, platform: str) -> None:
    setting = TABLE[setting_id]
    value = value_of(setting)
    live = out(setting, platform, value)
    schema = next(iter(live))
    field = next(reversed(live[schema]))
    wire = live[schema][field]
    edited = (not wire) if isinstance(wire, bool) else [*wire, "x"] if isinstance(wire, list) else f"{wire}1"

    assert back(setting, platform, {schema: {**live[schema], field: edited}}) != value


def of_field(pair: Any) -> str:
    return f"{pair[0].id}-{pair[1].platform}-{pair[1].field}"


@pytest.mark.parametrize("pair", FIELDS, ids=of_field)
def test_names_are_microsofts_and_of_the_right_type(pair: tuple[Setting, FieldMapping]) -> None:
    _, field = pair
    if field.schema.startswith("settingsCatalog."):
        assert load_vendor_keys("intune").schemas[field.schema][field.field]["type"] == field.type
        options = [*field.values.values(), *([field.constant] if field.has_constant else [])]
        assert field.type != "enum" or all(option.startswith(f"{field.field}_") for option in options)
    else:
        assert TYPES[field.schema]["properties"][field.field]["type"] == WIRE_TYPES[field.type]


@pytest.mark.parametrize("pair", FIELDS, ids=of_field)
def test_a_field_stands_in_a_policy_of_its_own_platform_and_reaches_devices(pair: tuple[Setting, FieldMapping]) -> None:
    setting, field = pair
    families = {
        "ipados": {IOS, CATALOG_IOS, "iosCompliancePolicy"},
        "macos": {MAC, CATALOG_MAC, "macOSCompliancePolicy"},
        "windows": {WIN, CATALOG_WIN, "windows10CompliancePolicy"},
    }

    assert field.schema in families[field.platform]
    assert setting.reach[field.platform] == ("device",)
    assert field.targets == ("GROUP",)
    # One policy object per family: a setting in two of them would be half there while one is missing.
    assert len({f.schema for f in setting.fields_for("intune", "device", platform=field.platform)}) == 1


def test_a_setting_is_there_or_says_why_not() -> None:
    for setting in TABLE.settings.values():
        for platform in ("chromeos", *PLATFORMS, "android"):
            why = TABLE.why_lacking(setting.id, platform)
            assert (why is None) == (platform in setting.reach), (setting.id, platform)
            assert why is None or all(why[language].endswith(".") for language in ("sv", "en"))


def test_reasons_point_at_settings_that_exist_there() -> None:
    """`Use phishing-warnings` on iPad: only where the iPad has phishing-warnings."""
    for setting in TABLE.settings.values():
        whys = [*setting.lacks.items(), *((place[0], why) for place, why in setting.lacks_on.items())]
        for platform, why in whys:
            named = [word.strip(".") for word in why["en"].split() if word.strip(".") in TABLE.settings]
            assert all(platform in TABLE[name].reach for name in named), (setting.id, platform, named)


def test_a_word_that_a_platform_lacks_has_its_reason() -> None:
    storage = TABLE["external-storage"]

    assert storage.lacks_value("ipados", "read-only") == {
        "sv": "Plattformen kan bara tillåta eller spärra helt.",
        "en": "The platform can only allow or block altogether.",
    }
    assert storage.lacks_value("ipados", "blocked") is None
    assert storage.lacks_value("chromeos", "read-only") is None
    with pytest.raises(KeyError):
        out(storage, "ipados", "read-only")


def test_compliance_says_what_happens_to_a_device_that_fails() -> None:
    settings = [setting for setting in TABLE.settings.values() if setting.area == "compliance"]

    assert len(settings) == 6
    for setting in settings:
        assert "villkorsstyrd åtkomst" in setting.explain["sv"]
        ours = [field for field in setting.fields if field.system == "intune"]
        assert {field.schema.removesuffix("CompliancePolicy") for field in ours} <= {
            "ios",
            "macOS",
            "windows10",
        }


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("17.6", "17.10", Tightness.tighter),
        ("17.10", "17.9", Tightness.looser),
        ("17", "17.0", Tightness.equal),
        ("10.0.19045", "10.0.22631.1", Tightness.tighter),
        ("9", "10", Tightness.tighter),
    ],
)
def test_versions_are_compared_part_by_part(upper: str, lower: str, expected: Tightness) -> None:
    assert compare(Order(kind="min"), upper, lower) is expected


def way(platform: str, mode: str, identifier: str) -> tuple[str, Any, str, str] | None:
    found = TABLE.install(platform=platform, mode=mode, holder="user", identifier=identifier, system="intune")
    return (found.schema, found.wire, found.reach, found.removal) if found else None


def test_apps_are_required_on_devices_and_offered_to_people() -> None:
    assert way("ipados", "required", "app_store") == ("iosVppApp", "required", "device", "uninstalls")
    assert way("ipados", "available", "bundle_id") == ("iosVppApp", "available", "user", "uninstalls")
    assert way("ipados", "absent", "app_store") == ("iosVppApp", "uninstall", "device", "inherits")
    assert way("ipados", "required", "web") == ("iosiPadOSWebClip", "required", "device", "stays")
    assert way("macos", "required", "app_store") == ("macOsVppApp", "required", "device", "stays")
    assert way("macos", "available", "web") == ("macOSWebClip", "available", "user", "stays")
    assert way("windows", "required", "winget") == ("winGetApp", "required", "device", "stays")
    assert way("windows", "required", "store") == ("winGetApp", "required", "device", "stays")
    assert way("windows", "absent", "microsoft_365") == ("officeSuiteApp", "uninstall", "device", "inherits")
    assert way("windows", "available", "web") == ("windowsWebApp", "available", "user", "stays")
    assert way("android", "required", "play") == ("androidManagedStoreApp", "required", "device", "stays")


def test_no_app_can_be_blocked_and_none_is_for_kiosks() -> None:
    ways = [one for one in TABLE.installs if one.system == "intune"]

    assert {one.mode for one in ways} == {"required", "available", "absent"}
    assert {one.holder for one in ways} == {"user"}
    assert len(ways) == 32
    assert way("ipados", "required", "winget") is None
    assert TABLE.install(platform="chromeos", mode="required", holder="user", identifier="web", system="intune") is None


def test_vendor_keys_are_a_part_and_say_so() -> None:
    keys = load_vendor_keys("intune")

    assert "other types and ids exist" in keys.note
    assert keys.knows("windows10GeneralConfiguration", "cortanaBlocked")
    assert keys.knows(CATALOG_IOS, "com.apple.applicationaccess_allowactivitycontinuation")
    assert not keys.knows(CATALOG_MAC, "com.apple.applicationaccess_allowairprint")
    assert not keys.knows("iosUpdateConfiguration")
    assert keys.schemas[WIN]["safeSearchFilter"] == {"type": "enum", "enum": ["userDefined", "strict", "moderate"]}
