"""The repository behind the forge: a real bare one, through the git command line."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ZERO = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
GITHUB = ("GitHub", "noreply@github.com")


class GitError(Exception):
    """Git refused; the text is what it wrote."""


class ConflictError(GitError):
    """Two trees can't be merged without a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who and when, `when` as `2026-11-23T08:00:00Z`."""

    name: str
    email: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitCommit:
    """A commit as Git stores it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare repository at `path`."""

    path: Path

    def run(self, *arguments: str, given: str | bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        """What git writes, decoded, without the last line break; GitError where it fails."""
        return self.raw(*arguments, given=given, env=env).decode("utf-8", "replace").rstrip("\n")

    def raw(self, *arguments: str, given: str | bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """As `run`, untouched."""
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", "-c", "gc.auto=0", "--git-dir", str(self.path), *arguments],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
            timeout=60,
            env={**_plain_environment(), **(env or {})},
            stdin=subprocess.DEVNULL if given is None else None,
        )
        if done.returncode:
            raise GitError(done.stderr.decode("utf-8", "replace").strip() or f"git {arguments[0]}: {done.returncode}")
        return done.stdout

    def resolve(self, name: str) -> str | None:
        """The object that `name` leads to, else None."""
        if not name or name.startswith("-"):
            return None
        try:
            return self.run("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        except GitError:
            return None

    def commit_of(self, name: str) -> str | None:
        """The commit that a branch, a tag or a hash leads to, as GitHub's `{ref}` understands it."""
        for candidate in (f"refs/heads/{name}", f"refs/tags/{name}", f"refs/{name}", name):
            if found := self.resolve(f"{candidate}^{{commit}}"):
                return found
        return None

    def kind(self, sha: str) -> str | None:
        """`commit`, `tree`, `blob` or `tag`; None where there is no such object."""
        try:
            return self.run("cat-file", "-t", sha)
        except GitError:
            return None

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Name → hash, of what begins with `prefix`, whole path parts or not."""
        lines = self.run("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        pairs = (line.split(" ", 1) for line in lines)
        return {name: sha for name, sha in pairs if name.startswith(prefix)}

    def set_ref(self, name: str, sha: str, expected: str | None) -> bool:
        """Compare and swap; `expected` None: it may not exist yet. Was it as expected?"""
        return self._update(f"update {name} {sha} {expected or ZERO}\n")

    def drop_ref(self, name: str, expected: str) -> bool:
        """Delete if it is still there as expected."""
        return self._update(f"delete {name} {expected}\n")

    def _update(self, command: str) -> bool:
        try:
            self.run("update-ref", "--stdin", given=command)
        except GitError:
            return False
        return True

    def is_ancestor(self, old: str, new: str) -> bool:
        """Is `old` reachable from `new`?"""
        try:
            self.run("merge-base", "--is-ancestor", old, new)
        except GitError:
            return False
        return True

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.run("merge-base", one, other)
        except GitError:
            return None

    def between(self, base: str, head: str) -> list[str]:
        """Commits of `head` that `base` lacks, oldest first."""
        return self.run("rev-list", "--topo-order", "--reverse", f"{base}..{head}").splitlines()

    def commit(self, sha: str) -> GitCommit:
        """Read one."""
        names = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
        parts = self.run("show", "--no-patch", "--no-show-signature", f"--format={names}", sha).split("\0")
        return GitCommit(
            sha=parts[0],
            tree=parts[1],
            parents=tuple(parts[2].split()),
            author=Signature(name=parts[3], email=parts[4], when=parts[5]),
            committer=Signature(name=parts[6], email=parts[7], when=parts[8]),
            message=parts[9].rstrip("\n"),
        )

    def make_commit(
        self, tree: str, parents: Sequence[str], message: str, *, author: Signature, committer: Signature
    ) -> str:
        """Write one and give its hash; no ref points at it yet."""
        arguments = [part for parent in parents for part in ("-p", parent)]
        return self.run("commit-tree", tree, *arguments, given=message, env=_signed(author, committer))

    def make_tag(self, name: str, sha: str, kind: str, message: str, tagger: Signature) -> str:
        """Write an annotated tag's object; no ref points at it yet."""
        who = f"{tagger.name} <{tagger.email}> {_epoch(tagger.when)} +0000"
        return self.run("mktag", given=f"object {sha}\ntype {kind}\ntag {name}\ntagger {who}\n\n{message}\n")

    def tree_with(self, base: str | None, entries: Mapping[str, tuple[str, str] | None]) -> str:
        """The tree of `base` with these paths set to (mode, hash) or, where None, taken away."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if base:
                self.run("read-tree", base, env=env)
            rows = [
                f"0 {ZERO}\t{path}" if entry is None else f"{entry[0]} {entry[1]}\t{path}"
                for path, entry in entries.items()
            ]
            self.run("update-index", "-z", "--add", "--index-info", given="\0".join([*rows, ""]), env=env)
            return self.run("write-tree", env=env)

    def store(self, content: str | bytes) -> str:
        """A file's content; gives its hash."""
        return self.run("hash-object", "-w", "--stdin", given=content)

    def merged_tree(self, ours: str, theirs: str) -> str:
        """The tree of both; ConflictError where a person would have to choose."""
        try:
            return self.run("merge-tree", "--write-tree", ours, theirs).splitlines()[0]
        except GitError as error:
            raise ConflictError(str(error)) from error

    def picked_tree(self, onto: str, commit: GitCommit) -> str:
        """The tree of `onto` with what `commit` did to its parent: git 2.39 has no `merge-tree --merge-base` yet."""
        stand_in = self.make_commit(
            self.commit(onto).tree,
            commit.parents[:1],
            "as if it had grown from there",
            author=commit.author,
            committer=commit.committer,
        )
        return self.merged_tree(stand_in, commit.sha)

    def changes(self, old: str, new: str) -> Iterator[tuple[str, str, str | None]]:
        """(status letter, path, path before a rename) of what differs between two trees."""
        fields = self.run("diff", "--name-status", "-z", "--find-renames", old, new).split("\0")
        parts = iter(fields)
        for status in parts:
            if not status:
                return
            first = next(parts)
            yield (status[0], next(parts), first) if status[0] in "RC" else (status[0], first, None)

    def counted(self, old: str, new: str) -> dict[str, tuple[int, int]]:
        """Path → lines added and removed (0 for a binary file)."""
        rows = self.run("diff", "--numstat", "-z", "--no-renames", old, new).split("\0")
        split = (row.split("\t", 2) for row in rows if row)
        return {path: (_number(added), _number(removed)) for added, removed, path in split}

    def patch(self, old: str, new: str, path: str) -> str:
        """The hunks of one file, without the header."""
        text = self.run("diff", old, new, "--", path)
        at = text.find("\n@@")
        return text[at + 1 :] if at >= 0 else ""


def made(path: Path) -> Bare:
    """A new, empty bare repository whose first branch is `main`; or the one that is there."""
    if not (path / "HEAD").exists():
        command = ["git", "init", "--quiet", "--bare", "--initial-branch=main", str(path)]
        subprocess.run(command, check=True, timeout=60, env=_plain_environment())
    return Bare(path)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _signed(author: Signature, committer: Signature) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_AUTHOR_DATE": author.when,
        "GIT_COMMITTER_NAME": committer.name,
        "GIT_COMMITTER_EMAIL": committer.email,
        "GIT_COMMITTER_DATE": committer.when,
    }


def _epoch(when: str) -> int:
    return int(datetime.fromisoformat(when).timestamp())


def _plain_environment() -> dict[str, str]:
    """Nobody's own configuration has a say in what the forge does."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
