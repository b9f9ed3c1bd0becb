"""Pull requests, reviews, issues and comments as GitHub writes them."""

from typing import Any

from tests.forge import wire
from tests.forge.clock import written
from tests.forge.description import filled
from tests.forge.git import ConflictError
from tests.forge.protection import missing_for_merge
from tests.forge.state import Comment, Issue, Label, Pull, Review, World


def pull_simple(world: World, pull: Pull) -> dict[str, Any]:
    """`pull-request-simple`, as in lists."""
    issue = pull.issue
    at = wire.api(world, f"/pulls/{pull.number}")
    page = wire.html(world, f"/pull/{pull.number}")
    known: dict[str, Any] = {
        "url": at,
        "id": pull.id,
        "node_id": wire.node_id("PR", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": wire.api(world, f"/issues/{pull.number}"),
        "commits_url": f"{at}/commits",
        "review_comments_url": f"{at}/comments",
        "review_comment_url": wire.api(world, "/pulls/comments{/number}"),
        "comments_url": wire.api(world, f"/issues/{pull.number}/comments"),
        "statuses_url": wire.api(world, f"/statuses/{pull.head}"),
        "number": pull.number,
        "state": issue.state,
        "locked": False,
        "active_lock_reason": None,
        "title": issue.title,
        "user": wire.user(world, issue.author),
        "body": issue.body,
        "labels": [label(world, each) for each in issue.labels],
        "created_at": written(issue.at),
        "updated_at": written(issue.updated),
        "closed_at": issue.closed_at and written(issue.closed_at),
        "merged_at": pull.merged_at and written(pull.merged_at),
        "merge_commit_sha": merge_commit(world, pull),
        "assignees": [wire.user(world, login) for login in issue.assignees],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": wire.branch_end(world, pull, "head"),
        "base": wire.branch_end(world, pull, "base"),
        "_links": _links(world, pull),
        "author_association": wire.association(world, issue.author),
        "auto_merge": None,
        "draft": pull.draft,
    }
    return filled("pull-request-simple", known)


def _links(world: World, pull: Pull) -> dict[str, Any]:
    at = wire.api(world, f"/pulls/{pull.number}")
    issue = wire.api(world, f"/issues/{pull.number}")
    addresses = {
        "self": at,
        "html": wire.html(world, f"/pull/{pull.number}"),
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{at}/comments",
        "review_comment": wire.api(world, "/pulls/comments{/number}"),
        "commits": f"{at}/commits",
        "statuses": wire.api(world, f"/statuses/{pull.head}"),
    }
    return {name: {"href": address} for name, address in addresses.items()}


def pull_full(world: World, pull: Pull) -> dict[str, Any]:
    """`pull-request`: with what GitHub computes for one at a time."""
    commits = world.git.between(merge_base(world, pull), pull.head)
    counted = world.git.counted(merge_base(world, pull), pull.head)
    state = mergeable_state(world, pull)
    known = {
        **pull_simple(world, pull),
        "merged": pull.merged_at is not None,
        "mergeable": None if pull.issue.state == "closed" else state != "dirty",
        "rebaseable": None if pull.issue.state == "closed" else state != "dirty",
        "mergeable_state": state,
        "merged_by": wire.user(world, pull.merged_by),
        "comments": sum(each.number == pull.number for each in world.comments.values()),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(commits),
        "additions": sum(added for added, _ in counted.values()),
        "deletions": sum(removed for _, removed in counted.values()),
        "changed_files": len(counted),
    }
    return filled("pull-request", known)


def merge_base(world: World, pull: Pull) -> str:
    """Where the branch left its base: of a merged one, what it was then."""
    return world.git.merge_base(pull.base_sha, pull.head) or pull.base_sha


def merge_commit(world: World, pull: Pull) -> str | None:
    """Before the merge GitHub's own test merge, where it succeeds; afterwards the commit that the base was moved to.

    https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request (merge_commit_sha), 2026-11-22.
    """
    return pull.merge_sha or world.git.resolve(f"refs/pull/{pull.number}/merge")


def mergeable_state(world: World, pull: Pull) -> str:
    """`unknown` once closed, `dirty` in conflict, `blocked` by the rules, `behind` never, else `clean`."""
    if pull.issue.state == "closed":
        return "unknown"
    try:
        world.git.merged_tree(f"refs/heads/{pull.base}", pull.head)
    except ConflictError:
        return "dirty"
    if pull.draft:
        return "draft"
    return "blocked" if missing_for_merge(world, pull) else "clean"


def review(world: World, pull: Pull, each: Review) -> dict[str, Any]:
    """`pull-request-review`."""
    page = wire.html(world, f"/pull/{pull.number}#pullrequestreview-{each.id}")
    at = wire.api(world, f"/pulls/{pull.number}")
    known = {
        "id": each.id,
        "node_id": wire.node_id("PRR", each.id),
        # Of a deleted account GitHub gives null here, not ghost: clients of the API have to reckon with it.
        "user": None if world.people[each.login].gone else wire.user(world, each.login),
        "body": each.body,
        "state": each.state,
        "html_url": page,
        "pull_request_url": at,
        "author_association": wire.association(world, each.login),
        "_links": {"html": {"href": page}, "pull_request": {"href": at}},
        "commit_id": each.head,
    }
    if each.state != "PENDING":
        known["submitted_at"] = written(each.at)
    return filled("pull-request-review", known)


def issue(world: World, each: Issue) -> dict[str, Any]:
    """`issue`; with a `pull_request` where it is one, by which clients tell them apart."""
    at = wire.api(world, f"/issues/{each.number}")
    pull = world.pulls.get(each.number)
    page = wire.html(world, f"/{'pull' if pull else 'issues'}/{each.number}")
    known: dict[str, Any] = {
        "url": at,
        "repository_url": wire.api(world),
        "labels_url": f"{at}/labels{{/name}}",
        "comments_url": f"{at}/comments",
        "events_url": f"{at}/events",
        "html_url": page,
        "id": each.id,
        "node_id": wire.node_id("I", each.id),
        "number": each.number,
        "title": each.title,
        "user": wire.user(world, each.author),
        "labels": [label(world, name) for name in each.labels],
        "state": each.state,
        "state_reason": each.reason,
        "locked": False,
        "assignees": [wire.user(world, login) for login in each.assignees],
        "comments": sum(comment.number == each.number for comment in world.comments.values()),
        "created_at": written(each.at),
        "updated_at": written(each.updated),
        "closed_at": each.closed_at and written(each.closed_at),
        "body": each.body,
        "author_association": wire.association(world, each.author),
    }
    if pull:
        at_pull = wire.api(world, f"/pulls/{each.number}")
        links = {"url": at_pull, "html_url": page, "diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
        known["pull_request"] = {**links, "merged_at": pull.merged_at and written(pull.merged_at)}
    return filled("issue", known)


def comment(world: World, each: Comment) -> dict[str, Any]:
    """`issue-comment`."""
    kind = "pull" if each.number in world.pulls else "issues"
    known = {
        "id": each.id,
        "node_id": wire.node_id("IC", each.id),
        "url": wire.api(world, f"/issues/comments/{each.id}"),
        "html_url": wire.html(world, f"/{kind}/{each.number}#issuecomment-{each.id}"),
        "issue_url": wire.api(world, f"/issues/{each.number}"),
        "body": each.body,
        "user": wire.user(world, each.author),
        "created_at": written(each.at),
        "updated_at": written(each.updated),
        "author_association": wire.association(world, each.author),
    }
    return filled("issue-comment", known)


def label(world: World, name: str) -> dict[str, Any]:
    """`label`."""
    each: Label = world.labels[name.lower()]
    return {
        "id": each.id,
        "node_id": wire.node_id("LA", each.id),
        "url": wire.api(world, f"/labels/{each.name}"),
        "name": each.name,
        "description": each.description,
        "color": each.color,
        "default": False,
    }
