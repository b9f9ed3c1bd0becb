"""Whether a request that failed is sent again, and when. Pure: clock, chance and headers come in as values.

What may be repeated depends on what may have happened. A request that never left, or that the vendor refused for its
quota, had no effect and may be repeated whatever it was. After anything else (a cut connection, a time-out, a fault of
the server, a reply that can't be read) a write may have taken effect: it is repeated only when its caller declared that
doing it twice is the same as doing it once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum

# The official client repeats >= 500, 429 and 403 with the first two reasons; GAM adds the others.
# google-api-python-client 2.202.0 (http.py) and GAM @e54877b, read 2026-11.
QUOTA_REASONS = frozenset({"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"})
TRANSIENT_REASONS = frozenset({"backendError", "internalError", "transientError", "badGateway", "gatewayTimeout"})


class Repeat(Enum):
    """What sending a request twice would do."""

    READ = "read"  # nothing: it only reads
    IDEMPOTENT = "idempotent"  # a write that sets what it sets, however often: policy values, moves, deletions
    ONCE = "once"  # a second one: creations, commands


class Trouble(Enum):
    """What is known after a failed attempt."""

    NOT_SENT = "not sent"  # no connection: it had no effect
    REFUSED = "refused"  # a whole reply with an error status
    NO_REPLY = "no reply"  # cut off or timed out on the way: the outcome is unknown
    BAD_REPLY = "bad reply"  # a reply that is not what the API speaks
    REDIRECTED = "redirected"  # never followed, never repeated


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One failed attempt. `number` counts from 1; `retry_after` in seconds, None where the reply named none."""

    repeat: Repeat
    number: int
    trouble: Trouble
    status: int | None = None
    reasons: tuple[str, ...] = ()
    retry_after: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """Bounds, in seconds. Eight attempts wait 63 to 127 s in all: a quota per minute is outlived without Retry-After."""

    attempts: int = 8
    attempts_unsent: int = 4  # no network: a person waits at the terminal and should hear it soon
    first_wait: float = 1.0
    longest_wait: float = 64.0
    longest_retry_after: float = 180.0
    quota_reasons: frozenset[str] = QUOTA_REASONS
    transient_reasons: frozenset[str] = TRANSIENT_REASONS


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryIn:
    seconds: float


class GiveUp(Enum):
    FINAL = "final"  # the answer would be the same
    UNSAFE = "unsafe"  # it might be done twice
    EXHAUSTED = "exhausted"  # tried as often as the policy says
    TOO_LONG = "too long"  # the vendor asks for a longer wait than the policy's longest


def decide(policy: RetryPolicy, attempt: Attempt, jitter: Callable[[], float]) -> RetryIn | GiveUp:
    """`jitter` returns a number in [0, 1): so that many clients that failed together don't come back together."""
    if not _transient(policy, attempt):
        return GiveUp.FINAL
    if attempt.repeat is Repeat.ONCE and in_doubt(policy, attempt):
        return GiveUp.UNSAFE
    if attempt.number >= (policy.attempts_unsent if attempt.trouble is Trouble.NOT_SENT else policy.attempts):
        return GiveUp.EXHAUSTED
    if attempt.retry_after is not None and attempt.retry_after > policy.longest_retry_after:
        return GiveUp.TOO_LONG
    return RetryIn(seconds=_wait(policy, attempt, jitter()))


def over_quota(policy: RetryPolicy, attempt: Attempt) -> bool:
    """The vendor counted too many requests: refused before it did anything."""
    return attempt.status == 429 or (attempt.status == 403 and not policy.quota_reasons.isdisjoint(attempt.reasons))


def in_doubt(policy: RetryPolicy, attempt: Attempt) -> bool:
    """Whether a write may have taken effect although it failed."""
    if attempt.repeat is Repeat.READ or over_quota(policy, attempt):
        return False
    return attempt.trouble in (Trouble.NO_REPLY, Trouble.BAD_REPLY) or (attempt.status or 0) >= 500


def _transient(policy: RetryPolicy, attempt: Attempt) -> bool:
    if attempt.trouble is not Trouble.REFUSED:
        return attempt.trouble is not Trouble.REDIRECTED
    if over_quota(policy, attempt) or attempt.status in (408, 425) or (attempt.status or 0) >= 500:
        return True
    return attempt.repeat is not Repeat.ONCE and not policy.transient_reasons.isdisjoint(attempt.reasons)


def _wait(policy: RetryPolicy, attempt: Attempt, chance: float) -> float:
    """A named wait is kept to in full and a little stretched; without one (or "now") half of the backoff is chance."""
    if attempt.retry_after is not None and attempt.retry_after > 0:
        return attempt.retry_after + chance * policy.first_wait
    backoff = min(policy.longest_wait, policy.first_wait * 2.0 ** (attempt.number - 1))
    return float(backoff * (0.5 + chance / 2))


def parse_retry_after(value: str | None, *, wall: float, date: str | None = None) -> float | None:
    """Seconds to wait, by a `Retry-After` header: whole or fractional seconds, or an HTTP date. Never below 0.

    A date is taken relative to the reply's own `Date` where there is one, so that a clock that is wrong here doesn't
    matter; else to `wall` (seconds since the epoch). None for a header that is missing or says nothing readable.
    """
    if value is None:
        return None
    seconds = _number(value)
    if seconds is None:
        then, now = parse_http_date(value), parse_http_date(date)
        if then is None:
            return None
        seconds = then - (wall if now is None else now)
    return max(0.0, seconds)


def parse_http_date(value: str | None) -> float | None:
    """Seconds since the epoch, or None where the text is no date."""
    if value is None:
        return None
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _number(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return None if math.isnan(seconds) else seconds
