"""Guardrails from one revision to the next: what was decided is changed by a decision. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.policy import Guardrail, RuleSource

_DECIDED: Final = frozenset({"decision", "law"})
"""What a decided rule may be founded on after a change. A need is somebody's opinion until it is decided on."""


def check_rule_changes(base: Iterable[Guardrail], head: Iterable[Guardrail], as_of: date) -> Iterator[Finding]:
    """A rule that came from a decision, asks otherwise than before or is gone, and names no other decision.

    At the line that changed; a rule that is gone has none, and is ended by its decision before it is taken away.
    """
    now = {rule.id: rule for rule in head}
    for old in base:
        rule = now.get(old.id)
        if old.source.kind != "decision":
            continue
        if rule is None:
            if old.active and (old.span.end is None or old.span.end >= as_of):
                yield _about("RULE-REMOVED", old, Pointer(file=old.at.file))
        elif not _is_decided(rule.source, old.source):
            there, here = _asks(old), _asks(rule)
            changed = next((key for key, said in here.items() if there[key] != said), None)
            if changed is not None:
                yield _about("RULE-WITHOUT-DECISION", old, rule.at.child(changed))


def _is_decided(source: RuleSource, before: RuleSource) -> bool:
    return source.kind in _DECIDED and source.text != before.text


def _about(code: str, rule: Guardrail, at: Pointer) -> Finding:
    values = {"rule": rule.id, "source": rule.source.text}
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=f"rule:{rule.id}", values=values)


def _asks(rule: Guardrail) -> Mapping[str, object]:
    """What the rule does, by the keys of its file. Its words and reasons may be corrected at any time."""
    return {
        "on": rule.on,
        "effect": rule.effect,
        "when": " ".join(rule.when.text.split()) if rule.when else "",
        "require": " ".join(rule.require.text.split()),
        "from": rule.span.start,
        "until": rule.span.end,
        "active": rule.active,
    }
