"""Every code of the Zentral adapter has a text, and each text gets what it asks for."""

import re
from pathlib import Path

import pytest

import reconciler.adapters.zentral as package
from reconciler.texts.rendering import PLACEHOLDER, messages

HTTP = {"method", "path", "host", "status", "reasons", "message", "retry_after", "attempts", "permissions"}
VALUES: dict[str, set[str]] = {
    "ZENTRAL-BLUEPRINT-UNKNOWN": {"blueprint", "known"},
    "ZENTRAL-TAG-TAKEN": {"group", "tag", "other"},
    "ZENTRAL-TAG-ALIKE": {"group", "tag", "other"},
    "ZENTRAL-TAG-BY-HAND": {"tag", "taxonomy", "count"},
    "ZENTRAL-TAG-EXCLUDES": {"group", "tag"},
    "ZENTRAL-TAG-IN-USE": {"group", "tag"},
    "ZENTRAL-TAG-GONE": {"group"},
    "ZENTRAL-OTHER-BLUEPRINT": {"group", "count", "blueprint"},
    "ZENTRAL-DEVICE-OTHER-BLUEPRINT": {"group", "count"},
    "ZENTRAL-DEVICE-WITHOUT-SERIAL": {"group", "count"},
    "ZENTRAL-DEVICE-TAGGED-BY-HAND": {"group", "count"},
    "ZENTRAL-PROFILE-TWICE": {"group", "payload", "artifacts"},
    "ZENTRAL-PROFILE-SHARED": {"profile", "group", "count"},
    "ZENTRAL-TAG-RENAMED": {"group", "tag", "other"},
    "ZENTRAL-DEVICES-EXCLUDED": {"artifact", "group", "why", "count"},
    "ZENTRAL-DEVICES-OUT-OF-VERSION": {"artifact", "group", "why", "count"},
    "ZENTRAL-APP-VERSION-NARROWED": {"artifact", "group", "count"},
    "ZENTRAL-LINK-OPENED": {"artifact", "group", "count"},
    "ZENTRAL-REQUIRED-BY-OTHER": {"artifact", "other"},
    "ZENTRAL-ARTIFACTS-LEFT": {"count", "artifacts"},
    "ZENTRAL-PROFILE-CHANGED": {"group", "payload", "keys"},
    "ZENTRAL-BLUEPRINT-BROKEN": {"artifacts", "blueprint"},
    "ZENTRAL-KEY-TWICE": {"key", "payload"},
    "ZENTRAL-NAME-TAKEN": {"name", "group"},
    "ZENTRAL-NAME-TOO-LONG": {"name", "longest"},
    "ZENTRAL-APP-NOT-BOUGHT": {"app", "adam_id", "location", "elsewhere"},
    "ZENTRAL-APP-IN-SEVERAL-LOCATIONS": {"app", "locations"},
    "ZENTRAL-APP-TWICE": {"app", "artifacts"},
    "ZENTRAL-APP-NOT-FOR-PLATFORM": {"app", "artifact", "platform"},
    "ZENTRAL-APP-KEPT": {"app"},
    "ZENTRAL-APP-IN-USE": {"app"},
    "ZENTRAL-APP-GONE": {"app"},
    "ZENTRAL-APP-WITHOUT-LICENCES": {"artifact", "blueprint"},
    "ZENTRAL-APP-SPENT": {"artifact"},
    "ZENTRAL-ASSET-GONE": {"app", "adam_id"},
    "ZENTRAL-APP-OPENS-PLATFORM": {"app", "artifact", "platform"},
    "ZENTRAL-GROUP-EXCLUDED": {"app", "group", "tag"},
    "ZENTRAL-SEATS-SHORT": {"app", "needed", "seats", "available", "assigned"},
    "ZENTRAL-LOCATION-UNKNOWN": {"location", "known"},
    "ZENTRAL-LOCATION-EXPIRED": {"location", "days"},
    "ZENTRAL-LOCATION-EXPIRES": {"location", "days"},
    "ZENTRAL-PERMISSION-LACKING": HTTP,
    "ZENTRAL-SERVER-ERROR": HTTP,
    "ZENTRAL-NOT-THE-API": HTTP,
    "ZENTRAL-REDIRECTED": HTTP,
    "ZENTRAL-REFUSED": HTTP,
    "ZENTRAL-UNREACHABLE": HTTP,
    "ZENTRAL-SIGN-IN-MISSING": {"token", "host"},
    "ZENTRAL-TOKEN-REJECTED": {"variable"},
    "ZENTRAL-DOCTOR-HOST": {"hosts"},
    "ZENTRAL-DOCTOR-IDENTITY": {"identity"},
    "ZENTRAL-DOCTOR-READ": {"path", "permission"},
    "ZENTRAL-DOCTOR-BLUEPRINT": {"blueprint"},
    "ZENTRAL-DOCTOR-LOCATION": {"location", "days"},
    "ZENTRAL-DOCTOR-PERMISSION": {"permission"},
    "ZENTRAL-DOCTOR-PERMISSION-LACKING": {"permission"},
    "ZENTRAL-DOCTOR-WRITE": {"permissions"},
    "ZENTRAL-DOCTOR-PLAN-READS": set(),
    "ZENTRAL-DOCTOR-PLAN-WRITES": {"permissions"},
    "ZENTRAL-DOCTOR-PLAN-UNTOLD": {"permissions"},
}
"""What the code gives with each; the tests of each finding assert the same names."""

SAYS_IT_ALL = {code for code in VALUES if code.startswith("ZENTRAL-DOCTOR-") and "LACKING" not in code}


def test_the_table_holds_every_text() -> None:
    assert set(messages("zentral")) == set(VALUES)


def test_the_adapter_says_nothing_without_a_text() -> None:
    assert package.__file__ is not None
    sources = [path.read_text("utf-8") for path in Path(package.__file__).parent.glob("*.py")]
    said = {code for source in sources for code in re.findall(r'"(ZENTRAL-[A-Z-]+)"', source)}

    assert said <= set(VALUES)
    assert len(said) > 30


@pytest.mark.parametrize("code", VALUES)
def test_each_text_says_what_to_do_and_asks_for_nothing_it_does_not_get(code: str) -> None:
    for language in ("sv", "en"):
        text = messages("zentral")[code][language]
        assert text["hint"] or code in SAYS_IT_ALL
        assert set(PLACEHOLDER.findall(text["message"] + text["hint"])) <= VALUES[code]
