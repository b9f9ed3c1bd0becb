"""What a run of `ci apply` is asked for, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from reconciler.forge.lock import Held
from reconciler.model.change import ApplyResult, ChangeResult, Plan
from reconciler.model.finding import Finding
from reconciler.reconcile.prepare import Prepared
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. `placing`: also what the class *placement* covers (converge). `dry`: decide, and write nothing anywhere.

    `only`: the fingerprints of a plan that was saved: all of them are covered and nothing else is done, or nothing is done.
    `journal`: where the steps are written. `now`: what gives the moment that the calendar is asked about, or None.
    `lang`: of the names in the approvals file that is asked for; without it the organisation's.
    """

    backend: str
    journal: Path
    placing: bool = False
    dry: bool = False
    only: frozenset[str] | None = None
    now: Callable[[], datetime] | None = None
    progress: Callable[[ChangeResult], None] | None = None
    today: date | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """`plan` has only what is covered left to do, the rest is held. `result` None: nothing was begun.

    `refused`: why nothing may be done at all. `busy`: who has the lock. `asked`: the approvals file that would let through what is held.
    `observed`: nobody has said yet that the backend may be changed. `unrecorded`: why the forge didn't take the record of a
    run that has written.
    """

    decision: Decision | None = None
    prepared: Prepared | None = None
    plan: Plan | None = None
    result: ApplyResult | None = None
    refused: Refusal | None = None
    busy: Held | None = None
    findings: tuple[Finding, ...] = ()
    broken: tuple[Refusal, ...] = ()
    asked: str = ""
    unrecorded: Refusal | None = None
    observed: bool = False

    @property
    def superseded(self) -> bool:
        return self.decision is not None and self.decision.superseded
