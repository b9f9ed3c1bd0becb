"""Rules on changes and on the plan itself: they can be asked only once there is a plan. Data in, data out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from reconciler.model.change import Change, Note, Plan
from reconciler.model.documents import Documents
from reconciler.model.place import Locate
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, SubjectKind, Verdict
from reconciler.planning.hold import hold
from reconciler.planning.positions import located
from reconciler.policy.evaluate import in_force, judge, make_ready
from reconciler.policy.facts import Facts, make_world
from reconciler.policy.plan_facts import change_facts, change_subject, plan_facts
from reconciler.policy.rule_findings import rule_findings
from reconciler.policy.waivers import make_waivers, waive

_ONCE_PLANNED: Final = (SubjectKind.CHANGE, SubjectKind.PLAN)


def police(plan: Plan, documents: Documents, locate: Locate) -> Plan:
    """The plan with what these rules say of it. A block on a change holds it and what waits for it; on the plan, everything."""
    rules = in_force(documents.guardrails, plan.as_of)
    asked = [rule for rule in rules if rule.on in _ONCE_PLANNED]
    if not asked:
        return plan
    world = make_world(documents, None, plan.as_of)
    waivers = make_waivers(documents.exceptions, documents.organisation.terms, plan.as_of)
    verdicts = list(waive(_judged(asked, SubjectKind.CHANGE, change_facts(world, plan.changes)), waivers))
    plan = _without(plan, {one.subject.id for one in verdicts if _holds(one)})
    of_plan = list(waive(_judged(asked, SubjectKind.PLAN, plan_facts(world, plan)), waivers))
    if any(map(_holds, of_plan)):
        plan = replace(plan, held=(*plan.held, *plan.changes), changes=())
    findings = rule_findings(asked, [*verdicts, *of_plan], {})
    return replace(plan, findings=located([*plan.findings, *findings], locate))


def _judged(rules: Sequence[Guardrail], kind: SubjectKind, subjects: Iterable[Facts]) -> list[Verdict]:
    ready = [make_ready(rule) for rule in rules if rule.on is kind]
    return list(judge(ready, subjects, kind)) if ready else []


def _holds(verdict: Verdict) -> bool:
    """What could not be asked holds too: nobody knows that it is met, and nothing after the plan would stop it."""
    return verdict.outcome in (Outcome.NOT_MET, Outcome.NOT_EVALUATED) and verdict.effect is RuleEffect.BLOCK


def _without(plan: Plan, subjects: set[str]) -> Plan:
    """Held with all that waits for them in the same system, and a note for each of those."""
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
