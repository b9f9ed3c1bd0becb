"""Requests to Google's Directory and Chrome Policy APIs as data, and what their errors say. Pure.

Paths, parameters and bodies follow the discovery documents (admin directory_v1 20261104, chromepolicy v1 20260726).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.http.bucket import Quota
from reconciler.http.request import Request, VendorError
from reconciler.http.retry import Repeat
from reconciler.http.throttle import Lane
from reconciler.model.place import Json

DIRECTORY = "https://admin.googleapis.com"

DEVICE_FIELDS = (
    "nextPageToken,chromeosdevices(deviceId,serialNumber,status,orgUnitId,orgUnitPath,"
    "annotatedAssetId,annotatedLocation,model,osVersion,autoUpdateThrough)"
)
"""A partial response: annotatedUser and recentUsers are never asked for. Projection BASIC lacks the annotated fields."""

# Directory: 2,400 queries a minute per user and project (developers.google.com/admin-sdk/directory/v1/limits, 2026-11).
DIRECTORY_LANES: Mapping[str, Lane] = {
    "directory": Lane(quotas=(Quota(name="directory", limit=2400, seconds=60),), in_flight=4),
    "directory-write": Lane(quotas=(Quota(name="directory", limit=2400, seconds=60),), in_flight=1),
}
# Chrome Policy: two versions of the quota page (2026-11): reads 5 or 10 a second per user; the newer one is kept,
# since a reply of 429 is waited out anyway. Writes: 15 a second per project and 30 a minute per customer.
POLICY_LANES: Mapping[str, Lane] = {
    "policy": Lane(quotas=(Quota(name="policy-reads", limit=10, seconds=1),), in_flight=10),
    "policy-write": Lane(
        quotas=(
            Quota(name="policy-writes-second", limit=15, seconds=1),
            Quota(name="policy-writes", limit=30, seconds=60),
        ),
        in_flight=1,
    ),
}

_UNITS = "admin/directory/v1/customer/{customer}/orgunits"
_DEVICES = "admin/directory/v1/customer/{customer}/devices/chromeos"
_GROUPS = "admin/directory/v1/groups"
_POLICIES = "v1/customers/{customer}/policies"


def list_units(customer: str) -> Request:
    """All org units with the root; this list has no pages."""
    query = {"type": "allIncludingParent", "orgUnitPath": "/"}
    return Request(method="GET", path=_UNITS, values={"customer": customer}, query=query, lane="directory")


def get_unit(customer: str, unit: str) -> Request:
    values = {"customer": customer, "unit": f"id:{unit}"}
    return Request(method="GET", path=_UNITS + "/{unit}", values=values, lane="directory")


def insert_unit(customer: str, body: Mapping[str, Json]) -> Request:
    return Request(method="POST", path=_UNITS, values={"customer": customer}, body=body, lane="directory-write")


def patch_unit(customer: str, unit: str, body: Mapping[str, Json]) -> Request:
    return Request(
        method="PATCH",
        path=_UNITS + "/{unit}",
        values={"customer": customer, "unit": f"id:{unit}"},
        body=body,
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
    )


def delete_unit(customer: str, unit: str) -> Request:
    return Request(
        method="DELETE",
        path=_UNITS + "/{unit}",
        values={"customer": customer, "unit": f"id:{unit}"},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
    )


def list_devices(customer: str, *, page: str = "", unit: str = "", size: int = 300) -> Request:
    """One page of devices; `unit` narrows it to one org unit without those below."""
    query: dict[str, str | int | None] = {
        "projection": "FULL",
        "maxResults": size,
        "fields": DEVICE_FIELDS,
        "pageToken": page or None,
        "orgUnitPath": f"id:{unit}" if unit else None,
    }
    return Request(method="GET", path=_DEVICES, values={"customer": customer}, query=query, lane="directory")


def get_device(customer: str, device: str) -> Request:
    return Request(
        method="GET",
        path=_DEVICES + "/{device}",
        values={"customer": customer, "device": device},
        query={"projection": "BASIC", "fields": "deviceId,orgUnitId,orgUnitPath,status"},
        lane="directory",
        private=(device,),
    )


def move_devices(customer: str, unit: str, devices: Sequence[str]) -> Request:
    """At most 50 ids. Moving to where a device already is changes nothing, so a repeat is safe."""
    return Request(
        method="POST",
        path=_DEVICES + "/moveDevicesToOu",
        values={"customer": customer},
        query={"orgUnitPath": f"id:{unit}"},
        body={"deviceIds": list(devices)},
        lane="directory-write",
        repeat=Repeat.IDEMPOTENT,
        private=tuple(devices),
    )


def get_group(address: str) -> Request:
    return Request(
        method="GET",
        path=_GROUPS + "/{group}",
        values={"group": address},
        query={"fields": "id,email"},
        lane="directory",
    )


def resolve(customer: str, target: str, schemas: str, *, app_id: str = "", page: str = "") -> Request:
    """What holds on a target; `schemas` is a name, or a namespace with `*` as its leaf."""
    key: dict[str, Json] = {"targetResource": target}
    if app_id:
        key["additionalTargetKeys"] = {"app_id": app_id}
    body: dict[str, Json] = {"policySchemaFilter": schemas, "policyTargetKey": key, "pageSize": 1000}
    if page:
        body["pageToken"] = page
    return Request(
        method="POST",
        path=_POLICIES + ":resolve",
        values={"customer": customer},
        body=body,
        lane="policy",
        repeat=Repeat.READ,
    )


def list_schemas(customer: str, *, page: str = "", size: int = 1000) -> Request:
    query: dict[str, str | int | None] = {"pageSize": size, "pageToken": page or None}
    path = "v1/customers/{customer}/policySchemas"
    return Request(method="GET", path=path, values={"customer": customer}, query=query, lane="policy")


def write_policies(customer: str, requests: Sequence[Mapping[str, Json]], *, give_back: bool, group: bool) -> Request:
    """Set or give back; setting the same value twice is the same as once."""
    verb = ("batchDelete" if group else "batchInherit") if give_back else "batchModify"
    return Request(
        method="POST",
        path=f"{_POLICIES}/{'groups' if group else 'orgunits'}:{verb}",
        values={"customer": customer},
        body={"requests": list(requests)},
        lane="policy-write",
        repeat=Repeat.IDEMPOTENT,
    )


def parse_error(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the signature that the HTTP layer asks for
    """Both APIs' error body; 502 and 503 come as HTML or plain text (GAM parses them too), which says nothing."""
    try:
        error = json.loads(body)["error"]
    except (ValueError, TypeError, KeyError):
        return VendorError()
    if isinstance(error, str):
        return VendorError(reasons=(error,))
    if not isinstance(error, dict):
        return VendorError()
    reasons = [str(item["reason"]) for item in _dicts(error.get("errors")) if "reason" in item]
    if isinstance(error.get("status"), str):
        reasons.append(error["status"])
    details = [item for detail in _dicts(error.get("details")) for item in _dicts(detail.get("modificationErrors"))]
    return VendorError(reasons=tuple(reasons), message=str(error.get("message", "")), data=details)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
