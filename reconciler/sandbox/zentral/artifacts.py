"""Artifacts and their versions: profiles and store apps (mdm/serializers.py and api_views/artifacts.py, 2026-08)."""

from __future__ import annotations

import base64
import plistlib
from typing import Any

from reconciler.sandbox.zentral.call import Answer, Call, find, named, newest_first, page, refuse_twin
from reconciler.sandbox.zentral.errors import invalid, server_error
from reconciler.sandbox.zentral.fields import (
    Field,
    FieldError,
    Fields,
    boolean,
    choice,
    integer,
    key_of,
    keys_of,
    listed,
    read,
    text,
    uuid_of,
)
from reconciler.sandbox.zentral.scope import check_scope, doubled, scope_fields, settled
from reconciler.sandbox.zentral.state import (
    PLATFORMS,
    Kind,
    Record,
    ZentralState,
    add_record,
    change_record,
    links_of,
    remove_artifact,
    versions_of,
)

TYPES = (
    "Activation", "Asset", "Certificate Asset", "Configuration", "Data Asset", "Enterprise App", "Configuration (manual)",
    "Profile", "Provisioning Profile", "Store App",
)  # fmt: skip
_TIMES = ("created_at", "updated_at")
_NEW: Record = {
    "platforms": list(PLATFORMS),
    "requires": [],
    "install_during_setup_assistant": False,
    "auto_update": True,
    "reinstall_interval": 0,
    "reinstall_on_os_update": "No",
}


def new_artifact(name: str, kind: str, **values: Any) -> Record:
    """An artifact as Zentral makes it of what was given."""
    return {"name": name, "type": kind, "channel": "Device", **_NEW, **values}


def _artifact_fields(state: ZentralState) -> Fields:
    return {
        "name": Field(parse=text(maximum=256), required=True),
        "type": Field(parse=choice(TYPES), required=True),
        "channel": Field(parse=choice(("Device", "User")), required=True),
        "platforms": Field(parse=listed(choice(tuple(PLATFORMS)), empty=False)),
        "requires": Field(parse=keys_of(uuid_of(state.tables["artifacts"]))),
        "install_during_setup_assistant": Field(parse=boolean),
        "auto_update": Field(parse=boolean),
        "reinstall_interval": Field(parse=integer(0, 366)),
        "reinstall_on_os_update": Field(parse=choice(("No", "Major", "Minor", "Patch"))),
    }


def list_artifacts(call: Call) -> Answer:
    return page(call, newest_first(call, named(call, call.state.tables["artifacts"].values()), _TIMES))


def get_artifact(call: Call) -> Answer:
    return Answer(body=find(call, "artifacts", "Artifact"))


def create_artifact(call: Call) -> Answer:
    values = read(call.data, _artifact_fields(call.state))
    refuse_twin(call.state, "artifacts", "artifact", values["name"], None)
    return Answer(status=201, body=add_record(call.state, "artifacts", _NEW | values, call.now))


def update_artifact(call: Call) -> Answer:
    """What is left out is kept."""
    artifact = find(call, "artifacts", "Artifact")
    values = read(call.data, _artifact_fields(call.state))
    refuse_twin(call.state, "artifacts", "artifact", values["name"], artifact["id"])
    return Answer(body=change_record(call.state, "artifacts", artifact, values, call.now))


def delete_artifact(call: Call) -> Answer:
    artifact = find(call, "artifacts", "Artifact")
    held = any(_is_held(call.state, each["id"]) for _, each in versions_of(call.state, artifact["id"]))
    if held or links_of(call.state, artifact["id"]):
        raise invalid(["This artifact cannot be deleted"])
    remove_artifact(call.state, artifact["id"])
    return Answer(status=204)


def _is_held(state: ZentralState, version: str) -> bool:
    """Whether a device reported it, or a command for it was ever made."""
    return version in state.commanded or any(version in each for each in state.installed.values())


def _version_fields(state: ZentralState, kind: Kind) -> Fields:
    own = {
        "artifact": Field(parse=uuid_of(state.tables["artifacts"]), required=True),
        "version": Field(parse=integer(1), required=True),
    }
    return {**own, **scope_fields(state, version=True), **(_PROFILE if kind == "profiles" else _store_app(state))}


def _source(value: Any) -> str:
    try:
        found = base64.b64decode(value)
    except (ValueError, TypeError):
        raise FieldError(["Invalid base64-encoded value"]) from None
    return base64.b64encode(found).decode("ascii")


_PROFILE: Fields = {"source": Field(parse=_source, required=True)}


def _store_app(state: ZentralState) -> Fields:
    words = Field(parse=text(), null=True, default=None)
    return {
        "location_asset": Field(parse=key_of(state.tables["location_assets"]), required=True),
        "associated_domains": Field(parse=listed(_domain), default=[]),
        "associated_domains_enable_direct_downloads": Field(parse=boolean, default=False),
        "removable": Field(parse=boolean, default=False),
        "vpn_uuid": words,
        "content_filter_uuid": words,
        "dns_proxy_uuid": words,
        "configuration": Field(parse=_configuration, null=True, default=None),
        "remove_on_unenroll": Field(parse=boolean, default=True),
        "prevent_backup": Field(parse=boolean, default=False),
    }


def _domain(value: Any) -> str:
    found = str(text(maximum=256)(value))
    if len(found) < 3:
        raise FieldError(["Ensure this field has at least 3 characters."])
    return found


def _configuration(value: Any) -> str | None:
    """A property list, or its `<dict>` alone; kept as Python writes it, and an empty one reads as none."""
    written = str(text()(value))
    if written.startswith("<dict>"):
        written = f'<plist version="1.0">{written}</plist>'
    try:
        found = plistlib.loads(written.encode())
    except Exception:  # the parser of XML raises its own kinds, the vendor catches everything too
        raise FieldError(["Invalid property list"]) from None
    if not isinstance(found, dict):
        raise FieldError(["Not a dictionary"])
    return plistlib.dumps(found).decode() if found else None


def _check_version(state: ZentralState, kind: Kind, values: Record, own: str | None) -> None:
    check_scope(state, values)
    others = [each for _, each in versions_of(state, values["artifact"]) if each["id"] != own]
    taken = [*(each["version"] for each in others), *state.orphans.get(values["artifact"], ())]
    if values["version"] in taken:
        raise invalid({"version": ["A version of this artifact with the same version number already exists"]})
    if kind == "profiles":
        if problem := _profile_problem(base64.b64decode(values["source"])):
            raise invalid({"source": [problem]})
        return
    every = [each for _, each in versions_of(state, values["artifact"])]  # also the one that a PUT changes
    if any(each.get("location_asset", values["location_asset"]) != values["location_asset"] for each in every):
        text_of = "The location asset of the new store app is not identical to the location asset of the other versions"
        raise invalid({"location_asset": [text_of]})


def _profile_problem(source: bytes) -> str:
    """What is wrong with a configuration profile. Signed ones are not understood here."""
    try:
        found = plistlib.loads(source)
        missing = [name for name in ("PayloadIdentifier", "PayloadUUID") if name not in found]
        scope = found.get("PayloadScope", "User")
    except Exception:  # as above; the vendor catches everything too
        return "Not a plist"
    if missing:
        return f"Missing {missing[0]}"
    return "" if scope in ("System", "User") else f"Unknown PayloadScope: {scope}"


def _list_versions(call: Call, kind: Kind) -> Answer:
    return page(call, newest_first(call, call.state.tables[kind].values(), _TIMES))


def _create_version(call: Call, kind: Kind) -> Answer:
    values = read(call.data, _version_fields(call.state, kind))
    _check_version(call.state, kind, values, None)
    if doubled(values):
        raise server_error()
    return Answer(status=201, body=add_record(call.state, kind, settled(call.state, values, None), call.now))


def _update_version(call: Call, kind: Kind, label: str) -> Answer:
    """What is left out goes back to its default."""
    version = find(call, kind, label)
    values = read(call.data, _version_fields(call.state, kind))
    _check_version(call.state, kind, values, version["id"])
    return Answer(body=change_record(call.state, kind, version, settled(call.state, values, version), call.now))


def _delete_version(call: Call, kind: Kind, label: str) -> Answer:
    """A link doesn't hold it, only what devices have (recorded of a server, 2026-11-22)."""
    version = find(call, kind, label)
    if _is_held(call.state, version["id"]):
        raise invalid([f"This {'profile' if kind == 'profiles' else 'store app'} cannot be deleted"])
    del call.state.tables[kind][version["id"]]
    return Answer(status=204)


def list_profiles(call: Call) -> Answer:
    return _list_versions(call, "profiles")


def get_profile(call: Call) -> Answer:
    return Answer(body=find(call, "profiles", "Profile"))


def create_profile(call: Call) -> Answer:
    return _create_version(call, "profiles")


def update_profile(call: Call) -> Answer:
    return _update_version(call, "profiles", "Profile")


def delete_profile(call: Call) -> Answer:
    return _delete_version(call, "profiles", "Profile")


def list_store_apps(call: Call) -> Answer:
    return _list_versions(call, "store_apps")


def get_store_app(call: Call) -> Answer:
    return Answer(body=find(call, "store_apps", "StoreApp"))


def create_store_app(call: Call) -> Answer:
    return _create_version(call, "store_apps")


def update_store_app(call: Call) -> Answer:
    return _update_version(call, "store_apps", "StoreApp")


def delete_store_app(call: Call) -> Answer:
    return _delete_version(call, "store_apps", "StoreApp")
