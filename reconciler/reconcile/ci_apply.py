"""`ci apply`: what was approved is carried out, and nothing else. The forge is asked for everything; no workflow's word counts.

Lock, what was done before, a plan of the commit itself, what people did, the decision, a record of what is about to be done,
the writes, a record of what was done, unlock. Killed anywhere, the next run goes on from what the live system shows.
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from reconciler.adapters.wiring import Wiring
from reconciler.forge.api import Forge
from reconciler.forge.deployments import History, set_state, write_run
from reconciler.forge.lock import Held, Lock, acquire, release, renew, still_ours
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import head_of, read_repository
from reconciler.forge.run_record import Phase, Run
from reconciler.http.failures import HttpFailure
from reconciler.load.revision import read_revision
from reconciler.model.approvals import APPROVALS_LAST
from reconciler.model.change import ApplyResult, Change, ChangeResult, Outcome, Plan
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding
from reconciler.planning.drift import drift_of
from reconciler.planning.limits import Stock
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.ci_checkout import commit_of, organisation_at
from reconciler.reconcile.ci_evidence import WINDOW, Place, gather, read_past
from reconciler.reconcile.ci_filed import filed_in
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import Connect, connect
from reconciler.reconcile.hosting import check_hosted
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import Prepared, prepare_tree
from reconciler.trust.approvals_file import ZONE, approvals_text
from reconciler.trust.covering import PLACEMENT, decide, narrow
from reconciler.trust.evidence import Evidence, Spent
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision, Terms
from reconciler.trust.window import spend

LASTS: Final = timedelta(minutes=45)
"""How long a lock is good for without a word; it is renewed as the writes go on."""

DONE: Final = frozenset({Outcome.APPLIED, Outcome.ALREADY_DONE})

NOTHING: Final = Stock(backend="", owned={}, devices=0, counted=False, group_devices={}, wanted=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. `placing`: also what the class *placement* covers (converge). `dry`: decide, and write nothing anywhere.

    `only`: the fingerprints of a plan that was saved: all of them are covered and nothing else is done, or nothing is done.
    `journal`: where the steps are written. `now`: what gives the moment that the calendar is asked about, or None.
    """

    backend: str
    journal: Path
    placing: bool = False
    dry: bool = False
    only: frozenset[str] | None = None
    now: Callable[[], datetime] | None = None
    progress: Callable[[ChangeResult], None] | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """`plan` has only what is covered left to do, the rest is held. `result` None: nothing was begun.

    `refused`: why nothing may be done at all. `busy`: who has the lock. `asked`: the approvals file that would let through what is held.
    `observed`: nobody has said yet that the backend may be changed. `unrecorded`: changes were made, and the forge didn't take the record of it.
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
    unrecorded: bool = False
    observed: bool = False

    @property
    def superseded(self) -> bool:
        return self.decision is not None and self.decision.superseded


def apply_approved(
    place: Place, setting: Setting, order: Order, wiring: Wiring, connect_to: Connect = connect
) -> Outcomes:
    """Raises ForgeProblem and HttpFailure for what the forge doesn't answer; then the lock is let go of, and nothing more is done."""
    if head_of(place.forge, place.branch) != commit_of(place.root):
        return _superseded(place, order)
    if order.dry:
        return _run(place, setting, order, wiring, connect_to, None)
    held = acquire(place.forge, place.name_of(order.backend), setting.holder, LASTS)
    if isinstance(held, Held):
        return Outcomes(busy=held)
    with kept(place.forge, held) as keeper:
        return _run(place, setting, order, wiring, connect_to, keeper)


@dataclass(slots=True)
class Keeper:
    """A lock that is renewed now and then while work goes on."""

    forge: Forge
    lock: Lock
    renewed: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.renewed = self.forge.clock.wall()

    def check(self) -> None:
        """Raises ForgeProblem FORGE-LOCK-LOST where somebody has taken it over."""
        if not still_ours(self.forge, self.lock):
            raise ForgeProblem("FORGE-LOCK-LOST", {"backend": self.lock.backend})

    def tick(self, *_: object) -> None:
        """After each change. Where the lock can't be kept, nothing new is begun: the run is told to stop as by a signal."""
        if self.forge.clock.wall() - self.renewed < LASTS.total_seconds() / 3:
            return
        self.renewed = self.forge.clock.wall()
        try:
            self.lock = renew(self.forge, self.lock, LASTS)
        except (ForgeProblem, HttpFailure):
            signal.raise_signal(signal.SIGTERM)


@contextmanager
def kept(forge: Forge, lock: Lock) -> Iterator[Keeper]:
    keeper = Keeper(forge, lock)
    try:
        yield keeper
    finally:
        # What can't be let go of runs out by itself; what was done is done, and is told.
        with suppress(ForgeProblem, HttpFailure):
            release(forge, keeper.lock)


def _superseded(place: Place, order: Order) -> Outcomes:
    commit, head = commit_of(place.root), head_of(place.forge, place.branch)
    refused = Refusal(code="RUN-SUPERSEDED", values={"commit": commit[:12], "head": head[:12]})
    return Outcomes(decision=Decision(backend=order.backend, refused=refused, superseded=True), refused=refused)


def _run(
    place: Place, setting: Setting, order: Order, wiring: Wiring, connect_to: Connect, keeper: Keeper | None
) -> Outcomes:
    past = read_past(place, order.backend)
    planned = plan_commit(place, order, past, wiring, connect_to)
    if planned.plan is None:
        return Outcomes(prepared=planned.prepared, findings=planned.prepared.all_findings)
    if head_of(place.forge, place.branch) != commit_of(place.root):
        return _superseded(place, order)
    filed = filed_in(planned.prepared)
    evidence = gather(place, order.backend, past, filed.files, branch=setting.branch)
    terms = terms_of(place, planned, evidence, placing=order.placing)
    decision = decide(planned.plan, evidence, terms)
    plan, refused = _saved_only(narrow(planned.plan, [decision]), order.only)
    outcomes = Outcomes(
        decision=decision,
        prepared=planned.prepared,
        plan=plan,
        refused=decision.refused or refused,
        broken=filed.broken,
        asked="" if decision.refused else approvals_text(planned.plan, decision),
    )
    if planned.plan.modes.get(order.backend) == "observe":
        return replace(outcomes, observed=True)
    if outcomes.refused or keeper is None:
        return outcomes
    return carry_out(place, setting, order, wiring, connect_to, outcomes, terms, past, keeper)


def _saved_only(plan: Plan, only: frozenset[str] | None) -> tuple[Plan, Refusal | None]:
    """What a saved plan asks for, if all of it may be done; else why not."""
    if only is None:
        return plan, None
    left = only - {change.fingerprint for change in plan.changes}
    kept = tuple(change for change in plan.changes if change.fingerprint in only)
    values = {"count": str(len(left)), "of": str(len(only))}
    return replace(plan, changes=kept), Refusal(code="APPLY-NOT-COVERED", values=values) if left else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    prepared: Prepared
    plan: Plan | None
    stock: Stock
    today: date


def plan_commit(place: Place, order: Order, past: History, wiring: Wiring, connect_to: Connect) -> Planned:
    """The plan of the commit that is checked out, from Git's objects. What was applied whole before is its base: what differs
    without having changed since then stands already.
    """
    today = order.today or read_repository(place.forge).now.astimezone(ZONE).date()
    commit = commit_of(place.root)
    tree = read_revision(place.root, commit)
    prepared = prepare_tree(tree, place.root, today)
    if prepared.documents:
        organisation = prepared.documents.organisation
        check_hosted(place.root, commit, organisation.uid, organisation.backends)
    if past.last_complete and prepared.documents:
        # The base is only to tell changes apart: its transitions were checked in each pull request by itself.
        based = prepare_tree(tree, place.root, today, past.last_complete.commit, digest=False)
        prepared = replace(prepared, base=based.base)
    stocks: list[Stock] = []
    plan = run_plan(
        prepared,
        wiring,
        only=Filter(backend=order.backend),
        connect_to=connect_to,
        moment=order.now() if order.now else None,
        stocked=stocks.append,
    )
    stock = next((one for one in stocks if one.backend == order.backend), replace(NOTHING, backend=order.backend))
    return Planned(prepared=prepared, plan=plan, stock=stock, today=today)


def terms_of(place: Place, planned: Planned, evidence: Evidence, *, placing: bool) -> Terms:
    documents = planned.prepared.documents
    assert documents is not None  # noqa: S101 - there is a plan, so there are documents
    backend = backend_of(documents, evidence.backend)
    return Terms(
        branch=place.branch,
        commit=commit_of(place.root),
        organisation=_uid(place.root, evidence.applied) or documents.organisation.uid,
        repository=place.repository.id,
        today=planned.today,
        limits=backend.limits,
        stock=planned.stock,
        allowances=documents.allowances,
        window=WINDOW,
        approvals_last=APPROVALS_LAST,
        placements=documents.organisation.placements if placing else None,
    )


def backend_of(documents: Documents, name: str) -> Backend:
    """Raises ForgeProblem CI-BACKEND-UNKNOWN."""
    found = next((one for one in documents.organisation.backends if one.id == name), None)
    if found is None:
        raise ForgeProblem("CI-BACKEND-UNKNOWN", {"backend": name})
    return found


def _uid(root: Path, applied: str) -> str:
    """As it was when the backend was last applied: whose it is doesn't change by a pull request."""
    known = organisation_at(root, applied) if applied else None
    return str(known.get("uid", "")) if known else ""


def carry_out(
    place: Place,
    setting: Setting,
    order: Order,
    wiring: Wiring,
    connect_to: Connect,
    outcomes: Outcomes,
    terms: Terms,
    past: History,
    keeper: Keeper,
    description: str = "",
) -> Outcomes:
    """Writes what the plan has left to do, between two records. `outcomes` has decision, plan and prepared."""
    plan, decision, prepared = outcomes.plan, outcomes.decision, outcomes.prepared
    assert plan and decision and prepared and prepared.documents  # noqa: S101, PT018 - the caller has them
    backend = backend_of(prepared.documents, order.backend)
    if not plan.changes and not _is_news(plan, decision, past, terms, backend):
        return replace(outcomes, result=_nothing(plan))
    last = past.last
    begun: int | None = None
    if plan.changes:
        intent = tuple(_spent(place, change, len(change.members), decision, terms) for change in plan.changes)
        run = _record(place, setting, order, Phase.BEGUN, outcomes, terms, intent)
        begun, last = write_run(place.forge, run, setting.key, last, "in_progress", description)
    keeper.check()
    applied = run_apply(
        plan,
        prepared,
        place.root,
        terms.today,
        wiring,
        order.journal,
        progress=_both(keeper.tick, order.progress),
        connect_to=connect_to,
        now=order.now,
    )
    outcomes = replace(outcomes, result=applied.result, findings=applied.findings)
    done = _done(place, plan, applied.result, decision, terms)
    run = _record(place, setting, order, Phase.ENDED, outcomes, terms, done)
    whole = applied.result is not None and not failed(applied.result)
    try:
        write_run(place.forge, run, setting.key, last, "success" if whole else "failure", description)
        if begun is not None:
            set_state(place.forge, begun, "inactive")
    except (ForgeProblem, HttpFailure):
        # It is done, and has to be told as done. The next run takes the record of what was about to be done and what it sees.
        return replace(outcomes, unrecorded=True)
    return outcomes


def failed(result: ApplyResult) -> bool:
    """Whether something that was begun is left, other than for the calendar."""
    return bool(result.findings) or any(one.outcome not in DONE | {Outcome.WAITING} for one in result.results)


def _both(
    first: Callable[[ChangeResult], None], second: Callable[[ChangeResult], None] | None
) -> Callable[[ChangeResult], None]:
    def call(result: ChangeResult) -> None:
        first(result)
        if second:
            second(result)

    return call


def _nothing(plan: Plan) -> ApplyResult:
    return ApplyResult(format=plan.format, organisation=plan.organisation, language=plan.language, results=())


def _is_news(plan: Plan, decision: Decision, past: History, terms: Terms, backend: Backend) -> bool:
    """Whether a run without any change says something that isn't known: that the commit needn't be looked at again."""
    before = past.last_complete.commit if past.last_complete else ""
    return before != terms.commit and _is_complete(plan, decision, _nothing(plan), backend)


def _is_complete(plan: Plan, decision: Decision, result: ApplyResult | None, backend: Backend) -> bool:
    """Nothing is left, and the system was read and judged whole: what couldn't be read may differ."""
    if result is None or not decision.complete or any(one.outcome not in DONE for one in result.results):
        return False
    return all(one.whole for one in drift_of(plan, [backend]).systems)


def _record(
    place: Place,
    setting: Setting,
    order: Order,
    phase: Phase,
    outcomes: Outcomes,
    terms: Terms,
    spent: Sequence[Spent],
) -> Run:
    plan, decision, result, prepared = outcomes.plan, outcomes.decision, outcomes.result, outcomes.prepared
    assert plan and decision and prepared and prepared.documents  # noqa: S101, PT018 - carry_out has looked
    backend = backend_of(prepared.documents, order.backend)
    results = result.results if result else ()
    ended = phase is Phase.ENDED
    return Run(
        repository=place.repository.id,
        backend=place.name_of(order.backend),
        run=setting.holder.run,
        attempt=setting.holder.attempt,
        phase=phase,
        at=read_repository(place.forge).now,
        commit=terms.commit,
        plan_digest=plan.digest,
        applied=sum(one.outcome is Outcome.APPLIED for one in results),
        held=len(plan.held),
        waiting=sum(one.outcome is Outcome.WAITING for one in results),
        journal=order.journal.name,
        complete=ended and _is_complete(plan, decision, result, backend),
        spent=tuple(spent),
    )


def _done(place: Place, plan: Plan, result: ApplyResult | None, decision: Decision, terms: Terms) -> tuple[Spent, ...]:
    """What really took effect; what was there already, nobody did now."""
    changes = {change.fingerprint: change for change in plan.changes}
    return tuple(
        _spent(place, changes[one.fingerprint], one.moved, decision, terms)
        for one in (result.results if result else ())
        if one.outcome is Outcome.APPLIED or one.moved
    )


def _spent(place: Place, change: Change, moved: int, decision: Decision, terms: Terms) -> Spent:
    by: Mapping[str, tuple[str, ...]] = {one.fingerprint: one.by for one in decision.covered}
    placement = by.get(change.fingerprint) == (PLACEMENT,)
    return spend(change, read_now(place), moved, placement=placement, terms=terms)


def read_now(place: Place) -> datetime:
    """By the forge's clock, as far as this run has asked for it."""
    return place.repository.now
