"""Groups: reading, creating, changing, the upsert by uniqueName, deleting (reference 5, 2026-11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.graph.call import Answer, Call, GraphError
from reconciler.sandbox.graph.intune.state import moment
from reconciler.sandbox.graph.members import bind_members, member_wire
from reconciler.sandbox.graph.queries import check_options, count_items, list_items, pick, selected
from reconciler.sandbox.graph.rights import require
from reconciler.sandbox.graph.state import Group, add_object, change_object, remove_object
from reconciler.sandbox.graph.wire import GROUPS, group_wire

BAD_NICKNAME = re.compile(r"""[@()\\\[\]";:<>, ]|[^\x20-\x7e]""")
EXPANDED = 20
"""Members that `$expand` shows at most."""
_TEXTS = {
    "displayName": 256, "description": 1024, "mailNickname": 64, "membershipRule": 3072, "uniqueName": 256,
    "membershipRuleProcessingState": 16, "visibility": 32,
}  # fmt: skip
"""Texts and their longest form; that of uniqueName is not documented."""
_FLAGS = ("mailEnabled", "securityEnabled", "isAssignableToRole")
_BINDS = ("members@odata.bind", "owners@odata.bind")
_KNOWN = {*_TEXTS, *_FLAGS, *_BINDS, "groupTypes"}
_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")


def missing(what: str) -> GraphError:
    text = f"Resource '{what}' does not exist or one of its queried reference-property objects are not present."
    return GraphError(404, "Request_ResourceNotFound", text)


def bad(message: str) -> GraphError:
    return GraphError(400, "Request_BadRequest", message)


def bad_value(name: str) -> GraphError:
    return bad(f"Invalid value specified for property '{name}' of resource 'Group'.")


def find_group(call: Call) -> Group | None:
    """The group that the second segment names, by id or uniqueName; None where it does not exist or is not replicated yet."""
    key = call.segments[1]
    if call.keys.get(1, "id") == "uniqueName":
        return next((group for group in call.directory.groups.values() if group.unique_name == key), None)
    if 1 in call.keys and call.keys[1] != "id":
        raise bad(f"The key '{call.keys[1]}' is not a key of the resource.")
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", key):
        raise bad(f"Invalid object identifier '{key}'.")
    key = key.lower()
    return None if key in call.unseen else call.directory.groups.get(key)


def group_of(call: Call) -> Group:
    group = find_group(call)
    if group is None:
        raise missing(call.segments[1])
    return group


def list_groups(call: Call) -> Answer:
    _check_expand(call)
    answer = list_items(call, GROUPS, list(call.directory.groups.values()))
    if "$expand" in call.query and isinstance(answer.body, dict):
        groups = call.directory.groups
        for item in answer.body["value"]:
            if "id" not in item:
                raise bad("$expand needs id in $select here")
            item["members"] = _expanded(call, groups[item["id"]])
    return answer


def count_groups(call: Call) -> Answer:
    return count_items(call, list(call.directory.groups))


def get_group(call: Call) -> Answer:
    group = group_of(call)
    check_options(call, "$filter", "$orderby", "$search", "$top", "$skiptoken")
    _check_expand(call)
    chosen = selected(call, GROUPS.properties, "Group")
    body: dict[str, Any] = {"@odata.context": f"{call.root}/{call.version}/$metadata#groups/$entity"}
    body |= pick(group_wire(group), chosen, GROUPS.default)
    if "$expand" in call.query:
        body |= {"members": _expanded(call, group)}
    return Answer(status=200, body=body)


def _check_expand(call: Call) -> None:
    if not re.fullmatch(r"members(\(\$select=[\w,]+\))?", call.query.get("$expand", "members")):
        raise bad("Only members can be expanded here.")


def _expanded(call: Call, group: Group) -> list[dict[str, Any]]:
    return [member_wire(call, key) for key in group.members[:EXPANDED]]


def create_group(call: Call) -> Answer:
    return _create(call, call.body or {})


def _create(call: Call, body: Mapping[str, Any]) -> Answer:
    for name in _REQUIRED:
        if body.get(name) is None:
            raise bad(f"A value is required for property '{name}' of resource 'Group'.")
    _check_body(body)
    types = tuple(body.get("groupTypes") or ())
    if body["mailEnabled"] != ("Unified" in types):
        raise bad(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set."
        )
    if body.get("isAssignableToRole"):
        require(call, ("RoleManagement.ReadWrite.Directory",))
    _check_unique(call, body.get("uniqueName"), None)
    dynamic = "DynamicMembership" in types
    if dynamic and (not body.get("membershipRule") or body.get("members@odata.bind")):
        raise bad_value("membershipRule" if not body.get("membershipRule") else "members")
    group = add_object(
        call.directory,
        Group(
            name=body["displayName"],
            description=body.get("description") or "",
            mail_nickname=body["mailNickname"],
            unique_name=body.get("uniqueName") or "",
            types=types,
            security=body["securityEnabled"],
            rule=body.get("membershipRule") or "",
            rule_state=body.get("membershipRuleProcessingState") or ("On" if dynamic else ""),
            role_assignable=bool(body.get("isAssignableToRole")),
            visibility=body.get("visibility") or "",
            created=moment(call.now),
        ),
    )
    if len([*body.get("members@odata.bind", ()), *body.get("owners@odata.bind", ())]) > EXPANDED:
        raise bad("The number of relationships in the request exceeds the maximum of 20.")
    bind_members(call, group, body.get("members@odata.bind", []))
    made = call.directory.groups[group.id]
    head = {"@odata.context": f"{call.root}/{call.version}/$metadata#groups/$entity"}
    location = f"{call.root}/{call.version}/directoryObjects/{group.id}/Microsoft.DirectoryServices.Group"
    return Answer(status=201, body=head | pick(group_wire(made), None, GROUPS.default), headers={"Location": location})


def patch_group(call: Call) -> Answer:
    """By id, or by uniqueName: then `Prefer: create-if-missing` makes it an upsert."""
    group = find_group(call)
    body = call.body or {}
    if call.keys.get(1) == "uniqueName":
        if body.get("uniqueName", call.segments[1]) != call.segments[1]:
            raise bad_value("uniqueName")
        wishes = [each.strip().casefold() for each in call.headers.get("prefer", "").split(",")]
        if group is None and "create-if-missing" in wishes:
            return _create(call, {**body, "uniqueName": call.segments[1]})
    if group is None:
        if "members@odata.bind" in body and call.segments[1] in call.unseen and call.options.fresh_bind == "accept":
            group = call.directory.groups[call.segments[1]]
        elif "members@odata.bind" in body:
            raise bad("The source resource object or one of the objects being referenced do not exist.")
        else:
            raise missing(call.segments[1])
    _change(call, group, body)
    return Answer(status=204)


def _change(call: Call, group: Group, body: Mapping[str, Any]) -> None:
    _check_body(body)
    if group.synced:
        raise bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
        )
    for name, now in (("mailEnabled", "Unified" in group.types), ("isAssignableToRole", group.role_assignable)):
        if name in body and bool(body[name]) != now:
            raise bad(f"Property '{name}' is read-only and cannot be set.")
    _check_unique(call, body.get("uniqueName"), group)
    changes: dict[str, Any] = {
        name: body[wire] or ("" if isinstance(body[wire], str | None) else body[wire])
        for wire, name in _FIELDS.items()
        if wire in body
    }
    if "groupTypes" in body:
        changes["types"] = tuple(body["groupTypes"])
    change_object(call.directory, group, **changes)
    if "members@odata.bind" in body:
        bind_members(call, call.directory.groups[group.id], body["members@odata.bind"])


_FIELDS = {
    "displayName": "name", "description": "description", "mailNickname": "mail_nickname", "uniqueName": "unique_name",
    "securityEnabled": "security", "membershipRule": "rule", "membershipRuleProcessingState": "rule_state",
    "visibility": "visibility",
}  # fmt: skip


def _check_unique(call: Call, wanted: str | None, group: Group | None) -> None:
    """uniqueName can be filled in once and never changed; no two groups bear the same."""
    if wanted is None or (group is not None and group.unique_name == wanted):
        return
    if group is not None and (group.unique_name or group.role_assignable):
        raise bad(f"Value for ArmUniqueName cannot be updated for object '{group.id}'.")
    if any(each.unique_name == wanted for each in call.directory.groups.values()):
        raise bad("Another object with the same value for property uniqueName already exists.")


def _check_body(body: Mapping[str, Any]) -> None:
    """Names, types and sizes. An empty text is refused: null clears."""
    for name, value in body.items():
        if name not in _KNOWN and not name.startswith("@"):
            raise bad(f"Invalid property '{name}'.")
        if name in _TEXTS and not _fits(name, value):
            raise bad_value(name)
        if name in _FLAGS and not (isinstance(value, bool) or (value is None and name == "isAssignableToRole")):
            raise bad_value(name)
        if name in (*_BINDS, "groupTypes") and not (
            isinstance(value, list) and all(isinstance(each, str) for each in value)
        ):
            raise bad_value(name)
    if not set(body.get("groupTypes", ())) <= {"Unified", "DynamicMembership"}:
        raise bad_value("groupTypes")


def _fits(name: str, value: Any) -> bool:
    if value is None:
        return name not in ("displayName", "mailNickname", "uniqueName")
    if not isinstance(value, str) or not 0 < len(value) <= _TEXTS[name]:
        return False
    return name != "mailNickname" or not BAD_NICKNAME.search(value)


def delete_group(call: Call) -> Answer:
    """A security group is gone at once (reference 5.2)."""
    remove_object(call.directory, group_of(call))
    return Answer(status=204)
