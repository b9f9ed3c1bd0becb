"""What a user of one org unit gets on a device of another: policies and apps with where they come from. Pure."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.google.resolving import Resolved, managed_apps, resolve
from reconciler.sandbox.google.schemas import Schema, schemas
from reconciler.sandbox.google.state import GoogleState, Keys

_USER = ("chrome.users", "chrome.users.appsconfig", "chrome.users.apps")
_GUEST = ("chrome.devices.managedguest", "chrome.devices.managedguest.apps")
_KIOSK = ("chrome.devices.kiosk", "chrome.devices.kiosk.appsconfig", "chrome.devices.kiosk.apps")
SESSIONS = {"user": _USER, "managed-guest": _GUEST, "kiosk": _KIOSK}


def effective(
    state: GoogleState,
    *,
    user: str,
    device: str,
    groups: tuple[str, ...] = (),
    session: str = "user",
    full_enum_names: bool = True,
) -> dict[str, Any]:
    """`user` and `device` are ids of org units, `groups` ids of the user's groups, the one that wins first.

    Returns {"policies": {schema: {"value", "source"}}, "apps": {app_id: {"install", "source", "policies": {schema: value}}}};
    `source` is a target resource. Only what somebody has set is listed. In a user session the user's org unit decides
    `chrome.users.*`, the device's org unit `chrome.devices.*`; a policy on a group beats every org unit (reference 3.6).
    Guest and kiosk sessions have no user: everything comes from the device.
    """
    known = schemas(full_enum_names=full_enum_names)
    policies: dict[str, Any] = {}
    apps: dict[str, Any] = {}
    for schema in known.values():
        target, reach = _reach(schema, session, user, device, groups)
        for keys in _all_keys(state, schema, (*reach, target)) if target else []:
            found = _strongest(state, schema, keys, target, reach)
            if not found.source:
                continue
            if schema.keys:
                _enter_app(apps, found)
            else:
                policies[schema.name] = {"value": found.value, "source": found.source}
    return {"policies": policies, "apps": apps}


def _reach(
    schema: Schema, session: str, user: str, device: str, groups: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The org unit that a schema follows in this session, and the groups before it; ("", ()) when it has no say."""
    if schema.namespace == "chrome.devices":
        return f"orgunits/{device}", ()
    if schema.namespace not in SESSIONS[session]:
        return "", ()
    if session == "user":
        return f"orgunits/{user}", tuple(f"groups/{group}" for group in groups)
    return f"orgunits/{device}", ()


def _all_keys(state: GoogleState, schema: Schema, targets: tuple[str, ...]) -> list[Keys]:
    if not schema.keys:
        return [()]
    return sorted({keys for target in targets for keys in managed_apps(state, target, schema.namespace)})


def _strongest(state: GoogleState, schema: Schema, keys: Keys, target: str, groups: tuple[str, ...]) -> Resolved:
    for group in groups:
        found = resolve(state, group, schema, keys)
        if found.source:
            return found
    return resolve(state, target, schema, keys)


def _enter_app(apps: dict[str, Any], found: Resolved) -> None:
    app = apps.setdefault(dict(found.keys)["app_id"], {"policies": {}})
    if found.schema.adds_app:
        forced = found.value.get("forceInstall")
        app["install"] = found.value.get("appInstallType") or ("FORCED" if forced else "NOT_INSTALLED")
        app["source"] = found.source
    else:
        app["policies"][found.schema.name] = found.value
