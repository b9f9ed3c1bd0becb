"""Google's service account with domain-wide delegation: a signed claim is exchanged for a token, for an hour at a time.

As google-auth-library-python does it (commit 2ea24b0, read 2026-11): RS256, `aud` fixed to the real token address
whatever the request is sent to, `exp` an hour after `iat`.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.tokens import masked
from reconciler.http.failures import BadResponse, Refused
from reconciler.http.request import Reply, Request, VendorError
from reconciler.http.retry import Repeat

if TYPE_CHECKING:
    from reconciler.http.client import HttpClient

AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600  # seconds
RENEW_BEFORE = 120.0  # seconds before it lapses: longer than one reply may take
SKEW = 120.0  # seconds that clocks may differ before that is named as the cause


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceAccountKey:
    """A key file's content. `variable` names where it came from."""

    variable: str
    account: str
    key_id: str
    client_id: str
    private_key: str = field(repr=False)


def parse_key(text: str, variable: str) -> ServiceAccountKey:
    """Raises CredentialProblem CREDENTIAL-KEY-NOT-JSON, -KEY-WRONG-TYPE, -KEY-INCOMPLETE, -UNIVERSE."""
    content = _json_object(text)
    if content is None:
        raise CredentialProblem("CREDENTIAL-KEY-NOT-JSON", {"variable": variable})
    if content.get("type") != "service_account":
        kind = content.get("type")
        known = kind if kind in ("authorized_user", "external_account", "impersonated_service_account") else "unknown"
        raise CredentialProblem("CREDENTIAL-KEY-WRONG-TYPE", {"variable": variable, "type": known})
    for name in ("client_email", "private_key", "private_key_id"):
        if not isinstance(content.get(name), str) or not content[name]:
            raise CredentialProblem("CREDENTIAL-KEY-INCOMPLETE", {"variable": variable, "field": name})
    # google-auth refuses delegation outside the default universe.
    if content.get("universe_domain", "googleapis.com") != "googleapis.com":
        raise CredentialProblem("CREDENTIAL-UNIVERSE", {"variable": variable})
    return ServiceAccountKey(
        variable=variable,
        account=str(content["client_email"]),
        key_id=str(content["private_key_id"]),
        client_id=str(content.get("client_id", "")),
        private_key=str(content["private_key"]),
    )


def signed_claim(key: ServiceAccountKey, subject: str, scopes: Sequence[str], now: float) -> str:
    """The JWT that asks for a token. Raises CredentialProblem CREDENTIAL-KEY-DAMAGED."""
    import jwt  # with cryptography below it: slow to load, and not needed for a given token
    from cryptography.exceptions import UnsupportedAlgorithm

    issued = int(now)
    claims = {"iss": key.account, "sub": subject, "scope": " ".join(scopes), "aud": AUDIENCE}
    claims_with_time = {**claims, "iat": issued, "exp": issued + LIFETIME}
    signed: str | None
    try:
        signed = jwt.encode(claims_with_time, key.private_key, algorithm="RS256", headers={"kid": key.key_id})
    except (ValueError, TypeError, jwt.PyJWTError, UnsupportedAlgorithm):
        signed = None  # raised outside: these exceptions may quote the key
    if signed is None:
        raise CredentialProblem("CREDENTIAL-KEY-DAMAGED", {"variable": key.variable})
    return signed


@dataclass(kw_only=True, slots=True)
class DelegatedToken:
    """A TokenSource. `connect` opens a client to the token host, closed after each exchange. Threads may share it."""

    key: ServiceAccountKey
    subject: str = field(repr=False)
    subject_variable: str
    scopes: tuple[str, ...]
    connect: Callable[[], "HttpClient"] = field(repr=False)
    _value: str | None = field(default=None, init=False, repr=False)
    _until: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def token(self, now: float, rejected: str | None = None) -> str:
        with self._lock:
            if self._value is None or self._value == rejected or now >= self._until:
                self._value, lasts = self._exchange(now)
                self._until = now + lasts - RENEW_BEFORE
            return self._value

    def identity(self) -> str:
        return f"{self.key.account} for {masked(self.subject)}"

    def _exchange(self, now: float) -> tuple[str, float]:
        claim = signed_claim(self.key, self.subject, self.scopes, now)
        return self.delegation().exchange(claim, now)

    def delegation(self) -> "Delegation":
        return Delegation(
            account=self.key.account,
            client_id=self.key.client_id,
            subject=self.subject,
            subject_variable=self.subject_variable,
            scopes=self.scopes,
            connect=self.connect,
        )

    def with_scopes(self, scopes: tuple[str, ...]) -> "DelegatedToken":
        """The same account and administrator, asking for other rights."""
        return DelegatedToken(
            key=self.key,
            subject=self.subject,
            subject_variable=self.subject_variable,
            scopes=scopes,
            connect=self.connect,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegation:
    """As whom an account asks to act, and for what. `client_id` is shown to the person who has to allow it."""

    account: str
    client_id: str
    subject: str = field(repr=False)
    subject_variable: str
    scopes: tuple[str, ...]
    connect: Callable[[], "HttpClient"] = field(repr=False)

    def claims(self, now: float) -> Mapping[str, object]:
        """What is signed: for an hour, by whoever holds the account's key."""
        issued = int(now)
        scopes = " ".join(self.scopes)
        named = {"iss": self.account, "sub": self.subject, "scope": scopes, "aud": AUDIENCE}
        return {**named, "iat": issued, "exp": issued + LIFETIME}

    def exchange(self, claim: str, now: float) -> tuple[str, float]:
        """A signed claim for an access token and how many seconds it lasts. Raises CredentialProblem."""
        request = Request(
            method="POST",
            path="token",
            form={"grant_type": GRANT, "assertion": claim},
            lane="token",
            repeat=Repeat.READ,  # it changes nothing there
            private=(claim, self.subject),
        )
        problem: CredentialProblem
        with self.connect() as http:
            try:
                return granted(request, http.host, http.send(request))
            except Refused as refused:
                if refused.status not in (400, 401, 403):
                    raise
                problem = self._explained(refused, now)
        raise problem

    def _explained(self, refused: Refused, now: float) -> CredentialProblem:
        """Codes are OAuth's (RFC 6749, 5.2); the descriptions of invalid_grant are common knowledge, not documented."""
        reason = refused.reasons[0] if refused.reasons else "?"
        account = {"account": self.account}
        if reason in ("unauthorized_client", "access_denied"):
            return CredentialProblem(
                "CREDENTIAL-NOT-DELEGATED",
                {**account, "client_id": self.client_id, "scopes": ",".join(self.scopes)},
            )
        if reason == "invalid_scope":
            return CredentialProblem("CREDENTIAL-SCOPE-INVALID", {"scopes": ", ".join(self.scopes)})
        if reason == "invalid_client":
            return CredentialProblem("CREDENTIAL-ACCOUNT-UNKNOWN", account)
        if reason == "invalid_grant":
            return self._ungranted(str(refused.data).lower(), None if refused.date is None else refused.date - now)
        return CredentialProblem("CREDENTIAL-REFUSED", {**account, "reason": reason})

    def _ungranted(self, description: str, skew: float | None) -> CredentialProblem:
        account = {"account": self.account}
        if "timeframe" in description or "iat" in description.split() or abs(skew or 0.0) > SKEW:
            seconds = "?" if skew is None else f"{abs(skew):.0f}"
            return CredentialProblem("CREDENTIAL-CLOCK", {"seconds": seconds})
        if "user id" in description or "user" in description.split():
            return CredentialProblem("CREDENTIAL-SUBJECT-UNKNOWN", {"variable": self.subject_variable})
        if "signature" in description:
            return CredentialProblem("CREDENTIAL-KEY-REVOKED", account)
        if "account not found" in description:
            return CredentialProblem("CREDENTIAL-ACCOUNT-UNKNOWN", account)
        return CredentialProblem("CREDENTIAL-REFUSED", {**account, "reason": "invalid_grant"})


def oauth_error(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the HTTP layer's signature
    """`{"error": code, "error_description": text}`. The description may name the administrator: it goes into `data`."""
    content = _json_object(body.decode("utf-8", "replace")) or {}
    error = content.get("error")
    return VendorError(
        reasons=(error,) if isinstance(error, str) else (), data=str(content.get("error_description") or "")
    )


def granted(request: Request, host: str, reply: Reply) -> tuple[str, float]:
    content = reply.data if isinstance(reply.data, Mapping) else {}
    token, lasts = content.get("access_token"), content.get("expires_in")
    if not isinstance(token, str) or not token or isinstance(lasts, bool) or not isinstance(lasts, int | float):
        raise BadResponse(request, host, status=reply.status, detail="it holds no token, or no lifetime")
    return token, float(lasts)


def _json_object(text: str) -> Mapping[str, object] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
