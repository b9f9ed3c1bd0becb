"""Licences owned against those needed: counted where the files have a number, said where they have none."""

from decimal import Decimal

import pytest

from reconciler.model.vetting import Cost, Price, Vetting
from reconciler.review.seats import Seats, seats_of
from tests.unit.review.making import AT, group, school

NORR = school("norr", g4_6=74)
NORR_46 = group(NORR, "4-6", grades="4-6", devices=80)
VAGN = group(NORR, "vagn", devices=30)
UNCOUNTED = group(NORR, "ny")
STAFF = group(NORR, "personal", audience="staff", devices=12)


def record(**cost: object) -> Vetting:
    return Vetting(id="a", name="A", status="approved", cost=Cost(**{"model": "licence", **cost}), at=AT)  # type: ignore[arg-type]  # parts of a record


PER_USER = Price(kronor=Decimal(20), per="user", period="year")


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ({"licence": "device", "seats": 120}, Seats(unit="device", owned=120, needed=110)),
        ({"seats": 100}, Seats(unit="device", owned=100, needed=110)),
        # A shared cart has no grades: all the school's 74 pupils use it, and each of them counts once.
        ({"licence": "user", "seats": 74}, Seats(unit="user", owned=74, needed=74)),
        ({"price": PER_USER}, Seats(unit="user", owned=None, needed=74)),
        ({"model": "free", "seats": 0}, Seats(unit="device", owned=0, needed=110)),
        ({"model": "free"}, None),
        ({"licence": "site", "seats": 5}, None),
    ],
)
def test_what_is_counted(cost: dict[str, object], expected: Seats | None) -> None:
    assert seats_of(record(**cost), [NORR_46, VAGN]) == expected


def test_what_is_lacking() -> None:
    assert [Seats(unit="user", owned=owned, needed=74).short for owned in (74, 73, None)] == [0, 1, 0]


def test_who_is_in_no_file_is_named_and_not_guessed() -> None:
    assert seats_of(record(licence="device"), [NORR_46, UNCOUNTED]) == Seats(
        unit="device", owned=None, needed=80, silent=("norr/ny",)
    )
    assert seats_of(record(licence="user"), [NORR_46, STAFF]) == Seats(
        unit="user", owned=None, needed=74, silent=("norr",)
    )


def test_an_app_that_nobody_gets_needs_none() -> None:
    assert seats_of(record(licence="device", seats=9), []) == Seats(unit="device", owned=9)
    assert seats_of(Vetting(id="a", name="A", status="proposed", at=AT), [NORR_46]) is None
