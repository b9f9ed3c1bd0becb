"""Deployments, their statuses, and environments."""

from typing import Any

from tests.forge import wire
from tests.forge.answers import Answer, Call, answers, counted, invalid, listed, not_found, refused
from tests.forge.clock import written
from tests.forge.deploying import add_status
from tests.forge.description import filled
from tests.forge.state import Deployment, DeploymentStatus, Environment, World


def _wire(world: World, each: Deployment) -> dict[str, Any]:
    at = wire.api(world, f"/deployments/{each.id}")
    changed = each.statuses[-1].at if each.statuses else each.at
    known = {
        "url": at,
        "id": each.id,
        "node_id": wire.node_id("DE", each.id),
        "sha": each.sha,
        "ref": each.ref,
        "task": each.task,
        "payload": each.payload,
        "original_environment": each.environment,
        "environment": each.environment,
        "description": each.description,
        "creator": wire.user(world, each.creator),
        "created_at": written(each.at),
        "updated_at": written(changed),
        "statuses_url": f"{at}/statuses",
        "repository_url": wire.api(world),
        "transient_environment": each.transient,
        "production_environment": each.production,
    }
    return filled("deployment", known)


def _wire_status(world: World, deployment: Deployment, each: DeploymentStatus) -> dict[str, Any]:
    at = wire.api(world, f"/deployments/{deployment.id}")
    known = {
        "url": f"{at}/statuses/{each.id}",
        "id": each.id,
        "node_id": wire.node_id("DES", each.id),
        "state": each.state,
        "creator": wire.user(world, each.creator),
        "description": each.description,
        "environment": each.environment,
        "target_url": each.log_url,
        "log_url": each.log_url,
        "environment_url": each.environment_url,
        "created_at": written(each.at),
        "updated_at": written(each.at),
        "deployment_url": at,
        "repository_url": wire.api(world),
    }
    return filled("deployment-status", known)


@answers("repos/list-deployments")
def list_deployments(call: Call) -> Answer:
    """Newest first; filtered by `sha`, `ref`, `task`, `environment`."""
    found = list(reversed(call.world.deployments.values()))
    for name in ("sha", "ref", "task", "environment"):
        wanted = call.query.get(name, "none")
        if wanted != "none":
            found = [each for each in found if getattr(each, name) == wanted]
    return listed(call, found, lambda each: _wire(call.world, each))


@answers("repos/create-deployment")
def create_deployment(call: Call) -> Answer:
    """Of a branch, a tag or a hash. `required_contexts` left out means all checks: [] is needed to deploy regardless."""
    body, world = call.body, call.world
    sha = world.git.commit_of(str(body["ref"]))
    if sha is None:
        raise refused(422, f"No ref found for: {body['ref']}")
    if _behind(call, sha) and body.get("auto_merge", True):
        raise refused(409, "Conflict merging main into " + str(body["ref"]))
    if failed := _failing(call, sha):
        error = {"resource": "Deployment", "field": "required_contexts", "code": "invalid"}
        raise _conflict(f"Conflict: Commit status checks failed for {body['ref']}.", error | {"contexts": failed})
    made = Deployment(
        id=world.new_id(),
        sha=sha,
        ref=str(body["ref"]),
        task=str(body.get("task", "deploy")),
        environment=str(body.get("environment", "production")),
        payload=body.get("payload", ""),
        description=body.get("description"),
        creator=call.actor.login,
        at=world.clock.now,
        production=bool(body.get("production_environment", body.get("environment", "production") == "production")),
        transient=bool(body.get("transient_environment", False)),
    )
    world.deployments[made.id] = made
    wired = _wire(world, made)
    return Answer(status=201, body=wired, headers={"location": wired["url"]})


def _behind(call: Call, sha: str) -> bool:
    """Does the default branch have what a deployed branch lacks? Then GitHub would merge it in first."""
    git = call.world.git
    main = git.resolve("refs/heads/main")
    is_branch = git.resolve(f"refs/heads/{call.body['ref']}") is not None
    return is_branch and main is not None and not git.is_ancestor(main, sha)


def _failing(call: Call, sha: str) -> list[str]:
    """Contexts of statuses that stand in the way."""
    latest = {each.context: each.state for each in call.world.statuses if each.sha == sha}
    wanted = call.body.get("required_contexts")
    names = latest if wanted is None else wanted
    return [name for name in names if latest.get(name) != "success"]


def _conflict(message: str, error: dict[str, Any]) -> Exception:
    refusal = refused(409, message)
    refusal.answer.body["errors"] = [error]
    return refusal


def _short(text: str | None) -> None:
    """https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status: 140 characters, 2026-11-22."""
    if text is not None and len(text) > 140:
        message = "description is too long (maximum is 140 characters)"
        raise invalid({"resource": "DeploymentStatus", "code": "custom", "field": "description", "message": message})


def _deployment_of(call: Call) -> Deployment:
    if found := call.world.deployments.get(call.number("deployment_id")):
        return found
    raise not_found()


@answers("repos/get-deployment")
def get_deployment(call: Call) -> Answer:
    return Answer(body=_wire(call.world, _deployment_of(call)))


@answers("repos/list-deployment-statuses")
def list_statuses(call: Call) -> Answer:
    """Newest first."""
    each = _deployment_of(call)
    return listed(call, each.statuses[::-1], lambda status: _wire_status(call.world, each, status))


@answers("repos/create-deployment-status")
def create_status(call: Call) -> Answer:
    """A success makes the earlier successes in the same environment inactive, unless `auto_inactive` is false."""
    each, body, world = _deployment_of(call), call.body, call.world
    _short(body.get("description"))
    made = DeploymentStatus(
        id=world.new_id(),
        state=str(body["state"]),
        description=str(body.get("description", "")),
        creator=call.actor.login,
        at=world.clock.now,
        environment=str(body.get("environment", each.environment)),
        log_url=str(body.get("log_url") or body.get("target_url") or ""),
        environment_url=str(body.get("environment_url", "")),
    )
    add_status(world, each, made, retire=bool(body.get("auto_inactive", True)))
    wired = _wire_status(world, each, made)
    return Answer(status=201, body=wired, headers={"location": wired["url"]})


@answers("repos/get-deployment-status")
def get_status(call: Call) -> Answer:
    each = _deployment_of(call)
    for status in each.statuses:
        if status.id == call.number("status_id"):
            return Answer(body=_wire_status(call.world, each, status))
    raise not_found()


def wire_environment(world: World, each: Environment) -> dict[str, Any]:
    """`environment`, with its protection rules."""
    policy = None
    if each.branches is not None:
        policy = {
            "protected_branches": each.branches == "protected",
            "custom_branch_policies": each.branches != "protected",
        }
    return {
        "id": each.id,
        "node_id": wire.node_id("EN", each.id),
        "name": each.name,
        "url": wire.api(world, f"/environments/{each.name}"),
        "html_url": wire.html(world, f"/deployments/activity_log?environments_filter={each.name}"),
        "created_at": written(each.at),
        "updated_at": written(each.at),
        "protection_rules": _rules(world, each),
        "deployment_branch_policy": policy,
    }


def _rules(world: World, each: Environment) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    if each.wait_minutes:
        rules.append({"type": "wait_timer", "wait_timer": each.wait_minutes})
    if each.reviewers:
        reviewers = [reviewer(world, name) for name in each.reviewers]
        rules.append(
            {"type": "required_reviewers", "prevent_self_review": each.prevent_self_review, "reviewers": reviewers}
        )
    if each.branches is not None:
        rules.append({"type": "branch_policy"})
    numbers = range(each.id * 10, each.id * 10 + len(rules))
    return [{"id": n, "node_id": wire.node_id("GA", n), **rule} for n, rule in zip(numbers, rules, strict=True)]


def reviewer(world: World, name: str) -> dict[str, Any]:
    """A person by login, or `team:<slug>`."""
    if name.startswith("team:"):
        return {"type": "Team", "reviewer": wire.team(world, world.teams[name.removeprefix("team:")])}
    return {"type": "User", "reviewer": wire.user(world, name)}


@answers("repos/get-all-environments")
def list_environments(call: Call) -> Answer:
    each = list(call.world.environments.values())
    return counted(call, "environments", each, lambda one: wire_environment(call.world, one))


def _environment_of(call: Call) -> Environment:
    if found := call.world.environments.get(call.path["environment_name"]):
        return found
    raise not_found()


@answers("repos/get-environment")
def get_environment(call: Call) -> Answer:
    return Answer(body=wire_environment(call.world, _environment_of(call)))


@answers("repos/list-deployment-branch-policies")
def branch_policies(call: Call) -> Answer:
    """The patterns; none where the policy is "protected branches" or there is none."""
    each = _environment_of(call)
    patterns = each.branches if isinstance(each.branches, list) else []
    numbered = [(each.id * 100 + index, pattern) for index, pattern in enumerate(patterns)]
    return counted(
        call,
        "branch_policies",
        numbered,
        lambda one: {"id": one[0], "node_id": wire.node_id("GBP", one[0]), "name": one[1], "type": "branch"},
    )


@answers("actions/list-environment-secrets")
def environment_secrets(call: Call) -> Answer:
    """Names and dates; the API never tells a value."""
    each = _environment_of(call)
    dates = {"created_at": written(each.at), "updated_at": written(each.at)}
    return counted(call, "secrets", sorted(each.secrets), lambda name: {"name": name, **dates})


@answers("actions/list-environment-variables")
def environment_variables(call: Call) -> Answer:
    each = _environment_of(call)
    dates = {"created_at": written(each.at), "updated_at": written(each.at)}
    return counted(
        call, "variables", sorted(each.variables.items()), lambda one: {"name": one[0], "value": one[1], **dates}
    )
