"""Groups of the Directory API, as far as policies need them as targets."""

from __future__ import annotations

import dataclasses
from typing import Any

from reconciler.sandbox.google import state as tenant
from reconciler.sandbox.google.call import Call, page
from reconciler.sandbox.google.errors import ApiError, not_found
from reconciler.sandbox.google.state import Group


def list_groups(call: Call) -> dict[str, Any]:
    """`customer` or `domain` is needed; `userKey` would need accounts, which the sandbox doesn't have."""
    if "userKey" in call.query or ("customer" in call.query) == ("domain" in call.query):
        raise ApiError(400, "Bad Request", reason="badRequest")
    groups = sorted(call.state.groups.values(), key=lambda group: group.email)
    query = call.query.get("query", "")
    if query.startswith("email="):
        groups = [group for group in groups if group.email == query.removeprefix("email=")]
    elif query.startswith("email:") and query.endswith("*"):
        groups = [group for group in groups if group.email.startswith(query[6:-1])]
    elif query:
        raise ApiError(400, "Invalid Input: query", reason="invalidInput")
    if "domain" in call.query:
        groups = [group for group in groups if group.email.endswith("@" + call.query["domain"])]
    if call.query.get("sortOrder") == "DESCENDING":
        groups = groups[::-1]
    found, token = page(
        call,
        groups,
        size=call.query.get("maxResults"),
        token=call.query.get("pageToken"),
        default=200,
        maximum=200,
        of=query,
    )
    return _answer("groups", [wire(group) for group in found], token, call.state.revision)


def _answer(name: str, items: list[dict[str, Any]], token: str | None, revision: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"kind": f"admin#directory#{name}", "etag": f'"{revision}"'}
    if items:
        answer[name] = items
    if token:
        answer["nextPageToken"] = token
    return answer


def get_group(call: Call) -> dict[str, Any]:
    return wire(_existing(call))


def insert_group(call: Call) -> dict[str, Any]:
    email = call.body.get("email", "")
    if "@" not in email:
        raise ApiError(400, "Missing required field: email", reason="required")
    if any(tenant.folded(group.email) == tenant.folded(email) for group in call.state.groups.values()):
        raise ApiError(409, "Entity already exists.", reason="duplicate")
    group = tenant.add_group(
        call.state, email=email, name=call.body.get("name", ""), description=call.body.get("description", "")
    )
    return wire(group)


def patch_group(call: Call) -> dict[str, Any]:
    group = _existing(call)
    changed = dataclasses.replace(
        group,
        name=call.body.get("name", group.name),
        email=call.body.get("email", group.email),
        description=call.body.get("description", group.description),
        revision=tenant.next_revision(call.state),
    )
    call.state.groups[group.id] = changed
    return wire(changed)


def delete_group(call: Call) -> None:
    group = _existing(call)
    del call.state.groups[group.id]
    call.state.policies.pop(f"groups/{group.id}", None)
    call.state.added.pop(f"groups/{group.id}", None)
    tenant.next_revision(call.state)


def list_members(call: Call) -> dict[str, Any]:
    group = _existing(call)
    found, token = page(
        call,
        group.members,
        size=call.query.get("maxResults"),
        token=call.query.get("pageToken"),
        default=200,
        maximum=200,
    )
    members = [
        {"kind": "admin#directory#member", "email": email, "role": "MEMBER", "type": "USER", "status": "ACTIVE"}
        for email in found
    ]
    return _answer("members", members, token, call.state.revision)


def _existing(call: Call) -> Group:
    """By id or e-mail address."""
    key = call.path["groupKey"]
    for group in call.state.groups.values():
        if key == group.id or tenant.folded(key) == tenant.folded(group.email):
            return group
    raise not_found(f"Resource Not Found: {key}")


def wire(group: Group) -> dict[str, Any]:
    """The number of members is a string (int64)."""
    return {
        "kind": "admin#directory#group",
        "etag": f'"{group.revision}"',
        "id": group.id,
        "email": group.email,
        "name": group.name,
        "description": group.description,
        "directMembersCount": str(len(group.members)),
        "adminCreated": True,
    }
