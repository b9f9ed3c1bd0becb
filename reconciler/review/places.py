"""What changes in schools, groups and the organisation's own file, beside what the groups get. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import Backend, Documents, Group, Route, School
from reconciler.model.meeting import Member
from reconciler.model.place import Json
from reconciler.review.differing import Difference, differences, entries, plain, same
from reconciler.review.people import reach_of
from reconciler.review.renames import Renames
from reconciler.review.told import ADDED, CHANGED, REMOVED, Fact, Told
from reconciler.review.wishes import gets

_SCHOOL: Final = "school"
_GROUP: Final = "school#group"
_ORGANISATION: Final = "organisation"
_TOLD_APART: Final = frozenset({"id", "previously", "groups", "layers", "wishes", "mgn", "roles", "name"})
"""Of a school or group: what is a rename, what groups get, what the MGN says, and contacts, whose words are shown nowhere."""
_AS_WRITTEN: Final = {"school_forms": "school_form", "pupils_by_grade": "pupils"}
"""Keys whose name in the file is another than that of the typed data."""


def compare_schools(
    base: Documents, head: Documents, old: DesiredState, new: DesiredState, renames: Renames
) -> Iterator[Told]:
    before = {one.id: one for one in base.schools}
    for school in head.schools:
        was = before.get(renames.schools.get(school.id, ""))
        if was is None:
            yield _whole(school, ADDED, new)
        else:
            yield from _changed_school(was, school)
            yield from _compare_groups(was, school, old, new, renames)
    kept = set(renames.schools.values())
    yield from (_whole(one, REMOVED, old) for one in base.schools if one.id not in kept)


def _whole(school: School, action: str, state: DesiredState) -> Told:
    keys = [f"{school.id}/{one.id}" for one in school.groups]
    facts = (Fact(code="SCHOOL-GROUPS", values={"n": str(len(keys))}),)
    return Told(
        area="school",
        action=action,
        id=school.id,
        name=school.name,
        facts=facts,
        reach=reach_of(keys, state.groups),
    )


def _changed_school(was: School, now: School) -> Iterator[Told]:
    facts = [*_renamed(was, now), *_roles(was.roles, now.roles)]
    found = _differences(was, now)
    if facts or found:
        yield Told(
            area="school",
            action=CHANGED,
            id=now.id,
            name=now.name,
            facts=tuple(facts),
            kind=_SCHOOL,
            differences=found,
        )


def _renamed(was: School | Group, now: School | Group) -> Iterator[Fact]:
    if was.id != now.id:
        yield Fact(code="ID", values={"was": was.id, "now": now.id})
    if was.name != now.name:
        yield Fact(code="NAME", values={"was": was.name, "now": now.name})


def _roles(was: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[Fact]:
    """Which roles, not whom to reach: addresses are in the file."""
    changed = [key for key in sorted({*was, *now}) if not same(plain(was.get(key)), plain(now.get(key)))]
    if changed:
        yield Fact(code="ROLES", values={"roles": ", ".join(changed)})


def _serials(was: Group, now: Group) -> Iterator[Fact]:
    """How many devices come and go by serial number, never which."""
    before, after = (frozenset(one.devices.serials if one.devices else ()) for one in (was, now))
    if before != after:
        yield Fact(code="GROUP-SERIALS", values={"come": str(len(after - before)), "gone": str(len(before - after))})


def _differences(was: object, now: object) -> tuple[Difference, ...]:
    if was == now:
        return ()
    before, after = (_written(plain(one)) for one in (was, now))
    return differences(before, after)


def _written(told: Json) -> Mapping[str, Json]:
    """As in the file: its keys, without serial numbers and without what the MGN asks of units."""
    found = told if isinstance(told, Mapping) else {}
    shown = {_AS_WRITTEN.get(key, key): value for key, value in found.items() if key not in _TOLD_APART}
    devices = shown.get("devices")
    if isinstance(devices, Mapping) and "serials" in devices:
        shown["devices"] = {key: value for key, value in devices.items() if key != "serials"}
    units = entries(shown.get("units"))
    if units:
        shown["units"] = [{k: v for k, v in one.items() if k != "mgn"} for one in units if isinstance(one, Mapping)]
    return shown


# --- groups -------------------------------------------------------------------------------------------------------


def _compare_groups(was: School, now: School, old: DesiredState, new: DesiredState, renames: Renames) -> Iterator[Told]:
    before = {f"{was.id}/{one.id}": one for one in was.groups}
    for group in now.groups:
        key = f"{now.id}/{group.id}"
        earlier = before.get(renames.groups.get(key, ""))
        if earlier is None:
            yield _whole_group(key, group, ADDED, new)
        else:
            yield from _changed_group(key, earlier, group, old.groups, new.groups, renames)
    kept = set(renames.groups.values())
    yield from (_whole_group(key, one, REMOVED, old) for key, one in before.items() if key not in kept)


def _whole_group(key: str, group: Group, action: str, state: DesiredState) -> Told:
    facts: list[Fact] = []
    compiled = state.groups.get(key)
    if compiled is not None and group.audience != "storage":
        facts.append(_gets(compiled, action))
    if action == REMOVED:
        facts.append(Fact(code="GROUP-DEVICES-MOVE"))
    return Told(
        area="group",
        action=action,
        id=key,
        name=group.name,
        facts=tuple(facts),
        reach=reach_of([key], state.groups),
    )


def _gets(state: GroupState, action: str) -> Fact:
    apps = sorted({one.app for one in state.effective.apps.values() if gets(one.mode)})
    values = {"apps": str(len(apps)), "settings": str(len(state.effective.settings))}
    return Fact(code="GROUP-GETS" if action == ADDED else "GROUP-HAD", values=values)


def _changed_group(
    key: str,
    was: Group,
    now: Group,
    old: Mapping[str, GroupState],
    new: Mapping[str, GroupState],
    renames: Renames,
) -> Iterator[Told]:
    facts = list(_renamed(was, now))
    found = _differences(was, now)
    facts += _serials(was, now)
    backends = [states[name].backend for states, name in ((old, renames.groups[key]), (new, key)) if name in states]
    if len(set(backends)) > 1:
        facts.append(Fact(code="GROUP-SYSTEM", values={"was": backends[0], "now": backends[1]}))
    if facts or found:
        yield Told(
            area="group",
            action=CHANGED,
            id=key,
            name=now.name,
            facts=tuple(facts),
            kind=_GROUP,
            differences=found,
            reach=reach_of([key], new),
        )


# --- organisation -------------------------------------------------------------------------------------------------


def compare_organisation(base: Documents, head: Documents) -> Iterator[Told]:
    """Management systems, routes, rings, roles, terms, council: each key with what it was and is."""
    before, after = (_organisation(one) for one in (base, head))
    found = tuple(map(_discreet, differences(before, after, depth=3)))
    facts = list(_roles(base.organisation.roles, head.organisation.roles))
    if found or facts:
        yield Told(
            area="organisation",
            action=CHANGED,
            id="organisation",
            name=head.organisation.name,
            facts=tuple(facts),
            kind=_ORGANISATION,
            differences=found,
        )


def _discreet(one: Difference) -> Difference:
    """Where a system is and whom to write to is no reader's matter; that it has changed is."""
    own = one.path[0] == "backends" and not _TOLD_OF_SYSTEMS & set(one.path[2:])
    hidden = own or bool({"contact", "uid"} & set(one.path))
    return replace(one, before=None, after=None, hidden=True) if hidden else one


_TOLD_OF_SYSTEMS: Final = frozenset({"mode", "limits", "kind"})


def _organisation(documents: Documents) -> Mapping[str, Json]:
    """Lists of named things by their names; routes as lines, for their order decides."""
    one = documents.organisation
    told = plain(one)
    found = {
        key: value for key, value in (told if isinstance(told, Mapping) else {}).items() if key not in _IN_OTHER_WORDS
    }
    found["backends"] = {each.id: _backend(each) for each in one.backends}
    found["rings"] = {each.id: plain(each) for each in one.rings}
    council = found.get("council")
    if one.council is not None and isinstance(council, Mapping):
        found["council"] = {**council, "members": [_member(each) for each in one.council.members]}
    found["routes"] = [f"{number}. {_route(each)}" for number, each in enumerate(one.routes, 1)]
    return found


_IN_OTHER_WORDS: Final = frozenset({"roles", "shared"})


def _member(one: Member) -> str:
    return f"{one.role}: {one.seats}" if one.owner == "education" else f"{one.role}: {one.seats} ({one.owner})"


def _backend(one: Backend) -> Json:
    """As in the file, where a kind's own keys stand beside the others."""
    told = plain(one)
    found = told if isinstance(told, Mapping) else {}
    options = found.get("options")
    own = {key: value for key, value in found.items() if key != "options"}
    return {**(options if isinstance(options, Mapping) else {}), **own}


def _route(one: Route) -> str:
    said = (*one.platforms, *one.schools, *one.school_forms, *one.audiences)
    return f"{', '.join(said) or '*'} → {one.backend}"
