"""Intune's part of a seed: tokens, filters, apps and policies that people made, with assignments. README.md shows every key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.sandbox.graph.call import GraphError
from reconciler.sandbox.graph.intune.setting_instances import check_settings, definitions, kept_settings
from reconciler.sandbox.graph.intune.state import SEEDED, ZERO_GUID, IntuneState, Record, add_object, new_id
from reconciler.sandbox.graph.intune.targets import FILTER, FILTER_TYPE, assigned_to
from reconciler.sandbox.graph.intune.types import PREFIX, check, defaults, is_a
from reconciler.sandbox.graph.seed import find_group
from reconciler.sandbox.graph.state import GraphState
from reconciler.sandbox.seed_values import SeedError, check_keys, text

EVERYBODY = {"all-devices": "allDevicesAssignmentTarget", "all-users": "allLicensedUsersAssignmentTarget"}
"""What an assignment names instead of a group."""
_TOKEN: dict[str, type] = {
    "name": str,
    "organization": str,
    "apple_id": str,
    "expires": str,
    "state": str,
    "account": str,
}
_FILTER: dict[str, type] = {"name": str, "platform": str, "rule": str}
_APP: dict[str, type] = {
    "type": str, "name": str, "bundle_id": str, "app_store": str, "token": str, "licenses": int, "used": int,
    "package": str, "url": str, "products": list, "publisher": str, "notes": str, "description": str,
    "assignments": list,
}  # fmt: skip
_ASSIGNMENT: dict[str, type] = {
    "group": str, "intent": str, "exclude": bool, "filter": str, "filter_type": str, "settings": dict, "source": str,
}  # fmt: skip
_POLICY: dict[str, type] = {"type": str, "name": str, "description": str, "values": dict, "assignments": list}
_CATALOG: dict[str, type] = {"platforms": str, "name": str, "description": str, "settings": dict, "assignments": list}
_APPLE = ("iosVppApp", "macOsVppApp")


def seed_intune(state: GraphState, section: Mapping[str, Any]) -> None:
    """Add what a section describes, after devices and groups. SeedError says where it is wrong."""
    steps: dict[str, Callable[[GraphState, Any], object]] = {
        "tokens": add_token,
        "filters": add_filter,
        "apps": add_app,
        "configurations": lambda state, item: _add_policy(state, item, "configurations", "deviceConfiguration"),
        "compliance": lambda state, item: _add_policy(state, item, "compliance", "deviceCompliancePolicy"),
        "catalog": add_catalog,
    }
    for name, step in steps.items():
        for number, item in enumerate(section.get(name, [])):
            try:
                step(state, item)
            except (SeedError, GraphError) as error:
                raise SeedError(f"{name}[{number}]: {error}") from error


def add_token(state: GraphState, item: Any) -> Record:
    check_keys(item, _TOKEN, "token", required=("name",))
    record: Record = {
        "@odata.type": PREFIX + "vppToken",
        **{key: value for key, value in defaults("beta", "vppToken").items() if key != "id"},
        "displayName": item["name"],
        "organizationName": item.get("organization", item["name"]),
        "locationName": item.get("organization", item["name"]),
        "appleId": item.get("apple_id", "vpp@exempelkommun.example.se"),
        "vppTokenAccountType": item.get("account", "education"),
        "expirationDateTime": f"{item.get('expires', '2027-05-01')}T00:00:00Z",
        "state": item.get("state", "valid"),
        "countryOrRegion": "se",
        "automaticallyUpdateApps": True,
        "lastSyncDateTime": SEEDED,
        "lastSyncStatus": "completed",
        "lastModifiedDateTime": SEEDED,
        "roleScopeTagIds": ["0"],
    }
    check("beta", "vppToken", record)
    return add_object(state.intune, "tokens", record)


def add_filter(state: GraphState, item: Any) -> Record:
    check_keys(item, _FILTER, "filter", required=("name", "platform", "rule"))
    name = "deviceAndAppManagementAssignmentFilter"
    record = _plain(name) | {"displayName": item["name"], "platform": item["platform"], "rule": item["rule"]}
    check("beta", name, record)
    return add_object(state.intune, "filters", record)


def _plain(name: str) -> Record:
    found = {key: value for key, value in defaults("beta", name).items() if key != "id"}
    found |= {"roleScopeTagIds": ["0"]} if "roleScopeTagIds" in found else {}
    return found | {"@odata.type": PREFIX + name}


def add_app(state: GraphState, item: Any) -> Record:
    """An app as a sync or a person made it, published."""
    check_keys(item, _APP, "app", required=("type", "name"))
    name = item["type"]
    if not is_a("beta", name, "mobileApp"):
        raise SeedError(f"there is no type of app {name!r}")
    wire = {
        "name": "displayName", "bundle_id": "bundleId", "url": "appUrl", "products": "productIds",
        "publisher": "publisher", "notes": "notes", "description": "description",
        "package": "packageId" if name == "androidManagedStoreApp" else "packageIdentifier",
    }  # fmt: skip
    own = {wire[key]: value for key, value in item.items() if key in wire}
    if "app_store" in item:
        own["appStoreUrl"] = f"https://apps.apple.com/se/app/id{item['app_store']}"
    if name in _APPLE:
        own |= _of_token(state.intune, item)
    record = _plain(name) | own
    check("beta", name, record)
    app = add_object(state.intune, "apps", record | {"publishingState": "published"})
    if "licenses" in item:
        state.intune.licenses[app["id"]] = item["licenses"]
    for row in item.get("assignments", []):
        assign_app(state, app, row)
    return app


def _of_token(intune: IntuneState, item: dict[str, Any]) -> Record:
    token = find_token(intune, item.get("token", ""))
    return {
        "vppTokenId": token["id"],
        "vppTokenDisplayName": token["displayName"],
        "vppTokenOrganizationName": token["organizationName"],
        "vppTokenAppleId": token["appleId"],
        "vppTokenAccountType": token["vppTokenAccountType"],
        "licensingType": {"supportsUserLicensing": True, "supportsDeviceLicensing": True},
        "totalLicenseCount": item.get("licenses", 0),
        "usedLicenseCount": item.get("used", 0),
    } | ({"applicableDeviceType": {"iPad": True, "iPhoneAndIPod": True}} if item["type"] == "iosVppApp" else {})


def find_token(intune: IntuneState, name: str) -> Record:
    """By display name, or the only one there is."""
    tokens = list(intune.objects["tokens"].values())
    found = [token for token in tokens if token["displayName"] == name] if name else tokens
    if len(found) != 1:
        raise SeedError(f"there are {len(found)} tokens {name!r}")
    return found[0]


def assign_app(state: GraphState, app: Record, item: Any) -> None:
    """One more assignment; a group that is there already is an error, as in the portal."""
    row: Record = {"@odata.type": PREFIX + "mobileAppAssignment", "intent": item.get("intent", "required")}
    row |= {"settings": item.get("settings")} | _target(state, item)
    check("beta", "mobileAppAssignment", row)
    _append(state.intune, app["id"], {"id": new_id(state.intune, "assignment"), **row})


def assign_policy(state: GraphState, policy: Record, item: Any, row_type: str) -> None:
    """The same for a policy; `item` may be a group's name alone."""
    row: Record = {"@odata.type": PREFIX + row_type} | _target(
        state, {"group": item} if isinstance(item, str) else item
    )
    row["id"] = f"{policy['id']}_{assigned_to(row) or row['target']['@odata.type'].removeprefix(PREFIX)}"
    _append(state.intune, policy["id"], row)


def _target(state: GraphState, item: Any) -> Record:
    check_keys(item, _ASSIGNMENT, "assignment", required=("group",))
    if item["group"] in EVERYBODY:
        target: Record = {"@odata.type": PREFIX + EVERYBODY[item["group"]]}
    else:
        kind = "exclusionGroupAssignmentTarget" if item.get("exclude") else "groupAssignmentTarget"
        target = {"@odata.type": PREFIX + kind, "groupId": find_group(state, item["group"]).id}
    found = find_filter(state.intune, item["filter"]) if "filter" in item else None
    target[FILTER] = found["id"] if found else None
    target[FILTER_TYPE] = item.get("filter_type", "include") if found else "none"
    return {"target": target, "source": item.get("source", "direct"), "sourceId": ZERO_GUID}


def find_filter(intune: IntuneState, name: str) -> Record:
    found = [each for each in intune.objects["filters"].values() if each["displayName"] == name]
    if len(found) != 1:
        raise SeedError(f"there are {len(found)} filters {name!r}")
    return found[0]


def _append(intune: IntuneState, owner: str, row: Record) -> None:
    rows = intune.assignments.get(owner, ())
    if any(row["target"] == other["target"] for other in rows):
        raise SeedError("the group is assigned already")
    intune.assignments[owner] = (*rows, row)


def _add_policy(state: GraphState, item: Any, kind: Any, base: str) -> Record:
    check_keys(item, _POLICY, "policy", required=("type", "name"))
    name = item["type"]
    if not is_a("beta", name, base):
        raise SeedError(f"there is no type {name!r} of {base}")
    record = _plain(name) | {"displayName": item["name"], "description": item.get("description", "")}
    record |= item.get("values", {})
    check("beta", name, record)
    policy = add_object(state.intune, kind, record)
    if kind == "compliance":
        state.intune.actions[policy["id"]] = (_block(state.intune),)
    row_type = "deviceConfigurationAssignment" if kind == "configurations" else "deviceCompliancePolicyAssignment"
    for row in item.get("assignments", []):
        assign_policy(state, policy, row, row_type)
    return policy


def _block(intune: IntuneState) -> Record:
    """The one action that every compliance policy has: blocked at once."""
    action = {
        "id": new_id(intune, "action"), "gracePeriodHours": 0, "actionType": "block",
        "notificationTemplateId": ZERO_GUID, "notificationMessageCCList": [],
    }  # fmt: skip
    return {
        "id": new_id(intune, "rule"), "ruleName": "PasswordRequired", "scheduledActionConfigurations": [action],
    }  # fmt: skip


def add_catalog(state: GraphState, item: Any) -> Record:
    """`settings`: definition id → value; true and false, text, a number or a list of texts."""
    check_keys(item, _CATALOG, "catalog policy", required=("name", "platforms", "settings"))
    settings = catalog_settings(item["settings"])
    check_settings(settings, platforms=item["platforms"])
    name = "deviceManagementConfigurationPolicy"
    stated = {key: item[key] for key in ("name", "description", "platforms") if key in item}
    apple = item["platforms"] != "windows10"
    record = {key: value for key, value in _plain(name).items() if key not in ("settings", "assignments")} | stated
    record |= {"technologies": "mdm,appleRemoteManagement" if apple else "mdm", "settingCount": len(settings)}
    policy = add_object(state.intune, "catalog", record)
    state.intune.settings[policy["id"]] = kept_settings(settings)
    for row in item.get("assignments", []):
        assign_policy(state, policy, row, f"{name}Assignment")
    return policy


def catalog_settings(values: Mapping[str, Any]) -> list[Record]:
    """Settings as a client posts them; those of one group stand in it together."""
    groups: dict[str, list[Record]] = {}
    found: list[Record] = []
    for key, value in values.items():
        definition = definitions().get(key)
        if definition is None:
            raise SeedError(f"there is no setting definition {key!r}")
        instance = setting_instance(key, value)
        if definition.root == key:
            found.append({"settingInstance": instance})
        else:
            groups.setdefault(definition.root, []).append(instance)
    for root, children in groups.items():
        kind = PREFIX + "deviceManagementConfigurationGroupSettingCollectionInstance"
        group = {
            "@odata.type": kind,
            "settingDefinitionId": root,
            "groupSettingCollectionValue": [{"children": children}],
        }
        found.append({"settingInstance": group})
    return found


def setting_instance(key: str, value: Any) -> Record:
    """One instance of a plain value: a choice for true, false and for the text of one of the options."""
    start = PREFIX + "deviceManagementConfiguration"
    found: Record = {"settingDefinitionId": key}
    if isinstance(value, bool) or definitions()[key].instance == "ChoiceSetting":
        option = f"{key}_{str(value).lower()}" if isinstance(value, bool) else value
        found["@odata.type"] = start + "ChoiceSettingInstance"
        return found | {"choiceSettingValue": {"value": option, "children": []}}
    if isinstance(value, list):
        values = [{"@odata.type": start + "StringSettingValue", "value": text(each)} for each in value]
        found["@odata.type"] = start + "SimpleSettingCollectionInstance"
        return found | {"simpleSettingCollectionValue": values}
    kind = "IntegerSettingValue" if isinstance(value, int) else "StringSettingValue"
    found["@odata.type"] = start + "SimpleSettingInstance"
    return found | {"simpleSettingValue": {"@odata.type": start + kind, "value": value}}
