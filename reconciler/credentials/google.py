"""Who signs in to Google, by the environment that is passed in.

For `plan` the first of these that is set, for `apply` likewise with _APPLY:

    RECONCILER_GOOGLE_TOKEN_PLAN      an access token that the CI job made (lasts an hour, is not renewed)
    RECONCILER_GOOGLE_KEY_FILE_PLAN   path of a service-account key
    RECONCILER_GOOGLE_KEY_PLAN        its text
    RECONCILER_GOOGLE_PROVIDER_PLAN   the workload identity provider that trusts this GitHub repository, without any secret
                                      (projects/123/locations/global/workloadIdentityPools/…/providers/…), together with
    RECONCILER_GOOGLE_ACCOUNT_PLAN    the service account that the job may sign as
    RECONCILER_GOOGLE_TOKEN, …KEY_FILE, …KEY, …PROVIDER      the same for both

A key or a provider needs RECONCILER_GOOGLE_SUBJECT_PLAN or RECONCILER_GOOGLE_SUBJECT, the administrator that the account acts as. A
variable that is set to nothing counts as not set: CI does that for a secret that is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.credentials.federation import check_request_url
from reconciler.credentials.google_federation import ACCOUNT, PROVIDER, FederatedToken, GitHubJob, google_error
from reconciler.credentials.hosts import base_url, sandbox_url
from reconciler.credentials.key_file import read_key_file
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose as Purpose  # its older address
from reconciler.credentials.service_account import DelegatedToken, Delegation, oauth_error, parse_key
from reconciler.credentials.tokens import GivenToken, TokenSource

if TYPE_CHECKING:
    from reconciler.credentials.google_federation import Connect
    from reconciler.http.client import HttpClient

_PREFIX = "RECONCILER_GOOGLE_"
_SCOPE = "https://www.googleapis.com/auth/"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # b64token, RFC 6750 2.1
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


# Twins by the discovery documents (2026-11). Groups and the customer record are only ever read.
SCOPES: Mapping[Purpose, tuple[str, ...]] = {
    Purpose.PLAN: (
        f"{_SCOPE}admin.directory.orgunit.readonly",
        f"{_SCOPE}admin.directory.device.chromeos.readonly",
        f"{_SCOPE}admin.directory.group.readonly",
        f"{_SCOPE}admin.directory.customer.readonly",
        f"{_SCOPE}chrome.management.policy.readonly",
    ),
    Purpose.APPLY: (
        f"{_SCOPE}admin.directory.orgunit",
        f"{_SCOPE}admin.directory.device.chromeos",
        f"{_SCOPE}admin.directory.group.readonly",
        f"{_SCOPE}admin.directory.customer.readonly",
        f"{_SCOPE}chrome.management.policy",
    ),
}


def write_scopes(purpose: Purpose) -> tuple[str, ...]:
    """Those that a purpose needs beyond reading; none for `plan`."""
    return tuple(scope for scope in SCOPES[purpose] if scope not in SCOPES[Purpose.PLAN])


SANDBOX_TOKENS: Mapping[Purpose, str] = {Purpose.PLAN: "sandbox-read", Purpose.APPLY: "sandbox-write"}


@dataclass(frozen=True, kw_only=True, slots=True)
class GoogleCredential:
    """`warnings` don't stop anything and are for the person who runs it."""

    source: TokenSource
    scopes: tuple[str, ...]
    warnings: tuple[CredentialProblem, ...] = ()

    def may_write(self, now: float) -> bool | None:
        """Whether this identity would be given the rights to write, asked of Google by asking for them; None where that can't be asked.

        The token that Google may answer with is thrown away at once.
        """
        if not isinstance(self.source, DelegatedToken | FederatedToken):
            return None
        try:
            self.source.with_scopes(write_scopes(Purpose.APPLY)).token(now)
        except CredentialProblem as problem:
            if problem.code == "CREDENTIAL-NOT-DELEGATED":
                return False
            raise
        return True


def google_credential(
    environment: Mapping[str, str],
    purpose: Purpose,
    *,
    sandbox: str | None = None,
    connect: "Callable[[], HttpClient] | None" = None,
    reach: "Connect | None" = None,
) -> GoogleCredential:
    """The credential for this purpose. With `sandbox` (its address) the environment is not read at all.

    `connect` opens a client to the token host with a lane named `token`; by default the real one. `reach` likewise to
    any address, for signing in without a secret.
    Raises CredentialProblem: CREDENTIAL-MISSING, -TOKEN-MALFORMED, -SUBJECT-…, -KEY-…, -PROVIDER-…, -ACCOUNT-…, -GITHUB-…,
    SANDBOX-NOT-LOOPBACK.
    """
    if sandbox is not None:
        sandbox_url(sandbox)
        source = GivenToken(value=SANDBOX_TOKENS[purpose], variable="sandbox")
        return GoogleCredential(source=source, scopes=SCOPES[purpose])
    variable = _first_set(environment, purpose)
    shared = _shared(variable, purpose)
    if variable.startswith(f"{_PREFIX}TOKEN"):
        return GoogleCredential(source=_given(environment, variable), scopes=SCOPES[purpose], warnings=shared)
    if variable.startswith(f"{_PREFIX}PROVIDER"):
        source_of_job = _federated(environment, purpose, variable, connect or connect_to_google, reach or reach_google)
        return GoogleCredential(source=source_of_job, scopes=SCOPES[purpose], warnings=shared)
    text, warnings = _key_text(environment, variable)
    subject, subject_variable = _subject(environment, purpose)
    delegated = DelegatedToken(
        key=parse_key(text, variable),
        subject=subject,
        subject_variable=subject_variable,
        scopes=SCOPES[purpose],
        connect=connect or connect_to_google,
    )
    return GoogleCredential(source=delegated, scopes=SCOPES[purpose], warnings=warnings + shared)


def connect_to_google() -> "HttpClient":
    """A client to Google's token host. httpx is loaded here, not with this module."""
    from reconciler.http.client import HttpClient
    from reconciler.http.throttle import Lane

    return HttpClient(base_url("google", "token"), lanes={"token": Lane(in_flight=1)}, parse_error=oauth_error)


def reach_google(url: str, authorise: "Callable[[float, str | None], str] | None" = None) -> "HttpClient":
    """A client to one of the hosts that a job's identity goes through."""
    from reconciler.http.client import HttpClient
    from reconciler.http.throttle import Lane

    return HttpClient(url, lanes={"token": Lane(in_flight=1)}, authorise=authorise, parse_error=google_error)


def _federated(
    environment: Mapping[str, str],
    purpose: Purpose,
    variable: str,
    connect: "Callable[[], HttpClient]",
    reach: "Connect",
) -> FederatedToken:
    provider = _value(environment, variable).removeprefix("//iam.googleapis.com/")
    if not PROVIDER.fullmatch(provider):
        raise CredentialProblem("CREDENTIAL-PROVIDER-MALFORMED", {"variable": variable})
    account_variable = variable.replace("PROVIDER", "ACCOUNT")
    account = _value(environment, account_variable)
    if not ACCOUNT.fullmatch(account):
        raise CredentialProblem("CREDENTIAL-ACCOUNT-MALFORMED", {"variable": account_variable})
    url = _value(environment, "ACTIONS_ID_TOKEN_REQUEST_URL")
    bearer = _value(environment, "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not url or not bearer:
        raise CredentialProblem("CREDENTIAL-GITHUB-MISSING", {"variable": variable})
    subject, subject_variable = _subject(environment, purpose)
    return FederatedToken(
        job=GitHubJob(url=check_request_url(url, "CREDENTIAL-GITHUB-FOREIGN-HOST"), bearer=bearer),
        provider=provider,
        delegation=Delegation(
            account=account,
            client_id=f"(gcloud iam service-accounts describe {account} --format='value(uniqueId)')",
            subject=subject,
            subject_variable=subject_variable,
            scopes=SCOPES[purpose],
            connect=connect,
        ),
        sts=base_url("google", "sts"),
        iam=base_url("google", "iam-credentials"),
        connect=reach,
    )


def _first_set(environment: Mapping[str, str], purpose: Purpose) -> str:
    for suffix in (f"_{purpose.name}", ""):
        for what in ("TOKEN", "KEY_FILE", "KEY", "PROVIDER"):
            if _value(environment, f"{_PREFIX}{what}{suffix}"):
                return f"{_PREFIX}{what}{suffix}"
    names = {what.lower(): f"{_PREFIX}{what}" for what in ("TOKEN", "KEY_FILE", "KEY", "SUBJECT", "PROVIDER")}
    raise CredentialProblem("CREDENTIAL-MISSING", names)


def _given(environment: Mapping[str, str], variable: str) -> GivenToken:
    value = _value(environment, variable)
    # Sent as it is, a line break in the middle would be refused by an exception that quotes the whole header.
    if not _TOKEN.fullmatch(value):
        raise CredentialProblem("CREDENTIAL-TOKEN-MALFORMED", {"variable": variable})
    return GivenToken(value=value, variable=variable)


def _key_text(environment: Mapping[str, str], variable: str) -> tuple[str, tuple[CredentialProblem, ...]]:
    value = _value(environment, variable)
    if not variable.startswith(f"{_PREFIX}KEY_FILE"):
        return value, ()
    if value.startswith("{"):
        names = {"variable": variable, "key": variable.replace("KEY_FILE", "KEY")}
        raise CredentialProblem("CREDENTIAL-KEY-FILE-IS-TEXT", names)
    return read_key_file(Path(value), variable, "CREDENTIAL-KEY-NOT-JSON")


def _subject(environment: Mapping[str, str], purpose: Purpose) -> tuple[str, str]:
    for variable in (f"{_PREFIX}SUBJECT_{purpose.name}", f"{_PREFIX}SUBJECT"):
        if subject := _value(environment, variable):
            if not _ADDRESS.fullmatch(subject):
                raise CredentialProblem("CREDENTIAL-SUBJECT-INVALID", {"variable": variable})
            return subject, variable
    raise CredentialProblem("CREDENTIAL-SUBJECT-MISSING", {"variable": f"{_PREFIX}SUBJECT"})


def _shared(variable: str, purpose: Purpose) -> tuple[CredentialProblem, ...]:
    if variable.endswith(f"_{purpose.name}"):
        return ()
    return (CredentialProblem("CREDENTIAL-SHARED", {"variable": variable, "specific": f"{variable}_{purpose.name}"}),)


def _value(environment: Mapping[str, str], variable: str) -> str:
    return environment.get(variable, "").strip()
