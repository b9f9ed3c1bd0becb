"""Devices that report: they install what they are given, take licences, and remove what they no longer have."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.sandbox.zentral.effective import Given, given_to, has_licence
from reconciler.sandbox.zentral.state import Device, ZentralState, change_record


def report(state: ZentralState, devices: Iterable[Device]) -> None:
    """Each device installs, removes and tells it.

    Profiles come as declarations, of which the server keeps only what the device still has. An app comes by a command, and a
    command stays: its version can't be deleted again (models.py: ArtifactVersionManager.can_be_deleted, 2026-08). So does a
    profile of a blueprint that doesn't distribute profiles as declarations.
    """
    for device in devices:
        if found := tuple(_install(state, device, each) for each in list(_obtainable(state, device))):
            state.installed[device.id] = found
        else:
            state.installed.pop(device.id, None)


def _obtainable(state: ZentralState, device: Device) -> Iterable[Given]:
    for each in given_to(state, device):
        if each.kind == "profiles":
            yield each
        elif has_licence(state, device, each.version):
            _take_licence(state, device, each.version["location_asset"])
            yield each


def _take_licence(state: ZentralState, device: Device, asset: int) -> None:
    """A licence is given back only by hand, in Zentral too."""
    holders = state.licensed.get(asset, ())
    if device.serial not in holders:
        state.licensed[asset] = (*holders, device.serial)
        record = state.tables["location_assets"][asset]
        counts = {"available_count": record["available_count"] - 1, "assigned_count": record["assigned_count"] + 1}
        change_record(state, "location_assets", record, counts)


def _install(state: ZentralState, device: Device, given: Given) -> str:
    """The version that the device has afterwards: without `auto_update`, an older one stays."""
    before = state.installed.get(device.id, ())
    older = [key for key in before if _artifact_of(state, key) == given.artifact["id"]]
    key = str(older[0] if older and not given.artifact["auto_update"] else given.version["id"])
    blueprint = state.tables["blueprints"][device.blueprint or 0]
    by_command = given.kind == "store_apps" or not blueprint["legacy_profiles_via_ddm"]
    if by_command and key not in state.commanded:
        state.commanded = (*state.commanded, key)
    return key


def _artifact_of(state: ZentralState, version: str) -> str:
    found = state.tables["profiles"].get(version) or state.tables["store_apps"].get(version)
    return str(found["artifact"]) if found else ""
