"""Marks, renames, adoption: which live place is which wanted group."""

from reconciler.model.resource import Live, Resource
from reconciler.planning.joining import Join, join_groups, readable_targets
from tests.unit.planning.building import ORG, live_place, lowered, place, snapshot, target

NEW, OLD = "@norrskolan/elever-4-6", "@norrskolan/mellan"


def join(wanted: list[Resource], live: list[Live]) -> Join:
    return join_groups(wanted, live, ORG)


def codes(found: Join) -> list[tuple[str, str]]:
    return [(finding.code, finding.subject) for finding in found.findings]


def test_a_group_is_found_by_its_mark_whatever_it_is_called() -> None:
    found = join([place(NEW, "Elever 4-6")], [live_place(NEW, "Omdöpt för hand")])

    assert found.live[NEW].fields["name"] == "Omdöpt för hand"
    assert found.findings == ()


def test_a_rename_is_found_by_the_mark_of_the_previous_id() -> None:
    found = join([place(NEW, "Elever 4-6", previous=[OLD])], [live_place(OLD, "Mellanstadiet")])

    assert found.live[NEW].key.target == OLD
    assert found.aliases == {OLD: NEW}
    assert found.leftover == ()


def test_old_and_new_both_live_are_a_finding_and_neither_is_touched() -> None:
    found = join([place(NEW, "Elever 4-6", previous=[OLD])], [live_place(OLD, "A"), live_place(NEW, "B")])

    assert codes(found) == [("TWO-LIVE-RENAMES", "norrskolan/elever-4-6")]
    assert found.blocked == {OLD, NEW}
    assert (found.live, found.leftover) == ({}, ())


def test_two_live_with_one_key_are_a_finding_and_neither_is_touched() -> None:
    found = join([place(NEW, "A")], [live_place(NEW, "A", id_="1"), live_place(NEW, "A", id_="2")])

    assert codes(found) == [("TWO-LIVE-ONE-KEY", "norrskolan/elever-4-6")]
    assert found.blocked == {NEW}


def test_two_live_with_one_key_that_nobody_wants_are_not_deleted_either() -> None:
    found = join([], [live_place(NEW, "A", id_="1"), live_place(NEW, "A", id_="2")])

    assert codes(found) == [("TWO-LIVE-ONE-KEY", "norrskolan/elever-4-6")]
    assert found.leftover == ()


def test_a_previous_id_that_another_group_has_now_is_that_groups() -> None:
    wanted = [place(NEW, "Nya", previous=[OLD]), place(OLD, "Åter")]

    found = join(wanted, [live_place(OLD, "Åter")])

    assert {ref: live.key.target for ref, live in found.live.items()} == {OLD: OLD}
    assert found.findings == ()


def test_an_unmarked_place_of_the_same_name_below_the_same_parent_is_adopted() -> None:
    wanted = [place("@norrskolan", "Norrskolan", "ou:/"), place(NEW, "Elever 4-6", "@norrskolan")]
    live = [
        live_place("ou:/Norrskolan", "norrskolan", "ou:/"),
        live_place("ou:/Norrskolan/Elever 4-6", "ELEVER 4-6", "ou:/Norrskolan"),
        live_place("ou:/Söderskolan/Elever 4-6", "Elever 4-6", "ou:/Söderskolan"),
    ]

    found = join(wanted, live)

    assert found.aliases == {"ou:/Norrskolan": "@norrskolan", "ou:/Norrskolan/Elever 4-6": NEW}


def test_two_unmarked_places_of_one_name_are_a_finding() -> None:
    live = [live_place("ou:/A", "A", id_="1"), live_place("ou:/A", "A", id_="2")]

    assert codes(join([place(NEW, "A")], live)) == [("TWO-LIVE-ONE-NAME", "norrskolan/elever-4-6")]


def test_a_place_with_another_organisations_mark_is_refused() -> None:
    found = join([place(NEW, "A")], [live_place("ou:/A", "A", org="somebody-else")])

    assert codes(found) == [("FOREIGN-MARK", "norrskolan/elever-4-6")]
    assert found.blocked == {NEW}


def test_what_is_ours_and_nobody_wants_is_left_over() -> None:
    found = join([], [live_place(OLD, "Mellanstadiet"), live_place("ou:/Personal", "Personal")])

    assert [live.key.target for live in found.leftover] == [OLD]


def test_targets_are_read_under_the_reference_that_they_have_live() -> None:
    wanted = [place(NEW, "Ny", previous=[OLD]), place("@norrskolan/vagn", "Vagn"), place("@norrskolan/till", "Till")]
    live = [live_place(OLD, "Gammal"), live_place("ou:/Vagn", "Vagn")]
    targets = [target(NEW), target("@norrskolan/vagn"), target("@norrskolan/till"), target("ou:/Elever")]

    asked = readable_targets(lowered(wanted, targets), snapshot(live), ORG)

    assert [one.ref for one in asked] == [OLD, "ou:/Vagn", "ou:/Elever"]


def test_the_whole_system_is_read_where_it_is_no_place_to_be_made() -> None:
    """Google's root is an org unit, which may be lacking; on others `@` stands for what belongs to no group, as apps do."""
    nested, flat = [place("@", "Enheter"), place(NEW, "Elever", "@")], [place(NEW, "Elever")]
    targets = [target("@"), target(NEW)]

    assert readable_targets(lowered(nested, targets), snapshot([]), ORG) == ()
    assert [one.ref for one in readable_targets(lowered(flat, targets), snapshot([]), ORG)] == ["@"]
