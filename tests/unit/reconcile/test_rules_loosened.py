"""Rules on changes, the plan and devices that go, or ask less, in the same change as what they forbade."""

from collections.abc import Callable

import pytest

from reconciler.model.change import Plan
from tests.unit.reconcile.test_live_rules import checked
from tests.unit.reconcile.test_rules import apps, planned, write_rule
from tests.unit.reconcile.test_rules_on_devices import SCHOOL, apply, blocking, commit, moves, planned_from_base
from tests.unit.reconcile.worlds import World

FILE = "policies/guardrails/prov.yaml"
NOT_THERE = "group.id != 'sjoskolan/elever-7-9' || device.facts['location'].startsWith('SJÖ 7')"
"""Into Sjöskolan's group for years 7–9 come only the devices that are marked for it."""


def take_away(world: World) -> None:
    (world.root / FILE).unlink()


def weaken(world: World) -> None:
    world.edit(FILE, lambda text: text.replace("effect: block", "effect: warn"))


def rewrite(world: World) -> None:
    world.edit(FILE, lambda text: text.replace("require: ", "require: organisation.name != '' || "))


def end(world: World) -> None:
    world.edit(FILE, lambda text: text + 'until: "2026-11-20"\n')


WAYS = pytest.mark.parametrize("loosen", [take_away, weaken, rewrite, end])


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(one.subject, one.values["message.sv"]) for one in plan.findings if one.code == "RULE-LOOSENED"]


def move_nine(world: World) -> None:
    """Of the 45 that are marked for years 4–6."""
    serials = ", ".join(f"SJOM{number:04d}" for number in range(1, 10))
    world.edit(SCHOOL, lambda text: text.replace('"SJÖ 7-9*"}', f'"SJÖ 7-9*"}}, serials: [{serials}]'))


@WAYS
def test_devices_stay_where_a_rule_is_loosened_with_their_move(world: World, loosen: Callable[[World], None]) -> None:
    apply(world, planned(world))
    write_rule(world.root, NOT_THERE, on="device")
    commit(world)
    loosen(world)
    move_nine(world)
    made = planned_from_base(world)

    assert moves(made.changes) == {}
    assert moves(made.held) == {"sjoskolan/elever-7-9": 9}
    assert "RULE-LOOSENED" in blocking(made)
    ((subject, message),) = told(made)
    assert (subject, message) == ("sjoskolan/elever-7-9:device", "Nej")
    assert [one.values["count"] for one in made.findings if one.code == "RULE-LOOSENED"] == ["9"]


def test_once_the_rule_is_gone_the_devices_move(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, NOT_THERE, on="device")
    take_away(world)
    commit(world)
    move_nine(world)
    made = planned_from_base(world)

    assert moves(made.changes) == {"sjoskolan/elever-7-9": 9}
    assert blocking(made) == []


@WAYS
def test_loosening_alone_is_no_error(world: World, loosen: Callable[[World], None]) -> None:
    """What the base wants already, the rule's own change doesn't make."""
    apply(world, planned(world))
    write_rule(world.root, NOT_THERE, on="device")
    move_nine(world)
    commit(world)
    loosen(world)
    made = planned_from_base(world)

    assert moves(made.changes) == {"sjoskolan/elever-7-9": 9}
    assert told(made) == []


def test_what_the_head_forbids_as_strictly_is_said_once(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, NOT_THERE, on="device")
    commit(world)
    write_rule(world.root, "group.id != 'sjoskolan/elever-7-9'", on="device")
    move_nine(world)
    made = planned_from_base(world)

    assert moves(made.changes) == {}
    assert blocking(made) == ["RULE-NOT-MET"]


def test_check_with_devices_says_it_too(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, NOT_THERE, on="device")
    commit(world)
    take_away(world)
    move_nine(world)
    found = [one for one in checked(world, "HEAD").findings if one.code == "RULE-LOOSENED"]

    assert [(one.subject, one.severity.value) for one in found] == [("sjoskolan/elever-7-9:device", "error")]


def test_how_many_devices_a_group_may_have_is_no_less_protected(world: World) -> None:
    apply(world, planned(world))
    when = "when: group.live != null && group.id == 'sjoskolan/elever-7-9'\n"
    write_rule(world.root, "group.live <= 50", on="group", dates=when)
    commit(world)
    take_away(world)
    move_nine(world)
    made = planned_from_base(world)

    assert moves(made.changes) == {}
    assert told(made) == [("sjoskolan/elever-7-9", "Nej")]


@WAYS
def test_a_change_waits_where_the_rule_on_it_is_loosened(world: World, loosen: Callable[[World], None]) -> None:
    write_rule(world.root, "change.kind != 'setting' || change.schools != ['sjoskolan']", on="change")
    apply(world, planned(world))
    commit(world)
    loosen(world)
    world.edit(SCHOOL, lambda text: text.replace('4-6"]}\n', '4-6"]}\n    settings: {printing: blocked}\n', 1))
    made = planned_from_base(world)

    mine = [one for one in made.held if one.proposal.value == "proposed"]
    assert [one.key.kind for one in mine] == ["setting"]
    assert "RULE-LOOSENED" in blocking(made)
    assert not [one for one in made.changes if one.proposal.value == "proposed"]


@WAYS
def test_a_rule_on_the_whole_plan_holds_it_once_more(world: World, loosen: Callable[[World], None]) -> None:
    apply(world, planned(world))
    write_rule(world.root, "plan.moved_devices < 5", on="plan")
    commit(world)
    loosen(world)
    move_nine(world)
    made = planned_from_base(world)

    assert made.changes == ()
    assert moves(made.held) == {"sjoskolan/elever-7-9": 9}
    assert told(made) == [("plan", "Nej")]


def test_a_rule_on_the_plan_that_goes_alone_frees_what_stood_before_it(world: World) -> None:
    write_rule(world.root, "plan.moved_devices < 5", on="plan")
    commit(world)
    take_away(world)
    made = planned_from_base(world)

    assert apps(made, held=False)
    assert (made.held, blocking(made)) == ((), [])
