"""Scheduled actions of compliance policies: what a policy does to a device that doesn't meet it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.sandbox.graph.call import Call, intune_error
from reconciler.sandbox.graph.intune.state import ZERO_GUID, IntuneState, Record, new_id
from reconciler.sandbox.graph.intune.types import check

_RULE = "deviceComplianceScheduledActionForRule"
_NESTED = "scheduledActionConfigurations"


def kept_actions(state: IntuneState, call: Call, rules: Any) -> tuple[Record, ...]:
    """Rules as they are stored; 400 unless exactly one action of them is `block` (microsoft-graph-docs issue 7746)."""
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        rules = []
    for rule in rules:
        check(call.version, _RULE, rule)
    blocks = [
        action for rule in rules for action in rule.get(_NESTED) or () if action.get("actionType") == "block"
    ]  # fmt: skip
    if len(blocks) != 1:
        raise intune_error(400, "Compliance policy must have one and only one block scheduled action")
    return tuple(_kept_rule(state, rule) for rule in rules)


def _kept_rule(state: IntuneState, rule: Record) -> Record:
    """The name of the rule is always the default, whatever was sent (description in the v1.0 metadata)."""
    actions = [
        {
            "id": new_id(state, "action"),
            "gracePeriodHours": action.get("gracePeriodHours") or 0,
            "actionType": action.get("actionType") or "noAction",
            "notificationTemplateId": action.get("notificationTemplateId") or ZERO_GUID,
            "notificationMessageCCList": action.get("notificationMessageCCList") or [],
        }
        for action in rule.get(_NESTED) or ()
    ]
    return {"id": new_id(state, "rule"), "ruleName": "PasswordRequired", _NESTED: actions}


def shown_actions(rules: Sequence[Record], *, within: str) -> list[Record]:
    """The actions themselves only when the expansion of the rules asks for them too (`$expand` in `$expand`)."""
    if _NESTED in within:
        return [dict(rule) for rule in rules]
    return [{key: value for key, value in rule.items() if key != _NESTED} for rule in rules]
