"""Application permissions: what a token must carry for a request (reference 3, 2026-11)."""

from __future__ import annotations

from reconciler.sandbox.graph.call import Call, GraphError, intune_error

_DIRECTORY_READ = ("Directory.Read.All", "Directory.ReadWrite.All")
READ_ROLES = frozenset(
    {
        "Group.Read.All",
        "GroupMember.Read.All",
        "Device.Read.All",
        "Organization.Read.All",
        "DeviceManagementApps.Read.All",
        "DeviceManagementConfiguration.Read.All",
        "DeviceManagementManagedDevices.Read.All",
        "DeviceManagementServiceConfig.Read.All",
    }
)
WRITE_ROLES = READ_ROLES | {
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
    "Device.ReadWrite.All",
    "User.ReadWrite.All",
    "DeviceManagementApps.ReadWrite.All",
    "DeviceManagementConfiguration.ReadWrite.All",
    "DeviceManagementManagedDevices.ReadWrite.All",
    "DeviceManagementServiceConfig.ReadWrite.All",
}
MEMBER_WRITE = ("GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
DEVICE_WRITE = ("Device.ReadWrite.All", "Directory.ReadWrite.All")
GROUP_WRITE = ("Group.ReadWrite.All", "Directory.ReadWrite.All")
USER_WRITE = ("User.ReadWrite.All", "Directory.ReadWrite.All")
_GROUP_READ = (
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    *GROUP_WRITE,
    "Directory.Read.All",
)
_DEVICE_READ = ("Device.Read.All", *DEVICE_WRITE, "Directory.Read.All")
_ORGANIZATION = ("Organization.Read.All", "Organization.ReadWrite.All", *_DIRECTORY_READ)
_INTUNE = {
    "mobileApps": "DeviceManagementApps",
    "vppTokens": "DeviceManagementServiceConfig",
    "managedDevices": "DeviceManagementManagedDevices",
}


def check_rights(call: Call) -> None:
    """403 unless the token carries one of the permissions that the request needs; members' kinds are checked where they are known."""
    wanted = _wanted(call)
    if not wanted or call.roles.intersection(wanted):
        return
    if call.segments[0].startswith("device") and call.segments[0] != "devices":
        message = "Application is not authorized to perform this operation. Application must have one of the following scopes: "
        raise intune_error(403, message + ", ".join(wanted), code="Forbidden")
    raise denied()


def denied() -> GraphError:
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def require(call: Call, roles: tuple[str, ...]) -> None:
    """403 unless the token carries one of `roles`."""
    if not call.roles.intersection(roles):
        raise denied()


def _wanted(call: Call) -> tuple[str, ...]:
    """Any one of these is enough; nothing for what is not routed."""
    reads = call.verb == "GET"
    match call.segments:
        case ("deviceManagement" | "deviceAppManagement", *rest):
            family = _INTUNE.get(rest[0] if rest else "", "DeviceManagementConfiguration")
            return (f"{family}.Read.All", f"{family}.ReadWrite.All") if reads else (f"{family}.ReadWrite.All",)
        case ("groups", *_) if reads:
            return _GROUP_READ
        case ("groups",):
            return (*GROUP_WRITE, "Group.Create")
        case ("groups", _, _, *_):
            return MEMBER_WRITE
        case ("groups", _) if call.verb == "PATCH" and set(call.body or ()) == {"members@odata.bind"}:
            return MEMBER_WRITE
        case ("groups", _):
            return GROUP_WRITE
        case ("devices", *_):
            return _DEVICE_READ if reads else DEVICE_WRITE
        case ("organization", *_):
            return _ORGANIZATION
    return ()
