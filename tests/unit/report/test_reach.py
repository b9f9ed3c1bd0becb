"""Nobody is counted twice where it can be told."""

from reconciler.model.change import Action, Change
from reconciler.report.reach import reach_of
from tests.unit.report.plans import make_change, make_move, touches


def change(devices: int, *groups: str, pupils: int = 0) -> Change:
    return make_change(Action.CREATE, "setting", "ou:/x", "s", effect=touches(devices, *groups, pupils=pupils))


def test_two_changes_of_one_group_touch_its_devices_once() -> None:
    assert reach_of([change(74, "a/x"), change(74, "a/x")]).devices == 74


def test_two_groups_are_added() -> None:
    assert reach_of([change(74, "a/x"), change(30, "b/y")]).devices == 104


def test_what_touches_all_is_not_added_to_its_parts() -> None:
    assert reach_of([change(74, "a/x"), change(30, "b/y"), change(500, "a/x", "b/y", "c/z")]).devices == 500


def test_of_a_wider_change_only_what_is_left_is_added() -> None:
    assert reach_of([change(74, "a/x"), change(100, "a/x", "b/y"), change(9, "c/z")]).devices == 109


def test_moves_from_several_places_into_one_are_added() -> None:
    moves = [make_move("a/f", "a/x", 4), make_move("outside", "a/x", 5)]

    assert reach_of(moves).devices == 9


def test_a_new_place_touches_nobody_and_hides_nobody() -> None:
    assert reach_of([change(0, "a/x"), make_move("outside", "a/x", 5)]).devices == 5


def test_schools_by_name() -> None:
    assert reach_of([change(1, "b/x"), change(1, "a/x"), change(1, "b/y")]).schools == ("a", "b")


def test_nothing() -> None:
    assert reach_of([]).devices == 0
