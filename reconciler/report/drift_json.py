"""What differs, for other programs: a versioned public form with counts and names, without values or any vendor's id. Pure."""

from typing import Any, Final

from reconciler.model.change import Change
from reconciler.planning.drift import Drift, SystemDrift
from reconciler.report.escape import json_document
from reconciler.report.items import is_loud
from reconciler.report.plan_json import finding_data, key_data
from reconciler.report.reach import reach_of
from reconciler.report.words import Words, words_of

FORMAT: Final = 1
"""Keys may be added under the same number; none is removed or changes its meaning."""


def drift_json(drift: Drift, lang: str | None = None) -> str:
    """One JSON document, ending in a line break."""
    return json_document(drift_data(drift, lang))


def drift_data(drift: Drift, lang: str | None = None) -> dict[str, Any]:
    """`backends[].standing`: agrees, differs, partly-read, not-read. Only `agrees` means that nothing differs."""
    words = words_of(lang, drift.language)
    return {
        "kind": "drift",
        "format": FORMAT,
        "organisation": drift.organisation,
        "as_of": drift.as_of.isoformat(),
        "documents": drift.documents,
        "backends": [_system(one, words) for one in drift.systems],
    }


def _system(one: SystemDrift, words: Words) -> dict[str, Any]:
    every = [*one.differences, *one.held]
    reach = reach_of(every)
    return {
        "id": one.backend,
        "kind": one.kind,
        "mode": one.mode,
        "standing": one.standing.value,
        "whole": one.whole,
        "summary": {
            "differences": len(every),
            "held": len(one.held),
            "waiting": sum(_is_waiting(change) for change in one.differences),
            "destructive": sum(is_loud(change) for change in every),
            "devices": reach.devices,
            "schools": list(reach.schools),
            "outstanding": one.outstanding,
            "errors": len(one.findings),
        },
        "differences": [_difference(change, held=False) for change in one.differences]
        + [_difference(change, held=True) for change in one.held],
        "findings": [finding_data(finding, words) for finding in one.findings],
    }


def _is_waiting(change: Change) -> bool:
    return change.waits is not None and not change.waits.urgent


def _difference(change: Change, *, held: bool) -> dict[str, Any]:
    """`fields` are the names of those that differ. `file` and `line`: what asks for it, if a line does."""
    at = next((why.position for why in change.why if why.position), None)
    return {
        "action": change.action.value,
        "key": key_data(change.key),
        "label": change.label,
        "fields": [one.field for one in change.fields],
        "devices": change.effect.devices,
        "schools": list(change.effect.schools),
        "groups": list(change.effect.groups),
        "held": held,
        "waiting": _is_waiting(change),
        "file": at.file if at else None,
        "line": at.line if at else None,
        "fingerprint": change.fingerprint,
    }
