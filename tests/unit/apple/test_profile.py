"""A profile is what its keys are: it comes back as it went out, and whatever isn't one is refused by name."""

import json
import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apple.profile import LARGEST, Profile, Unreadable, compose, parse
from reconciler.texts.rendering import messages

ORG = "6c3d1f0e-0000-4000-8000-000000000001"
KEY = "policy/norrskolan/elever-4-6/com.apple.applicationaccess"
MARK = f"[reconciler:1 org={ORG} key={KEY}]"
TYPE = "com.apple.applicationaccess"
KEYS: dict[str, Any] = {"allowCamera": False, "ratingApps": 300, "blockedAppBundleIDs": ["se.exempel.ett"]}


def profile(keys: dict[str, Any] = KEYS, key: str = KEY) -> bytes:
    return compose(TYPE, keys, org=ORG, key=key, name="norrskolan/elever-4-6", description=MARK)


def test_what_went_out_comes_back() -> None:
    assert parse(profile()) == Profile(name="norrskolan/elever-4-6", description=MARK, payloads=((TYPE, KEYS),))


def test_the_same_keys_in_another_order_are_the_same_bytes() -> None:
    assert profile(dict(reversed(KEYS.items()))) == profile()
    assert profile({**KEYS, "allowCamera": True}) != profile()


def test_a_profile_says_whose_it_is_and_stays_so_from_version_to_version() -> None:
    first, second = (plistlib.loads(profile({**KEYS, "ratingApps": rating})) for rating in (200, 300))

    assert first["PayloadIdentifier"] == f"reconciler.{ORG}.policy.norrskolan.elever-4-6.com.apple.applicationaccess"
    assert (first["PayloadScope"], first["PayloadRemovalDisallowed"], first["PayloadType"]) == (
        "System",
        True,
        "Configuration",
    )
    for one in ("PayloadIdentifier", "PayloadUUID"):
        assert first[one] == second[one]
        assert first["PayloadContent"][0][one] == second["PayloadContent"][0][one]
    assert first["PayloadUUID"] != first["PayloadContent"][0]["PayloadUUID"]


def test_two_groups_have_two_identifiers() -> None:
    other = plistlib.loads(profile(key=KEY.replace("4-6", "1-3")))
    mine = plistlib.loads(profile())

    assert other["PayloadIdentifier"] != mine["PayloadIdentifier"]
    assert other["PayloadUUID"] != mine["PayloadUUID"]


def test_metadata_is_noise_and_an_edit_by_hand_is_none() -> None:
    found = plistlib.loads(profile())
    found["PayloadUUID"] = found["PayloadContent"][0]["PayloadUUID"] = "00000000-0000-4000-8000-000000000000"
    found["PayloadOrganization"] = "Någon annan"
    noise = parse(plistlib.dumps(found, sort_keys=False))
    found["PayloadContent"][0]["allowCamera"] = True
    edited = parse(plistlib.dumps(found))

    assert noise == parse(profile())
    assert isinstance(edited, Profile)
    assert edited.keys_of(TYPE) == {**KEYS, "allowCamera": True}


def test_keys_that_only_begin_as_metadata_does_are_kept() -> None:
    found = parse(
        compose("com.apple.wifi.managed", {"PayloadCertificateUUID": "x"}, org="o", key="k", name="n", description="")
    )

    assert isinstance(found, Profile)
    assert found.keys_of("com.apple.wifi.managed") == {"PayloadCertificateUUID": "x"}


def test_raw_keys_never_write_over_the_metadata() -> None:
    found = plistlib.loads(profile({"PayloadType": "com.apple.mdm", "PayloadUUID": "x"}))

    assert found["PayloadContent"][0]["PayloadType"] == TYPE


def test_a_second_payload_of_the_type_is_no_single_one() -> None:
    found = plistlib.loads(profile())
    found["PayloadContent"] *= 2
    twice = parse(plistlib.dumps(found))

    assert isinstance(twice, Profile)
    assert (len(twice.payloads), twice.keys_of(TYPE), twice.keys_of("com.apple.dock")) == (2, None, None)


def test_data_and_dates_differ_from_everything_that_we_write() -> None:
    found = plistlib.loads(profile())
    found["PayloadContent"][0]["Icon"] = b"\x89PNG"
    parsed = parse(plistlib.dumps(found))

    assert isinstance(parsed, Profile)
    assert (parsed.keys_of(TYPE) or {})["Icon"] == {"$data": "iVBORw=="}


BOMB = b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<plist version="1.0"><dict><key>PayloadType</key><string>&b;</string></dict></plist>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><string>&x;</string></plist>"""
DEEP = b"<plist>" + b"<array>" * 20000 + b"</array>" * 20000 + b"</plist>"
DIGITS = b"<plist><dict><key>PayloadType</key><integer>" + b"9" * 9000 + b"</integer></dict></plist>"
NOT_OURS = plistlib.dumps({"PayloadType": "Configuration", "PayloadContent": "none"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "APPLE-PROFILE-MALFORMED"),
        (b"hej", "APPLE-PROFILE-MALFORMED"),
        (b"<html><body>Server Error (500)</body></html>", "APPLE-PROFILE-MALFORMED"),
        (b"<plist><dict><string>x</string></dict></plist>", "APPLE-PROFILE-MALFORMED"),
        (b"<plist><dict><key>a</key></plist>", "APPLE-PROFILE-MALFORMED"),
        (profile()[:-40], "APPLE-PROFILE-MALFORMED"),
        (DEEP, "APPLE-PROFILE-MALFORMED"),
        (DIGITS, "APPLE-PROFILE-MALFORMED"),
        (b"<plist></plist>", "APPLE-PROFILE-MALFORMED"),
        (plistlib.dumps(["a"]), "APPLE-PROFILE-NO-PROFILE"),
        (plistlib.dumps({"PayloadType": "com.apple.dock"}), "APPLE-PROFILE-NO-PROFILE"),
        (NOT_OURS, "APPLE-PROFILE-NO-PROFILE"),
        (plistlib.dumps({"PayloadType": "Configuration"}, fmt=plistlib.FMT_BINARY), "APPLE-PROFILE-BINARY"),
        (b"0\x82\x10\x00\x06\x09*\x86H\x86\xf7\r\x01\x07\x02" + profile(), "APPLE-PROFILE-SIGNED"),
        (b"-----BEGIN PKCS7-----\n", "APPLE-PROFILE-SIGNED"),
        (BOMB, "APPLE-PROFILE-ENTITIES"),
        (OUTSIDE, "APPLE-PROFILE-ENTITIES"),
        (BOMB.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"), "APPLE-PROFILE-MALFORMED"),
        (b" " * (LARGEST + 1), "APPLE-PROFILE-TOO-LARGE"),
    ],
)
def test_what_is_no_unsigned_xml_profile_is_refused_by_name(data: bytes, code: str) -> None:
    assert parse(data) == Unreadable(code=code)


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\n\t")
)
VALUES = st.recursive(
    st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)
NAMES = st.text("abcXYZ-_.0", min_size=1).map(lambda name: f"k{name}")


@given(keys=st.dictionaries(NAMES, VALUES, max_size=6), text=TEXT)
def test_any_keys_come_back_as_they_went_out(keys: dict[str, Any], text: str) -> None:
    found = parse(compose(TYPE, keys, org=ORG, key=KEY, name=text, description=text))

    assert isinstance(found, Profile)
    # As text, because True == 1 == 1.0 in Python and not on a device.
    assert json.dumps(found.keys_of(TYPE), sort_keys=True) == json.dumps(keys, sort_keys=True)
    assert (found.name, found.description) == (text, text)


@given(cut=st.integers(0, 900), put=st.binary(max_size=12), gone=st.integers(0, 30))
def test_a_damaged_profile_is_never_a_traceback(cut: int, put: bytes, gone: int) -> None:
    good = profile()

    assert isinstance(parse(good[:cut] + put + good[cut + gone :]), Profile | Unreadable)


def test_every_code_has_its_text() -> None:
    ends = ("TOO-LARGE", "BINARY", "SIGNED", "ENTITIES", "MALFORMED", "NO-PROFILE")

    assert [end for end in ends if f"APPLE-PROFILE-{end}" not in messages("apple")] == []
