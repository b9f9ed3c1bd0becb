"""`deviceManagement/deviceConfigurations` and `deviceCompliancePolicies`: templates by `@odata.type`, and their assignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.sandbox.graph.call import Answer, Call, GraphError, intune_error, page
from reconciler.sandbox.graph.intune.compliance_actions import kept_actions, shown_actions
from reconciler.sandbox.graph.intune.querying import expansions, read_filter, select
from reconciler.sandbox.graph.intune.routing import body_of, context, missing, unrouted
from reconciler.sandbox.graph.intune.state import (
    IntuneState,
    Record,
    add_object,
    change_object,
    moment,
    remove_object,
)
from reconciler.sandbox.graph.intune.targets import assigned_to, kept_target, shown_row, without_repeats
from reconciler.sandbox.graph.intune.types import (
    PREFIX,
    check,
    concrete_type,
    defaults,
    shown,
    type_name,
    types,
    writable,
)

PAGE = 1000
_ACTIONS = "scheduledActionsForRule"


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """A collection of policies: its name in paths, its base type, and the type of its assignments."""

    kind: Literal["configurations", "compliance", "catalog"]
    segment: str
    base: str
    row: str


CONFIGURATIONS = Collection(
    kind="configurations",
    segment="deviceConfigurations",
    base="deviceConfiguration",
    row="deviceConfigurationAssignment",
)
COMPLIANCE = Collection(
    kind="compliance",
    segment="deviceCompliancePolicies",
    base="deviceCompliancePolicy",
    row="deviceCompliancePolicyAssignment",
)


def answer_policies(state: IntuneState, call: Call, collection: Collection) -> Answer:
    rest = call.segments[2:]
    if not rest:
        return _create(state, call, collection) if call.verb == "POST" else _list(state, call, collection)
    policy = state.objects[collection.kind].get(rest[0])
    if policy is None or type_name(policy) not in types(call.version):
        raise missing(rest[0])
    if len(rest) == 1:
        return _one(state, call, collection, policy)
    if rest[1:] == ("assign",) and call.verb == "POST":
        return assign(state, call, collection, policy)
    if rest[1:] == ("assignments",) and call.verb == "GET":
        return list_assignments(state, call, collection, policy)
    if rest[1:] == ("scheduleActionsForRules",) and call.verb == "POST" and collection is COMPLIANCE:
        rules = body_of(call).get("deviceComplianceScheduledActionForRules")
        state.actions[policy["id"]] = kept_actions(state, call, rules)
        return Answer(status=204)
    raise unrouted(call)  # also for GET …/scheduledActionsForRule, which looks as if it were there (reference 9.3)


def _list(state: IntuneState, call: Call, collection: Collection) -> Answer:
    if call.verb != "GET":
        raise unrouted(call)
    known = types(call.version)
    found = [each for each in state.objects[collection.kind].values() if type_name(each) in known]
    if text := call.query.get("$filter"):
        test = read_filter(text, call.version)
        if test is None:
            raise intune_error(400, f"Invalid filter clause: {text}")
        found = [each for each in found if test(each)]
    body = context(call, f"deviceManagement/{collection.segment}") | page(found, call, PAGE, PAGE)
    body["value"] = [_wire(state, call, collection, each) for each in body["value"]]
    return Answer(status=200, body=body)


def _one(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Answer:
    if call.verb == "DELETE":
        remove_object(state, collection.kind, policy["id"])
        return Answer(status=204)
    if call.verb == "PATCH":
        policy = _patch(state, call, collection, policy)
        if call.options.patch_status == 204:
            return Answer(status=204)
    elif call.verb != "GET":
        raise unrouted(call)
    return Answer(status=200, body=_entity(state, call, collection, policy))


def _entity(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Record:
    where = context(call, f"deviceManagement/{collection.segment}/$entity")
    return where | _wire(state, call, collection, policy)


def _wire(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Record:
    """Assignments and scheduled actions only when expanded."""
    known = ("assignments", _ACTIONS) if collection is COMPLIANCE else ("assignments",)
    expanded = expansions(call, known, collection.base)
    found = shown(call.version, policy)
    path = f"deviceManagement/{collection.segment}('{policy['id']}')/microsoft.graph.{type_name(policy)}"
    if "assignments" in expanded:
        found["assignments@odata.context"] = context(call, f"{path}/assignments")["@odata.context"]
        found["assignments"] = [shown_row(call, row) for row in state.assignments.get(policy["id"], ())]
    if _ACTIONS in expanded:
        found[f"{_ACTIONS}@odata.context"] = context(call, f"{path}/{_ACTIONS}")["@odata.context"]
        rules = state.actions.get(policy["id"], ())
        found[_ACTIONS] = shown_actions(rules, within=expanded[_ACTIONS])
    return select(call, found, collection.base)


def _create(state: IntuneState, call: Call, collection: Collection) -> Answer:
    body = body_of(call)
    name = concrete_type(call.version, body, collection.base)
    _check_body(call, collection, name, body)
    if not body.get("displayName"):
        raise intune_error(400, "The property displayName is required and can't be empty.")
    actions = kept_actions(state, call, body.get(_ACTIONS)) if collection is COMPLIANCE else ()
    plain = {key: value for key, value in writable(body).items() if key != _ACTIONS}
    record = {**defaults("beta", name), "roleScopeTagIds": ["0"], **plain, "@odata.type": PREFIX + name}
    if collection is CONFIGURATIONS:
        record["supportsScopeTags"] = True
    del record["id"]
    policy = add_object(state, collection.kind, record, now=moment(call.now))
    if actions:
        state.actions[policy["id"]] = actions
    return Answer(status=201, body=_entity(state, call, collection, policy))


def _check_body(call: Call, collection: Collection, name: str, body: Record) -> None:
    if "assignments" in body:
        raise GraphError(400, "BadRequest", "Deep insert of 'assignments' is not supported: use the action 'assign'.")
    check(call.version, name, body)
    if collection is COMPLIANCE and call.verb == "PATCH" and _ACTIONS in body:
        raise GraphError(
            400,
            "BadRequest",
            f"Cannot apply PATCH to navigation property '{_ACTIONS}' on entity type '{collection.base}'.",
        )


def _patch(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Record:
    """Merges. The type must be said and can't change."""
    body, name = body_of(call), type_name(policy)
    if concrete_type(call.version, body, collection.base) != name:
        raise intune_error(400, f"The type of a policy can't be changed: it is {name}.")
    _check_body(call, collection, name, body)
    return change_object(state, collection.kind, {**policy, **writable(body)}, now=moment(call.now))


def assign(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Answer:
    """Replaces the whole set, and answers with the new one."""
    rows = body_of(call).get("assignments")
    if not isinstance(rows, list) or set(call.body or {}) != {"assignments"}:
        raise GraphError(400, "BadRequest", "The parameter 'assignments' of the action 'assign' is required.")
    before = {row["id"]: row for row in state.assignments.get(policy["id"], ())}
    kept = []
    for row in rows:
        if not isinstance(row, dict):
            raise GraphError(400, "BadRequest", "An object was expected in 'assignments'.")
        check(call.version, collection.row, row)
        target = kept_target(state, call, row.get("target"), before.values())
        found: Record = {"@odata.type": PREFIX + collection.row, "target": target}
        found["id"] = f"{policy['id']}_{assigned_to(found) or type_name(target)}"
        old = before.get(found["id"], {})
        found |= {"source": old.get("source", "direct"), "sourceId": old.get("sourceId", policy["id"])}
        if collection is CONFIGURATIONS:
            found["intent"] = row.get("intent") or "apply"
        kept.append(found)
    if rows or call.options.empty_assign == "clear":
        state.assignments[policy["id"]] = without_repeats(kept)
    return list_assignments(state, call, collection, policy)


def list_assignments(state: IntuneState, call: Call, collection: Collection, policy: Record) -> Answer:
    where = context(call, f"deviceManagement/{collection.segment}('{policy['id']}')/assignments")
    rows = [shown_row(call, row) for row in state.assignments.get(policy["id"], ())]
    if call.verb == "POST":
        return Answer(status=200, body=where | {"value": rows})
    return Answer(status=200, body=where | page(rows, call, PAGE, PAGE))
