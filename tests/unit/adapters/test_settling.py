"""A tenant that is behind our own writes: new org units that can't be seen yet, deleted ones that still can."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reconciler.http.failures import Invalid
from reconciler.model.adapter import Batch, Scope
from reconciler.model.change import Action, Change
from reconciler.model.resource import Key
from tests.unit.adapters.tenant import (
    converge,
    differences,
    group_state,
    make_tenant,
    state,
    user_layer,
    wish,
    write_all,
)

GUEST = "chrome.devices.GuestMode"
WANTED = state(
    [group_state(effective_=wish({"guest-mode": "blocked"}))],
    [user_layer(wish({"incognito": "blocked"}, {"kami": "required"}), "/Elever/Norrskolan/4A")],
)


@pytest.mark.parametrize("reason", ["notFound", "invalid"])
@pytest.mark.parametrize(
    "delay", [{"org_unit_visible_after_seconds": 7.0}, {"org_unit_visible_after_reads": 3}], ids=["seconds", "reads"]
)
def test_new_org_units_that_show_up_late_are_waited_for(reason: str, delay: dict[str, Any]) -> None:
    tenant = make_tenant(**delay, pending_org_unit_reason=reason)
    left = converge(tenant.adapter(), WANTED)
    assert left.changes == ()
    place = "/Enheter/Norrskolan/Elever åk 4–6"
    assert tenant.effective(device=place)["policies"][GUEST]["value"] == {"guestModeEnabled": False}
    units = [unit.name for unit in tenant.sandbox.google.state.org_units.values()]
    assert units.count("Norrskolan") == 2  # the users' and ours
    assert units.count("Elever åk 4–6") == 1


def test_one_that_never_shows_up_is_given_up_within_minutes() -> None:
    tenant = make_tenant(org_unit_visible_after_seconds=10_000.0)
    adapter = tenant.adapter()
    began = tenant.clock.now()
    root, school, *_ = differences(adapter, state([group_state()])).changes
    write_all(adapter, [root])
    adapter.write(Batch(lane="directory", changes=(school,)))
    assert adapter.session.read_places().one("@norr") is None
    assert tenant.clock.now() - began < 120


def test_a_stale_list_after_a_deletion_is_not_believed() -> None:
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    unit = tenant.unit("/Enheter/Norrskolan/Elever åk 4–6")
    gone = Change(action=Action.DELETE, key=Key(kind="group", target="@norr/elever"), backend="chrome", vendor_id=unit)
    adapter.write(Batch(lane="directory", changes=(gone,)))
    tenant.fault("stale", path="orgunits\\?")
    assert adapter.session.read_places().one("@norr/elever") is None


def test_a_value_that_is_refused_on_a_new_place_is_not_tried_for_a_minute() -> None:
    """Every try costs one of thirty writes a minute."""
    tenant = make_tenant()
    adapter = tenant.adapter()
    converge(adapter, state([group_state()]))
    key = Key(kind="setting", target="@norr/elever", part=GUEST)
    bad = Change(action=Action.CREATE, key=key, backend="chrome", after={"guestModeEnabled": "nej"})
    tenant.sent.clear()
    with pytest.raises(Invalid):
        adapter.write(Batch(lane="policy", changes=(bad,)))
    assert len(tenant.sent) == 1


def test_a_list_that_was_asked_for_earlier_does_not_replace_a_later_one() -> None:
    """Lanes read the org units side by side; the slower reply may be the older one."""
    tenant = make_tenant()
    session = tenant.adapter().session
    send = session.directory.send
    asked: list[Any] = []

    def slow(request: Any) -> Any:
        reply = send(request)
        if not asked:
            asked.append(request)
            tenant.edit("/Enheter", name="Platser")
            session.read_places()
        return reply

    session.directory.send = slow  # type: ignore[method-assign]
    session.read_places()
    assert "/Platser" in {unit.path for unit in session.known_places().units.values()}


def test_reading_right_after_creating_sees_the_place() -> None:
    tenant = make_tenant(org_unit_visible_after_seconds=3.0)
    adapter = tenant.adapter()
    root, school, *_ = differences(adapter, state([group_state()])).changes
    write_all(adapter, [root])
    adapter.write(Batch(lane="directory", changes=(school,)))
    seen = adapter.read([school])[school.key]
    assert seen.read
    assert seen.fields == school.after
    assert {live.key.target for live in adapter.observe(Scope(kinds=frozenset({"group"}))).resources} >= {"@", "@norr"}


def test_lanes_may_make_places_and_write_to_them_side_by_side() -> None:
    tenant = make_tenant(org_unit_visible_after_seconds=2.0)
    adapter = tenant.adapter()
    blocked = wish({"guest-mode": "blocked"})
    wanted = state([group_state(f"Grupp {n}", blocked, id_=f"grupp-{n}") for n in range(12)])
    changes = differences(adapter, wanted).changes
    groups = [one for one in changes if one.key.kind == "group" and "/" in one.key.target]
    values = [one for one in changes if one.key.kind == "setting"]
    write_all(adapter, [one for one in changes if one not in (*groups, *values)])
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for some in (groups, values):
            with ThreadPoolExecutor(6) as pool:
                for done in [pool.submit(write_all, adapter, [one]) for one in some]:
                    done.result()
    finally:
        sys.setswitchinterval(before)
    assert (len(groups), len(values)) == (12, 12)
    assert differences(adapter, wanted).changes == ()
