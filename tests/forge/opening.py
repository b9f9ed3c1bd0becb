"""Opening a pull request."""

from tests.forge.happenings import HEADS, head_of, keep_refs, tell_pull
from tests.forge.state import Issue, Pull, World


class AlreadyOpenError(Exception):
    """There is one from this branch into that."""


class NoCommitsError(Exception):
    """The head has nothing that the base lacks."""


def open_pull(
    world: World,
    author: str,
    branch: str,
    base: str,
    *,
    title: str,
    body: str | None = None,
    owner: str | None = None,
    draft: bool = False,
) -> Pull:
    """`owner`: whose fork `branch` lies in. LookupError names the field that leads nowhere."""
    base_sha = world.git.resolve(HEADS + base)
    if base_sha is None:
        raise LookupError("base")
    if owner not in (None, world.organisation) and owner not in world.forks:
        raise LookupError("head")
    now = world.clock.now
    number = world.new_number()
    issue = Issue(number=number, id=world.new_id(), title=title, body=body, author=author, at=now, updated=now)
    pull = Pull(
        issue=issue,
        id=world.new_id(),
        base=base,
        base_sha=base_sha,
        owner=owner or world.organisation,
        branch=branch,
        heads=[],
        draft=draft,
    )
    head = head_of(world, pull)
    if head is None:
        raise LookupError("head")
    _refuse_in_vain(world, pull, head)
    pull.heads.append(head)
    world.issues[number], world.pulls[number] = issue, pull
    keep_refs(world, pull)
    tell_pull(world, pull, "opened", author)
    return pull


def _refuse_in_vain(world: World, pull: Pull, head: str) -> None:
    for each in world.pulls.values():
        if each.issue.state == "open" and (each.owner, each.branch, each.base) == (pull.owner, pull.branch, pull.base):
            raise AlreadyOpenError(f"A pull request already exists for {pull.owner}:{pull.branch}.")
    if world.git.is_ancestor(head, pull.base_sha):
        raise NoCommitsError(f"No commits between {pull.base} and {pull.branch}")
