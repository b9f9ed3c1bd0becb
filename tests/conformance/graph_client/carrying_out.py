"""A plan's changes as calls of Microsoft's own client, the way an administrator's script would make them.

Written from the reference pages of Graph and from what the client offers. It knows a plan as data and nothing of our
adapter, so that the two can't share a misunderstanding. What each page says of a call stands in `tests/conformance/graph`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_serialization_json.json_parse_node_factory import JsonParseNodeFactory
from msgraph.generated.device_management.device_compliance_policies.item.assign.assign_post_request_body import (
    AssignPostRequestBody as AssignCompliance,
)
from msgraph.generated.device_management.device_configurations.item.assign.assign_post_request_body import (
    AssignPostRequestBody as AssignConfiguration,
)
from msgraph.generated.models.device_compliance_action_item import DeviceComplianceActionItem
from msgraph.generated.models.device_compliance_action_type import DeviceComplianceActionType
from msgraph.generated.models.device_compliance_policy import DeviceCompliancePolicy
from msgraph.generated.models.device_compliance_policy_assignment import DeviceCompliancePolicyAssignment
from msgraph.generated.models.device_compliance_scheduled_action_for_rule import DeviceComplianceScheduledActionForRule
from msgraph.generated.models.device_configuration import DeviceConfiguration
from msgraph.generated.models.device_configuration_assignment import DeviceConfigurationAssignment
from msgraph.generated.models.group import Group
from msgraph.generated.models.group_assignment_target import GroupAssignmentTarget
from msgraph_beta.generated.device_app_management.mobile_apps.item.assign.assign_post_request_body import (
    AssignPostRequestBody as AssignApp,
)
from msgraph_beta.generated.device_management.configuration_policies.item.assign.assign_post_request_body import (
    AssignPostRequestBody as AssignCatalogue,
)
from msgraph_beta.generated.models.device_management_configuration_policy_assignment import (
    DeviceManagementConfigurationPolicyAssignment,
)
from msgraph_beta.generated.models.group_assignment_target import GroupAssignmentTarget as BetaGroupTarget
from msgraph_beta.generated.models.install_intent import InstallIntent
from msgraph_beta.generated.models.ios_vpp_app_assignment_settings import IosVppAppAssignmentSettings
from msgraph_beta.generated.models.mac_os_vpp_app_assignment_settings import MacOsVppAppAssignmentSettings
from msgraph_beta.generated.models.mobile_app_assignment import MobileAppAssignment

from reconciler.model.change import Action, Change
from tests.conformance.graph_client.catalogue import policy as catalogue_policy
from tests.conformance.graph_client.client import Clients, every
from tests.conformance.graph_client.making import app_of, key_of

MOST_BOUND = 20
"""`members@odata.bind` takes up to 20 (reference page group-post-members)."""

_VPP = {"iosVppApp": IosVppAppAssignmentSettings, "macOsVppApp": MacOsVppAppAssignmentSettings}


@dataclass(slots=True, kw_only=True)
class Script:
    """The clients, our organisation's uid, and what a reference of a plan stands for: ids of groups and of apps."""

    clients: Clients
    org: str
    root: str
    groups: dict[str, str] = field(default_factory=dict)
    apps: dict[str, str] = field(default_factory=dict)


async def carry_out(script: Script, changes: Sequence[Change]) -> None:
    """What is made and changed: groups, apps, then what points at them. Raises LookupError for what it doesn't know."""
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_kind[change.key.kind].append(change)
    if unknown := set(by_kind) - {"group", "app", "setting", "assignment", "membership"}:
        raise LookupError(", ".join(sorted(unknown)))
    for change in by_kind["group"]:
        await _put_group(script, change)
    await look_up(script)
    for change in by_kind["app"]:
        await _put_app(script, change)
    for change in by_kind["membership"]:
        await _join(script, change)
    for change in by_kind["setting"]:
        await (_make_policy if change.action is Action.CREATE else _change_policy)(script, change)
    by_app: dict[str, list[Change]] = defaultdict(list)
    for change in by_kind["assignment"]:
        by_app[change.key.part].append(change)
    for part, together in by_app.items():
        await _assign(script, part, together)


def mark(script: Script, key: str) -> str:
    return f"[reconciler:1 org={script.org} key={key}]"


async def _put_group(script: Script, change: Change) -> None:
    """Made by its unique name, so that a script that was cut off makes no second one (reference page group-upsert)."""
    if change.after is None:
        raise LookupError("deletion of a group")
    if change.action is Action.UPDATE:
        body = Group(display_name=str(change.after["name"]))
        await script.clients.v1.groups.by_group_id(change.vendor_id).patch(body)
        return
    unique = f"reconciler.{script.org}.{change.key.target[1:].replace('/', '.')}"
    body = Group(
        display_name=str(change.after["name"]),
        description=mark(script, str(change.after["mark"])),
        mail_enabled=False,
        security_enabled=True,
        mail_nickname=re.sub(r"[^a-z0-9.-]", "", unique)[-64:],
        group_types=[],
    )
    configuration: Any = RequestConfiguration()
    configuration.headers.add("Prefer", "create-if-missing")
    await script.clients.v1.groups_with_unique_name(unique).patch(body, request_configuration=configuration)


async def look_up(script: Script) -> None:
    """Groups by `@school/group` where they bear our mark, else by name; apps by type and identifier."""
    async for group in every(await script.clients.v1.groups.get(), script.clients.sending):
        found = re.search(rf"\[reconciler:1 org={script.org} key=group/(\S+)\]", group.description or "")
        script.groups[f"@{found[1]}" if found else f"group:{group.display_name}"] = group.id
    apps = script.clients.beta.device_app_management.mobile_apps
    async for app in every(await apps.get(), script.clients.sending_beta):
        script.apps[key_of(app)] = app.id


async def _put_app(script: Script, change: Change) -> None:
    if change.after is None:
        raise LookupError("deletion of an app")
    app = app_of(change.key.part, str(change.after["name"]))
    if change.action is Action.UPDATE:
        changed = type(app)(display_name=app.display_name)
        await script.clients.beta.device_app_management.mobile_apps.by_mobile_app_id(change.vendor_id).patch(changed)
        return
    app.notes = mark(script, f"app/{change.facts['app']}/{change.facts['platform']}")
    made = await script.clients.beta.device_app_management.mobile_apps.post(app)
    script.apps[change.key.part] = made.id


async def _join(script: Script, change: Change) -> None:
    """Into the group they shall be in, twenty at a time, then out of ours that they were in."""
    groups = script.clients.v1.groups
    into: dict[str, list[str]] = defaultdict(list)
    for member in change.members:
        for ref in set(member.after) - set(member.before):
            into[ref].append(member.device)
    for ref, devices in into.items():
        for start in range(0, len(devices), MOST_BOUND):
            links = [f"{script.root}/v1.0/directoryObjects/{each}" for each in devices[start : start + MOST_BOUND]]
            body = Group(additional_data={"members@odata.bind": links})
            await groups.by_group_id(script.groups[ref]).patch(body)
    for member in change.members:
        for ref in (ref for ref in member.before if ref in script.groups and ref not in member.after):
            one = groups.by_group_id(script.groups[ref]).members.by_directory_object_id(member.device)
            await one.ref.delete()


async def _make_policy(script: Script, change: Change) -> None:
    fields = dict(change.after or {})
    name, family, group = str(fields.pop("name")), change.key.part, script.groups[change.key.target]
    text = mark(script, f"policy/{change.key.target[1:]}/{family}")
    management = script.clients.v1.device_management
    if family.startswith("settingsCatalog."):
        policies = script.clients.beta.device_management.configuration_policies
        made = await policies.post(catalogue_policy(family, name, text, fields))
        row = DeviceManagementConfigurationPolicyAssignment(target=BetaGroupTarget(group_id=group))
        one = policies.by_device_management_configuration_policy_id(made.id)
        await one.assign.post(AssignCatalogue(assignments=[row]))
    elif family.endswith("CompliancePolicy"):
        policy = _parsed(DeviceCompliancePolicy, family, fields)
        policy.display_name, policy.description = name, text
        policy.scheduled_actions_for_rule = [_block()]
        made = await management.device_compliance_policies.post(policy)
        target = DeviceCompliancePolicyAssignment(target=GroupAssignmentTarget(group_id=group))
        item = management.device_compliance_policies.by_device_compliance_policy_id(made.id)
        await item.assign.post(AssignCompliance(assignments=[target]))
    else:
        configuration = _parsed(DeviceConfiguration, family, fields)
        configuration.display_name, configuration.description = name, text
        made = await management.device_configurations.post(configuration)
        to = DeviceConfigurationAssignment(target=GroupAssignmentTarget(group_id=group))
        found = management.device_configurations.by_device_configuration_id(made.id)
        await found.assign.post(AssignConfiguration(assignments=[to]))


async def _change_policy(script: Script, change: Change) -> None:
    """Of a template, by what differs. The client has no way to change a catalogue policy's settings."""
    family = change.key.part
    if change.after is None or family.endswith("CompliancePolicy") or family.startswith("settingsCatalog."):
        raise LookupError(f"{change.action} of {family}")
    body = _parsed(DeviceConfiguration, family, {each.field: each.after for each in change.fields})
    policies = script.clients.v1.device_management.device_configurations
    await policies.by_device_configuration_id(change.vendor_id).patch(body)


def _parsed(base: Any, family: str, fields: Mapping[str, Any]) -> Any:
    """The class of a family with its properties set, by names on the wire."""
    content = json.dumps({"@odata.type": f"#microsoft.graph.{family}", **fields}).encode()
    return JsonParseNodeFactory().get_root_parse_node("application/json", content).get_object_value(base)


def _block() -> DeviceComplianceScheduledActionForRule:
    """A compliance policy without exactly one block is refused (powershell-intune-samples)."""
    action = DeviceComplianceActionItem(
        action_type=DeviceComplianceActionType.Block,
        grace_period_hours=0,
        notification_template_id="",
        notification_message_c_c_list=[],
    )
    return DeviceComplianceScheduledActionForRule(
        rule_name="PasswordRequired", scheduled_action_configurations=[action]
    )


async def _assign(script: Script, part: str, changes: Sequence[Change]) -> None:
    """`assign` replaces all there is: the rows that others made go out again as they were read."""
    one = script.clients.beta.device_app_management.mobile_apps.by_mobile_app_id(script.apps[part])
    page = await one.assignments.get()
    ours = {script.groups[change.key.target]: change for change in changes}
    rows = [row for row in page.value if getattr(row.target, "group_id", None) not in ours]
    for row in rows:
        row.id = None
    for group, change in ours.items():
        if change.after is not None:
            rows.append(_row(part.partition(":")[0], group, change.after))
    await one.assign.post(AssignApp(mobile_app_assignments=rows))


def _row(sort: str, group: str, wanted: Mapping[str, Any]) -> MobileAppAssignment:
    """Volume apps by device licence, and gone from a device that leaves: what the plan's fields say, and the page's sample."""
    row = MobileAppAssignment(intent=InstallIntent(wanted["intent"]), target=BetaGroupTarget(group_id=group))
    if sort in _VPP:
        row.settings = _VPP[sort](use_device_licensing=wanted["useDeviceLicensing"], uninstall_on_device_removal=True)
    return row
