"""Configuration and compliance policies of v1.0: types, defaults, versions, actions, assignments (reference 9.1, 9.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune, refusal

CONFIGURATIONS = "deviceManagement/deviceConfigurations"
COMPLIANCE = "deviceManagement/deviceCompliancePolicies"
IPAD = {"@odata.type": TYPE + "iosGeneralDeviceConfiguration", "displayName": "Provläge"}
BLOCK = {"actionType": "block", "gracePeriodHours": 24, "notificationTemplateId": "", "notificationMessageCCList": []}
RULES = [{"ruleName": "PasswordRequired", "scheduledActionConfigurations": [BLOCK]}]
MAC = {"@odata.type": TYPE + "macOSCompliancePolicy", "displayName": "Mac", "scheduledActionsForRule": RULES}


def test_a_policy_comes_back_with_every_property_of_its_type(intune: Intune) -> None:
    made = intune.call("POST", CONFIGURATIONS, IPAD | {"airDropBlocked": True}, version="v1.0")
    assert made.status_code == 201
    found = intune.get(f"{CONFIGURATIONS}/{made.json()['id']}", version="v1.0")
    assert found["airDropBlocked"] is True
    assert found["cameraBlocked"] is False
    assert found["passcodeMinimumLength"] is None
    assert found["passcodeRequiredType"] == "deviceDefault"
    assert found["safariManagedDomains"] == []
    assert found["version"] == 1
    assert found.keys().isdisjoint({"assignments", "roleScopeTagIds", "appRemovalBlocked"})


def test_that_beta_shows_and_takes_more(intune: Intune) -> None:
    assert "does not exist on type" in refusal(
        intune.call("POST", CONFIGURATIONS, IPAD | {"appRemovalBlocked": True}, version="v1.0")
    )
    made = intune.call("POST", CONFIGURATIONS, IPAD | {"appRemovalBlocked": True}).json()
    assert (made["appRemovalBlocked"], made["roleScopeTagIds"]) == (True, ["0"])


def test_that_the_list_is_mixed_and_expands_assignments(intune: Intune) -> None:
    found = intune.get(CONFIGURATIONS, version="v1.0", expand="assignments")["value"]
    assert [policy["@odata.type"] for policy in found] == ["#microsoft.graph.iosGeneralDeviceConfiguration"]
    assert [row["target"]["groupId"] for row in found[0]["assignments"]] == [intune.group("iPads")]
    assert refusal(intune.call("GET", CONFIGURATIONS, expand="settings")).startswith("Parsing OData Select and Expand")


def test_that_a_patch_merges_and_counts(intune: Intune) -> None:
    path = intune.policy("Kameran")
    intune.clock.advance(60)
    before = intune.get(path, version="v1.0")
    answer = intune.call("PATCH", path, {"@odata.type": IPAD["@odata.type"], "siriBlocked": True}, version="v1.0")
    assert answer.status_code == 200
    after = intune.get(path, version="v1.0")
    assert (after["cameraBlocked"], after["siriBlocked"], after["version"]) == (True, True, 2)
    assert after["lastModifiedDateTime"] > before["lastModifiedDateTime"]
    intune.options(patch_status=204)
    assert intune.call("PATCH", path, IPAD, version="v1.0").status_code == 204


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"displayName": "x"}, "'@odata.type' of a deviceConfiguration is required"),
        (IPAD | {"cameraBlocked": "yes"}, "Cannot convert the literal 'yes'"),
        (IPAD | {"appsVisibilityList": [{"bundleId": "x"}]}, "The property 'bundleId' does not exist on type"),
        (IPAD | {"assignments": []}, "Deep insert of 'assignments'"),
        (IPAD | {"@odata.type": TYPE + "macOSGeneralDeviceConfiguration"}, "The type of a policy can't be changed"),
    ],
)
def test_refused_patches(intune: Intune, body: dict[str, Any], told: str) -> None:
    assert told in refusal(intune.call("PATCH", intune.policy("Kameran"), body, version="v1.0"))
    assert intune.get(intune.policy("Kameran"))["version"] == 1


def test_that_assign_replaces_and_answers_with_the_set(intune: Intune) -> None:
    path = intune.policy("Kameran")
    row = {"@odata.type": TYPE + "deviceConfigurationAssignment", "target": intune.target("Lånade")}
    answer = intune.call("POST", f"{path}/assign", {"assignments": [row]}, version="v1.0")
    assert answer.status_code == 200
    assert [each["target"]["groupId"] for each in answer.json()["value"]] == [intune.group("Lånade")]
    assert intune.get(f"{path}/assignments", version="v1.0")["value"] == answer.json()["value"]
    assert answer.json()["value"][0]["id"] == f"{path.rpartition('/')[2]}_{intune.group('Lånade')}"
    assert intune.get(path, version="v1.0")["version"] == 1
    assert "The parameter 'assignments'" in refusal(intune.call("POST", f"{path}/assign", {"rows": []}))
    unknown = {"target": {"@odata.type": TYPE + "groupAssignmentTarget", "groupId": "nobody"}}
    assert refusal(intune.call("POST", f"{path}/assign", {"assignments": [unknown]})).startswith("The group nobody")


def test_deleting_takes_the_assignments(intune: Intune) -> None:
    path = intune.policy("Kameran")
    assert intune.call("DELETE", path).status_code == 204
    assert intune.call("GET", path).status_code == 404
    assert path[-36:] not in intune.state.intune.assignments


@pytest.mark.parametrize(
    "rules",
    [None, [], [{"scheduledActionConfigurations": []}], [{"scheduledActionConfigurations": [BLOCK, BLOCK]}], RULES * 2],
)
def test_that_compliance_needs_exactly_one_block(intune: Intune, rules: Any) -> None:
    assert refusal(intune.call("POST", COMPLIANCE, MAC | {"scheduledActionsForRule": rules}, version="v1.0")) == (
        "Compliance policy must have one and only one block scheduled action"
    )


def test_that_actions_are_seen_only_when_expanded(intune: Intune) -> None:
    made = intune.call("POST", COMPLIANCE, MAC | {"storageRequireEncryption": True}, version="v1.0")
    assert made.status_code == 201
    assert "scheduledActionsForRule" not in made.json()
    path = f"{COMPLIANCE}/{made.json()['id']}"
    rules = intune.get(path, version="v1.0", expand="scheduledActionsForRule")["scheduledActionsForRule"]
    assert rules[0].keys() == {"id", "ruleName"}
    expand = "assignments,scheduledActionsForRule($expand=scheduledActionConfigurations)"
    found = intune.get(path, version="v1.0", expand=expand)
    action = found["scheduledActionsForRule"][0]["scheduledActionConfigurations"][0]
    assert (action["actionType"], action["gracePeriodHours"]) == ("block", 24)
    assert action["notificationTemplateId"] == "00000000-0000-0000-0000-000000000000"
    assert found["assignments"] == []
    answer = intune.call("GET", f"{path}/scheduledActionsForRule", version="v1.0")
    assert answer.json()["error"]["code"] == "No method match route template"
    assert "{key}/scheduledActionsForRule with http verb GET" in refusal(answer)


def test_changing_the_actions(intune: Intune) -> None:
    path = intune.policy("Krav")
    typed = {"@odata.type": TYPE + "iosCompliancePolicy"}
    told = refusal(intune.call("PATCH", path, typed | {"scheduledActionsForRule": RULES}))
    assert told.startswith("Cannot apply PATCH to navigation property 'scheduledActionsForRule'")
    body = {"deviceComplianceScheduledActionForRules": RULES}
    assert intune.call("POST", f"{path}/scheduleActionsForRules", body).status_code == 204
    found = intune.get(path, expand="scheduledActionsForRule($expand=scheduledActionConfigurations)")
    assert found["scheduledActionsForRule"][0]["scheduledActionConfigurations"][0]["gracePeriodHours"] == 24
    assert intune.call("PATCH", path, typed | {"osMinimumVersion": "18.0"}).json()["version"] == 2
