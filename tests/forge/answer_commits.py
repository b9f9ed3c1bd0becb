"""Commits, comparisons, branches and files."""

import base64
from typing import Any

from tests.forge import wire, wire_git, wire_pulls
from tests.forge.answer_git import protected_refusal
from tests.forge.answers import Answer, Call, answers, listed, not_found, page_of, refused
from tests.forge.happenings import HEADS, notice, signature_of
from tests.forge.protection import is_protected
from tests.forge.state import Pull

WORKFLOWS = ".github/workflows/"


def commit_named(call: Call, name: str) -> str:
    """A commit by hash (whole or short), branch or tag; 404 else."""
    if found := call.world.git.commit_of(name):
        return found
    raise not_found()


@answers("repos/list-commits")
def list_commits(call: Call) -> Answer:
    """Newest first, from `sha` (a branch or a hash) or the default branch."""
    start = commit_named(call, call.query.get("sha", "main"))
    limits = [f"--{name}={call.query[name]}" for name in ("since", "until") if name in call.query]
    path = ["--", call.query["path"]] if "path" in call.query else []
    shas = call.world.git.run("rev-list", *limits, start, *path).splitlines()
    return listed(call, shas, lambda sha: wire_git.commit(call.world, sha))


@answers("repos/get-commit")
def get_commit(call: Call) -> Answer:
    found = call.world.git.commit_of(call.path["ref"])
    if found is None:
        raise refused(422, f"No commit found for SHA: {call.path['ref']}")
    return Answer(body=wire_git.commit(call.world, found, files_too=True))


@answers("repos/compare-commits-with-basehead")
def compare(call: Call) -> Answer:
    """From where the two parted. All commits when neither `page` nor `per_page` is sent, but never more than 250."""
    base, dots, head = call.path["basehead"].partition("...")
    if not dots:
        raise not_found()
    old, new = commit_named(call, base), commit_named(call, head)
    shas = call.world.git.between(old, new)
    if "page" not in call.query and "per_page" not in call.query:
        return Answer(body=wire_git.comparison(call.world, old, new, shas[-250:]))
    page, headers = page_of(call, shas)
    return Answer(body=wire_git.comparison(call.world, old, new, page), headers=headers)


@answers("repos/list-pull-requests-associated-with-commit")
def pulls_of_commit(call: Call) -> Answer:
    """Of a commit in the default branch the merged one that brought it; of another, those that have it, open or merged.

    https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit, 2026-11-22.
    """
    sha = commit_named(call, call.path["commit_sha"])
    main = call.world.git.resolve(HEADS + "main")
    if main and call.world.git.is_ancestor(sha, main):
        found = [each for each in call.world.pulls.values() if each.merged_at and _brought(call, each, sha)]
    else:
        found = [each for each in call.world.pulls.values() if _alive(each) and _has(call, each, sha)]
    return listed(call, found, lambda each: wire_pulls.pull_simple(call.world, each))


def _alive(pull: Pull) -> bool:
    return pull.issue.state == "open" or pull.merged_at is not None


def _has(call: Call, pull: Pull, sha: str) -> bool:
    return sha in call.world.git.between(wire_pulls.merge_base(call.world, pull), pull.head)


def _brought(call: Call, pull: Pull, sha: str) -> bool:
    """Is it among what the merge added to the base? Squashed and rebased commits are new ones."""
    return sha in call.world.git.between(pull.base_sha, pull.merge_sha or pull.head)


@answers("repos/list-branches")
def list_branches(call: Call) -> Answer:
    names = [name.removeprefix(HEADS) for name in call.world.git.refs(HEADS)]
    if "protected" in call.query:
        wanted = call.query["protected"] == "true"
        names = [name for name in names if is_protected(call.world, name) is wanted]
    return listed(call, sorted(names), lambda name: _short_branch(call, name))


def _short_branch(call: Call, name: str) -> dict[str, Any]:
    sha = call.world.git.run("rev-parse", HEADS + name)
    commit = {"sha": sha, "url": wire.api(call.world, f"/commits/{sha}")}
    return {"name": name, "commit": commit, "protected": is_protected(call.world, name)}


@answers("repos/get-branch")
def get_branch(call: Call) -> Answer:
    name = call.path["branch"]
    sha = call.world.git.resolve(HEADS + name)
    if sha is None:
        raise refused(404, "Branch not found")
    at = wire.api(call.world, f"/branches/{name}")
    body = {
        "name": name,
        "commit": wire_git.commit(call.world, sha),
        "_links": {"self": at, "html": wire.html(call.world, f"/tree/{name}")},
        "protected": is_protected(call.world, name),
        "protection": {"enabled": is_protected(call.world, name)},
        "protection_url": f"{at}/protection",
    }
    return Answer(body=body)


@answers("repos/get-content")
def get_content(call: Call) -> Answer:
    """A file's content in base64, a folder's list."""
    sha = commit_named(call, call.query.get("ref", "main"))
    path = call.path["path"].strip("/")
    blob = call.world.git.resolve(f"{sha}:{path}")
    if blob is None:
        raise not_found()
    if call.world.git.kind(blob) == "tree":
        rows = wire_git.tree(call.world, blob, recursive=False)["tree"]
        return Answer(body=[_listed_file(call, sha, f"{path}/{row['path']}", row) for row in rows])
    raw = call.world.git.raw("cat-file", "blob", blob)
    row = {"sha": blob, "type": "blob", "size": len(raw)}
    content = base64.encodebytes(raw).decode()
    return Answer(body={**_listed_file(call, sha, path, row), "encoding": "base64", "content": content})


def _listed_file(call: Call, sha: str, path: str, row: dict[str, Any]) -> dict[str, Any]:
    at = wire.api(call.world, f"/contents/{path}?ref={sha}")
    page = wire.html(call.world, f"/blob/{sha}/{path}")
    objects = wire.api(call.world, f"/git/{row['type']}s/{row['sha']}")
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": row["sha"],
        "size": row.get("size", 0),
        "type": {"blob": "file", "tree": "dir"}[row["type"]],
        "url": at,
        "html_url": page,
        "git_url": objects,
        "download_url": f"https://raw.githubusercontent.com/{call.world.full_name}/{sha}/{path}",
        "_links": {"self": at, "git": objects, "html": page},
    }


@answers("repos/create-or-update-file-contents")
def put_content(call: Call) -> Answer:
    """One commit on a branch. `sha` is the file that is replaced; another one there is a conflict.

    What GITHUB_TOKEN may never write is a workflow: there is no `workflows` permission for it.
    https://docs.github.com/en/rest/repos/contents#create-or-update-file-contents, 2026-11-22.
    """
    git, path = call.world.git, call.path["path"]
    if path.startswith(WORKFLOWS) and call.token and call.token.permissions.get("workflows") != "write":
        raise refused(403, "Resource not accessible by integration")
    branch = HEADS + str(call.body.get("branch", "main"))
    head = git.resolve(branch)
    if head is None:
        raise refused(404, f"Branch {branch.removeprefix(HEADS)} not found")
    protected_refusal(call, branch)
    old = git.resolve(f"{head}:{path}")
    if old != call.body.get("sha"):
        message = f"{path} does not match {call.body['sha']}" if "sha" in call.body else '"sha" wasn\'t supplied.'
        raise refused(409 if "sha" in call.body else 422, f"Invalid request.\n\n{message}" if old else message)
    new = _committed(call, head, path)
    git.set_ref(branch, new, head)
    notice(call.world, call.actor.login)
    blob = git.run("rev-parse", f"{new}:{path}")
    row = {"sha": blob, "type": "blob", "size": int(git.run("cat-file", "-s", blob))}
    commit = wire_git.git_commit(call.world, new)
    return Answer(status=200 if old else 201, body={"content": _listed_file(call, new, path, row), "commit": commit})


def _committed(call: Call, head: str, path: str) -> str:
    git = call.world.git
    tree = git.tree_with(head, {path: ("100644", git.store(base64.b64decode(call.body["content"])))})
    who = signature_of(call.world, call.actor.login)
    return git.make_commit(tree, (head,), str(call.body["message"]), author=who, committer=who)
