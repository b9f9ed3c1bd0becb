"""How long wishes wait and how long they take, as text, Markdown, CSV and JSON. Escapes what it shows. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reconciler.catalogue.ages import Ages, Days, Figure
from reconciler.report.council_words import CouncilWords
from reconciler.report.escape import json_document
from reconciler.report.sheet import Sheet, sheet_csv, sheet_markdown, sheet_text

FORMAT: Final = 1
_LEAD: Final = {
    "decision": "AGES-TO-DECISION",
    "wished": "AGES-TO-WISHED",
    "installed": "AGES-TO-INSTALLED",
    "whole": "AGES-WHOLE",
}


def ages_sheets(ages: Ages, notes: Sequence[str], words: CouncilWords) -> tuple[Sheet, Sheet]:
    """Those that wait, by status; and how long each stretch took. `notes` say what could not be known, and why."""
    waiting = [(words.value("STATUS", one.name), *_cells(one, words)) for one in ages.waiting]
    lead = [(words.phrase(_LEAD[one.name]), *_cells(one, words)) for one in ages.lead]
    title = words.phrase("AGES-WAITING", date=ages.as_of.isoformat())
    return (
        Sheet(title=title, head=_head("AGES-STATUS", words), rows=waiting, notes=[words.phrase("AGES-FROM-RECEIVED")]),
        Sheet(title=words.phrase("AGES-LEAD"), head=_head("AGES-STRETCH", words), rows=lead, notes=notes),
    )


def _head(first: str, words: CouncilWords) -> tuple[str, ...]:
    codes = ("AGES-COUNTED", "AGES-UNKNOWN", "AGES-MEDIAN", "AGES-NINETIETH", "AGES-LONGEST")
    return (words.phrase(first), *map(words.phrase, codes))


def _cells(one: Figure, words: CouncilWords) -> tuple[str, ...]:
    middle = f"{one.median:g}" if one.median is not None else "–"
    middle = middle.replace(".", ",") if words.lang == "sv" else middle
    longest = f"{one.longest} ({one.longest_app})" if one.longest is not None else "–"
    ninetieth = str(one.ninetieth) if one.ninetieth is not None else "–"
    return str(one.known), str(one.unknown), middle, ninetieth, longest


def ages_text(ages: Ages, notes: Sequence[str], words: CouncilWords) -> str:
    return "\n".join(sheet_text(sheet) for sheet in ages_sheets(ages, notes, words))


def ages_markdown(ages: Ages, notes: Sequence[str], words: CouncilWords) -> str:
    return "\n".join(sheet_markdown(sheet) for sheet in ages_sheets(ages, notes, words))


def ages_csv(ages: Ages, words: CouncilWords) -> str:
    """A row for each app with all its days, so that one can count as one likes."""
    codes = ("RECEIVED", "QUEUED", "DECIDED", "APPROVED", "WISHED", "INSTALLED")
    head = (words.phrase("COMPARE-ID"), words.phrase("COMPARE-APP"), words.phrase("AGES-STATUS"))
    rows = [(one.app, one.name, words.value("STATUS", one.status), *_days(one)) for one in ages.apps]
    return sheet_csv(
        Sheet(title="", head=(*head, *(words.phrase(f"AGES-DAY-{code}") for code in codes)), rows=rows), words.lang
    )


def _days(one: Days) -> tuple[str, ...]:
    days = (one.received, one.queued, one.decided, one.approved, one.wished, one.installed)
    return tuple(day.isoformat() if day else "" for day in days)


def ages_json(ages: Ages, notes: Sequence[str]) -> str:
    return json_document(
        {
            "kind": "catalogue-ages",
            "format": FORMAT,
            "as_of": ages.as_of.isoformat(),
            "waiting": [_data(one) for one in ages.waiting],
            "lead": [_data(one) for one in ages.lead],
            "notes": list(notes),
        }
    )


def _data(one: Figure) -> Mapping[str, Any]:
    return {
        "name": one.name,
        "known": one.known,
        "unknown": one.unknown,
        "median": one.median,
        "ninetieth": one.ninetieth,
        "longest": one.longest,
        "longest_app": one.longest_app or None,
    }
