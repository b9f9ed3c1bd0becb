"""Who may what: exactly what the workflow's `permissions:` say, and 403 beyond."""

import pytest

from tests.forge.clients import REPOSITORY, client
from tests.forge.forge import Forge

INTEGRATION = "Resource not accessible by integration"
EVERYTHING = dict.fromkeys(
    [
        "actions",
        "attestations",
        "checks",
        "contents",
        "deployments",
        "discussions",
        "id-token",
        "issues",
        "packages",
        "pages",
        "pull-requests",
        "security-events",
        "statuses",
    ],
    "write",
)


def test_without_a_token_a_private_repository_does_not_exist(forge: Forge) -> None:
    api = client(forge, None)
    assert api.get("/pulls").status_code == 404
    forge.plan("free", "public")
    assert api.get("/pulls").status_code == 200
    assert api.post("/issues", json={"title": "x"}).status_code == 401


def test_somebody_without_access_does_not_see_it_either(forge: Forge) -> None:
    api = client(forge, forge.personal_token("utomstaende", {"contents": "read"}))
    assert api.get("/branches").status_code == 404


def test_another_repository_is_not_found(forge: Forge) -> None:
    token = forge.token({"contents": "read"}, actor="bo")
    assert client(forge, token, "/repos/granby-kommun/annat").get("/branches").status_code == 404


@pytest.mark.parametrize("token", ["ghs_okand", "", "ghs_" + "0" * 40])
def test_an_unknown_token_is_401(forge: Forge, token: str) -> None:
    api = client(forge, None)
    refused = api.get("/pulls", headers={"Authorization": f"Bearer {token}"})
    assert (refused.status_code, refused.json()["message"]) == (401, "Bad credentials")


def test_a_token_ends_with_its_run_or_after_a_day(forge: Forge) -> None:
    run = forge.run("push", actor="bo", workflow="genomfor")
    job = forge.job(run, {"contents": "read"})
    api = client(forge, job.token)
    assert api.get("/branches").status_code == 200
    forge.clock.tick(hours=24)
    assert api.get("/branches").status_code == 401
    again = forge.job(run, {"contents": "read"})
    forge.finish(run)
    assert client(forge, again.token).get("/branches").status_code == 401


@pytest.mark.parametrize(
    ("verb", "path", "body", "needs"),
    [
        ("GET", "/branches", None, {"contents": "read"}),
        ("GET", "/pulls", None, {"pull-requests": "read"}),
        ("GET", "/pulls/1/reviews", None, {"pull-requests": "read"}),
        ("GET", "/issues", None, {"issues": "read"}),
        ("POST", "/issues", {"title": "Avvikelse"}, {"issues": "write"}),
        ("POST", "/issues/1/comments", {"body": "hej"}, {"pull-requests": "write"}),
        ("POST", "/issues/1/comments", {"body": "hej"}, {"issues": "write"}),
        ("POST", "/git/refs", {"ref": "refs/x/y", "sha": "HEAD"}, {"contents": "write"}),
        ("GET", "/deployments", None, {"deployments": "read"}),
        ("POST", "/deployments", {"ref": "main", "required_contexts": []}, {"deployments": "write"}),
        ("GET", "/environments", None, {"actions": "read"}),
        ("POST", "/check-runs", {"name": "a", "head_sha": "HEAD"}, {"checks": "write"}),
        ("POST", "/statuses/HEAD", {"state": "success"}, {"statuses": "write"}),
        ("GET", "/actions/runs", None, {"actions": "read"}),
        ("GET", "/rules/branches/main", None, {}),
    ],
)
def test_what_each_thing_needs_and_nothing_less(
    forge: Forge, verb: str, path: str, body: dict[str, str] | None, needs: dict[str, str]
) -> None:
    forge.commit("bo", "gren", {"a": "b\n"})
    forge.open_pull("bo", "gren")
    forge.settings.hourly = 10_000
    head = forge.head()
    path = path.replace("HEAD", head)
    sent = {name: head if value == "HEAD" else value for name, value in body.items()} if body else None
    enough = client(forge, forge.token(needs, actor="bo"))
    assert enough.request(verb, path, json=sent).status_code in (200, 201)
    for name, level in needs.items():
        lowered = {"write": "read", "read": "none"}[level]
        refused = client(forge, forge.token({name: lowered}, actor="bo")).request(verb, path, json=sent)
        assert (refused.status_code, refused.json()["message"]) == (403, INTEGRATION)
        others = {other: each for other, each in EVERYTHING.items() if other not in (name, "issues", "pull-requests")}
        assert client(forge, forge.token(others, actor="bo")).request(verb, path, json=sent).status_code == 403


def test_the_answer_says_what_would_have_been_enough(forge: Forge) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permission-errors, 2026-11-22."""
    refused = client(forge, forge.token({}, actor="bo")).get("/pulls")
    assert refused.headers["x-accepted-github-permissions"] == "pull_requests=read"


def test_a_pull_requests_permission_is_not_enough_for_an_issue(forge: Forge) -> None:
    forge.commit("bo", "gren", {"a": "b\n"})
    forge.open_pull("bo", "gren")
    number = client(forge, forge.app_token({"issues": "write"})).post("/issues", json={"title": "x"}).json()["number"]
    api = client(forge, forge.token({"pull-requests": "write"}, actor="bo"))
    assert api.post("/issues/1/comments", json={"body": "hej"}).status_code == 201
    assert api.post(f"/issues/{number}/comments", json={"body": "hej"}).status_code == 403


@pytest.mark.parametrize(
    "path", ["/orgs/granby-kommun/teams/it/members", "/orgs/granby-kommun/teams/it/memberships/bo"]
)
def test_no_jobs_token_reads_teams(forge: Forge, path: str) -> None:
    """`members` is not among a workflow's permissions: an app's token, or a person's, has to be used."""
    job = client(forge, forge.token(EVERYTHING, actor="bo"), "")
    refused = job.get(path)
    assert (refused.status_code, refused.json()["message"]) == (403, INTEGRATION)
    assert client(forge, forge.app_token({"members": "read"}), "").get(path).status_code == 200
    forge.plan("free", "public")
    assert job.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/branches/main/protection", "/environments/x/secrets", "/actions/permissions"])
def test_no_jobs_token_reads_settings(forge: Forge, path: str) -> None:
    assert client(forge, forge.token(EVERYTHING, actor="bo")).get(path).status_code == 403


def test_no_jobs_token_says_who_it_is(forge: Forge) -> None:
    assert client(forge, forge.token(EVERYTHING, actor="bo"), "").get("/user").status_code == 403


def test_a_permission_that_workflows_do_not_have_cannot_be_written(forge: Forge) -> None:
    with pytest.raises(ValueError, match="members"):
        forge.token({"members": "read"}, actor="bo")


def test_a_forks_pull_request_only_reads(forge: Forge) -> None:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflows-in-forked-repositories, 2026-11-22."""
    forge.world.secrets["NYCKEL"] = "hemlig"
    forge.fork("utomstaende")
    forge.commit_to_fork("utomstaende", "main", {"a": "b\n"})
    pull = forge.open_pull("utomstaende", "main", fork=True)
    run = forge.run("pull_request", actor="utomstaende", workflow="plan", pull=pull)
    job = forge.job(run, {"pull-requests": "write", "contents": "write", "id-token": "write"})
    api = client(forge, job.token)
    assert api.get("/pulls/1").status_code == 200
    assert api.post("/issues/1/comments", json={"body": "hej"}).status_code == 403
    assert "ACTIONS_ID_TOKEN_REQUEST_URL" not in job.environ
    assert job.secrets == {"GITHUB_TOKEN": job.token}


def test_a_jobs_token_opens_pull_requests_only_where_the_owner_allows_it(forge: Forge) -> None:
    """https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository, 2026-11-22."""
    forge.commit("bo", "gren", {"a": "b\n"})
    api = client(forge, forge.token({"pull-requests": "write"}, actor="bo"))
    body = {"title": "Godkännande", "head": "gren", "base": "main"}
    refused = api.post("/pulls", json=body)
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "GitHub Actions is not permitted to create or approve pull requests.",
    )
    forge.settings.actions_may_create_pulls = True
    assert api.post("/pulls", json=body).json()["user"]["login"] == "github-actions[bot]"
    assert forge.events[-1].starts_runs is False


def test_names_of_the_repository_are_the_same_in_any_case(forge: Forge) -> None:
    token = forge.token({"contents": "read"}, actor="bo")
    assert client(forge, token, REPOSITORY.upper().replace("/REPOS", "/repos")).get("/branches").status_code == 200


def test_a_person_may_no_more_than_they_may(forge: Forge) -> None:
    api = client(forge, forge.personal_token("cia", {"contents": "write", "issues": "write"}))
    refused = api.post("/git/refs", json={"ref": "refs/x/y", "sha": forge.head()})
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Resource not accessible by personal access token",
    )
    assert api.post("/issues", json={"title": "Fråga"}).json()["user"]["login"] == "cia"


def test_the_log_has_no_tokens(forge: Forge) -> None:
    token = forge.token({"contents": "read"}, actor="bo")
    client(forge, token).get("/branches")
    assert forge.world.log[-1].actor == "github-actions[bot]"
    assert token not in repr(forge.world.log)
