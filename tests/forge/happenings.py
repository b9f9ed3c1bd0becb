"""What follows when something moves: branches are pushed to, pull requests follow, events are told."""

from datetime import datetime
from typing import Any

from tests.forge import wire, wire_pulls
from tests.forge.clock import written
from tests.forge.git import ZERO, ConflictError, GitCommit, GitError, Signature
from tests.forge.protection import dismiss_stale
from tests.forge.state import BOT, Event, Pull, World

HEADS = "refs/heads/"
PUSH_TIMES = ("created_at", "pushed_at")


def notice(world: World, sender: str | None = None) -> None:
    """Catch up with whatever was pushed to the bare repository and the forks since the last look.

    `sender`: who did it; whoever wrote the newest commit where that isn't known (git over a path names nobody).
    """
    now = world.git.refs(HEADS)
    forks = {login: fork.refs(HEADS) for login, fork in world.forks.items()}
    if (now, forks) == (world.refs, world.fork_refs):
        return
    before, world.refs, world.fork_refs = world.refs, now, forks
    for name in sorted(now.keys() | before.keys()):
        if now.get(name) != before.get(name):
            _pushed(world, name, before.get(name, ZERO), now.get(name, ZERO), sender)
    for pull in list(world.pulls.values()):
        if pull.issue.state == "open":
            _follow(world, pull, sender)


def _pushed(world: World, ref: str, before: str, after: str, sender: str | None) -> None:
    who = sender or _author(world, after if after != ZERO else before)
    forced = ZERO not in (before, after) and not world.git.is_ancestor(before, after)
    payload = _push_payload(world, ref, before, after, who, forced=forced)
    tell(world, "push", None, payload, who)


def _push_payload(world: World, ref: str, before: str, after: str, who: str, *, forced: bool) -> dict[str, Any]:
    shas = [] if after == ZERO else world.git.between(before, after) if before != ZERO else [after]
    commits = [_push_commit(world, world.git.commit(sha)) for sha in shas[-20:]]
    person = world.people[who]
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": after == ZERO,
        "forced": forced,
        "base_ref": None,
        "compare": wire.html(world, f"/compare/{before[:12]}...{after[:12]}"),
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": who, "email": person.email},
    }


def _push_commit(world: World, commit: GitCommit) -> dict[str, Any]:
    parent = commit.parents[0] if commit.parents else None
    changes = list(world.git.changes(parent, commit.sha)) if parent else []
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": commit.author.when,
        "url": wire.html(world, f"/commit/{commit.sha}"),
        "author": _push_signature(world, commit.author),
        "committer": _push_signature(world, commit.committer),
        "added": [path for status, path, _ in changes if status == "A"],
        "removed": [path for status, path, _ in changes if status == "D"],
        "modified": [path for status, path, _ in changes if status not in "AD"],
    }


def _push_signature(world: World, signature: Signature) -> dict[str, Any]:
    known = {"name": signature.name, "email": signature.email}
    login = login_of(world, signature.email)
    return {**known, "username": login} if login else known


def _follow(world: World, pull: Pull, sender: str | None) -> None:
    head = head_of(world, pull)
    base = world.git.resolve(HEADS + pull.base)
    if head is None:
        close(world, pull, sender or pull.issue.author)
    elif head != pull.head:
        pull.heads.append(head)
        dismiss_stale(world, pull)
        touch(world, pull)
        keep_refs(world, pull)
        before = pull.heads[-2]
        tell_pull(world, pull, "synchronize", sender or _author(world, head), before=before, after=head)
    elif base and base != pull.base_sha and world.git.is_ancestor(pull.head, base):
        # Somebody pushed the commits to the base themselves: GitHub calls that merged too.
        settle(world, pull, base, sender or _author(world, base), None)
    else:
        keep_refs(world, pull)


def head_of(world: World, pull: Pull) -> str | None:
    """Where its branch stands now, here or in the fork; objects of a fork are brought here, as GitHub does."""
    if pull.owner == world.organisation:
        return world.git.resolve(HEADS + pull.branch)
    fork = world.forks[pull.owner]
    head = fork.resolve(HEADS + pull.branch)
    if head and world.git.kind(head) is None:
        world.git.run("fetch", "--quiet", "--no-tags", str(fork.path), head)
    return head


def keep_refs(world: World, pull: Pull) -> None:
    """`refs/pull/N/head`, and `refs/pull/N/merge` while it can be merged."""
    world.git.run("update-ref", f"refs/pull/{pull.number}/head", pull.head)
    base = world.git.resolve(HEADS + pull.base)
    merge = f"refs/pull/{pull.number}/merge"
    current = world.git.resolve(merge)
    if base is None or (current and world.git.commit(current).parents == (base, pull.head)):
        return
    try:
        tree = world.git.merged_tree(base, pull.head)
    except ConflictError:
        return
    signature = Signature(name="GitHub", email="noreply@github.com", when=world.clock.text())
    message = f"Merge {pull.head} into {base}"
    test = world.git.make_commit(tree, (base, pull.head), message, author=signature, committer=signature)
    world.git.run("update-ref", merge, test)


def touch(world: World, pull: Pull) -> None:
    """It was changed now; and, while open, is held against where its base stands now."""
    pull.issue.updated = world.clock.now
    pull.base_sha = world.git.resolve(HEADS + pull.base) or pull.base_sha


def settle(world: World, pull: Pull, merge_sha: str, by: str, method: str | None) -> None:
    """It is merged."""
    pull.merged_at, pull.merged_by, pull.merge_sha, pull.method = world.clock.now, by, merge_sha, method
    close(world, pull, by)


def close(world: World, pull: Pull, by: str) -> None:
    """Close it, merged or not."""
    issue = pull.issue
    issue.state, issue.closed_at, issue.closed_by = "closed", world.clock.now, by
    issue.updated = world.clock.now
    tell_pull(world, pull, "closed", by)


def tell_pull(world: World, pull: Pull, action: str, sender: str, **more: Any) -> None:
    """A `pull_request` event."""
    payload = {"action": action, "number": pull.number, "pull_request": wire_pulls.pull_full(world, pull), **more}
    tell(world, "pull_request", action, payload, sender)


def tell(world: World, name: str, action: str | None, payload: dict[str, Any], sender: str) -> None:
    """Remember an event. What GITHUB_TOKEN does starts no workflow, but for the two that are asked for by name.

    https://docs.github.com/en/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs, 2026-11-22.
    """
    repository = wire.repository(world)
    if name == "push":
        repository["owner"] |= {"name": world.organisation, "email": None}
        # Seconds since 1970 in this event alone, as the published example has it.
        repository |= {name: int(datetime.fromisoformat(repository[name]).timestamp()) for name in PUSH_TIMES}
    whole = {
        **payload,
        "repository": repository,
        "organization": wire.organisation_simple(world),
        "sender": wire.user(world, sender),
    }
    starts = sender != BOT or name in ("workflow_dispatch", "repository_dispatch")
    world.events.append(Event(name=name, action=action, payload=whole, sender=sender, starts_runs=starts))


def login_of(world: World, email: str) -> str | None:
    """Whose commits these are: by an address of the account, the one that GitHub hands out included."""
    for person in world.people.values():
        if email.lower() in (person.email.lower(), noreply(person.id, person.login).lower()):
            return person.login
    return None


def noreply(number: int, login: str) -> str:
    """https://docs.github.com/en/account-and-profile/reference/email-addresses-reference#your-noreply-email-address, 2026-11-22."""
    return f"{number}+{login}@users.noreply.github.com"


def _author(world: World, sha: str) -> str:
    try:
        found = login_of(world, world.git.commit(sha).committer.email)
    except GitError:
        found = None
    return found or next((login for login, person in world.people.items() if person.kind == "User"), BOT)


def signature_of(world: World, login: str) -> Signature:
    """How this account signs what it does on the web."""
    person = world.people[login]
    return Signature(name=person.name, email=person.email, when=written(world.clock.now))
