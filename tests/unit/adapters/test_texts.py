"""Every code of the adapter, the HTTP layer and the sign-in has a text, whose placeholders are all filled."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler
from reconciler.credentials.problems import TEXTS
from reconciler.http import failures
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Request
from reconciler.texts import render
from reconciler.texts.rendering import PLACEHOLDER, messages

SOURCES = Path(reconciler.__file__).parent
HTTP = {"method", "path", "host", "status", "reasons", "message", "retry_after", "attempts"}
TROUBLE = HTTP | {"customer", "scope"}
VALUES: dict[str, set[str]] = {
    "GOOGLE-USERS-NOT-FOUND": {"path"},
    "GOOGLE-USERS-TWICE": {"path", "other"},
    "GOOGLE-ROOT-MISSING": {"root", "above"},
    "GOOGLE-NAME-WITH-SLASH": {"name", "corrected"},
    "GOOGLE-SAME-NAME": {"name", "other"},
    "GOOGLE-RAW-AGAINST-SETTING": {"schema", "field", "setting"},
    "GOOGLE-RAW-NEEDS-KEYS": {"schema", "keys"},
    "GOOGLE-NOT-MANAGED": {"schema", "namespace"},
    "GOOGLE-SCHEMA-UNKNOWN": {"schema"},
    "GOOGLE-FIELD-UNKNOWN": {"schema", "field", "known"},
    "GOOGLE-VALUE-UNKNOWN": {"schema", "field", "value", "known"},
    "GOOGLE-NOT-FOR-GROUPS": {"schema", "group"},
    "GOOGLE-GROUP-OWNED": {"group"},
    "GOOGLE-TARGET-GONE": {"target"},
    "GOOGLE-TOKEN-REFUSED": TROUBLE,
    "GOOGLE-SCOPE-LACKING": TROUBLE,
    "GOOGLE-NOT-ALLOWED": TROUBLE,
    "GOOGLE-WRONG-CUSTOMER": TROUBLE,
    "GOOGLE-UNREACHABLE": TROUBLE,
    "GOOGLE-FOREIGN-HOST": TROUBLE,
    "GOOGLE-QUOTA": TROUBLE,
    "GOOGLE-DOCTOR-HOST": {"hosts"},
    "GOOGLE-DOCTOR-IDENTITY": {"identity"},
    "GOOGLE-DOCTOR-ORG-UNITS": set(),
    "GOOGLE-DOCTOR-ROOT": {"root"},
    "GOOGLE-DOCTOR-ROOT-TO-COME": {"root"},
    "GOOGLE-DOCTOR-DEVICES": set(),
    "GOOGLE-DOCTOR-SCHEMAS": set(),
    "GOOGLE-DOCTOR-POLICIES": set(),
    "GOOGLE-DOCTOR-WRITE": {"scopes"},
    "GOOGLE-DOCTOR-PLAN-READS": {"scopes"},
    "GOOGLE-DOCTOR-PLAN-WRITES": {"scopes"},
    "GOOGLE-DOCTOR-CLOCK": set(),
    "GOOGLE-DOCTOR-CLOCK-OFF": {"seconds"},
}
"""What the code gives with each; the tests of each finding assert the same names."""


def placeholders(area: str, code: str) -> set[str]:
    text = messages(area)[code]
    parts = [part for language in ("sv", "en") for part in text[language].values()]
    return {name for part in parts for name in PLACEHOLDER.findall(part)}


def google_codes() -> set[str]:
    files = (SOURCES / "adapters" / "google").glob("*.py")
    return {code for file in files for code in re.findall(r'"(GOOGLE-[A-Z-]+)"', file.read_text("utf-8"))}


def test_every_code_of_the_adapter_is_in_the_table_and_has_a_text() -> None:
    assert google_codes() == set(VALUES)
    google_doctor = {code for code in messages("doctor") if code.startswith("GOOGLE-")}
    assert set(messages("google")) | google_doctor == set(VALUES)


@pytest.mark.parametrize("code", VALUES)
def test_no_placeholder_is_left_empty(code: str) -> None:
    area = "doctor" if "-DOCTOR-" in code else "google"
    assert placeholders(area, code) <= VALUES[code]


def kinds(of: type[HttpFailure]) -> Iterator[type[HttpFailure]]:
    yield of
    for below in of.__subclasses__():
        yield from kinds(below)


def own_kinds() -> list[type[HttpFailure]]:
    """Of the HTTP layer itself: adapters make more of them, and hold them to texts of their own."""
    return [kind for kind in kinds(HttpFailure) if kind.__module__ == failures.__name__]


@pytest.mark.parametrize("kind", own_kinds(), ids=lambda kind: str(kind.code))
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_failure_of_the_http_layer_reads_well(kind: type[HttpFailure], language: str) -> None:
    found = kind(Request(method="GET", path="v1/{customer}/x"), "admin.googleapis.com", status=400, detail="en orsak")
    text = render(found.code, found.values(), language)
    assert text.hint
    assert "admin.googleapis.com" in text.message + text.hint
    assert PLACEHOLDER.findall((text.message + text.hint).replace("{customer}", "")) == []


def test_no_failure_of_the_http_layer_lacks_a_text_and_none_is_left_over() -> None:
    assert set(messages("http")) == {kind.code for kind in own_kinds()}


def test_every_problem_of_a_sign_in_has_a_text_with_what_it_was_given() -> None:
    areas = {code: "zentral" if code.startswith("ZENTRAL-") else "credentials" for code in TEXTS}
    assert set(messages("credentials")) == {code for code, area in areas.items() if area == "credentials"}
    for code, base in TEXTS.items():
        assert placeholders(areas[code], code) == set(PLACEHOLDER.findall(base)), code


@pytest.mark.parametrize("area", ["google", "http", "credentials"])
def test_a_hint_says_what_to_do_wherever_something_is_wrong(area: str) -> None:
    bare = [code for code, text in messages(area).items() if not all(text[one]["hint"] for one in ("sv", "en"))]
    assert bare == []
