"""What must never be read by anyone, in the forms in which vendors and libraries write it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.http.redact import LONGEST, redact_json, redact_text

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.def-123456", "abc.def-123456"),
        ("sent bearer AbCdEf1234567", "AbCdEf1234567"),
        ("Illegal header value b'Bearer ya29.a0AfH6SM\\n'", "ya29.a0AfH6SM"),
        ("token ya29.a0AfH6SM-x_y is expired", "ya29.a0AfH6SM-x_y"),
        (f"Invalid JWT: {JWT}", "eyJpc3MiOiJ4In0"),
        (f"cut off: {JWT[:30]}", JWT[:30]),
        (f"key {PEM} is bad", "MIIEvQIBADANBg"),
        ("key -----BEGIN RSA PRIVATE KEY-----\nMIIEvQIB", "MIIEvQIB"),
        ("GET https://h/x?access_token=s3cr3tvalue&a=1", "s3cr3tvalue"),
        ("GET https://h/x?key=AIzaSyValue", "AIzaSyValue"),
        ('{"client_secret": "s3cr3t va\\"lue"}', "s3cr3t"),
        ("{'password': 'hunter2'}", "hunter2"),
        ("Not authorised: anna.berg@kommun.example", "anna.berg"),
        ("device 9f1c0a2b-1111-2222-3333-444455556666 unknown", "9f1c0a2b-1111"),
    ],
)
def test_secrets_and_persons_are_taken_out_of_text(text: str, secret: str) -> None:
    redacted = redact_text(text)

    assert secret not in redacted
    assert "[hidden]" in redacted


@pytest.mark.parametrize(
    "text",
    [
        "Invalid policy schema chrome.users.IncognitoMode for orgunits/03ph8a2z1k4",
        "Org unit /Skolor/Björkskolan/Åk 4 not found",
        "Bearer token is missing",
        "Quota exceeded for quota metric 'Write requests' of service 'chromepolicy.googleapis.com'",
    ],
)
def test_what_helps_is_kept(text: str) -> None:
    assert redact_text(text) == text


def test_private_values_are_hidden_the_longest_first() -> None:
    assert redact_text("no 5CD1234ABC, no 5CD1234", ["5CD1234", "5CD1234ABC", ""]) == "no [hidden], no [hidden]"


def test_text_is_one_line_of_bounded_length_without_control_characters() -> None:
    assert redact_text("a\n\tb\x1b[31m\x00c\u202ed") == "a b [31m c d"
    assert len(redact_text("å " * 5000)) == LONGEST == 256


@given(st.text(alphabet=st.sampled_from("0123456789abcdefABCDEF._~+/-"), min_size=8, max_size=60), st.text(max_size=20))
def test_no_bearer_token_gets_through(token: str, before: str) -> None:
    token = f"4{token}"

    assert token not in redact_text(f"{before} Bearer {token}", longest=10_000)


def test_bodies() -> None:
    body = {"private_key": PEM, "token_type": "Bearer", "list": [{"clientSecret": "x"}, f"see {JWT}", 1, None, True]}
    expected = {
        "private_key": "[hidden]",
        "token_type": "Bearer",
        "list": [{"clientSecret": "[hidden]"}, "see [hidden]", 1, None, True],
    }

    assert redact_json(body) == expected
    assert json.dumps(redact_json(body)).count("true") == 1
