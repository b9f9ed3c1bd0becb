"""Runs that wrote to a backend, as deployments: made by us, signed by us, found again by the next run."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from reconciler.forge.anchor import BEGINNING
from reconciler.forge.api import MOST, Forge, change, reading
from reconciler.forge.fields import Row, as_row, inner, moment, number, rows
from reconciler.forge.people import is_ours
from reconciler.forge.run_record import Phase, Read, Run, following, write_parts
from reconciler.http.failures import OutcomeUnknown
from reconciler.http.request import Request
from reconciler.http.retry import Repeat
from reconciler.trust.evidence import Spent
from reconciler.trust.signing import Key

TASK: Final = "reconciler"
FIRST: Final = datetime.min.replace(tzinfo=UTC)
"""From the beginning of time: nothing is missing before the first record."""

_DESCRIPTION: Final = 140
"""Characters (docs.github.com/en/rest/deployments/statuses#create-a-deployment-status, 2026-11-22)."""

State = Literal["in_progress", "success", "failure", "error", "inactive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Of one backend. `last`: the mark of the newest record, which the next one names. `last_complete`: the last whole apply.

    `spent` is certain; `unsure` is what runs that never told their end were about to do (see `trust.settling`). `spent_from`: from then on nothing is
    missing: a record that names one before it that isn't there ends the chain. `unread`: deployments of ours that don't verify. `marks`: of all
    records that were found. `lost`: what names the gap where the newest of all aren't among them (see `lost_of`).
    """

    runs: tuple[Run, ...] = ()
    last: str = ""
    last_complete: Run | None = None
    spent: tuple[Spent, ...] = ()
    unsure: tuple[Spent, ...] = ()
    spent_from: datetime = FIRST
    unread: int = 0
    marks: frozenset[str] = frozenset()
    lost: str = ""


def lost_of(history: History, anchor: str) -> str:
    """An empty text where the newest records are there; else 40 digits to name the gap by, as an approvals file names a commit.

    `anchor`: the mark that the lock carries along. Where it carries none there must be no records either. That there are newer ones
    is well: a run was killed before it could say so. So it is where it carries the beginning's: the very first was.
    """
    if anchor == BEGINNING:
        return ""
    gone = anchor not in history.marks if anchor else bool(history.marks)
    return (anchor or history.last)[:40] if gone else ""


def environment_of(backend: str) -> str:
    """The name that a backend's deployments are listed under; no environment of that name holds secrets."""
    return f"reconciler-{backend}"


def write_run(forge: Forge, run: Run, key: Key, previous: str, state: State, description: str = "") -> tuple[int, str]:
    """Keeps a record; `previous`: the mark of the newest there is. Returns the deployment's id, and this record's mark.

    Raises ForgeProblem FORGE-RECORD-TOO-LARGE before anything is sent.
    """
    mark, payloads = write_parts(following(run, previous), key)
    made = [_deploy(forge, run, payload) for payload in payloads]
    set_state(forge, made[0], state, description)
    return made[0], mark


def set_state(forge: Forge, deployment: int, state: State, description: str = "") -> None:
    """What the forge's pages show of it; no decision is made by it."""
    body = {"state": state, "description": description[:_DESCRIPTION], "auto_inactive": False}
    path = "deployments/{id}/statuses"
    change(forge, "POST", path, {"id": str(deployment)}, body, repeat=Repeat.IDEMPOTENT)


def read_history(forge: Forge, backend: str, repository: str, keys: Sequence[Key], since: datetime) -> History:
    """What was done since then, and the last whole apply, however long ago."""
    request = Request(
        method="GET",
        path="deployments",
        query={"environment": environment_of(backend), "task": TASK, "per_page": MOST},
    )
    read = Read(keys)
    found: Mapping[str, Run] = {}
    for data in reading(forge, request):
        page = [row for row in rows(data) if is_ours(forge, row, "creator")]
        read.add(inner(row, "payload") for row in page)
        found = {mark: run for mark, run in read.runs.items() if (run.backend, run.repository) == (backend, repository)}
        older = any(moment(row, "created_at") < since for row in page)
        if older and _last_complete(found.values()):
            break
    return history_of(found, since, unread=len(read.marks) - len(found))


def history_of(found: Mapping[str, Run], since: datetime, *, unread: int = 0) -> History:
    """By what the records say themselves: a deployment can be made again by anybody, its record can't be changed."""
    newest = sorted(found, key=lambda mark: (found[mark].at, found[mark].phase is Phase.ENDED), reverse=True)
    runs = [found[mark] for mark in newest if found[mark].at >= since]
    ended = {(run.run, run.attempt) for run in runs if run.phase is Phase.ENDED}
    begun = [run for run in runs if run.phase is Phase.BEGUN and (run.run, run.attempt) not in ended]
    last = newest[0] if newest else ""
    return History(
        runs=tuple(runs),
        last=last,
        last_complete=_last_complete(found.values()),
        spent=_spent(run for run in runs if run.phase is Phase.ENDED),
        unsure=_spent(begun),
        spent_from=_known_from(found, last, since),
        unread=unread,
        marks=frozenset(found),
    )


def _known_from(found: Mapping[str, Run], last: str, since: datetime) -> datetime:
    """Back along the chain, from record to record: until the first of all, or older than anybody asks, or one that is missing."""
    mark, at = last, FIRST
    while mark:
        run = found.get(mark)
        if run is None:
            return at
        if run.at < since:
            return since
        mark, at = run.previous, run.at
    return FIRST


def _spent(runs: Iterable[Run]) -> tuple[Spent, ...]:
    return tuple(one for run in runs for one in run.spent)


def _last_complete(runs: Collection[Run]) -> Run | None:
    whole = [run for run in runs if run.complete and run.phase is Phase.ENDED]
    return max(whole, key=lambda run: run.at, default=None)


def _deploy(forge: Forge, run: Run, payload: Row) -> int:
    """No checks are asked for and nothing is merged: this says what was done, it doesn't ask whether it may be."""
    body = {
        "ref": run.commit,
        "task": TASK,
        "environment": environment_of(run.backend),
        "auto_merge": False,
        "required_contexts": [],
        "payload": payload,
        "production_environment": False,
        "transient_environment": False,
    }
    try:
        made = change(forge, "POST", "deployments", {}, body)
    except OutcomeUnknown:
        made = change(forge, "POST", "deployments", {}, body)  # twice the same part of the same record is once
    return number(as_row(made.data), "id")
