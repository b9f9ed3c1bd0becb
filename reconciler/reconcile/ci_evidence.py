"""Everything that a decision needs, asked afresh: the forge for what people did, Git's own objects for what it did to files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from reconciler.forge.api import Forge
from reconciler.forge.comments import our_comments
from reconciler.forge.deployments import History, read_history
from reconciler.forge.people import read_members
from reconciler.forge.pulls import merged_pulls
from reconciler.forge.repository import Landed, Repository, head_of, line_since, read_repository
from reconciler.http.failures import Forbidden, NotFound
from reconciler.reconcile.ci_checkout import (
    approvals_at,
    commit_of,
    last_change,
    line_to,
    owners_between,
    roles_at,
)
from reconciler.trust.approvals_file import read_file
from reconciler.trust.evidence import ApprovalsFile, Evidence, MergedPull, Team
from reconciler.trust.grants import ZONE_SLACK
from reconciler.trust.refusal import Refusal
from reconciler.trust.signing import Key, verify

PLAN: str = "plan"
"""The purpose of the comment that carries a plan and its record."""

WINDOW, APPROVALS_LAST = timedelta(days=7), timedelta(days=30)
"""As `trust.terms` has them: how long limits add up, and how long an approval holds."""


@dataclass(frozen=True)
class Place:
    """Where a run stands: the forge, the checkout, and the repository as the forge had it at the beginning."""

    forge: Forge
    root: Path
    keys: tuple[Key, ...]

    @cached_property
    def repository(self) -> Repository:
        return read_repository(self.forge)

    @property
    def branch(self) -> str:
        return self.repository.default_branch


def read_past(place: Place, backend: str) -> History:
    """What was done to a backend, as far back as any decision asks."""
    now = read_repository(place.forge).now
    since = now - max(WINDOW, APPROVALS_LAST + ZONE_SLACK) - ZONE_SLACK
    return read_history(place.forge, backend, place.repository.id, place.keys, since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`broken`: approvals files that can't be read, which count for nothing and are told."""

    evidence: Evidence
    broken: tuple[Refusal, ...] = ()


def gather(place: Place, backend: str, past: History, *, branch: str = "") -> Gathered:
    """`branch`: the one that this run is of, empty where nobody says. Raises ForgeProblem and HttpFailure: what can't be asked
    is never taken for an answer.
    """
    forge, root = place.forge, place.root
    head, now = head_of(forge, place.branch), read_repository(forge).now
    known = commit_of(root, head)
    applied = past.last_complete.commit if past.last_complete else ""
    line = line_since(forge, applied, known) if applied else line_to(root, known)
    pulls = tuple(_told(place, pull) for pull in merged_pulls(forge, place.branch, line))
    approvals, broken = _approvals(place, backend, known, line, pulls)
    filed = tuple(file.pull for file in approvals if file.pull)
    roles = _roles(root, {*(pull.base for pull in (*pulls, *filed)), *filter(None, [applied]), *_shas(line)})
    return Gathered(
        evidence=Evidence(
            backend=backend,
            branch=branch or place.branch,
            head=head,
            now=now,
            applied=applied,
            line=_shas(line),
            pulls=pulls,
            approvals=approvals,
            teams=_teams(forge, roles.values()),
            roles=roles,
            spent=past.spent,
            unsure=past.unsure,
            spent_from=past.spent_from,
        ),
        broken=broken,
    )


def _shas(line: Iterable[Landed]) -> tuple[str, ...]:
    return tuple(commit.sha for commit in line)


def _told(place: Place, pull: MergedPull) -> MergedPull:
    """With its record, and with whose everything is that it put on the branch."""
    texts = [comment.text for comment in our_comments(place.forge, pull.number, PLAN)]
    touched, others = owners_between(place.root, pull.base, pull.merge_sha)
    return replace(pull, record=verify(texts, place.keys), touched=touched, other_files=others)


def _approvals(
    place: Place, backend: str, head: str, line: Sequence[Landed], pulls: Sequence[MergedPull]
) -> tuple[tuple[ApprovalsFile, ...], tuple[Refusal, ...]]:
    files: list[ApprovalsFile] = []
    broken: list[Refusal] = []
    for path, data in approvals_at(place.root, head).items():
        if data is None:
            broken.append(Refusal(code="APPROVALS-BROKEN", values={"file": path}))
        elif data.get("backend") == backend:
            found = read_file(data, _pull_of(place, last_change(place.root, head, path), line, pulls))
            if isinstance(found, Refusal):
                broken.append(found)
            else:
                files.append(found)
    return tuple(files), tuple(broken)


def _pull_of(place: Place, sha: str, line: Sequence[Landed], pulls: Sequence[MergedPull]) -> MergedPull | None:
    """The pull request that a commit of the branch came with, also one from before the line that is looked over."""
    if sha in _shas(line):
        return next((pull for pull in pulls if sha in pull.landed), None)
    older = [one for one in line_to(place.root, sha) if one.sha == sha]
    found = merged_pulls(place.forge, place.branch, older)
    return _told(place, found[0]) if found else None


def _roles(root: Path, revisions: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    known = {revision: roles_at(root, revision) for revision in revisions}
    return {revision: roles for revision, roles in known.items() if roles is not None}


def _teams(forge: Forge, roles: Iterable[Mapping[str, str]]) -> tuple[Team, ...]:
    """Those that can be read; of another one nobody counts as a member, and the decision says so."""
    names = sorted({team for one in roles for team in one.values()})
    found: list[Team] = []
    for name in names:
        try:
            found.append(Team(name=name, members=read_members(forge, name)))
        except (Forbidden, NotFound):
            continue
    return tuple(found)
