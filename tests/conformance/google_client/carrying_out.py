"""A plan's changes as calls of Google's own client, the way an administrator's script would make them.

Written from Google's discovery documents (directory_v1, chromepolicy v1, as packed in google-api-python-client) and the
guides named below. It knows a plan as data and nothing of our adapter, so that the two can't share a misunderstanding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.change import Action, Change
from reconciler.sandbox import Clock

CUSTOMER = "customers/my_customer"
MOST_MOVED = 50
"""moveDevicesToOu: "You can move up to 50 devices at once" (discovery, directory_v1)."""

_MARK = re.compile(r"\[reconciler:1 org=(\S+) key=(\S+)\]")
_Call = tuple[str, str, bool, bool]


@dataclass(slots=True, kw_only=True)
class Script:
    """Google's client of both APIs, and the clock that its waiting moves. `waited` counts the waits, `calls` the writes."""

    directory: Any
    policy: Any
    clock: Clock
    waited: list[float] = field(default_factory=list)
    calls: int = 0

    def run(self, request: Any) -> Any:
        """One request; over quota the client waits by its own rule: 2, 4, 8 … seconds, times a random number (here 1)."""
        request._sleep = self._wait  # "Stubs for testing", says googleapiclient.http of these two
        request._rand = lambda: 1.0
        return request.execute(num_retries=6)

    def write(self, request: Any) -> Any:
        self.calls += 1
        return self.run(request)

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.advance(seconds)


def org_units(script: Script) -> list[dict[str, Any]]:
    """All org units with the root."""
    resource = script.directory.orgunits()
    answer = script.run(resource.list(customerId="my_customer", type="allIncludingParent", orgUnitPath="/"))
    found: list[dict[str, Any]] = answer["organizationUnits"]
    return found


def references(units: Iterable[dict[str, Any]], org: str) -> dict[str, dict[str, Any]]:
    """Org units by the references that plans use: `@…` for those that bear this organisation's mark, `ou:/Path` for the rest."""
    found = {}
    for unit in units:
        mark = _MARK.search(unit.get("description", ""))
        ours = mark and mark[1] == org
        found[_place(mark[2]) if mark and ours else f"ou:{unit['orgUnitPath']}"] = unit
    return found


def _place(key: str) -> str:
    """`root` is the root of ours; `school/a` and `group/a/b` name a school's place and a group's."""
    return "@" if key == "root" else "@" + key.partition("/")[2]


def resource_name(unit: dict[str, Any]) -> str:
    """An org unit as the Chrome Policy API names it: without the `id:` of the Directory API."""
    return "orgunits/" + str(unit["orgUnitId"]).removeprefix("id:")


def carry_out(script: Script, changes: Sequence[Change], org: str) -> None:
    """All changes: org units first, in the plan's order, then policies from the upper org units down, then moves.

    Raises HttpError for what Google refuses, LookupError for a kind of change that this script does not know.
    """
    unknown = {change.key.kind for change in changes} - {"group", "setting", "assignment", "membership"}
    if unknown:
        raise LookupError(", ".join(sorted(unknown)))
    for change in changes:
        if change.key.kind == "group":
            _put_org_unit(script, change, org)
    known = references(org_units(script), org)
    for call, together in _calls(changes, known):
        _put_policies(script, call, together, resource_name(known[call[0]]))
    for change in changes:
        if change.key.kind == "membership":
            _move(script, change, known)


def _put_org_unit(script: Script, change: Change, org: str) -> None:
    wanted = change.after
    if wanted is None:
        raise LookupError("deletion of an org unit")
    known = references(org_units(script), org)
    resource = script.directory.orgunits()
    mark = f"[reconciler:1 org={org} key={wanted['mark']}]"
    if change.action is Action.CREATE:
        parent = known[str(wanted["parent"])]["orgUnitPath"]
        body = {"name": wanted["name"], "parentOrgUnitPath": parent, "description": mark}
        script.write(resource.insert(customerId="my_customer", body=body))
        return
    unit = next(each for each in known.values() if each["orgUnitId"] == f"id:{change.vendor_id}")
    script.write(
        resource.patch(customerId="my_customer", orgUnitPath=unit["orgUnitId"], body=_patch(change, unit, mark))
    )


def _patch(change: Change, unit: dict[str, Any], mark: str) -> dict[str, Any]:
    """Of name and description, what differs. People's own text stays before the mark, on lines of its own."""
    body: dict[str, Any] = {}
    for differing in change.fields:
        if differing.field == "name":
            body["name"] = differing.after
        elif differing.field == "mark":
            text = unit.get("description", "")
            body["description"] = f"{text}\n{mark}" if text else mark
        else:
            raise LookupError(f"an org unit's {differing.field}")
    return body


def _calls(changes: Sequence[Change], known: dict[str, dict[str, Any]]) -> Iterator[tuple[_Call, list[Change]]]:
    """Policies that may share a call: one target, one namespace, the same key names (discovery; guide "Batch update policies")."""
    calls: dict[_Call, list[Change]] = {}
    for change in changes:
        if change.key.kind in ("setting", "assignment"):
            schema, _, app = change.key.part.partition("|")
            namespace = schema.rpartition(".")[0]
            calls.setdefault((change.key.target, namespace, bool(app), change.after is None), []).append(change)
    yield from sorted(calls.items(), key=lambda item: (_depth(known[item[0][0]]), item[0]))


def _depth(unit: dict[str, Any]) -> int:
    return len([name for name in str(unit["orgUnitPath"]).split("/") if name])


def _put_policies(script: Script, call: _Call, together: Sequence[Change], target: str) -> None:
    _, namespace, of_apps, removed = call
    policies = script.policy.customers().policies().orgunits()
    if not removed:
        requests = [_modification(change, target) for change in together]
        script.write(policies.batchModify(customer=CUSTOMER, body={"requests": requests}))
        return
    added = _added_here(script, target, namespace) if of_apps else frozenset()
    requests = [_inheritance(change, target, added) for change in together]
    script.write(policies.batchInherit(customer=CUSTOMER, body={"requests": requests}))


def _modification(change: Change, target: str) -> dict[str, Any]:
    value = dict(change.after or {})
    schema = change.key.part.partition("|")[0]
    return {
        "policyTargetKey": _target_key(change, target),
        "policyValue": {"policySchema": schema, "value": value},
        "updateMask": ",".join(value),
    }


def _inheritance(change: Change, target: str, added: frozenset[str]) -> dict[str, Any]:
    """An app leaves management where it was added, by an asterisk (guide "Manage apps", code samples); all else is inherited."""
    schema, _, app = change.key.part.partition("|")
    if app in added:
        schema = schema.rpartition(".")[0] + ".*"
    return {"policyTargetKey": _target_key(change, target), "policySchema": schema}


def _target_key(change: Change, target: str) -> dict[str, Any]:
    app = change.key.part.partition("|")[2]
    keys = {"additionalTargetKeys": {"app_id": app}} if app else {}
    return {"targetResource": target, **keys}


def _added_here(script: Script, target: str, namespace: str) -> frozenset[str]:
    """Apps that were added to management at this target: addedSourceKey says so (discovery, chromepolicy v1)."""
    return frozenset(
        each["targetKey"]["additionalTargetKeys"]["app_id"]
        for each in resolved(script, target, f"{namespace}.*")
        if each.get("addedSourceKey", {}).get("targetResource") == target
    )


def resolved(script: Script, target: str, schemas: str) -> list[dict[str, Any]]:
    """What policies.resolve says, all pages."""
    body: dict[str, Any] = {"policySchemaFilter": schemas, "policyTargetKey": {"targetResource": target}}
    found: list[dict[str, Any]] = []
    while True:
        answer = script.run(script.policy.customers().policies().resolve(customer=CUSTOMER, body=body))
        found += answer.get("resolvedPolicies", [])
        if "nextPageToken" not in answer:
            return found
        body = body | {"pageToken": answer["nextPageToken"]}


def devices(script: Script) -> list[dict[str, Any]]:
    """All ChromeOS devices, by the client's own way through the pages."""
    resource = script.directory.chromeosdevices()
    request = resource.list(customerId="my_customer", maxResults=300, projection="BASIC")
    found: list[dict[str, Any]] = []
    while request is not None:
        answer = script.run(request)
        found += answer.get("chromeosdevices", [])
        request = resource.list_next(request, answer)
    return found


def _move(script: Script, change: Change, known: dict[str, dict[str, Any]]) -> None:
    """All devices of a change go to one place."""
    [into] = {place for member in change.members for place in member.after}
    ids = [member.device for member in change.members]
    for start in range(0, len(ids), MOST_MOVED):
        body = {"deviceIds": ids[start : start + MOST_MOVED]}
        path = known[into]["orgUnitPath"]
        resource = script.directory.chromeosdevices()
        script.write(resource.moveDevicesToOu(customerId="my_customer", orgUnitPath=path, body=body))
