"""Workflow runs and their jobs: which commit they stand at, what their token may, what their environment lets them see."""

import fnmatch
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.forge import wire, wire_pulls
from tests.forge.deploying import deploy_by_job
from tests.forge.happenings import HEADS, keep_refs
from tests.forge.oidc import request_address
from tests.forge.permissions import LEVELS, SCOPES
from tests.forge.protection import is_protected
from tests.forge.state import BOT, Environment, Pull, Run, Token, World

PULL_EVENTS = ("pull_request", "pull_request_review")


class NotAllowedError(Exception):
    """The environment doesn't let this job in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`environ`: what the runner sets; `secrets`: what `${{ secrets }}` holds, GITHUB_TOKEN among them."""

    run: Run
    token: str
    environ: Mapping[str, str]
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    event: Mapping[str, Any]


def start_run(
    world: World,
    event: str,
    *,
    actor: str,
    workflow: str,
    pull: Pull | None = None,
    ref: str = "refs/heads/main",
    sha: str | None = None,
) -> Run:
    """A run, standing where GitHub has such an event stand.

    `pull_request` at the test merge, `pull_request_target` at the default branch:
    https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows, 2026-11-22.
    """
    if pull is not None and event in PULL_EVENTS:
        keep_refs(world, pull)
        ref = f"refs/pull/{pull.number}/merge"
    head = sha or world.git.resolve(ref)
    if head is None:
        raise NotAllowedError(f"no run: {ref} does not exist (a pull request in conflict starts none)")
    number = 1 + sum(each.workflow == workflow for each in world.runs.values())
    run = Run(
        id=world.new_id() + 11_000_000_000,
        number=number,
        workflow=workflow,
        event=event,
        actor=actor,
        triggering_actor=actor,
        ref=ref,
        head=head,
        branch=pull.branch if pull and event in PULL_EVENTS else ref.removeprefix(HEADS),
        pull=pull.number if pull else None,
        at=world.clock.now,
        payload={},
    )
    run.payload = _payload(world, run, pull)
    world.runs[run.id] = run
    return run


def _payload(world: World, run: Run, pull: Pull | None) -> dict[str, Any]:
    """The newest event of the kind, if it happened, else what GitHub sends for one that is asked for."""
    name = run.event.removesuffix("_target")
    told = [each.payload for each in world.events if each.name == name and _about(each.payload, run)]
    if told:
        return dict(told[-1])
    whole: dict[str, Any] = {
        "repository": wire.repository(world),
        "organization": wire.organisation_simple(world),
        "sender": wire.user(world, run.actor),
    }
    workflow = f".github/workflows/{run.workflow}.yml"
    if run.event == "workflow_dispatch":
        return {"inputs": {}, "ref": run.ref, "workflow": workflow, **whole}
    if run.event == "schedule":
        return {"schedule": "15 4 * * *", "workflow": workflow, **whole}
    if pull is not None:
        about = {"number": pull.number, "pull_request": wire_pulls.pull_full(world, pull)}
        return {"action": "synchronize", **about, **whole}
    return whole


def _about(payload: Mapping[str, Any], run: Run) -> bool:
    """Is it what this run is for: the same pull request, the same push?"""
    if run.event == "push":
        return (payload["ref"], payload["after"]) == (run.ref, run.head)
    return run.pull is None or payload.get("number") == run.pull


def issue_token(
    world: World, run: Run, permissions: Mapping[str, str], *, environment: str | None = None, job: str = "job"
) -> str:
    """GITHUB_TOKEN of a job: exactly the workflow's `permissions:`, and no more than reading in a fork's pull request.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions, 2026-11-22.
    """
    unknown = set(permissions) - SCOPES
    if unknown or not set(permissions.values()) <= LEVELS.keys():
        raise ValueError(f"no permissions of a workflow: {sorted(unknown) or permissions}")
    fork = from_fork(world, run)
    allowed = {name.replace("-", "_"): _lowered(level) if fork else level for name, level in permissions.items()}
    value = "ghs_" + secrets.token_hex(20)
    world.tokens[value] = Token(
        kind="job",
        login=BOT,
        permissions=allowed,
        expires=world.clock.now + timedelta(hours=24),
        run=run,
        environment=environment,
        fork=fork,
        job=job,
        id_token=permissions.get("id-token") == "write" and not fork,
    )
    return value


def _lowered(level: str) -> str:
    return "read" if level == "write" else level


def from_fork(world: World, run: Run) -> bool:
    """Is it the kind of run that is not trusted? `pull_request_target` is, which is why it is dangerous."""
    pull = world.pulls.get(run.pull) if run.pull else None
    return pull is not None and run.event in PULL_EVENTS and pull.owner != world.organisation


def start_job(world: World, run: Run, permissions: Mapping[str, str], *, name: str, environment: str | None) -> Job:
    """A job that its environment, if it names one, lets in; NotAllowedError else."""
    place = _let_in(world, run, environment) if environment else None
    if environment:
        deploy_by_job(world, run, environment)
    token = issue_token(world, run, permissions, environment=environment, job=name)
    held = {} if from_fork(world, run) else {**world.secrets, **(place.secrets if place else {})}
    return Job(
        run=run,
        token=token,
        environ=_environ(world, run, name, token),
        secrets={**held, "GITHUB_TOKEN": token},
        variables=dict(place.variables) if place else {},
        event=run.payload,
    )


def _let_in(world: World, run: Run, name: str) -> Environment:
    """Which refs, and who was asked. A pull request's jobs are judged by `refs/pull/N/merge`, since 2025-12-08.

    https://github.blog/changelog/2025-11-07-actions-pull_request_target-and-environment-branch-protections-changes/
    and https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22.
    """
    place = world.environments.get(name)
    if place is None:
        # GitHub makes an environment that a workflow names and nobody has made, without any rule.
        place = world.environments[name] = Environment(id=world.new_id(), name=name, at=world.clock.now)
    if not _may_deploy(world, run.ref, place):
        ref = run.ref.removeprefix(HEADS)
        raise NotAllowedError(f'Branch "{ref}" is not allowed to deploy to {name} due to environment protection rules.')
    if place.reviewers and name not in run.approved:
        raise NotAllowedError(f"waiting for a review of {name}")
    if place.wait_minutes and world.clock.now < run.at + timedelta(minutes=place.wait_minutes):
        raise NotAllowedError(f"waiting for the timer of {name}")
    return place


def _may_deploy(world: World, ref: str, place: Environment) -> bool:
    if place.branches is None:
        return True
    name = ref.removeprefix(HEADS)
    if place.branches == "protected":
        return ref.startswith(HEADS) and is_protected(world, name)
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in place.branches)


def approve(world: World, run: Run, environment: str, login: str) -> None:
    """One of the reviewers lets the run in; who started it may not, where that is set."""
    place = world.environments[environment]
    asked = {member for name in place.reviewers for member in _members(world, name)}
    if login not in asked or (place.prevent_self_review and login in (run.actor, run.triggering_actor)):
        raise NotAllowedError(f"{login} may not approve {environment}")
    run.approved[environment] = (login, world.clock.now)


def _members(world: World, name: str) -> list[str]:
    return world.teams[name.removeprefix("team:")].members if name.startswith("team:") else [name]


def _environ(world: World, run: Run, job: str, token: str) -> dict[str, str]:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/variables, 2026-11-22."""
    pull = world.pulls.get(run.pull) if run.pull else None
    branch = run.ref.removeprefix(HEADS)
    found = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": run.actor,
        "GITHUB_ACTOR_ID": str(world.people[run.actor].id),
        "GITHUB_API_URL": world.url,
        "GITHUB_BASE_REF": pull.base if pull else "",
        "GITHUB_EVENT_NAME": run.event,
        "GITHUB_HEAD_REF": pull.branch if pull else "",
        "GITHUB_JOB": job,
        "GITHUB_REF": run.ref,
        "GITHUB_REF_NAME": branch.removeprefix("refs/pull/").removeprefix("refs/tags/"),
        "GITHUB_REF_PROTECTED": str(is_protected(world, branch)).lower(),
        "GITHUB_REF_TYPE": "tag" if run.ref.startswith("refs/tags/") else "branch",
        "GITHUB_REPOSITORY": world.full_name,
        "GITHUB_REPOSITORY_ID": str(world.repository_id),
        "GITHUB_REPOSITORY_OWNER": world.organisation,
        "GITHUB_REPOSITORY_OWNER_ID": str(world.owner_id),
        "GITHUB_RUN_ATTEMPT": str(run.attempt),
        "GITHUB_RUN_ID": str(run.id),
        "GITHUB_RUN_NUMBER": str(run.number),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_SHA": run.head,
        "GITHUB_TRIGGERING_ACTOR": run.triggering_actor,
        "GITHUB_WORKFLOW": run.workflow,
        "GITHUB_WORKFLOW_REF": f"{world.full_name}/.github/workflows/{run.workflow}.yml@{run.ref}",
        "GITHUB_WORKFLOW_SHA": run.head,
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_OS": "Linux",
    }
    if world.tokens[token].id_token:
        found["ACTIONS_ID_TOKEN_REQUEST_URL"] = request_address(world)
        found["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = f"request-{token}"
    return found
