"""Rules on changes and on the plan itself: they can be asked only once there is a plan. Data in, data out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from reconciler.model.change import Change, Note, Plan, Proposal
from reconciler.model.documents import Documents
from reconciler.model.place import Locate
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, SubjectKind, Verdict
from reconciler.planning.hold import hold
from reconciler.planning.positions import located
from reconciler.policy.breaches import Cause, breached, find_causes
from reconciler.policy.evaluate import Clock, in_force, judge, make_ready
from reconciler.policy.facts import Facts, World, make_world
from reconciler.policy.loosened import changed_rules, let_through
from reconciler.policy.plan_facts import change_facts, change_subject, plan_facts
from reconciler.policy.rule_findings import loosened_findings, rule_findings
from reconciler.policy.waivers import make_waivers, waive

_ONCE_PLANNED: Final = (SubjectKind.CHANGE, SubjectKind.PLAN)


def police(
    plan: Plan, documents: Documents, locate: Locate, base: Documents | None = None, clock: Clock | None = None
) -> Plan:
    """The plan with what these rules say of it. A block on a change holds it and what waits for it; on the plan, everything.

    With the base's documents, so do those of its rules that this change loosens: for what the change proposes.
    """
    rules = _once_planned(in_force(documents.guardrails, plan.as_of))
    gone = _once_planned(changed_rules(base.guardrails, documents.guardrails, plan.as_of)) if base else []
    if not rules and not gone:
        return plan
    world = make_world(documents, None, plan.as_of)
    waivers = make_waivers(documents.exceptions, documents.organisation.terms, plan.as_of)
    verdicts = list(waive(_of_changes(rules, world, plan.changes, clock), waivers))
    proposed = [one for one in plan.changes if one.proposal is not Proposal.STANDING]
    through = _let_through(gone, _of_changes(gone, world, proposed, clock), (), verdicts, base, plan.as_of)
    plan = without(plan, {one.subject.id for one in (*verdicts, *through) if _holds(one)})
    of_plan = list(waive(_of_plan(rules, world, plan), waivers))
    stood = replace(plan, changes=tuple(one for one in plan.changes if one.proposal is Proposal.STANDING))
    before = _of_plan(gone, world, stood)
    through += _let_through(gone, _of_plan(gone, world, plan), before, of_plan, base, plan.as_of)
    if any(map(_holds, (*of_plan, *(one for one in through if one.subject.kind is SubjectKind.PLAN)))):
        plan = replace(plan, held=(*plan.held, *plan.changes), changes=())
    findings = (*rule_findings(rules, [*verdicts, *of_plan], {}), *loosened_findings(gone, through))
    return replace(plan, findings=located([*plan.findings, *findings], locate))


def _once_planned(rules: Iterable[Guardrail]) -> list[Guardrail]:
    return [rule for rule in rules if rule.on in _ONCE_PLANNED]


def _of_changes(
    rules: Sequence[Guardrail], world: World, changes: Iterable[Change], clock: Clock | None
) -> list[Verdict]:
    return _judged(rules, SubjectKind.CHANGE, change_facts(world, changes), clock)


def _of_plan(rules: Sequence[Guardrail], world: World, plan: Plan) -> list[Verdict]:
    return _judged(rules, SubjectKind.PLAN, plan_facts(world, plan))


def _let_through(
    rules: Sequence[Guardrail],
    now: Iterable[Verdict],
    before: Iterable[Verdict],
    head: Sequence[Verdict],
    base: Documents | None,
    as_of: date,
) -> list[Verdict]:
    """What the base's rules forbid, after its exceptions, and the head's don't; `before`: of what stood already."""
    if not rules or base is None:
        return []
    found = list(waive(now, make_waivers(base.exceptions, base.organisation.terms, as_of)))
    said = dict.fromkeys(breached(head), Cause.UNKNOWN)
    return list(let_through(found, find_causes(found, before, ()), head, said))


def _judged(
    rules: Sequence[Guardrail], kind: SubjectKind, subjects: Iterable[Facts], clock: Clock | None = None
) -> list[Verdict]:
    ready = [make_ready(rule) for rule in rules if rule.on is kind]
    return list(judge(ready, subjects, kind, clock)) if ready else []


def _holds(verdict: Verdict) -> bool:
    """What could not be asked holds too: nobody knows that it is met, and nothing after the plan would stop it."""
    return verdict.outcome in (Outcome.NOT_MET, Outcome.NOT_EVALUATED) and verdict.effect is RuleEffect.BLOCK


def without(plan: Plan, subjects: set[str]) -> Plan:
    """The plan with the changes of these subjects held (see `change_subject`), and what waits for them in the same system.

    A note says of each of those for what.
    """
    if not subjects:
        return plan

    def is_named(change: Change) -> bool:
        return change_subject(change).id in subjects

    kept: list[Change] = []
    held: list[Change] = []
    notes: list[Note] = []
    for backend in dict.fromkeys(one.backend for one in plan.changes):
        stay, wait, more = hold([one for one in plan.changes if one.backend == backend], is_named)
        kept += stay
        held += wait
        notes += more
    return replace(plan, changes=tuple(kept), held=(*plan.held, *held), notes=(*plan.notes, *notes))
