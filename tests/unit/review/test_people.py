"""Counts by the files: each pupil once, and what isn't written is said, never guessed."""

from reconciler.review.people import reach_of
from tests.unit.review.making import group, school

NORR = school("norr", g0_3=88, g4_6=74)


def test_a_pupil_who_has_a_cart_too_is_counted_once() -> None:
    groups = [group(NORR, "klass", grades="4-6", devices=74), group(NORR, "vagn", devices=30)]
    found = reach_of((one.key for one in groups), {one.key: one for one in groups})

    assert (found.devices, found.pupils) == (104, 162)
    assert found.schools == ("norr",)


def test_a_part_of_a_span_counts_by_its_share_rounded_up() -> None:
    one = group(NORR, "fyran", grades="4", devices=25)

    assert reach_of([one.key], {one.key: one}).pupils == 25  # 74 / 3 = 24.7


def test_numbers_that_nobody_has_written_are_named() -> None:
    silent = school("ny")
    groups = {one.key: one for one in (group(silent, "a", grades="4-6"), group(NORR, "b", grades="7-9", devices=9))}
    found = reach_of(groups, groups)

    assert (found.devices, found.pupils) == (9, 0)
    assert found.silent_devices == ("ny/a",)
    assert found.silent_pupils == ("norr", "ny")  # norr has numbers, but none for 7-9


def test_a_preschool_without_grades_is_all_who_are_there() -> None:
    forskola = school("forskola", **{"1_5 år": 215})
    one = group(forskola, "barn", devices=20)

    assert reach_of([one.key], {one.key: one}).pupils == 215


def test_staff_and_storage_are_no_pupils_and_storage_is_nobody() -> None:
    groups = {
        one.key: one
        for one in (
            group(NORR, "personal", audience="staff", devices=12),
            group(NORR, "forrad", audience="storage", devices=40),
        )
    }
    found = reach_of(groups, groups)

    assert (found.devices, found.pupils, found.groups) == (12, 0, ("norr/personal",))


def test_a_group_that_is_not_known_counts_for_nothing() -> None:
    assert reach_of(["norr/borta"], {}).groups == ()
