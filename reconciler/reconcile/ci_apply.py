"""`ci apply`: what was approved is carried out, and nothing else. The forge is asked for everything; no workflow's word counts.

Lock, what was done before, a plan of the commit itself, what people did, the decision, a record of what is about to be done,
the writes, a record of what was done, unlock. Killed anywhere, the next run goes on from what the live system shows.
"""

from dataclasses import replace

from reconciler.adapters.wiring import Wiring
from reconciler.forge.lock import Held, acquire
from reconciler.forge.repository import head_of
from reconciler.model.change import Plan
from reconciler.reconcile.ci_carrying import Notes, carry_out
from reconciler.reconcile.ci_checkout import commit_of
from reconciler.reconcile.ci_evidence import Place, gather, read_past
from reconciler.reconcile.ci_filed import Filed, filed_in
from reconciler.reconcile.ci_keeping import LASTS, Keeper, kept
from reconciler.reconcile.ci_order import Order, Outcomes
from reconciler.reconcile.ci_planning import plan_commit, terms_of
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import Connect, connect
from reconciler.report.outward import named
from reconciler.report.words import words_of
from reconciler.trust.approvals_file import approvals_text
from reconciler.trust.covering import decide, narrow
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision


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
        asked="" if decision.refused else _asked(planned.plan, decision, filed, order),
    )
    if planned.plan.modes.get(order.backend) == "observe":
        return replace(outcomes, observed=True)
    if outcomes.refused or keeper is None:
        return outcomes
    notes = Notes(place=place, setting=setting, order=order, terms=terms, past=past)
    return carry_out(notes, wiring, connect_to, outcomes, keeper)


def _asked(plan: Plan, decision: Decision, filed: Filed, order: Order) -> str:
    """The file that would let through what is held, with the names that people know things by."""
    words = words_of(order.lang, plan.language)
    return approvals_text(plan, decision, filed.ids, lambda change: named(change, words))


def _saved_only(plan: Plan, only: frozenset[str] | None) -> tuple[Plan, Refusal | None]:
    """What a saved plan asks for, if all of it may be done; else why not."""
    if only is None:
        return plan, None
    left = only - {change.fingerprint for change in plan.changes}
    kept = tuple(change for change in plan.changes if change.fingerprint in only)
    values = {"count": str(len(left)), "of": str(len(only))}
    return replace(plan, changes=kept), Refusal(code="APPLY-NOT-COVERED", values=values) if left else None
