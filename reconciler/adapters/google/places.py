"""Org units as places: which are ours, what each is called, and which ones a path with globs means. Pure.

A path changes for every descendant when one org unit is renamed or moved, the id never does
(Directory API, discovery revision 20261104): so ids are what we write to, and paths are what people read and write.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from typing import Any, TypeAlias

from reconciler.adapters.mark import find_mark, place_ref
from reconciler.model.resource import Key, Live, Mark

Names: TypeAlias = tuple[str, ...]
"""The folded names that a path is made of, from the top; none for the root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgUnit:
    """`id` without the `id:` that the Directory API writes before it, as the Chrome Policy API wants it."""

    id: str
    path: str
    name: str
    parent_id: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All org units of a tenant. `by_ref` holds a list, since two live ones may carry one mark: a finding, not a choice.

    `theirs` has the references of those that aren't ours by the folded names of their path, `below` the names under one.
    """

    root_id: str
    units: Mapping[str, OrgUnit]
    refs: Mapping[str, str]
    by_ref: Mapping[str, Sequence[OrgUnit]]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    theirs: Mapping[Names, Sequence[str]] = field(default_factory=dict)
    below: Mapping[Names, Collection[str]] = field(default_factory=dict)

    def one(self, ref: str) -> OrgUnit | None:
        found = self.by_ref.get(ref, ())
        return found[0] if len(found) == 1 else None


def fold_path(path: str) -> str:
    """Paths are compared without case (stated for device paths, Directory API 2026-11) and in composed form."""
    return unicodedata.normalize("NFC", path).casefold()


def read_units(data: Iterable[Mapping[str, Any]]) -> list[OrgUnit]:
    """Org units from the API's list, root included when it was asked for."""
    return [
        OrgUnit(
            id=_bare(unit["orgUnitId"]),
            path=unicodedata.normalize("NFC", unit["orgUnitPath"]),
            name=unicodedata.normalize("NFC", unit.get("name", "")),
            parent_id=_bare(unit.get("parentOrgUnitId", "")),
            description=unit.get("description", ""),
        )
        for unit in data
    ]


def index_places(units: Sequence[OrgUnit], org: str) -> Places:
    """Find our own among them by mark. `org` is the organisation's uid: another's mark makes a place foreign, not ours."""
    marks = {unit.id: mark for unit in units if (mark := find_mark(unit.description))}
    refs = {unit.id: _ref_of(unit, marks.get(unit.id), org) for unit in units}
    by_ref: dict[str, list[OrgUnit]] = {}
    for unit in units:
        by_ref.setdefault(refs[unit.id], []).append(unit)
    root = next((unit.id for unit in units if unit.path == "/"), "")
    return Places(
        root_id=root or next((unit.parent_id for unit in units if unit.path.count("/") == 1), ""),
        units={unit.id: unit for unit in units},
        refs=refs,
        by_ref=by_ref,
        marks=marks,
        theirs=_theirs(units, refs),
        below=_below(units),
    )


def _theirs(units: Sequence[OrgUnit], refs: Mapping[str, str]) -> Mapping[Names, Sequence[str]]:
    found: dict[Names, list[str]] = {}
    for unit in units:
        if refs[unit.id].startswith("ou:"):
            found.setdefault(_names(unit.path), []).append(refs[unit.id])
    return found


def _below(units: Sequence[OrgUnit]) -> Mapping[Names, Collection[str]]:
    found: dict[Names, dict[str, None]] = {}
    for unit in units:
        names = _names(unit.path)
        for level in range(len(names)):
            found.setdefault(names[:level], {})[names[level]] = None
    return found


def live_places(places: Places) -> tuple[Live, ...]:
    """Every org unit as the core sees it. `path` is a fact: what an unmarked one is recognised by when it is to be adopted."""
    return tuple(_live(places, unit) for unit in places.units.values())


def match_units(places: Places, pattern: str) -> list[str]:
    """References of the existing org units that a written path means: itself, or what its globs match, by path.

    A glob stays within its level (`/Elever/*` is not `/Elever/Norrskolan/4A`, `/*` is not the root); a name that holds
    the signs of a glob means itself first (`Klass [A]`). Ours are never users' targets.
    """
    named = _names(pattern)
    if named in places.theirs:
        return sorted(places.theirs[named])
    paths: list[Names] = [()]
    for part in named:  # level by level: what a pattern costs must not grow with the tenant
        fits = re.compile(translate(part)).match
        paths = [(*path, name) for path in paths for name in places.below.get(path, ()) if fits(name)]
    return sorted(ref for path in paths for ref in places.theirs.get(path, ()))


def _names(path: str) -> Names:
    return tuple(part for part in fold_path(path).split("/") if part)


def _live(places: Places, unit: OrgUnit) -> Live:
    ref, mark = places.refs[unit.id], places.marks.get(unit.id)
    parent = places.refs.get(unit.parent_id, "ou:/")
    fields = {"name": unit.name, "parent": parent, "mark": mark.key if mark else ""}
    return Live(
        key=Key(kind="group", target=ref), fields=fields, vendor_id=unit.id, mark=mark, facts={"path": unit.path}
    )


def _ref_of(unit: OrgUnit, mark: Mark | None, org: str) -> str:
    ours = place_ref(mark.key) if mark and mark.org == org else None
    return ours or f"ou:{unit.path}"


def _bare(unit_id: str) -> str:
    return unit_id.removeprefix("id:")
