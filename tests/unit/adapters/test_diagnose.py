"""What `doctor` asks of a tenant, and what failures mean to the person who runs it."""

from typing import Any

import pytest

from reconciler.adapters.google.diagnose import _check_clock, diagnose
from reconciler.adapters.google.trouble import explain_failure, needed_scope
from reconciler.credentials.google import Purpose, write_scopes
from reconciler.http import failures
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Reply, Request, VendorError
from reconciler.model.check import CheckOutcome
from reconciler.texts import render
from tests.unit.adapters.tenant import ORG, Tenant, make_tenant

UNITS = "admin/directory/v1/customer/{customer}/orgunits"
DEVICES = "admin/directory/v1/customer/{customer}/devices/chromeos"
POLICIES = "v1/customers/{customer}/policies"
SCOPE = "https://www.googleapis.com/auth/"


def checked(tenant: Tenant, purpose: Purpose = Purpose.PLAN, **options: Any) -> dict[str, tuple[str, dict[str, str]]]:
    adapter = tenant.adapter(ORG, purpose, **options)
    return {one.code: (one.outcome.value, dict(one.values)) for one in diagnose(adapter.session, "sandbox")}


def test_all_is_well_on_a_tenant_that_answers() -> None:
    tenant = make_tenant()
    found = checked(tenant)
    assert {code: outcome for code, (outcome, _) in found.items()} == {
        "GOOGLE-DOCTOR-HOST": "well",
        "GOOGLE-DOCTOR-IDENTITY": "well",
        "GOOGLE-DOCTOR-ORG-UNITS": "well",
        "GOOGLE-DOCTOR-ROOT": "well",
        "GOOGLE-DOCTOR-DEVICES": "well",
        "GOOGLE-DOCTOR-SCHEMAS": "well",
        "GOOGLE-DOCTOR-POLICIES": "well",
        "GOOGLE-DOCTOR-CLOCK": "not-evaluated",
    }
    assert {one.method for one in tenant.sent} == {"GET", "POST"}
    assert [one.path.rpartition(":")[2] for one in tenant.sent if one.method == "POST"] == ["resolve"]


def test_the_right_to_write_is_said_not_to_be_tried() -> None:
    """A token that may only read answers every question well, so silence would read as leave to apply."""
    session = make_tenant().adapter(ORG, Purpose.APPLY).session
    found = diagnose(session, "sandbox", write_scopes(Purpose.APPLY))
    assert (found[-1].code, found[-1].outcome) == ("GOOGLE-DOCTOR-WRITE", CheckOutcome.NOT_EVALUATED)
    assert found[-1].values["scopes"] == (
        f"{SCOPE}admin.directory.orgunit, {SCOPE}admin.directory.device.chromeos, {SCOPE}chrome.management.policy"
    )
    assert write_scopes(Purpose.PLAN) == ()


def test_a_root_that_is_still_to_be_made_is_no_failure() -> None:
    assert checked(make_tenant(), root="/Platser")["GOOGLE-DOCTOR-ROOT-TO-COME"] == ("well", {"root": "/Platser"})


def test_a_wrong_customer_is_said_and_the_rest_is_not_evaluated() -> None:
    found = checked(make_tenant(), customer="C0annan")
    outcome, values = found["GOOGLE-NOT-ALLOWED"]
    assert outcome == CheckOutcome.FAILED
    assert values["customer"] == "C0annan"
    assert found["GOOGLE-DOCTOR-ROOT"] == ("not-evaluated", {"root": "/Enheter"})


@pytest.mark.parametrize(
    ("path", "code", "well"),
    [
        ("devices/chromeos", "HTTP-SERVER-FAULT", "GOOGLE-DOCTOR-POLICIES"),
        ("policies:resolve", "HTTP-SERVER-FAULT", "GOOGLE-DOCTOR-DEVICES"),
        ("policySchemas", "HTTP-SERVER-FAULT", "GOOGLE-DOCTOR-POLICIES"),
    ],
)
def test_one_check_that_fails_does_not_hide_the_others(path: str, code: str, well: str) -> None:
    tenant = make_tenant()
    tenant.fault("500", path=path, times=20)
    found = checked(tenant)
    assert found[code][0] == "failed"
    assert found[well][0] == "well"


def failure(kind: type[HttpFailure], method: str, path: str, *reasons: str, message: str = "") -> HttpFailure:
    error = VendorError(reasons=reasons, message=message)
    return kind(Request(method=method, path=path), "admin.googleapis.com", status=400, error=error)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (failure(failures.Unauthorised, "GET", UNITS), "GOOGLE-TOKEN-REFUSED"),
        (failure(failures.Forbidden, "GET", UNITS, "insufficientPermissions"), "GOOGLE-SCOPE-LACKING"),
        (failure(failures.Forbidden, "GET", UNITS, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), "GOOGLE-SCOPE-LACKING"),
        (
            failure(failures.Forbidden, "GET", UNITS, message="Request had insufficient authentication scopes."),
            "GOOGLE-SCOPE-LACKING",
        ),
        (failure(failures.Forbidden, "GET", UNITS, "forbidden"), "GOOGLE-NOT-ALLOWED"),
        (failure(failures.NotFound, "GET", UNITS), "GOOGLE-WRONG-CUSTOMER"),
        (failure(failures.Invalid, "GET", DEVICES), "GOOGLE-WRONG-CUSTOMER"),
        (failure(failures.Invalid, "POST", UNITS, "invalid"), "HTTP-INVALID"),
        (failure(failures.NotFound, "PATCH", UNITS + "/{unit}"), "HTTP-NOT-FOUND"),
        (failure(failures.Unreachable, "GET", UNITS), "GOOGLE-UNREACHABLE"),
        (failure(failures.Redirected, "GET", UNITS), "GOOGLE-FOREIGN-HOST"),
        (failure(failures.ForeignHost, "GET", UNITS), "GOOGLE-FOREIGN-HOST"),
        (failure(failures.QuotaExceeded, "GET", UNITS), "GOOGLE-QUOTA"),
        (failure(failures.ServerFault, "GET", UNITS), "HTTP-SERVER-FAULT"),
    ],
)
def test_a_failure_is_said_in_terms_of_what_to_do(found: HttpFailure, code: str) -> None:
    said, values = explain_failure(found, "C0123abcd")
    assert (said, values["customer"], values["host"]) == (code, "C0123abcd", "admin.googleapis.com")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_nobody_on_this_machine_is_a_sandbox_that_was_not_started(host: str) -> None:
    """Advice about the firewall and Google's hosts would send people looking in the wrong place."""
    code, values = explain_failure(failures.Unreachable(Request(method="GET", path=UNITS), host), "C0123abcd")
    said = render(code, values, "sv")
    assert code == "SANDBOX-NOT-STARTED"
    assert host in said.message
    assert "reconciler sandbox serve" in said.hint


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", UNITS, "admin.directory.orgunit.readonly"),
        ("POST", UNITS, "admin.directory.orgunit"),
        ("DELETE", UNITS + "/{unit}", "admin.directory.orgunit"),
        ("GET", DEVICES, "admin.directory.device.chromeos.readonly"),
        ("POST", DEVICES + "/moveDevicesToOu", "admin.directory.device.chromeos"),
        ("GET", "admin/directory/v1/groups/{group}", "admin.directory.group.readonly"),
        ("POST", POLICIES + ":resolve", "chrome.management.policy.readonly"),
        ("GET", "v1/customers/{customer}/policySchemas", "chrome.management.policy.readonly"),
        ("POST", POLICIES + "/orgunits:batchModify", "chrome.management.policy"),
        ("POST", POLICIES + "/groups:batchDelete", "chrome.management.policy"),
    ],
)
def test_the_scope_that_a_call_needs(method: str, path: str, scope: str) -> None:
    """By the lists of scopes in Google's discovery documents (2026-11)."""
    assert needed_scope(failure(failures.Forbidden, method, path)) == SCOPE + scope


@pytest.mark.parametrize(
    ("off", "code", "outcome", "values"),
    [
        (None, "GOOGLE-DOCTOR-CLOCK", "not-evaluated", {}),
        (0.0, "GOOGLE-DOCTOR-CLOCK", "well", {}),
        (-299.0, "GOOGLE-DOCTOR-CLOCK", "well", {}),
        (301.0, "GOOGLE-DOCTOR-CLOCK-OFF", "failed", {"seconds": "301"}),
        (-3600.0, "GOOGLE-DOCTOR-CLOCK-OFF", "failed", {"seconds": "3600"}),
    ],
)
def test_the_clock(off: float | None, code: str, outcome: str, values: dict[str, str]) -> None:
    tenant = make_tenant()
    session = tenant.adapter().session
    reply = Reply(status=200, data={}, date=None if off is None else tenant.clock.now() + off)
    check = _check_clock(session, reply)
    assert (check.code, check.outcome.value, check.values) == (code, outcome, values)
