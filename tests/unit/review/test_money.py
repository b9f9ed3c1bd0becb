"""Price × number, by who pays; where a number is missing there is no sum, and it is said why."""

from decimal import Decimal

import pytest

from reconciler.model.vetting import Cost as Written
from reconciler.model.vetting import Price, Vetting
from reconciler.review.money import NO_COST, Cost, add_costs, cost_of
from tests.unit.review.making import AT, group, school

NORR = school("norr", g4_6=74)
SODER = school("soder", g4_6=60)
NORR_46 = group(NORR, "4-6", grades="4-6", devices=80, pays="school")
SODER_46 = group(SODER, "4-6", grades="4-6", devices=65, pays="municipality")
VAGN = group(NORR, "vagn", devices=30, pays="school")
STAFF = group(NORR, "personal", audience="staff", devices=12, pays="municipality")


def record(per: str, period: str, kronor: str = "10", *, bearer: str = "", model: str = "subscription") -> Vetting:
    price = Price(kronor=Decimal(kronor), per=per, period=period)
    return Vetting(id="a", name="A", status="approved", cost=Written(model=model, price=price, bearer=bearer), at=AT)


def without_price(model: str) -> Vetting:
    return Vetting(id="a", name="A", status="approved", cost=Written(model=model), at=AT)


def yearly(cost: Cost) -> dict[str, str]:
    return {payer: str(sum_) for payer, sum_ in cost.yearly.items()}


@pytest.mark.parametrize(
    ("per", "period", "expected"),
    [
        ("user", "year", {"school": "740", "municipality": "600"}),
        ("user", "month", {"school": "8880", "municipality": "7200"}),
        ("user", "school-year", {"school": "740", "municipality": "600"}),
        ("device", "year", {"school": "800", "municipality": "650"}),
        ("school", "year", {"school": "10", "municipality": "10"}),
        ("municipality", "year", {"": "10"}),
    ],
)
def test_a_year_by_who_pays(per: str, period: str, expected: dict[str, str]) -> None:
    assert yearly(cost_of(record(per, period), [NORR_46, SODER_46])) == expected


def test_the_records_payer_goes_before_the_groups() -> None:
    assert yearly(cost_of(record("municipality", "year", bearer="project"), [NORR_46, SODER_46])) == {"project": "10"}


def test_what_is_paid_once_is_no_yearly_cost() -> None:
    found = cost_of(record("device", "once", "99.50"), [NORR_46])

    assert (found.a_year, found.one_off) == (Decimal(0), Decimal("7960.00"))


def test_a_pupil_with_two_groups_of_one_school_is_paid_for_once() -> None:
    assert yearly(cost_of(record("user", "year"), [NORR_46, VAGN])) == {"school": "740"}


def test_pupils_whom_two_pay_for_are_counted_once_and_nobody_is_picked() -> None:
    other = group(NORR, "vagn", devices=30, pays="municipality")

    assert yearly(cost_of(record("user", "year"), [NORR_46, other])) == {"": "740"}


@pytest.mark.parametrize(
    ("made", "users", "unknown"),
    [
        (without_price("licence"), [NORR_46], {"PRICE": ()}),
        (without_price("freemium"), [NORR_46], {"PRICE": ()}),
        (record("class", "year"), [NORR_46], {"CLASSES": ("",)}),
        (record("user", "year"), [STAFF], {"STAFF": ("norr",)}),
        (record("user", "year"), [group(school("ny"), "4-6", grades="4-6")], {"PUPILS": ("ny",)}),
        (record("device", "year"), [group(NORR, "x", grades="4-6")], {"DEVICES": ("norr/x",)}),
    ],
)
def test_nothing_is_guessed(made: Vetting, users: list[object], unknown: dict[str, tuple[str, ...]]) -> None:
    found = cost_of(made, users)  # type: ignore[arg-type] # the parameters are typed for all of them together

    assert found.unknown == unknown
    assert found.a_year == 0


def test_what_is_known_is_summed_beside_what_is_not() -> None:
    found = cost_of(record("device", "year"), [NORR_46, group(NORR, "x", grades="4-6")])

    assert found.a_year == 800
    assert found.unknown == {"DEVICES": ("norr/x",)}


def test_free_apps_and_apps_that_nobody_has_cost_nothing() -> None:
    assert cost_of(without_price("free"), [NORR_46]) == NO_COST
    assert cost_of(record("user", "year"), []) == NO_COST


def test_costs_add_up_by_payer() -> None:
    both = add_costs(
        [cost_of(record("user", "year"), [NORR_46]), cost_of(record("device", "year"), [NORR_46, SODER_46])]
    )

    assert yearly(both) == {"school": "1540", "municipality": "650"}
