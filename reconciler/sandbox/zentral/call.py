"""A request that was let through, and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from reconciler.sandbox.zentral.errors import detail, invalid
from reconciler.sandbox.zentral.options import ZentralOptions
from reconciler.sandbox.zentral.state import Id, Kind, Record, ZentralState

DEFAULT_LIMIT, MAXIMUM_LIMIT = 50, 500
"""zentral/utils/drf.py, MaxLimitOffsetPagination (2026-08)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """`state` is a draft of the handler's own. `key` is what stands in the path, `url` the whole address, `now` as Zentral writes times."""

    state: ZentralState
    options: ZentralOptions
    url: str
    now: str
    key: str = ""
    data: Any = None

    @property
    def query(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(self.url).query, keep_blank_values=True):
            found.setdefault(name, []).append(value)
        return found

    def asked(self, name: str) -> str:
        """The last value of a parameter; an empty one is the same as none (django-filter)."""
        return self.query.get(name, [""])[-1].strip()


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`body` None is an empty one."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def find(call: Call, kind: Kind, label: str) -> Record:
    """The object that the path names; 404."""
    key: Id = int(call.key) if call.key.isdecimal() else call.key.lower()
    if key not in call.state.tables[kind]:
        raise missing(call.options, label)
    return call.state.tables[kind][key]


def missing(options: ZentralOptions, label: str) -> Exception:
    named = options.missing_object == "named"
    return detail(404, f"No {label} matches the given query." if named else "Not found.")


def refuse_twin(state: ZentralState, kind: Kind, label: str, name: str, own: Id | None) -> None:
    """400 where another object of the kind has exactly this name."""
    if any(each["name"] == name and each["id"] != own for each in state.tables[kind].values()):
        raise invalid({"name": [f"{label} with this name already exists."]})


def named(call: Call, records: Iterable[Record]) -> list[Record]:
    """`?name=`; every parameter that isn't known is ignored in silence."""
    name = call.asked("name")
    return [each for each in records if not name or each["name"] == name]


def newest_first(call: Call, records: Iterable[Record], fields: tuple[str, ...]) -> list[Record]:
    """By creation (a table keeps that order) unless `?ordering=` names other `fields`; unknown ones are ignored."""
    asked = [term.strip() for term in call.asked("ordering").split(",")]
    terms = [term for term in asked if term.lstrip("-") in fields] or ["-created_at"]
    found = list(records)
    for term in reversed(terms):
        found.sort(key=partial(_sortable, term.lstrip("-")))
        if term.startswith("-"):
            found.reverse()
    return found


def _sortable(name: str, record: Record) -> str:
    return str(record[name] or "")


def page(call: Call, records: list[Record]) -> Answer:
    """One page, with the addresses of its neighbours (LimitOffsetPagination)."""
    limit = _positive(call.asked("limit"), DEFAULT_LIMIT, least=1)
    limit = min(limit, MAXIMUM_LIMIT, call.options.page_size or MAXIMUM_LIMIT)
    offset = _positive(call.asked("offset"), 0, least=0)
    before = None
    if offset > 0:
        before = _address(call, limit, offset - limit if offset > limit else None)
    after = _address(call, limit, offset + limit) if offset + limit < len(records) else None
    rows = records[offset : offset + limit]
    return Answer(body={"count": len(records), "next": after, "previous": before, "results": rows})


def _positive(written: str, default: int, *, least: int) -> int:
    return int(written) if written.isdecimal() and int(written) >= least else default


def _address(call: Call, limit: int, offset: int | None) -> str:
    changed = {"limit": [str(limit)], "offset": [] if offset is None else [str(offset)]}
    parts = urlsplit(call.url)
    query = urlencode(sorted((dict(call.query) | changed).items()), doseq=True)
    return parts._replace(query=query).geturl()
