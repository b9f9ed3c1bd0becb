"""Deployments that follow from others: a job's own, and those that a newer success retires."""

from tests.forge.state import BOT, Deployment, DeploymentStatus, Run, World

CONCLUSIONS = {"success": "success", "failure": "failure", "cancelled": "inactive"}


def add_status(world: World, deployment: Deployment, made: DeploymentStatus, *, retire: bool = True) -> None:
    """A success makes the earlier successes in the same environment inactive, unless `retire` is false.

    Not production's and not transient ones: https://docs.github.com/en/rest/deployments/deployments#inactive-deployments, 2026-11-22.
    """
    deployment.statuses.append(made)
    if made.state != "success" or not retire:
        return
    for each in world.deployments.values():
        older = each is not deployment and each.environment == deployment.environment
        if older and not each.production and not each.transient and _last(each) == "success":
            each.statuses.append(status(world, each, "inactive", each.statuses[-1].creator))


def _last(deployment: Deployment) -> str | None:
    return deployment.statuses[-1].state if deployment.statuses else None


def status(world: World, deployment: Deployment, state: str, creator: str) -> DeploymentStatus:
    """One that nobody wrote a word for."""
    return DeploymentStatus(
        id=world.new_id(),
        state=state,
        description="",
        creator=creator,
        at=world.clock.now,
        environment=deployment.environment,
    )


def deploy_by_job(world: World, run: Run, environment: str) -> Deployment:
    """What GitHub makes by itself for every job that names an environment, beside whatever the job makes.

    https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22:
    a client that looks for its own deployments by environment alone finds these too.
    """
    made = Deployment(
        id=world.new_id(),
        sha=run.head,
        ref=run.ref.removeprefix("refs/heads/"),
        task="deploy",
        environment=environment,
        payload={},
        description=None,
        creator=BOT,
        at=world.clock.now,
        production=environment == "production",
    )
    made.statuses.append(status(world, made, "in_progress", BOT))
    world.deployments[made.id] = made
    run.deployments.append(made.id)
    return made


def conclude(world: World, run: Run, conclusion: str) -> None:
    """The run is over: its jobs' deployments say how."""
    for number in run.deployments:
        each = world.deployments[number]
        if _last(each) == "in_progress":
            add_status(world, each, status(world, each, CONCLUSIONS.get(conclusion, "error"), BOT))
