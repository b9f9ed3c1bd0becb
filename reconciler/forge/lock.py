"""A lock for each backend, as a ref of Git: the one thing on GitHub that only one of two can make or move.

The ref lies at `refs/reconciler/locks/<backend>`, outside of branches and tags, where no workflow starts and no clone looks.
It points to a commit whose message says who holds the lock since when and until when; letting go is a commit too. Each has
the one before it as its parent, and the ref is only moved forward (`force` is false): whoever was overtaken meanwhile is
refused by Git itself, so that of two who take over an expired lock one wins, and nobody lets go of another's lock.

Docs: docs.github.com/en/rest/git/refs (creating answers 422 "Reference already exists"; updating without `force` "will make
sure you're not overwriting work"; a name starts with `refs` and has two slashes), read 2026-11-22. `contents: write` is enough.
Rules of branches and tags don't reach such a ref: whoever may push may also move it. It keeps our runs apart; it is not what trust hangs on.
It carries the newest record's mark along (see `anchor`), through all hands.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from reconciler.forge.api import Forge, change, forge_time, get, send
from reconciler.forge.fields import Row, as_row, moment, need, number, text
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import head_of, read_repository
from reconciler.http.failures import Conflict, Invalid, NotFound, OutcomeUnknown
from reconciler.http.request import Request
from reconciler.http.retry import Repeat

NAMESPACE: Final = "reconciler/locks/"
SKEW: Final = timedelta(minutes=2)
"""How long after its end a lock is left alone: every time is the forge's own, and its servers may differ a little."""

_TRIES: Final = 5
_WRITER: Final = {"name": "reconciler", "email": "reconciler@invalid"}
"""Not the token's own account: with a person's token that would put their name into Git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A run of a workflow and its attempt. A later attempt of a run may take over from an earlier one: that one has ended."""

    run: str
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """Ours. `sha`: the commit that says so; times in UTC by the forge's clock. `anchor`: as it is written, believed by nobody here."""

    backend: str
    sha: str
    tree: str
    holder: Holder
    since: datetime
    until: datetime
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Somebody else's."""

    by: Holder
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """What the ref points to. `now`: the forge's time when it was read; `held` None: it was let go of."""

    sha: str
    tree: str
    held: Held | None
    now: datetime
    anchor: str


def acquire(forge: Forge, backend: str, holder: Holder, lasts: timedelta) -> Lock | Held:
    """The lock, or who has it. Raises ForgeProblem FORGE-LOCK-UNREADABLE, FORGE-LOCK-CONTENDED."""
    pause = 1.0
    tried: dict[str, Lock] = {}
    for _ in range(_TRIES):
        standing = _read(forge, backend)
        if standing and standing.sha in tried:
            return tried[standing.sha]  # it had gone through after all
        if standing and standing.held and not _may_take(standing.held, holder, standing.now):
            return standing.held
        taken = _wish(forge, backend, holder, lasts, standing)
        tried[taken.sha] = taken
        if _move(forge, backend, taken.sha) if standing else _make(forge, backend, taken.sha):
            return taken
        forge.clock.sleep(pause)  # overtaken, or shown an old state by a server that is behind
        pause *= 2
    raise ForgeProblem("FORGE-LOCK-CONTENDED", {"backend": backend})


def current(forge: Forge, backend: str) -> Lock | None:
    """The lock as it stands, whoever has it, or None where it is free: for who wants to see it, or to let go of it by hand."""
    standing = _read(forge, backend)
    if standing is None or standing.held is None:
        return None
    held = standing.held
    return Lock(
        backend=backend,
        sha=standing.sha,
        tree=standing.tree,
        holder=held.by,
        since=held.since,
        until=held.until,
        anchor=standing.anchor,
    )


def anchor_at(forge: Forge, backend: str) -> str:
    """What the lock carries along, whether somebody has it or not; an empty text where there is no lock, or nothing in it."""
    standing = _read(forge, backend)
    return standing.anchor if standing else ""


def renew(forge: Forge, lock: Lock, lasts: timedelta, anchor: str = "") -> Lock:
    """The same lock for so long from now; `anchor`: a newer one for it to carry. Raises ForgeProblem FORGE-LOCK-LOST where somebody else has taken it."""
    now = _now(forge)
    longer = replace(lock, until=now + lasts, anchor=anchor or lock.anchor)
    sha = _write(forge, longer, lock.sha)
    if not _move(forge, lock.backend, sha):
        raise ForgeProblem("FORGE-LOCK-LOST", {"backend": lock.backend})
    return replace(longer, sha=sha)


def release(forge: Forge, lock: Lock) -> bool:
    """Lets go of it. False where it had already been taken over; then nothing is changed."""
    sha = _write(forge, lock, lock.sha, held=False)
    return _move(forge, lock.backend, sha)


def still_ours(forge: Forge, lock: Lock) -> bool:
    """Whether the ref is where we left it and its time hasn't run out."""
    standing = _read(forge, lock.backend)
    return standing is not None and standing.sha == lock.sha and standing.now < lock.until


def _may_take(held: Held, holder: Holder, now: datetime) -> bool:
    own_earlier = held.by.run == holder.run and held.by.attempt < holder.attempt
    return own_earlier or now > held.until + SKEW


def _wish(forge: Forge, backend: str, holder: Holder, lasts: timedelta, standing: _Standing | None) -> Lock:
    """A lock that nothing points to yet."""
    tree = standing.tree if standing else _some_tree(forge)
    now = standing.now if standing else _now(forge)
    anchor = standing.anchor if standing else ""
    wished = Lock(backend=backend, sha="", tree=tree, holder=holder, since=now, until=now + lasts, anchor=anchor)
    return replace(wished, sha=_write(forge, wished, standing.sha if standing else ""))


def _make(forge: Forge, backend: str, sha: str) -> bool:
    """The first of all. Where it is refused or not known, what the ref then says decides."""
    try:
        change(forge, "POST", "git/refs", {}, {"ref": f"refs/{_ref(backend)}", "sha": sha})
    except (Invalid, Conflict, OutcomeUnknown):
        return _points_to(forge, backend) == sha
    return True


def _move(forge: Forge, backend: str, sha: str) -> bool:
    """Forward only. A request that was sent twice may be refused for what its own first did: so the ref is asked then."""
    body = {"sha": sha, "force": False}
    try:
        change(forge, "PATCH", "git/refs/{+ref}", {"ref": _ref(backend)}, body, repeat=Repeat.IDEMPOTENT)
    except (Invalid, Conflict, OutcomeUnknown):
        return _points_to(forge, backend) == sha
    return True


def _points_to(forge: Forge, backend: str) -> str:
    """An empty text where there is no such ref."""
    try:
        return need(get(forge, "git/ref/{+ref}", {"ref": _ref(backend)}), "object", "sha")
    except NotFound:
        return ""


def _read(forge: Forge, backend: str) -> _Standing | None:
    request = Request(method="GET", path="git/ref/{+ref}", values={"ref": _ref(backend)})
    try:
        reply = send(forge, request)
    except NotFound:
        return None
    sha = need(reply.data, "object", "sha")
    commit = get(forge, "git/commits/{sha}", {"sha": sha})
    return _Standing(
        sha=sha,
        tree=need(commit, "tree", "sha"),
        held=_said(text(commit, "message"), backend),
        now=forge_time(forge, reply),
        anchor=_carried(text(commit, "message")),
    )


def _said(message: str, backend: str) -> Held | None:
    """What the commit says. One that isn't ours is never taken for a lock that is free."""
    try:
        claim = _claim(message)
        if text(claim, "backend") != backend:
            raise ForgeProblem("FORGE-LOCK-UNREADABLE", {"backend": backend})
        if text(claim, "state") == "released":
            return None
        holder = Holder(run=need(claim, "run"), attempt=number(claim, "attempt"))
        return Held(by=holder, since=moment(claim, "since"), until=moment(claim, "until"))
    except (ValueError, OverflowError, RecursionError, ForgeProblem):  # whoever may push may write anything there
        raise ForgeProblem("FORGE-LOCK-UNREADABLE", {"backend": backend}) from None


def _claim(message: str) -> object:
    return json.loads(message.partition("\n\n")[2])


def _carried(message: str) -> str:
    """Read after what the commit says of the lock, which has to be readable."""
    return text(_claim(message), "last")


def _write(forge: Forge, lock: Lock, parent: str, *, held: bool = True) -> str:
    """A commit that nothing points to yet. Written twice there would be one too many, and no harm."""
    claim: Row = {
        "backend": lock.backend,
        "run": lock.holder.run,
        "attempt": lock.holder.attempt,
        "since": lock.since.isoformat(),
        **({"last": lock.anchor} if lock.anchor else {}),
        **({"state": "held", "until": lock.until.isoformat()} if held else {"state": "released"}),
    }
    body = {
        "message": f"Lock of {lock.backend}\n\n{json.dumps(claim, sort_keys=True)}",
        "tree": lock.tree,
        "parents": [parent] if parent else [],
        "author": _WRITER,
    }
    made = change(forge, "POST", "git/commits", {}, body, repeat=Repeat.IDEMPOTENT)
    return need(as_row(made.data), "sha")


def _some_tree(forge: Forge) -> str:
    """A commit needs a tree, and Git's empty one isn't known to be accepted: that of the default branch is there anyway."""
    branch = read_repository(forge).default_branch
    return need(get(forge, "git/commits/{sha}", {"sha": head_of(forge, branch)}), "tree", "sha")


def _now(forge: Forge) -> datetime:
    return read_repository(forge).now.astimezone(UTC)


def _ref(backend: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,250}[a-z0-9])?", backend):
        raise ValueError(f"{backend!r} is not the name of a backend")
    return f"{NAMESPACE}{backend}"
