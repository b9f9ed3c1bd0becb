"""Another municipality's records, and what they mean here: input to vetting, never approvals. Pure.

Nothing that an owner here decides (status, agreement, impact assessment, veto, price) is taken over: it is shown beside the
record.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from reconciler.catalogue.sharing import LEFT_OUT, platforms_of
from reconciler.model.documents import App, Documents
from reconciler.model.vetting import PROPOSED


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
    return {**app.vetting, **own, **start, "platforms": platforms_of(app)}


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
