"""The seam between whoever provides a token and the client that sends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.credentials.problems import CredentialProblem


class TokenSource(Protocol):
    def token(self, now: float, rejected: str | None = None) -> str:
        """A bearer token good at `now` (seconds since the epoch). `rejected`: one of ours that was answered with 401.

        Raises CredentialProblem, or a failure of the HTTP layer where the vendor's sign-in can't be reached.
        """
        ...

    def identity(self) -> str:
        """Who this is, for people: no token, no whole address of a person."""
        ...


def bearer(source: TokenSource) -> Callable[[float, str | None], str]:
    """What HttpClient takes as `authorise`."""

    def authorise(now: float, rejected: str | None) -> str:
        return f"Bearer {source.token(now, rejected.removeprefix('Bearer ') if rejected else None)}"

    return authorise


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenToken:
    """A token that somebody else made; it can't be renewed here. `variable` names where it came from."""

    value: str = field(repr=False)
    variable: str

    def token(self, now: float, rejected: str | None = None) -> str:  # noqa: ARG002 - the seam's signature
        if rejected is not None:
            raise CredentialProblem("CREDENTIAL-TOKEN-REJECTED", {"variable": self.variable})
        return self.value

    def identity(self) -> str:
        return self.variable


def masked(address: str) -> str:
    """`anna.berg@kommun.example` → `a…@kommun.example`: enough to see a mix-up, no more."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"
