"""The writes of a run, between a record of what is about to be done and a record of what was done."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from reconciler.adapters.wiring import Wiring
from reconciler.forge.anchor import BEGINNING, write_anchor
from reconciler.forge.deployments import History, State, set_state, write_run
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import read_repository
from reconciler.forge.run_record import Phase, Run
from reconciler.forge.trouble import explain_failure
from reconciler.http.failures import HttpFailure
from reconciler.model.change import ApplyResult, Change, ChangeResult, Outcome, Plan
from reconciler.model.documents import Backend
from reconciler.planning.drift import drift_of
from reconciler.reconcile.apply import Applied, run_apply
from reconciler.reconcile.ci_evidence import Place
from reconciler.reconcile.ci_keeping import Keeper
from reconciler.reconcile.ci_order import Order, Outcomes
from reconciler.reconcile.ci_planning import backend_of
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import Connect
from reconciler.trust.covering import PLACEMENT
from reconciler.trust.evidence import Spent
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision, Terms
from reconciler.trust.window import spend

DONE: Final = frozenset({Outcome.APPLIED, Outcome.ALREADY_DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What the records of one run are made of. `description`: what the forge's pages show beside them."""

    place: Place
    setting: Setting
    order: Order
    terms: Terms
    past: History
    description: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The record of what is about to be done: its id, where there is one, and the mark that the next record names."""

    id: int | None
    last: str


def carry_out(notes: Notes, wiring: Wiring, connect_to: Connect, outcomes: Outcomes, keeper: Keeper) -> Outcomes:
    """Writes what the plan has left to do, between two records. `outcomes` has decision, plan and prepared.

    Raises ForgeProblem and HttpFailure before the first write, and never after it.
    """
    plan, decision, prepared = outcomes.plan, outcomes.decision, outcomes.prepared
    assert plan and decision and prepared and prepared.documents  # noqa: S101, PT018 - the caller has them
    backend = backend_of(prepared.documents, notes.order.backend)
    if not plan.changes and not _is_news(plan, decision, notes, backend):
        return replace(outcomes, result=_nothing(plan))
    anchor_beginning(notes, keeper)
    begun = note_begun(notes, outcomes)
    if begun.id is not None:
        anchor(notes, keeper, begun.last)
    keeper.check()
    applied = write(notes, wiring, connect_to, outcomes, keeper)
    ended, last = note_ended(notes, replace(outcomes, result=applied.result, findings=applied.findings), begun)
    if last != begun.last:
        with suppress(ForgeProblem, HttpFailure):  # then what was about to be done stays anchored, which is enough
            anchor(notes, keeper, last)
    return ended


def anchor(notes: Notes, keeper: Keeper, mark: str) -> None:
    """The lock carries the newest record's mark, so that it is missed where somebody takes it away. Raises ForgeProblem and HttpFailure."""
    place, backend = notes.place, notes.place.name_of(notes.order.backend)
    keeper.anchor(write_anchor(mark, place.repository.id, backend, notes.setting.key))


def anchor_beginning(notes: Notes, keeper: Keeper) -> None:
    """Before the first record of all: killed right after it, a run must not look like one whose records somebody took away."""
    if not notes.past.last and not notes.past.lost:
        anchor(notes, keeper, BEGINNING)


def write(notes: Notes, wiring: Wiring, connect_to: Connect, outcomes: Outcomes, keeper: Keeper) -> Applied:
    order, plan, prepared = notes.order, outcomes.plan, outcomes.prepared
    assert plan and prepared  # noqa: S101, PT018 - the caller has them
    return run_apply(
        plan,
        prepared,
        notes.place.root,
        notes.terms.today,
        wiring,
        order.journal,
        progress=_both(keeper.tick, order.progress),
        connect_to=connect_to,
        now=order.now,
    )


def note_begun(notes: Notes, outcomes: Outcomes) -> Begun:
    """Of a plan without changes nothing is noted here."""
    plan, decision = outcomes.plan, outcomes.decision
    assert plan and decision  # noqa: S101, PT018 - the caller has them
    if not plan.changes:
        return Begun(None, notes.past.last)
    intent = tuple(_spent(notes, change, len(change.members), decision) for change in plan.changes)
    run = _record(notes, Phase.BEGUN, outcomes, intent)
    begun, last = write_run(
        notes.place.forge, run, notes.setting.key, notes.past.last, "in_progress", notes.description
    )
    return Begun(begun, last)


def note_ended(notes: Notes, outcomes: Outcomes, begun: Begun) -> tuple[Outcomes, str]:
    """With the mark of the newest record. It is done, and has to be told as done: where the forge doesn't take the record, that is told beside it. The next run
    goes by the record of what was about to be done and by what it sees.
    """
    forge, result = notes.place.forge, outcomes.result
    plan, decision = outcomes.plan, outcomes.decision
    assert plan and decision  # noqa: S101, PT018 - the caller has them
    whole = result is not None and not failed(result)
    try:
        run = _record(notes, Phase.ENDED, outcomes, _done(notes, plan, result, decision))
        state: State = "success" if whole else "failure"
        _, last = write_run(forge, run, notes.setting.key, begun.last, state, notes.description)
        if begun.id is not None:
            set_state(forge, begun.id, "inactive")
    except ForgeProblem as problem:
        return replace(outcomes, unrecorded=Refusal(code=problem.code, values=problem.values)), begun.last
    except HttpFailure as failure:
        code, values = explain_failure(failure)
        return replace(outcomes, unrecorded=Refusal(code=code, values=values)), begun.last
    return outcomes, last


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


def _is_news(plan: Plan, decision: Decision, notes: Notes, backend: Backend) -> bool:
    """Whether a run without any change says something that isn't known: that the commit needn't be looked at again."""
    before = notes.past.last_complete.commit if notes.past.last_complete else ""
    return before != notes.terms.commit and _is_complete(plan, decision, _nothing(plan), backend)


def _is_complete(plan: Plan, decision: Decision, result: ApplyResult | None, backend: Backend) -> bool:
    """Nothing is left, and the system was read and judged whole: what couldn't be read may differ."""
    if result is None or not decision.complete or any(one.outcome not in DONE for one in result.results):
        return False
    return all(one.whole for one in drift_of(plan, [backend]).systems)


def _record(notes: Notes, phase: Phase, outcomes: Outcomes, spent: Sequence[Spent]) -> Run:
    plan, decision, result, prepared = outcomes.plan, outcomes.decision, outcomes.result, outcomes.prepared
    assert plan and decision and prepared and prepared.documents  # noqa: S101, PT018 - carry_out has looked
    place, order, holder = notes.place, notes.order, notes.setting.holder
    backend = backend_of(prepared.documents, order.backend)
    results = result.results if result else ()
    ended = phase is Phase.ENDED
    return Run(
        repository=place.repository.id,
        backend=place.name_of(order.backend),
        run=holder.run,
        attempt=holder.attempt,
        phase=phase,
        at=read_repository(place.forge).now,
        commit=notes.terms.commit,
        plan_digest=plan.digest,
        applied=sum(one.outcome is Outcome.APPLIED for one in results),
        held=len(plan.held),
        waiting=sum(one.outcome is Outcome.WAITING for one in results),
        journal=order.journal.name,
        complete=ended and _is_complete(plan, decision, result, backend),
        spent=tuple(spent),
    )


def _done(notes: Notes, plan: Plan, result: ApplyResult | None, decision: Decision) -> tuple[Spent, ...]:
    """What really took effect; what was there already, nobody did now."""
    changes = {change.fingerprint: change for change in plan.changes}
    return tuple(
        _spent(notes, changes[one.fingerprint], one.moved, decision)
        for one in (result.results if result else ())
        if one.outcome is Outcome.APPLIED or one.moved
    )


def _spent(notes: Notes, change: Change, moved: int, decision: Decision) -> Spent:
    by: Mapping[str, tuple[str, ...]] = {one.fingerprint: one.by for one in decision.covered}
    placement = by.get(change.fingerprint) == (PLACEMENT,)
    return spend(change, notes.place.repository.now, moved, placement=placement, terms=notes.terms)
