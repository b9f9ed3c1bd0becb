"""The settings catalogue and assignment filters: beta only, replaced by PUT, definitions that must fit (reference 9.2, 9.4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.graph_intune.conftest import TYPE, Intune, refusal

POLICIES = "deviceManagement/configurationPolicies"
FILTERS = "deviceManagement/assignmentFilters"
START = TYPE + "deviceManagementConfiguration"
APPLE = "com.apple.applicationaccess_"
EDGE = "device_vendor_msft_policy_config_microsoft_edge~policy~microsoft_edge_urlblocklist"


def _choice(key: str, option: str, *children: dict[str, Any]) -> dict[str, Any]:
    value = {
        "@odata.type": START + "ChoiceSettingValue",
        "value": f"{key}_{option}",
        "children": list(children),
    }
    return {"@odata.type": START + "ChoiceSettingInstance", "settingDefinitionId": key, "choiceSettingValue": value}


def _group(*children: dict[str, Any]) -> dict[str, Any]:
    return {
        "@odata.type": START + "GroupSettingCollectionInstance",
        "settingDefinitionId": APPLE + "com.apple.applicationaccess",
        "groupSettingCollectionValue": [{"children": list(children)}],
    }


def _list(key: str, *texts: str) -> dict[str, Any]:
    values = [{"@odata.type": START + "StringSettingValue", "value": text} for text in texts]
    return {
        "@odata.type": START + "SimpleSettingCollectionInstance",
        "settingDefinitionId": key,
        "simpleSettingCollectionValue": values,
    }


def _policy(*instances: dict[str, Any], platforms: str = "iOS", **more: Any) -> dict[str, Any]:
    settings = [{"@odata.type": START + "Setting", "settingInstance": each} for each in instances]
    return {
        "name": "iPad",
        "platforms": platforms,
        "technologies": "mdm,appleRemoteManagement",
        "settings": settings,
        **more,
    }


def _made(intune: Intune, body: dict[str, Any]) -> str:
    answer = intune.call("POST", POLICIES, body)
    assert answer.status_code == 201, answer.text
    return f"{POLICIES}/{answer.json()['id']}"


def test_that_v1_does_not_have_it(intune: Intune) -> None:
    for segment in ("configurationPolicies", "assignmentFilters"):
        answer = intune.call("GET", f"deviceManagement/{segment}", version="v1.0")
        assert refusal(answer) == f"Resource not found for the segment '{segment}'."


def test_that_settings_are_a_collection_of_their_own(intune: Intune) -> None:
    path = _made(intune, _policy(_group(_choice(APPLE + "allowairdrop", "false"))))
    listed = intune.get(POLICIES)["value"][-1]
    assert (listed["name"], listed["settingCount"], listed["isAssigned"]) == ("iPad", 1, False)
    assert listed["templateReference"]["templateFamily"] == "none"
    assert listed.keys().isdisjoint({"settings", "assignments", "displayName", "version", "@odata.type"})
    setting = intune.get(f"{path}/settings", top="1000")["value"][0]
    assert setting["id"] == "0"
    child = setting["settingInstance"]["groupSettingCollectionValue"][0]["children"][0]
    assert child["choiceSettingValue"] == {
        "settingValueTemplateReference": None,
        "value": APPLE + "allowairdrop_false",
        "children": [],
    }
    assert child["settingInstanceTemplateReference"] is None
    assert intune.get(path, expand="settings")["settings"] == [setting]


def test_values_of_other_kinds_come_back_as_written(intune: Intune) -> None:
    days = {
        "@odata.type": START + "SimpleSettingInstance",
        "settingDefinitionId": APPLE + "enforcedsoftwareupdatedelay",
        "simpleSettingValue": {"@odata.type": START + "IntegerSettingValue", "value": 30},
    }
    path = _made(intune, _policy(_group(days, _list(APPLE + "blockedappbundleids", "com.apple.news"))))
    children = intune.get(f"{path}/settings")["value"][0]["settingInstance"]["groupSettingCollectionValue"][0][
        "children"
    ]
    assert children[0]["simpleSettingValue"] == {
        "@odata.type": START + "IntegerSettingValue",
        "settingValueTemplateReference": None,
        "value": 30,
    }
    assert [each["value"] for each in children[1]["simpleSettingCollectionValue"]] == ["com.apple.news"]


@pytest.mark.parametrize(
    ("instance", "platforms", "told"),
    [
        (_group(_choice(APPLE + "allowteleport", "false")), "iOS", f"Setting definition {APPLE}allowteleport was not"),
        (_group(_choice(APPLE + "allowairdrop", "no")), "iOS", f"Setting {APPLE}allowairdrop has no option"),
        (
            _group(_choice(APPLE + "allowairprint", "false")),
            "macOS",
            "is not applicable to the platforms of the policy",
        ),
        (_choice(APPLE + "allowairdrop", "false"), "iOS", f"must be a child of {APPLE}com.apple.applicationaccess"),
        (_list(EDGE + "_urlblocklistdesc", "x"), "windows10", f"must be a child of {EDGE}"),
        (_group(_list(APPLE + "allowairdrop", "x")), "iOS", "is not of the type deviceManagementConfigurationSimple"),
        (_group(*[_choice(APPLE + "allowairdrop", "true")] * 2), "iOS", "is there twice"),
        ({"@odata.type": START + "ChoiceSettingInstance", "settingDefinitionId": EDGE}, "windows10", "lacks its value"),
    ],
)
def test_settings_that_do_not_fit(intune: Intune, instance: dict[str, Any], platforms: str, told: str) -> None:
    assert told in refusal(intune.call("POST", POLICIES, _policy(instance, platforms=platforms)))
    assert len(intune.get(POLICIES)["value"]) == 1


def test_a_value_of_the_wrong_type(intune: Intune) -> None:
    wrong = _list(APPLE + "blockedappbundleids", "x")
    wrong["simpleSettingCollectionValue"][0]["@odata.type"] = START + "IntegerSettingValue"
    assert "has a value of the wrong type" in refusal(intune.call("POST", POLICIES, _policy(_group(wrong))))


def test_a_list_below_a_choice(intune: Intune) -> None:
    blocked = _choice(EDGE, "1", _list(EDGE + "_urlblocklistdesc", "spel.example"))
    path = _made(intune, _policy(blocked, platforms="windows10", technologies="mdm"))
    value = intune.get(f"{path}/settings")["value"][0]["settingInstance"]["choiceSettingValue"]
    assert value["children"][0]["simpleSettingCollectionValue"][0]["value"] == "spel.example"


def test_that_definitions_can_be_left_unchecked(intune: Intune) -> None:
    body = _policy(_group(_choice(APPLE + "allowteleport", "false")))
    intune.options(setting_definitions="any")
    assert intune.call("POST", POLICIES, body).status_code == 201


def test_that_put_replaces_everything_but_assignments(intune: Intune) -> None:
    path = intune.policy("Utskrift")
    created = intune.get(path)["createdDateTime"]
    body = _policy(_group(_choice(APPLE + "allowairdrop", "false")), description="ett märke")
    answer = intune.call("PUT", path.replace("/configurationPolicies/", "/configurationPolicies('") + "')", body)
    assert (answer.status_code, answer.content) == (204, b"")
    found = intune.get(path, expand="settings,assignments")
    assert (found["name"], found["description"], found["createdDateTime"]) == ("iPad", "ett märke", created)
    children = found["settings"][0]["settingInstance"]["groupSettingCollectionValue"][0]["children"]
    assert [child["settingDefinitionId"] for child in children] == [APPLE + "allowairdrop"]
    assert [row["target"]["groupId"] for row in found["assignments"]] == [intune.group("iPads")]


def test_that_settings_cannot_be_patched(intune: Intune) -> None:
    path = intune.policy("Utskrift")
    assert intune.call("PATCH", path, {"description": "nytt"}).json()["description"] == "nytt"
    assert refusal(intune.call("PATCH", path, {"settings": []})) == "The settings of a policy can't be patched."
    assert refusal(intune.call("PATCH", f"{path}/settings/0", {})) == "An error has occurred"
    assert "'displayName' does not exist" in refusal(intune.call("PATCH", path, {"displayName": "x"}))
    assert "name is required" in refusal(intune.call("PUT", path, {"settings": []}))


def test_assigning(intune: Intune) -> None:
    path = intune.policy("Utskrift")
    body = {"assignments": [{"target": intune.target("Lånade")}]}
    answer = intune.call("POST", f"{path}/assign", body)
    assert answer.status_code == 200
    assert [row["target"]["groupId"] for row in answer.json()["value"]] == [intune.group("Lånade")]
    assert intune.call("POST", f"{path}/assign", {"assignments": []}).json()["value"] == []
    assert intune.get(path)["isAssigned"] is False
    assert intune.call("DELETE", path).status_code == 204


def test_filters(intune: Intune) -> None:
    found = intune.get(FILTERS)["value"]
    assert [each["displayName"] for each in found] == ["Nya"]
    path = f"{FILTERS}/{found[0]['id']}"
    assert refusal(intune.call("DELETE", path)).startswith("The filter is in use")
    intune.edit("graph_set_filter", app="Book Creator", group="iPads")
    assert intune.call("DELETE", path).status_code == 204
    body = {"displayName": "Dell", "platform": "windows10AndLater", "rule": '(device.manufacturer -eq "Dell")'}
    made = intune.call("POST", FILTERS, body)
    assert (made.status_code, made.json()["assignmentFilterManagementType"]) == (201, "devices")
    wrong = body | {"rule": "device.shoeSize -eq 42"}
    assert refusal(intune.call("POST", FILTERS, wrong)).startswith("The rule of the filter is not valid")
    assert refusal(intune.call("POST", FILTERS, {"displayName": "x"})).startswith("A filter needs")
