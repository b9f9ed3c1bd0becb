"""How many devices a group has: counted where they were all read, unknown elsewhere."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from reconciler.planning.plan import BackendView
from reconciler.reconcile.live_facts import live_counts
from tests.unit.planning.building import backend, device, group, lowered, school, snapshot, state

STATE = state(school(groups=[group("elever"), group("personal", audience="staff")]))


def seen(unread: Iterable[tuple[str, str]] = (), left_out: Iterable[tuple[str, str]] = ()) -> BackendView:
    devices = [device("1"), device("2"), device("3", active=False), device("4")]
    places = {
        "1": "@norrskolan/elever",
        "2": "@norrskolan/elever",
        "3": "@norrskolan/elever",
        "4": "@norrskolan/forrad",
    }
    live = replace(snapshot(devices=devices), unread=frozenset(unread), left_out=frozenset(left_out))
    return BackendView(backend=backend(), capabilities=(), snapshot=live, lowered=lowered(), places=places)


def test_devices_in_use_are_counted_by_group_and_a_group_without_any_has_none() -> None:
    assert live_counts(STATE, [seen()]) == {"norrskolan/elever": 2, "norrskolan/personal": 0}


@pytest.mark.parametrize("kind", ["membership", "group"])
def test_of_a_system_whose_devices_were_not_all_read_nothing_is_known(kind: str) -> None:
    assert live_counts(STATE, [seen(unread=[(kind, "")])]) == {}
    assert live_counts(STATE, [seen(left_out=[(kind, "")])]) == {}


def test_settings_that_were_not_read_hide_no_device() -> None:
    assert live_counts(STATE, [seen(unread=[("setting", "ou:/Elever")])])["norrskolan/elever"] == 2


def test_without_a_system_nothing_is_known() -> None:
    assert live_counts(STATE, []) == {}
