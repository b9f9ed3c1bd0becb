"""Runs and jobs: the commit they stand at, environments, identity tokens, what starts what."""

import json
from typing import Any

import httpx
import jwt
import pytest

from tests.forge import extract
from tests.forge.clients import client
from tests.forge.forge import Forge
from tests.forge.jobs import Job, NotAllowedError
from tests.forge.state import Pull

OIDC = {"id-token": "write", "contents": "read"}


@pytest.fixture
def pull(forge: Forge) -> Pull:
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: N\n"})
    return forge.open_pull("bo", "gren")


def identity(forge: Forge, job: Job, audience: str | None = None) -> dict[str, Any]:
    api = client(forge, None, "")
    # Both as a runner's toolkit does it: the address has a query already.
    address = job.environ["ACTIONS_ID_TOKEN_REQUEST_URL"] + (f"&audience={audience}" if audience else "")
    address = address.replace("http://forge.invalid", "http://forge.test")
    token = api.get(address, headers={"Authorization": f"bearer {job.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"})
    keys = jwt.PyJWKSet.from_dict(api.get("/_oidc/.well-known/jwks").json())
    value = token.json()["value"]
    header = jwt.get_unverified_header(value)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    decoded: dict[str, Any] = jwt.decode(value, keys[header["kid"]], algorithms=["RS256"], options=options)  # type: ignore[arg-type]  # PyJWT's own type is narrower than what it takes
    return decoded


def test_a_pull_requests_run_stands_at_the_test_merge(forge: Forge, pull: Pull) -> None:
    run = forge.run("pull_request", actor="bo", workflow="validera", pull=pull)
    environ = forge.job(run, {}).environ
    assert environ["GITHUB_REF"] == "refs/pull/1/merge"
    assert forge.read_commit(environ["GITHUB_SHA"]).parents == (forge.head(), pull.head)
    assert (environ["GITHUB_HEAD_REF"], environ["GITHUB_BASE_REF"]) == ("gren", "main")
    assert forge.job(run, {}).event["pull_request"]["head"]["sha"] == pull.head


def test_pull_request_target_stands_at_main(forge: Forge, pull: Pull) -> None:
    """Since 2025-12-08 always at the default branch: https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/."""
    run = forge.run("pull_request_target", actor="bo", workflow="plan", pull=pull)
    environ = forge.job(run, {}).environ
    assert (environ["GITHUB_REF"], environ["GITHUB_SHA"]) == ("refs/heads/main", forge.head())
    assert forge.job(run, {}).event["number"] == 1


def test_a_pull_request_in_conflict_starts_no_run(forge: Forge, pull: Pull) -> None:
    forge.git.run("update-ref", "-d", "refs/pull/1/merge")
    forge.commit("anna", "main", {"schools/norr.yaml": "id: norra\n"})
    with pytest.raises(NotAllowedError, match="refs/pull/1/merge"):
        forge.run("pull_request", actor="bo", workflow="validera", pull=pull)


def test_each_push_has_its_own_run_and_a_rerun_stays_where_it_was(forge: Forge) -> None:
    first = forge.commit("anna", "main", {"a": "1\n"})
    second = forge.commit("anna", "main", {"a": "2\n"})
    run = forge.run("push", actor="anna", workflow="genomfor", sha=first)
    assert forge.job(run, {}).event["after"] == first
    assert forge.head() == second
    again = forge.rerun(run, "bo")
    environ = forge.job(again, {}).environ
    assert (environ["GITHUB_SHA"], environ["GITHUB_RUN_ATTEMPT"]) == (first, "2")
    assert (environ["GITHUB_ACTOR"], environ["GITHUB_TRIGGERING_ACTOR"]) == ("anna", "bo")
    api = client(forge, forge.token({"actions": "read"}, actor="bo"))
    told = api.get(f"/actions/runs/{run.id}").json()
    assert (told["head_sha"], told["event"], told["run_attempt"]) == (first, "push", 2)


def test_an_environments_secrets_only_reach_its_own_jobs(forge: Forge) -> None:
    forge.environment("genomfor", branches=["main"], secrets={"NYCKEL": "hemlig"}, variables={"A": "b"})
    run = forge.run("push", actor="bo", workflow="genomfor")
    inside = forge.job(run, {}, environment="genomfor")
    assert (inside.secrets["NYCKEL"], inside.variables) == ("hemlig", {"A": "b"})
    assert "NYCKEL" not in forge.job(run, {}).secrets


def test_a_pull_request_gets_into_an_environment_only_as_refs_pull_merge(forge: Forge, pull: Pull) -> None:
    """Since 2025-12-08: https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/."""
    forge.environment("genomfor", branches=["main", "gren"])
    run = forge.run("pull_request", actor="bo", workflow="plan", pull=pull)
    with pytest.raises(NotAllowedError, match='Branch "refs/pull/1/merge" is not allowed to deploy to genomfor'):
        forge.job(run, {}, environment="genomfor")
    forge.environment("plan", branches=["refs/pull/*/merge"])
    assert forge.job(run, {}, environment="plan").token


def test_protected_branches_only(forge: Forge) -> None:
    forge.environment("genomfor", branches="protected")
    run = forge.run("push", actor="bo", workflow="genomfor")
    with pytest.raises(NotAllowedError):
        forge.job(run, {}, environment="genomfor")
    forge.protect("main")
    assert forge.job(run, {}, environment="genomfor").environ["GITHUB_REF_PROTECTED"] == "true"


def test_an_environment_that_nobody_made_has_no_rules(forge: Forge) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22: a name with a slip in it protects nothing."""
    run = forge.run("push", actor="bo", workflow="genomfor")
    assert forge.job(run, {}, environment="genomfør").token
    assert forge.world.environments["genomfør"].reviewers == []


def test_a_job_waits_for_one_of_the_reviewers_and_for_the_timer(forge: Forge) -> None:
    forge.plan("enterprise")
    forge.environment("genomfor", reviewers=["team:radet"], prevent_self_review=True, wait_minutes=10)
    run = forge.run("push", actor="cia", workflow="genomfor")
    with pytest.raises(NotAllowedError, match="waiting for a review"):
        forge.job(run, {}, environment="genomfor")
    for login in ("bo", "cia"):
        with pytest.raises(NotAllowedError, match=f"{login} may not approve"):
            forge.approve_deployment(run, "genomfor", login)
    forge.approve_deployment(run, "genomfor", "eva")
    with pytest.raises(NotAllowedError, match="timer"):
        forge.job(run, {}, environment="genomfor")
    forge.clock.tick(minutes=10)
    assert forge.job(run, {}, environment="genomfor").token
    forge.rerun(run, "bo")
    with pytest.raises(NotAllowedError, match="waiting for a review"):
        forge.job(run, {}, environment="genomfor")


@pytest.mark.parametrize("plan", ["free", "team"])
def test_reviewers_of_a_private_repository_are_enterprises(forge: Forge, plan: Any) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22."""
    forge.plan(plan)
    with pytest.raises(ValueError, match="private repository"):
        forge.environment("genomfor", reviewers=["anna"])
    forge.plan(plan, "public")
    assert forge.environment("genomfor", reviewers=["anna"]).reviewers == ["anna"]


def test_a_free_private_repository_has_neither_environments_nor_rules(forge: Forge) -> None:
    forge.plan("free")
    with pytest.raises(ValueError, match="private repository"):
        forge.environment("genomfor")
    forge.protect("main")
    api = client(forge, forge.app_token({"administration": "read"}))
    assert api.get("/branches/main/protection").status_code == 403
    assert api.get("/rulesets").status_code == 403
    assert api.get("/rules/branches/main").json() == []


NEW = "repo:granby-kommun@4200001/skolenheter@9300007"
OLD = "repo:granby-kommun/skolenheter"


@pytest.mark.parametrize(("immutable", "prefix"), [(True, NEW), (False, OLD)])
@pytest.mark.parametrize(
    ("event", "environment", "rest"),
    [
        ("push", None, "ref:refs/heads/main"),
        ("push", "genomfor", "environment:genomfor"),
        ("push", "a:b", "environment:a%3Ab"),
        ("pull_request", None, "pull_request"),
        ("pull_request", "plan", "environment:plan"),
        ("pull_request_target", None, "ref:refs/heads/main"),
    ],
)
def test_the_subject_in_both_forms(
    forge: Forge, pull: Pull, immutable: bool, prefix: str, event: str, environment: str | None, rest: str
) -> None:
    """https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims, 2026-11-22."""
    forge.settings.immutable_subject = immutable
    run = forge.run(event, actor="bo", workflow="plan", pull=pull if "pull" in event else None)
    assert identity(forge, forge.job(run, OIDC, environment=environment))["sub"] == f"{prefix}:{rest}"
    api = client(forge, forge.app_token({"actions": "read"}))
    told = api.get("/actions/oidc/customization/sub").json()
    assert told == {"use_default": True, "use_immutable_subject": immutable, "sub_claim_prefix": prefix}


def test_the_claims(forge: Forge) -> None:
    """Names and forms as in the example of https://docs.github.com/en/actions/concepts/security/openid-connect, 2026-11-22."""
    run = forge.run("push", actor="bo", workflow="genomfor")
    claims = identity(forge, forge.job(run, OIDC, environment="genomfor"), "https://iam.example.se")
    now = int(forge.clock.now.timestamp())
    assert (claims["iss"], claims["aud"]) == ("https://token.actions.githubusercontent.com", "https://iam.example.se")
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (now, now - 600, now + 300)
    assert (claims["repository_id"], claims["repository_owner_id"]) == ("9300007", "4200001")
    assert claims["repository_visibility"] == "private"
    assert claims["job_workflow_ref"] == "granby-kommun/skolenheter/.github/workflows/genomfor.yml@refs/heads/main"
    assert (claims["sha"], claims["ref"], claims["event_name"]) == (forge.head(), "refs/heads/main", "push")
    assert (claims["run_id"], claims["run_attempt"], claims["environment"]) == (str(run.id), "1", "genomfor")


def test_without_an_audience_it_is_the_owners_address(forge: Forge) -> None:
    job = forge.job(forge.run("push", actor="bo", workflow="genomfor"), OIDC)
    assert identity(forge, job)["aud"] == "https://github.com/granby-kommun"


@pytest.mark.parametrize("permissions", [{}, {"id-token": "read"}, {"contents": "write"}])
def test_no_identity_without_the_permission(forge: Forge, permissions: dict[str, str]) -> None:
    job = forge.job(forge.run("push", actor="bo", workflow="genomfor"), permissions)
    assert "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in job.environ
    api = client(forge, None, "")
    refused = api.get("/_oidc/idtoken?api-version=2.0", headers={"Authorization": f"bearer request-{job.token}"})
    assert refused.status_code == 401


def test_no_identity_when_the_job_is_over(forge: Forge) -> None:
    run = forge.run("push", actor="bo", workflow="genomfor")
    job = forge.job(run, OIDC)
    forge.finish(run)
    headers = {"Authorization": f"bearer {job.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    assert client(forge, None, "").get("/_oidc/idtoken?api-version=2.0", headers=headers).status_code == 401


def test_the_identity_endpoint_is_on_the_socket_too(forge: Forge) -> None:
    address = forge.serve()
    job = forge.job(forge.run("push", actor="bo", workflow="genomfor"), OIDC)
    url = job.environ["ACTIONS_ID_TOKEN_REQUEST_URL"]
    assert url.startswith(address)
    told = httpx.get(f"{address}/_oidc/.well-known/openid-configuration").json()
    assert told["jwks_uri"] == f"{address}/_oidc/.well-known/jwks"


def test_what_a_jobs_token_does_starts_nothing(forge: Forge, pull: Pull) -> None:
    """https://docs.github.com/en/actions/concepts/security/github_token, 2026-11-22."""
    api = client(forge, forge.token({"contents": "write", "issues": "write"}, actor="bo"))
    api.post("/git/refs", json={"ref": "refs/heads/ny", "sha": forge.head()})
    assert (forge.events[-1].name, forge.events[-1].starts_runs) == ("push", False)
    app = client(forge, forge.app_token({"contents": "write"}))
    app.post("/git/refs", json={"ref": "refs/heads/nyare", "sha": forge.head()})
    assert (forge.events[-1].name, forge.events[-1].starts_runs) == ("push", True)


def published(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(extract.EVENTS.read_text("utf-8"))["events"][name]
    return found


@pytest.mark.parametrize("name", ["pull_request.opened", "pull_request.synchronize", "pull_request.closed", "push"])
def test_events_have_what_github_published(forge: Forge, pull: Pull, name: str) -> None:
    """Every member of the published example is there, of the same kind: https://github.com/octokit/webhooks, 7.6.1."""
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: M\n"})
    forge.merge(pull, "anna")
    event, _, action = name.partition(".")
    told = next(each for each in forge.events if each.name == event and (each.action or "") == action)
    assert missing(published(name), told.payload, name) == []


def test_a_run_by_hand_has_what_github_published(forge: Forge) -> None:
    payload = forge.run("workflow_dispatch", actor="bo", workflow="genomfor").payload
    assert missing(published("workflow_dispatch"), payload, "workflow_dispatch") == []


IGNORED = {
    "master_branch",  # older names of things that newer payloads have in other ones
    "stargazers",
    "organization",
    "installation",
    "inputs",
    "custom_properties",  # an organisation's own; GitHub's description has them on some of its repositories only
}


def missing(example: Any, ours: Any, place: str) -> list[str]:
    """Members of the example that ours lacks or that are of another kind, all the way down."""
    if isinstance(example, dict) and isinstance(ours, dict):
        absent = [f"{place}/{name}" for name in example if name not in ours and name not in IGNORED]
        deeper = [name for name in example if name in ours]
        return absent + [each for name in deeper for each in missing(example[name], ours[name], f"{place}/{name}")]
    kind = extract.shape(ours)
    same = "null" in (example, kind) or type(example) is type(kind) is not str or example == kind
    return [] if same else [f"{place}: {example}, not {kind}"]


def test_a_job_in_an_environment_is_a_deployment_that_nobody_asked_for(forge: Forge) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22."""
    run = forge.run("push", actor="bo", workflow="genomfor")
    job = forge.job(run, {"deployments": "write"}, environment="google")
    api = client(forge, job.token)
    api.post("/deployments", json={"ref": "main", "environment": "google", "task": "ours", "required_contexts": []})
    found = api.get("/deployments?environment=google").json()
    assert [(each["task"], each["creator"]["login"]) for each in found] == [
        ("ours", "github-actions[bot]"),
        ("deploy", "github-actions[bot]"),
    ]
    forge.finish(run, "failure")
    reader = client(forge, forge.token({"deployments": "read"}, actor="bo"))
    states = [reader.get(f"/deployments/{each['id']}/statuses").json() for each in found]
    assert [[each["state"] for each in of] for of in states] == [[], ["failure", "in_progress"]]


def test_a_success_retires_the_one_before_it(forge: Forge) -> None:
    """https://docs.github.com/en/rest/deployments/deployments#inactive-deployments, 2026-11-22."""
    api = client(forge, forge.token({"deployments": "write"}, actor="bo"))
    body = {"ref": "main", "environment": "google", "required_contexts": []}
    first, second = (api.post("/deployments", json=body).json()["id"] for _ in range(2))
    for number in (first, second):
        assert api.post(f"/deployments/{number}/statuses", json={"state": "success"}).status_code == 201
    states = [each["state"] for each in api.get(f"/deployments/{first}/statuses").json()]
    assert states == ["inactive", "success"]


def test_a_deployment_waits_for_the_commits_statuses_unless_told_not_to(forge: Forge) -> None:
    """https://docs.github.com/en/rest/deployments/deployments#create-a-deployment, 2026-11-22: 409."""
    api = client(forge, forge.token({"deployments": "write", "statuses": "write"}, actor="bo"))
    api.post(f"/statuses/{forge.head()}", json={"state": "failure", "context": "plan"})
    refused = api.post("/deployments", json={"ref": "main"})
    assert (refused.status_code, refused.json()["message"]) == (
        409,
        "Conflict: Commit status checks failed for main.",
    )
    assert api.post("/deployments", json={"ref": "main", "required_contexts": []}).status_code == 201


def test_a_deployment_statuss_description_has_140_characters(forge: Forge) -> None:
    api = client(forge, forge.token({"deployments": "write"}, actor="bo"))
    number = api.post("/deployments", json={"ref": "main", "required_contexts": []}).json()["id"]
    at = f"/deployments/{number}/statuses"
    assert api.post(at, json={"state": "success", "description": "x" * 140}).status_code == 201
    assert api.post(at, json={"state": "success", "description": "x" * 141}).status_code == 422
