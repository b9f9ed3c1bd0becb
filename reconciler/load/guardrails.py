"""Guardrails as they are written, to their types; and everything that is wrong with their expressions, at its own column."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from reconciler.load.faults import Faults
from reconciler.load.inside import position_inside
from reconciler.load.near import nearest
from reconciler.load.places import below
from reconciler.load.sources import Sources
from reconciler.load.wishes import Data, span
from reconciler.model.documents import Span
from reconciler.model.place import Pointer
from reconciler.model.policy import ALWAYS, Expression, Guardrail, RuleEffect, RuleSource, SubjectKind
from reconciler.policy.expressions import Program, compile_expression
from reconciler.policy.variables import shown

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def guardrails(data: Data, at: Pointer, faults: Faults) -> tuple[Guardrail, ...]:
    """The rule of a file, or all of its `rules`: what the file says of days and use holds for each of them."""
    if "rules" not in data:
        return (_guardrail(data, at, faults),)
    frame = span(data, at, faults)
    active = data.get("active", True)
    return tuple(
        replace(
            _guardrail(one, below(at, "rules", number), faults, frame=frame, active=active),
            pack=data["id"],
            above=frozenset(key for key in _ABOVE if key in data and key not in one),
        )
        for number, one in enumerate(data["rules"])
    )


_ABOVE: Final = ("active", "from", "until")


def _guardrail(data: Data, at: Pointer, faults: Faults, *, frame: Span = ALWAYS, active: bool = True) -> Guardrail:
    source = data["source"]
    return Guardrail(
        id=data["id"],
        effect=RuleEffect(data["effect"]),
        owner=data["owner"],
        on=SubjectKind(data["on"]),
        when=_expression(data, "when", at),
        require=Expression(text=data["require"], at=below(at, "require")),
        measure=_expression(data, "measure", at),
        message=dict(data["message"]),
        rationale=data["rationale"],
        source=RuleSource(kind=source["kind"], text=source["text"], url=source.get("url", "")),
        span=_within(frame, span(data, at, faults)),
        active=active and data.get("active", True),
        at=at,
    )


def _expression(data: Data, key: str, at: Pointer) -> Expression | None:
    return Expression(text=data[key], at=below(at, key)) if key in data else None


def _within(frame: Span, own: Span) -> Span:
    """The days that both hold."""
    starts = [day for day in (frame.start, own.start) if day]
    ends = [day for day in (frame.end, own.end) if day]
    return Span(start=max(starts, default=None), end=min(ends, default=None)) if starts or ends else ALWAYS


def check_guardrails(rules: Iterable[Guardrail], sources: Sources, faults: Faults) -> None:
    """Compile every expression and look at every placeholder; one rule's fault hides no other's."""
    for rule in rules:
        for expression, wanted in _expressions(rule):
            _check_expression(rule, expression, wanted, sources, faults)
        _check_placeholders(rule, sources, faults)


def _expressions(rule: Guardrail) -> Iterator[tuple[Expression, str]]:
    if rule.when is not None:
        yield rule.when, "BOOL"
    yield rule.require, "BOOL"
    if rule.measure is not None:
        yield rule.measure, "INT"


def _check_expression(rule: Guardrail, expression: Expression, wanted: str, sources: Sources, faults: Faults) -> None:
    found = compile_expression(rule.on, expression.text, wanted)
    for problem in () if isinstance(found, Program) else found:
        place = position_inside(sources, expression.at, problem.line, problem.column)
        faults.error(problem.code, place, f"rule:{rule.id}", **{"near": "", **problem.values})


def _check_placeholders(rule: Guardrail, sources: Sources, faults: Faults) -> None:
    known = shown(rule.on)
    for language, text in rule.message.items():
        for match in PLACEHOLDER.finditer(text):
            name = match[1]
            if name not in known:
                line = text.count("\n", 0, match.start()) + 1
                column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
                place = position_inside(sources, rule.at.child("message", language), line, column)
                near = nearest(name, known) or ""
                faults.error("RULE-PLACEHOLDER", place, f"rule:{rule.id}", name=name, near=near, on=rule.on.value)
