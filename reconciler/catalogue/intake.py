"""Where wishes go: a new proposal, an update of one's own earlier one, or an answer that the council has given already. Pure.

A wish never touches what was decided. While a record is only proposed, its wish may change what a proposal holds; once it
is queued IT's and the data protection officer's fields are theirs. An empty cell never takes anything away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from reconciler.catalogue.duplicates import Alike, Candidate, candidate, find_alike, plain_name, similar, store_key
from reconciler.catalogue.wishes import Refused, Wish, slug_of
from reconciler.model.documents import App
from reconciler.model.vetting import DECIDED, PROPOSED

NEEDED: Final = ("name", "platforms", "request.need", "request.by")
"""Of a new proposal. A record that is there has them already."""

_MERGED: Final = ("platforms", "request", "cost", "interface")
_THEIRS: Final = ("platforms", "cost", "supplier_country", "age_limit", "personal_data")
"""What IT, the data protection officer and both sides together decide: no wish changes it once the record is queued."""
_INPUT: Final = ("supplier_country", "age_limit", "personal_data")
"""The data protection officer's: a wish may say what it thinks when the record is made, and never again."""


class Outcome(StrEnum):
    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KNOWN = "known"
    """There is a record that is not this wish's to change: decided, or kept in another file."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A key of the record (and of the part `within` it, if not empty) gets a value."""

    within: str
    key: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What becomes of one wish. `row` is its place in the file; `app` the record that is there, if one is.

    `record` is a new one, without source; `changes` are an existing one's. `alike`: for a new one, what is here already or does the same.
    """

    row: int
    wish: Wish
    outcome: Outcome
    id: str = ""
    name: str = ""
    app: App | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    alike: tuple[Alike, ...] = ()
    refused: tuple[Refused, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Desk:
    """`known`: what is in the catalogue, with what it is told by; by id (also earlier ones), store and name besides.

    `rows`: by what an earlier row of this list was told, its number.
    """

    known: Sequence[tuple[App, Candidate]]
    file: str
    by_id: dict[str, App] = field(default_factory=dict)
    by_store: dict[tuple[str, str], App] = field(default_factory=dict)
    by_name: dict[str, list[tuple[App, Candidate]]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)


def take(wishes: Iterable[tuple[int, Wish]], apps: Sequence[App], file: str) -> tuple[Taken, ...]:
    """All wishes in their order; proposals in `file` are the wishes' own."""
    desk = _Desk(known=[(app, candidate(app)) for app in apps], file=file)
    for app, told in desk.known:
        desk.by_id |= dict.fromkeys((app.id, *app.previously), app)
        for store in told.stores:
            desk.by_store.setdefault(store, app)
        desk.by_name.setdefault(plain_name(app.name), []).append((app, told))
    desk.ids = set(desk.by_id)
    return tuple(_take(desk, row, wish) for row, wish in wishes)


def asked_about(record: Mapping[str, Any]) -> Candidate:
    platforms: Mapping[str, Mapping[str, str]] = record.get("platforms", {})
    return Candidate(
        name=record.get("name", ""),
        supplier=record.get("supplier", ""),
        stores=frozenset(store_key(kind, name) for kinds in platforms.values() for kind, name in kinds.items()),
        platforms=frozenset(platforms),
        subjects=record.get("subjects", ()),
        purposes=record.get("purposes", ()),
    )


def _take(desk: _Desk, row: int, wish: Wish) -> Taken:
    record = wish.record
    asked = asked_about(record)
    name = record.get("name", "") or record.get("id", "")
    if wish.refused:
        return Taken(row=row, wish=wish, outcome=Outcome.REFUSED, name=name, refused=wish.refused)
    found = _same(desk, record.get("id"), asked)
    problem = _conflict(desk, record, asked, found)
    if problem is not None:
        return Taken(row=row, wish=wish, outcome=Outcome.REFUSED, name=name, refused=(problem,))
    taken = _update(desk, row, wish, found[0]) if found else _new(desk, row, wish, asked)
    if taken.outcome is not Outcome.REFUSED:
        desk.rows |= dict.fromkeys(_marks(taken.id, asked, found), row)
    return taken


def _same(desk: _Desk, id_: str | None, asked: Candidate) -> list[App]:
    """By id, else by a store's id, else by supplier and name (or name alone where one of them says no supplier)."""
    if id_ in desk.by_id:
        return [desk.by_id[id_]]
    stores = {app.id: app for store in sorted(asked.stores) if (app := desk.by_store.get(store)) is not None}
    named = desk.by_name.get(plain_name(asked.name), ()) if asked.name else ()
    return list(stores.values()) or [app for app, other in named if _same_supplier(asked, other)]


def _same_supplier(asked: Candidate, other: Candidate) -> bool:
    first, second = plain_name(asked.supplier), plain_name(other.supplier)
    return first == second or not first or not second


def _conflict(desk: _Desk, record: Mapping[str, Any], asked: Candidate, found: Sequence[App]) -> Refused | None:
    if len(found) > 1:
        return Refused(column="id", code="INTAKE-SEVERAL", values={"names": ", ".join(sorted(one.id for one in found))})
    other = next((desk.by_store[one] for one in sorted(asked.stores) if one in desk.by_store), None)
    if other is not None and (other is not found[0] or (asked.name and not similar(asked.name, other.name))):
        return Refused(column="address", code="INTAKE-OTHERS-STORE", values={"name": other.name, "other": other.id})
    if found and record.get("id") not in (None, found[0].id, *found[0].previously):
        return Refused(column="id", code="INTAKE-OTHERS", values={"id": record["id"], "other": found[0].id})
    marks = _marks(record.get("id", ""), asked, found)
    row = next((desk.rows[mark] for mark in marks if mark in desk.rows), None)
    return None if row is None else Refused(column="", code="INTAKE-ROW-TWICE", values={"row": str(row)})


def _marks(id_: str, asked: Candidate, found: Sequence[App]) -> list[tuple[str, ...]]:
    """By what two rows of one list are told to be of one app."""
    if found:
        return [("app", found[0].id)]
    name = ("name", plain_name(asked.name), plain_name(asked.supplier))
    return [*([("id", id_)] if id_ else []), *(("store", *one) for one in sorted(asked.stores)), name]


def _new(desk: _Desk, row: int, wish: Wish, asked: Candidate) -> Taken:
    missing = [key for key in NEEDED if not _said(wish.record, key)]
    if missing:
        refused = tuple(Refused(column=_column(key), code="INTAKE-MISSING") for key in missing)
        return Taken(row=row, wish=wish, outcome=Outcome.REFUSED, name=asked.name, refused=refused)
    id_ = wish.record.get("id") or _free_id(desk.ids, asked)
    desk.ids.add(id_)
    record = {"id": id_, **{key: one for key, one in wish.record.items() if key != "id"}, "status": PROPOSED}
    alike = find_alike(asked, desk.known)
    return Taken(row=row, wish=wish, outcome=Outcome.NEW, id=id_, name=asked.name, record=record, alike=alike)


def _said(record: Mapping[str, Any], key: str) -> bool:
    part, _, name = key.partition(".")
    return bool(record.get(part, {}).get(name) if name else record.get(part))


def _column(key: str) -> str:
    return "address" if key == "platforms" else key.rpartition(".")[2]


def _free_id(taken: set[str], asked: Candidate) -> str:
    """The name as an id; with the supplier, or a number, where another app has it."""
    name = slug_of(asked.name) or "app"
    wanted = [name, f"{name}-{slug_of(asked.supplier)}"] if slug_of(asked.supplier) else [name]
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return next(one[:63] for one in (*wanted, *numbered) if one[:63] not in taken)


def _update(desk: _Desk, row: int, wish: Wish, app: App) -> Taken:
    changes = () if app.status in DECIDED or app.at.file != desk.file else tuple(_changes(wish.record, app))
    outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
    if app.status in DECIDED or app.at.file != desk.file:
        outcome = Outcome.KNOWN
    return Taken(row=row, wish=wish, outcome=outcome, id=app.id, name=app.name, app=app, changes=changes)


def _changes(record: Mapping[str, Any], app: App) -> Iterable[Change]:
    """Where the wish says otherwise than the record, of what a wish may say."""
    written = {**app.vetting, "name": app.name, "platforms": _platforms(app), "school_forms": list(app.school_forms)}
    for key, value in record.items():
        if key == "id" or key in _INPUT or (app.status != PROPOSED and key in _THEIRS):
            continue
        before = written.get(key)
        if key in _MERGED and isinstance(before, Mapping) and before:
            yield from (
                Change(within=key, key=name, value=one) for name, one in value.items() if before.get(name) != one
            )
        elif before != value:
            yield Change(within="", key=key, value=value)


def _platforms(app: App) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in app.identities:
        found.setdefault(one.platform, {})[one.kind.replace("-", "_")] = one.id
    return found
