"""What goes wrong on the way: by request, asked for by a test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

When = Literal["before", "after"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """The next `times` requests that match get this answer. `when` = `after`: the work is done first, and not told."""

    status: int
    verb: str = ".*"
    path: str = ".*"
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    when: When = "before"
    skip: int = 0

    def meant(self, verb: str, path: str) -> bool:
        """Is it this request? Counts it, if so."""
        if self.times <= 0 or not re.fullmatch(self.verb, verb) or not re.fullmatch(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True


CUT = 0
"""A status that isn't one: the connection is closed without an answer. On a socket only."""

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. "
    "If you reach out to GitHub Support for help, please include the request ID."
)
"""As GitHub words it; https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, 2026-11-22."""


def bad_gateway(*, verb: str = ".*", path: str = ".*", times: int = 1, when: When = "before") -> Fault:
    """502: with `when="after"` the write has happened."""
    return Fault(status=502, verb=verb, path=path, times=times, when=when, message="Server Error")


def secondary_limit(seconds: int | None = 60, *, status: int = 403, path: str = ".*", times: int = 1) -> Fault:
    """403 or 429; without `seconds` there is no Retry-After, and GitHub asks for a minute at least."""
    headers = {} if seconds is None else {"retry-after": str(seconds)}
    return Fault(status=status, path=path, times=times, headers=headers, message=SECONDARY)


def cut(*, verb: str = ".*", path: str = ".*", times: int = 1, when: When = "before") -> Fault:
    """No answer at all, as from a proxy that restarts; with `when="after"` the write has happened."""
    return Fault(status=CUT, verb=verb, path=path, times=times, when=when)


def server_error(*, verb: str = ".*", path: str = ".*", times: int = 1) -> Fault:
    return Fault(status=500, verb=verb, path=path, times=times, message="Server Error")
