# ruff: noqa: N818 - they name what happened; "Error" after each would say nothing more
"""What can go wrong with a request, as types that callers tell apart.

    HttpFailure
    ├── NotSent                nothing has reached the vendor
    │   ├── ForeignHost        the address is not on the host that the credential is bound to
    │   ├── Stopped            called off: another read failed first, or the run is ending
    │   └── Unreachable        no connection (name, route, TLS), after all attempts
    ├── NoReply                a read without a whole reply (cut off, timed out), after all attempts
    ├── BadResponse            a reply that is not what the API speaks: HTML, half a JSON document
    │   └── Redirected         a redirect; never followed, since the credential would go along
    ├── OutcomeUnknown         a write that may or may not have taken effect: read again before anything else
    └── Refused                the vendor said no, in a whole reply
        ├── Invalid            400, 422 and other 4xx: the request itself
        ├── Unauthorised       401
        ├── Forbidden          403
        ├── NotFound           404, 410
        ├── Conflict           409, 412
        ├── QuotaExceeded      429, or 403 with a reason of quota, after all attempts
        └── ServerFault        5xx to a read, after all attempts

Every failure says method, path template, host, status, the vendor's reasons and its message, cut and redacted. None holds
a token, a query, a body, or the path as it was filled in. `str()` is English and for logs; what people read is made from
`code` and `values()`.
"""

from typing import ClassVar

from reconciler.http.redact import redact_text
from reconciler.http.request import Request, VendorError


class HttpFailure(Exception):
    """Root of the hierarchy above.

    in_doubt     an attempt of this write may have taken effect (a 404 to a repeated DELETE is then a success)
    retry_after  seconds the vendor asked for, where it did
    attempts     how often it was sent
    date         the vendor's clock in seconds since the epoch, where it told
    data         what the vendor's `parse_error` kept for its own adapter
    """

    code: ClassVar[str] = "HTTP-FAILURE"
    what: ClassVar[str] = "failed"

    def __init__(
        self,
        request: Request,
        host: str,
        *,
        status: int | None = None,
        error: VendorError | None = None,
        detail: str = "",
        in_doubt: bool = False,
        retry_after: float | None = None,
        attempts: int = 1,
        date: float | None = None,
    ) -> None:
        error = error or VendorError()
        self.method, self.path, self.host, self.status = request.method, request.path, host, status
        self.reasons = tuple(redact_text(reason, request.private, 64) for reason in error.reasons)
        self.message = redact_text("; ".join(filter(None, (error.message, detail))), request.private)
        self.data = error.data
        self.in_doubt, self.retry_after, self.attempts, self.date = in_doubt, retry_after, attempts, date
        super().__init__(self._text())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._text()!r})"

    def values(self) -> dict[str, str]:
        """For a message's placeholders; all of it safe to show once escaped."""
        return {
            "method": self.method,
            "path": self.path,
            "host": self.host,
            "status": "" if self.status is None else str(self.status),
            "reasons": ", ".join(self.reasons),
            "message": self.message,
            "retry_after": "" if self.retry_after is None else f"{self.retry_after:.0f}",
            "attempts": str(self.attempts),
        }

    def _text(self) -> str:
        status = "" if self.status is None else f" ({self.status})"
        reasons = f" [{', '.join(self.reasons)}]" if self.reasons else ""
        message = f": {self.message}" if self.message else ""
        return f"{self.method} {self.path} at {self.host}: {self.what}{status}{reasons}{message}"


class NotSent(HttpFailure):
    code = "HTTP-NOT-SENT"
    what = "was not sent"


class ForeignHost(NotSent):
    code = "HTTP-FOREIGN-HOST"
    what = "was not sent, since its address is on another host"


class Stopped(NotSent):
    code = "HTTP-STOPPED"
    what = "was called off"


class Unreachable(NotSent):
    code = "HTTP-UNREACHABLE"
    what = "could not be sent"


class NoReply(HttpFailure):
    code = "HTTP-NO-REPLY"
    what = "got no whole reply"


class BadResponse(HttpFailure):
    code = "HTTP-BAD-RESPONSE"
    what = "got a reply that is not from this API"


class Redirected(BadResponse):
    code = "HTTP-REDIRECTED"
    what = "was redirected, which is not followed"


class OutcomeUnknown(HttpFailure):
    code = "HTTP-OUTCOME-UNKNOWN"
    what = "may or may not have taken effect"


class Refused(HttpFailure):
    code = "HTTP-REFUSED"
    what = "was refused"


class Invalid(Refused):
    code = "HTTP-INVALID"
    what = "was refused as invalid"


class Unauthorised(Refused):
    code = "HTTP-UNAUTHORISED"
    what = "was refused: the sign-in is not accepted"


class Forbidden(Refused):
    code = "HTTP-FORBIDDEN"
    what = "was refused: this identity may not do it"


class NotFound(Refused):
    code = "HTTP-NOT-FOUND"
    what = "was refused: there is no such thing"


class Conflict(Refused):
    code = "HTTP-CONFLICT"
    what = "was refused: it conflicts with what is there"


class QuotaExceeded(Refused):
    code = "HTTP-QUOTA-EXCEEDED"
    what = "was refused: too many requests"


class ServerFault(Refused):
    code = "HTTP-SERVER-FAULT"
    what = "failed at the vendor"


_BY_STATUS: dict[int, type[Refused]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    429: QuotaExceeded,
}


def refusal(status: int) -> type[Refused]:
    """The type for an error status, quota by reason apart."""
    return ServerFault if status >= 500 else _BY_STATUS.get(status, Invalid)
