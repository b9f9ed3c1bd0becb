"""All rules on all subjects of one state, with the base where there is one: verdicts, their causes, findings. Pure."""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Final

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents, ExceptionGrant
from reconciler.model.finding import Finding
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, Subject, SubjectKind, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.breaches import Asked, Cause, asked, breached, find_causes
from reconciler.policy.days import BEFORE_ALL
from reconciler.policy.evaluate import Clock, asks_live, evaluate
from reconciler.policy.excused_at_once import excused_breaches
from reconciler.policy.facts import make_world
from reconciler.policy.loosened import LOOSENED, changed_rules, let_through
from reconciler.policy.rule_changes import check_rule_changes
from reconciler.policy.rule_findings import loosened_findings, rule_findings
from reconciler.policy.waivers import make_waivers, pointless_waivers, waive


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One revision: what was written, and what it comes to; `clock` bounds the time that its rules may take.

    `unread`: files that dropped out; what they said isn't taken away.
    """

    documents: Documents
    state: DesiredState | None
    clock: Clock | None = None
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`causes` is there for every breach, excused ones too. `lapses`: the first day on which another rule or exception holds.

    `unasked`: of verdicts that did not come, those of rules that block, where it was not so at the base already: nobody
    knows that they are met, so they hold as a breach does. `barred`: devices, as `backend/id`, that a rule which blocks
    keeps from the group that they would come to; `standing_in`: groups in which this change made such a device's breach
    without moving it.

    A day that a rule counts to (`review_in_days`) is not among them: what passes then is a date's breach and holds nothing.
    """

    verdicts: tuple[Verdict, ...] = ()
    causes: Mapping[Asked, Cause]
    findings: tuple[Finding, ...] = ()
    lapses: date | None = None
    unasked: tuple[Verdict, ...] = ()
    barred: frozenset[str] = frozenset()
    standing_in: tuple[Subject, ...] = ()


_LATER: Final = frozenset({SubjectKind.DEVICE, SubjectKind.CHANGE, SubjectKind.PLAN})

NOTHING_ASKED = Judged(causes={})

OF_CHANGES = frozenset({"RULE-WITHOUT-DECISION", "RULE-REMOVED", LOOSENED, "EXCEPTION-WITH-BREACH"})
"""Codes of findings about the step from the base, which `validate --base` shows too."""

UNREAD: Final = "DEVICES-UNREAD"
"""Why a rule on devices has no answer where its system could not be read."""


def judge_rules(head: Side, as_of: date, base: Side | None = None) -> Judged:
    """Every rule in force on every subject of documents and state. Without rules at no price."""
    rules = head.documents.guardrails
    if not rules and not (base and base.documents.guardrails):
        return NOTHING_ASKED
    verdicts = verdicts_of(rules, head, as_of)
    causes = _causes(rules, verdicts, head, base, as_of)
    terms = head.documents.organisation.terms
    findings = [
        *rule_findings(rules, verdicts, causes),
        *pointless_waivers(_answered(head.documents), verdicts, terms, as_of),
    ]
    if base is not None:
        findings += [
            *check_rule_changes(base.documents.guardrails, rules, as_of, head.unread),
            *excused_breaches(verdicts, causes, head.documents, base.documents, as_of),
            *_loosened(verdicts, causes, head, base, as_of),
        ]
    return Judged(
        verdicts=verdicts,
        causes=causes,
        findings=tuple(findings),
        lapses=_lapses(head.documents, as_of),
        unasked=_unasked(rules, verdicts, base, as_of),
    )


def is_unasked(verdict: Verdict) -> bool:
    """Whether a rule that blocks got no answer. Where devices weren't read none is missing: nothing is done to them."""
    return verdict.outcome is Outcome.NOT_EVALUATED and verdict.effect is RuleEffect.BLOCK and verdict.reason != UNREAD


def _unasked(
    rules: Iterable[Guardrail], verdicts: Iterable[Verdict], base: Side | None, as_of: date
) -> tuple[Verdict, ...]:
    failed = [one for one in verdicts if is_unasked(one)]
    if base is None or not failed:
        return tuple(failed)
    wanted = {one.rule for one in failed}
    again = [rule for rule in rules if rule.id in wanted]
    before = evaluate(again, make_world(base.documents, base.state, as_of), as_of, base.clock)
    already = {asked(one) for one in before if is_unasked(one)}
    return tuple(one for one in failed if asked(one) not in already)


def _answered(documents: Documents) -> list[ExceptionGrant]:
    """Exceptions but those from rules that files alone can't answer."""
    named = {one.rule for one in documents.exceptions}
    later = {rule.id for rule in documents.guardrails if rule.id in named and (rule.on in _LATER or asks_live(rule))}
    return [one for one in documents.exceptions if one.rule not in later]


def _lapses(documents: Documents, as_of: date) -> date | None:
    spans = [rule.span for rule in documents.guardrails if rule.active and rule.effect is RuleEffect.BLOCK]
    spans += [grant.span for grant in documents.exceptions if grant.rule is not None]
    starts = [span.start for span in spans if span.start]
    after = [span.end + timedelta(days=1) for span in spans if span.end and span.end < date.max]
    return min((day for day in (*starts, *after) if day > as_of), default=None)


def verdicts_of(rules: Iterable[Guardrail], side: Side, as_of: date) -> tuple[Verdict, ...]:
    """What the rules in force say of one revision, with its exceptions taken into account."""
    waivers = make_waivers(side.documents.exceptions, side.documents.organisation.terms, as_of)
    with _uncollected():
        return tuple(waive(evaluate(rules, make_world(side.documents, side.state, as_of), as_of, side.clock), waivers))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of thousands of verdicts are made and none is thrown away: the collector would walk through them, and through
    all documents, again and again (a third of the time with 7,300 schools, Python 3.11, November 2026)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _causes(
    rules: Iterable[Guardrail], verdicts: Iterable[Verdict], head: Side, base: Side | None, as_of: date
) -> Mapping[Asked, Cause]:
    """Only the rules that are breached are asked again."""
    now = breached(verdicts)
    wanted = {one.rule for one in now.values()}
    again = [rule for rule in rules if rule.id in wanted]
    if base is not None:
        before = evaluate(again, make_world(base.documents, base.state, as_of), as_of, base.clock)
        return find_causes(now.values(), before, ())
    undated = evaluate(again, make_world(head.documents, head.state, BEFORE_ALL), as_of, head.clock)
    return find_causes(now.values(), None, undated)


def _loosened(
    verdicts: Iterable[Verdict], causes: Mapping[Asked, Cause], head: Side, base: Side, as_of: date
) -> Iterator[Finding]:
    """What this change makes or worsens by the base's rules and the head's don't stop: a rule goes first, what it permits after it."""
    changed = changed_rules(base.documents.guardrails, head.documents.guardrails, as_of)
    if not changed:
        return
    waivers = make_waivers(base.documents.exceptions, base.documents.organisation.terms, as_of)
    before = evaluate(changed, make_world(base.documents, base.state, as_of), as_of, base.clock)
    now = tuple(waive(evaluate(changed, make_world(head.documents, head.state, as_of), as_of, head.clock), waivers))
    yield from loosened_findings(changed, let_through(now, find_causes(now, before, ()), verdicts, causes))
