"""Rules asked of subjects: every answer is a verdict, and an answer that did not come is one too. Pure.

facts of one subject ─► bound once for the engine ─► each rule's `when`, then its `require` ─► verdict
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from reconciler.model.documents import Span
from reconciler.model.policy import Guardrail, Outcome, SubjectKind, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.expressions import Failed, Program, compile_expression, engine
from reconciler.policy.facts import Facts, World, facts
from reconciler.policy.variables import LIVE
from reconciler.policy.wording import message_values

Clock: TypeAlias = Callable[[], float]
"""Seconds from any beginning."""

TOO_SLOW: Final = "time budget exceeded"

_TIME: Final = 10.0
_LEAST_TIME: Final = 0.5
_TIME_EACH: Final = 0.0002
"""Seconds: for all rules on one kind of subject, of which each has an equal part but not less than the second; and for every
subject more. An evaluation takes 3 µs, so no honest rule comes near; 7,300 schools give it 1.5 seconds. The worst that
loading lets through (`bounds`) takes 0.1 to 0.4 seconds: 40 such rules on the sample's 550 assignments took 22 seconds in
place of fifty minutes (cel-expr-python 0.1.3, one core, 2026-11-22)."""

_MET: Final = Outcome.MET


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A rule with its programs; `broken` is the code of what is wrong with an expression, where one has no program."""

    rule: Guardrail
    when: Program | None
    require: Program | None
    measure: Program | None
    broken: str = ""


def in_force(rules: Iterable[Guardrail], as_of: date) -> tuple[Guardrail, ...]:
    """Active rules whose days include this one, in the order of their ids; of two with one id the first in order of files."""
    first: dict[str, Guardrail] = {}
    for rule in sorted(rules, key=lambda one: (one.id, one.at.file, one.at.path)):
        if rule.active and _holds(rule.span, as_of):
            first.setdefault(rule.id, rule)
    return tuple(first.values())


def _holds(span: Span, as_of: date) -> bool:
    return (span.start is None or span.start <= as_of) and (span.end is None or as_of <= span.end)


def make_ready(rule: Guardrail) -> Ready:
    broken: list[str] = []
    programs: dict[str, Program | None] = {}
    for name, expression, wanted in (
        ("when", rule.when, "BOOL"),
        ("require", rule.require, "BOOL"),
        ("measure", rule.measure, "INT"),
    ):
        found = compile_expression(rule.on, expression.text, wanted) if expression else None
        programs[name] = found if isinstance(found, Program) else None
        broken += [problem.code for problem in found or ()] if not isinstance(found, Program) else []
    return Ready(
        rule=rule,
        when=programs["when"],
        require=programs["require"],
        measure=programs["measure"],
        broken=broken[0] if broken else "",
    )


def asks_live(rule: Guardrail) -> bool:
    """Whether a rule on schools or groups reads what only the systems know."""
    ready = make_ready(rule)
    programs = (ready.when, ready.require)
    return any(not LIVE.isdisjoint(one.used) for one in programs if one is not None)


def reads(rule: Guardrail, variable: str) -> bool:
    """Whether its answer depends on this variable."""
    ready = make_ready(rule)
    return any(variable in one.used for one in (ready.when, ready.require) if one is not None)


def evaluate(rules: Iterable[Guardrail], world: World, as_of: date, clock: Clock | None = None) -> Iterator[Verdict]:
    """The verdicts of all rules in force on what documents and state have: by kind, subject, rule.

    `as_of` decides which rules hold; the world's days, what dates in the facts come to.
    """
    ready = [make_ready(rule) for rule in in_force(rules, as_of)]
    for kind in SubjectKind:
        asked = [one for one in ready if one.rule.on is kind]
        if asked:
            yield from judge(asked, facts(world, kind), kind, clock)


def judge(
    ready: Sequence[Ready], subjects: Iterable[Facts], kind: SubjectKind, clock: Clock | None = None
) -> Iterator[Verdict]:
    """The same for rules on one kind of subject, from wherever its facts come.

    With a clock (seconds), a rule that takes far too long is not evaluated on the rest; each has its own time, so that
    none can take away another's.
    """
    left = dict.fromkeys((one.rule.id for one in ready), _time_for(ready))
    bind = engine(kind).Activation
    # The engine converts every value that it is given: those that no rule reads took a third of the time.
    read = sorted({name for one in ready for program in _programs(one) for name in program.used})
    for one in subjects:
        values = one.values
        activation = bind({name: values[name] for name in read if name in values})
        for rule in ready:
            verdict = _in_time(rule, one, activation, left, clock) if clock else _verdict(rule, one, activation)
            if verdict is not None:
                yield verdict


def _time_for(ready: Sequence[Ready]) -> float:
    return max(_LEAST_TIME, _TIME / len(ready)) if ready else _TIME


def _in_time(ready: Ready, about: Facts, activation: Any, left: dict[str, float], clock: Clock) -> Verdict | None:
    name = ready.rule.id
    if left[name] < 0:
        return _unanswered(ready.rule, about, "RULE-FAILED", TOO_SLOW)
    began = clock()
    verdict = _verdict(ready, about, activation)
    left[name] += _TIME_EACH - (clock() - began)
    return verdict


def _programs(ready: Ready) -> Iterable[Program]:
    return (one for one in (ready.when, ready.require, ready.measure) if one is not None)


def _verdict(ready: Ready, about: Facts, activation: Any) -> Verdict | None:
    """None where the rule does not ask this subject."""
    rule = ready.rule
    if ready.require is None or ready.broken:
        return _unanswered(rule, about, ready.broken, "")
    if ready.when is not None:
        asks = ready.when.ask(activation)
        if asks is False:
            return None
        if asks is not True:
            return _unanswered(rule, about, "RULE-FAILED", _why(asks))
    answer = ready.require.ask(activation)
    if answer is True:
        return Verdict(rule=rule.id, subject=about.subject, outcome=_MET, effect=rule.effect, owner=rule.owner)
    if answer is False:
        return _not_met(ready, about, activation)
    return _unanswered(rule, about, "RULE-FAILED", _why(answer))


def _not_met(ready: Ready, about: Facts, activation: Any) -> Verdict:
    rule = ready.rule
    return Verdict(
        rule=rule.id,
        subject=about.subject,
        outcome=Outcome.NOT_MET,
        effect=rule.effect,
        owner=rule.owner,
        values=message_values(rule, about.values),
        size=_size(ready, activation),
    )


def _size(ready: Ready, activation: Any) -> int | None:
    measured = ready.measure.ask(activation) if ready.measure is not None else None
    return measured if isinstance(measured, int) and not isinstance(measured, bool) else None


def _why(answer: bool | int | Failed) -> str:
    return answer.why if isinstance(answer, Failed) else f"{answer} is neither true nor false"


def _unanswered(rule: Guardrail, about: Facts, reason: str, detail: str) -> Verdict:
    return Verdict(
        rule=rule.id,
        subject=about.subject,
        outcome=Outcome.NOT_EVALUATED,
        effect=rule.effect,
        owner=rule.owner,
        reason=reason,
        detail=detail,
    )
