"""Walks along the branch since the last complete apply: who answers for each commit, and what that grants.

In order, because who may approve comes from the files themselves: what nobody answers for can't make anybody a member of a
team. From the first such commit on, the roles of right before it hold, until an approvals file answers for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.trust.approvals import judge
from reconciler.trust.evidence import ApprovalsFile, Evidence, MergedPull
from reconciler.trust.grants import Grant, grant_of_file, grants_of_record, path_of
from reconciler.trust.owners import JOINT, expand, required_owners
from reconciler.trust.record import Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`barred`: what holds everything, a commit or a pull request that nobody can tell the changes of.

    `unanswered` are those and the pull requests without an approval, `commits` their hashes. `pending`: approved changes of a day to come.
    `answered`: what approved files answer for. `loose`: what holds all that is left, a commit that changes limits or rules and that nobody
    answers for: what may be done counts from the branch's last commit.
    """

    grants: tuple[Grant, ...]
    barred: tuple[Refusal, ...]
    unanswered: tuple[Refusal, ...]
    commits: tuple[str, ...]
    pending: bool
    answered: frozenset[str]
    loose: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A commit that nobody answers for so far. `before`: the revision right before it."""

    why: Refusal
    before: str
    bars: bool


@dataclass(slots=True)
class _Walk:
    """What has been met on the way. `open` by commit, in order; `judged` with the approval that is missing, if any."""

    evidence: Evidence
    terms: Terms
    open: dict[str, _Open] = field(default_factory=dict)
    judged: list[tuple[MergedPull, Record, Refusal | None]] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def roles_of(self, pull: MergedPull) -> str:
        """The revision whose roles count for a pull request: its base, unless something before it is open."""
        return next((one.before for one in self.open.values()), pull.base)


def look_over(evidence: Evidence, terms: Terms, tenant: str) -> Standing:
    """`tenant`: the identity of the backend that answered this run."""
    walk = _Walk(evidence=evidence, terms=terms)
    # What was merged into another branch says nothing of this one, and neither does what isn't on it any longer.
    pulls = {pull.merge_sha: pull for pull in evidence.pulls if pull.into == evidence.branch}
    landed = {sha for merge, pull in pulls.items() if merge in evidence.line for sha in pull.landed}
    files = [file for file in evidence.approvals if file.backend == evidence.backend]
    for file in files:
        if file.pull is None or file.pull.merge_sha not in evidence.line:
            _meet_file(walk, file)
    # Where nothing was ever applied, the first commit is the one that founded the repository.
    before = evidence.applied or next(iter(evidence.line), "")
    for sha in evidence.line:
        for file in files:
            if file.pull and file.pull.merge_sha == sha:
                _meet_file(walk, file)
        if sha in pulls:
            if not evidence.elsewhere.issuperset({sha, *pulls[sha].landed}):
                _meet_pull(walk, pulls[sha])
        elif sha not in landed and sha not in evidence.elsewhere:
            why = Refusal(code="COMMIT-WITHOUT-PULL", values={"commit": sha[:12]})
            walk.open[sha] = _Open(why=why, before=before, bars=True)
        before = sha
    return _standing(walk, tenant)


def recognise(pull: MergedPull, terms: Terms) -> Record | Refusal:
    """The record of this very pull request and head, or why there is none."""
    record, values = pull.record, {"pull": str(pull.number)}
    if pull.altered:
        return pull.altered
    if record is None:
        return Refusal(code="RECORD-MISSING", values=values)
    if isinstance(record, Refusal):
        return Refusal(code=record.code, values={**record.values, **values})
    if record.organisation != terms.organisation:
        return Refusal(code="RECORD-OTHER-ORGANISATION", values=values)
    if record.repository != terms.repository:
        return Refusal(code="RECORD-OTHER-REPOSITORY", values=values)
    if record.pull != pull.number:
        return Refusal(code="RECORD-OTHER-PULL", values={**values, "other": str(record.pull)})
    if record.head != pull.head:
        return Refusal(code="RECORD-OTHER-HEAD", values={**values, "head": pull.head[:12], "other": record.head[:12]})
    if not pull.based:
        return Refusal(code="RECORD-OTHER-BASE", values={**values, "base": record.base[:12]})
    return record


def _meet_pull(walk: _Walk, pull: MergedPull) -> None:
    record = recognise(pull, walk.terms)
    missing = record if isinstance(record, Refusal) else _missing(walk, pull, record)
    if isinstance(record, Record):
        walk.judged.append((pull, record, missing))
    if missing:
        before = walk.roles_of(pull)
        walk.open[pull.merge_sha] = _Open(why=missing, before=before, bars=isinstance(record, Refusal))


def _missing(walk: _Walk, pull: MergedPull, record: Record) -> Refusal | None:
    """The first approval that is lacking. Who is asked comes from both the record and what the run itself finds."""
    touched = {**dict.fromkeys(record.required, ("record",)), **pull.touched}
    owners = required_owners(touched, pull.other_files)
    if not owners and (any(record.fingerprints.values()) or any(record.envelopes.values()) or record.later):
        return Refusal(code="OWNERS-NONE", values={"pull": str(pull.number)})
    return _lacking(walk, pull, owners, shown_at=max(record.made_at, pull.shown_at or record.made_at))


def _meet_file(walk: _Walk, file: ApprovalsFile) -> None:
    """Its leave to change something lapses. That somebody has gone through a commit doesn't."""
    unapproved = _file_fault(walk, file)
    walk.grants.append(grant_of_file(file, unapproved or _file_lapsed(walk, file), walk.evidence))
    if not unapproved:
        walk.answered |= file.commits
        for sha in file.commits:
            walk.open.pop(sha, None)


def _file_fault(walk: _Walk, file: ApprovalsFile) -> Refusal | None:
    """The file itself is what people read when they approved it, so that its pull request needs no record for it."""
    if file.pull is None or file.pull.into != walk.evidence.branch:
        return Refusal(code="APPROVALS-WITHOUT-PULL", values={"file": path_of(file)})
    if file.pull.altered:
        return file.pull.altered
    if file.edited:
        return Refusal(code="APPROVALS-EDITED", values={"file": path_of(file)})
    owners = expand({*required_owners(file.pull.touched, file.pull.other_files), JOINT})
    return _lacking(walk, file.pull, owners)


def _file_lapsed(walk: _Walk, file: ApprovalsFile) -> Refusal | None:
    merged_at = file.pull.merged_at if file.pull else walk.evidence.now
    ends = min(file.until, merged_at + walk.terms.approvals_last)
    if walk.evidence.now < ends:
        return None
    return Refusal(code="APPROVALS-LAPSED", values={"file": path_of(file), "day": str(ends.date())})


def _lacking(walk: _Walk, pull: MergedPull, owners: Sequence[str], shown_at: datetime | None = None) -> Refusal | None:
    evidence = walk.evidence
    approval = judge(pull, owners, evidence.roles.get(walk.roles_of(pull)), evidence.teams, shown_at=shown_at)
    return next((approval.missing[owner] for owner in owners if owner in approval.missing), None)


def _standing(walk: _Walk, tenant: str) -> Standing:
    evidence, terms = walk.evidence, walk.terms
    grants = list(walk.grants)
    for pull, record, missing in walk.judged:
        fault = missing if pull.merge_sha in walk.open else None
        grants += grants_of_record(pull, record, fault, evidence, terms, tenant)
    return Standing(
        grants=tuple(grants),
        barred=tuple(one.why for one in walk.open.values() if one.bars),
        unanswered=tuple(one.why for one in walk.open.values()),
        commits=tuple(walk.open),
        pending=any(
            later.day > terms.today and later.backend == evidence.backend
            for _, record, _ in walk.judged
            for later in record.later
        ),
        answered=frozenset(walk.answered),
        loose=next(
            (
                Refusal(code="CONTROLS-UNANSWERED", values={"commit": sha[:12]})
                for sha in walk.open
                if sha in evidence.controls
            ),
            None,
        ),
    )
