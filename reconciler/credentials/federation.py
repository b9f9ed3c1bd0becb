"""Signing in without any secret: a token of another identity provider that Entra, or Google, has been told to trust."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from reconciler.credentials.certificate import assertion_form
from reconciler.credentials.claims import read_claims
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import BadResponse, Refused
from reconciler.http.request import Request
from reconciler.http.retry import Repeat

if TYPE_CHECKING:
    from reconciler.http.client import HttpClient

AUDIENCE = "api://AzureADTokenExchange"

# Where a runner is told to ask for its identity: the host differs by region and is GitHub's choice, in this domain
# (docs.github.com, communicating-with-self-hosted-runners: *.actions.githubusercontent.com; read 2026-11-21). Whoever can
# set the variable could otherwise have the job's request token sent to a host of their own.
GITHUB = ".actions.githubusercontent.com"

_LONGEST = 200  # characters of a claim that are shown


@dataclass(kw_only=True, slots=True)
class GitHubIdentity:
    """A Proof: the identity of a job in GitHub Actions that has `permissions: id-token: write`."""

    url: str = field(repr=False)
    bearer: str = field(repr=False)
    connect: "Callable[[str, Callable[[float, str | None], str]], HttpClient]" = field(repr=False)
    _shown: Mapping[str, str] = field(default_factory=dict, init=False, repr=False)
    _token: str = field(default="", init=False, repr=False)

    def form(self, now: float, audience: str) -> Mapping[str, str]:  # noqa: ARG002 - the seam's signature
        self._token = self._ask()
        self._shown = presented(self._token)
        return assertion_form(self._token)

    def has_expired(self, now: float) -> bool:
        return has_expired(self._token, now)

    def facts(self) -> Mapping[str, str]:
        return {"variable": "ACTIONS_ID_TOKEN_REQUEST_URL", **self._shown}

    def _ask(self) -> str:
        return ask_github(self.url, self.bearer, AUDIENCE, self.connect, "ENTRA-GITHUB-REFUSED")


def ask_github(
    url: str,
    bearer: str,
    audience: str,
    connect: "Callable[[str, Callable[[float, str | None], str]], HttpClient]",
    refused: str,
) -> str:
    """The job's identity as a JWT for that audience, good for five minutes.

    Raises CredentialProblem `refused` (status); for 401 with `-EXPIRED` after it: what the runner may ask with holds while the job runs.
    """
    parts = urlsplit(url)
    joined = "&" if parts.query else "?"
    link = f"{url}{joined}audience={quote(audience, safe='')}"
    request = Request(method="GET", path="idtoken", link=link, lane="token", private=(bearer,), repeat=Repeat.READ)
    status: str
    with connect(f"https://{parts.netloc}/", lambda _now, _rejected: f"Bearer {bearer}") as http:
        try:
            reply = http.send(request)
        except Refused as failure:
            if failure.status not in (400, 401, 403, 404):
                raise
            status = str(failure.status)
            refused = f"{refused}-EXPIRED" if failure.status == 401 else refused
        else:
            value = reply.data.get("value") if isinstance(reply.data, Mapping) else None
            if not isinstance(value, str) or not value:
                raise BadResponse(request, http.host, status=reply.status, detail="it holds no token")
            return value
    raise CredentialProblem(refused, {"status": status})


@dataclass(kw_only=True, slots=True)
class FederatedFile:
    """A Proof: a token that a workload identity elsewhere (Kubernetes, GitLab) puts into a file and renews there."""

    path: Path = field(repr=False)
    variable: str
    _shown: Mapping[str, str] = field(default_factory=dict, init=False, repr=False)
    _token: str = field(default="", init=False, repr=False)

    def form(self, now: float, audience: str) -> Mapping[str, str]:  # noqa: ARG002 - the seam's signature
        self._token = self._read()
        self._shown = presented(self._token)
        return assertion_form(self._token)

    def has_expired(self, now: float) -> bool:
        return has_expired(self._token, now)

    def facts(self) -> Mapping[str, str]:
        return {"variable": self.variable, **self._shown}

    def _read(self) -> str:
        code = "ENTRA-FEDERATED-FILE-UNREADABLE"
        try:
            token = self.path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            token = ""
        else:
            code = "ENTRA-FEDERATED-FILE-NO-TOKEN"
        if not read_claims(token):
            raise CredentialProblem(code, {"variable": self.variable})
        return token


def check_request_url(url: str, foreign: str = "ENTRA-GITHUB-FOREIGN-HOST") -> str:
    """The address, if it is GitHub's. Raises CredentialProblem `foreign` (host, bound)."""
    host = "?"
    try:
        parts = urlsplit(url)
        host = parts.hostname or "?"
        ours = parts.scheme == "https" and parts.netloc.lower() in (host, f"{host}:443") and host.endswith(GITHUB)
    except ValueError:
        ours = False
    if not ours:
        raise CredentialProblem(foreign, {"host": host, "bound": f"*{GITHUB}"})
    return url


def has_expired(token: str, now: float) -> bool:
    """Whether what was presented was no longer good at that time, in seconds since the epoch. What doesn't say so has not."""
    until = read_claims(token).get("exp")
    return isinstance(until, int | float) and not isinstance(until, bool) and until <= now


def presented(token: str) -> Mapping[str, str]:
    """What the vendor compares with what it was told to trust: none of it secret, and just what has to be copied there."""
    claims = read_claims(token)
    named = {"subject": claims.get("sub"), "issuer": claims.get("iss"), "audience": claims.get("aud")}
    return {name: str(value)[:_LONGEST] for name, value in named.items() if isinstance(value, str) and value}
