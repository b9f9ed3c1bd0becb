"""The emulated methods: verb, path, parameters, body, answer, scopes. A test holds them against Google's discovery documents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

SCOPES = "https://www.googleapis.com/auth/"

ORG_UNIT = dict.fromkeys(
    (
        "name",
        "description",
        "orgUnitPath",
        "orgUnitId",
        "parentOrgUnitPath",
        "parentOrgUnitId",
        "etag",
        "kind",
    ),
    "string",
) | {"blockInheritance": "bool"}
DEVICE: dict[str, Any] = dict.fromkeys(
    (
        "kind",
        "etag",
        "deviceId",
        "serialNumber",
        "status",
        "orgUnitPath",
        "orgUnitId",
        "annotatedAssetId",
        "annotatedLocation",
        "annotatedUser",
        "notes",
        "model",
        "osVersion",
        "autoUpdateThrough",
        "lastSync",
        "lastEnrollmentTime",
        "chromeOsType",
        "deprovisionReason",
    ),
    "string",
) | {"recentUsers": [{"type": "string", "email": "string"}]}
GROUP: dict[str, Any] = dict.fromkeys(
    ("kind", "etag", "id", "email", "name", "description", "directMembersCount"), "string"
)
GROUP |= {"adminCreated": "bool"}
MEMBER = dict.fromkeys(("kind", "etag", "id", "email", "role", "type", "status"), "string")
TARGET = {"targetResource": "string", "additionalTargetKeys": "any"}
POLICY_VALUE = {"policySchema": "string", "value": "any"}
MODIFY = {"requests": [{"policyTargetKey": TARGET, "policyValue": POLICY_VALUE, "updateMask": "any"}]}
REMOVE = {"requests": [{"policyTargetKey": TARGET, "policySchema": "string"}]}
RESOLVE = {"policySchemaFilter": "string", "policyTargetKey": TARGET, "pageSize": "integer", "pageToken": "string"}
RESOLVED = {
    "resolvedPolicies": [
        {"targetKey": TARGET, "value": POLICY_VALUE, "sourceKey": TARGET, "addedSourceKey": TARGET},
    ],
    "nextPageToken": "string",
}
SCHEMA = {
    "name": "string",
    "schemaName": "string",
    "policyDescription": "string",
    "definition": "any",
    "fieldDescriptions": ["any"],
    "additionalTargetKeyNames": [{"key": "string", "keyDescription": "string"}],
    "validTargetResources": ["string"],
    "supportedPlatforms": ["string"],
    "notices": [
        {"field": "string", "noticeValue": "string", "noticeMessage": "string", "acknowledgementRequired": "bool"}
    ],
    "policyApiLifecycle": "any",
}
CHANGE_STATUS = {
    "deviceIds": ["string"],
    "changeChromeOsDeviceStatusAction": "string",
    "deprovisionReason": "string",
}
CHANGED = {"changeChromeOsDeviceStatusResults": [{"deviceId": "string", "response": "any", "error": "any"}]}

COMMON = ("alt", "fields", "prettyPrint", "quotaUser", "key", "access_token", "callback", "oauth_token", "uploadType")
"""Query parameters of every method in the discovery documents (with `$.xgafv` and `upload_protocol`)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """One method. `params` maps a query parameter to `string`, `integer`, `boolean` or the tuple of its values."""

    id: str
    verb: str
    path: str
    params: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    scope: tuple[str, ...] = ()
    """Any of these is enough; each also in its `.readonly` form where `reads`."""
    reads: bool = False

    @property
    def directory(self) -> bool:
        return self.path.startswith("admin/")


def _directory(name: str, verb: str, path: str, scope: str, **rest: Any) -> Method:
    scopes = tuple(f"{SCOPES}admin.directory.{each}" for each in scope.split())
    return Method(
        id=name if name.startswith("admin.") else f"directory.{name}",
        verb=verb,
        path=f"admin/directory/v1/{path}",
        scope=scopes,
        **rest,
    )


def _policy(name: str, verb: str, path: str, **rest: Any) -> Method:
    return Method(
        id=f"chromepolicy.customers.{name}",
        verb=verb,
        path=f"v1/{path}",
        scope=(f"{SCOPES}chrome.management.policy",),
        **rest,
    )


_UNITS = "customer/{customerId}/orgunits"
_DEVICES = "customer/{customerId}/devices/chromeos"
_PROJECTION = {"projection": ("BASIC", "FULL")}
_PAGES = {"maxResults": "integer", "pageToken": "string"}
_SORT = {"sortOrder": ("ASCENDING", "DESCENDING")}

METHODS = (
    _directory("orgunits.list", "GET", _UNITS, "orgunit", reads=True,
               params={"type": ("all", "children", "allIncludingParent"), "orgUnitPath": "string"},
               answer={"kind": "string", "etag": "string", "organizationUnits": [ORG_UNIT]}),
    _directory("orgunits.get", "GET", _UNITS + "/{+orgUnitPath}", "orgunit", reads=True, answer=ORG_UNIT),
    _directory("orgunits.insert", "POST", _UNITS, "orgunit", body=ORG_UNIT, answer=ORG_UNIT),
    _directory("orgunits.patch", "PATCH", _UNITS + "/{+orgUnitPath}", "orgunit", body=ORG_UNIT, answer=ORG_UNIT),
    _directory("orgunits.update", "PUT", _UNITS + "/{+orgUnitPath}", "orgunit", body=ORG_UNIT, answer=ORG_UNIT),
    _directory("orgunits.delete", "DELETE", _UNITS + "/{+orgUnitPath}", "orgunit"),
    _directory("chromeosdevices.list", "GET", _DEVICES, "device.chromeos", reads=True,
               params={"includeChildOrgunits": "boolean", "orgUnitPath": "string", "query": "string",
                       "orderBy": ("annotatedLocation", "annotatedUser", "lastSync", "notes", "serialNumber", "status")}
               | _PROJECTION | _PAGES | _SORT,
               answer={"kind": "string", "etag": "string", "chromeosdevices": [DEVICE], "nextPageToken": "string"}),
    _directory("chromeosdevices.get", "GET", _DEVICES + "/{deviceId}", "device.chromeos", reads=True,
               params=_PROJECTION, answer=DEVICE),
    _directory("chromeosdevices.patch", "PATCH", _DEVICES + "/{deviceId}", "device.chromeos",
               params=_PROJECTION, body=DEVICE, answer=DEVICE),
    _directory("chromeosdevices.update", "PUT", _DEVICES + "/{deviceId}", "device.chromeos",
               params=_PROJECTION, body=DEVICE, answer=DEVICE),
    _directory("chromeosdevices.moveDevicesToOu", "POST", _DEVICES + "/moveDevicesToOu", "device.chromeos",
               params={"orgUnitPath": "string"}, body={"deviceIds": ["string"]}),
    _directory("admin.customer.devices.chromeos.batchChangeStatus", "POST", _DEVICES + ":batchChangeStatus", "device.chromeos",
               body=CHANGE_STATUS, answer=CHANGED),
    _directory("admin.customer.devices.chromeos.countChromeOsDevices", "GET", _DEVICES + ":countChromeOsDevices", "device.chromeos",
               reads=True, params={"filter": "string", "includeChildOrgunits": "boolean", "orgUnitPath": "string"},
               answer={"count": "string"}),
    _directory("groups.list", "GET", "groups", "group", reads=True,
               params={"customer": "string", "domain": "string", "query": "string", "userKey": "string", "orderBy": ("email",)}
               | _PAGES | _SORT,
               answer={"kind": "string", "etag": "string", "groups": [GROUP], "nextPageToken": "string"}),
    _directory("groups.get", "GET", "groups/{groupKey}", "group", reads=True, answer=GROUP),
    _directory("groups.insert", "POST", "groups", "group", body=GROUP, answer=GROUP),
    _directory("groups.patch", "PATCH", "groups/{groupKey}", "group", body=GROUP, answer=GROUP),
    _directory("groups.delete", "DELETE", "groups/{groupKey}", "group"),
    _directory("members.list", "GET", "groups/{groupKey}/members", "group group.member", reads=True,
               params={"includeDerivedMembership": "boolean", "roles": "string"} | _PAGES,
               answer={"kind": "string", "etag": "string", "members": [MEMBER], "nextPageToken": "string"}),
    _policy("policySchemas.list", "GET", "{+parent}/policySchemas", reads=True,
            params={"filter": "string", "pageSize": "integer", "pageToken": "string"},
            answer={"policySchemas": [SCHEMA], "nextPageToken": "string"}),
    _policy("policySchemas.get", "GET", "{+name}", reads=True, answer=SCHEMA),
    _policy("policies.resolve", "POST", "{+customer}/policies:resolve", reads=True, body=RESOLVE, answer=RESOLVED),
    _policy("policies.orgunits.batchModify", "POST", "{+customer}/policies/orgunits:batchModify", body=MODIFY, answer={}),
    _policy("policies.orgunits.batchInherit", "POST", "{+customer}/policies/orgunits:batchInherit", body=REMOVE, answer={}),
    _policy("policies.groups.batchModify", "POST", "{+customer}/policies/groups:batchModify", body=MODIFY, answer={}),
    _policy("policies.groups.batchDelete", "POST", "{+customer}/policies/groups:batchDelete", body=REMOVE, answer={}),
)  # fmt: skip

_PATTERNS = {"parent": "customers/[^/]+", "customer": "customers/[^/]+", "name": "customers/[^/]+/policySchemas/.*"}
"""What a reserved expansion holds, from `pattern` in the discovery document."""


@cache
def _expression(path: str) -> re.Pattern[str]:
    found = ""
    for part in re.split(r"(\{\+?\w+\})", path):
        if not part.startswith("{"):
            found += re.escape(part)
        elif part.startswith("{+"):
            found += f"(?P<{part[2:-1]}>{_PATTERNS.get(part[2:-1], '.+')})"
        else:
            found += f"(?P<{part[1:-1]}>[^/:]+)"
    return re.compile(found)


def find_method(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method for a request, and what its path holds. `path` has no leading slash and is percent-decoded."""
    for method in METHODS:
        if method.verb == verb and (match := _expression(method.path).fullmatch(path)):
            return method, match.groupdict()
    return None
