"""What somebody might do in the portal after everything was in order, by Microsoft's client."""

from __future__ import annotations

from msgraph.generated.models.group import Group
from msgraph.generated.models.ios_general_device_configuration import IosGeneralDeviceConfiguration
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph_beta.generated.device_app_management.mobile_apps.item.assign.assign_post_request_body import (
    AssignPostRequestBody as AssignApp,
)
from msgraph_beta.generated.models.group_assignment_target import GroupAssignmentTarget
from msgraph_beta.generated.models.install_intent import InstallIntent
from msgraph_beta.generated.models.mobile_app_assignment import MobileAppAssignment
from msgraph_beta.generated.models.win_get_app import WinGetApp

from tests.conformance.graph_client.carrying_out import Script, look_up
from tests.conformance.graph_client.client import every

PUPILS, STORE, STAFF = "@norr/elever-f-3", "@norr/ipad-forrad", "@norr/personal-pc"
READER = "winGetApp:9NBLGGH4NNS1"

TO_PUT_RIGHT = {
    ("update", f"group:{STAFF}", (("name", "Norrskolan – Datorer", "Norrskolan – Personalens datorer"),)),
    ("update", f"setting:{PUPILS}:iosGeneralDeviceConfiguration", (("airDropBlocked", False, True),)),
    ("update", f"assignment:{PUPILS}:iosVppApp:se.exempel.lasappen", (("intent", "uninstall", "required"),)),
    ("update", f"app:@:{READER}", (("name", "Läsappen 2", "Läsappen"),)),
}
"""What our plan has to say of it, besides the device that was carried off: written by hand."""


async def work_by_hand(script: Script) -> None:
    """A name, a value, an intent, another app's name, a device elsewhere; and a row for people's own group, which is theirs."""
    await look_up(script)
    v1, groups = script.clients.v1, script.groups
    await v1.groups.by_group_id(groups[STAFF]).patch(Group(display_name="Norrskolan – Datorer"))
    async for each in every(await v1.device_management.device_configurations.get(), script.clients.sending):
        if isinstance(each, IosGeneralDeviceConfiguration):
            one = v1.device_management.device_configurations.by_device_configuration_id(each.id)
            await one.patch(IosGeneralDeviceConfiguration(air_drop_blocked=False))
    pupils = v1.groups.by_group_id(groups[PUPILS]).members
    device = (await pupils.get()).value[0].id
    await pupils.by_directory_object_id(device).ref.delete()
    link = ReferenceCreate(odata_id=f"{script.root}/v1.0/directoryObjects/{device}")
    await v1.groups.by_group_id(groups[STORE]).members.ref.post(link)
    await _work_on_apps(script)


async def _work_on_apps(script: Script) -> None:
    apps, groups = script.clients.beta.device_app_management.mobile_apps, script.groups
    await apps.by_mobile_app_id(script.apps[READER]).patch(WinGetApp(display_name="Läsappen 2"))
    vpp = apps.by_mobile_app_id(script.apps["iosVppApp:se.exempel.lasappen"])
    rows = (await vpp.assignments.get()).value
    for row in rows:
        row.id = None
        if row.target.group_id == groups[PUPILS]:
            row.intent = InstallIntent.Uninstall
    await vpp.assign.post(AssignApp(mobile_app_assignments=rows))
    reader = apps.by_mobile_app_id(script.apps[READER])
    library = MobileAppAssignment(
        intent=InstallIntent.Required, target=GroupAssignmentTarget(group_id=groups["group:Biblioteket"])
    )
    kept = (await reader.assignments.get()).value
    await reader.assign.post(AssignApp(mobile_app_assignments=[*kept, library]))
