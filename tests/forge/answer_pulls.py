"""Pull requests and their reviews."""

from typing import Any

from tests.forge import wire_git, wire_pulls
from tests.forge.answers import Answer, Call, answers, invalid, listed, not_found, refused, unprocessable
from tests.forge.git import ConflictError
from tests.forge.happenings import close, keep_refs, tell_pull, touch
from tests.forge.merging import NotMergeableError, merge
from tests.forge.opening import AlreadyOpenError, NoCommitsError, open_pull
from tests.forge.reviewing import OwnPullError, give_review
from tests.forge.state import Pull, Review

EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def pull_of(call: Call) -> Pull:
    """The one that the path names."""
    if found := call.world.pulls.get(call.number("pull_number")):
        return found
    raise not_found()


@answers("pulls/list")
def list_pulls(call: Call) -> Answer:
    """Newest first, unless sorted by something else; open ones, unless asked."""
    wanted = call.query.get("state", "open")
    found = [each for each in call.world.pulls.values() if wanted in ("all", each.issue.state)]
    if head := call.query.get("head"):
        found = [each for each in found if f"{each.owner}:{each.branch}" == head]
    if base := call.query.get("base"):
        found = [each for each in found if each.base == base]
    by_update = call.query.get("sort") in ("updated", "popularity", "long-running")
    found.sort(key=lambda each: (each.issue.updated if by_update else each.issue.at, each.number))
    # Without `sort` the newest stand first; with one, the oldest, unless `direction` says otherwise.
    default = "desc" if call.query.get("sort", "created") == "created" else "asc"
    if call.query.get("direction", default) == "desc":
        found.reverse()
    return listed(call, found, lambda each: wire_pulls.pull_simple(call.world, each))


@answers("pulls/create")
def create_pull(call: Call) -> Answer:
    """Open one; a job's token only where the owner allows it, which a new repository doesn't."""
    if call.token and call.token.kind == "job" and not call.world.settings.actions_may_create_pulls:
        raise refused(403, "GitHub Actions is not permitted to create or approve pull requests.")
    owner, _, branch = str(call.body["head"]).rpartition(":")
    try:
        pull = open_pull(
            call.world,
            call.actor.login,
            branch,
            str(call.body["base"]),
            title=str(call.body.get("title", "")),
            body=call.body.get("body"),
            owner=owner or None,
            draft=bool(call.body.get("draft")),
        )
    except AlreadyOpenError as error:
        raise invalid({"resource": "PullRequest", "code": "custom", "message": str(error)}) from error
    except NoCommitsError as error:
        raise invalid({"resource": "PullRequest", "code": "custom", "message": str(error)}) from error
    except LookupError as error:
        raise invalid({"resource": "PullRequest", "field": str(error.args[0]), "code": "invalid"}) from error
    body = wire_pulls.pull_full(call.world, pull)
    return Answer(status=201, body=body, headers={"location": body["url"]})


@answers("pulls/get")
def get_pull(call: Call) -> Answer:
    return Answer(body=wire_pulls.pull_full(call.world, pull_of(call)))


@answers("pulls/update")
def update_pull(call: Call) -> Answer:
    pull = pull_of(call)
    pull.issue.title = str(call.body.get("title", pull.issue.title))
    if "body" in call.body:
        pull.issue.body = call.body["body"]
    if "base" in call.body:
        pull.base = str(call.body["base"])
        keep_refs(call.world, pull)
    touch(call.world, pull)
    state = call.body.get("state")
    if state == "closed" and pull.issue.state == "open":
        close(call.world, pull, call.actor.login)
    elif state == "open" and pull.issue.state == "closed":
        _reopen(call, pull)
    return Answer(body=wire_pulls.pull_full(call.world, pull))


def _reopen(call: Call, pull: Pull) -> None:
    if pull.merged_at:
        raise invalid({"resource": "PullRequest", "field": "state", "code": "invalid"})
    pull.issue.state, pull.issue.closed_at, pull.issue.closed_by = "open", None, None
    tell_pull(call.world, pull, "reopened", call.actor.login)


@answers("pulls/list-commits")
def list_commits(call: Call) -> Answer:
    """Oldest first, and never more than 250: https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request, 2026-11-22."""
    pull = pull_of(call)
    shas = call.world.git.between(wire_pulls.merge_base(call.world, pull), pull.head)[:250]
    return listed(call, shas, lambda sha: wire_git.commit(call.world, sha))


@answers("pulls/list-files")
def list_files(call: Call) -> Answer:
    """Never more than 3,000 files: https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files, 2026-11-22."""
    pull = pull_of(call)
    files = wire_git.files(call.world, wire_pulls.merge_base(call.world, pull), pull.head)[:3000]
    return listed(call, files, lambda each: each)


@answers("pulls/check-if-merged")
def check_merged(call: Call) -> Answer:
    if pull_of(call).merged_at is None:
        raise not_found()
    return Answer(status=204)


@answers("pulls/merge")
def merge_pull(call: Call) -> Answer:
    pull = pull_of(call)
    method: Any = call.body.get("merge_method", "merge")
    try:
        sha = merge(call.world, pull, call.actor.login, method, expected=call.body.get("sha"))
    except NotMergeableError as error:
        raise refused(error.status, str(error)) from error
    except ConflictError as error:
        raise refused(405, "Pull Request has merge conflicts") from error
    return Answer(body={"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


@answers("pulls/list-reviews")
def list_reviews(call: Call) -> Answer:
    """In the order in which they were given; one that was begun and not handed in is its author's alone."""
    pull = pull_of(call)
    login = call.token.login if call.token else None
    seen = [each for each in pull.reviews if each.state != "PENDING" or each.login == login]
    return listed(call, seen, lambda each: wire_pulls.review(call.world, pull, each))


def _review_of(call: Call) -> Review:
    for each in pull_of(call).reviews:
        if each.id == call.number("review_id"):
            return each
    raise not_found()


@answers("pulls/get-review")
def get_review(call: Call) -> Answer:
    return Answer(body=wire_pulls.review(call.world, pull_of(call), _review_of(call)))


@answers("pulls/create-review")
def create_review(call: Call) -> Answer:
    pull = pull_of(call)
    event = call.body.get("event")
    if call.token and call.token.kind == "job" and event == "APPROVE":
        raise refused(422, "GitHub Actions is not permitted to approve pull requests.")
    if event in ("REQUEST_CHANGES", "COMMENT") and not call.body.get("body"):
        raise refused(422, "Unprocessable Entity")
    state: Any = EVENTS.get(str(event), "PENDING")
    try:
        made = give_review(
            call.world,
            pull,
            call.actor.login,
            state,
            head=call.body.get("commit_id"),
            body=str(call.body.get("body", "")),
        )
    except OwnPullError as error:
        raise unprocessable(str(error)) from error
    return Answer(body=wire_pulls.review(call.world, pull, made))


@answers("pulls/dismiss-review")
def dismiss_review(call: Call) -> Answer:
    each = _review_of(call)
    if each.state not in ("APPROVED", "CHANGES_REQUESTED"):
        raise refused(422, "Can not dismiss a commented pull request review")
    each.state = "DISMISSED"
    return Answer(body=wire_pulls.review(call.world, pull_of(call), each))
