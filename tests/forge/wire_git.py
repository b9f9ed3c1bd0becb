"""Commits, trees, refs, tags and comparisons as GitHub writes them."""

import base64
from datetime import UTC, datetime
from typing import Any

from tests.forge import wire
from tests.forge.clock import written
from tests.forge.description import filled
from tests.forge.git import EMPTY_TREE, GITHUB, GitCommit, Signature
from tests.forge.happenings import login_of
from tests.forge.state import World

WEB_FLOW = 19864447
"""GitHub's number for the account that commits made on the web are committed by."""
STATUSES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def _moment(text: str) -> str:
    return written(datetime.fromisoformat(text).astimezone(UTC))


def _person(signature: Signature) -> dict[str, str]:
    return {"name": signature.name, "email": signature.email, "date": _moment(signature.when)}


def account(world: World, signature: Signature) -> dict[str, Any] | None:
    """Whose account the address belongs to; None for an address that GitHub doesn't know."""
    if signature.email == GITHUB[1]:
        return {**wire.owner(world), "login": "web-flow", "id": WEB_FLOW, "type": "User"}
    return wire.user(world, login_of(world, signature.email))


def commit(world: World, sha: str, *, files_too: bool = False) -> dict[str, Any]:
    """`commit`: Git's own part below `commit`, the accounts beside it."""
    each = world.git.commit(sha)
    at = wire.api(world, f"/commits/{sha}")
    known: dict[str, Any] = {
        "sha": sha,
        "node_id": wire.node_id("C", int(sha[:8], 16)),
        "url": at,
        "html_url": wire.html(world, f"/commit/{sha}"),
        "comments_url": f"{at}/comments",
        "commit": {
            "url": wire.api(world, f"/git/commits/{sha}"),
            "author": _person(each.author),
            "committer": _person(each.committer),
            "message": each.message,
            "comment_count": 0,
            "tree": {"sha": each.tree, "url": wire.api(world, f"/git/trees/{each.tree}")},
            "verification": UNSIGNED,
        },
        "author": account(world, each.author),
        "committer": account(world, each.committer),
        "parents": [_parent(world, parent) for parent in each.parents],
    }
    if files_too:
        changed = files(world, each.parents[0] if each.parents else EMPTY_TREE, sha)
        added, removed = sum(row["additions"] for row in changed), sum(row["deletions"] for row in changed)
        known["stats"] = {"additions": added, "deletions": removed, "total": added + removed}
        known["files"] = changed
    return known


def _parent(world: World, sha: str) -> dict[str, Any]:
    return {"sha": sha, "url": wire.api(world, f"/commits/{sha}"), "html_url": wire.html(world, f"/commit/{sha}")}


def files(world: World, old: str, new: str) -> list[dict[str, Any]]:
    """`diff-entry` per file that differs."""
    counts = world.git.counted(old, new)
    return [_file(world, old, new, change, counts.get(change[1], (0, 0))) for change in world.git.changes(old, new)]


def _file(
    world: World, old: str, new: str, change: tuple[str, str, str | None], count: tuple[int, int]
) -> dict[str, Any]:
    letter, path, before = change
    side = old if letter == "D" else new
    row = {
        "sha": world.git.resolve(f"{side}:{path}"),
        "filename": path,
        "status": STATUSES[letter],
        "additions": count[0],
        "deletions": count[1],
        "changes": sum(count),
        "blob_url": wire.html(world, f"/blob/{side}/{path}"),
        "raw_url": wire.html(world, f"/raw/{side}/{path}"),
        "contents_url": wire.api(world, f"/contents/{path}?ref={side}"),
        "patch": world.git.patch(old, new, path),
    }
    return row | ({"previous_filename": before} if before else {})


def git_commit(world: World, sha: str) -> dict[str, Any]:
    """`git-commit`: the object alone."""
    each: GitCommit = world.git.commit(sha)
    return {
        "sha": sha,
        "node_id": wire.node_id("C", int(sha[:8], 16)),
        "url": wire.api(world, f"/git/commits/{sha}"),
        "html_url": wire.html(world, f"/commit/{sha}"),
        "author": _person(each.author),
        "committer": _person(each.committer),
        "message": each.message,
        "tree": {"sha": each.tree, "url": wire.api(world, f"/git/trees/{each.tree}")},
        "parents": [_parent(world, parent) for parent in each.parents],
        "verification": UNSIGNED,
    }


def ref(world: World, name: str, sha: str) -> dict[str, Any]:
    """`git-ref`; `name` whole, with `refs/`."""
    kind = world.git.kind(sha)
    return {
        "ref": name,
        "node_id": "REF_" + base64.b64encode(name.encode()).decode().rstrip("="),
        "url": wire.api(world, f"/git/{name}"),
        "object": {"sha": sha, "type": kind, "url": wire.api(world, f"/git/{kind}s/{sha}")},
    }


def tag(world: World, sha: str) -> dict[str, Any]:
    """`git-tag`: an annotated tag's object."""
    head, _, message = world.git.run("cat-file", "tag", sha).partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.splitlines())
    who, _, rest = fields["tagger"].partition(" <")
    email, _, when = rest.partition("> ")
    moment = written(datetime.fromtimestamp(int(when.split()[0]), UTC))
    kind = fields["type"]
    return {
        "node_id": wire.node_id("TA", int(sha[:8], 16)),
        "tag": fields["tag"],
        "sha": sha,
        "url": wire.api(world, f"/git/tags/{sha}"),
        "message": message,
        "tagger": {"name": who, "email": email, "date": moment},
        "object": {"sha": fields["object"], "type": kind, "url": wire.api(world, f"/git/{kind}s/{fields['object']}")},
        "verification": UNSIGNED,
    }


def tree(world: World, sha: str, *, recursive: bool) -> dict[str, Any]:
    """`git-tree`; GitHub cuts at 100,000 entries, no test of ours goes there."""
    arguments = ["ls-tree", "-z", "--long", *(["-r", "-t"] if recursive else []), sha]
    rows = [row for row in world.git.run(*arguments).split("\0") if row]
    return {
        "sha": sha,
        "url": wire.api(world, f"/git/trees/{sha}"),
        "tree": [_entry(world, row) for row in rows],
        "truncated": False,
    }


def _entry(world: World, row: str) -> dict[str, Any]:
    facts, path = row.split("\t", 1)
    mode, kind, sha, size = facts.split()
    entry = {"path": path, "mode": mode, "type": kind, "sha": sha, "url": wire.api(world, f"/git/{kind}s/{sha}")}
    return entry | ({"size": int(size)} if size != "-" else {})


def comparison(world: World, base: str, head: str, shas: list[str]) -> dict[str, Any]:
    """`commit-comparison` from where the two parted; `shas`: the page of commits that was asked for."""
    git = world.git
    parted = git.merge_base(base, head)
    ahead, behind = len(git.between(base, head)), len(git.between(head, base))
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    page = wire.html(world, f"/compare/{base}...{head}")
    return filled(
        "commit-comparison",
        {
            "url": wire.api(world, f"/compare/{base}...{head}"),
            "html_url": page,
            "permalink_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": commit(world, base),
            "merge_base_commit": commit(world, parted or base),
            "status": status[ahead > 0, behind > 0],
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": ahead,
            "commits": [commit(world, sha) for sha in shas],
            "files": files(world, parted or base, head)[:300],
        },
    )
