"""Whether what a merge put on the branch is what was reviewed: Git is asked to merge once more, and the two trees are compared.

GitHub merges with Git's own `merge-ort` (github.blog/engineering/infrastructure/scaling-merge-ort-across-github, 2023-07-27), which
`git merge-tree --write-tree` is too: what merged without conflicts comes out the same. Whoever may push to the branch may
push a merge commit that holds more than its two sides, and GitHub calls the pull request merged by it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from reconciler.forge.api import Forge
from reconciler.forge.objects import Entry, blob_of, entries_of, merge_base, tree_of
from reconciler.forge.problems import ForgeProblem
from reconciler.load.revision import ask_git
from reconciler.trust.evidence import MergedPull
from reconciler.trust.refusal import Refusal

_WRITER: Final = ("-c", "user.name=reconciler", "-c", "user.email=reconciler@invalid", "-c", "commit.gpgsign=false")

_PLAINLY: Final = tuple(
    word
    for setting in (
        "core.bare=true",
        "core.attributesFile=/dev/null",
        "merge.default=text",
        "merge.renames=true",
        "merge.directoryRenames=conflict",
    )
    for word in ("-c", setting)
)


def landing_fault(forge: Forge, root: Path, pull: MergedPull) -> Refusal | None:
    """Why what landed isn't what was reviewed, or why nobody can tell; None where it is. Writes loose objects, which nothing points to."""
    values = {"pull": str(pull.number), "commit": pull.merge_sha[:12]}
    if len(pull.landed) > max(1, len(pull.commits)):
        return Refusal(code="MERGE-DIFFERS", values=values)
    head = pull.head if _has(root, pull.head) else _brought(forge, root, pull)
    merged = _merged(root, pull.base, head)
    if merged is None:
        return Refusal(code="MERGE-BY-HAND" if _can_merge(root) else "MERGE-GIT-OLD", values=values)
    landed = _name(root, "rev-parse", "--verify", "--quiet", f"{pull.merge_sha}^{{tree}}")
    same = merged.decode().splitlines()[0] == landed
    return None if same else Refusal(code="MERGE-DIFFERS", values=values)


def is_on_branch(root: Path, sha: str, branch: str) -> bool:
    """Whether a commit is one of those that led to another."""
    return ask_git(root, "merge-base", "--is-ancestor", "--end-of-options", sha, branch) is not None


def _can_merge(root: Path) -> bool:
    """`merge-tree --write-tree` came with Git 2.38 (2022-10)."""
    head = _name(root, "rev-parse", "--verify", "HEAD")
    return _merged(root, head, head) is not None


def _merged(root: Path, base: str, head: str) -> bytes | None:
    """As in a repository without files of its own, with Git's own settings: the `.gitattributes` of what is checked out (and so of anybody
    whose change landed), the machine's and its settings could have it merge in another way.
    """
    folder = Path(_name(root, "rev-parse", "--absolute-git-dir"))
    return ask_git(folder, *_PLAINLY, "merge-tree", "--write-tree", base, head)


def _has(root: Path, sha: str) -> bool:
    return ask_git(root, "cat-file", "-e", f"{sha}^{{tree}}") is not None


def _brought(forge: Forge, root: Path, pull: MergedPull) -> str:
    """A commit here with the head's files, parted from the branch where the head did."""
    tree, parted = tree_of(forge, pull.head), merge_base(forge, pull.base, pull.head)
    if not _has(root, tree):
        _bring_tree(forge, root, tree)
    return _name(root, *_WRITER, "commit-tree", tree, "-p", parted, "-m", "reviewed")


def _bring_tree(forge: Forge, root: Path, top: str) -> None:
    """Files first, then folders from the inside out, so that each has what it names. Git names what it is given: nothing is believed."""
    entries = entries_of(forge, top)
    for sha in _missing(root, (one.sha for one in entries if one.kind == "blob")):
        _expect(root, sha, "hash-object", "-w", "--stdin", given=blob_of(forge, sha))
    folders = sorted((one for one in entries if one.kind == "tree"), key=lambda one: -one.path.count("/"))
    for path, sha in (*((one.path, one.sha) for one in folders), (".", top)):
        inside = [one for one in entries if str(PurePosixPath(one.path).parent) == path]
        _expect(root, sha, "mktree", "-z", given=_listed(inside))


def _listed(entries: Iterable[Entry]) -> bytes:
    rows = [f"{one.mode} {one.kind} {one.sha}\t{PurePosixPath(one.path).name}\0" for one in entries]
    return "".join(rows).encode()


def _missing(root: Path, shas: Iterable[str]) -> Sequence[str]:
    """`cat-file --batch-check` answers `<name> missing` for what isn't here."""
    wanted = tuple(dict.fromkeys(shas))
    answer = ask_git(root, "cat-file", "--batch-check", given="".join(f"{sha}\n" for sha in wanted).encode()) or b""
    gone = {line.split()[0] for line in answer.decode().splitlines() if line.endswith(" missing")}
    return [sha for sha in wanted if sha in gone]


def _expect(root: Path, sha: str, *words: str, given: bytes) -> None:
    if _name(root, *words, given=given) != sha:
        raise ForgeProblem("CI-COMMIT-UNKNOWN", {"revision": sha})


def _name(root: Path, *words: str, given: bytes | None = None) -> str:
    found = ask_git(root, *words, given=given)
    if found is None:
        raise ForgeProblem("CI-COMMIT-UNKNOWN", {"revision": words[-1][:40]})
    return found.decode().strip()
