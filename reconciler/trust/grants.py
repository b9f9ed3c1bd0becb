"""What approved records and approvals files grant, each with what keeps it from counting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from reconciler.model.change import Envelope
from reconciler.trust.evidence import ApprovalsFile, Evidence, MergedPull
from reconciler.trust.record import Later, Record
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import FILES, Terms

ZONE_SLACK = timedelta(days=1)
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


def grants_of_record(
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


def grant_of_file(file: ApprovalsFile, fault: Refusal | None, evidence: Evidence) -> Grant:
    return Grant(
        by=path_of(file),
        since=file.pull.merged_at if file.pull else evidence.now,
        fingerprints=file.fingerprints,
        deletions=file.deletions,
        moves=file.moves,
        fault=fault,
        by_file=True,
    )


def path_of(file: ApprovalsFile) -> str:
    return f"{FILES}/{file.id}.yaml"


def _moves(envelopes: Iterable[Envelope]) -> dict[tuple[str, str], int]:
    """Room by move; what a record names twice is added up."""
    room: dict[tuple[str, str], int] = {}
    for one in envelopes:
        room[one.source, one.into] = room.get((one.source, one.into), 0) + one.at_most
    return room
