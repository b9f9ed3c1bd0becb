"""People, the organisation and the repository as GitHub writes them. Addresses are made as GitHub makes them."""

import base64
from typing import Any

from tests.forge.clock import written
from tests.forge.description import filled
from tests.forge.state import BOT, LEVELS, Person, Pull, Team, World

HTML = "https://github.com"
GHOST = ("ghost", 10137, "User")
"""In whose name GitHub keeps what deleted accounts wrote: https://github.com/ghost."""
MADE = "2026-08-17T06:00:00Z"
DATES = {"created_at": MADE, "updated_at": MADE}
ROLE_NAMES = {"read": "read", "triage": "triage", "write": "write", "maintain": "maintain", "admin": "admin"}
PERMISSIONS = {"read": "read", "triage": "read", "write": "write", "maintain": "write", "admin": "admin"}
"""What `permission` says for a role: GitHub folds triage and maintain into the three that it began with."""


def node_id(kind: str, number: int) -> str:
    """GitHub's other kind of id: opaque, and different for different kinds."""
    return f"{kind}_" + base64.b64encode(f"{kind}{number}".encode()).decode().rstrip("=")


def api(world: World, path: str = "") -> str:
    """An address in the repository's part of the API."""
    return f"{world.url}/repos/{world.full_name}{path}"


def html(world: World, path: str = "") -> str:
    return f"{HTML}/{world.full_name}{path}"


def user(world: World, login: str | None) -> dict[str, Any] | None:
    """`simple-user`; None for nobody."""
    if login is None:
        return None
    if login == world.organisation:
        return owner(world)
    person = world.people[login]
    return _account(world, *GHOST) if person.gone else _account(world, person.login, person.id, person.kind)


def owner(world: World) -> dict[str, Any]:
    """The organisation, as the account that owns the repository."""
    return _account(world, world.organisation, world.owner_id, "Organization")


def _account(world: World, login: str, number: int, kind: str) -> dict[str, Any]:
    at = f"{world.url}/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    kinds = {"User": "U", "Bot": "BOT", "Organization": "O"}
    return {
        "login": login,
        "id": number,
        "node_id": node_id(kinds[kind], number),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": at,
        "html_url": f"{HTML}/apps/github-actions" if login == BOT else f"{HTML}/{login}",
        "followers_url": f"{at}/followers",
        "following_url": f"{at}/following{{/other_user}}",
        "gists_url": f"{at}/gists{{/gist_id}}",
        "starred_url": f"{at}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{at}/subscriptions",
        "organizations_url": f"{at}/orgs",
        "repos_url": f"{at}/repos",
        "events_url": f"{at}/events{{/privacy}}",
        "received_events_url": f"{at}/received_events",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def association(world: World, login: str) -> str:
    """What the author of something is to the repository."""
    person = world.people[login]
    if person.member and person.kind == "User":
        return "MEMBER"
    return "COLLABORATOR" if person.level in ("write", "maintain", "admin") else "NONE"


def rights(person: Person) -> dict[str, bool]:
    """Which of the five levels somebody has, as GitHub's five booleans."""
    reached = -1 if person.level is None else LEVELS.index(person.level)
    names = {"read": "pull", "triage": "triage", "write": "push", "maintain": "maintain", "admin": "admin"}
    return {names[level]: index <= reached for index, level in enumerate(LEVELS)}


REPOSITORY_PARTS = [
    "assignees{/user}",
    "branches{/branch}",
    "collaborators{/collaborator}",
    "comments{/number}",
    "commits{/sha}",
    "compare/{base}...{head}",
    "contents/{+path}",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git/commits{/sha}",
    "git/refs{/sha}",
    "git/tags{/sha}",
    "hooks",
    "issues/comments{/number}",
    "issues/events{/number}",
    "issues{/number}",
    "keys{/key_id}",
    "labels{/name}",
    "languages",
    "merges",
    "milestones{/number}",
    "notifications{?since,all,participating}",
    "pulls{/number}",
    "releases{/id}",
    "stargazers",
    "statuses/{sha}",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "git/trees{/sha}",
]
ODD_NAMES = {
    "issues/comments": "issue_comment_url",
    "issues/events": "issue_events_url",
    "git/commits": "git_commits_url",
    "git/refs": "git_refs_url",
    "git/tags": "git_tags_url",
    "git/trees": "trees_url",
}


def repository(world: World, *, schema: str = "full-repository", fork_of: str | None = None) -> dict[str, Any]:
    """The repository in as many members as `schema` asks for; `fork_of`: somebody's fork instead."""
    full_name = f"{fork_of}/{world.name}" if fork_of else world.full_name
    at = f"{world.url}/repos/{full_name}"
    private = world.settings.visibility == "private"
    known: dict[str, Any] = {_url_name(part): f"{at}/{part}" for part in REPOSITORY_PARTS}
    known = {name: value.replace("/{/", "{/").replace("/{?", "{?") for name, value in known.items()}
    known |= {
        "archive_url": f"{at}/{{archive_format}}{{/ref}}",
        "blobs_url": f"{at}/git/blobs{{/sha}}",
        "id": world.repository_id + (world.people[fork_of].id if fork_of else 0),
        "node_id": node_id("R", world.repository_id),
        "name": world.name,
        "full_name": full_name,
        "owner": user(world, fork_of) if fork_of else owner(world),
        "private": private,
        "visibility": world.settings.visibility,
        "fork": fork_of is not None,
        "default_branch": "main",
        "url": at,
        "html_url": f"{HTML}/{full_name}",
        "description": None,
        "clone_url": f"{HTML}/{full_name}.git",
        "git_url": f"git://github.com/{full_name}.git",
        "ssh_url": f"git@github.com:{full_name}.git",
        "svn_url": f"{HTML}/{full_name}",
        "has_issues": True,
        "has_downloads": True,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "topics": [],
        "archived": False,
        "disabled": False,
        "created_at": MADE,
        "updated_at": MADE,
        "pushed_at": written(world.clock.now),
    }
    if schema != "minimal-repository":
        methods = world.settings.merge_methods
        known |= {
            "allow_merge_commit": "merge" in methods,
            "allow_squash_merge": "squash" in methods,
            "allow_rebase_merge": "rebase" in methods,
            "delete_branch_on_merge": False,
        }
    if schema == "full-repository":
        known |= {
            "permissions": {"pull": True, "triage": False, "push": False, "maintain": False, "admin": False},
            "organization": owner(world),
        }
    return filled(schema, known)


def _url_name(part: str) -> str:
    plain = part.split("{", 1)[0].rstrip("/")
    return ODD_NAMES.get(plain, f"{plain.rsplit('/', 1)[-1]}_url")


def organisation(world: World, *, plan: bool) -> dict[str, Any]:
    """`organization-full`; the plan only for a token that may administer the organisation."""
    at = f"{world.url}/orgs/{world.organisation}"
    known: dict[str, Any] = {
        **_organisation_core(world),
        "html_url": f"{HTML}/{world.organisation}",
        "created_at": MADE,
        "updated_at": MADE,
        "type": "Organization",
        "url": at,
    }
    if plan:
        known["plan"] = {"name": world.settings.plan, "space": 976562499, "private_repos": 9999, "seats": 5}
        known["plan"]["filled_seats"] = 4
    return filled("organization-full", known)


def _organisation_core(world: World) -> dict[str, Any]:
    at = f"{world.url}/orgs/{world.organisation}"
    return {
        "login": world.organisation,
        "id": world.owner_id,
        "node_id": node_id("O", world.owner_id),
        "url": at,
        "repos_url": f"{at}/repos",
        "events_url": f"{at}/events",
        "hooks_url": f"{at}/hooks",
        "issues_url": f"{at}/issues",
        "members_url": f"{at}/members{{/member}}",
        "public_members_url": f"{at}/public_members{{/member}}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{world.owner_id}?v=4",
        "description": None,
    }


def organisation_simple(world: World) -> dict[str, Any]:
    """`organization-simple`, which memberships carry."""
    return filled("organization-simple", _organisation_core(world))


def team(world: World, each: Team, *, schema: str = "team") -> dict[str, Any]:
    """A team, as `team` or `team-full`."""
    at = f"{world.url}/organizations/{world.owner_id}/team/{each.id}"
    known: dict[str, Any] = {
        "id": each.id,
        "node_id": node_id("T", each.id),
        "name": each.name,
        "slug": each.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": at,
        "html_url": f"{HTML}/orgs/{world.organisation}/teams/{each.slug}",
        "members_url": f"{at}/members{{/member}}",
        "repositories_url": f"{at}/repos",
        "parent": None,
    }
    if schema == "team-full":
        known |= {
            "created_at": MADE,
            "updated_at": MADE,
            "members_count": len(each.members),
            "repos_count": 1,
            "organization": filled("team-organization", {**_organisation_core(world), "type": "Organization", **DATES}),
        }
    return filled(schema, known)


def branch_end(world: World, pull: Pull, end: str) -> dict[str, Any]:
    """`head` or `base` of a pull request."""
    ours = pull.owner == world.organisation or end == "base"
    account = world.organisation if ours else pull.owner
    ref = pull.base if end == "base" else pull.branch
    return {
        "label": f"{account}:{ref}",
        "ref": ref,
        "sha": base_sha(world, pull) if end == "base" else pull.head,
        "user": user(world, account),
        "repo": repository(world, schema="repository", fork_of=None if ours else pull.owner),
    }


def base_sha(world: World, pull: Pull) -> str:
    """Where the base stood when the pull request was opened or last pushed to; after the merge it stays there."""
    return pull.base_sha
