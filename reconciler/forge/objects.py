"""Git's own objects by the API: of a commit that the checkout doesn't have, because its branch was deleted with the merge."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.forge.api import Forge, get
from reconciler.forge.fields import flag, need, rows, text, unreadable
from reconciler.forge.problems import ForgeProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`path` from the top; `kind`: blob, tree or commit (of another repository)."""

    path: str
    mode: str
    kind: str
    sha: str


def tree_of(forge: Forge, commit: str) -> str:
    """The tree of a commit."""
    return need(get(forge, "git/commits/{sha}", {"sha": commit}), "tree", "sha")


def entries_of(forge: Forge, tree: str) -> Sequence[Entry]:
    """Everything below a tree, folders too. Raises ForgeProblem FORGE-TREE-CUT where GitHub leaves some out (100,000 entries or
    7 MB: docs.github.com/en/rest/git/trees#get-a-tree, 2026-11-22).
    """
    data = get(forge, "git/trees/{sha}", {"sha": tree}, query={"recursive": 1})
    if flag(data, "truncated"):
        raise ForgeProblem("FORGE-TREE-CUT", {"tree": tree[:12]})
    return tuple(
        Entry(path=need(row, "path"), mode=need(row, "mode"), kind=need(row, "type"), sha=need(row, "sha"))
        for row in rows(data, "tree")
    )


def blob_of(forge: Forge, sha: str) -> bytes:
    """What a file holds."""
    data = get(forge, "git/blobs/{sha}", {"sha": sha})
    try:
        return base64.b64decode(text(data, "content"))
    except (binascii.Error, ValueError):
        raise unreadable("content") from None


def merge_base(forge: Forge, base: str, head: str) -> str:
    """Where two commits parted."""
    basehead = {"basehead": f"{base}...{head}"}
    return need(get(forge, "compare/{basehead}", basehead, query={"per_page": 1}), "merge_base_commit", "sha")
