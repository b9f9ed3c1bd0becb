"""Rules in a plan: what a breach holds, and what goes on beside it."""

from datetime import date
from pathlib import Path

from reconciler.model.change import Plan
from reconciler.reconcile.plan import run_plan
from reconciler.reconcile.prepare import prepare
from tests.unit.reconcile.worlds import TODAY, World

RULE = """\
id: prov
effect: {effect}
owner: it
"on": {on}
require: {require}
message: {{sv: Nej, en: 'No'}}
rationale: x
source: {{kind: need, text: x}}
"""


def write_rule(root: Path, require: str, effect: str = "block", on: str = "assignment", dates: str = "") -> None:
    folder = root / "policies" / "guardrails"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prov.yaml").write_text(RULE.format(effect=effect, require=require, on=on) + dates, "utf-8")


def planned(world: World) -> Plan:
    made = run_plan(prepare(world.root, TODAY), world.wiring(), connect_to=world.connect)
    assert made is not None
    return made


def apps(plan: Plan, *, held: bool) -> set[str]:
    return {
        str(one.facts.get("app") or one.label)
        for one in (plan.held if held else plan.changes)
        if one.key.kind == "assignment"
    }


def test_a_block_holds_the_app_it_forbids_and_nothing_else(world: World) -> None:
    free = planned(world)
    some = sorted(apps(free, held=False))
    forbidden = some[0]
    write_rule(world.root, f"app.id != '{forbidden}' && app.name != '{forbidden}'")
    made = planned(world)

    assert apps(made, held=True) == {forbidden}
    assert apps(made, held=False) == set(some) - {forbidden}
    assert len(made.changes) + len(made.held) == len(free.changes)
    assert {one.code for one in made.findings if one.severity.value == "error"} == {"RULE-NOT-MET"}


def test_a_rule_that_only_warns_holds_nothing(world: World) -> None:
    free = planned(world)
    write_rule(world.root, "app.status == 'x'", "warn")
    made = planned(world)

    assert [one.fingerprint for one in made.changes] == [one.fingerprint for one in free.changes]
    assert made.held == ()
    assert {one.severity.value for one in made.findings if one.code == "RULE-NOT-MET"} == {"warning"}


def test_a_block_on_changes_holds_them_and_what_waits_for_them(world: World) -> None:
    free = planned(world)
    write_rule(world.root, "change.kind != 'group' || change.action != 'create'", on="change")
    made = planned(world)
    places = {one.key for one in free.changes if one.key.kind == "group" and one.action.value == "create"}

    assert places
    assert places <= {one.key for one in made.held}
    assert not [one for one in made.changes if not places.isdisjoint(one.depends_on)]
    assert len(made.changes) + len(made.held) == len(free.changes) + len(free.held)


def test_a_block_on_the_plan_holds_everything(world: World) -> None:
    free = planned(world)
    write_rule(world.root, "plan.changes < 2", on="plan")
    made = planned(world)

    assert made.changes == ()
    assert len(made.held) == len(free.changes)
    (finding,) = [one for one in made.findings if one.code == "RULE-NOT-MET"]
    assert finding.subject == "plan"


def test_devices_are_told_by_their_group_and_how_many(world: World) -> None:
    write_rule(world.root, "device.platform == 'x'", "warn", on="device")
    made = planned(world)
    found = [one for one in made.findings if one.code == "RULE-NOT-MET"]

    assert {(one.subject, one.values["count"]) for one in found} == {
        ("norrskolan/elever-4-6:device", "60"),
        ("sjoskolan/elever-4-6:device", "45"),
        ("sjoskolan/elever-7-9:device", "50"),
    }
    assert len(found) == 3
    assert made.held == ()


def test_a_plan_lapses_when_a_rule_that_blocks_begins_or_ends(world: World) -> None:
    assert planned(world).lapses is None
    write_rule(world.root, "app.id != 'x'", dates='from: "2026-12-01"\nuntil: "2026-12-31"\n')
    assert planned(world).lapses == date(2026, 12, 1)
    write_rule(world.root, "app.id != 'x'", dates='until: "2026-12-31"\n')
    assert planned(world).lapses == date(2027, 1, 1)
    write_rule(world.root, "app.id != 'x'", "warn", dates='until: "2026-12-31"\n')
    assert planned(world).lapses is None


def test_a_block_that_cannot_be_asked_of_a_change_holds_it(world: World) -> None:
    write_rule(world.root, "change.kind != 'group' || 1 / (change.pupils - change.pupils) > 0", on="change")
    made = planned(world)

    assert [one.code for one in made.findings if one.severity.value == "error"] == ["RULE-FAILED"]
    assert made.held
    assert not [one for one in made.changes if one.key.kind == "group"]


def test_a_block_that_cannot_be_asked_of_the_plan_holds_everything(world: World) -> None:
    write_rule(world.root, "1 / (plan.held - plan.held) > 0", on="plan")
    made = planned(world)

    assert made.changes == ()
    assert made.held
