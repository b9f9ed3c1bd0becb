"""Requests to Microsoft Graph as data. Pure.

v1.0 unless a function's text says why not. Page sizes, quotas and forms: reference on Intune, compiled 2026-11.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from reconciler.http.bucket import Quota
from reconciler.http.request import Request
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane
from reconciler.model.place import Json

Query: TypeAlias = Mapping[str, str | int | bool | Sequence[str] | None]
V1, BETA = "v1.0", "beta"
PARTS = 20
"""Most requests in a `$batch`, and most members that one PATCH of a group adds (Graph, json-batching and group-post-members)."""

PAGE = 1000
"""Managed devices on a page; Entra's pages hold one less."""

# Directory: resource units and writes per app and tenant, the figures of the smallest size of tenant (throttling-limits,
# 2023). Intune: requests and writes per app and tenant and family (throttling-intune-*, 2025).
_UNITS = Quota(name="directory-units", limit=3500, seconds=10)
_DIRECTORY_WRITES = Quota(name="directory-writes", limit=3000, seconds=150)
LANES: Mapping[str, Lane] = {
    "directory": Lane(quotas=(_UNITS,), in_flight=8),
    "directory-write": Lane(quotas=(_UNITS, _DIRECTORY_WRITES), in_flight=1),
}
for _family, _any, _writes in (("apps", 1000, 100), ("config", 1000, 100), ("devices", 2000, 200)):
    _all = Quota(name=_family, limit=_any, seconds=20)
    LANES = {
        **LANES,
        _family: Lane(quotas=(_all,), in_flight=8),
        f"{_family}-write": Lane(
            quotas=(_all, Quota(name=f"{_family}-writes", limit=_writes, seconds=20)), in_flight=1
        ),
    }

GROUP_FIELDS = "id,displayName,description,uniqueName,mail,groupTypes,membershipRule,onPremisesSyncEnabled"
DEVICE_FIELDS = (
    "id,deviceName,serialNumber,azureADDeviceId,operatingSystem,osVersion,model,manufacturer,managedDeviceOwnerType,"
    "enrollmentProfileName,deviceCategoryDisplayName,managementState"
)
"""Never a user's name or address."""
TOKEN_FIELDS = "id,organizationName,appleId,expirationDateTime,state,lastSyncStatus"  # noqa: S105 - names of fields
"""Never the token itself."""

_GROUPS = f"{V1}/groups"
_APPS = f"{BETA}/deviceAppManagement/mobileApps"
_CATALOG = f"{BETA}/deviceManagement/configurationPolicies"
_POLICIES = {
    "configuration": f"{V1}/deviceManagement/deviceConfigurations",
    "compliance": f"{V1}/deviceManagement/deviceCompliancePolicies",
    "catalog": _CATALOG,
}


def refuse_unsafe(request: Request) -> None:
    """Raises ValueError for the one call that deletes a device, or a person, where a member was meant to leave a group."""
    if request.method == "DELETE" and "/members/" in request.path and not request.path.endswith("/$ref"):
        raise ValueError(f"{request.method} {request.path} would delete the member itself")


def list_groups() -> Request:
    """All groups of the tenant: ours are known by their mark, users' by their name, and no filter finds both."""
    query: Query = {"$select": GROUP_FIELDS, "$top": 999}
    return Request(method="GET", path=_GROUPS, query=query, lane="directory")


def get_group(group: str) -> Request:
    query: Query = {"$select": GROUP_FIELDS}
    return Request(method="GET", path=_GROUPS + "/{id}", values={"id": group}, query=query, lane="directory")


def find_group(unique_name: str) -> Request:
    query: Query = {"$select": GROUP_FIELDS}
    path = _GROUPS + "(uniqueName='{name}')"
    return Request(method="GET", path=path, values={"name": unique_name}, query=query, lane="directory")


def upsert_group(unique_name: str, body: Mapping[str, Json]) -> Request:
    """Made where there is none of this unique name: sending it twice makes one (group-upsert, 2026)."""
    return Request(
        method="PATCH",
        path=_GROUPS + "(uniqueName='{name}')",
        values={"name": unique_name},
        body=body,
        headers={"Prefer": "create-if-missing"},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
    )


def patch_group(group: str, body: Mapping[str, Json]) -> Request:
    return Request(
        method="PATCH",
        path=_GROUPS + "/{id}",
        values={"id": group},
        body=body,
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
    )


def delete_group(group: str) -> Request:
    return Request(
        method="DELETE",
        path=_GROUPS + "/{id}",
        values={"id": group},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
    )


def list_members(group: str) -> Request:
    """Ids alone: two resource units (three, less one for `$select`)."""
    query: Query = {"$select": "id", "$top": 999}
    path = _GROUPS + "/{id}/members"
    return Request(method="GET", path=path, values={"id": group}, query=query, lane="directory", counts=2)


def list_member_devices(group: str) -> Request:
    """Devices alone, each with the id that Intune knows it by. The cast needs the header and the count (reference 5.4)."""
    query: Query = {"$select": "id,deviceId", "$top": 999, "$count": "true"}
    path = _GROUPS + "/{id}/members/graph.device"
    headers = {"ConsistencyLevel": "eventual"}
    return Request(
        method="GET", path=path, values={"id": group}, query=query, headers=headers, lane="directory", counts=2
    )


def list_groups_of(device: str) -> Request:
    """Ids of the groups that hold a device by itself; paged, though a device is seldom in a hundred (device-list-memberof)."""
    path = f"{V1}/devices/{{device}}/memberOf"
    return Request(
        method="GET", path=path, values={"device": device}, query={"$select": "id"}, lane="directory", private=(device,)
    )


def add_members(group: str, devices: Sequence[str], root: str) -> Request:
    """At most twenty, all or none. `members@odata.bind` in a PATCH adds; repeated, it is refused and changes nothing."""
    links: list[Json] = [f"{root}{V1}/directoryObjects/{device}" for device in devices]
    return Request(
        method="PATCH",
        path=_GROUPS + "/{id}",
        values={"id": group},
        body={"members@odata.bind": links},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
        private=tuple(devices),
    )


def remove_member(group: str, device: str) -> Request:
    """The only place where this address is built: without `/$ref` the same call deletes the device from the directory."""
    return Request(
        method="DELETE",
        path=_GROUPS + "/{id}/members/{device}/$ref",
        values={"id": group, "device": device},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
        private=(device,),
    )


def list_entra_devices() -> Request:
    query: Query = {"$select": "id,deviceId", "$top": 999}
    return Request(method="GET", path=f"{V1}/devices", query=query, lane="directory")


def find_entra_device(device_id: str) -> Request:
    path = f"{V1}/devices(deviceId='{{device}}')"
    values = {"device": device_id}
    return Request(
        method="GET", path=path, values=values, query={"$select": "id,deviceId"}, lane="directory", private=(device_id,)
    )


def list_managed_devices(size: int = PAGE) -> Request:
    """Whole: most filters are ignored without a word and answer with every device (type description, v1.0 metadata)."""
    query: Query = {"$select": DEVICE_FIELDS, "$top": size}
    return Request(method="GET", path=f"{V1}/deviceManagement/managedDevices", query=query, lane="devices")


def find_managed_device(serial: str) -> Request:
    """Rows have to be looked at: a filter that the service doesn't know is ignored, and all devices come back."""
    quoted = serial.replace("'", "''")
    query: Query = {"$filter": f"serialNumber eq '{quoted}'", "$select": DEVICE_FIELDS, "$top": 50}
    path = f"{V1}/deviceManagement/managedDevices"
    return Request(method="GET", path=path, query=query, lane="devices", private=(serial,))


def find_managed_by_entra(device_id: str) -> Request:
    """As `find_managed_device`, by the id that Entra and Intune share."""
    quoted = device_id.replace("'", "''")
    query: Query = {"$filter": f"azureADDeviceId eq '{quoted}'", "$select": DEVICE_FIELDS, "$top": 50}
    path = f"{V1}/deviceManagement/managedDevices"
    return Request(method="GET", path=path, query=query, lane="devices", private=(device_id,))


def count_managed_devices() -> Request:
    """One row; the first page of a list says unasked how many there are (microsoft-graph-docs-contrib issue 1391)."""
    path = f"{V1}/deviceManagement/managedDevices"
    return Request(method="GET", path=path, query={"$select": "id", "$top": 1}, lane="devices")


def list_tokens() -> Request:
    query: Query = {"$select": TOKEN_FIELDS}
    return Request(method="GET", path=f"{V1}/deviceAppManagement/vppTokens", query=query, lane="apps")


def list_apps() -> Request:
    """Beta: v1.0 has neither macOS VPP, Store (winget), Microsoft 365, macOS web clips nor managed Google Play, and no filters.

    Without `$select`: it would leave out what only derived types have, as the bundle id.
    """
    return Request(method="GET", path=_APPS, query={"$expand": "assignments", "$top": 999}, lane="apps")


def get_app(app: str) -> Request:
    """Beta as `list_apps`."""
    query: Query = {"$expand": "assignments"}
    return Request(method="GET", path=_APPS + "/{id}", values={"id": app}, query=query, lane="apps")


def create_app(body: Mapping[str, Json]) -> Request:
    """Beta: it can create what v1.0 doesn't know."""
    return Request(method="POST", path=_APPS, body=body, lane="apps-write")


def patch_app(app: str, body: Mapping[str, Json]) -> Request:
    """Beta as `create_app`."""
    return Request(
        method="PATCH",
        path=_APPS + "/{id}",
        values={"id": app},
        body=body,
        lane="apps-write",
        repeat=Repeat.IDEMPOTENT,
    )


def delete_app(app: str) -> Request:
    """Beta as `create_app`."""
    return Request(
        method="DELETE", path=_APPS + "/{id}", values={"id": app}, lane="apps-write", repeat=Repeat.IDEMPOTENT
    )


def list_assignments(app: str) -> Request:
    """Beta: v1.0 leaves out filters, and what is read here is written again."""
    path = _APPS + "/{id}/assignments"
    return Request(method="GET", path=path, values={"id": app}, lane="apps")


def assign_app(app: str, rows: Sequence[Mapping[str, Json]]) -> Request:
    """Beta: through v1.0 filters would be lost. Replaces the whole set; the same set twice is the same as once."""
    return Request(
        method="POST",
        path=_APPS + "/{id}/assign",
        values={"id": app},
        body={"mobileAppAssignments": [dict(row) for row in rows]},
        lane="apps-write",
        repeat=Repeat.IDEMPOTENT,
    )


def delete_assignment(app: str, row: str) -> Request:
    """One row. For the last ones: whether an empty set given to `assign` takes them away is documented nowhere."""
    path = _APPS + "/{id}/assignments/{row}"
    values = {"id": app, "row": row}
    return Request(method="DELETE", path=path, values=values, lane="apps-write", repeat=Repeat.IDEMPOTENT)


def list_policies(sort: str) -> Request:
    """Policies with their assignments; `sort`: configuration, compliance, catalog.

    Beta for the catalogue, which v1.0 doesn't have. Its settings are not in the list and are read one policy at a time.
    """
    return Request(method="GET", path=_POLICIES[sort], query={"$expand": "assignments"}, lane="config")


def get_policy(sort: str, policy: str) -> Request:
    """One policy as in `list_policies`; of the catalogue with its settings."""
    expand = "assignments,settings" if sort == "catalog" else "assignments"
    path = _POLICIES[sort] + "/{id}"
    return Request(method="GET", path=path, values={"id": policy}, query={"$expand": expand}, lane="config")


def list_catalog_settings(policy: str) -> Request:
    """Beta: the settings of one catalogue policy."""
    path = _CATALOG + "/{id}/settings"
    return Request(method="GET", path=path, values={"id": policy}, query={"$top": 1000}, lane="config")


def create_policy(sort: str, body: Mapping[str, Json]) -> Request:
    return Request(method="POST", path=_POLICIES[sort], body=body, lane="config-write")


def update_policy(sort: str, policy: str, body: Mapping[str, Json]) -> Request:
    """PATCH; for the catalogue PUT, for a PATCH of its settings is refused (public tools do so; undocumented)."""
    catalog = sort == "catalog"
    return Request(
        method="PUT" if catalog else "PATCH",
        path=_POLICIES[sort] + ("('{id}')" if catalog else "/{id}"),
        values={"id": policy},
        body=body,
        lane="config-write",
        repeat=Repeat.IDEMPOTENT,
    )


def delete_policy(sort: str, policy: str) -> Request:
    return Request(
        method="DELETE",
        path=_POLICIES[sort] + "/{id}",
        values={"id": policy},
        lane="config-write",
        repeat=Repeat.IDEMPOTENT,
    )


def assign_policy(sort: str, policy: str, rows: Sequence[Mapping[str, Json]]) -> Request:
    """Replaces the whole set."""
    return Request(
        method="POST",
        path=_POLICIES[sort] + "/{id}/assign",
        values={"id": policy},
        body={"assignments": [dict(row) for row in rows]},
        lane="config-write",
        repeat=Repeat.IDEMPOTENT,
    )
