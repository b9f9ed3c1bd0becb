"""The writes of a run, between a record of what is about to be done and a record of what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from reconciler.adapters.wiring import Wiring
from reconciler.forge.deployments import History, set_state, write_run
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import read_repository
from reconciler.forge.run_record import Phase, Run
from reconciler.http.failures import HttpFailure
from reconciler.model.change import ApplyResult, Change, ChangeResult, Outcome, Plan
from reconciler.model.documents import Backend
from reconciler.planning.drift import drift_of
from reconciler.reconcile.apply import run_apply
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.ci_keeping import Keeper
from reconciler.reconcile.ci_order import Order, Outcomes
from reconciler.reconcile.ci_planning import backend_of
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import Connect
from reconciler.trust.covering import PLACEMENT
from reconciler.trust.evidence import Spent
from reconciler.trust.terms import Decision, Terms
from reconciler.trust.window import spend

DONE: Final = frozenset({Outcome.APPLIED, Outcome.ALREADY_DONE})


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
    return spend(change, place.repository.now, moved, placement=placement, terms=terms)
