"""What one attempt came to, and what type of failure that makes. Pure: status, headers and body come in as values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

from reconciler.http.failures import (
    BadResponse,
    HttpFailure,
    NoReply,
    OutcomeUnknown,
    QuotaExceeded,
    Redirected,
    Unreachable,
    refusal,
)
from reconciler.http.request import Request, VendorError
from reconciler.http.retry import (
    Attempt,
    Repeat,
    RetryPolicy,
    Trouble,
    in_doubt,
    over_quota,
    parse_http_date,
    parse_retry_after,
)

ParseError = Callable[[int, bytes], VendorError]

_NEXT = re.compile(r"""<([^<>]*)>(?:;[^,<>]*)?;\s*rel=(?:"next"|next)(?![\w-])""")

_BY_TROUBLE: dict[Trouble, type[HttpFailure]] = {
    Trouble.NOT_SENT: Unreachable,
    Trouble.NO_REPLY: NoReply,
    Trouble.BAD_REPLY: BadResponse,
    Trouble.REDIRECTED: Redirected,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A reply with status 2xx (no trouble) or what was in its way; `detail` is ours and harmless."""

    trouble: Trouble | None = None
    detail: str = ""
    status: int | None = None
    data: object = field(default=None, repr=False)
    error: VendorError = field(default_factory=VendorError)
    retry_after: float | None = None
    date: float | None = None
    following: str | None = field(default=None, repr=False)


def judge(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, *, wall: float, parse_error: ParseError
) -> Answer:
    """`headers` looks names up whatever their case; `wall` in seconds since the epoch."""
    date = parse_http_date(headers.get("Date"))
    if 200 <= status < 300:
        trouble, detail, data = _content(request, headers, body)
        following = _following(headers.get("Link", ""))
        return Answer(trouble=trouble, detail=detail, status=status, data=data, date=date, following=following)
    if status < 400:
        return Answer(trouble=Trouble.REDIRECTED, status=status, detail=_target(headers), date=date)
    return Answer(
        trouble=Trouble.REFUSED,
        status=status,
        error=parse_error(status, body),
        detail=_foreign(headers),
        retry_after=parse_retry_after(headers.get("Retry-After"), wall=wall, date=headers.get("Date")),
        date=date,
    )


def as_attempt(request: Request, number: int, answer: Answer) -> Attempt:
    return Attempt(
        repeat=request.repeats,
        number=number,
        trouble=answer.trouble or Trouble.REFUSED,
        status=answer.status,
        reasons=answer.error.reasons,
        retry_after=answer.retry_after,
    )


def failure_type(policy: RetryPolicy, attempt: Attempt, doubt: bool) -> type[HttpFailure]:
    """`doubt`: an earlier attempt may have taken effect. Only a plain refusal afterwards still means what it says."""
    quota = over_quota(policy, attempt)
    refused = attempt.trouble is Trouble.REFUSED
    if in_doubt(policy, attempt) or (doubt and (quota or not refused)):
        return OutcomeUnknown
    if refused:
        return QuotaExceeded if quota else refusal(attempt.status or 0)
    return _BY_TROUBLE[attempt.trouble]


def _content(request: Request, headers: Mapping[str, str], body: bytes) -> tuple[Trouble | None, str, object]:
    """An empty reply to a read is no reply: taken for "nothing there" it would have things created twice."""
    if not body.strip():
        return (Trouble.BAD_REPLY, "it is empty", None) if request.repeats is Repeat.READ else (None, "", None)
    try:
        # Not json's: a tenant of 18,000 devices is some twenty megabytes, and parsing them holds all other threads up.
        return None, "", orjson.loads(body)
    except ValueError:
        return Trouble.BAD_REPLY, _foreign(headers) or "its JSON is broken off or damaged", None


def _following(links: str) -> str | None:
    """The target of the link whose relation is `next`: `<https://…?page=2>; rel="next", <…>; rel="last"`."""
    found = _NEXT.search(links)
    return found.group(1) if found else None


def _foreign(headers: Mapping[str, str]) -> str:
    """Names a reply that a proxy or a front end wrote instead of the API."""
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return "" if kind in ("", "application/json") or kind.endswith("+json") else f"the reply is {kind}, not JSON"


def _target(headers: Mapping[str, str]) -> str:
    try:
        return f"to {urlsplit(headers.get('Location', '')).hostname or 'the same host'}"
    except ValueError:
        return "to an address that can't be read"
