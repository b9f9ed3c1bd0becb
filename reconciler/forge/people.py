"""Who a commit is by. Logins are kept in memory for the decision and written nowhere."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reconciler.forge.api import Forge, get, listing, send
from reconciler.forge.fields import Row, need, rows, text
from reconciler.forge.repository import parents_of
from reconciler.http.failures import Invalid, NotFound
from reconciler.http.request import Request
from reconciler.trust.evidence import Commit

# Keys of trailers are read whatever their case (git-interpret-trailers(1); GitHub shows such persons beside the author:
# docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors).
# Not only in the last paragraph: who stands anywhere else was named too, and it costs them nothing but this approval.
_CO_AUTHOR: Final = re.compile(r"^[ \t]*co-authored-by[ \t]*:[^<\r\n]*<([^<>\r\n]*)>", re.IGNORECASE | re.MULTILINE)

# docs.github.com/en/account-and-profile/reference/email-addresses-reference (read 2026-11-22): with the account's number
# for accounts made since July 2017, without it before. A server of GitHub Enterprise has a host of its own there.
_NOREPLY: Final = re.compile(
    r"(?:\d+\+)?([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\[bot\])?)@users\.noreply\.[A-Za-z0-9.-]+"
)


MOST_NAMED: Final = 100
"""Addresses of one pull request. Whoever names a thousand would have a job's requests of an hour used up."""


def read_commits(forge: Forge, number: int) -> tuple[Commit, ...]:
    """A pull request's commits, oldest first, at most the 250 that GitHub lists."""
    listed = listing(forge, "pulls/{number}/commits", {"number": str(number)})
    known = _known(listed)
    return tuple(_commit(forge, row, known) for row in listed)


def co_author_addresses(message: str) -> tuple[str, ...]:
    """The addresses of a message's `Co-authored-by` lines, each once, in order."""
    return tuple(dict.fromkeys(found.strip().lower() for found in _CO_AUTHOR.findall(message)))


def login_in(address: str) -> str:
    """The login that an address of GitHub's own holds, or an empty text."""
    found = _NOREPLY.fullmatch(address)
    return found.group(1) if found else ""


def _commit(forge: Forge, row: Row, known: dict[str, str]) -> Commit:
    addresses = co_author_addresses(text(row, "commit", "message"))
    return Commit(
        sha=need(row, "sha"),
        author=text(row, "author", "login"),
        committer=text(row, "committer", "login"),
        co_authors=tuple(_login_of(forge, address, known) for address in addresses),
        parents=parents_of(row),
    )


def _known(listed: Sequence[Row]) -> dict[str, str]:
    """Address -> login, as far as these commits say themselves."""
    pairs = [
        (text(row, "commit", role, "email").lower(), text(row, role, "login"))
        for row in listed
        for role in ("author", "committer")
    ]
    return {address: login for address, login in pairs if address and login}


def _login_of(forge: Forge, address: str, known: dict[str, str]) -> str:
    """Asks the repository whose commits the address is on; an empty text where nobody can tell, or too many are named."""
    if address not in known:
        known[address] = login_in(address) or (_author_of_commits(forge, address) if len(known) < MOST_NAMED else "")
    return known[address]


def _author_of_commits(forge: Forge, address: str) -> str:
    """By the newest commit that this address is the author of. GitHub itself says whose account it is; the commit can't."""
    request = Request(method="GET", path="commits", query={"author": address, "per_page": 1}, private=(address,))
    try:
        found = rows(send(forge, request).data)
    except (Invalid, NotFound):
        return ""
    same = [row for row in found if text(row, "commit", "author", "email").lower() == address]
    return text(same[0], "author", "login") if same else ""


def read_pushers(forge: Forge, branch: str) -> Mapping[str, frozenset[str]]:
    """Commit -> all who ever made it a head of this branch by a push; an empty text for somebody who can't be named.

    All of them: who first pushed it may set the branch to something else and have another set it back.

    From the repository's activity, which nobody can take back; a branch that was deleted since is still in it. An author's
    name in a commit can be written by anybody, this one only by signing in.
    """
    listed = listing(forge, "activity", query={"ref": f"refs/heads/{branch}"})
    pushers: dict[str, set[str]] = {}
    for row in listed:
        pushers.setdefault(text(row, "after"), set()).add(text(row, "actor", "login"))
    return {sha: frozenset(people) for sha, people in pushers.items()}


def read_members(forge: Forge, team: str) -> frozenset[str]:
    """The logins of a team's members (those of teams below it too). `team`: `it`, `org/it` or `@org/it`.

    Raises Forbidden or NotFound where the token may not read teams.
    """
    org, _, slug = team.removeprefix("@").rpartition("/")
    values = {"org": org or forge.owner, "team": slug}
    listed = listing(forge, "/orgs/{org}/teams/{team}/members", values, wide=True)
    return frozenset(need(row, "login") for row in listed)


def is_ours(forge: Forge, row: Row, field: str = "user") -> bool:
    """Whether our own token made something: by the login of its account, which no person can take (none has brackets).

    Every workflow of the repository that writes with GITHUB_TOKEN has the same account: what must not be forged is signed.
    """
    return text(row, field, "login").lower() == forge.login


def membership(forge: Forge, team: str, login: str) -> bool:
    """Whether one person is an active member of a team, where its list may not be read."""
    org, _, slug = team.removeprefix("@").rpartition("/")
    values = {"org": org or forge.owner, "team": slug, "login": login}
    try:
        found = get(forge, "/orgs/{org}/teams/{team}/memberships/{login}", values, wide=True)
    except NotFound:
        return False
    return text(found, "state") == "active"
