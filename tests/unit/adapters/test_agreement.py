"""Adapter and core mean the same: references, marks, what is unread, where an app was added."""

import pytest

from reconciler.model.change import Action, Change
from reconciler.model.desired import DesiredState
from reconciler.planning.membership import plan_moves
from reconciler.sandbox.google.state import paths, set_value
from tests.unit.adapters.tenant import (
    SEED,
    Tenant,
    converge,
    differences,
    group_state,
    look,
    make_tenant,
    school,
    state,
    user_layer,
    wish,
    write_all,
)

BLOCKED = wish({"guest-mode": "blocked"})
PLACE = "/Enheter/Norrskolan/Elever åk 4–6"
GUEST = "chrome.devices.GuestMode"
KEPT = {"guestModeEnabled": False}


def changes(found: tuple[Change, ...]) -> list[tuple[Action, str]]:
    return [(one.action, str(one.key)) for one in found]


@pytest.mark.parametrize(
    ("renamed", "expected"),
    [
        (
            state([group_state(effective_=BLOCKED, id_="nya", previously=("elever",))]),
            [(Action.UPDATE, "group:@norr/nya")],
        ),
        (
            state([group_state(effective_=BLOCKED, of=school("norra", "Norra skolan", ("norr",)))]),
            [(Action.UPDATE, "group:@norra"), (Action.UPDATE, "group:@norra/elever")],
        ),
        (
            state([group_state("Elever 4–6", BLOCKED)]),
            [(Action.UPDATE, "group:@norr/elever")],
        ),
    ],
    ids=["group", "school", "name only"],
)
def test_a_rename_keeps_the_place_its_values_and_its_devices(
    renamed: DesiredState, expected: list[tuple[Action, str]]
) -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state(effective_=BLOCKED)]))
    unit = tenant.unit(PLACE)
    found = differences(adapter, renamed)
    assert changes(found.changes) == expected
    write_all(adapter, found.changes)
    assert differences(adapter, renamed).changes == ()
    (path,) = [path for path, ref in _paths(tenant) if ref == unit]
    assert tenant.effective(device=path)["policies"][GUEST]["value"] == KEPT


def _paths(tenant: Tenant) -> list[tuple[str, str]]:
    return [(path, unit) for unit, path in paths(tenant.sandbox.google.state).items()]


def test_what_is_unread_on_a_place_that_is_renamed_is_not_absent() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state(effective_=BLOCKED)]))
    tenant.fault("500", path="policies:resolve", times=500)
    found = differences(adapter, state([group_state(effective_=BLOCKED, id_="nya", previously=("elever",))]))
    assert changes(found.changes) == [(Action.UPDATE, "group:@norr/nya")]


def test_a_group_that_is_gone_leaves_an_org_unit_to_delete() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state(), group_state("Vagn 1", id_="vagn")]))
    found = differences(adapter, state([group_state()]))
    assert changes(found.changes) == [(Action.DELETE, "group:@norr/vagn")]
    assert converge(adapter, state([group_state()])).changes == ()
    assert not tenant.has("/Enheter/Norrskolan/Vagn 1")


def test_nothing_is_deleted_while_devices_are_unread() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state(), group_state("Vagn 1", id_="vagn")]))
    tenant.fault("500", path="devices/chromeos", times=50)
    assert differences(adapter, state([group_state()])).changes == ()


def test_a_value_by_hand_on_our_container_is_reset_there() -> None:
    """Seen from below it is inherited; it is the container's own all the same."""
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    set_value(
        tenant.sandbox.google.state,
        f"orgunits/{tenant.unit('/Enheter/Norrskolan')}",
        (GUEST, ()),
        {"guestModeEnabled": True},
    )
    found = differences(adapter, state([group_state()]))
    assert changes(found.changes) == [(Action.DELETE, f"setting:@norr:{GUEST}")]
    assert converge(adapter, state([group_state()])).changes == ()


def test_a_mark_of_another_organisation_below_our_root_is_refused() -> None:
    tenant = make_tenant()
    converge(tenant.adapter("uid-2"), state([group_state()]))
    found = differences(tenant.adapter(), state([group_state(effective_=BLOCKED)]))
    assert {finding.code for finding in found.findings} == {"FOREIGN-MARK"}
    assert found.changes == ()


def test_two_live_places_with_one_mark_are_touched_by_nobody() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state(effective_=BLOCKED)]))
    tenant.edit("/Elever/Norrskolan/5A", description=tenant.description(PLACE))
    found = differences(adapter, state([group_state("Annat namn", BLOCKED)]))
    assert [(one.code, one.subject) for one in found.findings] == [("TWO-LIVE-ONE-KEY", "norr/elever")]
    assert found.changes == ()


def test_devices_move_by_the_references_that_the_adapter_gives() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    wanted = state([group_state()])
    converge(adapter, wanted)
    lowered, snapshot = look(adapter, wanted)
    join = differences(adapter, wanted).join
    groups = {one.key.target: one for one in lowered.resources if one.key.kind == "group"}
    everyone = {device.id: "@norr/elever" for device in snapshot.devices}
    moves = plan_moves(everyone, snapshot, join, groups, backend="chrome", exclusive=True)
    (move,) = moves.changes
    assert (str(move.key), len(move.members)) == ("membership:@norr/elever:outside", 12)
    write_all(adapter, [move])
    _, snapshot = look(adapter, wanted)
    again = plan_moves(everyone, snapshot, join, groups, backend="chrome", exclusive=True)
    assert (again.changes, again.unchanged) == ((), 12)


def test_listed_users_keep_what_nobody_listed() -> None:
    foreign = {
        "target": "/Elever/Norrskolan/4A",
        "schema": "chrome.users.Screenshot",
        "value": {"disableScreenshots": True},
    }
    tenant = make_tenant({**SEED, "policies": [foreign]})
    adapter = tenant.adapter()
    layer = user_layer(wish({"incognito": "blocked"}), "/Elever/Norrskolan/4A")
    found = differences(adapter, state([], [layer]))
    assert [note.code for note in found.notes] == ["KEPT-FOREIGN-VALUES"]
    converge(adapter, state([], [layer]))
    assert "chrome.users.Screenshot" in tenant.effective("/Elever/Norrskolan/4A")["policies"]


def test_an_inherited_value_that_is_equal_is_pinned_by_a_direct_one() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    above = user_layer(wish({"incognito": "blocked"}), "/Elever", owner="norr")
    converge(adapter, state([], [above]))
    below = user_layer(wish({"incognito": "blocked"}), "/Elever/Norrskolan/4A")
    (change,) = differences(adapter, state([], [above, below])).changes
    assert change.pins
    assert changes((change,)) == [(Action.CREATE, "setting:ou:/Elever/Norrskolan/4A:chrome.users.IncognitoMode")]
