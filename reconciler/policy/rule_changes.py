"""Guardrails from one revision to the next: what a law or a decision is behind is changed by another one. Pure.

A rule that somebody's need is behind takes no decision: those who own it agree on it in the change itself.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.policy import Guardrail, RuleSource

_DECIDED: Final = frozenset({"decision", "law"})
"""What such a rule may be founded on after a change. A need is somebody's opinion until it is decided on."""


def check_rule_changes(
    base: Iterable[Guardrail], head: Iterable[Guardrail], as_of: date, unread: Collection[str] = ()
) -> Iterator[Finding]:
    """A rule that came from a law or a decision, asks otherwise than before or is gone, and names no other one.

    At the line that changed; a rule that is gone has none, and is ended by a decision before it is taken away. `unread`: the
    head's files that dropped out, whose rules are not gone.
    """
    now = {rule.id: rule for rule in head}
    for old in base:
        rule = now.get(old.id)
        if old.source.kind not in _DECIDED:
            continue
        if rule is None:
            if old.at.file not in unread and old.active and (old.span.end is None or old.span.end >= as_of):
                yield _about("RULE-REMOVED", old, _part(old, "rules") if old.pack else Pointer(file=old.at.file))
        elif not _is_decided(rule.source, old.source):
            there, here = _asks(old), _asks(rule)
            changed = next((key for key, said in here.items() if there[key] != said), None)
            if changed is not None:
                at = _part(rule, changed) if changed in rule.above else rule.at.child(changed)
                yield _about("RULE-WITHOUT-DECISION", old, at)


def _part(rule: Guardrail, key: str) -> Pointer:
    """A line of the whole file."""
    return Pointer(file=rule.at.file, path=(key,), on_key=True)


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
        "measure": " ".join(rule.measure.text.split()) if rule.measure else "",
        "from": rule.span.start,
        "until": rule.span.end,
        "active": rule.active,
    }
