"""Rules that block and that only the devices answer: which moves they keep from being made, and what goes on beside them."""

import subprocess

from reconciler.credentials.purpose import Purpose
from reconciler.model.change import Change, Plan
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from tests.unit.load.writing import write_all
from tests.unit.reconcile.test_rules import planned, write_rule
from tests.unit.reconcile.worlds import TODAY, World

OLD = "device.facts['location'].startsWith('SJÖ 4-6 0') == false"
"""Nine of Sjöskolan's 45 devices: numbers 01 to 09."""
SCHOOL = "schools/sjoskolan.yaml"


def commit(world: World) -> None:
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(world.root), *words], check=True)


def planned_from_base(world: World) -> Plan:
    made = run_plan(prepare(world.root, TODAY, "HEAD"), world.wiring(), connect_to=world.connect)
    assert made is not None
    return made


def apply(world: World, plan: Plan) -> None:
    prepared = prepare(world.root, TODAY)
    journal = world.root.parent / "journal.jsonl"
    wiring = world.wiring(Purpose.APPLY)
    run_apply(plan, prepared, world.root, TODAY, wiring, journal, connect_to=world.connect)


def moves(changes: tuple[Change, ...]) -> dict[str, int]:
    """Devices that come to each group."""
    return {one.envelope.into: len(one.members) for one in changes if one.envelope}


def blocking(plan: Plan) -> list[str]:
    return sorted(one.code for one in plan.findings if one.severity.value == "error")


def test_a_block_keeps_its_devices_where_they_are_and_no_others(world: World) -> None:
    free = planned(world)
    write_rule(world.root, OLD, on="device")
    made = planned(world)

    assert moves(free.changes)["sjoskolan/elever-4-6"] == 45
    assert moves(made.changes) == {**moves(free.changes), "sjoskolan/elever-4-6": 36}
    assert moves(made.held) == {"sjoskolan/elever-4-6": 9}
    assert blocking(made) == ["RULE-NOT-MET"]
    assert [one.key for one in made.changes] == [one.key for one in free.changes]


def test_the_rest_is_applied_and_the_second_plan_holds_the_same_devices(world: World) -> None:
    write_rule(world.root, OLD, on="device")
    apply(world, planned(world))
    second = planned(world)

    assert second.changes == ()
    assert moves(second.held) == {"sjoskolan/elever-4-6": 9}


def test_what_a_device_breaches_where_it_lies_already_is_said_and_holds_nothing(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, OLD, on="device")
    world.edit(
        SCHOOL,
        lambda text: text.replace('7-9"]}\n    settings: {', '7-9"]}\n    settings: {printing: blocked, ').replace(
            '4-6"]}\n', '4-6"]}\n    settings: {printing: blocked}\n'
        ),
    )
    made = planned(world)

    assert made.held == ()
    assert [one.key.kind for one in made.changes] == ["setting", "setting"]
    assert [
        (one.code, one.values["count"]) for one in made.findings if one.subject == "sjoskolan/elever-4-6:device"
    ] == [("RULE-NOT-MET-BEFORE", "9")]


def test_a_device_that_moves_to_a_group_where_it_breaches_stays(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, "group.id != 'sjoskolan/elever-7-9' || " + OLD, on="device")
    world.edit(
        SCHOOL, lambda text: text.replace('location: "SJÖ 7-9*"', 'location: "SJÖ *"').replace("SJÖ 4-6*", "SJX*")
    )
    made = planned(world)

    assert moves(made.changes) == {}
    assert moves(planned_without_limit(made)) == {"sjoskolan/elever-7-9": 9 + 36}


def planned_without_limit(plan: Plan) -> tuple[Change, ...]:
    """Held by the limit on moves, and by the rule: one change each."""
    into = [one for one in plan.held if one.envelope]
    assert sorted(len(one.members) for one in into) == [9, 36]
    return (
        Change(
            action=into[0].action,
            key=into[0].key,
            backend="chrome",
            members=(*into[0].members, *into[1].members),
            envelope=into[0].envelope,
        ),
    )


def test_a_device_that_has_no_answer_is_kept_too(world: World) -> None:
    write_rule(world.root, f"{OLD} || device.facts['no-such'] == 'x'", on="device")
    made = planned(world)

    assert moves(made.held) == {"sjoskolan/elever-4-6": 9}
    assert blocking(made) == ["RULE-FAILED"]


def test_a_group_that_the_change_makes_wrong_for_its_devices_waits_with_what_it_proposes(world: World) -> None:
    apply(world, planned(world))
    write_rule(world.root, "group.name != 'Elever 4–6 nya' || " + OLD, on="device")
    commit(world)
    world.edit(SCHOOL, lambda text: text.replace("Elever åk 4–6", "Elever 4–6 nya"))
    made = planned_from_base(world)

    assert [str(one.key) for one in made.held] == ["group:@sjoskolan/elever-4-6"]
    assert blocking(made) == ["RULE-NOT-MET"]


def test_with_a_base_a_device_is_the_same_one_though_others_come_before_it(world: World) -> None:
    """Numbers are given in order of the system's ids; a group that grows gives its devices other numbers."""
    world.edit(SCHOOL, lambda text: text.replace('"SJÖ 4-6*"', '"SJÖ 4-6 0*"'))
    world.edit("schools/norrskolan.yaml", lambda text: text.replace("NORR 4-6*", "NORX*"))
    apply(world, planned(world))
    write_rule(world.root, OLD, on="device")
    commit(world)
    world.edit(SCHOOL, lambda text: text.replace('"SJÖ 4-6 0*"', '"*4-6*"'))
    made = planned_from_base(world)

    assert blocking(made) == []
    assert moves(made.changes) == {"sjoskolan/elever-4-6": 60 + 36}


def test_a_device_that_is_to_come_where_the_base_wants_it_too_stays_all_the_same(world: World) -> None:
    write_rule(world.root, OLD, on="device")
    commit(world)
    made = planned_from_base(world)

    assert blocking(made) == ["RULE-NOT-MET"]
    assert moves(made.held) == {"sjoskolan/elever-4-6": 9}
    assert moves(made.changes)["sjoskolan/elever-4-6"] == 36


def test_an_exception_lets_its_devices_move(world: World) -> None:
    write_rule(world.root, OLD, on="device")
    grant = (
        "id: gamla\nrule: prov\nsubjects: [sjoskolan]\nowner: it\nreason: x\n"
        'decision: {body: x, date: "2026-10-01", reference: x}\nfrom: "2026-10-01"\nuntil: "2027-03-01"\n'
    )
    write_all(world.root, {"policies/exceptions/gamla.yaml": grant})
    made = planned(world)

    assert moves(made.changes)["sjoskolan/elever-4-6"] == 45
    assert (made.held, blocking(made)) == ((), [])


def test_a_block_that_asks_how_many_devices_there_are_holds_its_group(world: World) -> None:
    free = planned(world)
    write_rule(
        world.root,
        "group.live <= 50",
        on="group",
        dates="when: group.live != null && group.id == 'norrskolan/elever-4-6'\n",
    )
    made = planned(world)
    held = {str(one.key) for one in made.held}

    assert "membership:@norrskolan/elever-4-6:outside" in held
    assert not [one for one in held if "sjoskolan" in one]
    assert len(made.changes) + len(made.held) == len(free.changes)
    assert blocking(made) == ["RULE-NOT-MET"]


def test_too_few_devices_already_hold_nothing_that_is_made_better(world: World) -> None:
    apply(world, planned(world))
    write_rule(
        world.root,
        "group.live > 70",
        on="group",
        dates="when: group.live != null && group.id == 'norrskolan/elever-4-6'\n",
    )
    world.edit(
        "schools/norrskolan.yaml", lambda text: text.replace('"NORR 4-6*"}', '"NORR 4-6*"}, serials: [SJOM0001]')
    )
    made = planned(world)

    assert blocking(made) == []
    assert moves(made.changes) == {"norrskolan/elever-4-6": 1}
    assert {one.code for one in made.findings if one.subject == "norrskolan/elever-4-6"} == {"RULE-NOT-MET-BEFORE"}
