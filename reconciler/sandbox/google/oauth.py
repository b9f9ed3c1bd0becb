"""Sign-in: the JWT bearer grant of a service account with delegation (google-auth-library-python 2ea24b0), and fixed tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import jwt

from reconciler.sandbox.google.methods import SCOPES, Method
from reconciler.sandbox.options import Options

AUDIENCE = "https://oauth2.googleapis.com/token"
"""The library writes this whatever address it posts to."""
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3599

_NAMES = (
    "admin.directory.orgunit",
    "admin.directory.device.chromeos",
    "admin.directory.group",
    "admin.directory.group.member",
    "chrome.management.policy",
)
WRITE_SCOPES = frozenset(SCOPES + name for name in _NAMES)
READ_SCOPES = frozenset(f"{scope}.readonly" for scope in WRITE_SCOPES)
FIXED_TOKENS = {"sandbox-write": WRITE_SCOPES, "sandbox-read": READ_SCOPES}


@dataclass(slots=True)
class Tokens:
    """Tokens in use: scopes, subject and time of expiry."""

    issued: dict[str, tuple[frozenset[str], str, float]] = field(default_factory=dict)


class OAuthError(Exception):
    """A flat OAuth error, not the API's shape."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.body = {"error": error, "error_description": description}


def exchange(form: dict[str, str], tokens: Tokens, options: Options, now: float, *, domain: str) -> dict[str, Any]:
    """An access token for a signed assertion, or OAuthError."""
    if form.get("grant_type") != GRANT:
        raise OAuthError("unsupported_grant_type", "Invalid grant_type")
    claims = _claims(form.get("assertion", ""), options)
    if claims.get("aud") != AUDIENCE:
        raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
    issued, expires = claims.get("iat"), claims.get("exp")
    if (
        not isinstance(issued, int)
        or not isinstance(expires, int)
        or not issued - 300 <= now < expires <= issued + 3600
    ):
        raise OAuthError(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
        )
    if options.oauth_issuer and claims.get("iss") != options.oauth_issuer:
        raise OAuthError("invalid_grant", "Invalid grant: account not found")
    subject = str(claims.get("sub", ""))
    if not subject.endswith("@" + domain):
        raise OAuthError("invalid_grant", "Invalid email or User ID")
    scopes = frozenset(str(claims.get("scope", "")).split())
    _check_scopes(scopes, options)
    token = "sandbox." + secrets.token_urlsafe(24)
    tokens.issued[token] = (scopes, subject, now + LIFETIME)
    return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}


def _check_scopes(scopes: frozenset[str], options: Options) -> None:
    if not scopes or not all(scope.startswith(SCOPES) for scope in scopes):
        raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    if options.oauth_scopes and not scopes <= set(options.oauth_scopes):
        raise OAuthError(
            "unauthorized_client",
            "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of "
            "the scopes requested.",
            401,
        )


def _claims(assertion: str, options: Options) -> dict[str, Any]:
    try:
        if jwt.get_unverified_header(assertion).get("alg") != "RS256":
            raise OAuthError("invalid_grant", "Invalid JWT Signature.")
        if not options.oauth_public_key:
            return dict(jwt.decode(assertion, options={"verify_signature": False}))
        return dict(
            jwt.decode(
                assertion,
                options.oauth_public_key,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
        )
    except jwt.InvalidTokenError as error:
        raise OAuthError("invalid_grant", "Invalid JWT Signature.") from error


def scopes_of(authorization: str, tokens: Tokens, now: float) -> frozenset[str] | None:
    """The scopes of a bearer token; None when it is missing, unknown or expired."""
    kind, _, token = authorization.partition(" ")
    if kind.casefold() != "bearer":
        return None
    if token in FIXED_TOKENS:
        return FIXED_TOKENS[token]
    scopes, _, expires = tokens.issued.get(token, (None, "", 0.0))
    return scopes if now < expires else None


def allowed(method: Method, scopes: frozenset[str]) -> bool:
    """A method that reads is also open to the read-only twin of its scope."""
    wanted = set(method.scope)
    if method.reads:
        wanted |= {f"{scope}.readonly" for scope in method.scope}
    return bool(wanted & scopes)
