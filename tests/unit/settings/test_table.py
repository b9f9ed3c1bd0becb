import copy
import re
import time
from importlib import resources
from typing import Any

import jsonschema
import pytest

from reconciler.settings.reading import build_table, parse
from reconciler.settings.table import FILES, FieldMapping, Setting, load_settings, load_vendor_keys

TABLE = load_settings()
SETTINGS = list(TABLE.settings.values())
EVERY_FIELD = [(setting, field) for setting in SETTINGS for field in setting.fields]
FIELDS = [(setting, field) for setting, field in EVERY_FIELD if field.system == "google"]
WAYS = [way for way in TABLE.installs if way.system == "google"]


def of_setting(setting: Setting) -> str:
    return setting.id


def of_field(pair: Any) -> str:
    return f"{pair[0].id}-{pair[1].platform}-{pair[1].reach}-{pair[1].field}"


@pytest.mark.parametrize("setting", SETTINGS, ids=of_setting)
def test_texts_exist_in_both_languages(setting: Setting) -> None:
    texts = [
        setting.label,
        setting.explain,
        *setting.value_labels.values(),
        *([setting.loses] if setting.loses else []),
    ]

    assert all(set(text) == {"sv", "en"} for text in texts)
    assert setting.label["sv"] != setting.explain["sv"]
    # An explanation is one to three sentences, and ends like one.
    assert all(
        text.endswith(".") and 1 <= len(re.findall(r"[.?](?:\s|$)", text)) <= 3 for text in setting.explain.values()
    )


@pytest.mark.parametrize("setting", SETTINGS, ids=of_setting)
def test_ids_are_slugs_and_the_value_is_a_schema(setting: Setting) -> None:
    jsonschema.Draft202012Validator.check_schema(dict(setting.value))

    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", setting.id)


@pytest.mark.parametrize("setting", SETTINGS, ids=of_setting)
def test_every_word_has_a_label_and_a_rung(setting: Setting) -> None:
    words = list(setting.value.get("enum", []))

    assert sorted(setting.value_labels) == sorted(words)
    if setting.order.kind == "ladder":
        assert sorted(setting.order.ladder) == sorted(words)


def test_lists_of_addresses_stop_where_google_stops() -> None:
    assert TABLE["url-blocklist"].value["maxItems"] == 1000
    assert TABLE["url-allowlist"].value["maxItems"] == 1000


@pytest.mark.parametrize("setting", SETTINGS, ids=of_setting)
def test_every_reach_has_fields_and_every_field_a_reach(setting: Setting) -> None:
    for platform, reaches in setting.reach.items():
        assert {field.reach for field in setting.fields if field.platform == platform} == set(reaches)
    assert set(setting.reach) == {field.platform for field in setting.fields}


@pytest.mark.parametrize("pair", FIELDS, ids=of_field)
def test_fields_are_in_the_dated_table_of_vendor_keys(pair: tuple[Setting, FieldMapping]) -> None:
    _, field = pair
    known = load_vendor_keys("google").schemas[field.schema][field.field]

    assert known["type"] == field.type
    # The dated table prints the end of an enum value, ours the whole.
    wires = [*field.values.values(), *([field.constant] if field.has_constant else [])]
    for wire in wires if field.type == "enum" else []:
        assert any(wire == cut or wire.endswith(f"_{cut}") for cut in known["enum"]), wire


@pytest.mark.parametrize("pair", EVERY_FIELD, ids=of_field)
def test_fields_say_where_their_spelling_is_from(pair: tuple[Setting, FieldMapping]) -> None:
    _, field = pair

    assert field.sources
    assert set(field.sources) <= set(TABLE.sources)
    assert re.fullmatch(r"2026-\d\d-\d\d", field.read)
    assert not field.confirmed or len(field.sources) > 1


def test_a_reach_lies_in_the_namespace_that_google_keeps_for_it() -> None:
    namespaces = {
        "user": "chrome.users.",
        "managed-guest": "chrome.devices.managedguest.",
        "kiosk": "chrome.devices.kiosk.",
    }

    for _, field in FIELDS:
        assert field.schema.startswith(namespaces.get(field.reach, "chrome.devices."))


def test_store_blocking_takes_no_group_and_device_policies_neither() -> None:
    targets = {field.schema: field.targets for _, field in FIELDS}

    assert targets["chrome.users.IncognitoMode"] == ("ORG_UNIT", "GROUP")
    assert targets["chrome.users.appsconfig.AllowedInstallSources"] == ("ORG_UNIT",)
    assert targets["chrome.devices.GuestMode"] == ("ORG_UNIT",)


def test_spellings_that_rest_on_one_source_are_marked() -> None:
    unconfirmed = {(field.schema.rpartition(".")[2], field.field) for _, field in FIELDS if not field.confirmed}

    assert unconfirmed == {
        ("AllowedInstallSources", "chromeWebStoreInstallSources"),
        ("AllowedInstallSources", "playStoreInstallSources"),
        ("AutoUpdateSettings", "autoUpdateTimeRestrictions"),
        ("GeminiSettings", "geminiSettings"),
        ("GenAiDefaultSettings", "genAiDefaultSettings"),
        ("Homepage", "homepagePolicyMode"),
        ("PasswordManager", "passwordManagerPolicyMode"),
        ("SessionLengthV2", "sessionDurationLimit"),
        ("SpellCheckService", "spellCheckServicePolicyMode"),
        ("Translate", "translatePolicyMode"),
    }


def test_installs_are_told_apart_by_identifier() -> None:
    def wire(mode: str, holder: str, identifier: str) -> Any:
        way = TABLE.install(platform="chromeos", mode=mode, holder=holder, identifier=identifier)
        return way and way.wire

    assert wire("required", "user", "web") == "FORCED"
    assert wire("blocked", "user", "extension") == "BLOCKED"
    assert wire("blocked", "user", "web") is None
    assert wire("absent", "user", "extension") == "REMOVE"
    assert wire("absent", "user", "android") is None
    assert wire("required", "managed-guest", "extension") == "FORCED"
    assert wire("required", "kiosk", "web") is True
    assert wire("required", "kiosk", "extension") is None


def test_installs_are_in_the_dated_table_and_their_identifiers_have_prefixes() -> None:
    for way in WAYS:
        known = load_vendor_keys("google").schemas[way.schema][way.field]
        assert known["type"] == way.type
        assert way.type != "enum" or way.wire in known["enum"]
        assert set(way.identifiers) <= set(TABLE.app_id_prefixes)
        assert way.sources


def test_vendor_keys_are_dated_and_know_more_than_we_map() -> None:
    keys = load_vendor_keys("google")

    assert keys.read == "2026-11-21"
    assert len(keys.schemas) > 1000
    assert keys.knows("chrome.users.Wallpaper", "wallpaperImage")
    assert not keys.knows("chrome.users.IncognitoModeAvailability")
    assert not keys.knows("chrome.users.IncognitoMode", "incognito")
    with pytest.raises(FileNotFoundError):
        load_vendor_keys("nobody")


# A malformed table


def data_files() -> dict[str, Any]:
    folder = resources.files("reconciler.settings")
    return {name: parse((folder / name).read_bytes()) for name in FILES}


GOOD = data_files()


def broken(path: str, value: Any) -> dict[str, Any]:
    """A copy of the data with the place at `path` set to `value`, or removed where the value is `...`."""
    files = copy.deepcopy(GOOD)
    *parents, last = path.split("/")
    place: Any = files
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return files


INCOGNITO = "browsing.yaml/incognito"
FIELD = f"{INCOGNITO}/systems/google/0"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (f"{INCOGNITO}/label", {"sv": "Inkognito"}, "browsing.yaml: incognito: label needs sv and en"),
        (f"{INCOGNITO}/label", {"sv": "Inkognito", "en": " "}, "incognito: label has an empty text"),
        (f"{INCOGNITO}/explain", ..., "incognito: lacks explain"),
        (f"{INCOGNITO}/oder", {}, "incognito: has unknown keys oder"),
        (f"{INCOGNITO}/order", {"kind": "ladder", "ladder": ["allowed"]}, "incognito: the ladder has"),
        ("device.yaml/time-zone/order", {"kind": "ladder"}, "time-zone: a ladder needs a value with words"),
        (f"{INCOGNITO}/order", {"kind": "steps"}, "incognito: order.kind is 'steps', not one of ladder"),
        (f"{INCOGNITO}/order", {"kind": "free", "ladder": ["allowed"]}, "an order of kind free has no ladder"),
        (f"{INCOGNITO}/order", {"kind": "free", "everything": "*"}, "everything belongs to lists only"),
        (f"{INCOGNITO}/value", {"enum": ["allowed", False]}, "has a word that needs quotes"),
        (f"{INCOGNITO}/value_labels", {}, "incognito: value_labels name []"),
        (
            f"{INCOGNITO}/reach",
            {"chromeos": ["user"], "ipados": ["device"], "macos": ["device"]},
            "incognito: reach says ['user'], the fields cover",
        ),
        (f"{INCOGNITO}/reach", {"chromeos": ["browser"]}, "reach is 'browser', not one of user, device"),
        (f"{INCOGNITO}/lacks", {"ipados": "bad-luck"}, "incognito: reason is 'bad-luck', not one of"),
        (f"{INCOGNITO}/lacks", {"macos": "by-hand"}, "incognito: has and lacks macos"),
        (f"{INCOGNITO}/lacks", {}, "incognito: says neither fields nor why not for ipados (intune)"),
        (f"{INCOGNITO}/lacks/ipados", {"intune": "by-hand", "apple": "by-hand"}, "has and lacks ipados (apple)"),
        (f"{INCOGNITO}/lacks/ipados", {"google": "by-hand"}, "lacks on ipados is 'google', not one of intune, apple"),
        (f"{INCOGNITO}/lacks/ipados", {}, "lacks on ipados is empty"),
        (
            "compliance.yaml/firewall/lacks_values/macos/optional",
            {"intune": "user-decides"},
            "maps ['optional'], which the value does not",
        ),
        (f"{INCOGNITO}/lacks_values", {"windows": {"allowed": "edge"}}, "lacks_values names windows, which reach"),
        (f"{INCOGNITO}/lacks_values", {"macos": {"maybe": "edge"}}, "lacks_values is 'maybe', not one of allowed"),
        (f"{INCOGNITO}/lacks_values", {"macos": {"allowed": "edge"}}, "maps ['allowed'], which the value does not"),
        (f"{INCOGNITO}/systems/intune", [{}], "intune: say which of ipados, macos, windows the fields are of"),
        (f"{INCOGNITO}/systems/intune", {"chromeos": []}, "platform is 'chromeos', not one of ipados"),
        ("lacks.yaml/reasons/by-hand", {"sv": "För hand."}, "lacks.yaml: by-hand: reason needs sv and en"),
        (f"{INCOGNITO}/owner", "school", "owner is 'school', not one of joint, it, education"),
        (f"{INCOGNITO}/disruptive", "reboot", "disruptive is 'reboot'"),
        (f"{FIELD}/type", "text", "type is 'text', not one of bool, string"),
        (f"{FIELD}/sources", [], "sources is empty"),
        (f"{FIELD}/sources", ["gam"], "confirmed needs two independent sources"),
        (f"{FIELD}/sources", ["gam", "hearsay"], "sources is 'hearsay', not one of gam"),
        (f"{FIELD}/confirmed", "yes", "confirmed is neither true nor false"),
        (f"{FIELD}/schema", {"user": "edge.users.InPrivate"}, "no targets are known for edge.users"),
        (f"{FIELD}/values", {"allowed": "A"}, "leaves out ['blocked']"),
        (
            f"{FIELD}/values",
            {"allowed": "A", "blocked": "B", "forced": "C"},
            "maps ['forced'], which the value does not",
        ),
        (f"{FIELD}/values", {"allowed": "A", "blocked": "A"}, "two words become the same for "),
        (f"{FIELD}/values", {"allowed": True, "blocked": "B"}, "incognitoModeAvailability: True is no enum"),
        (f"{FIELD}/constant", "A", "has both values and a constant"),
        (f"{FIELD}/codec", "rot13", "codec is 'rot13'"),
        (
            "session.yaml/incognito",
            GOOD["browsing.yaml"]["incognito"],
            "session.yaml: incognito: this id is used twice",
        ),
        (
            "session.yaml/private",
            GOOD["browsing.yaml"]["incognito"],
            "incognitoModeAvailability already belongs to incognito",
        ),
        ("installs.yaml/installs/0/mode", "forced", "installs.yaml: 1: mode is 'forced'"),
        ("installs.yaml/installs/0/wire", True, "installs.yaml: 1: True is no enum"),
        ("sources.yaml/sources/gam/read", 20261121, "sources.yaml: gam: the date in read needs quotes"),
    ],
)
def test_a_malformed_table_says_where_and_what(path: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        build_table(broken(path, value))


def test_loading_stays_cheap() -> None:
    # Measured 2026-11-21: 9 ms from its compiled form. The bound is wide, so that it finds a change of loader and not
    # a busy machine.
    load_settings.cache_clear()
    before = time.process_time()
    again = load_settings()

    assert time.process_time() - before < 0.1
    assert again == TABLE
    assert load_settings() is again


# Which end is the tight one, by hand: a ladder upside down would let every school loosen.
LOOSEST_AND_TIGHTEST = {
    "sign-in-names": ("shown", "hidden"),
    "wipe-on-sign-out": ("keep", "wipe"),
    "managed-guest-session": ("automatic", "blocked"),
    "safe-search": ("optional", "required"),
    "youtube-restricted": ("none", "strict"),
    "safe-browsing": ("none", "enhanced"),
    "extension-installs": ("open", "approved-only"),
    "re-enrolment": ("none", "automatic"),
    "auto-update": ("stopped", "automatic"),
    "phishing-warnings": ("optional", "required"),
    "passcode-required": ("optional", "required"),
    "disk-encryption": ("optional", "required"),
    "firewall": ("optional", "required"),
    "secure-boot": ("optional", "required"),
    "system-integrity": ("optional", "required"),
}


def test_every_ladder_stands_the_right_way_up() -> None:
    ends = {s.id: (s.order.ladder[0], s.order.ladder[-1]) for s in SETTINGS if s.order.kind == "ladder"}

    assert ends == {**dict.fromkeys(ends, ("allowed", "blocked")), **LOOSEST_AND_TIGHTEST}
    assert TABLE["offline-sign-in-days"].order.kind == "max"
    assert TABLE["url-blocklist"].order.kind == "superset-tighter"
    assert TABLE["sign-in-allowlist"].order.kind == "subset-tighter"
