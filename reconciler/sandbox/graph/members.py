"""Members of groups: lists, adding one or twenty, removing, and the deletion that a forgotten `/$ref` makes (reference 5.4, 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reconciler.sandbox.graph import groups
from reconciler.sandbox.graph.call import Answer, Call, GraphError, page
from reconciler.sandbox.graph.queries import DEFAULT, MAXIMUM, check_options, count_items, counted, list_items
from reconciler.sandbox.graph.rights import DEVICE_WRITE, GROUP_WRITE, USER_WRITE, denied, require
from reconciler.sandbox.graph.state import (
    DirectoryObject,
    EntraDevice,
    Group,
    change_object,
    find_object,
    remove_object,
    transitive_members,
)
from reconciler.sandbox.graph.wire import MEMBERS, object_wire

AT_ONCE = 20
GONE = "The source resource object or one of the objects being referenced do not exist."
THERE = "One or more added object references already exist for the following modified properties: 'members'."
_REFERENCE = re.compile(
    r"https?://[^/]+/.*?(?:v1\.0|beta)/(directoryObjects|devices|groups|users)/([0-9a-fA-F-]{36})/?"
)
_CASTS = {"device": "#microsoft.graph.device", "group": "#microsoft.graph.group", "user": "#microsoft.graph.user"}


def member_wire(call: Call, key: str) -> dict[str, Any]:
    """A member as on the wire; deleting an object takes it out of every group, so that each is there."""
    directory = call.directory
    return object_wire(directory.groups.get(key) or directory.devices.get(key) or directory.users[key])


def list_members(call: Call) -> Answer:
    """`members` and `transitiveMembers`, with a cast, `$ref` or `$count` behind."""
    group = groups.group_of(call)
    every = call.segments[2] == "transitiveMembers"
    keys = transitive_members(call.directory, group) if every else list(group.members)
    items = [item for item in (find_object(call.directory, key) for key in keys) if item is not None]
    match call.segments[3:]:
        case ():
            return list_items(call, MEMBERS, items)
        case ("$ref",):
            return _references(call, items)
        case ("$count",):
            return count_items(call, items)
        case (cast,) | (cast, "$count") if cast.rpartition(".")[2] in _CASTS and "graph." in cast:
            return _cast(call, items, _CASTS[cast.rpartition(".")[2]])
    raise GraphError(400, "BadRequest", f"Resource not found for the segment '{call.segments[3]}'.")


def _cast(call: Call, items: Sequence[DirectoryObject], kind: str) -> Answer:
    """Needs ConsistencyLevel and $count (reference 5.4)."""
    found = [item for item in items if object_wire(item)["@odata.type"] == kind]
    if call.segments[-1] == "$count":
        return count_items(call, found)
    if not counted(call):
        raise GraphError(
            400,
            "Request_UnsupportedQuery",
            "The specified filter to the reference property query is currently not supported.",
        )
    return list_items(call, MEMBERS, found)


def _references(call: Call, items: Sequence[DirectoryObject]) -> Answer:
    check_options(call)
    answer = page(items, call, DEFAULT, MAXIMUM)
    answer["value"] = [
        {"@odata.id": f"{call.root}/{call.version}/directoryObjects/{item.id}"} for item in answer["value"]
    ]
    return Answer(
        status=200, body={"@odata.context": f"{call.root}/{call.version}/$metadata#Collection($ref)"} | answer
    )


def add_reference(call: Call) -> Answer:
    """`POST members/$ref`: one; 404 where it is missing."""
    reference = (call.body or {}).get("@odata.id")
    if not isinstance(reference, str):
        raise groups.bad("A value is required for property '@odata.id'.")
    group = _group_for_members(call)
    item = _referred(call, reference)
    if item is None:
        raise groups.missing(reference.rpartition("/")[2])
    _add(call, group, [item])
    return Answer(status=204)


def bind_members(call: Call, group: Group, references: Sequence[str]) -> None:
    """`members@odata.bind` adds, at most 20, all or none."""
    if not references:
        return
    if len(references) > AT_ONCE:
        raise groups.bad(f"The number of references in 'members@odata.bind' exceeds the maximum of {AT_ONCE}.")
    items = [_referred(call, reference) for reference in references]
    found = [item for item in items if item is not None]
    if len(found) < len(items):
        raise groups.bad(GONE)
    _add(call, group, found)


def _referred(call: Call, reference: str) -> DirectoryObject | None:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise groups.bad(f"Invalid URI specified: '{reference}'.")
    kind, key = match[1], match[2].lower()
    if key in call.unseen and call.options.fresh_bind == "refuse":
        return None
    tables: dict[str, dict[str, Any]] = {
        "devices": call.directory.devices,
        "groups": call.directory.groups,
        "users": call.directory.users,
    }
    return tables[kind].get(key) if kind in tables else find_object(call.directory, key)


def _add(call: Call, group: Group, items: Sequence[DirectoryObject]) -> None:
    _check_static(call, group)
    for item in items:
        require(call, _write_of(item))
    keys = [item.id for item in items]
    if len(set(keys)) < len(keys) or not set(keys).isdisjoint(group.members):
        raise groups.bad(THERE)
    if group.id in keys:
        raise groups.bad("A group cannot be a member of itself.")
    change_object(call.directory, group, members=(*group.members, *keys))


def _write_of(item: DirectoryObject) -> tuple[str, ...]:
    """A member of a kind takes the right to write that kind too (reference 3)."""
    if isinstance(item, EntraDevice):
        return DEVICE_WRITE
    return GROUP_WRITE if isinstance(item, Group) else USER_WRITE


def _check_static(call: Call, group: Group) -> None:
    """A dynamic group's members come from its rule; one from the premises is written there."""
    if group.synced:
        raise groups.bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
        )
    if group.dynamic:
        if call.options.dynamic_member_edit == "forbidden":
            raise denied()
        raise groups.bad("Cannot Update a dynamic membership group's members.")


def _group_for_members(call: Call) -> Group:
    group = groups.find_group(call)
    if group is None and call.segments[1] in call.unseen and call.options.fresh_bind == "accept":
        group = call.directory.groups[call.segments[1]]
    if group is None:
        raise groups.missing(call.segments[1])
    return group


def remove_reference(call: Call) -> Answer:
    """`DELETE members/{id}/$ref`."""
    group, key = _group_for_members(call), call.segments[3].lower()
    _check_static(call, group)
    if key not in group.members:
        if call.options.remove_non_member == "ok" and find_object(call.directory, key):
            return Answer(status=204)
        raise groups.missing(call.segments[3])
    change_object(call.directory, group, members=tuple(each for each in group.members if each != key))
    return Answer(status=204)


def delete_member(call: Call) -> Answer:
    """`DELETE members/{id}` without `/$ref`: deletes the object itself, where the application may (reference 5.4, DANGER)."""
    group, key = groups.group_of(call), call.segments[3].lower()
    item = find_object(call.directory, key)
    if item is None or key not in group.members:
        raise groups.missing(call.segments[3])
    require(call, _write_of(item))
    remove_object(call.directory, item)
    return Answer(status=204)
