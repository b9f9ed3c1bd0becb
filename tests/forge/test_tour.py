"""Every operation once, by somebody who may: each answer is held against GitHub's description on its way out."""

from base64 import b64encode

import httpx

from tests.forge.clients import REPOSITORY, client
from tests.forge.forge import Forge
from tests.forge.permissions import NEEDED

ALL = {
    "actions": "write",
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "environments": "write",
    "issues": "write",
    "members": "read",
    "organization_administration": "read",
    "pull_requests": "write",
    "statuses": "write",
}


def ok(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code < 300, answer.text
    return answer


def test_every_operation_answers_as_described(forge: Forge) -> None:
    api = client(forge, forge.app_token(ALL))
    organisation = client(forge, forge.app_token(ALL), "/orgs/granby-kommun")
    forge.protect("main")
    forge.environment("genomfor", branches=["main"], secrets={"NYCKEL": "x"}, variables={"SKOLA": "norr"})
    _of_git(api, forge)
    _of_pulls(api, forge)
    _of_issues(api)
    _of_deployments(api)
    _of_runs(api, forge)
    _of_rules(api, organisation, forge)
    assert {each.operation for each in forge.world.log} == set(NEEDED)


def _of_git(api: httpx.Client, forge: Forge) -> None:
    head = forge.head()
    blob = ok(api.post("/git/blobs", json={"content": "hej"})).json()["sha"]
    assert ok(api.get(f"/git/blobs/{blob}")).json()["content"] == b64encode(b"hej").decode() + "\n"
    entry = {"path": "ny.txt", "mode": "100644", "type": "blob", "sha": blob}
    tree = ok(api.post("/git/trees", json={"base_tree": head, "tree": [entry]})).json()
    assert [each["path"] for each in tree["tree"]] == ["README.md", "ny.txt", "schools"]
    ok(api.get(f"/git/trees/{tree['sha']}?recursive=1"))
    body = {"message": "Ny", "tree": tree["sha"], "parents": [head]}
    commit = ok(api.post("/git/commits", json=body)).json()["sha"]
    assert ok(api.get(f"/git/commits/{commit}")).json()["parents"][0]["sha"] == head
    tag = ok(api.post("/git/tags", json={"tag": "v1", "message": "Ett", "object": commit, "type": "commit"})).json()
    assert ok(api.get(f"/git/tags/{tag['sha']}")).json()["object"]["sha"] == commit
    ok(api.post("/git/refs", json={"ref": "refs/heads/ny", "sha": head}))
    ok(api.patch("/git/refs/heads/ny", json={"sha": commit}))
    assert ok(api.get("/git/ref/heads/ny")).json()["object"]["sha"] == commit
    assert [each["ref"] for each in ok(api.get("/git/matching-refs/heads/n")).json()] == ["refs/heads/ny"]
    ok(api.delete("/git/refs/heads/ny"))
    assert [each["name"] for each in ok(api.get("/branches")).json()] == ["main"]
    assert ok(api.get("/branches/main")).json()["commit"]["sha"] == head
    assert [each["sha"] for each in ok(api.get("/commits")).json()] == [head]
    assert ok(api.get("/commits/main")).json()["files"][0]["status"] == "added"
    assert ok(api.get("/activity?ref=refs/heads/main")).json()[0]["after"] == head
    forge.commit("bo", "fil", {})
    content = {"message": "Fil", "content": b64encode(b"a: 1\n").decode(), "branch": "fil"}
    assert ok(api.put("/contents/exceptions/a.yaml", json=content)).status_code == 201
    assert ok(api.get("/contents/exceptions/a.yaml?ref=fil")).json()["size"] == 5
    assert [each["name"] for each in ok(api.get("/contents/exceptions?ref=fil")).json()] == ["a.yaml"]


def _of_pulls(api: httpx.Client, forge: Forge) -> None:
    forge.settings.required_approvals = 0
    forge.commit("bo", "gren", {"schools/norr.yaml": "id: norr\nname: Norr\n"})
    number = ok(api.post("/pulls", json={"title": "Norr", "head": "gren", "base": "main"})).json()["number"]
    at = f"/pulls/{number}"
    assert ok(api.patch(at, json={"title": "Norrskolan"})).json()["title"] == "Norrskolan"
    assert [each["number"] for each in ok(api.get("/pulls")).json()] == [number]
    assert ok(api.get(f"{at}/files")).json()[0]["filename"] == "schools/norr.yaml"
    assert len(ok(api.get(f"{at}/commits")).json()) == 1
    assert ok(api.get("/compare/main...gren")).json()["ahead_by"] == 1
    review = ok(api.post(f"{at}/reviews", json={"event": "COMMENT", "body": "Ser bra ut"})).json()
    assert ok(api.get(f"{at}/reviews/{review['id']}")).json()["state"] == "COMMENTED"
    forge.review(forge.world.pulls[number], "anna")
    listed = ok(api.get(f"{at}/reviews")).json()
    assert [each["state"] for each in listed] == ["COMMENTED", "APPROVED"]
    dismissed = ok(api.put(f"{at}/reviews/{listed[1]['id']}/dismissals", json={"message": "Gammal"}))
    assert dismissed.json()["state"] == "DISMISSED"
    ok(api.put(f"{at}/merge", json={"merge_method": "squash"}))
    assert api.get(f"{at}/merge").status_code == 204
    merged = ok(api.get(at)).json()
    assert merged["merge_commit_sha"] == forge.head()
    assert [each["number"] for each in ok(api.get(f"/commits/{forge.head()}/pulls")).json()] == [number]


def _of_issues(api: httpx.Client) -> None:
    ok(api.post("/labels", json={"name": "avvikelse", "color": "d93f0b"}))
    assert ok(api.get("/labels/avvikelse")).json()["color"] == "d93f0b"
    number = ok(api.post("/issues", json={"title": "Avvikelse: google", "labels": ["avvikelse"]})).json()["number"]
    at = f"/issues/{number}"
    comment = ok(api.post(f"{at}/comments", json={"body": "Tre ändringar"})).json()["id"]
    ok(api.patch(f"/issues/comments/{comment}", json={"body": "Två ändringar"}))
    assert ok(api.get(f"/issues/comments/{comment}")).json()["body"] == "Två ändringar"
    assert len(ok(api.get(f"{at}/comments")).json()) == 1
    assert len(ok(api.get("/issues/comments")).json()) == 1
    assert ok(api.delete(f"/issues/comments/{comment}")).status_code == 204
    assert [each["name"] for each in ok(api.post(f"{at}/labels", json={"labels": ["google"]})).json()] == [
        "avvikelse",
        "google",
    ]
    ok(api.put(f"{at}/labels", json={"labels": ["google"]}))
    assert [each["name"] for each in ok(api.get(f"{at}/labels")).json()] == ["google"]
    assert ok(api.delete(f"{at}/labels/google")).json() == []
    assert ok(api.get("/labels")).json()[0]["name"] == "avvikelse"
    closed = ok(api.patch(at, json={"state": "closed", "state_reason": "completed"})).json()
    assert closed["closed_at"] == "2026-11-23T08:00:00Z"
    assert ok(api.get(at)).json()["state"] == "closed"
    assert ok(api.get("/issues?state=open")).json() == []


def _of_deployments(api: httpx.Client) -> None:
    body = {"ref": "main", "environment": "google", "payload": {"plan": "abc"}, "required_contexts": []}
    made = ok(api.post("/deployments", json=body)).json()
    at = f"/deployments/{made['id']}"
    status = ok(api.post(f"{at}/statuses", json={"state": "in_progress", "description": "12 ändringar"})).json()
    assert ok(api.get(f"{at}/statuses/{status['id']}")).json()["description"] == "12 ändringar"
    assert [each["state"] for each in ok(api.get(f"{at}/statuses")).json()] == ["in_progress"]
    assert ok(api.get(at)).json()["payload"] == {"plan": "abc"}
    assert len(ok(api.get("/deployments?environment=google")).json()) == 1
    assert ok(api.get("/environments")).json()["environments"][0]["name"] == "genomfor"
    assert ok(api.get("/environments/genomfor")).json()["deployment_branch_policy"]["custom_branch_policies"] is True
    policies = ok(api.get("/environments/genomfor/deployment-branch-policies")).json()
    assert [each["name"] for each in policies["branch_policies"]] == ["main"]
    assert ok(api.get("/environments/genomfor/secrets")).json()["secrets"][0]["name"] == "NYCKEL"
    assert ok(api.get("/environments/genomfor/variables")).json()["variables"][0]["value"] == "norr"


def _of_runs(api: httpx.Client, forge: Forge) -> None:
    forge.plan("enterprise")
    forge.environment("provad", reviewers=["anna", "team:it"])
    run = forge.run("push", actor="bo", workflow="genomfor")
    at = f"/actions/runs/{run.id}"
    waiting = ok(api.get(f"{at}/pending_deployments")).json()
    assert [each["type"] for each in waiting[0]["reviewers"]] == ["User", "Team"]
    forge.approve_deployment(run, "provad", "anna")
    assert ok(api.get(f"{at}/approvals")).json()[0]["user"]["login"] == "anna"
    assert ok(api.get(at)).json()["head_sha"] == forge.head()
    assert ok(api.get("/actions/runs?event=push")).json()["total_count"] == 1
    annotation = {
        "path": "schools/norr.yaml",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "failure",
        "message": "x",
    }
    output = {"title": "Validera", "summary": "1 fel", "annotations": [annotation]}
    check = ok(api.post("/check-runs", json={"name": "validera", "head_sha": forge.head(), "output": output})).json()
    ok(api.patch(f"/check-runs/{check['id']}", json={"conclusion": "failure"}))
    assert ok(api.get(f"/check-runs/{check['id']}")).json()["status"] == "completed"
    assert ok(api.get(f"/check-runs/{check['id']}/annotations")).json()[0]["message"] == "x"
    assert ok(api.get("/commits/main/check-runs")).json()["check_runs"][0]["conclusion"] == "failure"
    ok(api.post(f"/statuses/{forge.head()}", json={"state": "success", "context": "plan"}))
    assert ok(api.get("/commits/main/status")).json()["state"] == "success"


def _of_rules(api: httpx.Client, organisation: httpx.Client, forge: Forge) -> None:
    assert ok(api.get(f"http://forge.test{REPOSITORY}")).json()["visibility"] == "private"
    rules = {each["type"]: each for each in ok(api.get("/rules/branches/main")).json()}
    assert rules["pull_request"]["parameters"]["dismiss_stale_reviews_on_push"] is True
    number = ok(api.get("/rulesets")).json()[0]["id"]
    assert ok(api.get(f"/rulesets/{number}")).json()["conditions"]["ref_name"]["include"] == ["refs/heads/main"]
    forge.settings.pull_request_rule = "classic"
    protection = ok(api.get("/branches/main/protection")).json()
    assert protection["required_pull_request_reviews"]["dismiss_stale_reviews"] is True
    assert ok(api.get("/collaborators/cia/permission")).json()["permission"] == "read"
    assert ok(api.get("/actions/permissions")).json()["enabled"] is True
    assert ok(api.get("/actions/permissions/workflow")).json()["default_workflow_permissions"] == "read"
    assert ok(api.get("/actions/oidc/customization/sub")).json()["use_immutable_subject"] is True
    forge.commit("anna", "main", {".github/CODEOWNERS": "* @bo\nschools/ @granby-kommun/radet\n"})
    errors = ok(api.get("/codeowners/errors")).json()["errors"]
    assert [(each["line"], each["kind"]) for each in errors] == [(2, "Unknown owner")]
    assert ok(organisation.get("http://forge.test/orgs/granby-kommun")).json()["plan"]["name"] == "enterprise"
    assert ok(organisation.get("/memberships/bo")).json()["role"] == "member"
    assert [each["slug"] for each in ok(organisation.get("/teams")).json()] == ["it", "radet"]
    assert ok(organisation.get("/teams/it")).json()["members_count"] == 2
    assert [each["login"] for each in ok(organisation.get("/teams/radet/members")).json()] == ["cia", "eva"]
    assert ok(organisation.get("/teams/radet/memberships/cia")).json()["state"] == "active"
    root = client(forge, forge.personal_token("bo", {"contents": "read"}), "")
    assert ok(root.get("/user")).json()["login"] == "bo"
    assert ok(root.get("/rate_limit")).json()["resources"]["core"]["limit"] == 5000
