"""Issues, the conversations of issues and pull requests, labels."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.forge import wire_pulls
from tests.forge.answers import Answer, Call, answers, invalid, listed, not_found, refused
from tests.forge.happenings import close as close_pull
from tests.forge.happenings import tell
from tests.forge.permissions import satisfied
from tests.forge.state import Comment, Issue, Label, World

LONGEST = 65536
"""Characters of a comment or a description: https://github.com/vebr/jest-lcov-reporter/issues/14 has the answer, 2026-11-22."""


def refuse_too_long(resource: str, text: str | None) -> None:
    if text is not None and len(text) > LONGEST:
        message = f"Body is too long (maximum is {LONGEST} characters)"
        raise invalid({"resource": resource, "code": "unprocessable", "field": "data", "message": message})


def _issue_of(call: Call, *, write: bool = False) -> Issue:
    found = call.world.issues.get(call.number("issue_number"))
    if found is None:
        raise not_found()
    _allow_part(call, found.number, write=write)
    return found


def _allow_part(call: Call, number: int, *, write: bool) -> None:
    """Of the two permissions that conversations accept, the one for this kind.

    A pull request's is `pull-requests` or `issues`; an issue's only `issues`.
    https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps, 2026-11-22.
    """
    if call.token is None:
        return
    level = "write" if write else "read"
    needs = (f"issues:{level}", f"pull_requests:{level}") if number in call.world.pulls else (f"issues:{level}",)
    public = not write and call.world.settings.visibility == "public"
    if not public and not satisfied(needs, call.token.permissions) and call.token.kind != "person":
        raise refused(
            403, "Resource not accessible by integration", {"x-accepted-github-permissions": f"issues={level}"}
        )


def _labelled(call: Call, names: Sequence[Any]) -> list[str]:
    """Labels by name; unknown ones are made on the way, as GitHub does."""
    wanted = [each["name"] if isinstance(each, dict) else str(each) for each in names]
    for name in wanted:
        if name.lower() not in call.world.labels:
            call.world.labels[name.lower()] = Label(id=call.world.new_id(), name=name)
    return list(dict.fromkeys(name.lower() for name in wanted))


@answers("issues/list-for-repo")
def list_issues(call: Call) -> Answer:
    """Pull requests too: to GitHub every pull request is an issue. Open ones, newest first, unless asked."""
    state = call.query.get("state", "open")
    found = [each for each in call.world.issues.values() if state in ("all", each.state)]
    if labels := call.query.get("labels"):
        wanted = {name.strip().lower() for name in labels.split(",")}
        found = [each for each in found if wanted <= set(each.labels)]
    if creator := call.query.get("creator"):
        found = [each for each in found if each.author == creator]
    if since := call.query.get("since"):
        found = [each for each in found if each.updated >= datetime.fromisoformat(since)]
    by_update = call.query.get("sort") == "updated"
    found.sort(key=lambda each: (each.updated if by_update else each.at, each.number))
    if call.query.get("direction", "desc") == "desc":
        found.reverse()
    return listed(call, found, lambda each: wire_pulls.issue(call.world, each))


@answers("issues/create")
def create_issue(call: Call) -> Answer:
    title, body, now = str(call.body["title"]), call.body.get("body"), call.world.clock.now
    refuse_too_long("Issue", body)
    if not title.strip():
        raise invalid({"resource": "Issue", "code": "missing_field", "field": "title"})
    made = Issue(
        number=call.world.new_number(),
        id=call.world.new_id(),
        title=title,
        body=body,
        author=call.actor.login,
        at=now,
        updated=now,
        labels=_labelled(call, call.body.get("labels", [])),
        assignees=list(call.body.get("assignees") or []),
    )
    call.world.issues[made.number] = made
    wired = wire_pulls.issue(call.world, made)
    tell(call.world, "issues", "opened", {"action": "opened", "issue": wired}, made.author)
    return Answer(status=201, body=wired, headers={"location": wired["url"]})


@answers("issues/get")
def get_issue(call: Call) -> Answer:
    return Answer(body=wire_pulls.issue(call.world, _issue_of(call)))


@answers("issues/update")
def update_issue(call: Call) -> Answer:
    each = _issue_of(call, write=True)
    refuse_too_long("Issue", call.body.get("body"))
    each.title = str(call.body.get("title") or each.title)
    each.body = call.body.get("body", each.body)
    if "labels" in call.body:
        each.labels = _labelled(call, call.body["labels"])
    each.updated = call.world.clock.now
    if (state := call.body.get("state")) and state != each.state:
        _turn(call, each, state)
    return Answer(body=wire_pulls.issue(call.world, each))


def _turn(call: Call, each: Issue, state: Any) -> None:
    if each.number in call.world.pulls:
        if state == "open":
            raise invalid({"resource": "Issue", "field": "state", "code": "invalid"})
        close_pull(call.world, call.world.pulls[each.number], call.actor.login)
        return
    closed = state == "closed"
    each.state = state
    each.reason = call.body.get("state_reason") or ("completed" if closed else "reopened")
    each.closed_at = call.world.clock.now if closed else None
    each.closed_by = call.actor.login if closed else None


@answers("issues/list-comments")
def list_comments(call: Call) -> Answer:
    """Oldest first."""
    number = _issue_of(call).number
    found = [each for each in call.world.comments.values() if each.number == number]
    if since := call.query.get("since"):
        found = [each for each in found if each.updated >= datetime.fromisoformat(since)]
    return listed(call, found, lambda each: wire_pulls.comment(call.world, each))


@answers("issues/list-comments-for-repo")
def list_all_comments(call: Call) -> Answer:
    """Oldest first, of all issues and pull requests."""
    found = list(call.world.comments.values())
    if call.query.get("direction") == "desc" and "sort" in call.query:
        found.reverse()
    if since := call.query.get("since"):
        found = [each for each in found if each.updated >= datetime.fromisoformat(since)]
    return listed(call, found, lambda each: wire_pulls.comment(call.world, each))


@answers("issues/create-comment")
def create_comment(call: Call) -> Answer:
    each = _issue_of(call, write=True)
    made = add_comment(call.world, each.number, call.actor.login, str(call.body["body"]))
    wired = wire_pulls.comment(call.world, made)
    return Answer(status=201, body=wired, headers={"location": wired["url"]})


def add_comment(world: World, number: int, author: str, body: str) -> Comment:
    """Say something in a conversation."""
    refuse_too_long("IssueComment", body)
    if not body.strip():
        raise invalid(
            {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": "Body cannot be blank"}
        )
    now = world.clock.now
    made = Comment(id=world.new_id(), number=number, author=author, body=body, at=now, updated=now)
    world.comments[made.id] = made
    world.issues[number].updated = now
    about = {"issue": wire_pulls.issue(world, world.issues[number]), "comment": wire_pulls.comment(world, made)}
    tell(world, "issue_comment", "created", {"action": "created", **about}, author)
    return made


def _comment_of(call: Call, *, write: bool = False) -> Comment:
    found = call.world.comments.get(call.number("comment_id"))
    if found is None:
        raise not_found()
    _allow_part(call, found.number, write=write)
    return found


@answers("issues/get-comment")
def get_comment(call: Call) -> Answer:
    return Answer(body=wire_pulls.comment(call.world, _comment_of(call)))


@answers("issues/update-comment")
def update_comment(call: Call) -> Answer:
    """Others' too: who may write may edit what anybody said, and the author stays the one who said it first."""
    each = _comment_of(call, write=True)
    refuse_too_long("IssueComment", str(call.body["body"]))
    each.body, each.updated = str(call.body["body"]), call.world.clock.now
    return Answer(body=wire_pulls.comment(call.world, each))


@answers("issues/delete-comment")
def delete_comment(call: Call) -> Answer:
    del call.world.comments[_comment_of(call, write=True).id]
    return Answer(status=204)


@answers("issues/list-labels-for-repo")
def list_labels(call: Call) -> Answer:
    return listed(call, sorted(call.world.labels), lambda name: wire_pulls.label(call.world, name))


@answers("issues/create-label")
def create_label(call: Call) -> Answer:
    """Names differ by more than their case."""
    name = str(call.body["name"])
    if name.lower() in call.world.labels:
        raise invalid({"resource": "Label", "code": "already_exists", "field": "name"})
    color = str(call.body.get("color", "ededed"))
    made = Label(id=call.world.new_id(), name=name, color=color, description=call.body.get("description"))
    call.world.labels[name.lower()] = made
    body = wire_pulls.label(call.world, name)
    return Answer(status=201, body=body, headers={"location": body["url"]})


@answers("issues/get-label")
def get_label(call: Call) -> Answer:
    if call.path["name"].lower() not in call.world.labels:
        raise not_found()
    return Answer(body=wire_pulls.label(call.world, call.path["name"]))


def _labels(call: Call, each: Issue) -> Answer:
    each.updated = call.world.clock.now
    return Answer(body=[wire_pulls.label(call.world, name) for name in each.labels])


def _sent_labels(call: Call) -> list[str]:
    body: Any = call.body
    return _labelled(call, body if isinstance(body, list) else body.get("labels", []))


@answers("issues/list-labels-on-issue")
def labels_on_issue(call: Call) -> Answer:
    return listed(call, _issue_of(call).labels, lambda name: wire_pulls.label(call.world, name))


@answers("issues/add-labels")
def add_labels(call: Call) -> Answer:
    each = _issue_of(call, write=True)
    each.labels = list(dict.fromkeys([*each.labels, *_sent_labels(call)]))
    return _labels(call, each)


@answers("issues/set-labels")
def set_labels(call: Call) -> Answer:
    each = _issue_of(call, write=True)
    each.labels = _sent_labels(call)
    return _labels(call, each)


@answers("issues/remove-label")
def remove_label(call: Call) -> Answer:
    each = _issue_of(call, write=True)
    name = call.path["name"].lower()
    if name not in each.labels:
        raise refused(404, "Label does not exist")
    each.labels.remove(name)
    return _labels(call, each)
