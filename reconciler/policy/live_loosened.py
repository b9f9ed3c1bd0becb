"""Rules of the base on devices, and on how many there are, that a change loosens: asked of where it would put them. Pure."""

from dataclasses import replace

from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.policy import RuleEffect, SubjectKind
from reconciler.policy.days import Days
from reconciler.policy.judging import Judged, Side
from reconciler.policy.live_rules import LiveOn, answered_live, ask_live, groups_of
from reconciler.policy.loosened import LOOSENED, changed_rules, let_through
from reconciler.policy.rule_findings import loosened_findings
from reconciler.policy.waivers import make_waivers, waive


def judge_loosened(judged: Judged, head: Side, base: Documents, live: LiveOn, before: LiveOn) -> Judged:
    """What `judge_live` made of the head's rules, with the devices that the base's keep where they are.

    `before`: the same devices as the base's files would place them, those too that have not come there yet: what was
    wanted before this change, it does not make.
    """
    if head.state is None:
        return judged
    as_of = head.state.as_of
    changed = changed_rules(base.guardrails, head.documents.guardrails, as_of)
    rules = [rule for rule in changed if answered_live(rule)]
    if not rules:
        return judged
    seen = live(Days(as_of))
    now, was = ask_live(rules, seen), ask_live(rules, before(Days(as_of)))
    found = tuple(waive(now.verdicts, make_waivers(base.exceptions, base.organisation.terms, as_of)))
    through = tuple(let_through(found, now.causes(found, was), judged.verdicts, judged.causes))
    blocked = [one for one in through if one.effect is RuleEffect.BLOCK and one.subject.kind is SubjectKind.DEVICE]
    barred = {now.devices[one.subject.id] for one in blocked}
    standing = groups_of(one.subject for one in blocked if now.devices[one.subject.id] in seen.settled)
    again = {rule.id for rule in rules}
    return replace(
        judged,
        findings=(*(one for one in judged.findings if not _said(one, again)), *loosened_findings(rules, through)),
        barred=judged.barred | barred,
        standing_in=tuple(dict.fromkeys((*judged.standing_in, *standing))),
    )


def _said(finding: Finding, rules: set[str]) -> bool:
    """Of the files alone, which don't know how many devices there are."""
    return finding.code == LOOSENED and finding.values.get("rule") in rules
