"""Entra's client credentials flow: a proof of who the app is, exchanged for a token, for about an hour at a time.

As Microsoft documents it (entra-docs, v2-oauth2-client-creds-grant-flow.md @03033ebd, read 2026-11). The form is written
here and not by msal, which accepts no http authority: the sandbox is signed in to in the same way as Entra.
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from reconciler.credentials.claims import read_claim
from reconciler.credentials.entra_refusals import AWAITED, explain_refusal, read_codes
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import BadResponse, Refused
from reconciler.http.request import Reply, Request, VendorError
from reconciler.http.retry import TRANSIENT_REASONS, Repeat, RetryPolicy

if TYPE_CHECKING:
    from reconciler.http.client import HttpClient

RENEW_BEFORE = 300.0  # seconds before it lapses: longer than one reply may take, retries inside a batch included
PATH = "{tenant}/oauth2/v2.0/token"

# A federated credential that was just made is not known everywhere for some minutes, even after a first success
# (entra-docs, workload-identity-federation-considerations.md @03ffb81c): four more attempts, 15 to 30 s in all.
RETRIES = RetryPolicy(
    attempts=5, first_wait=2.0, transient_reasons=TRANSIENT_REASONS | AWAITED | {"temporarily_unavailable"}
)


class Proof(Protocol):
    """How an app proves to Entra that it is itself."""

    def form(self, now: float, audience: str) -> Mapping[str, str]:
        """The fields of the token request that carry the proof; secret. `audience`: the address it is meant for."""
        ...

    def facts(self) -> Mapping[str, str]:
        """What an explanation of a refusal may say of it, nothing secret: see `entra_refusals.explain_refusal`."""
        ...


@runtime_checkable
class Lapsing(Protocol):
    """A Proof that somebody else has made, with an end of its own."""

    def has_expired(self, now: float) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Secret:
    """A client secret. `variable` names where it came from."""

    value: str = field(repr=False)
    variable: str

    def form(self, now: float, audience: str) -> Mapping[str, str]:  # noqa: ARG002 - the seam's signature
        return {"client_secret": self.value}

    def facts(self) -> Mapping[str, str]:
        return {"variable": self.variable}


@dataclass(kw_only=True, slots=True)
class EntraToken:
    """A TokenSource. `connect` opens a client to the token host, closed after each exchange. Threads may share it."""

    tenant: str
    client_id: str
    client_variable: str
    scope: str
    login: str
    proof: Proof = field(repr=False)
    connect: "Callable[[], HttpClient]" = field(repr=False)
    _value: str | None = field(default=None, init=False, repr=False)
    _until: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def token(self, now: float, rejected: str | None = None) -> str:
        with self._lock:
            if self._value is None or self._value == rejected or now >= self._until:
                self._value, lasts = self._exchange(now)
                # A token that lasts no longer than the margin is still used for the half of its time.
                self._until = now + max(lasts - RENEW_BEFORE, lasts / 2)
            return self._value

    def identity(self) -> str:
        return f"{self.client_id} ({self.tenant})"

    def _exchange(self, now: float) -> tuple[str, float]:
        audience = f"{self.login}{self.tenant}/oauth2/v2.0/token"
        proof = self.proof.form(now, audience)
        form = {"client_id": self.client_id, "scope": self.scope, "grant_type": "client_credentials", **proof}
        request = Request(
            method="POST",
            path=PATH,
            values={"tenant": self.tenant},
            form=form,
            lane="token",
            repeat=Repeat.READ,  # it changes nothing there
            private=tuple(proof.values()),
        )
        problem: CredentialProblem
        with self.connect() as http:
            try:
                token, lasts = _granted(request, http.host, http.send(request))
            except Refused as refused:
                if refused.status not in (400, 401, 403):
                    raise
                problem = self._explained(refused, now)
            else:
                check_tenant(token, self.tenant)
                return token, lasts
        raise problem

    def _explained(self, refused: Refused, now: float) -> CredentialProblem:
        at = now if refused.date is None else refused.date
        if isinstance(self.proof, Lapsing) and self.proof.has_expired(at):
            values = {**self.proof.facts(), "reason": ", ".join(refused.reasons) or "?"}
            return CredentialProblem("ENTRA-IDENTITY-EXPIRED", values)
        skew = None if refused.date is None else refused.date - now
        facts = {"client_id": self.client_id, "client_variable": self.client_variable, "tenant": self.tenant}
        return explain_refusal(refused.reasons, str(refused.data or ""), {**facts, **self.proof.facts()}, skew)


def check_tenant(token: str, tenant: str) -> None:
    """Raises CredentialProblem INTUNE-WRONG-TENANT for a token that says it is another tenant's."""
    found = read_claim(token, "tid")
    if found and found.lower() != tenant.lower():
        raise CredentialProblem("INTUNE-WRONG-TENANT", {"tenant": tenant, "found": found})


def entra_error(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the HTTP layer's signature
    """`{"error", "error_description": "AADSTS…: …", "error_codes": [n]}`. The description may hold ids: it goes into `data`."""
    content = _json_object(body)
    codes, error = read_codes(content), content.get("error")
    reasons = (*codes, error) if isinstance(error, str) else codes
    return VendorError(reasons=reasons, data=str(content.get("error_description") or ""))


def _granted(request: Request, host: str, reply: Reply) -> tuple[str, float]:
    content = reply.data if isinstance(reply.data, Mapping) else {}
    token, lasts = content.get("access_token"), _seconds(content.get("expires_in"))
    if not isinstance(token, str) or not token or lasts is None:
        raise BadResponse(request, host, status=reply.status, detail="it holds no token, or no lifetime")
    return token, lasts


def _seconds(value: object) -> float | None:
    """Entra's v2.0 endpoint gives a number; its older endpoints a number as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
