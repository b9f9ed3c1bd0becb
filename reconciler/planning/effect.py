"""Whom a change touches: devices by assignment, pupils by grade, schools and groups. Counts, never names of people."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.change import Change, Effect
from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import School
from reconciler.model.grades import grade_span
from reconciler.model.resource import OTHERS, Resource, Target
from reconciler.planning.changes import disruption_of, field_names
from reconciler.planning.joining import is_ours


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What effects are counted from: the groups of the desired state, and how many devices each shall have."""

    groups: Mapping[str, GroupState]
    devices: Mapping[str, int]


def count_people(state: DesiredState, places: Mapping[str, str]) -> People:
    return People(groups=state.groups, devices=Counter(ref[1:] for ref in places.values()))


def effect_of(change: Change, resource: Resource | None, target: Target | None, people: People) -> Effect:
    """`resource` is what is wanted (None for a deletion), `target` where it is written (None for groups)."""
    groups = _groups_of(change, resource, target)
    disruption = disruption_of(resource, field_names(change.fields)) if resource else "none"
    if change.key.kind == "group":
        return Effect(schools=_schools(groups, change), groups=groups, disruption=disruption)
    if change.key.kind == "membership":
        number = len(change.members)
        staff = number if _is_for_staff(change.key.target[1:], people) else 0
        return Effect(devices=number, staff=staff, schools=_schools(groups, change), groups=groups)
    return Effect(
        devices=sum(people.devices.get(group, 0) for group in groups) + _others(change),
        pupils=pupils_of(groups, people.groups),
        staff=sum(people.devices.get(group, 0) for group in groups if _is_for_staff(group, people)),
        schools=_schools(groups, change),
        groups=groups,
        disruption=disruption,
    )


def _others(change: Change) -> int:
    """Other devices that have it too and lose it, by what the adapter saw."""
    others = change.facts.get(OTHERS, 0)
    return others if isinstance(others, int) else 0


def _is_for_staff(group: str, people: People) -> bool:
    state = people.groups.get(group)
    return state is not None and state.group.audience == "staff"


def pupils_of(groups: Iterable[str], known: Mapping[str, GroupState]) -> int:
    """Pupils of these groups, each grade of a school once. A span that a group covers in part counts by its share."""
    grades: dict[str, set[int]] = {}
    schools: dict[str, School] = {}
    for key in groups:
        state = known.get(key)
        if state is None or state.group.audience != "pupils":
            continue
        schools[state.school.id] = state.school
        # A group without grades, as a shared cart, serves whoever is at the school.
        covered = grade_span(state.group.grades) if state.group.grades else _all_grades(state.school)
        grades.setdefault(state.school.id, set()).update(covered)
    return sum(_pupils(school, grades[name]) for name, school in schools.items())


def _all_grades(school: School) -> frozenset[int]:
    return frozenset().union(*(grade_span(text) for text in school.pupils_by_grade))


def _pupils(school: School, grades: set[int]) -> int:
    total = 0
    for text, count in school.pupils_by_grade.items():
        span = grade_span(text)
        if span:
            total += math.ceil(count * len(span & grades) / len(span))
    return total


def _groups_of(change: Change, resource: Resource | None, target: Target | None) -> tuple[str, ...]:
    if change.key.kind == "membership":
        places = {change.key.target, *change.key.part.split("+")}
        return tuple(sorted(ref[1:] for ref in places if "/" in ref and is_ours(ref)))
    named = (resource.groups if resource else ()) or (target.groups if target else ())
    if named or not is_ours(change.key.target):
        return tuple(sorted(named))
    return (change.key.target[1:],) if "/" in change.key.target else ()


def _schools(groups: Iterable[str], change: Change) -> tuple[str, ...]:
    own = {change.key.target[1:].partition("/")[0]} if is_ours(change.key.target) else set()
    return tuple(sorted(({group.partition("/")[0] for group in groups} | own) - {""}))
