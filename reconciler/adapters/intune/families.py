"""Families of policies: which type of object a group of settings is, where it lives, what it is called. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.intune.catalog import read_settings, write_settings
from reconciler.adapters.intune.rows import group_of, odata_type
from reconciler.adapters.mark import find_mark, write_mark
from reconciler.model.place import Json
from reconciler.model.resource import Mark

CATALOG = "settingsCatalog."
_PLATFORMS = {
    "settingsCatalog.iOS": ("iOS", "mdm,appleRemoteManagement"),
    "settingsCatalog.macOS": ("macOS", "mdm,appleRemoteManagement"),
    "settingsCatalog.windows10": ("windows10", "mdm"),
}
_NAMES = {
    "iosGeneralDeviceConfiguration": "iPad",
    "macOSGeneralDeviceConfiguration": "Mac",
    "windows10GeneralConfiguration": "Windows",
    "iosCompliancePolicy": "iPad, krav",
    "macOSCompliancePolicy": "Mac, krav",
    "windows10CompliancePolicy": "Windows, krav",
    "settingsCatalog.iOS": "iPad, katalog",
    "settingsCatalog.macOS": "Mac, katalog",
    "settingsCatalog.windows10": "Windows, katalog",
}
_META = frozenset(
    {
        *(
            "id",
            "displayName",
            "name",
            "description",
            "version",
            "createdDateTime",
            "lastModifiedDateTime",
            "assignments",
        ),
        *("roleScopeTagIds", "supportsScopeTags", "scheduledActionsForRule", "settings", "isAssigned", "settingCount"),
        *("platforms", "technologies", "templateReference", "priorityMetaData", "creationSource"),
        *("deviceManagementApplicabilityRuleOsEdition", "deviceManagementApplicabilityRuleOsVersion"),
        "deviceManagementApplicabilityRuleDeviceMode",
    }
)
_FIRST: Mapping[str, Sequence[str]] = {
    "allAllowed": ("mediaContentRatingApps",),
    "browserDefault": ("safariCookieSettings",),
    "deviceDefault": (
        "passcodeRequiredType",
        "passwordRequiredType",
    ),
    "none": (
        "appsVisibilityListType",
        "compliantAppListType",
    ),
    "notConfigured": (
        "appsAllowTrustedAppsSideloading",
        "defenderCloudBlockLevel",
        "developerUnlockSetting",
        "privacyAdvertisingId",
        "startMenuPinnedFolderDocuments",
        "startMenuPinnedFolderDownloads",
        "startMenuPinnedFolderFileExplorer",
        "startMenuPinnedFolderHomeGroup",
        "startMenuPinnedFolderMusic",
        "startMenuPinnedFolderNetwork",
        "startMenuPinnedFolderPersonalFolder",
        "startMenuPinnedFolderPictures",
        "startMenuPinnedFolderSettings",
        "startMenuPinnedFolderVideos",
        "windowsSpotlightConfigureOnLockScreen",
    ),
    "unavailable": ("deviceThreatProtectionRequiredSecurityLevel",),
    "userDefined": (
        "defenderMonitorFileActivity",
        "defenderPromptForSampleSubmission",
        "defenderScanType",
        "defenderSystemScanSchedule",
        "diagnosticsDataSubmissionMode",
        "edgeCookiePolicy",
        "safeSearchFilter",
        "startMenuAppListVisibility",
        "startMenuMode",
    ),
}
"""How a choice comes back that nobody has made, and for which properties: the first members of their enums (v1.0 CSDL,
2026-08-04, the types of policies above).
"""
_UNSET = {name: first for first, names in _FIRST.items() for name in names}

BLOCK: Json = [
    {
        "ruleName": "PasswordRequired",
        "scheduledActionConfigurations": [
            {
                "actionType": "block",
                "gracePeriodHours": 0,
                "notificationTemplateId": "",
                "notificationMessageCCList": [],
            }
        ],
    }
]
"""One block action, exactly: a compliance policy without is refused (Microsoft's sample; issue microsoft-graph-docs#7746)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePolicy:
    """`assigned` holds the ids of the groups it includes; `rows` are its assignments as read."""

    id: str
    sort: str
    family: str
    name: str
    description: str
    mark: Mark | None
    fields: Mapping[str, Json]
    assigned: frozenset[str]
    rows: Sequence[Mapping[str, Any]] = ()


def sort_of(family: str) -> str:
    """Where a family lives: `configuration`, `compliance` or `catalog`."""
    if family.startswith(CATALOG):
        return "catalog"
    return "compliance" if family.endswith("CompliancePolicy") else "configuration"


def policy_name(group: str, family: str) -> str:
    """`Norrskolan – Elever åk 4–6: iPad`."""
    return f"{group}: {_NAMES.get(family, family)}"


def mark_key(ref: str, family: str) -> str:
    return f"policy/{ref[1:]}/{family}"


def placed(mark: Mark | None, org: str) -> str | None:
    """The target reference that our mark names; None for another's, or for what is no policy."""
    if mark is None or mark.org != org:
        return None
    kind, _, rest = mark.key.partition("/")
    where, _, family = rest.rpartition("/")
    return f"@{where}" if kind == "policy" and where and family else None


def read_policy(data: Mapping[str, Any], sort: str) -> LivePolicy:
    """A policy as the API lists it; a catalogue policy's settings stand under `settings` where they were read."""
    catalog = sort == "catalog"
    description = str(data.get("description") or "")
    mark = find_mark(description)
    rows = data.get("assignments") or ()
    family = f"{CATALOG}{data.get('platforms')}" if catalog else odata_type(data.get("@odata.type"))
    fields = read_settings(data.get("settings") or ()) if catalog else _properties(data)
    return LivePolicy(
        id=str(data["id"]),
        sort=sort,
        family=family,
        name=str(data.get("name" if catalog else "displayName") or ""),
        description=description,
        mark=mark,
        fields=fields,
        assigned=frozenset(group for row in rows if (group := group_of(row))),
        rows=tuple(rows),
    )


def _properties(data: Mapping[str, Any]) -> dict[str, Json]:
    return {name: value for name, value in data.items() if name not in _META and "@" not in name}


def set_fields(policy: LivePolicy) -> dict[str, Json]:
    """What somebody has set in it, and its name."""
    unset_ = unset_fields(policy)
    return {**{name: value for name, value in policy.fields.items() if name not in unset_}, "name": policy.name}


def unset_fields(policy: LivePolicy) -> dict[str, Json]:
    """What nobody has set in it, as the service answers it. A policy of the catalogue has nothing in it that isn't set."""
    if policy.sort == "catalog":
        return {}
    return {name: value for name, value in policy.fields.items() if is_unset(name, value)}


def is_unset(name: str, value: Json) -> bool:
    """Whether a property is as the service gives it where nobody has set anything."""
    return value in (None, False, "", 0) or value == [] or (isinstance(value, str) and value == _UNSET.get(name))


def policy_body(
    family: str, name: str, mark: Mark, fields: Mapping[str, Json], *, description: str = "", new: bool
) -> dict[str, Json]:
    """What is sent to make or to change a policy. `fields` without `name`."""
    text = write_mark(description, mark)
    if sort_of(family) == "catalog":
        platforms, technologies = _PLATFORMS[family]
        return {
            "name": name,
            "description": text,
            "platforms": platforms,
            "technologies": technologies,
            "roleScopeTagIds": ["0"],
            "settings": write_settings(fields),
        }
    body: dict[str, Json] = {
        "@odata.type": f"#microsoft.graph.{family}",
        "displayName": name,
        "description": text,
        **fields,
    }
    if new and sort_of(family) == "compliance":
        body["scheduledActionsForRule"] = BLOCK
    return body


def unset(name: str, value: Json) -> Json:
    """What gives a property back to where nobody has set it."""
    if isinstance(value, bool):
        return False
    return [] if isinstance(value, list) else _UNSET.get(name)
