"""Who signs in to Microsoft Graph, by the environment that is passed in.

For `plan` the first of these that is set, for `apply` likewise with _APPLY; then the same without the ending, for both:

    RECONCILER_INTUNE_TOKEN_PLAN       an access token that the CI job made (lasts an hour, is not renewed)
    RECONCILER_INTUNE_CLIENT_ID_PLAN   the app registration, together with one of
        …CLIENT_SECRET_PLAN            its secret
        …CERTIFICATE_PLAN              certificate and private key as PEM text, or …CERTIFICATE_FILE_PLAN, the path of it
        …FEDERATED_TOKEN_FILE_PLAN     path of a token of another identity provider, which that one renews
        nothing                        in GitHub Actions: the job's own identity, no secret anywhere

The proof belongs to its registration: with CLIENT_ID_PLAN the secret is CLIENT_SECRET_PLAN and no other, so that one
registration's secret is never sent in the name of the other. A variable that is set to nothing counts as not set: CI does
that for a secret that is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.credentials.certificate import Certificate, parse_certificate
from reconciler.credentials.claims import read_roles
from reconciler.credentials.entra import RETRIES, EntraToken, Proof, Secret, check_tenant, entra_error
from reconciler.credentials.federation import FederatedFile, GitHubIdentity, check_request_url
from reconciler.credentials.hosts import base_url, sandbox_url
from reconciler.credentials.key_file import read_key_file
from reconciler.credentials.problems import CredentialProblem
from reconciler.credentials.purpose import Purpose
from reconciler.credentials.tokens import GivenToken, TokenSource
from reconciler.http.clock import SYSTEM, Clock

if TYPE_CHECKING:
    import httpx

    from reconciler.http.client import HttpClient

PREFIX = "RECONCILER_INTUNE_"
SANDBOX = "sandbox"
"""Client id and secret that a sandbox takes."""

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # b64token, RFC 6750 2.1
_GUID = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_PROOFS = ("CLIENT_SECRET", "CERTIFICATE", "CERTIFICATE_FILE", "FEDERATED_TOKEN_FILE")


@dataclass(frozen=True, kw_only=True, slots=True)
class MicrosoftCredential:
    """`warnings` don't stop anything and are for the person who runs it."""

    source: TokenSource
    warnings: tuple[CredentialProblem, ...] = ()

    def roles(self, now: float) -> frozenset[str] | None:
        """The application permissions that Entra granted; None where the token doesn't say. Raises as `source.token`."""
        return read_roles(self.source.token(now))


def microsoft_credential(
    environment: Mapping[str, str],
    purpose: Purpose,
    *,
    tenant: str,
    cloud: str = "global",
    sandbox: str | None = None,
    clock: Clock = SYSTEM,
    transport: "Callable[[], httpx.BaseTransport] | None" = None,
) -> MicrosoftCredential:
    """The credential for this purpose. With `sandbox` (its address) the environment is not read at all.

    tenant     id (GUID) of the organisation's tenant: a token of another one is refused
    transport  makes httpx transports in place of the network
    Raises CredentialProblem: ENTRA-…, CREDENTIAL-…, INTUNE-WRONG-TENANT, SANDBOX-NOT-LOOPBACK.
    """
    if not _GUID.fullmatch(tenant):
        raise CredentialProblem("ENTRA-TENANT-UNKNOWN", {"tenant": tenant or "?"})
    way = _Way(environment=environment, purpose=purpose, tenant=tenant, cloud=cloud, clock=clock, transport=transport)
    if sandbox is not None:
        sandbox_url(sandbox)
        return MicrosoftCredential(
            source=way.exchange(SANDBOX, SANDBOX, Secret(value=SANDBOX, variable=SANDBOX), sandbox)
        )
    for suffix in (f"_{purpose.name}", ""):
        if token := way.value(f"TOKEN{suffix}"):
            return _given(token, f"{PREFIX}TOKEN{suffix}", way)
        if client_id := way.value(f"CLIENT_ID{suffix}"):
            return _registered(client_id, suffix, way)
    names = {"token": f"{PREFIX}TOKEN", "client_id": f"{PREFIX}CLIENT_ID", "client_secret": f"{PREFIX}CLIENT_SECRET"}
    raise CredentialProblem("ENTRA-SIGN-IN-MISSING", {**names, "certificate_file": f"{PREFIX}CERTIFICATE_FILE"})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Way:
    """What every way of signing in needs."""

    environment: Mapping[str, str]
    purpose: Purpose
    tenant: str
    cloud: str
    clock: Clock
    transport: "Callable[[], httpx.BaseTransport] | None"

    def value(self, name: str) -> str:
        return self.environment.get(f"{PREFIX}{name}", "").strip()

    def exchange(self, client_id: str, client_variable: str, proof: Proof, sandbox: str | None = None) -> EntraToken:
        return EntraToken(
            tenant=self.tenant,
            client_id=client_id,
            client_variable=client_variable,
            # One resource and /.default; of the same cloud as the token host. A sandbox is asked for the same.
            scope=f"{base_url('intune', 'graph', cloud=self.cloud)}.default",
            login=base_url("intune", "token", cloud=self.cloud),
            proof=proof,
            connect=lambda: self.client(base_url("intune", "token", cloud=self.cloud, sandbox=sandbox)),
        )

    def client(self, url: str, authorise: Callable[[float, str | None], str] | None = None) -> "HttpClient":
        """To a host that gives tokens. httpx is loaded here, not with this module."""
        from reconciler.http.client import HttpClient
        from reconciler.http.throttle import Lane

        return HttpClient(
            url,
            lanes={"token": Lane(in_flight=1)},
            authorise=authorise,
            parse_error=entra_error,
            policy=RETRIES,
            clock=self.clock,
            transport=self.transport() if self.transport else None,
        )


def _given(token: str, variable: str, way: _Way) -> MicrosoftCredential:
    # Sent as it is, a line break in the middle would be refused by an exception that quotes the whole header.
    if not _TOKEN.fullmatch(token):
        raise CredentialProblem("CREDENTIAL-TOKEN-MALFORMED", {"variable": variable})
    check_tenant(token, way.tenant)
    return MicrosoftCredential(
        source=GivenToken(value=token, variable=variable), warnings=_shared(variable, way.purpose)
    )


def _registered(client_id: str, suffix: str, way: _Way) -> MicrosoftCredential:
    variable = f"{PREFIX}CLIENT_ID{suffix}"
    if not _GUID.fullmatch(client_id):
        raise CredentialProblem("ENTRA-CLIENT-ID-MALFORMED", {"variable": variable})
    proof, warnings = _proof(client_id, suffix, way)
    source = way.exchange(client_id, variable, proof)
    return MicrosoftCredential(source=source, warnings=warnings + _shared(variable, way.purpose))


def _proof(client_id: str, suffix: str, way: _Way) -> tuple[Proof, tuple[CredentialProblem, ...]]:
    for ending in dict.fromkeys((f"_{way.purpose.name}", "") if not suffix else (suffix,)):
        for name in _PROOFS:
            if value := way.value(f"{name}{ending}"):
                return _read_proof(name, value, f"{PREFIX}{name}{ending}", client_id, way)
    url = way.environment.get("ACTIONS_ID_TOKEN_REQUEST_URL", "").strip()
    bearer = way.environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "").strip()
    if url and bearer:
        return GitHubIdentity(url=check_request_url(url), bearer=bearer, connect=way.client), ()
    names = {name.lower(): f"{PREFIX}{name}{suffix}" for name in ("CLIENT_ID", "CLIENT_SECRET", "CERTIFICATE_FILE")}
    raise CredentialProblem("ENTRA-PROOF-MISSING", names)


def _read_proof(
    name: str, value: str, variable: str, client_id: str, way: _Way
) -> tuple[Proof, tuple[CredentialProblem, ...]]:
    if name == "CLIENT_SECRET":
        return Secret(value=value, variable=variable), ()
    if name == "FEDERATED_TOKEN_FILE":
        return FederatedFile(path=Path(value), variable=variable), ()
    text, warnings = value, tuple[CredentialProblem, ...]()
    if name == "CERTIFICATE_FILE":
        if "-----BEGIN" in value:
            names = {"variable": variable, "key": variable.replace("CERTIFICATE_FILE", "CERTIFICATE")}
            raise CredentialProblem("CREDENTIAL-KEY-FILE-IS-TEXT", names)
        text, warnings = read_key_file(Path(value), variable, "ENTRA-CERTIFICATE-DAMAGED")
    parsed = parse_certificate(text, variable, way.clock.wall())
    return Certificate(parsed=parsed, client_id=client_id), warnings + parsed.warnings


def _shared(variable: str, purpose: Purpose) -> tuple[CredentialProblem, ...]:
    if variable.endswith(f"_{purpose.name}"):
        return ()
    return (CredentialProblem("CREDENTIAL-SHARED", {"variable": variable, "specific": f"{variable}_{purpose.name}"}),)
