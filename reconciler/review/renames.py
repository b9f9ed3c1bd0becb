"""What a school, group or app of the head was called at the base: a name that has changed is no new thing. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.documents import Documents


class Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def previously(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Renames:
    """Id at the head → id at the base, for what both have; groups by their full names (`school/group`)."""

    schools: Mapping[str, str]
    groups: Mapping[str, str]
    apps: Mapping[str, str]


def follow_names(base: Documents, head: Documents) -> Renames:
    schools = _follow(base.schools, head.schools)
    old_schools = {one.id: one for one in base.schools}
    groups: dict[str, str] = {}
    for school in head.schools:
        was = old_schools.get(schools.get(school.id, ""))
        if was is not None:
            known = _follow(was.groups, school.groups)
            groups |= {f"{school.id}/{new}": f"{was.id}/{old}" for new, old in known.items()}
    return Renames(schools=schools, groups=groups, apps=_follow(base.apps, head.apps))


def _follow(before: Iterable[Named], after: Iterable[Named]) -> dict[str, str]:
    """A live id wins over an earlier one, and what has been given away to one is not given to another."""
    old = {one.id for one in before}
    now = list(after)
    found = {one.id: one.id for one in now if one.id in old}
    taken = set(found.values())
    for one in now:
        earlier = next((name for name in one.previously if name in old - taken), None)
        if one.id not in found and earlier is not None:
            found[one.id] = earlier
            taken.add(earlier)
    return found
