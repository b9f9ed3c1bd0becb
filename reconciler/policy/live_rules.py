"""Rules that can be answered only by who has read the systems: on devices, and on schools and groups how many they have. Pure.

Unread is not absent: where a system's devices were not all read, a rule on devices is *not evaluated* for its groups.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, Subject, SubjectKind, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.breaches import HELD, Asked, Cause, asked, breached, find_causes, since
from reconciler.policy.days import BEFORE_ALL, Days
from reconciler.policy.evaluate import Clock, asks_live, in_force, judge, make_ready
from reconciler.policy.facts import Facts, group_subject
from reconciler.policy.judging import UNREAD, Judged, is_unasked
from reconciler.policy.rule_findings import rule_findings
from reconciler.policy.waivers import make_waivers, pointless_waivers, waive


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the systems' devices come to, drawn only where a rule asks for it. `unread`: backends not read whole.

    `settled`: devices, as `backend/id`, that are already in the group that they are to be in. `clock` bounds the time that rules may take.
    """

    devices: Iterable[Facts] = ()
    schools: Iterable[Facts] = ()
    groups: Iterable[Facts] = ()
    unread: frozenset[str] = field(default_factory=frozenset)
    settled: frozenset[str] = field(default_factory=frozenset)
    clock: Clock | None = None


LiveOn = Callable[[Days], Live]
"""The same devices on another day: dates in facts are counted from it."""


def judge_live(judged: Judged, documents: Documents, state: DesiredState, live: LiveOn, base: LiveOn | None) -> Judged:
    """What was judged of the files, with these rules' answers in the place of those that the files alone gave.

    `base`: the same devices as the base's files would place them, or where they are now; None where neither is asked.
    """
    rules = [rule for rule in in_force(documents.guardrails, state.as_of) if answered_live(rule)]
    if not rules:
        return judged
    waivers = make_waivers(documents.exceptions, documents.organisation.terms, state.as_of)
    today = Days(state.as_of)
    seen = live(today)
    now = ask_live(rules, seen)
    found = tuple(waive([*now.verdicts, *_unread(rules, state, seen.unread)], waivers))
    bad = {one.rule for one in found if one.outcome is not Outcome.MET}
    asked_again = [rule for rule in rules if rule.id in bad]
    if base:
        before = ask_live(asked_again, base(today))
        causes, unasked = now.causes(found, before), now.newly_unasked(found, before)
    else:
        causes = find_causes(found, None, ask_live(asked_again, live(BEFORE_ALL)).verdicts)
        unasked = tuple(filter(is_unasked, found))
    again = {rule.id for rule in rules}
    held = [*unasked, *(one for one in found if _holds(one, causes))]
    devices = [one for one in held if one.subject.kind is SubjectKind.DEVICE]
    return replace(
        judged,
        verdicts=(*(one for one in judged.verdicts if one.rule not in again), *found),
        causes={**{key: cause for key, cause in judged.causes.items() if key[0] not in again}, **causes},
        findings=(
            *(one for one in judged.findings if not _is_answer(one, again)),
            *rule_findings(rules, found, causes),
            *(_pointless(documents, again, found, state) if not seen.unread else ()),
        ),
        unasked=(
            *(one for one in judged.unasked if one.rule not in again),
            *(one for one in unasked if one.subject.kind is not SubjectKind.DEVICE),
        ),
        barred=frozenset(now.devices[one.subject.id] for one in devices),
        standing_in=groups_of(one.subject for one in devices if now.devices[one.subject.id] in seen.settled),
    )


def answered_live(rule: Guardrail) -> bool:
    """Whether files alone can't answer this rule, and devices that were read can."""
    return rule.on is SubjectKind.DEVICE or (rule.on in (SubjectKind.SCHOOL, SubjectKind.GROUP) and asks_live(rule))


def _holds(verdict: Verdict, causes: Mapping[Asked, Cause]) -> bool:
    blocks = verdict.outcome is Outcome.NOT_MET and verdict.effect is RuleEffect.BLOCK
    return blocks and causes.get(asked(verdict)) in HELD


def groups_of(devices: Iterable[Subject]) -> tuple[Subject, ...]:
    """The groups that these subjects of rules on devices are in, each once."""
    found = {one.group: replace(one, kind=SubjectKind.GROUP, id=one.group, blocks=one.group) for one in devices}
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Answers:
    """Verdicts, and for each device's subject which device it is: its number is another when others come or go."""

    verdicts: tuple[Verdict, ...]
    devices: Mapping[str, str]

    def key(self, verdict: Verdict) -> Asked:
        rule, kind, name = asked(verdict)
        return rule, kind, self.devices.get(name, name) if kind is SubjectKind.DEVICE else name

    def causes(self, verdicts: Iterable[Verdict], before: "Answers") -> Mapping[Asked, Cause]:
        """Of every breach among these, the same answers after exceptions."""
        was = {before.key(one): one for one in breached(before.verdicts).values()}
        return {key: since(was.get(self.key(one)), one) for key, one in breached(verdicts).items()}

    def newly_unasked(self, verdicts: Iterable[Verdict], before: "Answers") -> tuple[Verdict, ...]:
        was = {before.key(one) for one in before.verdicts if is_unasked(one)}
        return tuple(one for one in verdicts if is_unasked(one) and self.key(one) not in was)


def ask_live(rules: Sequence[Guardrail], live: Live) -> Answers:
    """What these rules say of devices, schools and groups."""
    devices: dict[str, str] = {}

    def named(subjects: Iterable[Facts]) -> Iterator[Facts]:
        for one in subjects:
            devices[one.subject.id] = one.device
            yield one

    verdicts: list[Verdict] = []
    for kind, subjects in (
        (SubjectKind.DEVICE, named(live.devices)),
        (SubjectKind.SCHOOL, live.schools),
        (SubjectKind.GROUP, live.groups),
    ):
        ready = [make_ready(rule) for rule in rules if rule.on is kind]
        if ready:
            verdicts += judge(ready, subjects, kind, live.clock)
    return Answers(tuple(verdicts), devices)


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
