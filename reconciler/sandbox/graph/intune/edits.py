"""Readable edits of apps, policies and tokens: what people did by hand in Intune's portal, or Apple's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox.graph.intune import seed
from reconciler.sandbox.graph.intune.identifiers import identifier
from reconciler.sandbox.graph.intune.setting_instances import kept_settings
from reconciler.sandbox.graph.intune.state import IntuneState, Kind, Record, change_object, remove_object
from reconciler.sandbox.graph.intune.targets import FILTER, FILTER_TYPE, assigned_to
from reconciler.sandbox.graph.intune.types import check, type_name
from reconciler.sandbox.graph.seed import find_group
from reconciler.sandbox.graph.state import GraphState
from reconciler.sandbox.seed_values import SeedError, check_keys

_ROWS: dict[Kind, str] = {
    "configurations": "deviceConfigurationAssignment",
    "compliance": "deviceCompliancePolicyAssignment",
    "catalog": "deviceManagementConfigurationPolicyAssignment",
}
_WHICH: dict[str, type] = {"app": str, "policy": str}
_ROW: dict[str, type] = {"group": str, "intent": str, "exclude": bool, "filter": str, "filter_type": str}


def find_app(intune: IntuneState, reference: str) -> Record:
    """By id, `<type>:<identifier>` or name; SeedError when there is none, or more than one."""
    apps = intune.objects["apps"]
    if reference in apps:
        return apps[reference]
    found = [app for app in apps.values() if reference in (app["displayName"], identifier(app))]
    if len(found) != 1:
        raise SeedError(f"there are {len(found)} apps {reference!r}")
    return found[0]


def find_policy(intune: IntuneState, reference: str) -> tuple[Kind, Record]:
    """By id or name, in all three collections."""
    found = [
        (kind, policy)
        for kind in _ROWS
        for policy in intune.objects[kind].values()
        if reference in (policy["id"], policy.get("displayName"), policy.get("name"))
    ]
    if len(found) != 1:
        raise SeedError(f"there are {len(found)} policies {reference!r}")
    return found[0]


def _changed(intune: IntuneState, kind: Kind, record: Record, **changes: Any) -> Record:
    """A minute after the last change, so that whoever compares times or versions sees it."""
    last = datetime.fromisoformat(record["lastModifiedDateTime"])
    return change_object(intune, kind, record | changes, now=f"{last + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}")


def add_app(state: GraphState, item: Any) -> None:
    seed.add_app(state, item)


def add_token(state: GraphState, item: Any) -> None:
    seed.add_token(state, item)


def add_filter(state: GraphState, item: Any) -> None:
    seed.add_filter(state, item)


def add_catalog_policy(state: GraphState, item: Any) -> None:
    seed.add_catalog(state, item)


def rename_app(state: GraphState, item: Any) -> None:
    check_keys(item, {"app": str, "name": str}, "graph_rename_app", required=("app", "name"))
    _changed(state.intune, "apps", find_app(state.intune, item["app"]), displayName=item["name"])


def note_app(state: GraphState, item: Any) -> None:
    """`notes` is where a mark stands."""
    check_keys(item, {"app": str, "notes": str}, "graph_note_app", required=("app", "notes"))
    _changed(state.intune, "apps", find_app(state.intune, item["app"]), notes=item["notes"])


def remove_app(state: GraphState, item: Any) -> None:
    check_keys(item, {"app": str}, "graph_remove_app", required=("app",))
    remove_object(state.intune, "apps", find_app(state.intune, item["app"])["id"])


def _owner(state: GraphState, item: Any, what: str) -> tuple[Kind, Record]:
    if ("app" in item) == ("policy" in item):
        raise SeedError(f"{what} needs either app or policy")
    if "app" in item:
        return "apps", find_app(state.intune, item["app"])
    return find_policy(state.intune, item["policy"])


def add_assignment(state: GraphState, item: Any) -> None:
    """By hand, as one more row."""
    known = _WHICH | _ROW | {"settings": dict, "source": str}
    check_keys(item, known, "graph_add_assignment", required=("group",))
    kind, owner = _owner(state, item, "graph_add_assignment")
    row = {key: value for key, value in item.items() if key not in _WHICH}
    if kind == "apps":
        seed.assign_app(state, owner, row)
    else:
        seed.assign_policy(state, owner, row, _ROWS[kind])


def remove_assignments(state: GraphState, item: Any) -> None:
    """All rows of an app or policy, or those of one group."""
    check_keys(item, _WHICH | {"group": str}, "graph_remove_assignments")
    _, owner = _owner(state, item, "graph_remove_assignments")
    rows = state.intune.assignments.get(owner["id"], ())
    group = find_group(state, item["group"]).id if "group" in item else None
    kept = tuple(row for row in rows if group is not None and assigned_to(row) != group)
    if len(kept) == len(rows):
        raise SeedError("there is no such assignment")
    state.intune.assignments[owner["id"]] = kept


def set_filter(state: GraphState, item: Any) -> None:
    """Put a filter on the row of a group; without `filter` take it away."""
    check_keys(item, _WHICH | {"group": str, "filter": str, "type": str}, "graph_set_filter", required=("group",))
    _, owner = _owner(state, item, "graph_set_filter")
    rows, group = state.intune.assignments.get(owner["id"], ()), find_group(state, item["group"]).id
    if not any(assigned_to(row) == group for row in rows):
        raise SeedError(f"{item['group']!r} is not assigned")
    found = seed.find_filter(state.intune, item["filter"]) if "filter" in item else None
    changes = {FILTER: found["id"] if found else None, FILTER_TYPE: item.get("type", "include") if found else "none"}
    state.intune.assignments[owner["id"]] = tuple(
        {**row, "target": row["target"] | changes} if assigned_to(row) == group else row for row in rows
    )


def unassign_policy(state: GraphState, item: Any) -> None:
    check_keys(item, {"policy": str, "group": str}, "graph_unassign_policy", required=("policy",))
    remove_assignments(state, item)


def delete_policy(state: GraphState, item: Any) -> None:
    check_keys(item, {"policy": str}, "graph_delete_policy", required=("policy",))
    kind, policy = find_policy(state.intune, item["policy"])
    remove_object(state.intune, kind, policy["id"])


def patch_policy(state: GraphState, item: Any) -> None:
    """`values`: properties of a template, or settings of the catalogue by definition id, which then are all that it has."""
    known = {"policy": str, "values": dict, "name": str, "description": str}
    check_keys(item, known, "graph_patch_policy", required=("policy",))
    kind, policy = find_policy(state.intune, item["policy"])
    changes = {key: item[key] for key in ("description",) if key in item}
    if "name" in item:
        changes["name" if kind == "catalog" else "displayName"] = item["name"]
    values = item.get("values", {})
    if kind == "catalog" and values:
        settings = seed.catalog_settings(values)
        state.intune.settings[policy["id"]] = kept_settings(settings)
        changes["settingCount"] = len(settings)
    elif values:
        check("beta", type_name(policy), values)
        changes |= values
    _changed(state.intune, kind, policy, **changes)


def expire_token(state: GraphState, item: Any) -> None:
    """`expires` is a date; without it the token expired in October 2026."""
    check_keys(item, {"token": str, "expires": str, "state": str}, "graph_expire_token")
    token = seed.find_token(state.intune, item.get("token", ""))
    when = {"expirationDateTime": f"{item.get('expires', '2026-10-31')}T00:00:00Z"}
    state.intune.objects["tokens"][token["id"]] = {**token, **when, "state": item.get("state", token["state"])}


def set_licenses(state: GraphState, item: Any) -> None:
    """What Apple would answer; what Intune shows follows with the next sync, or at once with `synced`."""
    check_keys(item, {"app": str, "licenses": int, "synced": bool}, "graph_set_licenses", required=("app", "licenses"))
    app = find_app(state.intune, item["app"])
    state.intune.licenses[app["id"]] = item["licenses"]
    if item.get("synced", False):
        state.intune.objects["apps"][app["id"]] = {**app, "totalLicenseCount": item["licenses"]}


EDITS: dict[str, Callable[[GraphState, Any], None]] = {
    "graph_add_app": add_app,
    "graph_add_token": add_token,
    "graph_add_filter": add_filter,
    "graph_add_catalog_policy": add_catalog_policy,
    "graph_rename_app": rename_app,
    "graph_note_app": note_app,
    "graph_remove_app": remove_app,
    "graph_add_assignment": add_assignment,
    "graph_remove_assignments": remove_assignments,
    "graph_set_filter": set_filter,
    "graph_unassign_policy": unassign_policy,
    "graph_delete_policy": delete_policy,
    "graph_patch_policy": patch_policy,
    "graph_expire_token": expire_token,
    "graph_set_licenses": set_licenses,
}
"""Name in a seed's perturbations → edit."""
