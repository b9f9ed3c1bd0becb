"""What a plan says of the calendar, and of leave to pass limits that is no longer needed."""

from datetime import UTC, datetime

from reconciler.model.change import Plan
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import prepare
from tests.unit.load.writing import write_all
from tests.unit.reconcile.worlds import TODAY, World

ALLOWANCE = """\
id: augusti
backend: chrome
reason: Klasserna flyttar upp.
until: "{until}"
fingerprints: ["{fingerprint}"]
"""
CALENDAR = """\
school_years: [{id: 2026-27, terms: [{name: Höstterminen, from: "2026-08-18", until: "2026-12-18"}]}]
freezes: [{id: prov, name: Provvecka, from: "2026-11-23", until: "2026-11-27", reason: Prov i alla klasser.}]
"""
SUNDAY, MONDAY = datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)


def planned(world: World, only: Filter | None = None, moment: datetime | None = None) -> Plan:
    made = run_plan(prepare(world.root, TODAY), world.wiring(), only=only, connect_to=world.connect, moment=moment)
    assert made is not None
    return made


def allowances(plan: Plan) -> list[str]:
    return [one.code for one in plan.findings if one.code.startswith("ALLOWANCE-")]


def allow(world: World, fingerprint: str, until: str = "2026-12-31") -> None:
    text = ALLOWANCE.format(fingerprint=fingerprint, until=until)
    write_all(world.root, {"policies/allowances/augusti.yaml": text})


def test_an_allowance_is_spent_once_its_change_is_not_planned_any_more(world: World) -> None:
    allow(world, planned(world).changes[0].fingerprint)
    assert allowances(planned(world)) == []

    allow(world, "0123456789abcdef")
    assert allowances(planned(world)) == ["ALLOWANCE-SPENT"]


def test_of_a_system_that_was_not_read_nothing_is_said(world: World) -> None:
    allow(world, "0123456789abcdef")
    world.unreachable = {"chrome"}

    assert allowances(planned(world)) == []


def test_a_plan_for_one_school_says_nothing_of_the_others_leave(world: World) -> None:
    allow(world, "0123456789abcdef")

    assert allowances(planned(world, Filter(school="norrskolan"))) == []


def test_an_allowance_that_has_ended_is_said_to(world: World) -> None:
    allow(world, "0123456789abcdef", until="2026-11-20")

    assert allowances(planned(world)) == ["ALLOWANCE-EXPIRED"]


def test_each_change_says_when_it_may_run_and_is_the_same_change(world: World) -> None:
    before = planned(world)
    write_all(world.root, {"policies/calendar.yaml": CALENDAR})
    frozen = planned(world, moment=MONDAY)
    touching = [one for one in frozen.changes if one.effect.groups or one.effect.schools]

    assert touching
    assert {(one.waits.until, one.waits.reason, one.waits.name) for one in touching if one.waits} == {
        ("2026-11-28 00:00", "freeze", "Provvecka")
    }
    assert {one.waits for one in planned(world, moment=SUNDAY).changes} == {None}
    assert [one.fingerprint for one in frozen.changes] == [one.fingerprint for one in before.changes]
