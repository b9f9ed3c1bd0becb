"""The checker accepts what Graph describes and refuses everything else: a check that can't fail is none.

The requests are written from Microsoft's reference pages and from what public tools send, not from our adapter.
"""

from typing import Any

import pytest

from reconciler.http.request import Sent
from tests.conformance.graph.checker import check, check_log, check_request

ID, OTHER = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa"
OBJECT = f"https://graph.microsoft.com/v1.0/directoryObjects/{OTHER}"
GROUPS, GROUP = "/v1.0/groups", f"/v1.0/groups/{ID}"
UPSERT = "/v1.0/groups(uniqueName='reconciler.k7.norr.vagn-1')"
CONFIGURATIONS = "/v1.0/deviceManagement/deviceConfigurations"
COMPLIANCE = "/v1.0/deviceManagement/deviceCompliancePolicies"
DEVICES = "/v1.0/deviceManagement/managedDevices"
APPS = "/beta/deviceAppManagement/mobileApps"
CATALOGUE = "/beta/deviceManagement/configurationPolicies"
TYPE = "#microsoft.graph."

NEW_GROUP: dict[str, Any] = {
    "displayName": "Norrskolan – Vagn 1",
    "description": "[reconciler:1 org=k7 key=group/norr/vagn-1]",
    "mailNickname": "norr-vagn-1",
    "mailEnabled": False,
    "securityEnabled": True,
    "groupTypes": [],
}
IPAD = {"@odata.type": TYPE + "iosGeneralDeviceConfiguration", "displayName": "x", "cameraBlocked": True}
TARGET = {"@odata.type": TYPE + "groupAssignmentTarget", "groupId": ID}
BLOCK = {"actionType": "block", "gracePeriodHours": 0, "notificationTemplateId": "", "notificationMessageCCList": []}
IPAD_RULES = {
    "@odata.type": TYPE + "iosCompliancePolicy",
    "displayName": "x",
    "osMinimumVersion": "17.0",
    "scheduledActionsForRule": [{"ruleName": "PasswordRequired", "scheduledActionConfigurations": [BLOCK]}],
}
ROW: dict[str, Any] = {
    "@odata.type": TYPE + "mobileAppAssignment",
    "intent": "required",
    "target": {
        **TARGET,
        "deviceAndAppManagementAssignmentFilterId": None,
        "deviceAndAppManagementAssignmentFilterType": "none",
    },
    "settings": {
        "@odata.type": TYPE + "iosVppAppAssignmentSettings",
        "useDeviceLicensing": True,
        "uninstallOnDeviceRemoval": True,
        "vpnConfigurationId": None,
    },
}
WINGET: dict[str, Any] = {
    "@odata.type": TYPE + "winGetApp",
    "displayName": "GeoGebra",
    "packageIdentifier": "XP8BWV7G6TG23P",
    "installExperience": {"runAsAccount": "system"},
}
CHOICE = {
    "@odata.type": TYPE + "deviceManagementConfigurationChoiceSettingInstance",
    "settingDefinitionId": "com.apple.applicationaccess_allowairdrop",
    "choiceSettingValue": {"value": "com.apple.applicationaccess_allowairdrop_false", "children": []},
}
RESTRICTIONS: dict[str, Any] = {
    "name": "iPad restrictions",
    "platforms": "iOS",
    "technologies": "mdm,appleRemoteManagement",
    "settings": [
        {
            "@odata.type": TYPE + "deviceManagementConfigurationSetting",
            "settingInstance": {
                "@odata.type": TYPE + "deviceManagementConfigurationGroupSettingCollectionInstance",
                "settingDefinitionId": "com.apple.applicationaccess_com.apple.applicationaccess",
                "groupSettingCollectionValue": [{"children": [CHOICE]}],
            },
        }
    ],
}


def batch(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"requests": list(parts)}


def part(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "method": "GET", "url": f"/groups/{ID}/members?$select=id&$top=999", **more}


JSON = {"Content-Type": "application/json"}
BIND = {"members@odata.bind": [OBJECT]}


@pytest.mark.parametrize(
    ("verb", "path", "query", "body"),
    [
        ("GET", GROUPS, [("$select", "id,displayName,description,uniqueName"), ("$top", "999")], None),
        ("GET", GROUPS, [("$select", "id"), ("$filter", "startsWith(displayName,'Personal ') or id eq 'x'")], None),
        ("GET", GROUPS, [("$skiptoken", "RFNwdAIA"), ("$top", "999")], None),
        ("POST", GROUPS, [], {**NEW_GROUP, "members@odata.bind": [OBJECT] * 20}),
        ("PATCH", UPSERT, [], NEW_GROUP),
        ("PATCH", UPSERT.replace("'", "%27"), [], NEW_GROUP),
        ("PATCH", GROUP, [], {"displayName": "Norrskolan – Vagn 2"}),
        ("PATCH", GROUP, [], BIND),
        ("PATCH", f"/v1.0/groups('{ID}')", [], {"description": "x"}),
        ("DELETE", GROUP, [], None),
        ("GET", GROUP + "/members", [("$select", "id"), ("$top", "999")], None),
        ("POST", GROUP + "/members/$ref", [], {"@odata.id": OBJECT}),
        ("DELETE", f"{GROUP}/members/{OTHER}/$ref", [], None),
        ("GET", "/v1.0/devices", [("$select", "id,deviceId"), ("$top", "999")], None),
        ("GET", DEVICES, [("$select", "id,serialNumber,azureADDeviceId,model"), ("$top", "1000")], None),
        ("GET", DEVICES, [("$select", "id"), ("$filter", "serialNumber eq 'O''Brien or not'")], None),
        ("GET", CONFIGURATIONS, [("$expand", "assignments")], None),
        ("GET", COMPLIANCE, [("$expand", "assignments,scheduledActionsForRule")], None),
        (
            "GET",
            COMPLIANCE + "/" + ID,
            [("$expand", "scheduledActionsForRule($expand=scheduledActionConfigurations)")],
            None,
        ),
        ("POST", CONFIGURATIONS, [], IPAD),
        ("PATCH", CONFIGURATIONS + "/" + ID, [], {**IPAD, "cameraBlocked": None}),
        ("POST", COMPLIANCE, [], IPAD_RULES),
        ("POST", f"{CONFIGURATIONS}/{ID}/assign", [], {"assignments": [{"target": TARGET}]}),
        ("POST", f"{COMPLIANCE}/{ID}/assign", [], {"assignments": []}),
        ("GET", APPS, [("$expand", "assignments"), ("$top", "1000")], None),
        ("GET", APPS, [("$select", "id,displayName,microsoft.graph.iosVppApp/bundleId,assignments")], None),
        ("POST", APPS, [], WINGET),
        ("POST", f"{APPS}/{ID}/assign", [], {"mobileAppAssignments": [ROW]}),
        ("POST", CATALOGUE, [], RESTRICTIONS),
        ("PUT", CATALOGUE + "/" + ID, [], RESTRICTIONS),
        ("POST", "/v1.0/$batch", [], batch(part(1), part(2))),
        ("POST", "/v1.0/$batch", [], batch(part(1, method="PATCH", url=f"groups/{ID}", headers=JSON, body=BIND))),
        ("POST", "/v1.0/$batch", [], batch(part(1), part(2, dependsOn=["1"]))),
        ("POST", "/v1.0/$batch", [], batch(part(1, method="DELETE", url=f"/groups/{ID}/members/{OTHER}/$ref"))),
        ("POST", "/beta/$batch", [], batch(part(url=f"/deviceManagement/configurationPolicies/{ID}/settings"))),
    ],
)
def test_what_graph_describes_passes(verb: str, path: str, query: list[tuple[str, str]], body: Any) -> None:
    assert check_request(verb, path, query, body) == []


@pytest.mark.parametrize(
    ("verb", "path", "query", "said"),
    [
        ("GET", "/groups", [], "neither v1.0 nor beta"),
        ("GET", "/v1.0/grupper", [], "no such request"),
        ("DELETE", f"{GROUP}/members/{OTHER}", [], "no such request"),
        ("DELETE", f"{GROUP}/members/$ref", [], "no such request"),
        ("PUT", GROUP, [], "no such request"),
        ("PUT", CONFIGURATIONS + "/" + ID, [], "no such request"),
        ("GET", GROUPS + "/$ref", [], "no such request"),
        ("GET", "/v1.0/deviceAppManagement/mobileApps", [], "no such request"),
        ("GET", "/v1.0/deviceManagement/configurationPolicies", [], "no such request"),
        ("GET", "/beta/groups", [], "no such request"),
        ("GET", "/beta/deviceManagement/deviceConfigurations", [], "no such request"),
        ("GET", "/v1.0/users", [], "no such request"),
        ("GET", GROUPS, [("$top", "999")], "must say $select"),
        ("GET", GROUPS, [("$select", "id,dispayName")], "group has no 'dispayName'"),
        ("GET", GROUPS, [("$select", "id"), ("$top", "1000")], "no number from 1 to 999"),
        ("GET", GROUPS, [("$select", "id"), ("$skip", "100")], "may not be asked with $skip"),
        ("GET", GROUPS, [("$select", "id"), ("select", "id")], "may not be asked with select"),
        ("GET", GROUPS, [("$select", "id"), ("$select", "id")], "given twice"),
        ("GET", GROUPS, [("$select", "id"), ("$filter", "name eq 'x'")], "'name' is not known to be filtered on"),
        ("GET", GROUPS, [("$select", "id"), ("$count", "yes")], "no boolean"),
        ("GET", DEVICES, [], "must say $select"),
        ("GET", DEVICES, [("$select", "id,userPrincipalName")], "personal data"),
        ("GET", DEVICES, [("$select", "id,azureActiveDirectoryDeviceId")], "managedDevice has no"),
        ("GET", DEVICES, [("$select", "id"), ("$filter", "model eq 'iPad'")], "'model' is not known"),
        ("GET", DEVICES, [("$select", "id"), ("$filter", "deviceName eq 'a' or deviceName eq 'b'")], "'or' does not"),
        ("GET", CONFIGURATIONS, [("$expand", "assignment")], "has no 'assignment'"),
        ("GET", COMPLIANCE, [("$expand", "scheduledActionsForRule($expand=actions)")], "has no 'actions'"),
        ("GET", COMPLIANCE, [("$expand", "scheduledActionsForRule(")], "can't be read"),
        ("GET", APPS, [("$select", "id,microsoft.graph.group/displayName")], "is no mobileApp"),
    ],
)
def test_a_path_or_an_option_that_graph_does_not_describe_is_found(
    verb: str, path: str, query: list[tuple[str, str]], said: str
) -> None:
    assert any(said in fault for fault in check_request(verb, path, query, None))


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize(
    ("verb", "path", "body", "said"),
    [
        ("POST", GROUPS, {**NEW_GROUP, "displayname": "x"}, "group has no 'displayname'"),
        ("POST", GROUPS, {**NEW_GROUP, "securityEnabled": "true"}, "'true' is no boolean"),
        ("POST", GROUPS, {**NEW_GROUP, "groupTypes": "Unified"}, "'Unified' is no array"),
        ("POST", GROUPS, {**NEW_GROUP, "groupTypes": [1]}, "1 is no string"),
        ("POST", GROUPS, {**NEW_GROUP, "mailNickname": "åk 4"}, "characters that are not"),
        ("POST", GROUPS, {**NEW_GROUP, "displayName": "x" * 257}, "longer than allowed"),
        ("POST", GROUPS, {**NEW_GROUP, "id": ID}, "id is the service's own"),
        ("POST", GROUPS, {**NEW_GROUP, "members": [OBJECT]}, "leads to another object"),
        ("POST", GROUPS, without(NEW_GROUP, "mailNickname"), "lacks mailNickname"),
        ("POST", GROUPS, None, "lacks a body"),
        ("PATCH", UPSERT, {"displayName": "x"}, "lacks securityEnabled"),
        ("PATCH", GROUP, {"members@odata.bind": [OBJECT] * 21}, "not a list of 1 to 20"),
        ("PATCH", GROUP, {"members@odata.bind": []}, "not a list of 1 to 20"),
        ("PATCH", GROUP, {"members@odata.bind": [OTHER]}, "no address of an object"),
        ("PATCH", GROUP, {"member@odata.bind": [OBJECT]}, "no such relation"),
        ("DELETE", GROUP, {"displayName": "x"}, "takes no body"),
        ("POST", GROUP + "/members/$ref", {"@odata.id": OTHER}, "no address of an object"),
        ("POST", GROUP + "/members/$ref", {}, "lacks @odata.id"),
        ("POST", CONFIGURATIONS, {**IPAD, "cameraBlokced": True}, "has no 'cameraBlokced'"),
        ("POST", CONFIGURATIONS, {**IPAD, "cameraBlocked": "yes"}, "no boolean"),
        ("POST", CONFIGURATIONS, {**IPAD, "passcodeMinimumLength": True}, "True is no integer"),
        ("POST", CONFIGURATIONS, {**IPAD, "passcodeRequiredType": "letters"}, "is not one of"),
        ("POST", CONFIGURATIONS, {**IPAD, "emailInDomainSuffixes": ["a", 1]}, "1 is no string"),
        ("POST", CONFIGURATIONS, without(IPAD, "@odata.type"), "must say its @odata.type"),
        ("POST", CONFIGURATIONS, {**IPAD, "@odata.type": TYPE + "iosVppApp"}, "iosVppApp is no deviceConfiguration"),
        ("POST", CONFIGURATIONS, {**IPAD, "@odata.type": TYPE + "iosWiFiConfiguration"}, "v1.0 has no type"),
        ("POST", CONFIGURATIONS, {**IPAD, "@odata.type": "iosGeneralDeviceConfiguration"}, "v1.0 has no type"),
        ("POST", CONFIGURATIONS, {**IPAD, "@odata.type": TYPE + "deviceConfiguration"}, "is abstract"),
        (
            "POST",
            CONFIGURATIONS,
            {**IPAD, "@odata.type": TYPE + "macOSGeneralDeviceConfiguration"},
            "no 'cameraBlocked'",
        ),
        ("PATCH", CONFIGURATIONS + "/" + ID, {"cameraBlocked": True}, "lacks @odata.type"),
        ("POST", COMPLIANCE, without(IPAD_RULES, "scheduledActionsForRule"), "lacks scheduledActionsForRule"),
        ("POST", COMPLIANCE, {**IPAD_RULES, "scheduledActionsForRule": []}, "states 0 actions"),
        (
            "POST",
            COMPLIANCE,
            {**IPAD_RULES, "scheduledActionsForRule": [{"scheduledActionConfigurations": [BLOCK, BLOCK]}]},
            "states 2 actions",
        ),
        (
            "POST",
            COMPLIANCE,
            {**IPAD_RULES, "scheduledActionsForRule": [{"scheduledActionConfigurations": [{"actionType": "lock"}]}]},
            "'lock' is not one of",
        ),
        ("POST", f"{CONFIGURATIONS}/{ID}/assign", {"assignments": [{"target": {"groupId": ID}}]}, "must say its"),
        (
            "POST",
            f"{CONFIGURATIONS}/{ID}/assign",
            {"assignments": [{"target": {**TARGET, "groupID": ID}}]},
            "'groupID'",
        ),
        ("POST", f"{CONFIGURATIONS}/{ID}/assign", {"deviceConfigurationAssignments": []}, "unknown parameter"),
        (
            "POST",
            f"{CONFIGURATIONS}/{ID}/assign",
            {"assignments": [{"target": {**TARGET, "deviceAndAppManagementAssignmentFilterId": ID}}]},
            "has no 'deviceAndAppManagementAssignmentFilterId' in v1.0",
        ),
        ("POST", f"{APPS}/{ID}/assign", {"mobileAppAssignments": [{**ROW, "intent": "requird"}]}, "'requird' is not"),
        ("POST", f"{APPS}/{ID}/assign", {"mobileAppAssignments": [{**ROW, "settings": {"x": 1}}]}, "must say its"),
        ("POST", f"{APPS}/{ID}/assign", {"assignments": [ROW]}, "unknown parameter"),
        ("POST", APPS, {**WINGET, "packageId": "x"}, "winGetApp has no 'packageId'"),
        ("POST", APPS, {**WINGET, "installExperience": {"runAsAccount": "root"}}, "'root' is not one of"),
        ("POST", CATALOGUE, {**RESTRICTIONS, "displayName": "x"}, "has no 'displayName'"),
        ("POST", CATALOGUE, {**RESTRICTIONS, "technologies": "mdm,apple"}, "'apple' is not one of"),
        (
            "POST",
            CATALOGUE,
            {**RESTRICTIONS, "settings": [{"settingInstance": without(CHOICE, "@odata.type")}]},
            "must",
        ),
    ],
)
def test_a_body_that_graph_does_not_describe_is_found(verb: str, path: str, body: Any, said: str) -> None:
    faults = check_request(verb, path, [], body)
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/v1.0/$batch", batch(*(part(n) for n in range(1, 22))), "21 parts"),
        ("/v1.0/$batch", batch(), "0 parts"),
        ("/v1.0/$batch", {"request": []}, "no batch"),
        ("/v1.0/$batch", {"requests": [], "more": 1}, "no batch"),
        ("/v1.0/$batch", batch(part(id="a"), part(id="A")), "without an id of their own"),
        ("/v1.0/$batch", batch(part(id=1)), "lacks id"),
        ("/v1.0/$batch", batch(part(depends_on=[])), "has no 'depends_on'"),
        ("/v1.0/$batch", batch(part(dependsOn=["9"])), "waits for '9'"),
        ("/v1.0/$batch", batch(part(url=f"https://graph.microsoft.com/v1.0/groups/{ID}")), "below the version"),
        ("/v1.0/$batch", batch(part(url=f"/v1.0/groups/{ID}")), "below the version"),
        ("/v1.0/$batch", batch(part(url="/$batch", method="POST", headers=JSON, body=batch())), "no such request"),
        ("/v1.0/$batch", batch(part(url="/deviceAppManagement/mobileApps")), "no such request"),
        ("/v1.0/$batch", batch(part(method="DELETE", url=f"/groups/{ID}/members/{OTHER}")), "no such request"),
        ("/v1.0/$batch", batch(part(method="PATCH", url=f"/groups/{ID}", body=BIND)), "Content-Type"),
        ("/v1.0/$batch", batch(part(method="PATCH", url=f"/groups/{ID}")), "not even an empty one"),
        (
            "/v1.0/$batch",
            batch(part(1), part(2, method="PATCH", url=f"/groups/{ID}", headers=JSON, body={"name": "x"})),
            "group has no 'name'",
        ),
    ],
)
def test_a_batch_that_graph_would_refuse_is_found(path: str, body: Any, said: str) -> None:
    faults = check_request("POST", path, [], body)
    assert any(said in fault for fault in faults), faults


def test_each_part_of_a_batch_is_checked_by_itself() -> None:
    wrong = part(2, url="/groups?$select=nam")
    assert check_request("POST", "/v1.0/$batch", [], batch(part(1), wrong, part(3))) == [
        "POST v1.0/$batch: GET v1.0/groups: $select: group has no 'nam' in v1.0"
    ]


def test_a_request_of_ours_and_a_sandboxes_log_are_checked_alike() -> None:
    path, query = "/v1.0/groups", "%24select=id&%24top=999"
    sent = Sent(lane="directory", method="GET", template="v1.0/groups", path=path, query=(("$top", "9"),), body=None)
    assert check(sent) == ["GET v1.0/groups: must say $select"]
    entry = {"method": "GET", "path": "/intune" + path, "query": query, "body": None}
    token = {"method": "POST", "path": f"/intune/{ID}/oauth2/v2.0/token", "query": "", "body": None}
    google = {"method": "GET", "path": "/google/x", "query": "", "body": None}
    assert check_log([entry, token, google]) == []
    assert len(check_log([entry, {**entry, "query": ""}])) == 1
