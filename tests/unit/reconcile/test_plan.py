"""Reading the systems for a plan: what a failure of one means, what a filter keeps."""

import pytest

from reconciler.model.change import Plan
from reconciler.model.finding import is_error
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import prepare
from tests.unit.load.writing import write_all
from tests.unit.reconcile.test_rules import write_rule
from tests.unit.reconcile.worlds import TODAY, World, second_backend


def planned(world: World, only: Filter | None = None) -> Plan:
    made = run_plan(prepare(world.root, TODAY), world.wiring(), only=only, connect_to=world.connect)
    assert made is not None
    return made


def schools(plan: Plan) -> set[str]:
    return {school for change in (*plan.changes, *plan.held) for school in change.effect.schools}


def test_two_systems_are_planned_side_by_side(world: World) -> None:
    second_backend(world)
    made = planned(world)

    assert [tenant.backend for tenant in made.tenants] == ["chrome", "reserv"]
    assert {change.backend for change in made.changes} == {"chrome", "reserv"}
    assert not [finding for finding in made.findings if is_error(finding)]


def test_one_that_cannot_be_reached_is_said_and_nothing_is_inferred_of_it(world: World) -> None:
    second_backend(world)
    alone = [change for change in planned(world).changes if change.backend == "chrome"]
    world.unreachable = {"reserv"}
    made = planned(world)

    (finding,) = [finding for finding in made.findings if is_error(finding)]
    assert (finding.code, finding.subject) == ("SANDBOX-NOT-STARTED", "reserv")
    assert finding.place is not None
    assert finding.place.file == "organisation.yaml"
    assert [tenant.backend for tenant in made.tenants] == ["chrome"]
    assert [change.fingerprint for change in made.changes] == [change.fingerprint for change in alone]
    assert made.held == ()


def test_a_filter_on_a_system_asks_no_other(world: World) -> None:
    second_backend(world)
    world.unreachable = {"reserv"}
    made = planned(world, Filter(backend="chrome"))

    assert not [finding for finding in made.findings if is_error(finding)]
    assert {change.backend for change in made.changes} == {"chrome"}


def test_a_filter_on_a_school_keeps_its_changes_and_holds_what_waits_for_another(world: World) -> None:
    """The root is nobody's, so on an empty tenant all of a school's places wait for it."""
    made = planned(world, Filter(school="norrskolan"))
    whole = planned(world)

    assert schools(made) == {"norrskolan"}
    assert 0 < len(made.changes) + len(made.held) < len(whole.changes)
    assert {note.code for note in made.notes} >= {"OUTSIDE-FILTER"}


def test_files_without_an_organisation_make_no_plan_and_send_nothing(world: World) -> None:
    (world.root / "organisation.yaml").unlink()
    found = prepare(world.root, TODAY)

    assert run_plan(found, world.wiring()) is None
    assert [finding.code for finding in found.all_findings if is_error(finding)] == ["NO-ORGANISATION"]
    assert world.sent == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("policies/mgn/2026-27/grundskola.yaml", "school_form: [\n"),
        ("policies/mgn/2026-27/grundskola.yaml", "nonsense: 1\n"),
        ("policies/mgn/2026-27/grundskola.yaml", "school_form: grundskola\nschool_form: förskola\n"),
        ("policies/approvals/a.yaml", "id: [\n"),
        ("policies/approvals/a.yaml", "nonsense: 1\n"),
        ("policies/approvals/a.yaml", f'id: b\nbackend: chrome\nreason: Rätt.\nuntil: "2026-11-30"\ncommits: ["{"a1" * 20}"]\n'),
    ],
)  # fmt: skip
def test_a_file_that_no_system_comes_from_stops_no_change(world: World, file: str, text: str) -> None:
    free = planned(world)
    write_all(world.root, {file: text})
    made = planned(world)
    errors = [one for one in made.findings if is_error(one)]

    assert [one.fingerprint for one in made.changes] == [one.fingerprint for one in free.changes]
    assert made.held == ()
    assert errors
    assert {one.subject for one in errors} == {file}


def test_a_file_that_systems_come_from_stops_all_of_them(world: World) -> None:
    write_all(world.root, {"policies/exceptions/a.yaml": "id: [\n"})

    assert planned(world).changes == ()


def test_a_plan_for_one_school_shows_its_findings_and_counts_the_others(world: World) -> None:
    write_rule(world.root, "group.id == 'x'", on="group")
    made = planned(world, Filter(school="norrskolan"))

    assert {one.subject for one in made.findings if one.code == "RULE-NOT-MET"} == {
        "norrskolan/elever-4-6",
        "norrskolan/forrad",
    }
    assert [one.values for one in made.notes if one.code == "ONLY-SCHOOL-FINDINGS"] == [
        {"school": "norrskolan", "count": "3", "errors": "3"}
    ]


def test_what_is_wrong_elsewhere_is_no_error_of_the_one_school(world: World) -> None:
    free = planned(world, Filter(school="norrskolan"))
    write_rule(world.root, "group.id == 'x'", on="group", dates="when: school.id == 'sjoskolan'\n")
    made = planned(world, Filter(school="norrskolan"))

    def counted(plan: Plan) -> list[str]:
        return [one.values["count"] for one in plan.notes if one.code == "ONLY-SCHOOL"]

    assert not [one for one in made.findings if is_error(one)]
    assert (made.changes, made.held) == (free.changes, free.held)
    assert counted(made) == counted(free)


def test_what_is_about_no_school_is_said_to_each(world: World) -> None:
    write_rule(world.root, "app.status == 'x'", "warn", on="app")
    here = {one.subject for one in planned(world, Filter(school="norrskolan")).findings if one.code == "RULE-NOT-MET"}

    assert here == {one.subject for one in planned(world).findings if one.code == "RULE-NOT-MET"} != set()
