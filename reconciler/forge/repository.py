"""The repository itself: who may see it, where its branches are, and what one of them has got since a commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reconciler.forge.api import MOST, Forge, forge_time, get, listing, reading, send
from reconciler.forge.fields import Row, flag, inner, need, number, rows, text
from reconciler.forge.problems import ForgeProblem
from reconciler.http.request import Request

PUBLIC: Final = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """`id` outlives a change of name. `visibility`: `private`, `internal` or `public`. `now`: the forge's time."""

    id: str
    full_name: str
    owner_kind: str
    visibility: str
    default_branch: str
    archived: bool
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """One commit of a branch's first-parent line; `parents` as Git has them."""

    sha: str
    parents: tuple[str, ...]


def read_repository(forge: Forge) -> Repository:
    reply = send(forge, Request(method="GET", path=""))
    data = reply.data
    visibility = text(data, "visibility")
    if not visibility:  # an older server says only whether it is private
        visibility = "private" if flag(data, "private") else PUBLIC
    return Repository(
        id=str(number(data, "id")),
        full_name=need(data, "full_name"),
        owner_kind=text(data, "owner", "type"),
        visibility=visibility,
        default_branch=need(data, "default_branch"),
        archived=flag(data, "archived") or False,
        now=forge_time(forge, reply),
    )


def head_of(forge: Forge, branch: str) -> str:
    """The last commit of a branch. Raises NotFound where there is no such branch."""
    return need(get(forge, "git/ref/heads/{+branch}", {"branch": branch}), "object", "sha")


def line_since(forge: Forge, since: str, head: str) -> Sequence[Landed]:
    """The first-parent commits after `since` up to `head`, oldest first: what came to the branch, one thing at a time.

    With an empty `since` all of them, from the commit that founded the repository.
    Raises ForgeProblem FORGE-HISTORY-REWRITTEN where `head` doesn't go on from `since`.
    """
    if since == head:
        return ()
    if not since:
        listed = listing(forge, "commits", query={"sha": head})
        return _first_parents({need(row, "sha"): parents_of(row) for row in listed}, "", head)
    request = Request(
        method="GET",
        path="compare/{basehead}",
        values={"basehead": f"{since}...{head}"},
        query={"per_page": MOST, "page": 1},
    )
    commits: dict[str, tuple[str, ...]] = {}
    for data in reading(forge, request):
        commits |= {need(row, "sha"): parents_of(row) for row in rows(data, "commits")}
    return _first_parents(commits, since, head)


def parents_of(row: Row) -> tuple[str, ...]:
    """Of a commit as the API writes it."""
    return tuple(need(parent, "sha") for parent in rows(row, "parents"))


def _first_parents(commits: dict[str, tuple[str, ...]], since: str, head: str) -> Sequence[Landed]:
    """From the head back. Where the line leads past `since` (which came in by a merge) the branch was rewritten."""
    line: list[Landed] = []
    sha = head
    while sha != since:
        parents = commits.get(sha)
        if parents is None:
            raise ForgeProblem("FORGE-HISTORY-REWRITTEN", {"since": since[:12], "head": head[:12]})
        line.append(Landed(sha=sha, parents=parents))
        sha = next(iter(parents), "")  # the founding one has none
    return tuple(reversed(line))


def contains(forge: Forge, branch: str, sha: str) -> bool:
    """Whether a commit is on the branch (its head, or before it)."""
    data = get(forge, "compare/{basehead}", {"basehead": f"{sha}...{branch}"}, query={"per_page": 1})
    return inner(data, "status") in ("ahead", "identical")
