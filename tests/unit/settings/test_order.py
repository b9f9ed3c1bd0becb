import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.settings.order import Order, Tightness, compare, tightest

LADDER = Order(kind="ladder", ladder=("none", "moderate", "strict"))
BLOCKLIST = Order(kind="superset-tighter", everything="*")
ALLOWLIST = Order(kind="subset-tighter")
MOST = Order(kind="max")
LEAST = Order(kind="min")
FREE = Order(kind="free")
FIXED = Order(kind="fixed")
HOLDS = (Tightness.equal, Tightness.tighter)


@pytest.mark.parametrize(
    ("order", "upper", "lower", "expected"),
    [
        (LADDER, "moderate", "strict", Tightness.tighter),
        (LADDER, "moderate", "none", Tightness.looser),
        (LADDER, "moderate", "moderate", Tightness.equal),
        (LADDER, "moderate", "extreme", Tightness.incomparable),
        (BLOCKLIST, ["a.se"], ["a.se", "b.se"], Tightness.tighter),
        (BLOCKLIST, ["a.se", "b.se"], ["a.se"], Tightness.looser),
        (BLOCKLIST, ["a.se"], ["b.se"], Tightness.incomparable),
        (BLOCKLIST, ["a.se", "b.se"], ["b.se", "a.se"], Tightness.equal),
        (BLOCKLIST, ["a.se"], ["*"], Tightness.tighter),
        (BLOCKLIST, ["*"], ["a.se"], Tightness.looser),
        (ALLOWLIST, ["*@a.se", "*@b.se"], ["*@a.se"], Tightness.tighter),
        (ALLOWLIST, ["*@a.se"], ["*@a.se", "*@b.se"], Tightness.looser),
        (ALLOWLIST, ["*@a.se"], ["*@b.se"], Tightness.incomparable),
        (MOST, 60, 30, Tightness.tighter),
        (MOST, 60, 90, Tightness.looser),
        (LEAST, 6, 8, Tightness.tighter),
        (LEAST, 8, 6, Tightness.looser),
        (FREE, "https://a.se", "https://b.se", Tightness.equal),
        (FIXED, "Europe/Stockholm", "Europe/Paris", Tightness.incomparable),
        (FIXED, "Europe/Stockholm", "Europe/Stockholm", Tightness.equal),
    ],
)
def test_compare(order: Order, upper: object, lower: object, expected: Tightness) -> None:
    assert compare(order, upper, lower) is expected


@pytest.mark.parametrize(
    ("order", "a", "b", "expected"),
    [
        (LADDER, "none", "strict", "strict"),
        (BLOCKLIST, ["b.se"], ["a.se"], ["a.se", "b.se"]),
        (BLOCKLIST, ["*"], ["a.se"], ["*"]),
        (ALLOWLIST, ["*@a.se", "*@b.se"], ["*@b.se", "*@c.se"], ["*@b.se"]),
        (ALLOWLIST, ["*@a.se"], ["*@b.se"], None),
        (MOST, 60, 30, 30),
        (LEAST, 6, 8, 8),
        (FREE, "https://a.se", "https://a.se", "https://a.se"),
        (FREE, "https://a.se", "https://b.se", None),
        (FIXED, 1, 2, None),
        (FIXED, 1, True, None),
    ],
)
def test_the_tightest_of_two_school_forms(order: Order, a: object, b: object, expected: object) -> None:
    assert tightest(order, a, b) == expected


entries = st.lists(st.sampled_from(["a.se", "b.se", "c.se", "*"]), max_size=4, unique=True)
numbers = st.integers(min_value=0, max_value=10)
CASES: list[tuple[Order, st.SearchStrategy[object]]] = [
    (LADDER, st.sampled_from(LADDER.ladder)),
    (BLOCKLIST, entries),
    (ALLOWLIST, entries),
    (Order(kind="subset-tighter", everything="*"), entries),
    (MOST, numbers),
    (LEAST, numbers),
    (FREE, numbers),
    (FIXED, numbers),
]


@st.composite
def three_values(draw: st.DrawFn) -> tuple[Order, object, object, object]:
    order, values = draw(st.sampled_from(CASES))
    return order, draw(values), draw(values), draw(values)


@given(three_values())
def test_compare_is_reflexive(case: tuple[Order, object, object, object]) -> None:
    order, a, *_ = case

    assert compare(order, a, a) is Tightness.equal


@given(three_values())
def test_compare_turns_round_with_its_sides(case: tuple[Order, object, object, object]) -> None:
    order, a, b, _ = case
    turned = {Tightness.tighter: Tightness.looser, Tightness.looser: Tightness.tighter}

    there = compare(order, a, b)
    assert compare(order, b, a) is turned.get(there, there)


@given(three_values())
def test_what_is_no_looser_is_transitive(case: tuple[Order, object, object, object]) -> None:
    order, a, b, c = case

    if compare(order, a, b) in HOLDS and compare(order, b, c) in HOLDS:
        assert compare(order, a, c) in HOLDS


@given(three_values())
def test_tightest_is_commutative_idempotent_and_never_looser(case: tuple[Order, object, object, object]) -> None:
    order, a, b, _ = case
    found = tightest(order, a, b)

    assert found == tightest(order, b, a)
    assert tightest(order, a, a) == a
    if found is not None:
        assert compare(order, a, found) in HOLDS
        assert compare(order, b, found) in HOLDS
