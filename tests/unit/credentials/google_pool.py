"""Google's and GitHub's part of signing in without a secret, on WSGI: what each of them documents that it checks, it checks.

STS: https://docs.cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token; conditions and audiences:
https://docs.cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines; signJwt:
https://docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt; the exchange of what
was signed: https://developers.google.com/identity/protocols/oauth2/service-account (all read 2026-11-22).
The wording of errors beyond their codes isn't documented.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import flask
import httpx
import jwt

from reconciler.credentials.google import GoogleCredential, Purpose, google_credential
from reconciler.credentials.google_federation import google_error
from reconciler.http.client import HttpClient
from reconciler.http.clock import VirtualTime
from reconciler.http.throttle import Lane
from tests.unit.credentials.google_sign_in import NOW, SUBJECT, KeyPair

PROVIDER = "projects/123456789/locations/global/workloadIdentityPools/github/providers/school-devices"
ACCOUNT = "reconciler-plan@vidala-skola.iam.gserviceaccount.com"
SUB = "repo:vidala-kommun@1001/skolenheter@2002:environment:plan"
ISSUER = "https://token.actions.githubusercontent.com"
GITHUB_URL = "https://run-actions-1.actions.githubusercontent.com/idtoken/1?api-version=2.0"
READ = "https://www.googleapis.com/auth/admin.directory.orgunit.readonly"

JOB = {
    "RECONCILER_GOOGLE_PROVIDER_PLAN": PROVIDER,
    "RECONCILER_GOOGLE_ACCOUNT_PLAN": ACCOUNT,
    "RECONCILER_GOOGLE_SUBJECT_PLAN": SUBJECT,
    "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB_URL,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token-1",
}


@dataclass
class Pool:
    """`sub` is what GitHub says of the job, `trusted` what may sign, `delegated` the scopes that the Admin console lists."""

    pair: KeyPair
    sub: str = SUB
    repository_id: str = "2002"
    trusted: str = SUB
    delegated: frozenset[str] = frozenset()
    api_on: bool = True
    now: float = NOW
    lasts: float = 300
    seen: list[str] = field(default_factory=list)
    authorised: list[str | None] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> flask.Flask:
        made = flask.Flask(__name__)
        made.add_url_rule("/idtoken/1", view_func=self._github)
        made.add_url_rule("/v1/token", view_func=self._sts, methods=["POST"])
        made.add_url_rule("/v1/projects/-/serviceAccounts/<name>", view_func=self._sign, methods=["POST"])
        made.add_url_rule("/token", view_func=self._token, methods=["POST"])
        made.before_request(self._note)
        return made

    def _note(self) -> None:
        self.seen.append(f"{flask.request.host}{flask.request.path}")
        self.authorised.append(flask.request.headers.get("Authorization"))

    def _github(self) -> Any:
        if flask.request.headers.get("Authorization") != "Bearer runner-token-1":
            return {"message": "Unauthorized"}, 401
        said = {"sub": self.sub, "iss": ISSUER, "aud": flask.request.args["audience"], "exp": self.now + self.lasts}
        value = jwt.encode({**said, "repository_id": self.repository_id}, self.pair.private, algorithm="RS256")
        return {"count": 1, "value": value}

    def _sts(self) -> Any:
        form = flask.request.form
        if "Authorization" in flask.request.headers:
            return _oauth("invalid_request", "Authorization header is not allowed")
        expected = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "scope": "https://www.googleapis.com/auth/cloud-platform",
        }
        if any(form.get(name) != value for name, value in expected.items()):
            return _oauth("invalid_request", "a parameter is missing or wrong")
        if form.get("audience") != f"//iam.googleapis.com/{PROVIDER}":
            return _oauth("invalid_target", "no such provider")
        said = self._verified(form["subject_token"], f"https://iam.googleapis.com/{PROVIDER}")
        if said is None:
            return _oauth("invalid_grant", "the token can't be verified")
        if said["repository_id"] != "2002":
            return _oauth("unauthorized_client", "The given credential is rejected by the attribute condition.")
        return {"access_token": f"federated:{said['sub']}", "token_type": "Bearer", "expires_in": 3599}

    def _verified(self, token: str, audience: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = jwt.decode(
                token,
                self.pair.public,
                algorithms=["RS256"],
                audience=audience,
                issuer=ISSUER,
                options={"verify_exp": False},
            )
        except jwt.PyJWTError:
            return None
        return found if found["exp"] > self.now else None

    def _sign(self, name: str) -> Any:
        if not self.api_on:
            details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED"}]
            return {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}, 403
        if name != f"{ACCOUNT}:signJwt":
            return {"error": {"code": 404, "status": "NOT_FOUND"}}, 404
        if flask.request.headers.get("Authorization") != f"Bearer federated:{self.trusted}":
            return {"error": {"code": 403, "status": "PERMISSION_DENIED"}}, 403
        payload = json.loads(flask.request.get_json()["payload"])
        if not isinstance(payload.get("exp"), int) or not self.now < payload["exp"] <= self.now + 12 * 3600:
            return {"error": {"code": 400, "status": "INVALID_ARGUMENT"}}, 400
        signed = jwt.encode(payload, self.pair.private, algorithm="RS256", headers={"kid": "managed"})
        return {"keyId": "managed", "signedJwt": signed}

    def _token(self) -> Any:
        form = flask.request.form
        if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return _oauth("unsupported_grant_type", "")
        claims = jwt.decode(
            form["assertion"],
            self.pair.public,
            algorithms=["RS256"],
            audience="https://oauth2.googleapis.com/token",
            options={"verify_exp": False, "verify_iat": False},
        )
        self.claims.append(claims)
        if claims["exp"] - claims["iat"] > 3600 or not set(claims["scope"].split()) <= self.delegated:
            return _oauth("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method.")
        return {"access_token": f"access-{len(self.claims)}", "token_type": "Bearer", "expires_in": 3599}

    def reach(self, url: str, authorise: Callable[[float, str | None], str] | None = None) -> HttpClient:
        return HttpClient(
            url,
            lanes={"token": Lane(in_flight=1)},
            authorise=authorise,
            parse_error=google_error,
            clock=VirtualTime().clock(),
            transport=httpx.WSGITransport(app=self.app()),
        )

    def sign_in(self, environment: Mapping[str, str] = JOB, purpose: Purpose = Purpose.PLAN) -> GoogleCredential:
        return google_credential(
            environment, purpose, connect=lambda: self.reach("https://oauth2.googleapis.com/"), reach=self.reach
        )


def _oauth(error: str, description: str) -> tuple[dict[str, str], int]:
    return {"error": error, "error_description": description}, 400
