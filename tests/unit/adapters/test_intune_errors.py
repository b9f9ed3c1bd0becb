"""Graph's error bodies, as Microsoft's pages and public issues show them."""

import json

import pytest

from reconciler.adapters.intune.errors import parse_error

INTUNE = (
    '{\r\n  "_version": 3,\r\n  "Message": "POST is not supported for this app type. - Operation ID (for customer'
    " support): 00000000-0000-0000-0000-000000000000 - Activity ID: 7f3c1d2e-0000-4000-8000-000000000001 - Url:"
    " https://fef.msua09.manage.microsoft.com/AppLifecycle/apps?$filter=serialNumber eq 'DMPX1234'\",\r\n"
    '  "CustomApiErrorPhrase": "",\r\n  "RetryAfter": null,\r\n  "ErrorSourceService": "",\r\n  "HttpHeaders": "{}"\r\n}'
)


def body(**error: object) -> bytes:
    return json.dumps({"error": error}).encode()


def test_the_directorys_own_shape() -> None:
    found = parse_error(404, body(code="Request_ResourceNotFound", message="Resource 'x' does not exist."))

    assert found.reasons == ("Request_ResourceNotFound",)
    assert found.message == "Resource 'x' does not exist."


def test_intunes_json_in_a_string_comes_down_to_its_sentence() -> None:
    found = parse_error(400, body(code="BadRequest", message=INTUNE))

    assert found.reasons == ("BadRequest",)
    assert found.message == "POST is not supported for this app type."


def test_json_in_json_is_unpacked_with_the_code_that_stands_beside_it() -> None:
    """As of msal-js#1261: the outer code says nothing."""
    twice = json.dumps({"ErrorCode": "Forbidden", "Message": INTUNE.replace('Phrase": ""', 'Phrase": "NotAllowed"')})

    found = parse_error(403, body(code="UnknownError", message=twice))

    assert found.reasons == ("UnknownError", "Forbidden", "NotAllowed")
    assert found.message == "POST is not supported for this app type."


@pytest.mark.parametrize("spelling", ["innerError", "innererror"])
def test_inner_codes_are_read_in_either_spelling(spelling: str) -> None:
    inner = {"code": "lifetimeExceeded", "date": "2026-11-18T11:06:40", spelling: {"code": "deeper"}}

    found = parse_error(401, body(code="InvalidAuthenticationToken", message="Expired.", **{spelling: inner}))

    assert found.reasons == ("InvalidAuthenticationToken", "lifetimeExceeded", "deeper")


def test_an_address_in_a_message_is_left_out() -> None:
    found = parse_error(400, body(code="BadRequest", message="See https://fef.manage.microsoft.com/a?b=DMPX1234 now"))

    assert found.message == "See … now"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>502</html>",
        b"\xff\xfe",
        b"[]",
        b'{"error": "invalid_client"}',
        b'{"error": null}',
        b"[" * 100_000,
        b'{"error": {"code": 7, "message": null}}',
    ],
)
def test_what_is_no_error_of_graph_says_nothing(content: bytes) -> None:
    found = parse_error(502, content)

    assert (found.reasons, found.message) == ((), "")


def test_endless_nesting_ends() -> None:
    text = "innermost"
    for _ in range(40):
        text = json.dumps({"Message": text}) if len(text) < 100_000 else text

    assert "innermost" in parse_error(400, body(code="BadRequest", message=text)).message
