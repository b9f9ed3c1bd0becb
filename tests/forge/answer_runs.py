"""Workflow runs, check runs and commit statuses."""

import zlib
from datetime import datetime
from typing import Any

from tests.forge import wire
from tests.forge.answer_commits import commit_named
from tests.forge.answer_deployments import reviewer, wire_environment
from tests.forge.answers import Answer, Call, answers, counted, listed, not_found, page_of, refused
from tests.forge.clock import written
from tests.forge.description import filled
from tests.forge.state import CheckRun, Pull, Run, Status, World

APP = 15368
"""GitHub's number for GitHub Actions as an app."""


def run_wire(world: World, each: Run) -> dict[str, Any]:
    """`workflow-run`."""
    at = wire.api(world, f"/actions/runs/{each.id}")
    commit = world.git.commit(each.head)
    people = {"author": commit.author, "committer": commit.committer}
    pull = world.pulls.get(each.pull) if each.pull else None
    known = {
        "id": each.id,
        "node_id": wire.node_id("WFR", each.id),
        "name": each.workflow,
        "path": f".github/workflows/{each.workflow}.yml",
        "workflow_id": zlib.crc32(each.workflow.encode()),
        "head_branch": each.branch,
        "head_sha": pull.head if pull and each.event == "pull_request" else each.head,
        "run_number": each.number,
        "run_attempt": each.attempt,
        "event": each.event,
        "display_title": commit.message.splitlines()[0] if commit.message else "",
        "status": each.status,
        "conclusion": each.conclusion,
        "url": at,
        "html_url": wire.html(world, f"/actions/runs/{each.id}"),
        "created_at": written(each.at),
        "updated_at": written(world.clock.now),
        "run_started_at": written(each.at),
        "actor": wire.user(world, each.actor),
        "triggering_actor": wire.user(world, each.triggering_actor or each.actor),
        "head_commit": {
            "id": each.head,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": commit.author.when,
            **{role: {"name": who.name, "email": who.email} for role, who in people.items()},
        },
        "repository": wire.repository(world, schema="minimal-repository"),
        "head_repository": wire.repository(world, schema="minimal-repository"),
        # A fork's pull request is not told here, which GitHub's description leaves open and its users learn.
        "pull_requests": [_pull_minimal(world, pull)] if pull and pull.owner == world.organisation else [],
    }
    known |= {f"{part}_url": f"{at}/{part}" for part in ("jobs", "logs", "cancel", "rerun", "artifacts")}
    return filled("workflow-run", known)


def _pull_minimal(world: World, pull: Pull) -> dict[str, Any]:
    repo = {"id": world.repository_id, "name": world.name, "url": wire.api(world)}
    return {
        "id": pull.id,
        "number": pull.number,
        "url": wire.api(world, f"/pulls/{pull.number}"),
        "head": {"ref": pull.branch, "sha": pull.head, "repo": repo},
        "base": {"ref": pull.base, "sha": pull.base_sha, "repo": repo},
    }


@answers("actions/list-workflow-runs-for-repo")
def list_runs(call: Call) -> Answer:
    """Newest first; filtered as the description lists."""
    found = sorted(call.world.runs.values(), key=lambda each: each.id, reverse=True)
    for name, of in {"event": "event", "actor": "actor", "branch": "branch", "head_sha": "head"}.items():
        if name in call.query:
            found = [each for each in found if getattr(each, of) == call.query[name]]
    if status := call.query.get("status"):
        found = [each for each in found if status in (each.status, each.conclusion)]
    return counted(call, "workflow_runs", found, lambda each: run_wire(call.world, each))


def _run_of(call: Call) -> Run:
    if found := call.world.runs.get(call.number("run_id")):
        return found
    raise not_found()


@answers("actions/get-workflow-run")
def get_run(call: Call) -> Answer:
    return Answer(body=run_wire(call.world, _run_of(call)))


@answers("actions/get-pending-deployments-for-run")
def pending_deployments(call: Call) -> Answer:
    """Environments whose reviewers haven't let this run in."""
    run, world = _run_of(call), call.world
    waiting = [each for each in world.environments.values() if each.reviewers and each.name not in run.approved]
    body = []
    for each in waiting:
        whole = wire_environment(world, each)
        environment = {name: whole[name] for name in ("id", "node_id", "name", "url", "html_url")}
        allowed = call.token is not None and call.token.login in each.reviewers
        body.append(
            {
                "environment": environment,
                "wait_timer": each.wait_minutes,
                "wait_timer_started_at": None,
                "current_user_can_approve": allowed,
                "reviewers": [reviewer(world, name) for name in each.reviewers],
            }
        )
    return Answer(body=body)


@answers("actions/get-reviews-for-run")
def run_reviews(call: Call) -> Answer:
    """Who let the run into which environment."""
    world, body = call.world, []
    for name, (login, _) in _run_of(call).approved.items():
        whole = wire_environment(world, world.environments[name])
        kept = ("id", "node_id", "name", "url", "html_url", "created_at", "updated_at")
        environment = {key: whole[key] for key in kept}
        body.append(
            {"state": "approved", "comment": "", "user": wire.user(world, login), "environments": [environment]}
        )
    return Answer(body=body)


def _check_wire(world: World, each: CheckRun) -> dict[str, Any]:
    at = wire.api(world, f"/check-runs/{each.id}")
    output = {"title": None, "summary": None, "text": None, **each.output}
    annotations = {"annotations_count": len(each.annotations), "annotations_url": f"{at}/annotations"}
    known = {
        "id": each.id,
        "node_id": wire.node_id("CR", each.id),
        "name": each.name,
        "head_sha": each.head,
        "external_id": each.external_id,
        "url": at,
        "html_url": wire.html(world, f"/runs/{each.id}"),
        "details_url": each.details_url,
        "status": each.status,
        "conclusion": each.conclusion,
        "started_at": written(each.at),
        "completed_at": each.completed_at and written(each.completed_at),
        "output": output | annotations,
        "check_suite": {"id": APP},
        "pull_requests": [_pull_minimal(world, pull) for pull in world.pulls.values() if pull.head == each.head],
    }
    return filled("check-run", known)


@answers("checks/create")
def create_check(call: Call) -> Answer:
    """A conclusion makes it completed."""
    world, body = call.world, call.body
    if world.git.kind(str(body["head_sha"])) != "commit":
        raise refused(422, f"No commit found for SHA: {body['head_sha']}")
    output = dict(body.get("output") or {})
    each = CheckRun(
        id=world.new_id(),
        name=str(body["name"]),
        head=str(body["head_sha"]),
        status="completed" if "conclusion" in body else str(body.get("status", "queued")),
        conclusion=body.get("conclusion"),
        at=_moment(body.get("started_at"), world),
        completed_at=_moment(body.get("completed_at"), world) if "conclusion" in body else None,
        annotations=list(output.pop("annotations", [])),
        output=_without_images(output),
        external_id=str(body.get("external_id", "")),
        details_url=body.get("details_url"),
    )
    world.checks[each.id] = each
    wired = _check_wire(world, each)
    return Answer(status=201, body=wired, headers={"location": wired["url"]})


def _moment(text: str | None, world: World) -> datetime:
    return datetime.fromisoformat(text) if text else world.clock.now


def _without_images(output: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in output.items() if name != "images"}


def _check_of(call: Call) -> CheckRun:
    if found := call.world.checks.get(call.number("check_run_id")):
        return found
    raise not_found()


@answers("checks/get")
def get_check(call: Call) -> Answer:
    return Answer(body=_check_wire(call.world, _check_of(call)))


@answers("checks/update")
def update_check(call: Call) -> Answer:
    """Annotations are added to those that are there, fifty at a time; the rest is replaced."""
    each, body = _check_of(call), call.body
    output = dict(body.get("output") or {})
    each.annotations += output.pop("annotations", [])
    each.output |= _without_images(output)
    each.name, each.status = str(body.get("name", each.name)), str(body.get("status", each.status))
    if "conclusion" in body:
        each.status, each.conclusion = "completed", body["conclusion"]
        each.completed_at = _moment(body.get("completed_at"), call.world)
    return Answer(body=_check_wire(call.world, each))


@answers("checks/list-for-ref")
def list_checks(call: Call) -> Answer:
    """Per name the newest, unless `filter=all`."""
    sha = commit_named(call, call.path["ref"])
    found = [each for each in call.world.checks.values() if each.head == sha]
    if call.query.get("filter", "latest") == "latest":
        found = list({each.name: each for each in found}.values())
    if name := call.query.get("check_name"):
        found = [each for each in found if each.name == name]
    return counted(call, "check_runs", found[::-1], lambda each: _check_wire(call.world, each))


@answers("checks/list-annotations")
def list_annotations(call: Call) -> Answer:
    each = _check_of(call)
    return listed(call, each.annotations, lambda one: _annotation(call.world, each, one))


def _annotation(world: World, each: CheckRun, one: dict[str, Any]) -> dict[str, Any]:
    empty = {"start_column": None, "end_column": None, "title": None, "raw_details": None}
    return {**empty, **one, "blob_href": wire.html(world, f"/blob/{each.head}/{one['path']}")}


def _status_wire(world: World, each: Status, *, schema: str) -> dict[str, Any]:
    known = {
        "id": each.id,
        "node_id": wire.node_id("SC", each.id),
        "url": wire.api(world, f"/statuses/{each.sha}"),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{world.people[each.creator].id}?v=4",
        "state": each.state,
        "context": each.context,
        "description": each.description,
        "target_url": each.target_url,
        "created_at": written(each.at),
        "updated_at": written(each.at),
    }
    return filled(schema, known | ({"creator": wire.user(world, each.creator)} if schema == "status" else {}))


@answers("repos/create-commit-status")
def create_status(call: Call) -> Answer:
    sha = call.path["sha"]
    if call.world.git.kind(sha) != "commit":
        raise refused(422, f"No commit found for SHA: {sha}")
    made = Status(
        id=call.world.new_id(),
        sha=sha,
        state=str(call.body["state"]),
        context=str(call.body.get("context", "default")),
        description=call.body.get("description"),
        target_url=call.body.get("target_url"),
        creator=call.actor.login,
        at=call.world.clock.now,
    )
    call.world.statuses.append(made)
    return Answer(status=201, body=_status_wire(call.world, made, schema="status"))


@answers("repos/get-combined-status-for-ref")
def combined_status(call: Call) -> Answer:
    """`failure` if one failed, `pending` if one is or there are none, else `success`; check runs have no say here."""
    sha = commit_named(call, call.path["ref"])
    latest = list({each.context: each for each in call.world.statuses if each.sha == sha}.values())
    states = {each.state for each in latest}
    state = "failure" if states & {"error", "failure"} else "success" if states == {"success"} else "pending"
    page, headers = page_of(call, latest)
    body = {
        "state": state,
        "sha": sha,
        "total_count": len(latest),
        "statuses": [_status_wire(call.world, each, schema="simple-commit-status") for each in page],
        "repository": wire.repository(call.world, schema="minimal-repository"),
        "commit_url": wire.api(call.world, f"/commits/{sha}"),
        "url": wire.api(call.world, f"/commits/{sha}/status"),
    }
    return Answer(body=body, headers=headers)
