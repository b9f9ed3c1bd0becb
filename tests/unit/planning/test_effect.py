"""Whom a change touches, in counts worked out by hand."""

from dataclasses import replace

import pytest

from reconciler.model.change import Action, Change, Effect, Member
from reconciler.model.grades import grade_span
from reconciler.model.resource import Key
from reconciler.planning.changes import creation
from reconciler.planning.effect import count_people, effect_of, pupils_of
from tests.unit.planning.building import group, place, school, setting, state, target

NORR = school(
    "norrskolan",
    [
        group("elever-4-6", grades="4-6"),
        group("elever-f-1", grades="F-1"),
        group("pilot", grades="5"),
        group("vagn"),
        group("personal", audience="staff", grades="4-6"),
    ],
    {"F-3": 88, "4-6": 74},
)
STATE = state(NORR)
PLACES = {"1": "@norrskolan/elever-4-6", "2": "@norrskolan/elever-4-6", "3": "@norrskolan/pilot"}
PEOPLE = count_people(STATE, PLACES)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("F-3", {0, 1, 2, 3}),
        ("7", {7}),
        ("F", {0}),
        ("4–6, 8", {4, 5, 6, 8}),
        ("", set()),
        ("1-5 år", set()),
    ],
)
def test_grades_are_read_as_people_write_them(text: str, grades: set[int]) -> None:
    assert grade_span(text) == grades


@pytest.mark.parametrize(
    ("groups", "pupils"),
    [
        (["elever-4-6"], 74),
        (["elever-f-1"], 44),  # two of the four grades F-3: half of 88
        (["pilot"], 25),  # one of three grades: 74 / 3, rounded up
        (["elever-4-6", "pilot"], 74),  # the pilot's are among them
        (["vagn"], 162),  # a cart serves the school
        (["personal"], 0),
        (["finns-inte"], 0),
    ],
)
def test_pupils_are_counted_once_by_the_grades_that_groups_cover(groups: list[str], pupils: int) -> None:
    assert pupils_of([f"norrskolan/{name}" for name in groups], STATE.groups) == pupils


def test_a_value_on_a_group_touches_its_devices_and_pupils() -> None:
    wanted = setting("@norrskolan/elever-4-6", "Update", disruption="restart", on=True)

    effect = effect_of(creation(wanted, "chrome"), wanted, None, PEOPLE)

    assert effect == Effect(
        devices=2, pupils=74, schools=("norrskolan",), groups=("norrskolan/elever-4-6",), disruption="restart"
    )


def test_a_reset_touches_those_of_its_target() -> None:
    change = Change(action=Action.DELETE, key=Key(kind="setting", target="ou:/E", part="A"), backend="chrome")

    effect = effect_of(change, None, target("ou:/E", owner="norrskolan/pilot"), PEOPLE)

    assert (effect.devices, effect.pupils, effect.groups) == (1, 25, ("norrskolan/pilot",))


def test_a_move_touches_the_devices_that_move() -> None:
    key = Key(kind="membership", target="@norrskolan/pilot", part="@norrskolan/elever-4-6")
    members = (Member(device="1", before=("@norrskolan/elever-4-6",), after=("@norrskolan/pilot",)),)

    effect = effect_of(Change(action=Action.UPDATE, key=key, backend="c", members=members), None, None, PEOPLE)

    assert (effect.devices, effect.pupils) == (1, 0)
    assert effect.groups == ("norrskolan/elever-4-6", "norrskolan/pilot")


def test_making_a_group_touches_nobody() -> None:
    wanted = place("@norrskolan/pilot", "Pilot")

    effect = effect_of(creation(wanted, "chrome"), wanted, None, PEOPLE)

    assert (effect.devices, effect.pupils, effect.schools) == (0, 0, ("norrskolan",))


def test_devices_for_staff_are_told_apart() -> None:
    people = count_people(STATE, {**PLACES, "4": "@norrskolan/personal", "5": "@norrskolan/personal"})
    groups = ("norrskolan/elever-4-6", "norrskolan/personal")
    both = replace(setting("ou:/Alla", "Update", on=True), groups=groups)

    effect = effect_of(creation(both, "chrome"), both, None, people)

    assert (effect.devices, effect.staff, effect.pupils) == (4, 2, 74)


def test_devices_that_come_to_a_group_for_staff_are_for_staff() -> None:
    members = tuple(Member(device=str(n), before=(), after=("@norrskolan/personal",)) for n in range(3))
    key = Key(kind="membership", target="@norrskolan/personal", part="outside")
    move = Change(action=Action.UPDATE, key=key, backend="chrome", members=members)

    assert effect_of(move, None, None, PEOPLE).staff == 3
    assert effect_of(replace(move, key=replace(key, target="@norrskolan/vagn")), None, None, PEOPLE).staff == 0
