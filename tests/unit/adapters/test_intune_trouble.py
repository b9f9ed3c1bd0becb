"""What failures of Microsoft Graph mean, and which permission each call takes."""

import json

import pytest

from reconciler.adapters.intune import api
from reconciler.adapters.intune.errors import parse_error
from reconciler.adapters.intune.permissions import listed_permissions, needed_permissions
from reconciler.adapters.intune.trouble import explain_failure
from reconciler.credentials.purpose import Purpose
from reconciler.http import failures
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Request
from reconciler.texts import render

TENANT = "11111111-2222-3333-4444-555555555555"
GROUPS, APPS = "v1.0/groups", "beta/deviceAppManagement/mobileApps"


def failure(
    kind: type[HttpFailure], method: str = "GET", path: str = GROUPS, code: str = "", message: str = ""
) -> HttpFailure:
    error = parse_error(400, json.dumps({"error": {"code": code, "message": message}}).encode())
    return kind(Request(method=method, path=path), "graph.microsoft.com", status=400, error=error)


CAE = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: LocationConditionEvaluationSatisfied"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (failure(failures.Unauthorised, code="InvalidAuthenticationToken", message="Expired."), "INTUNE-TOKEN-REFUSED"),
        (failure(failures.Unauthorised, code="InvalidAuthenticationToken", message=CAE), "INTUNE-CONDITIONAL-ACCESS"),
        (failure(failures.Unauthorised, code="Authorization_IdentityNotFound"), "INTUNE-APP-NOT-IN-TENANT"),
        (failure(failures.Forbidden, code="Authorization_RequestDenied"), "INTUNE-PERMISSION-LACKING"),
        (
            failure(failures.Forbidden, message="Access has been blocked by conditional access policies."),
            "INTUNE-CONDITIONAL-ACCESS",
        ),
        (
            failure(failures.Forbidden, path=APPS, message="The tenant does not have a license for Intune."),
            "INTUNE-LICENCE-MISSING",
        ),
        (
            failure(failures.Invalid, path=APPS, code="BadRequest", message="Request not applicable to target tenant."),
            "INTUNE-LICENCE-MISSING",
        ),
        (
            failure(
                failures.Invalid,
                path=APPS,
                code="No method match route template",
                message="No OData route exists that match template ~/singleton/navigation with http verb GET",
            ),
            "INTUNE-NOT-OFFERED",
        ),
        (failure(failures.Invalid, "POST", APPS, code="BadRequest", message="A value is wrong."), "HTTP-INVALID"),
        (failure(failures.NotFound, code="Request_ResourceNotFound"), "HTTP-NOT-FOUND"),
        (failure(failures.Unreachable), "INTUNE-UNREACHABLE"),
        (failure(failures.Redirected), "INTUNE-FOREIGN-HOST"),
        (failure(failures.ForeignHost), "INTUNE-FOREIGN-HOST"),
        (failure(failures.QuotaExceeded, code="TooManyRequests"), "INTUNE-QUOTA"),
        (failure(failures.ServerFault), "HTTP-SERVER-FAULT"),
        (failure(failures.OutcomeUnknown, "POST", APPS), "HTTP-OUTCOME-UNKNOWN"),
    ],
)
def test_a_failure_is_said_in_terms_of_what_to_do(found: HttpFailure, code: str) -> None:
    said, values = explain_failure(found, TENANT)

    assert (said, values["tenant"], values["host"]) == (code, TENANT, "graph.microsoft.com")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_nobody_on_this_machine_is_a_sandbox_that_was_not_started(host: str) -> None:
    code, values = explain_failure(failures.Unreachable(Request(method="GET", path=GROUPS), host), TENANT)

    assert code == "SANDBOX-NOT-STARTED"
    assert host in render(code, values, "sv").message


@pytest.mark.parametrize(
    ("request_", "permissions"),
    [
        (api.list_groups(), ("GroupMember.Read.All",)),
        (api.list_members("g"), ("GroupMember.Read.All",)),
        (api.find_group("reconciler.u.s.g"), ("GroupMember.Read.All",)),
        (api.upsert_group("reconciler.u.s.g", {}), ("Group.ReadWrite.All",)),
        (api.delete_group("g"), ("Group.ReadWrite.All",)),
        (api.remove_member("g", "d"), ("GroupMember.ReadWrite.All",)),
        (api.add_members("g", ["d"], "https://graph.microsoft.com/"), ("Group.ReadWrite.All", "Device.ReadWrite.All")),
        (api.list_entra_devices(), ("Device.Read.All",)),
        (api.find_entra_device("d"), ("Device.Read.All",)),
        (api.list_managed_devices(), ("DeviceManagementManagedDevices.Read.All",)),
        (api.list_tokens(), ("DeviceManagementServiceConfig.Read.All",)),
        (api.list_apps(), ("DeviceManagementApps.Read.All",)),
        (api.assign_app("a", []), ("DeviceManagementApps.ReadWrite.All",)),
        (api.create_app({}), ("DeviceManagementApps.ReadWrite.All",)),
        (api.list_policies("configuration"), ("DeviceManagementConfiguration.Read.All",)),
        (api.list_policies("catalog"), ("DeviceManagementConfiguration.Read.All",)),
        (api.update_policy("catalog", "p", {}), ("DeviceManagementConfiguration.ReadWrite.All",)),
        (api.assign_policy("compliance", "p", []), ("DeviceManagementConfiguration.ReadWrite.All",)),
    ],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Request) else "",
)
def test_the_permission_that_a_call_takes(request_: Request, permissions: tuple[str, ...]) -> None:
    """By the permission tables of Microsoft's pages on each operation (reference on Intune, section 3)."""
    assert needed_permissions(request_.method, request_.path) == permissions


def test_a_lacking_permission_is_named_in_the_text() -> None:
    found = failure(failures.Forbidden, "POST", APPS + "/{id}/assign", code="Forbidden")

    code, values = explain_failure(found, TENANT)

    for language in ("sv", "en"):
        text = render(code, values, language)
        assert "DeviceManagementApps.ReadWrite.All" in text.message
        assert "DeviceManagementApps.ReadWrite.All" in text.hint


def test_plan_is_given_reading_only_and_apply_no_more_than_it_writes() -> None:
    assert listed_permissions(Purpose.PLAN) == (
        "GroupMember.Read.All",
        "Device.Read.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementApps.Read.All",
        "DeviceManagementConfiguration.Read.All",
        "DeviceManagementServiceConfig.Read.All",
    )
    assert listed_permissions(Purpose.APPLY) == (
        "Group.ReadWrite.All",
        "GroupMember.ReadWrite.All",
        "Device.ReadWrite.All",
        "DeviceManagementApps.ReadWrite.All",
        "DeviceManagementConfiguration.ReadWrite.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementServiceConfig.Read.All",
    )
