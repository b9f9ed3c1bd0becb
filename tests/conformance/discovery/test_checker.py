"""The checker accepts what Google documents and refuses everything else: a check that can't fail is none."""

from typing import Any

import pytest

from reconciler.adapters.google import api
from reconciler.http.request import Request, Sent
from reconciler.model.place import Json
from tests.conformance.discovery.checker import check, check_log, check_request

UNITS = "/admin/directory/v1/customer/C0/orgunits"
DEVICES = "/admin/directory/v1/customer/C0/devices/chromeos"
POLICIES = "/v1/customers/C0/policies"
SCHEMAS = "/v1/customers/C0/policySchemas"
KEY: dict[str, Json] = {"targetResource": "orgunits/03ph", "additionalTargetKeys": {"app_id": "chrome:abc"}}
ENTRY: dict[str, Json] = {
    "policyTargetKey": KEY,
    "policyValue": {"policySchema": "chrome.users.apps.InstallType", "value": {"anything": [1, {"x": None}]}},
    "updateMask": "appInstallType,other",
}


@pytest.mark.parametrize(
    ("verb", "path", "query", "body"),
    [
        ("GET", UNITS, [("type", "allIncludingParent"), ("orgUnitPath", "/")], None),
        ("POST", UNITS, [], {"name": "Åk 4", "parentOrgUnitId": "id:03", "description": ""}),
        ("PATCH", UNITS + "/id:03ph", [], {"name": "Åk 5"}),
        ("DELETE", UNITS + "/Skolor/Bj%C3%B6rk%20skolan", [], None),
        ("GET", DEVICES, [("maxResults", "300"), ("fields", "nextPageToken,chromeosdevices(deviceId,model)")], None),
        ("GET", DEVICES, [("includeChildOrgunits", "true"), ("fields", "chromeosdevices/deviceId")], None),
        ("POST", DEVICES + "/moveDevicesToOu", [("orgUnitPath", "id:03")], {"deviceIds": ["a", "b"]}),
        ("POST", POLICIES + ":resolve", [], {"policySchemaFilter": "chrome.users.*", "pageSize": 1000}),
        ("POST", POLICIES + "/orgunits:batchModify", [], {"requests": [ENTRY]}),
        ("GET", SCHEMAS, [("pageSize", "1000"), ("alt", "json")], None),
        ("GET", SCHEMAS + "/chrome.users.IncognitoMode", [], None),
    ],
)
def test_what_google_documents_passes(verb: str, path: str, query: list[tuple[str, str]], body: Any) -> None:
    assert check_request(verb, path, query, body) == []


@pytest.mark.parametrize(
    ("verb", "path", "query", "body", "said"),
    [
        ("GET", "/admin/directory/v1/customers/C0/orgunits", [], None, "no such method"),
        ("GET", "/v2/customers/C0/policySchemas", [], None, "no such method"),
        ("PUT", POLICIES + ":resolve", [], {}, "no such method"),
        ("POST", POLICIES + "/orgunits:batchChange", [], {"requests": []}, "no such method"),
        ("POST", "/v1/kunder/C0/policies:resolve", [], {}, "no such method"),
        ("GET", UNITS, [("kind", "all")], None, "unknown parameter kind"),
        ("GET", UNITS, [("type", "everything")], None, "is not one of"),
        ("GET", UNITS, [("type", "all"), ("type", "all")], None, "given twice"),
        ("GET", UNITS, [("customerId", "C0")], None, "unknown parameter customerId"),
        ("GET", DEVICES, [("maxResults", "many")], None, "is no integer"),
        ("GET", DEVICES, [("maxResults", "0")], None, "out of range"),
        ("GET", DEVICES, [("maxResults", "301")], None, "out of range"),
        ("GET", SCHEMAS, [("pageSize", "1001")], None, "out of range"),
        ("GET", DEVICES, [("includeChildOrgunits", "ja")], None, "is no boolean"),
        ("GET", DEVICES, [("fields", "chromeosdevices(deviceId,serial)")], None, "no field 'serial'"),
        ("GET", DEVICES, [("fields", "devices(deviceId)")], None, "no field 'devices'"),
        ("GET", DEVICES, [("fields", "chromeosdevices(deviceId")], None, "not closed"),
        ("GET", DEVICES, [("fields", "chromeosdevices deviceId")], None, "can't be read"),
        ("GET", DEVICES, [("fields", "kind)")], None, "ends with"),
        ("POST", DEVICES + "/moveDevicesToOu", [], {"deviceIds": ["a"]}, "orgUnitPath is required"),
        ("POST", DEVICES + "/moveDevicesToOu", [("orgUnitPath", "id:0")], {"deviceIds": "a"}, "is no array"),
        ("POST", DEVICES + "/moveDevicesToOu", [("orgUnitPath", "id:0")], {"deviceIds": [7]}, "7 is no string"),
        ("POST", DEVICES + "/moveDevicesToOu", [("orgUnitPath", "id:0")], None, "lacks a body"),
        ("POST", UNITS, [], {"name": "Åk 4", "parent": "id:03"}, "unknown field parent"),
        ("POST", UNITS, [], {"name": 4}, "4 is no string"),
        ("POST", UNITS, [], [], "is no object"),
        ("DELETE", UNITS + "/id:03", [], {"name": "x"}, "takes no body"),
        ("POST", POLICIES + ":resolve", [], {"policySchemaFilter": "x", "pageSize": "10"}, "is no integer"),
        ("POST", POLICIES + ":resolve", [], {"policySchemaFilter": "x", "pageSize": True}, "is no integer"),
        ("POST", POLICIES + ":resolve", [], {"policySchemaFilter": "x", "pageSize": 2**31}, "is no int32"),
        ("POST", POLICIES + ":resolve", [], {"policyTargetKey": {"targetResources": "x"}}, "unknown field"),
        ("POST", POLICIES + "/orgunits:batchModify", [], {"requests": [{**ENTRY, "mask": ""}]}, "unknown field mask"),
        ("POST", POLICIES + "/orgunits:batchModify", [], {"requests": [{**ENTRY, "updateMask": "a,"}]}, "field mask"),
        ("POST", POLICIES + "/orgunits:batchModify", [], {"requests": [{"updateMask": {"paths": []}}]}, "no string"),
        (
            "POST",
            POLICIES + "/groups:batchModify",
            [],
            {"requests": [{"policyTargetKey": {**KEY, "additionalTargetKeys": {"app_id": 5}}}]},
            "5 is no string",
        ),
        ("POST", POLICIES + "/orgunits:batchInherit", [], {"requests": [ENTRY]}, "unknown field policyValue"),
    ],
)
def test_what_google_does_not_document_is_refused(
    verb: str, path: str, query: list[tuple[str, str]], body: Any, said: str
) -> None:
    assert any(said in fault for fault in check_request(verb, path, query, body))


def _sent(request: Request) -> Sent:
    return Sent(
        lane=request.lane,
        method=request.method,
        template=request.path,
        path="/" + request.filled_path(),
        query=request.parameters(),
        body=request.body,
    )


@pytest.mark.parametrize(
    "request_",
    [
        api.list_units("C0"),
        api.get_unit("C0", "03"),
        api.insert_unit("C0", {"name": "Åk 4", "parentOrgUnitId": "id:1", "description": "x"}),
        api.patch_unit("C0", "03", {"description": "x"}),
        api.delete_unit("C0", "03"),
        api.list_devices("C0"),
        api.list_devices("C0", page="p", unit="03", size=1),
        api.get_device("C0", "d1"),
        api.move_devices("C0", "03", ["d1"]),
        api.get_group("larare@example.se"),
        api.resolve("C0", "orgunits/03", "chrome.users.*"),
        api.resolve("C0", "groups/03", "chrome.users.apps.*", app_id="chrome:a", page="p"),
        api.list_schemas("C0"),
        api.list_schemas("C0", page="p", size=1),
        *(
            api.write_policies("C0", [{"policyTargetKey": KEY, "policySchema": "x"}], give_back=True, group=group)
            for group in (False, True)
        ),
        *(api.write_policies("C0", [ENTRY], give_back=False, group=group) for group in (False, True)),
    ],
    ids=lambda request: f"{request.method} {request.path}" if isinstance(request, Request) else "",
)
def test_every_request_that_can_be_made_is_googles(request_: Request) -> None:
    assert check(_sent(request_)) == []


def test_a_sandboxes_log_is_checked_too() -> None:
    entry = {"method": "GET", "path": "/google" + UNITS, "query": "type=all&orgUnitPath=%2F", "body": None}
    wrong = {**entry, "query": "type=alla"}
    token = {"method": "POST", "path": "/google/token", "query": "", "body": None}
    named = {**entry, "path": f"/google{UNITS}/Skolor/Björk skolan", "query": ""}
    assert check_log([entry, token, named]) == []
    assert len(check_log([entry, wrong])) == 1
