"""Sign-in of an application: client secret, certificate and federated assertion, with Entra's errors (reference 2, 2026-11)."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

import jwt

from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.graph.rights import READ_ROLES, WRITE_ROLES

SANDBOX = "sandbox"
"""Client id and secret that are always good, with all permissions."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FEDERATED_AUDIENCE = "api://AzureADTokenExchange"
FIXED_TOKENS = {"sandbox-write": WRITE_ROLES, "sandbox-read": READ_ROLES}
GRAPH_HOSTS = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a token stands for. `expires` in seconds since the epoch."""

    client: str
    roles: frozenset[str]
    expires: float


@dataclass(slots=True)
class Tokens:
    """Tokens in use."""

    issued: dict[str, Grant] = field(default_factory=dict)


class SignInError(Exception):
    """A refused sign-in: an OAuth error with an AADSTS number, not Graph's shape. `status` 401 where the client is not who it says.

    401 with 7000215 was seen by many clients (Azure/sap-automation issue 418, 2023-02-20); the vendor's page shows 400 for a bad scope.
    """

    def __init__(self, number: int, error: str, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.number = number
        self.error = error
        self.text = text
        self.status = status


def error_body(error: SignInError, now: float) -> dict[str, Any]:
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return {
        "error": error.error,
        "error_description": f"AADSTS{error.number}: {error.text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}",
        "error_codes": [error.number],
        "timestamp": moment,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={error.number}",
    }


def sign_in(
    form: Mapping[str, str],
    authorization: str,
    tokens: Tokens,
    options: GraphOptions,
    now: float,
    *,
    asked: str,
    tenant: str,
) -> dict[str, Any]:
    """A token for `asked`, the tenant in the address, in a sandbox that holds `tenant`; or SignInError."""
    if asked.casefold() != tenant.casefold():
        raise SignInError(
            90002,
            "invalid_request",
            f"Tenant '{asked}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
        )
    if "grant_type" not in form:
        raise SignInError(
            900144, "invalid_request", "The request body must contain the following parameter: 'grant_type'."
        )
    if form["grant_type"] != "client_credentials":
        raise SignInError(
            70003, "unsupported_grant_type", f"The app requested an unsupported grant type '{form['grant_type']}'."
        )
    client, secret = _client(form, authorization)
    if client != SANDBOX and options.clients and client not in options.clients:
        raise SignInError(
            700016, "unauthorized_client", f"Application with identifier '{client}' was not found in the directory."
        )
    _check_scope(form.get("scope", ""))
    if "client_assertion" in form:
        _check_assertion(form, client, options, now, tenant)
    else:
        _check_secret(client, secret, options)
    if options.conditional_access == "block":
        raise SignInError(
            53003,
            "invalid_grant",
            "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        )
    return _issue(client, tokens, options, now, tenant)


def _client(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    """Id and secret, from the form or HTTP Basic."""
    kind, _, text = authorization.partition(" ")
    if kind.casefold() == "basic":
        try:
            name, _, secret = base64.b64decode(text).decode().partition(":")
        except ValueError:
            name = secret = ""
        return unquote_plus(name), unquote_plus(secret)
    if not form.get("client_id"):
        raise SignInError(
            900144, "invalid_request", "The request body must contain the following parameter: 'client_id'."
        )
    return form["client_id"], form.get("client_secret", "")


def _check_scope(scope: str) -> None:
    """One resource with /.default; several resources are refused."""
    if not scope:
        raise SignInError(900144, "invalid_request", "The request body must contain the following parameter: 'scope'.")
    if " " in scope.strip() or not scope.endswith("/.default"):
        raise SignInError(
            70011,
            "invalid_scope",
            f"The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
        )
    resource = scope.removesuffix("/.default").rstrip("/")
    loopback = resource.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    if resource not in GRAPH_HOSTS and not loopback:
        raise SignInError(
            500011,
            "invalid_resource",
            f"The resource principal named {resource} was not found in the tenant.",
        )


def _check_secret(client: str, secret: str, options: GraphOptions) -> None:
    if not secret:
        raise SignInError(
            7000218,
            "invalid_client",
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            status=401,
        )
    expected = SANDBOX if client == SANDBOX else options.secret
    if expected and secret != expected:
        raise SignInError(
            7000215,
            "invalid_client",
            f"Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.",
            status=401,
        )


def _check_assertion(form: Mapping[str, str], client: str, options: GraphOptions, now: float, tenant: str) -> None:
    if form.get("client_assertion_type") != ASSERTION:
        raise SignInError(50027, "invalid_request", "Invalid client assertion type.")
    try:
        header = jwt.get_unverified_header(form["client_assertion"])
        claims = jwt.decode(form["client_assertion"], options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise SignInError(50027, "invalid_client", "JWT token is invalid or malformed.", status=401) from None
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        raise SignInError(700024, "invalid_client", "Client assertion is not within its valid time range.", status=401)
    if claims.get("aud") == FEDERATED_AUDIENCE:
        _check_federated(claims, options)
    else:
        _check_certificate(header, claims, client, form["client_assertion"], options, tenant)


def _check_federated(claims: Mapping[str, Any], options: GraphOptions) -> None:
    """Exact match of the subject; no wildcards. 70021 also while a new credential is replicated."""
    subject = str(claims.get("sub", ""))
    if not subject or (options.assertion_subject and subject != options.assertion_subject):
        raise SignInError(
            70021,
            "invalid_request",
            f"No matching federated identity record found for presented assertion. Assertion Issuer: '{claims.get('iss', '')}'. Assertion Subject: '{subject}'. Assertion Audience: '{FEDERATED_AUDIENCE}'.",
        )


def _check_certificate(
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    client: str,
    assertion: str,
    options: GraphOptions,
    tenant: str,
) -> None:
    """Issuer and subject are the client; the audience is the tenant's token endpoint (its host is not compared: here it is ours)."""
    if not header.get("x5t") and not header.get("x5t#S256"):
        raise SignInError(
            50027,
            "invalid_request",
            "JWT token is invalid or malformed. No certificate thumbprint specified in token header.",
        )
    if claims.get("iss") != client or claims.get("sub") != client:
        raise SignInError(
            700021,
            "invalid_client",
            "Client assertion application identifier doesn't match 'client_id' parameter.",
            status=401,
        )
    if not str(claims.get("aud", "")).endswith((f"/{tenant}/oauth2/v2.0/token", f"/{tenant}/v2.0")):
        raise SignInError(
            700023, "invalid_client", "Client assertion audience claim does not match Realm issuer.", status=401
        )
    if header.get("alg") not in ("RS256", "PS256") or not _signed(
        assertion, options.certificate_key, str(header["alg"])
    ):
        raise SignInError(
            700027,
            "invalid_client",
            "The certificate with identifier used to sign the client assertion is not registered on application.",
            status=401,
        )


def _signed(assertion: str, key: str, algorithm: str) -> bool:
    """True where no key was given to check by."""
    if not key:
        return True
    checks = dict.fromkeys(("verify_exp", "verify_iat", "verify_nbf", "verify_aud"), False)
    try:
        jwt.decode(assertion, key, algorithms=[algorithm], options=checks)  # type: ignore[arg-type]  # a TypedDict there
    except jwt.InvalidTokenError:
        return False
    return True


def _issue(client: str, tokens: Tokens, options: GraphOptions, now: float, tenant: str) -> dict[str, Any]:
    roles = frozenset(options.roles) or WRITE_ROLES
    expires = now + options.token_lifetime
    claims = {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": int(now),
        "nbf": int(now),
        "exp": int(expires),
        "appid": client,
        "idtyp": "app",
        "roles": sorted(roles),
        "tid": options.token_tenant or tenant,
    }
    parts = (_encoded({"typ": "JWT", "alg": "RS256", "kid": "sandbox"}), _encoded(claims), secrets.token_urlsafe(24))
    token = ".".join(parts)
    tokens.issued[token] = Grant(client=client, roles=roles, expires=expires)
    lifetime = options.token_lifetime
    return {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}


def _encoded(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).decode().rstrip("=")


def grant_of(authorization: str, tokens: Tokens, options: GraphOptions, now: float) -> Grant | None:
    """What a bearer token stands for; None when it is missing, unknown or expired."""
    kind, _, token = authorization.partition(" ")
    if kind.casefold() != "bearer":
        return None
    if token in FIXED_TOKENS:
        roles = FIXED_TOKENS[token]
        cut = roles & set(options.roles) if options.roles else roles
        return Grant(client=SANDBOX, roles=cut, expires=now + 1)
    grant = tokens.issued.get(token)
    return grant if grant is not None and now < grant.expires else None
