"""What Zentral's answers mean, and which of its rights a call needs."""

import pytest

from reconciler.adapters.zentral.errors import parse_error
from reconciler.adapters.zentral.permissions import listed_permissions, needed_permissions
from reconciler.adapters.zentral.trouble import explain_failure
from reconciler.credentials.purpose import Purpose
from reconciler.http.failures import (
    BadResponse,
    Forbidden,
    HttpFailure,
    Invalid,
    NotFound,
    OutcomeUnknown,
    Redirected,
    ServerFault,
    Unreachable,
)
from reconciler.http.request import Request


@pytest.mark.parametrize(
    ("status", "body", "reasons", "message"),
    [
        (400, b'{"name": ["tag with this name already exists."]}', ("name",), "name: tag with this name already exists."),
        (400, b'["This artifact cannot be deleted"]', (), "This artifact cannot be deleted"),
        (400, b'{"non_field_errors": ["The fields blueprint, artifact must make a unique set."]}', ("non_field_errors",), "The fields blueprint, artifact must make a unique set."),
        (400, b'{"operations": [{"names": ["This list may not be empty for ADD operations"]}]}', ("operations",), "names: This list may not be empty for ADD operations"),
        (403, b'{"detail": "You do not have permission to perform this action."}', (), "You do not have permission to perform this action."),
        (500, b'{"error": "Server Error (500)"}', ("server-error",), "Server Error (500)"),
        (500, b"<!doctype html><title>Server Error (500)</title>", ("page", "server-error"), ""),
        (404, b"<!doctype html><h1>Not Found</h1>", ("page",), ""),
        (502, b"", ("server-error",), ""),
        (400, b"\xff\xfe", ("page",), ""),
    ],
)  # fmt: skip
def test_error_bodies(status: int, body: bytes, reasons: tuple[str, ...], message: str) -> None:
    error = parse_error(status, body)

    assert (error.reasons, error.message) == (reasons, message)


def failed(
    kind: type[HttpFailure],
    status: int | None,
    body: bytes = b"{}",
    *,
    method: str = "GET",
    path: str = "mdm/artifacts/",
) -> HttpFailure:
    return kind(
        Request(method=method, path=path), "mdm.example.se", status=status, error=parse_error(status or 0, body)
    )


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (failed(Forbidden, 403), "ZENTRAL-PERMISSION-LACKING"),
        (failed(ServerFault, 500), "ZENTRAL-SERVER-ERROR"),
        (failed(Redirected, 302), "ZENTRAL-REDIRECTED"),
        (failed(BadResponse, 200), "ZENTRAL-NOT-THE-API"),
        (failed(NotFound, 404, b"<html>"), "ZENTRAL-NOT-THE-API"),
        (failed(NotFound, 404, b'{"detail": "Not found."}'), "HTTP-NOT-FOUND"),
        (failed(Invalid, 400), "ZENTRAL-REFUSED"),
        (failed(Unreachable, None), "ZENTRAL-UNREACHABLE"),
        (failed(OutcomeUnknown, 500), "HTTP-OUTCOME-UNKNOWN"),
    ],
)
def test_each_failure_has_its_message(failure: HttpFailure, code: str) -> None:
    """An unknown outcome keeps its code: it is what an apply reads back on."""
    assert explain_failure(failure)[0] == code


@pytest.mark.parametrize(
    ("method", "path", "rights"),
    [
        ("GET", "mdm/devices/", ("mdm.view_enrolleddevice",)),
        ("POST", "mdm/profiles/", ("mdm.add_profile",)),
        ("PUT", "mdm/blueprint_artifacts/{id}/", ("mdm.change_blueprintartifact",)),
        ("DELETE", "inventory/tags/{id}/", ("inventory.delete_tag",)),
        ("GET", "mdm/location_assets/", ("mdm.view_locationasset",)),
        (
            "POST",
            "inventory/machines/tags/",
            ("inventory.add_tag", "inventory.add_taxonomy", "inventory.add_machinetag", "inventory.delete_machinetag"),
        ),
        ("GET", "nowhere/", ()),
    ],
)
def test_the_right_that_a_call_needs(method: str, path: str, rights: tuple[str, ...]) -> None:
    assert needed_permissions(method, path) == rights
    assert explain_failure(failed(Forbidden, 403, method=method, path=path))[1]["permissions"] == (
        ", ".join(rights) or "?"
    )


def test_who_plans_is_given_no_right_to_write() -> None:
    assert {name.partition(".")[2].partition("_")[0] for name in listed_permissions(Purpose.PLAN)} == {"view"}
    assert {"mdm.add_profile", "inventory.delete_machinetag", "mdm.view_enrolleddevice"} <= set(
        listed_permissions(Purpose.APPLY)
    )
