"""What goes into a record: only what is proposed, each day's own additions, and how long it holds."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from reconciler.model.change import Change, Plan, Proposal
from reconciler.reconcile import ci_record
from reconciler.trust.record import Later
from tests.unit.trust.building import change, move, world

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def planned(*changes: Change, as_of: date = date(2026, 11, 22), lapses: date | None = None) -> Plan:
    return replace(world().plan, changes=changes, as_of=as_of, lapses=lapses)


def proposed(one: Change, fingerprint: str = "") -> Change:
    return replace(one, proposal=Proposal.PROPOSED, fingerprint=fingerprint or one.fingerprint)


@pytest.mark.parametrize(
    ("lapses", "planned_too", "ends"),
    [
        (None, False, NOW + timedelta(days=30)),
        (date(2026, 12, 1), False, datetime(2026, 11, 30, 23, 0, tzinfo=UTC)),  # midnight in Sweden
        (date(2026, 12, 1), True, NOW + timedelta(days=30)),
        (date(2027, 6, 1), False, NOW + timedelta(days=30)),
    ],
)
def test_a_record_holds_to_the_first_day_that_nobody_has_planned(
    lapses: date | None,
    planned_too: bool,
    ends: datetime,
) -> None:
    later = [planned(as_of=date(2026, 12, 1))] if planned_too else []

    assert ci_record._lapses(planned(lapses=lapses), later, NOW) == ends


def test_a_day_to_come_adds_only_what_is_new_and_proposed() -> None:
    today = planned(proposed(change(), "a" * 32))
    standing = replace(change(), fingerprint="c" * 32, proposal=Proposal.STANDING)
    coming = planned(proposed(change(), "a" * 32), proposed(change(), "b" * 32), standing, as_of=date(2026, 12, 1))

    found = ci_record._later(today, [coming])

    backend = change().backend
    assert found == (Later(day=date(2026, 12, 1), backend=backend, fingerprints=("b" * 32,)),)


def test_a_move_is_recorded_as_its_envelope_and_not_by_fingerprint() -> None:
    one = proposed(move(3))

    assert ci_record._fingerprints([one]) == {}
    assert ci_record._envelopes([one]) == {one.backend: (one.envelope,)}
