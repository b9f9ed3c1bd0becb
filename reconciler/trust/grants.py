"""What approved records and approvals files grant, and what is on the branch that nobody answers for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final

from reconciler.model.change import Envelope
from reconciler.trust.approvals import judge
from reconciler.trust.evidence import ApprovalsFile, Evidence, MergedPull
from reconciler.trust.owners import JOINT, expand, required_owners
from reconciler.trust.record import Later, Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Terms

FILES: Final = "policies/approvals"
"""Where approvals files are."""

ZONE_SLACK: Final = timedelta(days=1)
"""A day in Sweden begins before the same day in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`since`: what was done from then on was done on the strength of it. `fault`: why it doesn't count.

    `by_file`: of an approvals file, where what takes away or destroys stands among `deletions`; a record has it in `fingerprints`.
    """

    by: str
    since: datetime
    fingerprints: frozenset[str] = frozenset()
    deletions: frozenset[str] = frozenset()
    moves: Mapping[tuple[str, str], int] = field(default_factory=dict)
    fault: Refusal | None = None
    by_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`barred`: what holds everything, a commit or a pull request that nobody can tell the changes of.

    `unanswered` are those and the pull requests without an approval. `pending`: approved changes of a day to come.
    """

    grants: tuple[Grant, ...]
    barred: tuple[Refusal, ...]
    unanswered: tuple[Refusal, ...]
    pending: bool


def look_over(evidence: Evidence, terms: Terms, tenant: str) -> Standing:
    """`tenant`: the identity of the backend that answered this run."""
    files = [file for file in evidence.approvals if file.backend == evidence.backend]
    grants = [_of_file(file, evidence, terms) for file in files]
    answered = {sha for file, grant in zip(files, grants, strict=True) if not grant.fault for sha in file.commits}
    # What was merged into another branch, or has been taken off this one, says nothing of what is on it.
    pulls = [pull for pull in evidence.pulls if pull.into == evidence.branch and pull.merge_sha in evidence.line]
    barred = _without_pull(evidence, pulls, answered)
    unapproved: list[Refusal] = []
    for pull in pulls:
        record = recognise(pull, terms)
        if isinstance(record, Refusal):
            barred += [] if pull.merge_sha in answered else [record]
            continue
        missing = _missing(pull, record, evidence)
        unapproved += [missing] if missing and pull.merge_sha not in answered else []
        grants += _of_record(pull, record, missing, evidence, terms, tenant)
    return Standing(
        grants=tuple(grants),
        barred=tuple(barred),
        unanswered=(*barred, *unapproved),
        pending=_is_pending(pulls, evidence, terms),
    )


def recognise(pull: MergedPull, terms: Terms) -> Record | Refusal:
    """The record of this very pull request and head, or why there is none."""
    record, values = pull.record, {"pull": str(pull.number)}
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
    return record


def _without_pull(evidence: Evidence, pulls: Iterable[MergedPull], answered: Iterable[str]) -> list[Refusal]:
    known = {sha for pull in pulls for sha in (pull.merge_sha, *pull.landed)} | set(answered)
    return [
        Refusal(code="COMMIT-WITHOUT-PULL", values={"commit": sha[:12]}) for sha in evidence.line if sha not in known
    ]


def _missing(pull: MergedPull, record: Record, evidence: Evidence) -> Refusal | None:
    """The first approval that is lacking. Who is asked comes from both the record and what the run itself finds."""
    touched = {**dict.fromkeys(record.required, ("record",)), **pull.touched}
    owners = required_owners(touched, pull.other_files)
    if not owners and (any(record.fingerprints.values()) or any(record.envelopes.values()) or record.later):
        return Refusal(code="OWNERS-NONE", values={"pull": str(pull.number)})
    approval = judge(pull, owners, evidence.roles, evidence.teams, shown_at=record.made_at)
    return next((approval.missing[owner] for owner in owners if owner in approval.missing), None)


def _of_record(
    pull: MergedPull, record: Record, missing: Refusal | None, evidence: Evidence, terms: Terms, tenant: str
) -> list[Grant]:
    backend, by = evidence.backend, f"#{pull.number}"
    fault = missing or _other_tenant(pull, record, backend, tenant)
    now = Grant(
        by=by,
        since=pull.merged_at,
        fingerprints=frozenset(record.fingerprints.get(backend, ())),
        moves=_moves(record.envelopes.get(backend, ())),
        fault=fault or _lapsed(pull, record, evidence, terms),
    )
    return [now, *(_of_day(by, day, fault, terms) for day in record.later if day.backend == backend)]


def _of_day(by: str, later: Later, fault: Refusal | None, terms: Terms) -> Grant:
    """A day's changes count from that day on, and lapse as long after it as an approval lapses after a merge."""
    values = {"pull": by.removeprefix("#"), "day": later.day.isoformat()}
    if not fault and terms.today < later.day:
        fault = Refusal(code="APPROVAL-FOR-LATER", values=values)
    if not fault and terms.today >= later.day + terms.approvals_last:
        fault = Refusal(code="APPROVAL-LAPSED", values=values)
    return Grant(
        by=by,
        since=datetime.combine(later.day, time(), UTC) - ZONE_SLACK,
        fingerprints=frozenset(later.fingerprints),
        moves=_moves(later.envelopes),
        fault=fault,
    )


def _other_tenant(pull: MergedPull, record: Record, backend: str, tenant: str) -> Refusal | None:
    if record.tenants.get(backend) == tenant:
        return None
    return Refusal(code="RECORD-OTHER-TENANT", values={"pull": str(pull.number), "backend": backend})


def _lapsed(pull: MergedPull, record: Record, evidence: Evidence, terms: Terms) -> Refusal | None:
    ends = pull.merged_at + terms.approvals_last
    if evidence.now >= record.lapses:
        return Refusal(code="RECORD-LAPSED", values={"pull": str(pull.number), "day": str(record.lapses.date())})
    if evidence.now >= ends:
        return Refusal(code="APPROVAL-LAPSED", values={"pull": str(pull.number), "day": str(ends.date())})
    return None


def _of_file(file: ApprovalsFile, evidence: Evidence, terms: Terms) -> Grant:
    fault = _file_fault(file, evidence, terms)
    return Grant(
        by=f"{FILES}/{file.id}.yaml",
        since=file.pull.merged_at if file.pull else evidence.now,
        fingerprints=file.fingerprints,
        deletions=file.deletions,
        moves=file.moves,
        fault=fault,
        by_file=True,
    )


def _file_fault(file: ApprovalsFile, evidence: Evidence, terms: Terms) -> Refusal | None:
    """The file itself is what people read when they approved it, so that its pull request needs no record for it."""
    values = {"file": f"{FILES}/{file.id}.yaml"}
    if file.pull is None or file.pull.into != evidence.branch:
        return Refusal(code="APPROVALS-WITHOUT-PULL", values=values)
    if evidence.now > file.until:
        return Refusal(code="APPROVALS-LAPSED", values={**values, "day": str(file.until.date())})
    if evidence.now >= file.pull.merged_at + terms.approvals_last:
        ends = file.pull.merged_at + terms.approvals_last
        return Refusal(code="APPROVALS-LAPSED", values={**values, "day": str(ends.date())})
    owners = expand({*required_owners(file.pull.touched, file.pull.other_files), JOINT})
    approval = judge(file.pull, owners, evidence.roles, evidence.teams)
    return next((approval.missing[owner] for owner in owners if owner in approval.missing), None)


def _is_pending(pulls: Sequence[MergedPull], evidence: Evidence, terms: Terms) -> bool:
    return any(
        later.day > terms.today and later.backend == evidence.backend
        for pull in pulls
        if isinstance(pull.record, Record)
        for later in pull.record.later
    )


def _moves(envelopes: Iterable[Envelope]) -> dict[tuple[str, str], int]:
    """Room by move; what a record names twice is added up."""
    room: dict[tuple[str, str], int] = {}
    for one in envelopes:
        room[one.source, one.into] = room.get((one.source, one.into), 0) + one.at_most
    return room
