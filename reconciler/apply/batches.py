"""One batch: read afresh, judged, written, read back. The effect is what counts, never a reply.

After a write whose outcome is unknown the read decides. A read right after a write may still show the old state, so what
isn't there yet is read again a few times before it is called failed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from reconciler.apply.failing import UNKNOWN, Failure, Failures, Undone, failure_of
from reconciler.apply.journal import Journal, Step
from reconciler.apply.judging import Judgement, Verdict, judge
from reconciler.apply.waiting import waiting_reason
from reconciler.model.adapter import Adapter, Batch, Seen
from reconciler.model.change import Action, Change, ChangeResult, Outcome, Wait
from reconciler.model.resource import Key

PATIENCE: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds between reads of what was written and isn't seen yet. Google's settle within seconds (2026-11)."""

_STEPS: Final = {
    Outcome.APPLIED: Step.VERIFIED,
    Outcome.ALREADY_DONE: Step.ALREADY_DONE,
    Outcome.STALE: Step.STALE,
    Outcome.SKIPPED: Step.SKIPPED,
    Outcome.WAITING: Step.WAITING,
    Outcome.FAILED: Step.FAILED,
}


class Clock(Protocol):
    """The part of the HTTP layer's clock that an apply needs; seconds."""

    @property
    def sleep(self) -> Callable[[float], None]: ...


class Stopper(Protocol):
    """A threading.Event, or what acts as one."""

    def is_set(self) -> bool: ...


Explain = Callable[[str, Exception], tuple[str, Mapping[str, str]] | None]
"""What a failure of a backend (by id) means to people, as a message's code and its values; None where it is no such failure."""


Waits = Callable[[Change], Wait | None]
"""Whether the calendar holds a change back now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """What every batch is run with. Without `explain` failures say what happened, and not what to do.

    `labels` are what people call the changes of the plan. `waits` is asked right before a change is written.
    """

    journal: Journal
    clock: Clock
    stop: Stopper | None = None
    explain: Explain = lambda *_: None
    labels: Mapping[Key, str] = field(default_factory=dict)
    waits: Waits = lambda _: None

    def run(self, adapter: Adapter, batch: Batch, bad: Collection[Key], report: Callable[[ChangeResult], None]) -> None:
        """Carry out one batch; `bad` are keys that came to nothing, whose dependants are skipped. One report for each change."""
        if self.stop and self.stop.is_set():
            self._end(batch.changes, Outcome.SKIPPED, report, "APPLY-STOPPED")
            return
        changes = self._without_dependants(batch.changes, bad, report)
        seen = self._read(adapter, changes)
        if isinstance(seen, Failure):
            self._end(changes, Outcome.FAILED, report, seen.code, seen.values)
            return
        exclusive = _is_exclusive(adapter)
        judged = {change.key: judge(change, seen.get(change.key), exclusive=exclusive) for change in changes}
        writable = self._settle(changes, judged, report)
        if writable:
            self._write(adapter, replace(batch, changes=tuple(one.change for one in writable)), judged, changes, report)

    def _without_dependants(
        self, changes: Sequence[Change], bad: Collection[Key], report: Callable[[ChangeResult], None]
    ) -> list[Change]:
        """Those that may go on, in order; one that waits for a bad one is bad itself."""
        barred, kept = set(bad), []
        for change in changes:
            waits_for = next((key for key in change.depends_on if key in barred), None)
            if waits_for is None:
                kept.append(change)
            else:
                barred.add(change.key)
                self._end(
                    [change],
                    Outcome.SKIPPED,
                    report,
                    "APPLY-DEPENDENCY",
                    {"on": self.labels.get(waits_for) or str(waits_for)},
                )
        return kept

    def _settle(
        self, changes: Sequence[Change], judged: Mapping[Key, Judgement], report: Callable[[ChangeResult], None]
    ) -> list[Judgement]:
        """Report what is not to be written; the rest, without what depends on something stale in the same batch."""
        stale: set[Key] = set()
        for change in changes:
            found = judged[change.key]
            if found.verdict is Verdict.DONE:
                self._end([change], Outcome.ALREADY_DONE, report)
            elif found.verdict is Verdict.STALE:
                stale.add(change.key)
                self._end([change], Outcome.STALE, report, *_stale(change, found))
            elif found.verdict is Verdict.UNREAD:
                stale.add(change.key)
                self._end([change], Outcome.FAILED, report, "APPLY-UNREAD", {"reason": found.reason})
            elif self._must_wait(change, report):
                stale.add(change.key)
        to_write = [one for one in changes if judged[one.key].verdict is Verdict.WRITE and one.key not in stale]
        return [judged[change.key] for change in self._without_dependants(to_write, stale, report)]

    def _must_wait(self, change: Change, report: Callable[[ChangeResult], None]) -> bool:
        """What the calendar holds back is reported; what the urgent lane lets pass is written down as that."""
        wait = self.waits(change)
        if wait is None:
            return False
        if wait.urgent:
            self.journal.note(Step.URGENT, [change], reason="APPLY-URGENT", values={"id": wait.urgent})
            return False
        self._end([change], Outcome.WAITING, report, *waiting_reason(wait))
        return True

    def _write(
        self,
        adapter: Adapter,
        batch: Batch,
        judged: Mapping[Key, Judgement],
        planned: Sequence[Change],
        report: Callable[[ChangeResult], None],
    ) -> None:
        undone = self._send(adapter, batch)
        again = [change for change in batch.changes if _may_repeat(adapter, change, undone.get(change.key))]
        if again:
            # Read, and not there after all reads, so it never took effect. A place is not made again: late, it would be two.
            repeated = self._send(adapter, replace(batch, changes=tuple(again)))
            undone = {key: one for key, one in undone.items() if key not in {change.key for change in again}} | repeated
        whole = {change.key: change for change in planned}
        for written in batch.changes:
            self._conclude(whole[written.key], written, undone.get(written.key), judged[written.key], report)

    def _send(self, adapter: Adapter, batch: Batch) -> dict[Key, Undone]:
        """Write and read back: what is not as planned, each with its own reason."""
        self.journal.note(Step.WRITING, batch.changes)
        failures = Failures()
        try:
            adapter.write(batch)
        except Exception as error:  # whichever way a vendor fails; a bug of ours is raised again
            failures = self._failures(adapter, error)
        else:
            self.journal.note(Step.WRITTEN, batch.changes)
        left, unread = self._read_back(adapter, batch.changes, failures)
        # The read's own text would say that nothing was changed; and what nobody has seen is not written again.
        unseen = Failure(code="APPLY-NOT-READ-BACK", values={"reason": unread.code}) if unread else None
        return {
            one.key: Undone(one, unseen if unseen and failures.leaves_open(one.key) else failures.of(one.key))
            for one in left
        }

    def _failures(self, adapter: Adapter, error: Exception) -> Failures:
        parts = getattr(error, "by_key", None)
        if isinstance(parts, Mapping):
            return Failures(by_key={key: self._failure(adapter, one) for key, one in parts.items()})
        return Failures(whole=self._failure(adapter, error))

    def _read_back(
        self, adapter: Adapter, changes: Sequence[Change], failures: Failures
    ) -> tuple[list[Change], Failure | None]:
        """What is still to be written after reading again, each narrowed to the devices or values that are lacking.

        And why the last read failed, if it did: then nobody knows. What was refused for good isn't waited for.
        """
        exclusive = _is_exclusive(adapter)
        left = list(changes)
        unread: Failure | None = None
        for pause in (0.0, *PATIENCE):
            if pause:
                self.clock.sleep(pause)
            seen = self._read(adapter, left)
            unread = seen if isinstance(seen, Failure) else None
            if not isinstance(seen, Failure):
                judged = [judge(change, seen.get(change.key), exclusive=exclusive) for change in left]
                left = [_lacking(one, change) for change, one in zip(left, judged, strict=True) if not _is_done(one)]
                unread = next(map(_unread, filter(_is_unread, judged)), None)
            if not any(failures.leaves_open(change.key) for change in left):
                break
        return left, unread

    def _conclude(
        self,
        whole: Change,
        written: Change,
        undone: Undone | None,
        judged: Judgement,
        report: Callable[[ChangeResult], None],
    ) -> None:
        moved = len(written.members) - (len(undone.left.members) if undone else 0)
        if undone:
            reason = undone.failure or Failure(code="APPLY-NOT-TAKEN", values={})
            self._end([whole], Outcome.FAILED, report, reason.code, reason.values, moved=moved)
        elif judged.stale:
            self._end([whole], Outcome.STALE, report, *_stale(whole, judged), moved=moved)
        else:
            self._end([whole], Outcome.APPLIED, report, moved=moved)

    def _read(self, adapter: Adapter, changes: Sequence[Change]) -> Mapping[Key, Seen] | Failure:
        if not changes:
            return {}
        try:
            return adapter.read(changes)
        except Exception as error:  # as for writes
            return self._failure(adapter, error)

    def _failure(self, adapter: Adapter, error: Exception) -> Failure:
        told = self.explain(adapter.backend, error)
        return Failure(code=told[0], values=told[1]) if told else failure_of(error)

    def _end(
        self,
        changes: Sequence[Change],
        outcome: Outcome,
        report: Callable[[ChangeResult], None],
        reason: str = "",
        values: Mapping[str, str] | None = None,
        *,
        moved: int = 0,
    ) -> None:
        self.journal.note(_STEPS[outcome], changes, reason=reason, values=values)
        for change in changes:
            report(
                ChangeResult(
                    key=change.key,
                    backend=change.backend,
                    fingerprint=change.fingerprint,
                    outcome=outcome,
                    reason=reason,
                    values=values or {},
                    moved=moved,
                )
            )


def _is_done(judged: Judgement) -> bool:
    return judged.verdict is Verdict.DONE


def _is_unread(judged: Judgement) -> bool:
    return judged.verdict is Verdict.UNREAD


def _unread(judged: Judgement) -> Failure:
    return Failure(code=judged.reason or "APPLY-UNREAD", values={})


def _lacking(judged: Judgement, change: Change) -> Change:
    return judged.change if judged.verdict is Verdict.WRITE and not judged.stale else change


def _stale(change: Change, judged: Judgement) -> tuple[str, Mapping[str, str]]:
    if change.members or change.resets:
        return "APPLY-STALE-IN-PART", {"count": str(judged.stale)}
    return "APPLY-STALE", {}


def _may_repeat(adapter: Adapter, change: Change, undone: Undone | None) -> bool:
    """Not seen although it may have been done: it is sent again, unless a late effect of the first call would make it two."""
    if undone is None or undone.failure is None or undone.failure.code != UNKNOWN:
        return False
    once = {"group", "app"} | {one.kind for one in adapter.capabilities if not one.repeatable}
    return change.action is not Action.CREATE or change.key.kind not in once


def _is_exclusive(adapter: Adapter) -> bool:
    return any(one.exclusive for one in adapter.capabilities if one.kind == "membership")
