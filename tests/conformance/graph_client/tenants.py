"""Two tenants side by side: what each holds, by names and serial numbers, since ids are each tenant's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.sandbox.graph.intune.effective import Effective, effective_device
from reconciler.sandbox.graph.intune.identifiers import identifier
from reconciler.sandbox.graph.seed import members_by_serial
from reconciler.sandbox.graph.state import GraphState

_OWN = frozenset({"id", "createdDateTime", "lastModifiedDateTime", "version", "sourceId"})
"""What each tenant counts for itself (a row's source is its own policy). Not compared either: a group's mailNickname, which nobody ever reads."""


def tenant(state: GraphState) -> dict[str, Any]:
    """Groups, apps and policies with what hangs on each, keyed by what people know them by."""
    names = {group.id: group.unique_name or group.name for group in state.groups.values()}
    return {
        "groups": {names[group.id]: _group(state, group) for group in state.groups.values()},
        "apps": {
            identifier(app): {**_plain(app), "rows": _rows(state, key, names)} for key, app in _objects(state, "apps")
        },
        "policies": {
            (kind, app.get("displayName") or app["name"]): {
                **_plain(app),
                "rows": _rows(state, key, names),
                "settings": _settings(state.intune.settings.get(key, ())),
                "actions": [_bare(each) for each in state.intune.actions.get(key, ())],
            }
            for kind in ("configurations", "compliance", "catalog")
            for key, app in _objects(state, kind)
        },
    }


def effective(state: GraphState) -> dict[str, Effective]:
    """What each device ends up with, with the staff's group at hand; by serial number."""
    ids = {device.device_id: device.id for device in state.devices.values()}
    staff = tuple(group.id for group in state.groups.values() if group.name.startswith("Personal "))
    return {
        managed.serial: effective_device(state, ids[managed.entra_device_id], staff)
        for managed in state.intune.managed_devices.values()
    }


def _objects(state: GraphState, kind: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from state.intune.objects[kind].items()


def _group(state: GraphState, group: Any) -> dict[str, Any]:
    return {
        "name": group.name,
        "description": group.description,
        "types": group.types,
        "security": group.security,
        "devices": members_by_serial(state, group.id),
        "others": sorted(member for member in group.members if member in state.users),
    }


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _bare(value) for name, value in record.items() if name not in _OWN}


def _rows(state: GraphState, key: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Assignments in order of their group. Their ids change with every write."""
    rows = []
    for row in state.intune.assignments.get(key, ()):
        target = row["target"]
        rows.append({**_plain(row), "target": {**target, "groupId": names.get(target.get("groupId", ""), "")}})
    return sorted(rows, key=lambda row: str(row["target"]["groupId"]))


def _settings(settings: Any) -> list[Any]:
    """In order of definition: no order is meant."""
    found = [_sorted(_bare(each["settingInstance"])) for each in settings]
    return sorted(found, key=lambda instance: str(instance["settingDefinitionId"]))


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        items = [_sorted(item) for item in value]
        return sorted(items, key=lambda item: str(item.get("settingDefinitionId")) if isinstance(item, dict) else "")
    if isinstance(value, dict):
        return {name: _sorted(item) for name, item in value.items()}
    return value


def _bare(value: Any) -> Any:
    """Without ids, without names of types that a field's own type says, and without null for nothing."""
    if isinstance(value, dict):
        left = {name: item for name, item in value.items() if name not in ("id", "@odata.type") and item is not None}
        return {name: _bare(item) for name, item in left.items()}
    return [_bare(item) for item in value] if isinstance(value, list) else value
