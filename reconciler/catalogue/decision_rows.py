"""Decisions as a secretary writes them in a table: one row each, in Swedish or English, as text or as data. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from reconciler.catalogue.cells import Refusal, cleaned
from reconciler.catalogue.decisions import APPROVE, REJECT, WITHDRAW, Decide, one_line

HEADINGS: Final[Mapping[str, Sequence[str]]] = {
    "app": ("app", "id", "app-id", "appens id"),
    "decision": ("beslut", "decision"),
    "reason": ("skäl", "motivering", "reason"),
    "conditions": ("villkor", "conditions", "condition"),
    "paragraph": ("paragraf", "§", "paragraph"),
    "from": ("från", "utgår", "utgår från", "from", "withdrawn from"),
    "review_by": ("översyn", "ses över", "ses över senast", "review by", "review"),
    "for": ("för", "for", "votes for"),
    "against": ("emot", "mot", "against", "votes against"),
}
"""By field: how its column may be headed. The fields are the keys of the YAML form too."""

_WORDS: Final[Mapping[str, Sequence[str]]] = {
    APPROVE: ("godkänn", "godkänd", "godkänns", "bifall", "approve", "approved"),
    "approve-with-conditions": (
        *("godkänn med villkor", "godkänd med villkor", "godkänns med villkor"),
        *("approve with conditions", "approved with conditions", "approved-with-conditions"),
    ),
    REJECT: ("neka", "nekad", "nekas", "avslag", "avslås", "reject", "rejected"),
    WITHDRAW: ("utgår", "dra in", "dras in", "withdraw", "withdrawn"),
    "": ("", "bordlagd", "bordläggs", "bordlagt", "postponed", "postpone"),
}
_FIELDS: Final = {name: field for field, names in HEADINGS.items() for name in (*names, field)}
_WHAT: Final = {word: what for what, words in _WORDS.items() for word in words}
_BETWEEN: Final = re.compile(r"\s*(?:\||\n)\s*")
"""What stands between several conditions in one cell."""


def field_of(heading: str) -> str | None:
    """The field that a heading stands for, or None."""
    return _FIELDS.get(" ".join(heading.lower().replace("_", " ").split()), _FIELDS.get(heading.lower()))


def is_heading(text: str) -> bool:
    return field_of(text) is not None


def decide_of(row: Mapping[str, Any], parse_day: Callable[[str], date | None]) -> Decide | None:
    """The decision in a row, by field; None for one that was postponed. Raises Refusal, with the field as its column."""
    what = _word(row)
    if not what:
        return None
    conditions = _several(row)
    if what == "approve-with-conditions" and not conditions:
        raise _refused("conditions", "DECIDE-NO-CONDITIONS")
    if what == REJECT and conditions:
        raise _refused("conditions", "DECIDE-CONDITIONS-WHEN-REJECTED")
    return Decide(
        app=_text(row, "app"),
        what=APPROVE if what.startswith(APPROVE) else what,
        reason=one_line(_text(row, "reason")),
        conditions=conditions,
        paragraph=_number(row, "paragraph"),
        start=_day(row, "from", parse_day),
        review_by=_day(row, "review_by", parse_day),
        votes_for=_number(row, "for"),
        votes_against=_number(row, "against"),
    )


def _refused(field: str, code: str, **values: str) -> Refusal:
    refusal = Refusal(code, **values)
    refusal.column = field
    return refusal


def _text(row: Mapping[str, Any], field: str) -> str:
    written = row.get(field)
    if written is not None and not isinstance(written, str):
        raise _refused(field, "DECIDE-NOT-TEXT", text=str(written)[:40])
    try:
        return cleaned(written or "")
    except Refusal as problem:
        problem.column = field
        raise


def _word(row: Mapping[str, Any]) -> str:
    written = _text(row, "decision")
    found = _WHAT.get(" ".join(written.lower().split()))
    if found is None:
        raise _refused("decision", "DECIDE-UNKNOWN-WORD", text=written[:40])
    return found


def _several(row: Mapping[str, Any]) -> tuple[str, ...]:
    written = row.get("conditions")
    if isinstance(written, list):
        return tuple(filter(None, (_text({"conditions": one}, "conditions") for one in written)))
    return tuple(filter(None, _BETWEEN.split(_text(row, "conditions"))))


def _number(row: Mapping[str, Any], field: str) -> int | None:
    written = row.get(field)
    if isinstance(written, int) and not isinstance(written, bool) and written >= 0:
        return written
    text = _text(row, field).removeprefix("§").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise _refused(field, "DECIDE-NOT-A-NUMBER", text=text[:40])
    return int(text)


def _day(row: Mapping[str, Any], field: str, parse_day: Callable[[str], date | None]) -> date | None:
    text = _text(row, field)
    found = parse_day(text) if text else None
    if text and found is None:
        raise _refused(field, "DECIDE-NOT-A-DAY", text=text[:40])
    return found
