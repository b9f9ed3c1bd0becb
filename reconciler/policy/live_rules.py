"""Rules that can be answered only by who has read the systems: on devices, and on schools and groups how many they have. Pure.

Unread is not absent: where a system's devices were not all read, a rule on devices is *not evaluated* for its groups.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.policy import Guardrail, Outcome, SubjectKind, Verdict
from reconciler.policy.breaches import find_causes
from reconciler.policy.days import BEFORE_ALL, Days
from reconciler.policy.evaluate import asks_live, in_force, judge, make_ready
from reconciler.policy.facts import Facts, group_subject
from reconciler.policy.judging import Judged
from reconciler.policy.rule_findings import rule_findings
from reconciler.policy.waivers import make_waivers, pointless_waivers, waive

UNREAD: Final = "DEVICES-UNREAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the systems' devices come to, drawn only where a rule asks for it. `unread`: backends not read whole."""

    devices: Iterable[Facts] = ()
    schools: Iterable[Facts] = ()
    groups: Iterable[Facts] = ()
    unread: frozenset[str] = field(default_factory=frozenset)


LiveOn = Callable[[Days], Live]
"""The same devices on another day: dates in facts are counted from it."""


def judge_live(judged: Judged, documents: Documents, state: DesiredState, live: LiveOn, base: LiveOn | None) -> Judged:
    """What was judged of the files, with these rules' answers in the place of those that the files alone gave.

    `base`: the same devices as the base's files would place them, where there is a base.
    """
    rules = [
        rule
        for rule in in_force(documents.guardrails, state.as_of)
        if rule.on is SubjectKind.DEVICE or (rule.on in (SubjectKind.SCHOOL, SubjectKind.GROUP) and asks_live(rule))
    ]
    if not rules:
        return judged
    waivers = make_waivers(documents.exceptions, documents.organisation.terms, state.as_of)
    today = Days(state.as_of)
    seen = live(today)
    found = tuple(waive([*_ask(rules, seen), *_unread(rules, state, seen.unread)], waivers))
    causes = find_causes(
        found, _ask(rules, base(today)) if base else None, () if base else _ask(rules, live(BEFORE_ALL))
    )
    again = {rule.id for rule in rules}
    return replace(
        judged,
        verdicts=(*(one for one in judged.verdicts if one.rule not in again), *found),
        causes={**{key: cause for key, cause in judged.causes.items() if key[0] not in again}, **causes},
        findings=(
            *(one for one in judged.findings if not _is_answer(one, again)),
            *rule_findings(rules, found, causes),
            *_pointless(documents, again, found, state),
        ),
    )


def _ask(rules: Sequence[Guardrail], live: Live) -> Iterator[Verdict]:
    for kind, subjects in (
        (SubjectKind.DEVICE, live.devices),
        (SubjectKind.SCHOOL, live.schools),
        (SubjectKind.GROUP, live.groups),
    ):
        ready = [make_ready(rule) for rule in rules if rule.on is kind]
        if ready:
            yield from judge(ready, subjects, kind)


def _unread(rules: Iterable[Guardrail], state: DesiredState, backends: frozenset[str]) -> Iterator[Verdict]:
    """One for each group with devices there: how many subjects there are isn't known."""
    groups = [one for _, one in sorted(state.groups.items()) if one.backend in backends and one.group.devices]
    for rule in rules:
        for group in groups if rule.on is SubjectKind.DEVICE else ():
            yield Verdict(
                rule=rule.id,
                subject=group_subject(SubjectKind.DEVICE, group),
                outcome=Outcome.NOT_EVALUATED,
                effect=rule.effect,
                owner=rule.owner,
                reason=UNREAD,
            )


def _is_answer(finding: Finding, rules: set[str]) -> bool:
    """Whether it says what came of asking one of these rules, or of an exception from one; not what became of the rule."""
    of_rule = finding.code.startswith(("RULE-NOT-MET", "RULE-FAILED")) and finding.values.get("rule") in rules
    return of_rule or (finding.code == "EXCEPTION-POINTLESS" and finding.values.get("what") in rules)


def _pointless(
    documents: Documents, rules: set[str], verdicts: Sequence[Verdict], state: DesiredState
) -> Iterator[Finding]:
    grants = [one for one in documents.exceptions if one.rule in rules]
    return pointless_waivers(grants, verdicts, documents.organisation.terms, state.as_of)
