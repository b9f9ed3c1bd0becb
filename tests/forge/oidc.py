"""Identity tokens for jobs: the endpoint that a runner is told of, and the keys to check them with.

https://docs.github.com/en/actions/reference/security/oidc, 2026-11-22: claims, subject, five minutes of life.
"""

import uuid
from functools import cache
from typing import Any

import flask
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.forge.answer_owners import subject_prefix
from tests.forge.protection import is_protected
from tests.forge.state import Run, Token, World

ISSUER = "https://token.actions.githubusercontent.com"
KEY_ID = "forge-1"
LIFE = 300
BEFORE = 600


@cache
def key() -> rsa.RSAPrivateKey:
    """One for the whole process: making it takes longer than most tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_set() -> dict[str, Any]:
    """The public half, as `/.well-known/jwks` gives it."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key().public_key(), as_dict=True)
    return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


def blueprint(world: World) -> flask.Blueprint:
    """Below `/_oidc`; on GitHub these lie on hosts of their own."""
    made = flask.Blueprint("oidc", __name__, url_prefix="/_oidc")

    @made.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        base = flask.request.host_url.rstrip("/")
        return {
            "issuer": ISSUER,
            "jwks_uri": f"{base}/_oidc/.well-known/jwks",
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
        }

    @made.get("/.well-known/jwks")
    def keys() -> dict[str, Any]:
        return key_set()

    @made.get("/idtoken")
    def identity() -> tuple[dict[str, Any], int]:
        with world.lock:
            return _identity(world, flask.request)

    return made


def _identity(world: World, request: flask.Request) -> tuple[dict[str, Any], int]:
    value = request.headers.get("Authorization", "").partition(" ")[2]
    token = world.tokens.get(value.removeprefix("request-"))
    if token is None or not token.id_token or not value.startswith("request-") or world.clock.now >= token.expires:
        return {"message": "Unauthorized"}, 401
    audience = request.args.get("audience") or f"https://github.com/{world.organisation}"
    claims = claims_of(world, token, audience)
    signed = jwt.encode(claims, key(), algorithm="RS256", headers={"kid": KEY_ID, "typ": "JWT"})
    return {"count": len(claims), "value": signed}, 200


def claims_of(world: World, token: Token, audience: str) -> dict[str, Any]:
    """What the token of this job says."""
    run = token.run
    if run is None:
        raise ValueError("only a job has an identity")
    now = int(world.clock.now.timestamp())
    claims = {
        "jti": str(uuid.UUID(int=now * 2**40 + world.new_id())),
        "sub": subject(world, token),
        "aud": audience,
        "iss": ISSUER,
        "iat": now,
        "nbf": now - BEFORE,
        "exp": now + LIFE,
        **_about_repository(world),
        **_about_run(world, run),
    }
    return claims | ({"environment": token.environment} if token.environment else {})


def _about_repository(world: World) -> dict[str, str]:
    return {
        "repository": world.full_name,
        "repository_id": str(world.repository_id),
        "repository_owner": world.organisation,
        "repository_owner_id": str(world.owner_id),
        "repository_visibility": world.settings.visibility,
    }


def _about_run(world: World, run: Run) -> dict[str, str]:
    pull = world.pulls.get(run.pull) if run.pull else None
    # The workflow is taken from where the run stands: the merge ref of a pull request, else the branch.
    workflow = f"{world.full_name}/.github/workflows/{run.workflow}.yml@{run.ref}"
    return {
        "actor": run.actor,
        "actor_id": str(world.people[run.actor].id),
        "base_ref": pull.base if pull else "",
        "head_ref": pull.branch if pull else "",
        "event_name": run.event,
        "ref": run.ref,
        "ref_type": "tag" if run.ref.startswith("refs/tags/") else "branch",
        "ref_protected": str(is_protected(world, run.ref.removeprefix("refs/heads/"))).lower(),
        "sha": run.head,
        "run_id": str(run.id),
        "run_number": str(run.number),
        "run_attempt": str(run.attempt),
        "runner_environment": "github-hosted",
        "workflow": run.workflow,
        "workflow_ref": workflow,
        "workflow_sha": run.head,
        "job_workflow_ref": workflow,
        "job_workflow_sha": run.head,
    }


def subject(world: World, token: Token) -> str:
    """Environment before pull request before ref; colons in a name are written %3A."""
    prefix = subject_prefix(world)
    run = token.run
    if token.environment:
        return f"{prefix}:environment:{token.environment.replace(':', '%3A')}"
    if run is not None and run.event == "pull_request":
        return f"{prefix}:pull_request"
    return f"{prefix}:ref:{run.ref if run else ''}"


def request_address(world: World) -> str:
    """ACTIONS_ID_TOKEN_REQUEST_URL; a client adds `&audience=…`."""
    return f"{world.url}/_oidc/idtoken?api-version=2.0"
