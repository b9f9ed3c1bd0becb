"""Everything that a decision needs, asked afresh: the forge for what people did, Git's own objects for what it did to files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from reconciler.forge.anchor import read_anchor
from reconciler.forge.api import Forge
from reconciler.forge.comments import our_comments
from reconciler.forge.deployments import History, lost_of, read_history
from reconciler.forge.lock import anchor_at
from reconciler.forge.people import read_members
from reconciler.forge.pulls import merged_pulls
from reconciler.forge.repository import Landed, Repository, head_of, line_since, read_repository
from reconciler.http.failures import Forbidden, NotFound
from reconciler.model.approvals import APPROVALS_LAST, Approvals
from reconciler.reconcile.ci_checkout import (
    commit_of,
    founded,
    is_elsewhere,
    is_new,
    last_change,
    line_to,
    owners_between,
    roles_at,
    touches_controls,
)
from reconciler.reconcile.ci_landing import is_on_branch, landing_fault
from reconciler.reconcile.hosting import folder_of, name_on_forge
from reconciler.trust.approvals_file import ZONE, as_evidence
from reconciler.trust.evidence import ApprovalsFile, Evidence, MergedPull, Team
from reconciler.trust.grants import ZONE_SLACK
from reconciler.trust.owners import schools_in
from reconciler.trust.record import Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.shown import shown_digest
from reconciler.trust.signing import Key, verify

SANDBOX = "sandbox__"
"""No folder gives two of the sign that is put between."""

WINDOW = timedelta(days=7)
"""As `trust.terms` has it: how long limits add up."""


@dataclass(frozen=True)
class Place:
    """Where a run stands: the forge, the checkout, and the repository as the forge had it at the beginning.

    `sandbox`: what is invented is kept under names of its own, so that it never counts for a real system.
    """

    forge: Forge
    root: Path
    keys: tuple[Key, ...]
    sandbox: bool = False

    @cached_property
    def repository(self) -> Repository:
        return read_repository(self.forge)

    @property
    def branch(self) -> str:
        return self.repository.default_branch

    @cached_property
    def folder(self) -> str:
        """This municipality's, where the repository holds several."""
        return folder_of(self.root)

    def name_of(self, backend: str) -> str:
        """What a system's lock, records and issues are kept under."""
        return f"{SANDBOX if self.sandbox else ''}{name_on_forge(self.folder, backend)}"

    def shown(self, backend: str) -> str:
        """A system in the title of an issue, where people look through many."""
        shown = f"{self.folder}: {backend}" if self.folder else backend
        return f"sandbox: {shown}" if self.sandbox else shown

    @property
    def plan_purpose(self) -> str:
        """Of the comment that carries this municipality's plan and record."""
        return self.purpose("plan")

    def purpose(self, kind: str) -> str:
        """Of a comment: each municipality that a pull request concerns has its own."""
        return self.name_of(kind)


def read_past(place: Place, backend: str) -> History:
    """What was done to a backend, as far back as any decision asks."""
    now = read_repository(place.forge).now
    since = now - max(WINDOW, APPROVALS_LAST + ZONE_SLACK) - ZONE_SLACK
    name, repository = place.name_of(backend), place.repository.id
    past = read_history(place.forge, name, repository, place.keys, since)
    return replace(past, lost=lost_of(past, read_anchor(anchor_at(place.forge, name), repository, name, place.keys)))


def gather(place: Place, backend: str, past: History, filed: Iterable[Approvals], *, branch: str = "") -> Evidence:
    """`filed`: the approvals files of the branch's last commit. `branch`: the one that this run is of, empty where nobody says.

    Raises ForgeProblem and HttpFailure: what can't be asked is never taken for an answer.
    """
    forge, root = place.forge, place.root
    head, now = head_of(forge, place.branch), read_repository(forge).now
    known = commit_of(root, head)
    applied = past.last_complete.commit if past.last_complete else ""
    line = line_since(forge, applied, known) if applied else founded(root, line_to(root, known))
    # The founding commit is answered for by name, also where it came by a pull request: before it nobody could approve anything.
    founding = "" if applied else line[0].sha
    # Before the first apply that is the founding commit; later what has been applied whole, when all before it was answered for.
    since = applied or founding
    merged = (pull for pull in merged_pulls(forge, place.branch, line) if founding not in pull.landed)
    pulls = tuple(_told(place, pull, since) for pull in merged)
    approvals = _approvals(place, backend, known, line, pulls, filed)
    brought = tuple(file.pull for file in approvals if file.pull)
    revisions = {*(pull.base for pull in (*pulls, *brought)), *filter(None, [applied]), *_shas(line)}
    roles = _roles(root, revisions, _schools_asked((*pulls, *brought)))
    return Evidence(
        backend=backend,
        branch=branch or place.branch,
        head=head,
        now=now,
        applied=applied,
        line=_shas(line),
        elsewhere=_elsewhere(root, line, since, founding),
        pulls=pulls,
        approvals=approvals,
        teams=_teams(forge, roles.values()),
        roles=roles,
        controls=_controls(root, line, pulls, founding),
        spent=past.spent,
        unsure=past.unsure,
        spent_from=past.spent_from,
        lost=past.lost,
    )


def _shas(line: Iterable[Landed]) -> tuple[str, ...]:
    return tuple(commit.sha for commit in line)


def _elsewhere(root: Path, line: Iterable[Landed], since: str, founding: str) -> frozenset[str]:
    """Commits of the branch that change other municipalities' folders alone. The founding one is this municipality's, whatever it changes."""
    later = (one for one in line if one.sha != founding)
    return frozenset(one.sha for one in later if is_elsewhere(root, one.parents[0], one.sha, since))


def _controls(root: Path, line: Iterable[Landed], pulls: Iterable[MergedPull], founding: str) -> frozenset[str]:
    """Commits that touch what decides over what may be done, and the merges of pull requests that have such a one. The founding one does."""
    found = {one.sha for one in line if one.sha == founding or touches_controls(root, one.parents[0], one.sha)}
    return frozenset(found | {pull.merge_sha for pull in pulls if found.intersection(pull.landed)})


def _told(place: Place, pull: MergedPull, since: str = "") -> MergedPull:
    """With its record, whose everything is that it put on the branch, and whether that is what was reviewed."""
    comments = our_comments(place.forge, pull.number, place.plan_purpose)
    texts = [comment.text for comment in comments]
    day = pull.merged_at.astimezone(ZONE).date()
    touched, others = owners_between(place.root, pull.base, pull.merge_sha, day, since)
    record = verify(texts, place.keys)
    if isinstance(record, Record) and record.shown != shown_digest(texts):
        record = Refusal(code="RECORD-OTHER-TEXT")
    return replace(
        pull,
        record=record,
        touched=touched,
        other_files=others,
        based=not isinstance(record, Record) or is_on_branch(place.root, record.base, pull.base),
        shown_at=max((comment.at for comment in comments if comment.at), default=None),
        altered=landing_fault(place.forge, place.root, pull),
    )


def _approvals(
    place: Place,
    backend: str,
    head: str,
    line: Sequence[Landed],
    pulls: Sequence[MergedPull],
    filed: Iterable[Approvals],
) -> tuple[ApprovalsFile, ...]:
    """Each with the pull request that brought it."""
    return tuple(_brought(place, head, line, pulls, one) for one in filed if one.backend == backend)


def _brought(
    place: Place, head: str, line: Sequence[Landed], pulls: Sequence[MergedPull], file: Approvals
) -> ApprovalsFile:
    pull = _pull_of(place, last_change(place.root, head, file.at.file), line, pulls)
    edited = pull is not None and not is_new(place.root, pull.base, pull.merge_sha, file.at.file)
    return as_evidence(file, pull, edited=edited)


def _pull_of(place: Place, sha: str, line: Sequence[Landed], pulls: Sequence[MergedPull]) -> MergedPull | None:
    """The pull request that a commit of the branch came with, also one from before the line that is looked over."""
    if sha in _shas(line):
        return next((pull for pull in pulls if sha in pull.landed), None)
    older = [one for one in line_to(place.root, sha) if one.sha == sha]
    found = merged_pulls(place.forge, place.branch, older)
    return _told(place, found[0]) if found else None


def _schools_asked(pulls: Iterable[MergedPull]) -> frozenset[str]:
    """Schools whose app managers somebody has to be found among: the members of all schools' teams are never asked for."""
    return schools_in(
        owner
        for pull in pulls
        for owner in (*pull.touched, *(pull.record.required if isinstance(pull.record, Record) else ()))
    )


def _roles(root: Path, revisions: Iterable[str], schools: frozenset[str]) -> Mapping[str, Mapping[str, str]]:
    known = {revision: roles_at(root, revision, schools) for revision in revisions}
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
