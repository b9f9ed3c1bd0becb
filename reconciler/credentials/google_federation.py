"""A GitHub job signs in at Google without any secret, as a service account that acts for an administrator.

Four steps, each to a built-in host: GitHub says who the job is; Google's Security Token Service takes that for a token of
its own (workload identity federation); with it IAM Credentials signs the claim that a key file would have signed; and the
claim is exchanged as ever. A federated token alone doesn't do: the Directory API wants an administrator.

Sources, read 2026-11-22: docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token (no Authorization header; the
fields as RFC 8693 names them in a form, as google-auth sends them in google/oauth2/sts.py); …/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt (`payload` is text that holds JSON, `exp` at
most 12 hours ahead, permission iam.serviceAccounts.signJwt); github.com/google-github-actions/auth at 17ee2928,
src/client/workload_identity_federation.ts (audiences, and that signJwt takes the federated token itself).
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.credentials.federation import ask_github, has_expired, presented
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.service_account import RENEW_BEFORE, Delegation, granted
from reconciler.credentials.tokens import masked
from reconciler.http.failures import BadResponse, Refused
from reconciler.http.request import Request, VendorError
from reconciler.http.retry import Repeat

if TYPE_CHECKING:
    from reconciler.http.client import HttpClient

Connect = Callable[[str, Callable[[float, str | None], str] | None], "HttpClient"]
"""Opens a client to an address with a lane named `token`, and with what authorises its requests, if anything."""

PROVIDER: Final = re.compile(
    r"projects/[0-9]+/locations/global/workloadIdentityPools/[a-z0-9-]{4,32}/providers/[a-z0-9-]{4,32}"
)
ACCOUNT: Final = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9.:-]+\.iam\.gserviceaccount\.com")

_CLOUD: Final = "https://www.googleapis.com/auth/cloud-platform"
_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS: Final = "urn:ietf:params:oauth:token-type:access_token"
_JWT: Final = "urn:ietf:params:oauth:token-type:jwt"


@dataclass(frozen=True, kw_only=True, slots=True)
class GitHubJob:
    """Where a job asks for its identity, and by what right."""

    url: str = field(repr=False)
    bearer: str = field(repr=False)


@dataclass(kw_only=True, slots=True)
class FederatedToken:
    """A TokenSource. `sts` and `iam` are the addresses of Google's two services. Threads may share it."""

    job: GitHubJob
    provider: str
    delegation: Delegation
    sts: str
    iam: str
    connect: Connect = field(repr=False)
    _value: str | None = field(default=None, init=False, repr=False)
    _until: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def token(self, now: float, rejected: str | None = None) -> str:
        with self._lock:
            if self._value is None or self._value == rejected or now >= self._until:
                signed = self._sign(self._federate(now), now)
                self._value, lasts = self.delegation.exchange(signed, now)
                self._until = now + lasts - RENEW_BEFORE
            return self._value

    def identity(self) -> str:
        return f"{self.delegation.account} for {masked(self.delegation.subject)}"

    def with_scopes(self, scopes: tuple[str, ...]) -> "FederatedToken":
        """The same account and administrator, asking for other rights."""
        return FederatedToken(
            job=self.job,
            provider=self.provider,
            delegation=replace(self.delegation, scopes=scopes),
            sts=self.sts,
            iam=self.iam,
            connect=self.connect,
        )

    def _federate(self, now: float) -> str:
        """GitHub's word for a token of Google's, which may only do what the pool's principal may."""
        audience = f"https://iam.googleapis.com/{self.provider}"
        said = ask_github(self.job.url, self.job.bearer, audience, self.connect, "CREDENTIAL-GITHUB-REFUSED")
        form = {
            "grant_type": _EXCHANGE,
            "audience": f"//iam.googleapis.com/{self.provider}",
            "scope": _CLOUD,
            "requested_token_type": _ACCESS,
            "subject_token_type": _JWT,
            "subject_token": said,
        }
        request = Request(method="POST", path="v1/token", form=form, lane="token", repeat=Repeat.READ, private=(said,))
        problem: CredentialProblem
        with self.connect(self.sts, None) as http:
            try:
                return granted(request, http.host, http.send(request))[0]
            except Refused as refused:
                if refused.status not in (400, 401, 403, 404):
                    raise
                problem = self._not_trusted(refused, said, now)
        raise problem

    def _not_trusted(self, refused: Refused, said: str, now: float) -> CredentialProblem:
        """What Google compared, so that it can be copied to where it has to stand; none of it is secret."""
        if has_expired(said, now if refused.date is None else refused.date):
            return CredentialProblem("CREDENTIAL-IDENTITY-EXPIRED", {"provider": self.provider})
        shown = {"subject": "?", "issuer": "?", "audience": "?", **presented(said)}
        reason = refused.reasons[0] if refused.reasons else "?"
        return CredentialProblem(
            "CREDENTIAL-FEDERATION-NO-MATCH", {**shown, "provider": self.provider, "reason": reason}
        )

    def _sign(self, federated: str, now: float) -> str:
        payload = json.dumps(self.delegation.claims(now))
        request = Request(
            method="POST",
            path="v1/projects/-/serviceAccounts/{account}:signJwt",
            values={"account": self.delegation.account},
            body={"payload": payload},
            lane="token",
            repeat=Repeat.READ,  # a signature changes nothing there
            private=(federated, self.delegation.subject),
        )
        problem: CredentialProblem
        with self.connect(self.iam, lambda _now, _rejected: f"Bearer {federated}") as http:
            try:
                reply = http.send(request)
            except Refused as refused:
                if refused.status not in (400, 401, 403, 404):
                    raise
                problem = self._unsigned(refused)
            else:
                signed = reply.data.get("signedJwt") if isinstance(reply.data, Mapping) else None
                if not isinstance(signed, str) or not signed:
                    raise BadResponse(request, http.host, status=reply.status, detail="it holds no signature")
                return signed
        raise problem

    def _unsigned(self, refused: Refused) -> CredentialProblem:
        account = {"account": self.delegation.account}
        if "SERVICE_DISABLED" in refused.reasons:
            return CredentialProblem("CREDENTIAL-IAM-CREDENTIALS-OFF", account)
        if refused.status == 404:
            return CredentialProblem("CREDENTIAL-ACCOUNT-UNKNOWN", account)
        if refused.status == 403:
            return CredentialProblem("CREDENTIAL-MAY-NOT-SIGN", {**account, "provider": self.provider})
        return CredentialProblem(
            "CREDENTIAL-REFUSED", {**account, "reason": refused.reasons[0] if refused.reasons else "?"}
        )


def google_error(status: int, body: bytes) -> VendorError:  # noqa: ARG001 - the HTTP layer's signature
    """STS and the token host answer as OAuth does, `{"error": code, …}`; IAM as Google's APIs do,
    `{"error": {"status", "details": [{"reason"}]}}` (google.rpc.Status, AIP-193)."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return VendorError()
    error = content.get("error") if isinstance(content, Mapping) else None
    if isinstance(error, str):
        return VendorError(reasons=(error,), data=str(content.get("error_description") or ""))
    if not isinstance(error, Mapping):
        return VendorError()
    details = error.get("details")
    reasons = [one.get("reason") for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []
    named = [text for text in (*reasons, error.get("status")) if isinstance(text, str) and text]
    return VendorError(reasons=tuple(named))
