"""Policies and apps by Google's client: what is set, inherited and removed, and the effect on a user."""

from __future__ import annotations

from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.conformance.google_client.conftest import Client
from tests.conformance.google_client.discovery import faults

CUSTOMER = "customers/my_customer"
INCOGNITO = "chrome.users.IncognitoMode"
BLOCKED = {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"}
ALLOWED = {"incognitoModeAvailability": "INCOGNITO_MODE_AVAILABILITY_ENUM_AVAILABLE"}
SCRATCH = "chrome:" + "abcdefghijklmnop" * 2


@pytest.fixture
def units(client: Client) -> dict[str, str]:
    """Target resources of /Elever and /Elever/Norr."""
    found = {}
    for name, parent in (("Elever", "/"), ("Norr", "/Elever")):
        body = {"name": name, "parentOrgUnitPath": parent}
        made = client.directory.orgunits().insert(customerId="my_customer", body=body).execute()
        found[name] = "orgunits/" + made["orgUnitId"].removeprefix("id:")
    return found


def _modify(client: Client, target: str, schema: str, value: dict[str, Any], app: str = "") -> Any:
    key: dict[str, Any] = {"targetResource": target}
    if app:
        key["additionalTargetKeys"] = {"app_id": app}
    request = {
        "policyTargetKey": key,
        "policyValue": {"policySchema": schema, "value": value},
        "updateMask": ",".join(value),
    }
    orgunits = client.policy.customers().policies().orgunits()
    return orgunits.batchModify(customer=CUSTOMER, body={"requests": [request]}).execute()


def _inherit(client: Client, target: str, schema: str, app: str = "") -> Any:
    key: dict[str, Any] = {"targetResource": target}
    if app:
        key["additionalTargetKeys"] = {"app_id": app}
    body = {"requests": [{"policyTargetKey": key, "policySchema": schema}]}
    return client.policy.customers().policies().orgunits().batchInherit(customer=CUSTOMER, body=body).execute()


def _resolve(client: Client, target: str, schema: str) -> list[dict[str, Any]]:
    body = {"policySchemaFilter": schema, "policyTargetKey": {"targetResource": target}}
    answer = client.policy.customers().policies().resolve(customer=CUSTOMER, body=body).execute()
    assert faults("chromepolicy", answer, {"$ref": "GoogleChromePolicyVersionsV1ResolveResponse"}) == []
    found: list[dict[str, Any]] = answer.get("resolvedPolicies", [])
    return found


def test_a_value_is_set_inherited_overridden_and_given_back(client: Client, units: dict[str, str]) -> None:
    assert "sourceKey" not in _resolve(client, units["Norr"], INCOGNITO)[0]
    assert _modify(client, units["Elever"], INCOGNITO, BLOCKED) == {}
    [inherited] = _resolve(client, units["Norr"], INCOGNITO)
    assert inherited["value"] == {"policySchema": INCOGNITO, "value": BLOCKED}
    assert inherited["sourceKey"] == {"targetResource": units["Elever"]}
    assert inherited["targetKey"] == {"targetResource": units["Norr"]}
    _modify(client, units["Norr"], INCOGNITO, ALLOWED)
    assert _resolve(client, units["Norr"], INCOGNITO)[0]["sourceKey"] == {"targetResource": units["Norr"]}
    assert client.own("google/effective?user_ou=/Elever/Norr")["policies"][INCOGNITO]["value"] == ALLOWED
    _inherit(client, units["Norr"], INCOGNITO)
    assert client.own("google/effective?user_ou=/Elever/Norr")["policies"][INCOGNITO]["value"] == BLOCKED


def test_an_app_is_added_below_and_removed_where_it_was_added(client: Client, units: dict[str, str]) -> None:
    _modify(client, units["Elever"], "chrome.users.apps.InstallType", {"appInstallType": "FORCED"}, SCRATCH)
    [found] = _resolve(client, units["Norr"], "chrome.users.apps.InstallType")
    assert found["addedSourceKey"]["targetResource"] == units["Elever"]
    assert found["targetKey"]["additionalTargetKeys"] == {"app_id": SCRATCH}
    assert client.own("google/effective?user_ou=/Elever/Norr")["apps"][SCRATCH]["install"] == "FORCED"
    with pytest.raises(HttpError, match="modified"):
        _inherit(client, units["Norr"], "chrome.users.apps.*", SCRATCH)
    _inherit(client, units["Elever"], "chrome.users.apps.*", SCRATCH)
    assert _resolve(client, units["Norr"], "chrome.users.apps.*") == []
    assert client.own("google/effective?user_ou=/Elever/Norr")["apps"] == {}


def test_a_refused_write_names_schema_field_and_changes_nothing(client: Client, units: dict[str, str]) -> None:
    before = client.own("state")
    with pytest.raises(HttpError) as refused:
        _modify(client, units["Elever"], INCOGNITO, {"incognitoModeAvailability": "NEJ"})
    assert refused.value.status_code == 400
    [detail] = refused.value.error_details
    # The sandbox's details fit Google's schema of them; "@type" is added by every Any.
    shown = {name: value for name, value in detail.items() if name != "@type"}
    assert faults("chromepolicy", shown, {"$ref": "GoogleChromePolicyVersionsV1PolicyModificationErrorDetails"}) == []
    [error] = detail["modificationErrors"]
    assert error["policySchema"] == INCOGNITO
    assert error["fieldErrors"][0]["field"] == "incognitoModeAvailability"
    assert client.own("state") == before


def test_schemas_are_paged_and_fit_the_document(client: Client) -> None:
    resource = client.policy.customers().policySchemas()
    request = resource.list(parent=CUSTOMER, pageSize=50)
    names = []
    while request is not None:
        answer = request.execute()
        assert faults("chromepolicy", answer, {"$ref": "GoogleChromePolicyVersionsV1ListPolicySchemasResponse"}) == []
        names += [schema["schemaName"] for schema in answer["policySchemas"]]
        request = resource.list_next(request, answer)
        client.sandbox.clock.advance(1)  # 5 reads a second for a user
    assert len(names) == len(set(names)) > 100
    one = resource.get(name=f"{CUSTOMER}/policySchemas/{INCOGNITO}").execute()
    assert one["definition"]["enumType"][0]["value"][1]["name"] == "INCOGNITO_MODE_AVAILABILITY_ENUM_UNAVAILABLE"
    assert one["validTargetResources"] == ["ORG_UNIT", "GROUP"]


def test_resolving_a_namespace_is_paged_in_the_body(client: Client, units: dict[str, str]) -> None:
    resolve = client.policy.customers().policies().resolve
    body: dict[str, Any] = {
        "policySchemaFilter": "chrome.users.*",
        "policyTargetKey": {"targetResource": units["Norr"]},
        "pageSize": 50,
    }
    names: list[str] = []
    while True:
        answer = resolve(customer=CUSTOMER, body=body).execute()
        names += [each["value"]["policySchema"] for each in answer["resolvedPolicies"]]
        if "nextPageToken" not in answer:
            break
        body["pageToken"] = answer["nextPageToken"]
    assert len(names) == len(set(names)) > 50
    assert {name.rpartition(".")[0] for name in names} == {"chrome.users"}


def test_groups_are_written_and_deleted(client: Client, units: dict[str, str]) -> None:
    body = {"email": "larare@exempelkommun.example.se", "name": "Lärare"}
    group = "groups/" + client.directory.groups().insert(body=body).execute()["id"]
    policies = client.policy.customers().policies().groups()
    entry = {
        "policyTargetKey": {"targetResource": group},
        "policyValue": {"policySchema": INCOGNITO, "value": ALLOWED},
        "updateMask": "incognitoModeAvailability",
    }
    _modify(client, units["Norr"], INCOGNITO, BLOCKED)
    assert policies.batchModify(customer=CUSTOMER, body={"requests": [entry]}).execute() == {}
    question = "google/effective?user_ou=/Elever/Norr&group=larare@exempelkommun.example.se"
    assert client.own(question)["policies"][INCOGNITO] == {"value": ALLOWED, "source": group}
    gone = {"policyTargetKey": {"targetResource": group}, "policySchema": INCOGNITO}
    policies.batchDelete(customer=CUSTOMER, body={"requests": [gone]}).execute()
    assert client.own(question)["policies"][INCOGNITO]["value"] == BLOCKED
