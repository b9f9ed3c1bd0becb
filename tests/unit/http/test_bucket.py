"""Quotas hold in every window, whatever the moments at which requests come."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.http.bucket import Bucket, Quota, buckets_by_lane

# Multiples of 1/64 add up without rounding, so that "never more than the limit" can be asserted to the letter.
gaps = st.lists(st.integers(0, 64 * 40).map(lambda ticks: ticks / 64), max_size=60)


def quota(limit: int, seconds: float, name: str = "q", margin: float = 0.0) -> Quota:
    return Quota(name=name, limit=limit, seconds=seconds, margin=margin)


quotas = st.tuples(st.integers(1, 5), st.integers(1, 64 * 70)).map(lambda pair: quota(pair[0], pair[1] / 64))


def most_in_a_window(moments: list[float], seconds: float) -> int:
    """Counted the slow way, over windows that start at each request; none that starts elsewhere holds more."""
    return max((sum(1 for other in moments if start <= other < start + seconds) for start in moments), default=0)


@given(gaps=gaps, first=quotas, second=quotas)
def test_no_window_ever_holds_more_than_the_limit(gaps: list[float], first: Quota, second: Quota) -> None:
    bucket, now, sent = Bucket.of(first, second), 0.0, list[float]()
    for gap in gaps:
        now += gap
        sent.append(now + bucket.reserve(now))

    assert most_in_a_window(sent, first.seconds) <= first.limit
    assert most_in_a_window(sent, second.seconds) <= second.limit


@given(gaps=gaps, sizes=st.lists(st.integers(1, 3), min_size=60, max_size=60))
def test_requests_booked_together_count_one_by_one(gaps: list[float], sizes: list[int]) -> None:
    bucket, now, sent = Bucket.of(quota(3, 8.0), quota(5, 20.0)), 0.0, list[float]()
    for gap, n in zip(gaps, sizes, strict=False):
        now += gap
        sent += [now + bucket.reserve(now, n)] * n

    assert most_in_a_window(sent, 8.0) <= 3
    assert most_in_a_window(sent, 20.0) <= 5


@given(steps=st.lists(st.tuples(st.integers(0, 640), st.booleans()), max_size=60))
def test_a_quota_that_lanes_share_holds_over_all_of_them(steps: list[tuple[int, bool]]) -> None:
    """One lane waits for its own tighter quota, so that the shared one is booked out of order."""
    shared = quota(4, 10.0, "all")
    lanes = buckets_by_lane({"read": [shared], "write": [quota(1, 7.0, "writes"), shared]})
    now, sent, writes = 0.0, list[float](), list[float]()
    for ticks, is_write in steps:
        now += ticks / 64
        sent.append(now + lanes["write" if is_write else "read"].reserve(now))
        writes += sent[-1:] if is_write else []

    assert most_in_a_window(sent, 10.0) <= 4
    assert most_in_a_window(writes, 7.0) <= 1


@given(gaps=gaps, delays=st.lists(st.integers(0, 64 * 5).map(lambda ticks: ticks / 64), min_size=60, max_size=60))
def test_slow_requests_one_after_another_never_bunch_at_the_vendor(gaps: list[float], delays: list[float]) -> None:
    """Each arrives at its end, the latest that it can; the next may arrive the moment it is sent."""
    bucket, now, starts, ends = Bucket.of(quota(3, 8.0)), 0.0, list[float](), list[float]()
    for gap, delay in zip(gaps, delays, strict=False):
        now += gap
        start = now + bucket.reserve(now)
        now = start + delay
        bucket.settle(start, now)
        starts.append(start)
        ends.append(now)

    for index in range(3, len(starts)):
        assert starts[index] - ends[index - 3] >= 8.0


def test_google_chrome_policy_writes_leave_as_fast_as_the_page_allows() -> None:
    """15 a second and 30 a minute: thirty at once in two seconds, then nothing until the minute is over."""
    bucket = Bucket.of(quota(15, 1.0, "second"), quota(30, 60.0, "minute"))

    waits = [bucket.reserve(0.0) for _ in range(46)]

    assert waits == [0.0] * 15 + [1.0] * 15 + [60.0] * 15 + [61.0]


def test_rest_earns_no_burst_above_the_limit() -> None:
    bucket = Bucket.of(quota(2, 60.0))
    assert [bucket.reserve(0.0), bucket.reserve(59.0)] == [0.0, 0.0]

    waits = [bucket.reserve(1000.0) for _ in range(3)]

    assert waits == [0.0, 0.0, 60.0]


def test_grants_of_one_bucket_never_run_backwards() -> None:
    bucket = Bucket.of(quota(2, 3.0), quota(5, 20.0))

    granted = [now + bucket.reserve(now) for now in (0.0, 0.5, 0.5, 1.0, 4.0, 4.0, 9.0)]

    assert all(earlier <= later for earlier, later in pairwise(granted))


def test_a_hold_stops_everything_until_it_is_over() -> None:
    bucket = Bucket.of(quota(10, 1.0))
    bucket.hold(7.0)
    bucket.hold(5.0)

    assert bucket.reserve(1.0) == 6.0
    assert bucket.reserve(8.0) == 0.0


def test_a_booking_that_was_called_off_is_free_again() -> None:
    bucket = Bucket.of(quota(1, 60.0))
    bucket.reserve(0.0)
    bucket.release(0.0 + bucket.reserve(0.0))
    bucket.release(17.0)

    assert bucket.reserve(0.0) == 60.0


def test_the_margin_lengthens_the_window() -> None:
    bucket = Bucket.of(quota(1, 60.0, margin=0.5))

    assert [bucket.reserve(0.0), bucket.reserve(0.0)] == [0.0, 60.5]


@pytest.mark.parametrize("n", [0, 4])
def test_more_at_once_than_ever_allowed_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="never allows"):
        Bucket.of(quota(3, 1.0)).reserve(0.0, n)


def test_one_name_for_two_quotas_is_refused() -> None:
    with pytest.raises(ValueError, match="stated twice"):
        buckets_by_lane({"read": [quota(1, 1.0)], "write": [quota(2, 1.0)]})


@pytest.mark.parametrize(("limit", "seconds"), [(0, 1.0), (1, 0.0), (-1, 1.0)])
def test_a_quota_of_nothing_is_refused(limit: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        quota(limit, seconds)
