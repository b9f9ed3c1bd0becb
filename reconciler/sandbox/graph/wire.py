"""Directory objects as on the wire, and what can be asked of them (properties: metadata of v1.0, 2026-08)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.graph.filtering import operators
from reconciler.sandbox.graph.queries import Collect
from reconciler.sandbox.graph.state import DirectoryObject, EntraDevice, Group, User

_GROUP_EMPTY = (
    "deletedDateTime",
    "classification",
    "expirationDateTime",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "preferredDataLocation",
    "preferredLanguage",
    "theme",
)
_GROUP_LISTS = (
    "proxyAddresses",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "onPremisesProvisioningErrors",
    "serviceProvisioningErrors",
)
_DEVICE_EMPTY = (
    "deletedDateTime",
    "complianceExpirationDateTime",
    "deviceMetadata",
    "onPremisesLastSyncDateTime",
    "onPremisesSyncEnabled",
    "approximateLastSignInDateTime",
    "profileType",
)
ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))
_UNSET = dict.fromkeys(ATTRIBUTES)
"""Of most devices; shared, for a list of 18,000 is written often."""


def group_wire(group: Group) -> dict[str, Any]:
    """With every property that is emulated."""
    return {
        "id": group.id,
        **dict.fromkeys(_GROUP_EMPTY),
        "createdDateTime": group.created,
        "description": group.description or None,
        "displayName": group.name,
        "groupTypes": list(group.types),
        "isAssignableToRole": True if group.role_assignable else None,
        "isManagementRestricted": None,
        "mail": group.mail or None,
        "mailEnabled": "Unified" in group.types,
        "mailNickname": group.mail_nickname,
        "membershipRule": group.rule or None,
        "membershipRuleProcessingState": group.rule_state or None,
        "onPremisesSyncEnabled": True if group.synced else None,
        "renewedDateTime": group.created,
        "securityEnabled": group.security,
        "securityIdentifier": f"S-1-12-1-{int(group.id[:8] or '0', 16)}",
        "uniqueName": group.unique_name or None,
        "visibility": group.visibility or None,
        **{name: [] for name in _GROUP_LISTS},
    }


def device_wire(device: EntraDevice) -> dict[str, Any]:
    return {
        "id": device.id,
        **dict.fromkeys(_DEVICE_EMPTY),
        "accountEnabled": device.enabled,
        "deviceCategory": device.category or None,
        "deviceId": device.device_id,
        "deviceOwnership": device.ownership,
        "deviceVersion": 2,
        "displayName": device.name,
        "enrollmentProfileName": device.enrollment_profile or None,
        "enrollmentType": None,
        "extensionAttributes": _UNSET | dict(device.attributes) if device.attributes else _UNSET,
        "isCompliant": True,
        "isManaged": True,
        "isRooted": False,
        "managementType": "MDM",
        "manufacturer": device.manufacturer or None,
        "mdmAppId": "0000000a-0000-0000-c000-000000000000",
        "model": device.model or None,
        "operatingSystem": device.os or None,
        "operatingSystemVersion": device.os_version or None,
        "physicalIds": [],
        "registrationDateTime": device.registered,
        "systemLabels": [],
        "trustType": device.trust_type,
        "alternativeSecurityIds": [],
    }


def user_wire(user: User) -> dict[str, Any]:
    return {"id": user.id, "displayName": user.name, "deletedDateTime": None}


def object_wire(item: DirectoryObject) -> dict[str, Any]:
    """A member: with its type, since a list holds several."""
    if isinstance(item, Group):
        return {"@odata.type": "#microsoft.graph.group", **group_wire(item)}
    if isinstance(item, EntraDevice):
        return {"@odata.type": "#microsoft.graph.device", **device_wire(item)}
    return {"@odata.type": "#microsoft.graph.user", **user_wire(item)}


_GROUP = set(group_wire(Group(name="")))
_DEVICE = set(device_wire(EntraDevice()))
_NAME = operators("eq ge le in startsWith", "ne not")

GROUPS: Collect[Group] = Collect(
    name="groups",
    resource="Group",
    wire=group_wire,
    properties=_GROUP,
    default=_GROUP - {"isManagementRestricted"},
    filters={
        "id": operators("eq in"),
        "displayName": _NAME,
        "mailNickname": _NAME,
        "mail": _NAME,
        "description": operators("eq startsWith"),
        "groupTypes": operators("any"),
        "securityEnabled": operators("eq in", "ne not"),
        "membershipRule": operators("eq startsWith"),
    },
)
DEVICES: Collect[EntraDevice] = Collect(
    name="devices",
    resource="Device",
    wire=device_wire,
    properties=_DEVICE,
    default=_DEVICE,
    filters={
        "id": operators("eq in", "ne not"),
        "deviceId": operators("eq in startsWith", "ne not"),
        "displayName": _NAME,
        "operatingSystem": operators("eq ge le startsWith", "ne not"),
        "accountEnabled": operators("eq in", "ne not"),
        "extensionAttributes/extensionAttributeN": operators("eq startsWith", "not"),
    },
)
MEMBERS: Collect[DirectoryObject] = Collect(
    name="directoryObjects",
    resource="DirectoryObject",
    wire=object_wire,
    properties=_GROUP | _DEVICE,
    default=_GROUP | _DEVICE,
    filters={},
)
