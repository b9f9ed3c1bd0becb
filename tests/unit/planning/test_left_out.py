"""What nobody asked to have read: it is neither compared nor taken away, and nothing is said of it."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.model.change import Plan
from reconciler.model.resource import Live, Resource, Snapshot
from reconciler.planning.diff import Differences, compare
from reconciler.planning.plan import make_plan
from tests.unit.planning.building import (
    ORG,
    device,
    documents,
    group,
    live_place,
    live_setting,
    locate,
    lowered,
    place,
    school,
    setting,
    snapshot,
    state,
    target,
    view,
)

OURS, OTHERS, OLD = "@norrskolan/a", "@sodra/b", "@sodra/gammal"
PLACES = [live_place(OURS, "A"), live_place(OTHERS, "B")]
WANTED = [place(OURS, "A"), place(OTHERS, "B")]
TARGETS = [target(OURS, owner="norrskolan/a"), target(OTHERS, owner="sodra/b")]


def seen(live: Sequence[Live], *left_out: tuple[str, str], devices: int = 1) -> Snapshot:
    found = snapshot([*PLACES, *live], [device(str(number), OURS) for number in range(devices)])
    return replace(found, left_out=frozenset(left_out))


def diff(wanted: Sequence[Resource], live: Snapshot) -> Differences:
    return compare(lowered([*WANTED, *wanted], TARGETS), live, backend="chrome", org=ORG)


def told(found: Differences) -> list[tuple[str, str]]:
    return [(change.action.value, str(change.key)) for change in found.changes]


def plan(wanted: Sequence[Resource], live: Snapshot) -> Plan:
    known = state(school("norrskolan", [group("a")]), school("sodra", [group("b")]))
    one = view(lowered([*WANTED, *wanted], TARGETS), live, {"0": OURS})
    return make_plan(documents(), known, [one], tool_version="1", locate=locate, school="norrskolan")


def test_values_of_a_place_that_was_left_out_are_not_compared_and_elsewhere_all_goes_on() -> None:
    wanted = [setting(OURS, "New", x=1), setting(OTHERS, "New", x=1)]
    live = [live_setting(OURS, "Gone", x=1), live_setting(OTHERS, "Gone", x=1)]

    found = diff(wanted, seen(live, ("setting", OTHERS)))

    assert told(found) == [("create", f"setting:{OURS}:New"), ("delete", f"setting:{OURS}:Gone")]
    assert (found.findings, found.owned) == ((), {"group": 2, "setting": 1})


def test_a_place_under_its_old_mark_is_left_out_as_the_one_that_is_wanted() -> None:
    renamed = [place(OURS, "A"), place(OTHERS, "B", previous=(OLD,)), setting(OTHERS, "New", x=1)]
    live = snapshot([live_place(OURS, "A"), live_place(OLD, "B"), live_setting(OLD, "Gone", x=1)])

    found = compare(
        lowered(renamed, TARGETS),
        replace(live, left_out=frozenset({("setting", OLD)})),
        backend="chrome",
        org=ORG,
    )

    assert told(found) == [("update", f"group:{OTHERS}")]


def test_a_group_that_nobody_wants_stays_where_nobody_looked_inside() -> None:
    gone = [live_place("@norrskolan/gammal", "G"), live_place(OLD, "G"), live_setting(OLD, "A", x=1)]

    found = diff([], seen(gone, ("membership", OLD)))

    assert told(found) == [("delete", "group:@norrskolan/gammal")]
    assert found.owned["group"] == 4


def test_nothing_is_taken_over_of_which_not_all_was_read() -> None:
    people = "ou:/Elever/Södra"
    low = lowered([], [target(people, owner="sodra")])
    live = snapshot([live_place(people, "Södra"), live_setting(people, "A", x=1)])

    assert [one.key.kind for one in compare(low, live, backend="chrome", org=ORG).changes] == ["target"]
    narrowed = replace(live, left_out=frozenset({("setting", people)}))
    assert compare(low, narrowed, backend="chrome", org=ORG).changes == ()


def test_no_device_of_one_school_is_no_empty_inventory() -> None:
    """A school without devices may lose a setting, though a system without any may not."""
    gone = [live_setting(OURS, "Gone", x=1)]

    assert [one.code for one in plan([], seen(gone, devices=0)).findings] == ["EMPTY-INVENTORY"]
    narrowed = plan([], seen(gone, ("membership", ""), ("membership", OTHERS), devices=0))
    assert ([one.code for one in narrowed.findings], len(narrowed.changes)) == ([], 1)


def test_devices_elsewhere_are_not_counted_where_only_some_were_read() -> None:
    strangers = [device("7", "ou:/Lager"), device("8", OTHERS)]
    whole = seen([])
    whole = replace(whole, devices=(*whole.devices, *strangers))

    assert {note.code for note in plan([], whole).notes} == {
        "UNMANAGED-DEVICES",
        "DEVICES-WITHOUT-GROUP",
        "ONLY-SCHOOL",
    }
    narrowed = replace(whole, left_out=frozenset({("membership", ""), ("membership", OTHERS)}))
    assert [note.code for note in plan([], narrowed).notes] == ["ONLY-SCHOOL", "ONLY-SCHOOL-READ"]


def test_limits_count_of_other_schools_what_was_read() -> None:
    """Four deletions are past a limit of three, two of them another school's; where that was left out there are two."""
    gone = [live_setting(ref, f"Gone{n}", x=1) for ref in (OURS, OTHERS) for n in range(2)]

    assert len(plan([], seen(gone)).held) == 4
    assert len(plan([], seen(gone, ("setting", OTHERS))).changes) == 2


def test_every_note_of_one_school_can_be_said() -> None:
    made = plan([], seen([], ("membership", "")))

    assert [one.values for one in made.notes if one.code == "ONLY-SCHOOL-READ"] == [
        {"school": "norrskolan", "backend": "chrome"}
    ]
