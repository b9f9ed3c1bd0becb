"""A plan for other programs: a versioned public form with counts of devices, without any vendor's id. Pure.

Not the plan's own file, which `apply` reads: this one leaves out what identifies devices, accounts' homes and tenants.
"""

from collections.abc import Sequence
from typing import Any, Final

from reconciler.model.change import Action, Change, Plan, Why
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Pointer
from reconciler.model.resource import Key
from reconciler.report.app_items import removal_of
from reconciler.report.escape import json_document
from reconciler.report.held import held_with
from reconciler.report.items import is_loud
from reconciler.report.reach import reach_of
from reconciler.report.remarks import spoken, values_of
from reconciler.report.words import Words, words_of

FORMAT: Final = 1
"""Of the public form. Keys may be added under the same number; none is removed or changes its meaning."""


def plan_json(plan: Plan, lang: str | None = None) -> str:
    """One JSON document, ending in a line break. Texts of findings, notes and what is outstanding are in the language."""
    return json_document(plan_data(plan, lang))


def plan_data(plan: Plan, lang: str | None = None) -> dict[str, Any]:
    words = words_of(lang, plan.language)
    waits = held_with(plan)
    return {
        "kind": "plan",
        "format": FORMAT,
        "tool_version": plan.tool_version,
        "organisation": plan.organisation,
        "as_of": plan.as_of.isoformat(),
        "lapses": plan.lapses.isoformat() if plan.lapses else None,
        "documents": plan.digest,
        "backends": [
            {"id": one.backend, "kind": one.kind, "mode": plan.modes.get(one.backend, "observe")}
            for one in plan.tenants
        ],
        "summary": _summary(plan),
        "changes": [change_data(change) for change in plan.changes],
        "held": [
            {**change_data(change), "waits_for": waits.get((change.backend, str(change.key)))} for change in plan.held
        ],
        "outstanding": [
            {"code": one.code, "backend": one.backend, **_text(one.code, one.values, words)} for one in plan.outstanding
        ],
        "notes": [
            {"code": one.code, "backend": one.backend, **_text(one.code, one.values, words)} for one in plan.notes
        ],
        "findings": [finding_data(one, words) for one in plan.findings],
        "unchanged": dict(plan.unchanged),
    }


def _summary(plan: Plan) -> dict[str, Any]:
    reach = reach_of(plan.changes)
    return {
        "changes": len(plan.changes),
        **{action.value: sum(change.action is action for change in plan.changes) for action in Action},
        "destructive": sum(is_loud(change) for change in plan.changes),
        "pins": sum(change.pins for change in plan.changes),
        "by_hand": sum(change.by_hand for change in plan.changes),
        "held": len(plan.held),
        "outstanding": len(plan.outstanding),
        "errors": sum(is_error(finding) for finding in plan.findings),
        "unchanged": sum(plan.unchanged.values()),
        "devices": reach.devices,
        "staff_devices": reach.staff,
        "pupils_at_most": reach.pupils,
        "schools": list(reach.schools),
    }


def change_data(change: Change) -> dict[str, Any]:
    """`actions` is a list, so that whether something is removed is one test.

    `on_removal` is for an app that is taken away: uninstalls, stays or remains (where it was required), unblocks,
    ends-uninstalling, parent-value.
    """
    envelope = change.envelope
    return {
        "actions": _actions(change),
        "key": key_data(change.key),
        "backend": change.backend,
        "label": change.label,
        "fields": [
            {
                "field": one.field,
                **({"before": one.before} if one.had else {}),
                **({"after": one.after} if one.has else {}),
            }
            for one in change.fields
        ],
        "resets": {part: dict(fields) for part, fields in change.resets.items()},
        "move": {"from": envelope.source, "into": envelope.into, "at_most": envelope.at_most} if envelope else None,
        "destroys": change.destroys,
        "pins": change.pins,
        "by_hand": change.by_hand,
        "origin": change.proposal.value,
        "why": [_why(one) for one in change.why],
        "effect": {
            "devices": change.effect.devices,
            "pupils": change.effect.pupils,
            "staff_devices": change.effect.staff,
            "on_removal": removal_of(change) or None,
            "schools": list(change.effect.schools),
            "groups": list(change.effect.groups),
            "disruption": change.effect.disruption,
        },
        "depends_on": [key_data(key) for key in change.depends_on],
        "fingerprint": change.fingerprint,
    }


def _actions(change: Change) -> Sequence[str]:
    return [change.action.value, *(["delete"] if change.resets else [])]


def key_data(key: Key) -> dict[str, str]:
    return {"kind": key.kind, "target": key.target, "part": key.part}


def _why(one: Why) -> dict[str, Any]:
    at = one.position
    place = {"file": at.file, "line": at.line, "column": at.column} if at else {}
    return {"layer": one.layer, "owner": one.owner, **place}


def finding_data(finding: Finding, words: Words) -> dict[str, Any]:
    """The same keys as `validate --format json` has; null where there is no place."""
    at = finding.place
    line, column = (at.line, at.column) if at and not isinstance(at, Pointer) else (None, None)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": at.file if at else None,
        "line": line,
        "column": column,
        **_text(finding.code, values_of(finding), words),
        "subject": finding.subject,
    }


def _text(code: str, values: Any, words: Words) -> dict[str, str]:
    text = words.text(code, spoken(values, words))
    return {"message": text.message, "hint": text.hint}
