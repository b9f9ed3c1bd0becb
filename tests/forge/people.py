"""What people do: push, open, review, merge, comment."""

from collections.abc import Mapping, Sequence
from typing import Literal

from tests.forge import happenings, merging, opening, reviewing
from tests.forge.answer_issues import add_comment
from tests.forge.git import Bare, GitCommit, Signature, made
from tests.forge.happenings import HEADS, notice
from tests.forge.owners import Owners
from tests.forge.state import Comment, Pull, Review, ReviewState

Opinion = Literal["approve", "request-changes", "comment"]
STATES: Mapping[Opinion, ReviewState] = {
    "approve": "APPROVED",
    "request-changes": "CHANGES_REQUESTED",
    "comment": "COMMENTED",
}


class People(Owners):
    """The part of `Forge` that people use."""

    def commit(
        self,
        login: str,
        branch: str,
        files: Mapping[str, str | None],
        message: str = "Ändring",
        *,
        onto: str | None = None,
        committer: str | None = None,
        co_authors: Sequence[str] = (),
    ) -> str:
        """Push one commit; None deletes a file. A new branch grows from main; `onto` another commit is a forced push."""
        with self.world.lock:
            old = self.git.resolve(HEADS + branch)
            parent = onto or old or self.git.resolve(HEADS + "main")
            trailers = [f"Co-authored-by: {each} <{self.world.people[each].email}>" for each in co_authors]
            text = message + ("\n\n" + "\n".join(trailers) if trailers else "")
            entries = {
                path: None if content is None else ("100644", self.git.store(content))
                for path, content in files.items()
            }
            sha = self.git.make_commit(
                self.git.tree_with(parent, entries),
                [parent] if parent else [],
                text,
                author=self._signature(login),
                committer=self._signature(committer or login),
            )
            self.git.set_ref(HEADS + branch, sha, old)
            notice(self.world, committer or login)
            return sha

    def _signature(self, login: str) -> Signature:
        return happenings.signature_of(self.world, login)

    def fork(self, login: str) -> Bare:
        """Somebody's fork, with the branches as they are; push to its `path`, or `commit_to_fork`."""
        path = self.git.path.with_name(f"{self.git.path.name}-{login}")
        each = made(path)
        each.run("fetch", "--quiet", str(self.git.path), "+refs/heads/*:refs/heads/*")
        self.world.forks[login] = each
        return each

    def commit_to_fork(self, login: str, branch: str, files: Mapping[str, str], message: str = "Ändring") -> str:
        """Push one commit to `login`'s fork, grown from the branch or from main."""
        with self.world.lock:
            fork = self.world.forks[login]
            old = fork.resolve(HEADS + branch)
            parent = old or fork.run("rev-parse", HEADS + "main")
            entries = {path: ("100644", fork.store(content)) for path, content in files.items()}
            who = self._signature(login)
            sha = fork.make_commit(fork.tree_with(parent, entries), [parent], message, author=who, committer=who)
            fork.set_ref(HEADS + branch, sha, old)
            notice(self.world, login)
            return sha

    def open_pull(
        self,
        author: str,
        branch: str,
        *,
        base: str = "main",
        title: str = "Ändring",
        body: str | None = None,
        fork: bool = False,
        draft: bool = False,
    ) -> Pull:
        """`fork`: the branch lies in the author's fork."""
        with self.world.lock:
            notice(self.world)
            owner = author if fork else None
            return opening.open_pull(self.world, author, branch, base, title=title, body=body, owner=owner, draft=draft)

    def review(
        self, pull: Pull, login: str, opinion: Opinion = "approve", *, head: str | None = None, body: str = ""
    ) -> Review:
        """Of the newest commit unless `head` is named, as a page that wasn't reloaded does."""
        with self.world.lock:
            notice(self.world)
            return reviewing.give_review(self.world, pull, login, STATES[opinion], head=head, body=body)

    def dismiss(self, review: Review) -> None:
        """Somebody with write access dismisses it."""
        review.state = "DISMISSED"

    def merge(self, pull: Pull, by: str, method: merging.Method = "merge", *, bypass: bool = False) -> str:
        """The commit that the base stands at afterwards; `merging.NotMergeableError` where the rules say no."""
        with self.world.lock:
            notice(self.world)
            return merging.merge(self.world, pull, by, method, bypass=bypass)

    def close(self, pull: Pull, by: str) -> None:
        """Close without merging."""
        with self.world.lock:
            happenings.close(self.world, pull, by)

    def say(self, pull: Pull | int, login: str, body: str) -> Comment:
        """Comment on a pull request or an issue."""
        with self.world.lock:
            return add_comment(self.world, pull if isinstance(pull, int) else pull.number, login, body)

    def read_commit(self, sha: str) -> GitCommit:
        return self.git.commit(sha)
