"""Devices that change place, on a tree (one place each) and with overlapping sets."""

from collections.abc import Mapping, Sequence

from reconciler.model.change import Envelope, Member
from reconciler.model.resource import Device, Live, Resource
from reconciler.planning.joining import join_groups
from reconciler.planning.membership import Moves, not_empty, plan_moves
from tests.unit.planning.building import ORG, device, live_place, place, snapshot

A, B, OLD = "@norrskolan/a", "@norrskolan/b", "@norrskolan/gammal"


def moves(
    places: Mapping[str, str],
    devices: Sequence[Device],
    *,
    exclusive: bool = True,
    wanted: Sequence[Resource] = (place(A, "A"), place(B, "B")),
    live: Sequence[Live] = (),
    unread: Sequence[tuple[str, str]] = (),
) -> Moves:
    join = join_groups(wanted, live, ORG)
    groups = {resource.key.target: resource for resource in wanted}
    seen = snapshot(live, devices, unread)
    return plan_moves(places, seen, join, groups, backend="chrome", exclusive=exclusive)


def test_devices_of_one_way_are_one_envelope() -> None:
    found = moves({"1": B, "2": B, "3": B}, [device("1", A), device("2", A), device("3", B)])

    (change,) = found.changes
    assert change.envelope == Envelope(source="norrskolan/a", into="norrskolan/b", at_most=2)
    assert change.members == (
        Member(device="1", before=(A,), after=(B,)),
        Member(device="2", before=(A,), after=(B,)),
    )
    assert (found.unchanged, found.owned) == (1, 3)


def test_wherever_outside_they_come_from_it_is_one_envelope() -> None:
    found = moves({"1": A, "2": A}, [device("1", "ou:/Lager"), device("2", "ou:/")])

    (change,) = found.changes
    assert change.envelope == Envelope(source="outside", into="norrskolan/a", at_most=2)
    assert [member.before for member in change.members] == [("ou:/Lager",), ("ou:/",)]
    assert found.owned == 0


def test_deprovisioned_devices_never_match() -> None:
    found = moves({"1": A}, [device("1", B, active=False)])

    assert (found.changes, found.owned) == ((), 0)


def test_a_device_that_no_group_claims_stays_and_is_counted() -> None:
    found = moves({}, [device("1", A), device("2", "ou:/Lager"), device("3", "ou:/Lager")])

    assert found.changes == ()
    assert [(note.code, note.values) for note in found.notes] == [
        ("DEVICES-WITHOUT-GROUP", {"devices": "1"}),
        ("UNMANAGED-DEVICES", {"devices": "2"}),
    ]


def test_a_renamed_place_holds_its_devices_still() -> None:
    wanted = [place(A, "A", previous=[OLD])]

    found = moves({"1": A}, [device("1", OLD)], wanted=wanted, live=[live_place(OLD, "A")])

    assert (found.changes, found.unchanged) == ((), 1)


def test_a_place_to_be_adopted_holds_its_devices_still() -> None:
    found = moves({"1": A}, [device("1", "ou:/A")], live=[live_place("ou:/A", "A")])

    assert found.changes == ()


def test_of_overlapping_sets_only_ours_count() -> None:
    found = moves({"1": B, "2": B}, [device("1", A, B, "ou:/Alla"), device("2", B, "ou:/Alla")], exclusive=False)

    (change,) = found.changes
    assert change.members == (Member(device="1", before=(A, B), after=(B,)),)
    assert change.envelope == Envelope(source="norrskolan/a+norrskolan/b", into="norrskolan/b", at_most=1)


def test_devices_that_can_not_be_placed_are_outstanding_per_group_and_reason() -> None:
    lost = "INTUNE-NO-ENTRA-DEVICE"
    devices = [
        device("1", obstacle=lost),
        device("2", obstacle=lost),
        device("3", A, obstacle=lost),
        device("4", B, obstacle=lost),
        device("5", obstacle="OTHER-THING"),
        device("6", obstacle=lost),
        device("7", A),
    ]
    found = moves({"1": A, "2": A, "3": B, "4": B, "5": A, "7": B}, devices, exclusive=False)

    assert [(one.code, one.subject, one.values) for one in found.outstanding] == [
        (lost, "norrskolan/a", {"group": "norrskolan/a", "count": "2"}),
        ("OTHER-THING", "norrskolan/a", {"group": "norrskolan/a", "count": "1"}),
        (lost, "norrskolan/b", {"group": "norrskolan/b", "count": "1"}),
    ]
    assert [member.device for change in found.changes for member in change.members] == ["7"]
    assert (found.unchanged, found.remaining) == (1, {A: 1, B: 1})


def test_in_no_set_of_ours_is_outside_whatever_others_it_is_in() -> None:
    (change,) = moves({"1": A}, [device("1", "ou:/Alla")], exclusive=False).changes

    assert (change.members[0].before, change.before) == ((), {"place": "outside"})


def test_nothing_moves_while_devices_or_groups_are_unread() -> None:
    for kind in ("membership", "group"):
        assert moves({"1": B}, [device("1", A)], unread=[(kind, "")]).changes == ()


def test_no_device_goes_into_or_out_of_a_place_that_was_not_read() -> None:
    found = moves({"1": B, "2": A}, [device("1", A), device("2", B)], unread=[("membership", B)])

    assert found.changes == ()


def test_no_device_moves_to_a_place_that_two_bear_the_mark_of() -> None:
    live = [live_place(B, "B", id_="1"), live_place(B, "B", id_="2")]

    assert moves({"1": B}, [device("1", A)], live=live).changes == ()


def test_a_group_that_keeps_devices_is_not_deleted() -> None:
    from reconciler.planning.changes import deletion

    gone = live_place(OLD, "Gammal")
    found = moves({"1": A}, [device("1", OLD), device("2", OLD)], live=[gone])

    finding = not_empty(deletion(gone, gone.key, "chrome"), found.remaining)

    assert finding is not None
    assert (finding.code, finding.values) == ("GROUP-NOT-EMPTY", {"group": "norrskolan/gammal", "devices": "1"})
    assert not_empty(deletion(gone, gone.key, "chrome"), {}) is None
