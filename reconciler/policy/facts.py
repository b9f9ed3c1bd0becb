"""Every subject of a kind with the values of its variables, prepared once for all rules on it. Pure.

School after school: nothing is kept of one when the next begins, so that memory doesn't grow with the country.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from typing import Final

from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import App, Documents, School
from reconciler.model.place import Pointer
from reconciler.model.policy import Subject, SubjectKind
from reconciler.model.slotted import dataclass
from reconciler.policy.app_facts import UNUSED, app_facts, equivalents, use_facts
from reconciler.policy.days import Days
from reconciler.policy.group_facts import group_facts
from reconciler.policy.school_facts import Values, organisation_facts, school_facts, unit_facts, whole_school_facts


@dataclass(frozen=True, slots=True)
class Facts:
    """A subject and the values of its variables. `device` is `backend/id` of the vendor's: to compare by, never to show."""

    subject: Subject
    values: Values
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What facts are drawn from. Without a state there are no groups, apps in groups or settings.

    `live`: how many devices in use each group has, of the groups whose system was read whole; empty offline.
    """

    documents: Documents
    state: DesiredState | None
    days: Days
    shared: Values
    apps: Mapping[str, App]
    equivalents: Mapping[str, list[str]]
    kinds: Mapping[str, str]
    live: Mapping[str, int] = field(default_factory=dict)
    app_values: dict[str, Values] = field(default_factory=dict)

    def app(self, name: str) -> Values:
        """What is known of an app, worked out once however many groups get it."""
        found = self.app_values.get(name)
        if found is None:
            found = self.app_values[name] = app_facts(self.apps[name], self.days, self.equivalents)
        return found


def make_world(
    documents: Documents, state: DesiredState | None, as_of: date | Days, live: Mapping[str, int] | None = None
) -> World:
    days = as_of if isinstance(as_of, Days) else Days(as_of)
    return World(
        documents=documents,
        state=state,
        days=days,
        shared=organisation_facts(documents.organisation, days),
        apps={app.id: app for app in documents.apps},
        equivalents=equivalents(documents.apps),
        kinds={backend.id: backend.kind for backend in documents.organisation.backends},
        live=live or {},
    )


def facts(world: World, kind: SubjectKind) -> Iterator[Facts]:
    """Subjects of a kind that documents and desired state have, in the order of their ids."""
    if kind is SubjectKind.SCHOOL:
        yield from (_school(world, one) for one in _schools(world))
    elif kind is SubjectKind.UNIT:
        for one in _schools(world):
            yield from _units(world, one)
    elif kind is SubjectKind.APP:
        yield from _apps(world)
    elif world.state is not None and kind in _IN_GROUPS:
        yield from _in_groups(world, world.state, kind)


_IN_GROUPS: Final = frozenset({SubjectKind.GROUP, SubjectKind.ASSIGNMENT, SubjectKind.SETTING})


def _schools(world: World) -> list[School]:
    return sorted(world.documents.schools, key=lambda one: one.id)


def _school(world: World, school: School) -> Facts:
    forms = tuple(dict.fromkeys(form for unit in school.units for form in unit.school_forms))
    subject = Subject(
        kind=SubjectKind.SCHOOL,
        id=school.id,
        blocks=school.id,
        school=school.id,
        school_forms=forms,
        at=school.at.child("id"),
    )
    return Facts(
        subject, {**world.shared, **school_facts(school, world.days), **whole_school_facts(school, world.live)}
    )


def _units(world: World, school: School) -> Iterator[Facts]:
    around = {**world.shared, **school_facts(school, world.days)}
    for number, unit in enumerate(school.units, start=1):
        subject = Subject(
            kind=SubjectKind.UNIT,
            id=unit.code or f"{school.id}/{number}",
            blocks=school.id,
            school=school.id,
            school_forms=unit.school_forms,
            at=unit.at,
        )
        yield Facts(subject, {**around, **unit_facts(unit, school)})


def _apps(world: World) -> Iterator[Facts]:
    used = use_facts(world.state.groups.values()) if world.state else {}
    for app in sorted(world.documents.apps, key=lambda one: one.id):
        subject = Subject(
            kind=SubjectKind.APP,
            id=app.id,
            blocks=f"app:{app.id}",
            school_forms=app.school_forms,
            at=app.at.child("id"),
        )
        yield Facts(subject, {**world.shared, **world.app(app.id), **used.get(app.id, UNUSED)})


def _in_groups(world: World, state: DesiredState, kind: SubjectKind) -> Iterator[Facts]:
    last, around = "", world.shared
    for key in sorted(state.groups):
        group = state.groups[key]
        if group.school.id != last:
            last, around = group.school.id, {**world.shared, **school_facts(group.school, world.days)}
        here = {**around, **facts_of_group(world, group)}
        if kind is SubjectKind.GROUP:
            yield Facts(group_subject(kind, group), {**here, **_whole_group(world, group)})
        elif kind is SubjectKind.ASSIGNMENT:
            yield from _assignments(world, group, here)
        else:
            yield from _settings(group, here)


def facts_of_group(world: World, group: GroupState) -> Values:
    return group_facts(group, world.days, world.kinds.get(group.backend, ""), world.live.get(group.key))


def group_subject(
    kind: SubjectKind, group: GroupState, name: str = "", what: str = "", at: Pointer | None = None
) -> Subject:
    """The group, or something in it: `what` is `app` or `setting`, `name` which."""
    return Subject(
        kind=kind,
        id=f"{group.key}:{name}" if name else group.key,
        blocks=f"{group.key}:{what}:{name.partition(':')[0]}" if name else group.key,
        school=group.school.id,
        group=group.key,
        school_forms=group.group.school_forms,
        at=at or group.group.at.child("id"),
    )


def _whole_group(world: World, state: GroupState) -> Values:
    return {
        "group.apps": [
            {
                "id": one.app,
                "mode": one.mode,
                "session": one.session,
                "status": world.app(one.app)["app.status"],
                "cost": world.app(one.app)["app.cost"],
                "personal_data": world.app(one.app)["app.personal_data"],
            }
            for _, one in sorted(state.effective.apps.items())
            if one.app in world.apps
        ],
        "group.settings": {name: _plain(one.value) for name, one in sorted(state.effective.settings.items())},
    }


def _assignments(world: World, state: GroupState, here: Values) -> Iterator[Facts]:
    for (name, session), entry in sorted(state.effective.apps.items()):
        if name in world.apps:
            deciding = entry.origins[0] if entry.origins else None
            inside = name if session == "user" else f"{name}:{session}"
            subject = group_subject(SubjectKind.ASSIGNMENT, state, inside, "app", deciding.at if deciding else None)
            own: Values = {
                "assignment.mode": entry.mode,
                "assignment.session": session,
                "assignment.pinned": entry.pinned,
                "assignment.layer": deciding.layer.value if deciding else "",
                "assignment.from": deciding.owner if deciding else "",
            }
            yield Facts(subject, {**here, **world.app(name), **own})


def _settings(state: GroupState, here: Values) -> Iterator[Facts]:
    for name, entry in sorted(state.effective.settings.items()):
        deciding = entry.origins[0] if entry.origins else None
        subject = group_subject(SubjectKind.SETTING, state, name, "setting", deciding.at if deciding else None)
        own: Values = {
            "setting.id": name,
            "setting.value": _plain(entry.value),
            "setting.layer": deciding.layer.value if deciding else "",
            "setting.from": deciding.owner if deciding else "",
        }
        yield Facts(subject, {**here, **own})


def _plain(value: object) -> object:
    """In the engine's types: lists for tuples, dicts for other mappings."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
