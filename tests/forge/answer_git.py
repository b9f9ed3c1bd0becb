"""Git's own objects and refs: blobs, trees, commits, tags, and the only atomic thing that the API has, a ref."""

import base64
import re
from typing import Any

from tests.forge import wire, wire_git
from tests.forge.answers import Answer, Call, answers, listed, not_found, refused
from tests.forge.clock import written
from tests.forge.git import GitError, Signature
from tests.forge.happenings import notice, signature_of
from tests.forge.protection import is_protected

BY_PULL_REQUEST = "Repository rule violations found\n\nChanges must be made through a pull request.\n\n"
HIDDEN = "refs/pull/"
"""GitHub's own; nobody writes there."""


def protected_refusal(call: Call, ref: str) -> None:
    """Refuse what the branch rules let nobody push."""
    if ref.startswith("refs/heads/") and is_protected(call.world, ref.removeprefix("refs/heads/")):
        raise refused(422, BY_PULL_REQUEST)


def _writable(call: Call, ref: str) -> None:
    protected_refusal(call, ref)
    if ref.startswith(HIDDEN):
        raise refused(422, "Reference cannot be updated")


@answers("git/get-ref")
def get_ref(call: Call) -> Answer:
    """Exactly this one: a prefix is not found, though it once gave a list."""
    name = f"refs/{call.path['ref']}"
    sha = call.world.git.refs().get(name)
    if sha is None:
        raise not_found()
    return Answer(body=wire_git.ref(call.world, name, sha))


@answers("git/list-matching-refs")
def matching_refs(call: Call) -> Answer:
    """What begins with it, in the middle of a word too: `heads/fix` finds `heads/fixes`."""
    found = sorted(call.world.git.refs(f"refs/{call.path['ref']}").items())
    return listed(call, found, lambda each: wire_git.ref(call.world, *each))


@answers("git/create-ref")
def create_ref(call: Call) -> Answer:
    """Atomic: of two at once one gets 422 `Reference already exists`.

    Words: https://github.com/orgs/community/discussions/24795 and many since; seen in clients' logs, 2026-11-22.
    """
    name, sha = str(call.body["ref"]), str(call.body["sha"])
    if not re.fullmatch(r"refs/[^/]+/.+", name):
        raise refused(422, "Reference name must start with 'refs/' and have at least two slashes")
    if not _well_formed(call, name):
        raise refused(422, f"{name} is not a valid ref name.")
    _writable(call, name)
    if not re.fullmatch(r"[0-9a-f]{40}", sha):
        raise refused(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    kind = call.world.git.kind(sha)
    if kind is None or (name.startswith("refs/heads/") and kind != "commit"):
        raise refused(422, "Object does not exist")
    if not call.world.git.set_ref(name, sha, None):
        raise refused(422, "Reference already exists")
    notice(call.world, call.actor.login)
    body = wire_git.ref(call.world, name, sha)
    return Answer(status=201, body=body, headers={"location": body["url"]})


def _well_formed(call: Call, name: str) -> bool:
    try:
        call.world.git.run("check-ref-format", name)
    except GitError:
        return False
    return True


@answers("git/update-ref")
def update_ref(call: Call) -> Answer:
    """A fast forward, unless `force`: so a new object that has the old one as its parent is a compare-and-swap."""
    git = call.world.git
    name, sha = f"refs/{call.path['ref']}", str(call.body["sha"])
    old = git.refs().get(name)
    if old is None:
        raise refused(422, "Reference does not exist")
    _writable(call, name)
    if git.kind(sha) is None:
        raise refused(422, "Object does not exist")
    if not call.body.get("force", False) and not git.is_ancestor(old, sha):
        raise refused(422, "Update is not a fast forward")
    if not git.set_ref(name, sha, old):
        raise refused(422, "Update is not a fast forward")
    notice(call.world, call.actor.login)
    return Answer(body=wire_git.ref(call.world, name, sha))


@answers("git/delete-ref")
def delete_ref(call: Call) -> Answer:
    """Whatever it stands at: the API has no way to say what one expects, so another's new ref may go too."""
    name = f"refs/{call.path['ref']}"
    old = call.world.git.refs().get(name)
    if old is None:
        raise refused(422, "Reference does not exist")
    _writable(call, name)
    call.world.git.drop_ref(name, old)
    notice(call.world, call.actor.login)
    return Answer(status=204)


def _signature(call: Call, given: Any) -> Signature:
    """Who a commit is by: what was sent, else the one who asks."""
    own = signature_of(call.world, call.actor.login)
    if not given:
        return own
    return Signature(name=given["name"], email=given["email"], when=given.get("date", written(call.world.clock.now)))


@answers("git/create-commit")
def create_commit(call: Call) -> Answer:
    git = call.world.git
    tree, parents = str(call.body["tree"]), [str(each) for each in call.body.get("parents", [])]
    if git.kind(tree) != "tree":
        raise refused(422, "Tree SHA does not exist")
    if any(git.kind(each) != "commit" for each in parents):
        raise refused(422, "Parent SHA does not exist or is not a commit object")
    author = _signature(call, call.body.get("author"))
    committer = _signature(call, call.body.get("committer") or call.body.get("author"))
    sha = git.make_commit(tree, parents, str(call.body["message"]), author=author, committer=committer)
    return Answer(status=201, body=wire_git.git_commit(call.world, sha))


@answers("git/get-commit")
def get_commit(call: Call) -> Answer:
    if call.world.git.kind(call.path["commit_sha"]) != "commit":
        raise not_found()
    return Answer(body=wire_git.git_commit(call.world, call.path["commit_sha"]))


@answers("git/create-tag")
def create_tag(call: Call) -> Answer:
    """The object alone; a ref has to be made for it."""
    body = call.body
    if call.world.git.kind(str(body["object"])) != body["type"]:
        raise refused(422, "Object does not exist")
    tagger = _signature(call, body.get("tagger"))
    sha = call.world.git.make_tag(body["tag"], body["object"], body["type"], body["message"], tagger)
    return Answer(status=201, body=wire_git.tag(call.world, sha))


@answers("git/get-tag")
def get_tag(call: Call) -> Answer:
    if call.world.git.kind(call.path["tag_sha"]) != "tag":
        raise not_found()
    return Answer(body=wire_git.tag(call.world, call.path["tag_sha"]))


@answers("git/create-blob")
def create_blob(call: Call) -> Answer:
    content = str(call.body["content"])
    raw = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
    sha = call.world.git.store(raw)
    return Answer(status=201, body={"sha": sha, "url": wire.api(call.world, f"/git/blobs/{sha}")})


@answers("git/get-blob")
def get_blob(call: Call) -> Answer:
    sha = call.path["file_sha"]
    if call.world.git.kind(sha) != "blob":
        raise not_found()
    raw = call.world.git.raw("cat-file", "blob", sha)
    body = {
        "sha": sha,
        "node_id": wire.node_id("B", int(sha[:8], 16)),
        "size": len(raw),
        "url": wire.api(call.world, f"/git/blobs/{sha}"),
        "content": base64.encodebytes(raw).decode(),
        "encoding": "base64",
    }
    return Answer(body=body)


@answers("git/create-tree")
def create_tree(call: Call) -> Answer:
    """On top of `base_tree`; an entry whose `sha` is null takes the path away."""
    git = call.world.git
    entries: dict[str, tuple[str, str] | None] = {}
    for entry in call.body["tree"]:
        sha = entry["sha"] if "sha" in entry else git.store(entry["content"])
        entries[entry["path"]] = None if sha is None else (entry.get("mode", "100644"), sha)
    made = git.tree_with(call.body.get("base_tree"), entries)
    return Answer(status=201, body=wire_git.tree(call.world, made, recursive=False))


@answers("git/get-tree")
def get_tree(call: Call) -> Answer:
    """By the hash of a tree or of a commit, or by a branch; `recursive` whatever it is set to."""
    sha = call.world.git.resolve(f"{call.path['tree_sha']}^{{tree}}")
    if sha is None:
        raise not_found()
    return Answer(body=wire_git.tree(call.world, sha, recursive="recursive" in call.query))
