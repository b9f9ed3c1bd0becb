"""What of the catalogue goes out to other municipalities. Pure.

A closed list: facts on apps and the council's own words, never contacts, wishes, notes, prices, devices or schools. A text
that names one of them is left out. What comes in is `importing`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.model.documents import App, Documents
from reconciler.model.personal_data import personal_data_in
from reconciler.model.vetting import PROPOSED

KIND: Final = "reconciler-catalogue"
FORMAT: Final = 1

_PLAIN: Final = (
    *("description", "supplier", "supplier_country", "grades", "audiences", "age_limit", "subjects", "purposes"),
    *("sign_in", "personal_data", "conditions", "review_by"),
)
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "source": ("url", "text", "read"),
    "cost": ("model", "licence", "in_app_purchases"),
    "interface": ("languages", "reading", "accessibility", "offline"),
    "assessment": ("value", "grade", "by", "date"),
    "data_protection": (
        *("agreement", "agreement_date", "impact_assessment", "impact_assessment_date", "assessed_platforms"),
        *("third_country", "dpf_checked", "checked", "storage", "deletion", "export", "legal_basis", "subprocessors"),
        "classification",
    ),
    "it_review": ("verdict", "ground", "reason", "date", "lifted"),
    "decision": ("meeting", "reference", "reason", "for", "against"),
}
"""What goes out of a record, by part. The wish itself (who, where, for whom) stays, and so do notes from schools."""
_EARLIER: Final = ("status", "meeting", "date", "reference", "reason")
_KRONOR: Final = re.compile(r"\d[\d\s.,]*(?:kr\b|kronor|SEK|:-|€|euro)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A text that doesn't go out. `why`: price, school, device, email, phone, personal-number."""

    app: str
    key: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    data: Mapping[str, Any]
    withheld: tuple[Withheld, ...]


def export_of(documents: Documents) -> Export:
    """Every record that somebody has begun to vet; wishes alone stay at home."""
    organisation = documents.organisation
    hidden = _hidden_words(documents)
    withheld: list[Withheld] = []
    apps = [_record(app, hidden, withheld) for app in documents.apps if app.status != PROPOSED]
    data = {
        "kind": KIND,
        "format": FORMAT,
        "municipality": {"code": organisation.municipality_code, "name": organisation.name},
        "apps": sorted(apps, key=lambda one: str(one["id"])),
    }
    return Export(data=data, withheld=tuple(withheld))


def _hidden_words(documents: Documents) -> Mapping[str, str]:
    """What must not be named: schools with their units, and device groups; why, by the word."""
    schools = {name for school in documents.schools for name in (school.name, *(unit.name for unit in school.units))}
    devices = {
        one for school in documents.schools for group in school.groups if group.devices for one in group.devices.serials
    }
    return {**dict.fromkeys(devices, "device"), **dict.fromkeys(filter(None, schools), "school")}


def _record(app: App, hidden: Mapping[str, str], withheld: list[Withheld]) -> dict[str, Any]:
    record: Mapping[str, Any] = app.vetting  # the schema has it so
    found: dict[str, Any] = {}
    found.update({key: record[key] for key in _PLAIN if key in record})
    for part, keys in _PARTS.items():
        written = record.get(part)
        kept = {key: written[key] for key in keys if key in written} if isinstance(written, Mapping) else {}
        found.update({part: kept} if kept else {})
    if record.get("history"):
        found["history"] = [{key: one[key] for key in _EARLIER if key in one} for one in record["history"]]
    whole = {
        "id": app.id,
        "name": app.name,
        "status": app.status,
        **({"previously": list(app.previously)} if app.previously else {}),
        **({"school_forms": list(app.school_forms)} if app.school_forms else {}),
        **({"withdrawn_from": app.withdrawn_from.isoformat()} if app.withdrawn_from else {}),
        "platforms": platforms_of(app),
    }
    told: dict[str, Any] = _told({**found, **whole}, app.id, "", hidden, withheld)
    return told


def platforms_of(app: App) -> dict[str, dict[str, str]]:
    """By platform and kind, as the files spell them."""
    found: dict[str, dict[str, str]] = {}
    for one in app.identities:
        found.setdefault(one.platform, {})[one.kind.replace("-", "_")] = one.id
    return found


LEFT_OUT: Final = "–"
_ADDRESSES: Final = frozenset({"platforms", "source"})


def _told(value: Any, app: str, key: str, hidden: Mapping[str, str], withheld: list[Withheld]) -> Any:
    """The same with a dash for each text that says what must not be said; what is left out is told of."""
    if isinstance(value, Mapping):
        return {name: _told(one, app, f"{key}.{name}".strip("."), hidden, withheld) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_told(one, app, key, hidden, withheld) for one in value]
    if isinstance(value, str) and key.partition(".")[0] not in _ADDRESSES:
        why = _why_withheld(value, hidden)
        if why:
            withheld.append(Withheld(app=app, key=key, why=why))
            return LEFT_OUT
    return value


def _why_withheld(text: str, hidden: Mapping[str, str]) -> str:
    if _KRONOR.search(text):
        return "price"
    named = next((why for word, why in hidden.items() if _names(text, word)), "")
    return named or personal_data_in(text) or ""


def _names(text: str, word: str) -> bool:
    """Also in the genitive. A word of three or four letters (`Sfi`) is a school's name and a common noun at once."""
    return len(word) > 4 and re.search(rf"(?i)\b{re.escape(word)}s?\b", text) is not None


def in_order(value: Any) -> Any:
    """The same with sorted keys all the way down, so that the same catalogue gives the same bytes."""
    if isinstance(value, Mapping):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(one) for one in value] if isinstance(value, list | tuple) else value
