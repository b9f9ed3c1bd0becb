"""Whom a change reaches: schools, groups, expected devices and pupils, as the files have them. Counts, never names of people. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.model.desired import GroupState
from reconciler.model.documents import School
from reconciler.model.grades import grade_span


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`devices` and `pupils` are what the files say; `silent_devices` are groups, `silent_pupils` schools, that give no number.

    A pupil who has several of the groups' devices is counted once; a span of grades that is covered in part counts by
    its share, rounded up.
    """

    schools: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    devices: int = 0
    silent_devices: tuple[str, ...] = ()
    pupils: int = 0
    silent_pupils: tuple[str, ...] = ()


NOBODY: Final = Reach()


def reach_of(groups: Iterable[str], known: Mapping[str, GroupState]) -> Reach:
    """Of these groups (full names); those that are not known, or are in storage, count for nothing."""
    states = [known[key] for key in sorted(set(groups)) if key in known and known[key].group.audience != "storage"]
    by_school: dict[str, list[GroupState]] = {}
    for one in states:
        by_school.setdefault(one.school.id, []).append(one)
    pupils = {school: pupils_at(members) for school, members in by_school.items()}
    with_devices = [one for one in states if one.group.devices is not None]
    return Reach(
        schools=tuple(sorted(by_school)),
        groups=tuple(one.key for one in states),
        devices=sum(_expected(one) or 0 for one in with_devices),
        silent_devices=tuple(one.key for one in with_devices if _expected(one) is None),
        pupils=sum(number or 0 for number in pupils.values()),
        silent_pupils=tuple(school for school, number in pupils.items() if number is None),
    )


def _expected(state: GroupState) -> int | None:
    return state.group.devices.expected if state.group.devices else None


def pupils_at(groups: Iterable[GroupState]) -> int | None:
    """Pupils of groups of one school, each once; None where the school's file gives no number for some of them.

    A group without grades, as a shared cart, serves whoever is at the school.
    """
    serving = [one for one in groups if one.group.audience == "pupils"]
    if not serving:
        return 0
    school = serving[0].school
    if any(not one.group.grades for one in serving):
        return sum(school.pupils_by_grade.values()) if school.pupils_by_grade else None
    grades = frozenset[int]().union(*(grade_span(one.group.grades) for one in serving))
    return _in_grades(school, grades)


def _in_grades(school: School, grades: frozenset[int]) -> int | None:
    spans = {grade_span(text): number for text, number in school.pupils_by_grade.items()}
    if not grades <= frozenset[int]().union(*spans):
        return None
    return sum(math.ceil(number * len(span & grades) / len(span)) for span, number in spans.items() if span & grades)
