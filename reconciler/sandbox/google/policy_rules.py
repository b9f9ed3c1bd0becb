"""What a policy write must fulfil (reference 3.2 and 3.4, 2026-11). Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.google.errors import ApiError
from reconciler.sandbox.google.schemas import UNKNOWN, Schema, check_value
from reconciler.sandbox.google.state import Keys

_APP = re.compile(r"chrome:[a-p]{32}|android:[A-Za-z][\w.]*|web:https?://\S+")
_EXTENSION_ONLY = {"NORMAL", "NORMAL_AND_PIN_TO_TOOLBAR", "REMOVE"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of a write. `mask` holds the fields to write."""

    schema: Schema
    target: str
    keys: Keys
    value: dict[str, Any]
    mask: tuple[str, ...] = ()


def parse_update_mask(mask: object) -> tuple[str, ...]:
    """The REST type is a string; the guide's samples send an object and a public client a trailing comma: all are taken."""
    if isinstance(mask, dict):
        mask = mask.get("paths", "")
    names = mask if isinstance(mask, list) else str(mask or "").split(",")
    return tuple(name.strip() for name in names if name.strip())


def check_together(entries: list[tuple[str, str, Keys]], *, one_target: bool, maximum: int) -> None:
    """Rules on all entries of a call, as (schema, target, keys); ApiError 400 names the first that is broken.

    Google's guide "Batch update policies" (2025-07-25): one target, one namespace (schemas differ in the leaf only: not
    chrome.devices.A with chrome.devices.managedGuest.B), the same key names. The method's reference adds: no pair twice.
    """
    if not entries:
        raise ApiError(400, "At least one request is required.")
    if len(entries) > maximum:
        raise ApiError(400, f"Too many requests in one batch: {len(entries)}, at most {maximum}.")
    if len({schema.rpartition(".")[0] for schema, _, _ in entries}) > 1:
        raise ApiError(400, "All policy schemas in the request must have the same root namespace.")
    if one_target and len({target for _, target, _ in entries}) > 1:
        raise ApiError(400, "All requests must have the same target resource.")
    if len({tuple(name for name, _ in keys) for _, _, keys in entries}) > 1:
        raise ApiError(400, "All requests must have the same key names in additionalTargetKeys.")
    if len(set(entries)) < len(entries):
        raise ApiError(400, "Two requests have the same policySchema and policyTargetKey.")


def check_target(schema: Schema, target: str, keys: Keys) -> list[str]:
    """Errors on where a policy is written."""
    errors = []
    kind = "GROUP" if target.startswith("groups/") else "ORG_UNIT"
    if kind not in schema.targets:
        errors.append(f"Policy {schema.name} can't be set on a target of kind {kind}.")
    if tuple(name for name, _ in keys) != schema.keys:
        errors.append(f"Policy {schema.name} requires exactly the additional target keys {list(schema.keys)}.")
    app = dict(keys).get("app_id")
    if app is not None and not _APP.fullmatch(app):
        errors.append(f'Invalid app_id "{app}".')
    return errors


def check_fields(entry: Entry) -> list[tuple[str, str]]:
    """Faults in mask and value, as (field, error); an unknown field is ApiError 400 at once."""
    schema = entry.schema
    acknowledgements = {name for _, _, name in schema.notices}
    known = {field.name for field in schema.fields} | acknowledgements
    value = {name: item for name, item in entry.value.items() if name not in acknowledgements}
    faults = check_value(schema.fields, value)
    if unknown := next((field for field, error in faults if error == UNKNOWN), None):
        # As a public client met it (GAM-team/GAM issue 1342, 2021-03-25): the message alone, without details.
        raise ApiError(400, f"Cannot find field: {unknown} in message {schema.name}")
    if not entry.mask:
        faults.append(("updateMask", "An update mask is required."))
    for name in entry.mask:
        if name not in known:
            faults.append((name, f'Unknown field "{name}" in the update mask.'))
        elif name not in entry.value:
            faults.append((name, f'Field "{name}" of the update mask is missing in the value.'))
    return faults or _acknowledged(entry) + _written_together(entry) + _app_faults(entry)


def _acknowledged(entry: Entry) -> list[tuple[str, str]]:
    """A notice that demands it must be acknowledged in the same write."""
    return [
        (field, f"The notice must be acknowledged with {name}.")
        for field, value, name in entry.schema.notices
        if field in entry.mask and _text(entry.value[field]) == value and entry.value.get(name) is not True
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written_together(entry: Entry) -> list[tuple[str, str]]:
    named = set(entry.schema.together) & set(entry.mask)
    if not named:
        return []
    return [(name, "This field is required.") for name in entry.schema.together if name not in named]


def _app_faults(entry: Entry) -> list[tuple[str, str]]:
    app = dict(entry.keys).get("app_id", "")
    install = entry.value.get("appInstallType") if "appInstallType" in entry.mask else None
    faults = []
    if install == "BLOCKED" and app.startswith("web:"):
        faults.append(("appInstallType", "BLOCKED is not supported for web apps."))
    if install in _EXTENSION_ONLY and not app.startswith("chrome:"):
        faults.append(("appInstallType", f"{install} is only supported for extensions."))
    if "managedConfiguration" in entry.mask and not _is_json(entry.value["managedConfiguration"]):
        faults.append(("managedConfiguration", "Not valid JSON."))
    return faults


def _is_json(text: str) -> bool:
    try:
        json.loads(text) if text else None
    except ValueError:
        return False
    return True
