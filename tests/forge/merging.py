"""The three ways to merge, as GitHub leaves them in the history.

https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
and https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/about-merge-methods-on-github, 2026-11-22.
"""

from typing import Literal

from tests.forge.git import GITHUB, GitCommit, Signature
from tests.forge.happenings import HEADS, keep_refs, login_of, notice, settle, signature_of
from tests.forge.protection import missing_for_merge
from tests.forge.state import Pull, World

Method = Literal["merge", "squash", "rebase"]


class NotMergeableError(Exception):
    """GitHub refuses; the text is what it says. `status`: 405, or 409 where the head has moved."""

    def __init__(self, message: str, status: int = 405) -> None:
        super().__init__(message)
        self.status = status


def merge(
    world: World, pull: Pull, by: str, method: Method, *, expected: str | None = None, bypass: bool = False
) -> str:
    """Merge, and give the commit that the base stands at afterwards. `bypass`: past the rules, as an administrator may."""
    if pull.issue.state == "closed" or pull.draft:
        raise NotMergeableError("Pull Request is not mergeable")
    if method not in world.settings.merge_methods:
        raise NotMergeableError(f"{_named(method)} are not allowed on this repository.")
    if expected is not None and expected != pull.head:
        raise NotMergeableError("Head branch was modified. Review and try the merge again.", 409)
    if not bypass and (missing := missing_for_merge(world, pull)):
        raise NotMergeableError(missing)
    base = world.git.run("rev-parse", HEADS + pull.base)
    new = _made(world, pull, by, method, base)
    keep_refs(world, pull)
    pull.base_sha = base
    if not world.git.set_ref(HEADS + pull.base, new, base):
        raise NotMergeableError("Base branch was modified. Review and try the merge again.")
    settle(world, pull, new, by, method)
    notice(world, by)
    return new


def _named(method: Method) -> str:
    return {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}[method]


def _made(world: World, pull: Pull, by: str, method: Method, base: str) -> str:
    if method == "rebase":
        return _rebased(world, pull, by, base)
    tree = world.git.merged_tree(base, pull.head)
    committer = Signature(name=GITHUB[0], email=GITHUB[1], when=world.clock.text())
    if method == "merge":
        message = f"Merge pull request #{pull.number} from {pull.owner}/{pull.branch}\n\n{pull.issue.title}"
        return world.git.make_commit(
            tree, (base, pull.head), message, author=signature_of(world, by), committer=committer
        )
    author = signature_of(world, pull.issue.author)
    return world.git.make_commit(
        tree, (base,), _squashed_message(world, pull, base), author=author, committer=committer
    )


def _squashed_message(world: World, pull: Pull, base: str) -> str:
    """Title and number, then who else wrote the commits."""
    commits = [world.git.commit(sha) for sha in world.git.between(base, pull.head)]
    trailers = sorted({_trailer(each) for each in commits if login_of(world, each.author.email) != pull.issue.author})
    body = commits[0].message if len(commits) == 1 else "\n\n".join(f"* {each.message}" for each in commits)
    return "\n\n".join([f"{pull.issue.title} (#{pull.number})", body, "\n".join(trailers)]).rstrip()


def _trailer(commit: GitCommit) -> str:
    return f"Co-authored-by: {commit.author.name} <{commit.author.email}>"


def _rebased(world: World, pull: Pull, by: str, base: str) -> str:
    """Every commit anew on top of the base: always other hashes, the author kept, the committer who merged."""
    tip = base
    for sha in world.git.between(base, pull.head):
        commit = world.git.commit(sha)
        if len(commit.parents) != 1:
            raise NotMergeableError("This branch can't be rebased")
        tree = world.git.picked_tree(tip, commit)
        tip = world.git.make_commit(
            tree, (tip,), commit.message, author=commit.author, committer=signature_of(world, by)
        )
    return tip
