"""Vendors' own keys: what our dated table doesn't know is a warning, with the name that is near."""

from collections.abc import Mapping

import pytest

from reconciler.compile.vendor_keys import check_vendor_keys
from reconciler.model.documents import AppliesTo, Baseline, Documents, Organisation, RawLine, Wishes
from reconciler.model.finding import Severity
from reconciler.model.place import Json, Pointer
from reconciler.settings.table import load_vendor_keys

FILE = Pointer(file="policies/baselines/x.yaml")
LINE = FILE.child("raw", "google", 0)


def documents(schema: str, fields: Mapping[str, Json]) -> Documents:
    raw = RawLine(system="google", schema=schema, fields=fields, reach="user", at=LINE)
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
