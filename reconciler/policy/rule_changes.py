"""Guardrails from one revision to the next: what was decided is changed by a decision. Pure."""

from collections.abc import Iterable, Iterator

from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import Guardrail


def check_rule_changes(base: Iterable[Guardrail], head: Iterable[Guardrail]) -> Iterator[Finding]:
    """A rule that came from a decision, asks otherwise than before, and still names the same decision.

    A rule that is taken away has no line; what it forbade is judged by what the change then permits.
    """
    before = {rule.id: rule for rule in base}
    for rule in head:
        old = before.get(rule.id)
        if old and old.source.kind == "decision" and rule.source == old.source and _asks(rule) != _asks(old):
            yield Finding(
                code="RULE-WITHOUT-DECISION",
                severity=Severity.ERROR,
                place=rule.at.child("source", "text"),
                subject=f"rule:{rule.id}",
                values={"rule": rule.id, "source": old.source.text},
            )


def _asks(rule: Guardrail) -> tuple[object, ...]:
    """What the rule does. Its words and reasons may be corrected at any time."""
    when = rule.when.text if rule.when else ""
    return rule.on, rule.effect, " ".join(when.split()), " ".join(rule.require.text.split()), rule.span, rule.active
