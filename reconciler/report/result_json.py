"""What an apply came to, for other programs: outcomes by change, counts, reasons as code and text. Pure."""

from typing import Any, Final

from reconciler.model.change import ApplyResult, ChangeResult, Outcome
from reconciler.report.escape import json_document
from reconciler.report.plan_json import finding_data, key_data
from reconciler.report.result_view import exit_code
from reconciler.report.words import Words, words_of

FORMAT: Final = 1


def result_json(result: ApplyResult, lang: str | None = None) -> str:
    """One JSON document, ending in a line break."""
    return json_document(result_data(result, lang))


def result_data(result: ApplyResult, lang: str | None = None) -> dict[str, Any]:
    words = words_of(lang, result.language)
    return {
        "kind": "result",
        "format": FORMAT,
        "organisation": result.organisation,
        "exit_code": exit_code(result),
        "summary": {
            **{one.value: sum(each.outcome is one for each in result.results) for one in Outcome},
            "devices_moved": sum(one.moved for one in result.results),
        },
        "results": [_one(one, words) for one in result.results],
        "findings": [finding_data(one, words) for one in result.findings],
    }


def _one(one: ChangeResult, words: Words) -> dict[str, Any]:
    reason = words.text(one.reason, one.values) if one.reason else None
    return {
        "key": key_data(one.key),
        "backend": one.backend,
        "fingerprint": one.fingerprint,
        "outcome": one.outcome.value,
        "devices_moved": one.moved,
        "reason": {"code": one.reason, "message": reason.message, "hint": reason.hint} if reason else None,
    }
