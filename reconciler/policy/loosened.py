"""Rules of the base that a change takes away, weakens or rewrites, asked of what it makes: no change permits itself. Pure.

The rule goes first, with its decision; what it then permits comes in a change of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from reconciler.model.policy import Guardrail, Outcome, RuleEffect, Verdict
from reconciler.policy.breaches import HELD, Asked, Cause, asked
from reconciler.policy.evaluate import in_force

LOOSENED: Final = "RULE-LOOSENED"

_STRICTNESS = (RuleEffect.INFORM, RuleEffect.WARN, RuleEffect.BLOCK)


def changed_rules(base: Iterable[Guardrail], head: Iterable[Guardrail], as_of: date) -> list[Guardrail]:
    """The base's rules that the head has no more, or asks otherwise."""
    now = {rule.id: rule for rule in in_force(head, as_of)}
    return [rule for rule in in_force(base, as_of) if _asks(rule) != _asks(now.get(rule.id))]


def _asks(rule: Guardrail | None) -> tuple[str, ...]:
    if rule is None:
        return ()
    parts = (rule.when, rule.require, rule.measure)
    return rule.on.value, rule.effect.value, *(one.text if one else "" for one in parts)


def let_through(
    asked_of_base: Iterable[Verdict],
    causes: Mapping[Asked, Cause],
    head: Iterable[Verdict],
    head_causes: Mapping[Asked, Cause],
) -> Iterator[Verdict]:
    """Those of the base's rules' breaches that this change makes or worsens and the head's rules don't stop.

    `asked_of_base`: what the changed rules say of the head, after the base's exceptions, with its `causes`. A rule that only
    warns now lets through what it stopped: that breach does not count as said already. So does one that can't be asked any
    more, and one by which the base breached it as much: it would hold nothing.
    """
    still = {asked(one): one.effect for one in head if head_causes.get(asked(one)) in HELD}
    for one in asked_of_base:
        made = one.outcome is Outcome.NOT_MET and causes.get(asked(one)) in HELD
        if made and not _as_strict(still.get(asked(one)), one.effect):
            yield one


def _as_strict(now: RuleEffect | None, before: RuleEffect) -> bool:
    return now is not None and _STRICTNESS.index(now) >= _STRICTNESS.index(before)
