"""Pull requests that were merged: which commits of main they brought, what was reviewed, by whom, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.forge.api import Forge, get, listing
from reconciler.forge.fields import Row, inner, moment, need, number, text
from reconciler.forge.people import read_commits, read_pushers
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import Landed
from reconciler.http.failures import NotFound
from reconciler.http.reads import read_all, values
from reconciler.trust.evidence import Commit, MergedPull, Review, ReviewState

_STATES: Final = {
    "APPROVED": ReviewState.APPROVED,
    "CHANGES_REQUESTED": ReviewState.CHANGES_REQUESTED,
    "DISMISSED": ReviewState.DISMISSED,
    "COMMENTED": ReviewState.COMMENTED,
}
"""PENDING is left out: a review that its writer hasn't sent."""

MOST_FILES: Final = 3000
"""GitHub lists no more of a pull request (docs.github.com/en/rest/pulls/pulls#list-pull-requests-files, 2026-11-22)."""

LINKING: Final = (2.0, 6.0)
"""Seconds to wait for GitHub to link a commit to its pull request, before it is taken for one that has none (an assumption)."""

AT_ONCE: Final = 4
"""Requests under way; GitHub asks for few (docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`before`: its path at the base, where it was renamed."""

    path: str
    before: str = ""


def merged_pulls(forge: Forge, branch: str, line: Sequence[Landed]) -> tuple[MergedPull, ...]:
    """The pull requests that brought this line of commits to the branch, in the order they came, with commits and reviews.

    Without `record`, `touched` and `other_files`: those are read from comments and from Git. A commit that is in nobody's
    `landed` came without a pull request. `branch` has to be the default one: of others GitHub says only which are open
    (docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit, 2026-11-22).
    """
    brought: dict[int, tuple[Row, list[str]]] = {}
    for sha, rows in _ascribed(forge, line).items():
        for row in rows:
            brought.setdefault(number(row, "number"), (row, []))[1].append(sha)
    landed = {each: _landed(branch, row, shas, line) for each, (row, shas) in brought.items()}
    found = sorted((each for each in landed if landed[each]), key=lambda each: _place(line, landed[each][0]))
    return tuple(
        values(read_all(lambda each: _merged(forge, brought[each][0], landed[each], line), found, concurrency=AT_ONCE))
    )


def read_reviews(forge: Forge, pull: int) -> tuple[Review, ...]:
    """All of them, in the order they were sent. A person without an account any more is an empty text."""
    listed = listing(forge, "pulls/{number}/reviews", {"number": str(pull)})
    return tuple(
        Review(
            person=text(row, "user", "login"),
            state=_STATES[state],
            head=text(row, "commit_id"),
            at=moment(row, "submitted_at"),
        )
        for row in listed
        if (state := text(row, "state").upper()) in _STATES
    )


def read_files(forge: Forge, pull: int) -> tuple[File, ...]:
    """What a pull request changes. Raises ForgeProblem FORGE-FILES-INCOMPLETE where GitHub may have left some out."""
    files = listing(forge, "pulls/{number}/files", {"number": str(pull)})
    if len(files) >= MOST_FILES:
        raise ForgeProblem("FORGE-FILES-INCOMPLETE", {"pull": str(pull), "limit": str(MOST_FILES)})
    return tuple(File(path=need(row, "filename"), before=text(row, "previous_filename")) for row in files)


def head_of_pull(forge: Forge, pull: int) -> str:
    """Its last commit, now."""
    return need(get(forge, "pulls/{number}", {"number": str(pull)}), "head", "sha")


def landed_by(line: Sequence[Landed], merge_sha: str, head: str, associated: Iterable[str]) -> tuple[str, ...]:
    """The commits of the line that one merge put there, oldest first; none where the merge isn't on the line.

    A merge or a squash puts one there. A rebase puts several, and GitHub names the last as the merge: then those right
    before it that GitHub ascribes to the same pull request came with it. Anything else that it ascribes did not.
    """
    places = {commit.sha: place for place, commit in enumerate(line)}
    last = places.get(merge_sha)
    if last is None:
        return ()
    first, ascribed = last, set(associated)
    if len(line[last].parents) == 1:
        while first > 0 and line[first - 1].sha in ascribed and len(line[first - 1].parents) == 1:
            first -= 1
    elif head not in line[last].parents[1:]:
        return ()
    return tuple(commit.sha for commit in line[first : last + 1])


def _ascribed(forge: Forge, line: Sequence[Landed]) -> Mapping[str, Sequence[Row]]:
    """Commit -> the merged pull requests that GitHub says it came with. What has none is asked for again a little later.

    A run begins seconds after a merge, and GitHub links commits to pull requests after the fact: in no time that it documents.
    """
    found = _all_pulls_of(forge, [commit.sha for commit in line])
    for pause in LINKING:
        bare = [sha for sha, rows in found.items() if not rows]
        if not bare:
            break
        forge.clock.sleep(pause)
        found |= _all_pulls_of(forge, bare)
    return found


def _all_pulls_of(forge: Forge, shas: Sequence[str]) -> dict[str, Sequence[Row]]:
    read = read_all(lambda sha: _pulls_of(forge, sha), shas, concurrency=AT_ONCE, stop_early=True)
    return dict(zip(shas, values(read), strict=True))


def _pulls_of(forge: Forge, sha: str) -> Sequence[Row]:
    return [row for row in listing(forge, "commits/{sha}/pulls", {"sha": sha}) if text(row, "merged_at")]


def _landed(branch: str, row: Row, ascribed: Sequence[str], line: Sequence[Landed]) -> tuple[str, ...]:
    """None where it was merged into another branch, which was pushed here since."""
    if text(row, "base", "ref") != branch:
        return ()
    return landed_by(line, text(row, "merge_commit_sha"), need(row, "head", "sha"), ascribed)


def _merged(forge: Forge, row: Row, landed: tuple[str, ...], line: Sequence[Landed]) -> MergedPull:
    pull = number(row, "number")
    commits = read_commits(forge, pull)
    return MergedPull(
        number=pull,
        into=need(row, "base", "ref"),
        base=next(iter(line[_place(line, landed[0])].parents), ""),
        head=need(row, "head", "sha"),
        merge_sha=need(row, "merge_commit_sha"),
        landed=landed,
        merged_at=moment(row, "merged_at"),
        author=text(row, "user", "login"),
        commits=commits,
        reviews=read_reviews(forge, pull),
        pushers=_pushers(forge, row, commits),
    )


def _pushers(forge: Forge, row: Row, commits: Sequence[Commit]) -> tuple[str, ...]:
    """Who pushed any of these commits. An empty text stands for somebody who isn't known: a fork's pushes aren't ours to read."""
    if inner(row, "head", "repo", "id") != inner(row, "base", "repo", "id"):
        return ("",)
    try:
        pushed = read_pushers(forge, need(row, "head", "ref"))
    except NotFound:
        return ("",)
    shas = [commit.sha for commit in commits if commit.sha in pushed]
    found = frozenset[str]().union(*(pushed[sha] for sha in shas))
    return tuple(sorted(found if need(row, "head", "sha") in shas else {*found, ""}))


def _place(line: Sequence[Landed], sha: str) -> int:
    return next(place for place, commit in enumerate(line) if commit.sha == sha)
