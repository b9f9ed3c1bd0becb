"""Rules that block and could not be asked: never met, so they hold the changes of what they were asked of, and no others."""

from collections.abc import Callable

import pytest

from reconciler.model.change import Plan
from tests.unit.reconcile.test_rules import apps, planned, write_rule
from tests.unit.reconcile.test_rules_on_devices import apply, blocking, commit, planned_from_base
from tests.unit.reconcile.worlds import World

FAILS = "1 / (school.pupils - school.pupils) > 0"
NORTH = "schools/norrskolan.yaml"


def keys(plan: Plan, *, held: bool) -> set[str]:
    return {str(one.key) for one in (plan.held if held else plan.changes)}


@pytest.mark.parametrize(
    ("on", "when", "is_its"),
    [
        ("school", "school.id == 'norrskolan'", lambda key: "norrskolan" in key),
        ("unit", "unit.code == '99000017'", lambda key: "norrskolan" in key),
        ("group", "group.id == 'norrskolan/elever-4-6'", lambda key: "@norrskolan/elever-4-6" in key),
    ],
)
def test_what_could_not_be_asked_holds_its_subject_and_nothing_else(
    world: World, on: str, when: str, is_its: Callable[[str], bool]
) -> None:
    free = planned(world)
    write_rule(world.root, FAILS, on=on, dates=f"when: {when}\n")
    made = planned(world)

    assert blocking(made) == ["RULE-FAILED"]
    assert {key for key in keys(free, held=False) if is_its(key)} <= keys(made, held=True)
    assert keys(made, held=False) >= {key for key in keys(free, held=False) if "sjoskolan" in key}
    assert keys(made, held=False) | keys(made, held=True) == keys(free, held=False)


def test_an_app_that_could_not_be_asked_about_waits_alone(world: World) -> None:
    write_rule(world.root, FAILS, dates="when: app.id == 'scratch'\n")
    made = planned(world)

    assert apps(made, held=True) == {"scratch"}
    assert {one.key.kind for one in made.held} == {"assignment"}
    assert blocking(made) == ["RULE-FAILED"]


def test_a_rule_that_only_warns_holds_nothing_unasked(world: World) -> None:
    write_rule(world.root, FAILS, "warn", on="school")

    assert planned(world).held == ()


def test_a_rule_whose_expression_cannot_be_read_is_asked_of_nobody_and_holds_what_it_is_about(world: World) -> None:
    write_rule(world.root, "app.nosuch == 'x'", dates="when: app.id == 'scratch'\n")
    made = planned(world)

    assert blocking(made) == ["RULE-UNKNOWN-VARIABLE"]
    assert apps(made, held=True) == apps(planned(world), held=True) != set()
    assert {one.key.kind for one in made.held} == {"assignment"}


def test_what_could_not_be_asked_before_either_is_said_and_holds_nothing(world: World) -> None:
    write_rule(world.root, FAILS, on="group", dates="when: group.id == 'norrskolan/elever-4-6'\n")
    commit(world)
    world.edit(NORTH, lambda text: text.replace("printing: blocked", "printing: blocked, incognito: blocked"))
    made = planned_from_base(world)

    assert blocking(made) == ["RULE-FAILED"]
    assert made.held == ()


def test_a_change_that_takes_the_answer_away_is_held(world: World) -> None:
    write_rule(
        world.root,
        "group.settings['printing'] == 'blocked'",
        on="group",
        dates="when: group.id == 'norrskolan/elever-4-6'\n",
    )
    apply(world, planned(world))
    commit(world)
    world.edit(NORTH, lambda text: text.replace("printing: blocked", "incognito: blocked"))
    world.edit("schools/sjoskolan.yaml", lambda text: text.replace("not-on-extensions", "blocked"))
    made = planned_from_base(world)

    assert "RULE-FAILED" in blocking(made)
    assert {one.effect.schools for one in made.held} == {("norrskolan",)}
    assert {one.effect.schools for one in made.changes} == {("sjoskolan",)}


def test_a_rule_that_is_broken_in_the_change_that_it_forbade_counts_as_loosened(world: World) -> None:
    write_rule(
        world.root,
        "('developer-tools' in group.settings) == false",
        on="group",
        dates="when: group.id == 'norrskolan/elever-4-6'\n",
    )
    apply(world, planned(world))
    commit(world)
    write_rule(world.root, FAILS, on="group", dates="when: group.id == 'norrskolan/elever-4-6'\n")
    world.edit(NORTH, lambda text: text.replace("printing: blocked", "printing: blocked, developer-tools: blocked"))
    made = planned_from_base(world)

    assert blocking(made) == ["RULE-FAILED", "RULE-LOOSENED"]
    assert made.changes == ()
    assert made.held
