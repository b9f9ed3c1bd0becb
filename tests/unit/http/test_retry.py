"""What is sent again and when; what is never sent twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.http.retry import (
    Attempt,
    GiveUp,
    Repeat,
    RetryIn,
    RetryPolicy,
    Trouble,
    decide,
    parse_retry_after,
)

POLICY = RetryPolicy()
# Wed, 21 Oct 2015 07:28:00 GMT (RFC 9110's own example) in seconds since the epoch, by `date -u +%s`.
RFC_EXAMPLE = 1445412480.0


def failed(
    repeat: Repeat = Repeat.READ,
    trouble: Trouble = Trouble.REFUSED,
    status: int | None = None,
    *reasons: str,
    number: int = 1,
    retry_after: float | None = None,
) -> Attempt:
    return Attempt(
        repeat=repeat, number=number, trouble=trouble, status=status, reasons=reasons, retry_after=retry_after
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        (" 3 ", 3.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("-4", 0.0),
        ("86400", 86400.0),
        ("1e999", float("inf")),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wednesday, 21-Oct-15 07:28:30 GMT", 30.0),
        ("Wed Oct 21 07:28:30 2015", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("Wed, 99 Oct 2015 07:28:30 GMT", None),
    ],
)
def test_retry_after_in_all_its_forms(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, wall=RFC_EXAMPLE) == seconds


def test_a_date_is_taken_by_the_vendors_clock_when_it_tells() -> None:
    """Our clock is an hour slow; the wait is still the half minute that the vendor meant."""
    wait = parse_retry_after(
        "Wed, 21 Oct 2015 07:28:30 GMT", wall=RFC_EXAMPLE - 3600, date="Wed, 21 Oct 2015 07:28:00 GMT"
    )

    assert wait == 30.0


@given(st.text(max_size=40))
def test_no_header_breaks_the_parser(text: str) -> None:
    seconds = parse_retry_after(text, wall=RFC_EXAMPLE)

    assert seconds is None or seconds >= 0.0


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_reads_are_repeated_after_passing_trouble(status: int) -> None:
    assert decide(POLICY, failed(status=status), lambda: 0.0) == RetryIn(seconds=0.5)


@pytest.mark.parametrize("reason", ["userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"])
@pytest.mark.parametrize("repeat", list(Repeat))
def test_a_quota_by_reason_is_waited_out_whatever_the_request(reason: str, repeat: Repeat) -> None:
    """Refused before anything was done: even a creation may be sent again."""
    assert isinstance(decide(POLICY, failed(repeat, Trouble.REFUSED, 403, reason), lambda: 0.0), RetryIn)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, "forbidden"), (403, "dailyLimitExceeded"), (400, "invalid"), (401, ""), (404, "notFound"), (409, "")],
)
def test_an_answer_is_final(status: int, reason: str) -> None:
    assert decide(POLICY, failed(Repeat.READ, Trouble.REFUSED, status, reason), lambda: 0.0) is GiveUp.FINAL


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Trouble.NO_REPLY, None), (Trouble.BAD_REPLY, 200), (Trouble.REFUSED, 500), (Trouble.REFUSED, 504)],
)
def test_what_may_have_been_done_is_repeated_only_when_that_is_harmless(trouble: Trouble, status: int | None) -> None:
    outcomes = {repeat: decide(POLICY, failed(repeat, trouble, status), lambda: 0.0) for repeat in Repeat}

    assert outcomes[Repeat.ONCE] is GiveUp.UNSAFE
    assert outcomes[Repeat.READ] == outcomes[Repeat.IDEMPOTENT] == RetryIn(seconds=0.5)


@pytest.mark.parametrize("repeat", list(Repeat))
def test_what_never_left_may_be_sent_again(repeat: Repeat) -> None:
    assert isinstance(decide(POLICY, failed(repeat, Trouble.NOT_SENT), lambda: 0.0), RetryIn)


@pytest.mark.parametrize("repeat", list(Repeat))
def test_a_redirect_is_never_repeated(repeat: Repeat) -> None:
    assert decide(POLICY, failed(repeat, Trouble.REDIRECTED, 302), lambda: 0.0) is GiveUp.FINAL


def test_a_passing_fault_by_reason_repeats_no_creation() -> None:
    """GAM takes backendError for passing, and also sees it when what was to be created exists already."""
    assert isinstance(decide(POLICY, failed(Repeat.READ, Trouble.REFUSED, 400, "backendError"), lambda: 0.0), RetryIn)
    assert decide(POLICY, failed(Repeat.ONCE, Trouble.REFUSED, 400, "backendError"), lambda: 0.0) is GiveUp.FINAL


def test_waits_double_up_to_the_longest_and_half_of_each_is_chance() -> None:
    patient = RetryPolicy(attempts=99)
    least = [decide(patient, failed(status=503, number=number), lambda: 0.0) for number in (1, 2, 3, 7, 9)]
    most = [decide(patient, failed(status=503, number=number), lambda: 1.0) for number in (1, 2, 3, 7, 9)]

    assert least == [RetryIn(seconds=seconds) for seconds in (0.5, 1, 2, 32, 32)]
    assert most == [RetryIn(seconds=seconds) for seconds in (1, 2, 4, 64, 64)]


def test_the_attempts_outlive_a_quota_per_minute_even_with_the_worst_of_luck() -> None:
    waits = [decide(POLICY, failed(status=429, number=number), lambda: 0.0) for number in range(1, 8)]

    assert sum(wait.seconds for wait in waits if isinstance(wait, RetryIn)) > 60
    assert decide(POLICY, failed(status=429, number=8), lambda: 0.0) is GiveUp.EXHAUSTED


def test_without_a_network_it_ends_soon() -> None:
    assert decide(POLICY, failed(trouble=Trouble.NOT_SENT, number=4), lambda: 0.0) is GiveUp.EXHAUSTED


@given(asked=st.floats(0.01, 180.0), chance=st.floats(0.0, 0.999))
def test_a_named_wait_is_never_cut_short(asked: float, chance: float) -> None:
    wait = decide(POLICY, failed(status=429, retry_after=asked), lambda: chance)

    assert isinstance(wait, RetryIn)
    assert asked <= wait.seconds <= asked + 1.0


@pytest.mark.parametrize("asked", [180.1, 86400.0, float("inf")])
def test_a_wait_beyond_the_bound_ends_it(asked: float) -> None:
    assert decide(POLICY, failed(status=429, retry_after=asked), lambda: 0.0) is GiveUp.TOO_LONG


def test_now_means_the_usual_wait() -> None:
    assert decide(POLICY, failed(status=503, retry_after=0.0), lambda: 0.0) == RetryIn(seconds=0.5)
