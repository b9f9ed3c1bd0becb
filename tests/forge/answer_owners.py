"""The repository, the organisation, its people, teams and rules."""

from fnmatch import fnmatchcase
from typing import Any

from tests.forge import wire
from tests.forge.answers import Answer, Call, answers, listed, not_found, refused
from tests.forge.description import filled
from tests.forge.happenings import HEADS
from tests.forge.limits import left
from tests.forge.protection import WRITERS, is_protected
from tests.forge.state import Team, World

RULESET = 71
UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature."
"""What a free plan answers about rules on a private repository."""


@answers("repos/get")
def get_repository(call: Call) -> Answer:
    body = wire.repository(call.world)
    if call.token is not None and call.token.kind == "person":
        body["permissions"] = wire.rights(call.actor)
    elif call.token is None:
        del body["permissions"]
    return Answer(body=body)


@answers("repos/get-collaborator-permission-level")
def permission_level(call: Call) -> Answer:
    """`permission` knows read, write and admin; `role_name` says which of the five it is. `none` for everybody else."""
    person = call.world.people.get(call.path["username"])
    if person is None:
        raise not_found()
    known = wire.user(call.world, person.login) or {}
    account = filled(
        "nullable-collaborator", {**known, "role_name": person.level or "none", "permissions": wire.rights(person)}
    )
    level = wire.PERMISSIONS[person.level] if person.level else "none"
    return Answer(body={"permission": level, "role_name": person.level or "none", "user": account})


@answers("users/get-authenticated")
def whoami(call: Call) -> Answer:
    known = {**(wire.user(call.world, call.actor.login) or {}), "created_at": wire.MADE, "updated_at": wire.MADE}
    return Answer(body=filled("public-user", known))


@answers("orgs/get")
def get_organisation(call: Call) -> Answer:
    _own_organisation(call)
    plan = call.token is not None and call.token.permissions.get("organization_administration") is not None
    return Answer(body=wire.organisation(call.world, plan=plan))


def _own_organisation(call: Call) -> None:
    if call.path["org"].lower() != call.world.organisation.lower():
        raise not_found()


@answers("orgs/get-membership-for-user")
def org_membership(call: Call) -> Answer:
    _own_organisation(call)
    person = call.world.people.get(call.path["username"])
    if person is None or not person.member:
        raise not_found()
    at = f"{call.world.url}/orgs/{call.world.organisation}"
    body = {
        "url": f"{at}/memberships/{person.login}",
        "state": "active",
        "role": "admin" if person.level == "admin" else "member",
        "organization_url": at,
        "organization": wire.organisation_simple(call.world),
        "user": wire.user(call.world, person.login),
    }
    return Answer(body=body)


@answers("teams/list")
def list_teams(call: Call) -> Answer:
    _own_organisation(call)
    return listed(call, list(call.world.teams.values()), lambda each: wire.team(call.world, each))


def _team_of(call: Call) -> Team:
    _own_organisation(call)
    if found := call.world.teams.get(call.path["team_slug"]):
        return found
    raise not_found()


@answers("teams/get-by-name")
def get_team(call: Call) -> Answer:
    return Answer(body=wire.team(call.world, _team_of(call), schema="team-full"))


@answers("teams/list-members-in-org")
def team_members(call: Call) -> Answer:
    """Members of child teams too, says GitHub; there are no child teams here."""
    each = _team_of(call)
    role = call.query.get("role", "all")
    members = [login for login in each.members if role in ("all", _role(each, login))]
    return listed(call, members, lambda login: wire.user(call.world, login))


def _role(team: Team, login: str) -> str:
    return "maintainer" if login in team.maintainers else "member"


@answers("teams/get-membership-for-user-in-org")
def team_membership(call: Call) -> Answer:
    each, login = _team_of(call), call.path["username"]
    if login not in each.members:
        raise not_found()
    at = f"{call.world.url}/organizations/{call.world.owner_id}/team/{each.id}/memberships/{login}"
    return Answer(body={"url": at, "role": _role(each, login), "state": "active"})


def _has_rules(world: World) -> bool:
    return world.settings.plan != "free" or world.settings.visibility == "public"


@answers("repos/get-branch-protection")
def branch_protection(call: Call) -> Answer:
    """The classic kind."""
    world, branch = call.world, call.path["branch"]
    if not _has_rules(world):
        raise refused(403, UPGRADE)
    if world.git.resolve(HEADS + branch) is None:
        raise refused(404, "Branch not found")
    if not is_protected(world, branch) or world.settings.pull_request_rule != "classic":
        raise refused(404, "Branch not protected")
    at = wire.api(world, f"/branches/{branch}/protection")
    settings = world.settings
    reviews = {
        "url": f"{at}/required_pull_request_reviews",
        "dismiss_stale_reviews": settings.dismiss_stale_reviews,
        "require_code_owner_reviews": settings.code_owner_review,
        "require_last_push_approval": settings.last_push_approval,
        "required_approving_review_count": settings.required_approvals,
    }
    switches = ("required_linear_history", "allow_force_pushes", "allow_deletions", "block_creations", "lock_branch")
    body = {
        "url": at,
        "required_pull_request_reviews": reviews,
        "enforce_admins": {"url": f"{at}/enforce_admins", "enabled": settings.admins_too},
        **{name: {"enabled": False} for name in switches},
    }
    return Answer(body=body)


def _rules(world: World) -> list[dict[str, Any]]:
    settings = world.settings
    parameters = {
        "required_approving_review_count": settings.required_approvals,
        "dismiss_stale_reviews_on_push": settings.dismiss_stale_reviews,
        "require_code_owner_review": settings.code_owner_review,
        "require_last_push_approval": settings.last_push_approval,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": list(settings.merge_methods),
    }
    return [{"type": "deletion"}, {"type": "non_fast_forward"}, {"type": "pull_request", "parameters": parameters}]


@answers("repos/get-branch-rules")
def branch_rules(call: Call) -> Answer:
    """Rules of rulesets that are active for a branch (which needn't exist); the classic kind isn't told here."""
    world = call.world
    active = world.settings.pull_request_rule == "ruleset" and _has_rules(world)
    rules = _rules(world) if active and is_protected(world, call.path["branch"]) else []
    source = {"ruleset_source_type": "Repository", "ruleset_source": world.full_name, "ruleset_id": RULESET}
    return listed(call, rules, lambda rule: {**rule, **source})


def _ruleset(world: World, *, whole: bool) -> dict[str, Any]:
    at = wire.api(world, f"/rulesets/{RULESET}")
    body: dict[str, Any] = {
        "id": RULESET,
        "name": "main",
        "target": "branch",
        "source_type": "Repository",
        "source": world.full_name,
        "enforcement": "active",
        "node_id": wire.node_id("RRS", RULESET),
        "_links": {"self": {"href": at}, "html": {"href": wire.html(world, f"/rules/{RULESET}")}},
        "created_at": wire.MADE,
        "updated_at": wire.MADE,
    }
    if whole:
        names = [f"refs/heads/{pattern}" for pattern in world.settings.protected]
        body |= {"conditions": {"ref_name": {"include": names, "exclude": []}}, "rules": _rules(world)}
        body["current_user_can_bypass"] = "never"
    return body


@answers("repos/get-repo-rulesets")
def rulesets(call: Call) -> Answer:
    if not _has_rules(call.world):
        raise refused(403, UPGRADE)
    there = call.world.settings.protected and call.world.settings.pull_request_rule == "ruleset"
    return listed(call, [RULESET] if there else [], lambda _: _ruleset(call.world, whole=False))


@answers("repos/get-repo-ruleset")
def ruleset(call: Call) -> Answer:
    """Without `bypass_actors`, which only somebody with write access to the ruleset is told."""
    if call.number("ruleset_id") != RULESET or call.world.settings.pull_request_rule != "ruleset":
        raise not_found()
    return Answer(body=_ruleset(call.world, whole=True))


@answers("actions/get-github-actions-permissions-repository")
def actions_permissions(call: Call) -> Answer:
    return Answer(body={"enabled": True, "allowed_actions": "all", "sha_pinning_required": False})


@answers("actions/get-github-actions-default-workflow-permissions-repository")
def default_permissions(call: Call) -> Answer:
    settings = call.world.settings
    body = {
        "default_workflow_permissions": settings.default_permissions,
        "can_approve_pull_request_reviews": settings.actions_may_create_pulls,
    }
    return Answer(body=body)


@answers("actions/get-custom-oidc-sub-claim-for-repo")
def subject_template(call: Call) -> Answer:
    """Which form the subject of identity tokens has, and what it begins with."""
    world = call.world
    return Answer(
        body={
            "use_default": True,
            "use_immutable_subject": world.settings.immutable_subject,
            "sub_claim_prefix": subject_prefix(world),
        }
    )


def subject_prefix(world: World) -> str:
    """`repo:OWNER@ID/REPO@ID` for repositories made after 2026-07-15 or switched over, `repo:OWNER/REPO` before.

    https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/ and
    https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims, 2026-11-22.
    """
    if world.settings.immutable_subject:
        return f"repo:{world.organisation}@{world.owner_id}/{world.name}@{world.repository_id}"
    return f"repo:{world.full_name}"


@answers("rate-limit/get")
def rate_limit(call: Call) -> Answer:
    """Asking costs nothing."""
    core = left(call.world, call.token)
    body = {"resources": {"core": core, "search": {"limit": 30, "remaining": 30, "reset": core["reset"], "used": 0}}}
    return Answer(body=body | {"rate": core})


CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


@answers("repos/codeowners-errors")
def codeowners_errors(call: Call) -> Answer:
    """Owners that GitHub won't ask: nobody of that name, or without write access. Of the first file that there is.

    https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners, 2026-11-22.
    """
    ref = call.query.get("ref", "main")
    for path in CODEOWNERS:
        if sha := call.world.git.resolve(f"{ref}:{path}"):
            lines = call.world.git.run("cat-file", "blob", sha).splitlines()
            return Answer(
                body={"errors": [each for n, line in enumerate(lines, 1) for each in _line(call.world, path, n, line)]}
            )
    raise not_found()


def _line(world: World, path: str, number: int, line: str) -> list[dict[str, Any]]:
    errors = []
    for owner in line.split("#", 1)[0].split()[1:]:
        if not _may_own(world, owner):
            column = line.index(owner) + 1
            message = f"Unknown owner on line {number}: make sure {owner} exists and has write access to the repository"
            place = {"line": number, "column": column, "path": path, "source": line}
            errors.append({**place, "kind": "Unknown owner", "suggestion": None, "message": message})
    return errors


def _may_own(world: World, owner: str) -> bool:
    if "@" in owner[1:]:
        return any(person.email == owner and person.level in WRITERS for person in world.people.values())
    name = owner.removeprefix("@")
    if "/" in name:
        found = world.teams.get(name.split("/", 1)[1])
        return (
            found is not None and fnmatchcase(name.split("/", 1)[0], world.organisation) and _team_writes(world, found)
        )
    return name in world.people and world.people[name].level in WRITERS


def _team_writes(world: World, team: Team) -> bool:
    """The stand-in's teams have no rights of their own: a team writes when all of its members do."""
    return bool(team.members) and all(world.people[login].level in WRITERS for login in team.members)
