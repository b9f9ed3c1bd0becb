"""Faults on the way to a tenant: every write has its effect once, or says that nobody knows."""

from typing import Any

import pytest

from reconciler.http.failures import HttpFailure, OutcomeUnknown
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change, Member
from reconciler.model.resource import Key
from tests.unit.adapters.tenant import converge, differences, group_state, make_tenant, set_by_hand, state, write_all
from tests.unit.adapters.test_converging import GUEST, PLACE, wanted

FAULTS: list[dict[str, Any]] = [
    {"kind": "429"},
    {"kind": "429", "retry_after": "7"},
    {"kind": "429", "retry_after": "0"},
    {"kind": "429", "retry_after": "2.5"},
    {"kind": "429", "retry_after": "date:20"},
    {"kind": "429", "retry_after": "snart"},
    {"kind": "403-quota"},
    {"kind": "500"},
    {"kind": "503-html"},
    {"kind": "502-text"},
    {"kind": "cut"},
    {"kind": "write-then-cut"},
    {"kind": "write-then-timeout"},
    {"kind": "half-page"},
]


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        *(("batchModify", fault) for fault in FAULTS),
        *(
            (where, {"kind": kind})
            for where in ("batchInherit", "moveDevicesToOu", "orgunits/id")
            for kind in ("429", "500", "write-then-cut")
        ),
    ],
    ids=str,
)
def test_a_write_that_can_be_repeated_is_and_has_its_effect_once(where: str, fault: dict[str, Any]) -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    # A new value, one to give back, a rename and devices to move.
    set_by_hand(tenant, PLACE, "chrome.devices.Timezone", {"systemTimezone": {"value": "Europe/Stockholm"}})
    set_by_hand(tenant, PLACE, GUEST, {"guestModeEnabled": True})
    tenant.edit(PLACE, name="Annat")
    devices = tuple(tenant.sandbox.google.state.devices)
    members = tuple(Member(device=one, before=("ou:/",), after=("@norr/elever",)) for one in devices)
    key = Key(kind="membership", target="@norr/elever", part="outside")
    move = Change(action=Action.UPDATE, key=key, backend="chrome", members=members)
    tenant.fault(**fault, path=where)
    write_all(adapter, [*differences(adapter, wanted()).changes, move])
    assert tenant.sandbox.faults.waiting == []
    assert differences(adapter, wanted()).changes == ()
    assert tenant.devices_in(PLACE) == 12
    assert set(tenant.effective("/", PLACE)["policies"]) == {GUEST}
    assert tenant.has(PLACE)


@pytest.mark.parametrize("kind", ["500", "503-html", "cut", "write-then-cut", "write-then-timeout", "half-page"])
def test_an_org_unit_is_never_made_twice(kind: str) -> None:
    """Whether it was made is found out by reading; a creation is not repeated blindly."""
    tenant = make_tenant()
    adapter = tenant.adapter()
    root, school, *_ = [one for one in differences(adapter, wanted()).changes if one.key.kind == "group"]
    write_all(adapter, [root])
    tenant.sent.clear()
    tenant.fault(kind, method="POST", path="orgunits\\?|orgunits$")
    with pytest.raises(OutcomeUnknown):
        adapter.write(Batch(lane="directory", changes=(school,)))
    assert len([one for one in tenant.sent if one.method == "POST"]) == 1
    was_made = kind in ("write-then-cut", "write-then-timeout", "half-page")
    assert tenant.has("/Enheter/Norrskolan") == was_made
    assert (adapter.read([school])[school.key].fields is not None) == was_made
    assert converge(adapter, wanted()).changes == ()
    names = [unit.name for unit in tenant.sandbox.google.state.org_units.values()]
    assert names.count("Norrskolan") == 2  # the users' and ours


def test_a_deletion_that_was_done_before_its_reply_was_lost_is_done() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    unit = tenant.unit(PLACE)
    tenant.fault("write-then-cut", method="DELETE")
    key = Key(kind="group", target="@norr/elever")
    gone = Change(action=Action.DELETE, key=key, backend="chrome", vendor_id=unit, before={"name": "x"})
    with pytest.raises(HttpFailure) as failure:
        adapter.write(Batch(lane="directory", changes=(gone,)))
    assert failure.value.in_doubt
    assert adapter.read([gone])[key].fields is None


@pytest.mark.parametrize("partial", [True, False])
def test_a_device_that_is_gone_fails_the_fifty_it_is_among_and_says_no_id(partial: bool) -> None:
    tenant = make_tenant(moves_partial=partial)
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    devices = [*tenant.sandbox.google.state.devices]
    devices.insert(5, "3f1c0000-gone")
    members = tuple(Member(device=one, before=("ou:/",), after=("@norr/elever",)) for one in devices)
    key = Key(kind="membership", target="@norr/elever", part="outside")
    move = Change(action=Action.UPDATE, key=key, backend="chrome", members=members)
    with pytest.raises(HttpFailure) as failure:
        adapter.write(Batch(lane="directory", changes=(move,)))
    assert "3f1c0000" not in str(failure.value) + str(failure.value.values())
    seen = adapter.read([move])[key]
    assert seen.places is not None
    assert "3f1c0000-gone" not in seen.places
    assert list(seen.places.values()).count(("@norr/elever",)) == tenant.devices_in(PLACE) == (5 if partial else 0)


def test_a_stale_read_is_not_taken_for_the_state_after_the_next_read() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, wanted())
    set_by_hand(tenant, PLACE, GUEST, {"guestModeEnabled": True})
    (change,) = differences(adapter, wanted()).changes
    adapter.write(Batch(lane="policy", changes=(change,)))
    tenant.fault("stale", path="policies:resolve")
    assert adapter.read([change])[change.key].fields == {"guestModeEnabled": True}
    assert adapter.read([change])[change.key].fields == {"guestModeEnabled": False}
