"""An apply: stage by stage, lane beside lane, each change read, compared, written and read back.

A stage of a backend begins when the one before it has ended, so that no device comes to a place before its values do.
Within a stage, what doesn't depend on each other goes out in as few calls as the adapter packs, each lane in a thread.
What fails or is stale takes its dependants with it and nothing else.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from reconciler.apply.batches import Clock, Explain, Stopper, Waits, Writer
from reconciler.apply.journal import Journal, Step
from reconciler.apply.locking import Lock
from reconciler.model.adapter import Adapter, Batch
from reconciler.model.change import ApplyResult, Change, ChangeResult, Outcome, Plan
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key
from reconciler.planning.order import RESETS, VALUES, rank

GOOD = frozenset({Outcome.APPLIED, Outcome.ALREADY_DONE})

STOPPED: Final = Finding(code="APPLY-STOPPED", severity=Severity.ERROR, place=None)

Progress = Callable[[ChangeResult], None]


@dataclass(slots=True, kw_only=True)
class _Results:
    """Outcomes of one backend, as they come in from several threads."""

    progress: Progress | None
    by_key: dict[Key, ChangeResult] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, result: ChangeResult) -> None:
        with self.lock:
            self.by_key[result.key] = result
            if self.progress:
                self.progress(result)

    def bad(self) -> set[Key]:
        with self.lock:
            return {key for key, result in self.by_key.items() if result.outcome not in GOOD}


def apply_plan(
    plan: Plan,
    adapters: Mapping[str, Adapter],
    journal: Journal,
    lock: Lock,
    clock: Clock,
    *,
    progress: Progress | None = None,
    stop: Stopper | None = None,
    explain: Explain | None = None,
    waits: Waits | None = None,
) -> ApplyResult:
    """Carry out a plan that has been found applicable. `adapters` by backend id; `stop` ends it after the batch under way;
    `waits` leaves what the calendar holds back.

    Failures of single changes stand in the result. An exception that is no vendor's failure is a bug and comes through,
    after the other lanes have ended. Raises NotBegun where the lock does: then nothing was written, nor read.
    """
    backends = list(dict.fromkeys(change.backend for change in plan.changes))
    labels = {change.key: change.label for change in plan.changes}
    writer = Writer(
        journal=journal,
        clock=clock,
        stop=stop,
        explain=explain or (lambda *_: None),
        labels=labels,
        waits=waits or (lambda _: None),
    )
    with ExitStack() as held:
        for backend in sorted(backends):
            held.enter_context(lock(backend))
        journal.note(Step.PLANNED, plan.changes)
        results = _run_backends(plan, adapters, backends, writer, progress)
    stopped = stop is not None and stop.is_set()
    return ApplyResult(
        format=plan.format,
        organisation=plan.organisation,
        language=plan.language,
        results=tuple(results[change.backend].by_key[change.key] for change in plan.changes),
        findings=(STOPPED,) if stopped else (),
    )


def _run_backends(
    plan: Plan, adapters: Mapping[str, Adapter], backends: Sequence[str], writer: Writer, progress: Progress | None
) -> Mapping[str, _Results]:
    results = {backend: _Results(progress=progress) for backend in backends}
    with ThreadPoolExecutor(max_workers=max(len(backends), 1)) as pool:
        running = [
            pool.submit(
                _run_backend,
                [change for change in plan.changes if change.backend == backend],
                adapters[backend],
                writer,
                results[backend],
            )
            for backend in backends
        ]
    for one in running:
        one.result()
    return results


def _run_backend(changes: Sequence[Change], adapter: Adapter, writer: Writer, results: _Results) -> None:
    for stage in sorted({rank(change) for change in changes}):
        pending = [change for change in changes if rank(change) == stage]
        while pending:
            wave = _ready(pending)
            gone = {change.key for change in wave}
            pending = [change for change in pending if change.key not in gone]
            _run_wave(wave, adapter, writer, results)


def _ready(pending: Sequence[Change]) -> list[Change]:
    """Those whose dependencies are settled. Values of one target go together, for one call keeps their order."""
    waiting = {change.key for change in pending}
    ready = [change for change in pending if not _waits(change, waiting)]
    return ready or list(pending)  # a cycle, which no adapter should make, is not waited for


def _waits(change: Change, waiting: Collection[Key]) -> bool:
    together = rank(change) in (VALUES, RESETS)
    return any(
        key in waiting and not (together and key.kind == change.key.kind and key.target == change.key.target)
        for key in change.depends_on
    )


def _run_wave(wave: Sequence[Change], adapter: Adapter, writer: Writer, results: _Results) -> None:
    """All batches of a wave: lanes side by side, the batches of one lane one after the other."""
    lanes: dict[str, list[Batch]] = {}
    for batch in adapter.pack(wave):
        lanes.setdefault(batch.lane, []).append(batch)
    with ThreadPoolExecutor(max_workers=max(len(lanes), 1)) as pool:
        running = [pool.submit(_run_lane, batches, adapter, writer, results) for batches in lanes.values()]
    for one in running:
        one.result()


def _run_lane(batches: Sequence[Batch], adapter: Adapter, writer: Writer, results: _Results) -> None:
    for batch in batches:
        writer.run(adapter, batch, results.bad(), results.add)
