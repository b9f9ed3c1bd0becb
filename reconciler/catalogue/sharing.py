"""Sharing the catalogue between municipalities: what goes out, what may come in, and what it means here. Pure.

What goes out is a closed list: facts on apps and the council's own words, never contacts, prices, devices or schools. What
comes in is input to vetting. Nothing of it is an approval, and nothing that an owner here decides (agreement, impact
assessment, veto, status) is taken over: it is shown beside the record.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
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
        "platforms": _platforms(app),
    }
    told: dict[str, Any] = _told({**found, **whole}, app.id, "", hidden, withheld)
    return told


def _platforms(app: App) -> dict[str, dict[str, str]]:
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


# --- what comes in ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A file that has been checked: whose, its hash, its records as they stand there."""

    source: str
    code: str
    sha256: str
    apps: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One key that isn't the same; None where it isn't written."""

    key: str
    ours: Any
    theirs: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An app that is here too. `upstream`: what changed there since the file that our record names; None: that file isn't at hand."""

    ours: App
    theirs: Mapping[str, Any]
    differences: tuple[Difference, ...]
    upstream: tuple[Difference, ...] | None
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`new` become proposals; `taken` have an id that is another app's here, and become nothing."""

    new: tuple[Mapping[str, Any], ...]
    known: tuple[Known, ...]
    taken: tuple[Mapping[str, Any], ...]


_COMPARED: Final = (
    *("status", "name", "supplier", "supplier_country", "school_forms", "grades", "audiences", "age_limit", "subjects"),
    *("sign_in", "personal_data", "conditions", "platforms", "cost.model", "cost.in_app_purchases"),
    *("data_protection.agreement", "data_protection.impact_assessment", "data_protection.third_country"),
    *("data_protection.storage", "it_review.verdict", "decision.reason", "withdrawn_from"),
)


def judge_import(documents: Documents, shared: Shared, earlier: Shared | None) -> Import:
    """What each record of the file is here. `earlier`: the file that was taken before, if it is at hand."""
    by_store = {(one.platform, one.kind, one.id): app for app in documents.apps for one in app.identities}
    by_id = {name: app for app in documents.apps for name in (app.id, *app.previously)}
    before = {str(one["id"]): one for one in earlier.apps} if earlier else {}
    new, known, taken = list[Mapping[str, Any]](), list[Known](), list[Mapping[str, Any]]()
    for theirs in shared.apps:
        ours = next((by_store[key] for key in _stores(theirs) if key in by_store), None)
        if ours is not None:
            known.append(_known(ours, theirs, shared, earlier, before))
        elif theirs["id"] in by_id:
            taken.append(theirs)
        else:
            new.append(theirs)
    return Import(new=tuple(new), known=tuple(known), taken=tuple(taken))


def _stores(record: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for platform, kinds in record["platforms"].items():
        for kind, name in kinds.items():
            yield platform, kind.replace("_", "-"), name


def _known(
    ours: App,
    theirs: Mapping[str, Any],
    shared: Shared,
    earlier: Shared | None,
    before: Mapping[str, Mapping[str, Any]],
) -> Known:
    written = ours.vetting.get("imported")
    same = isinstance(written, Mapping) and written.get("from") == shared.source
    pin = str(written.get("sha256", "")) if same and isinstance(written, Mapping) else ""
    upstream: tuple[Difference, ...] | None = None
    if pin == shared.sha256:
        upstream = ()
    elif pin and earlier is not None and earlier.sha256 == pin:
        upstream = _differences(before.get(str(theirs["id"]), {}), theirs)
    return Known(
        ours=ours,
        theirs=theirs,
        differences=_differences(_as_data(ours), theirs),
        upstream=upstream,
        pinned=bool(pin),
    )


def _as_data(app: App) -> Mapping[str, Any]:
    own = {"id": app.id, "name": app.name, "status": app.status, "school_forms": list(app.school_forms)}
    start = {"withdrawn_from": app.withdrawn_from.isoformat()} if app.withdrawn_from else {}
    return {**app.vetting, **own, **start, "platforms": _platforms(app)}


def _differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Difference, ...]:
    pairs = ((key, _at(one, key), _at(other, key)) for key in _COMPARED)
    return tuple(
        Difference(key=key, ours=a, theirs=b) for key, a, b in pairs if b != LEFT_OUT and _plain(a) != _plain(b)
    )


def _at(record: Mapping[str, Any], key: str) -> Any:
    value: Any = record
    for step in key.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return None if value in ([], (), {}, "") else value


def _plain(value: Any) -> Any:
    """Lists of words without their order."""
    return sorted(map(str, value)) if isinstance(value, list | tuple) else value


_TAKEN_OVER: Final = (
    *("description", "supplier", "supplier_country"),
    *("platforms", "source"),
    *("school_forms", "grades", "audiences", "age_limit", "subjects", "purposes", "sign_in"),
)
"""Facts on the app itself. What it costs, how good it is and what it does with data is asked anew here."""


def proposal_of(theirs: Mapping[str, Any], shared: Shared, today: date, by: str, need: str) -> dict[str, Any]:
    """A proposal's record, with `by` and `need` as its wish: nobody here has asked for the app yet, and it says so."""
    facts = {key: theirs[key] for key in _TAKEN_OVER if key in theirs}
    parts = {
        key: {name: theirs[key][name] for name in names if name in theirs[key]}
        for key, names in _FACTS.items()
        if key in theirs
    }
    return {
        "id": theirs["id"],
        "name": theirs["name"],
        **facts,
        "source": facts.get("source") or {"text": shared.source, "read": today.isoformat()},
        "request": {"by": by, "received": today.isoformat(), "need": need},
        **parts,
        "imported": pin_of(shared, today),
        "status": PROPOSED,
    }


def pin_of(shared: Shared, today: date) -> dict[str, Any]:
    return {"from": shared.source, "sha256": shared.sha256, "read": today.isoformat()}


_FACTS: Final[Mapping[str, Collection[str]]] = {
    "cost": ("model",),
    "interface": ("languages", "reading", "accessibility", "offline"),
}


def texts_of(value: Any) -> Iterable[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield name
            yield from texts_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)
