"""What is asked and what comes back, as data. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from reconciler.http.retry import Repeat

_VARIABLE = re.compile(r"\{(\+?)(\w+)\}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One call. Error texts name `method` and `path` as they stand here, with the variables unfilled.

    path     template below the client's base URL: `{name}` is percent-encoded whole, `{+name}` keeps slashes
    values   what fills the template
    query    parameters in order; a value that is a list is repeated; absent (None) values are left out
    body     JSON, sent when not None; `form` is sent as a form instead, and is never shown to an observer
    link     a whole address that the vendor gave (next page): sent in place of path and query, if its host is ours
    lane     whose quotas and concurrency apply
    repeat   default: GET is a read, everything else happens once. Declare Repeat.IDEMPOTENT (or READ for a POST that
             only reads) where sending twice is the same as once
    private  values that must not be shown should the vendor repeat them in an error: serial numbers, device ids
    timeout  seconds between two signs of life, where the client's own doesn't suit
    counts   how many requests a quota takes it for: a batch counts for each of its parts
    """

    method: str
    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | int | bool | Sequence[str] | None] = field(default_factory=dict)
    body: object = None
    form: Mapping[str, str] | None = None
    link: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    lane: str = "read"
    repeat: Repeat | None = None
    private: Sequence[str] = ()
    timeout: float | None = None
    counts: int = 1

    @property
    def repeats(self) -> Repeat:
        return self.repeat or (Repeat.READ if self.method == "GET" else Repeat.ONCE)

    def filled_path(self) -> str:
        """The path with its variables filled, without a leading slash. Raises ValueError for one that is unsafe."""
        return _VARIABLE.sub(self._fill, self.path.lstrip("/"))

    def parameters(self) -> tuple[tuple[str, str], ...]:
        return tuple(pair for name, value in self.query.items() for pair in _spread(name, value))

    def _fill(self, found: re.Match[str]) -> str:
        keeps_slashes, name = found.groups()
        value = self.values[name]
        if not value or any(part in (".", "..") for part in value.split("/")):
            raise ValueError(f"{self.method} {self.path}: {name} would lead to another path")
        return quote(value, safe="/:" if keeps_slashes else ":")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """A whole reply with status 2xx. `data` is its JSON, None when the body was empty (never so after a read).

    `date` is the vendor's clock (seconds since the epoch), where it told. `following` is the address of the next page,
    where a `Link` header names one (RFC 8288); a request takes it as its `link`.
    """

    status: int
    data: object = field(repr=False)
    date: float | None = None
    following: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One attempt, for whoever records requests. Holds ids and values: never to be printed as it is."""

    lane: str
    method: str
    template: str
    path: str
    query: tuple[tuple[str, str], ...] = field(repr=False)
    body: object = field(repr=False)
    attempt: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """A pause of `seconds` before attempt `attempt`; `because`: "quota" (ours), "asked" (the vendor's), "retry"."""

    lane: str
    seconds: float
    because: str
    attempt: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneCount:
    """`requests` counts attempts; `retries` those of them that were not the first; `waited` in seconds."""

    requests: int = 0
    retries: int = 0
    waited: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class VendorError:
    """What a vendor's error body says. `data` is for that vendor's adapter and is never shown."""

    reasons: tuple[str, ...] = ()
    message: str = ""
    data: object = field(default=None, repr=False)


def no_error_body(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the signature that vendors fill
    """For an API whose error bodies say nothing worth reading."""
    return VendorError()


def _spread(name: str, value: str | int | bool | Sequence[str] | None) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if isinstance(value, str | int):
        return [(name, str(value))]
    return [(name, item) for item in value]
