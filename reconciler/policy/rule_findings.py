"""Verdicts as findings: one for each breach at its subject's line, one for each rule that failed at the rule's own. Pure.

Devices are told by the group and counted: seventy lines that say the same hide the one that doesn't.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.model.finding import Finding, Severity
from reconciler.model.policy import BREACH, Guardrail, Outcome, RuleEffect, SubjectKind, Verdict
from reconciler.policy.breaches import HELD, Asked, Cause, asked
from reconciler.policy.failures import advice, explained
from reconciler.policy.loosened import LOOSENED
from reconciler.policy.wording import fill

_CODES = {Cause.STANDING: "RULE-NOT-MET-BEFORE", Cause.DATE: "RULE-NOT-MET-BY-DATE"}
_SEVERITIES = {
    RuleEffect.BLOCK: Severity.ERROR,
    RuleEffect.WARN: Severity.WARNING,
    RuleEffect.INFORM: Severity.INFO,
}


def rule_findings(
    rules: Iterable[Guardrail], verdicts: Iterable[Verdict], causes: Mapping[Asked, Cause]
) -> Iterator[Finding]:
    by_id = {rule.id: rule for rule in rules}
    failed: dict[str, list[Verdict]] = {}
    devices: dict[tuple[str, ...], list[Finding]] = {}
    for one in verdicts:
        if one.outcome is Outcome.NOT_MET:
            found = _breach(by_id[one.rule], one, causes.get(asked(one), Cause.UNKNOWN))
            if one.subject.kind is SubjectKind.DEVICE:
                devices.setdefault(_alike(one, found), []).append(found)
            else:
                yield found
        elif one.outcome is Outcome.NOT_EVALUATED and one.reason == "RULE-FAILED":
            failed.setdefault(one.rule, []).append(one)
    yield from (_together(group, those) for (_, group, *_), those in devices.items())
    yield from (_failed(by_id[name], those) for name, those in failed.items())


def loosened_findings(rules: Iterable[Guardrail], verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Of breaches of the base's rules that the head's let through (see `loosened.let_through`)."""
    by_id = {rule.id: rule for rule in rules}
    devices: dict[tuple[str, ...], list[Finding]] = {}
    for one in verdicts:
        found = _loosened(by_id[one.rule], one)
        if one.subject.kind is SubjectKind.DEVICE:
            devices.setdefault(_alike(one, found), []).append(found)
        else:
            yield found
    yield from (_together(group, those) for (_, group, *_), those in devices.items())


def _loosened(rule: Guardrail, verdict: Verdict) -> Finding:
    return Finding(
        code=LOOSENED,
        severity=Severity.ERROR if verdict.effect is RuleEffect.BLOCK else Severity.WARNING,
        place=verdict.subject.at,
        subject=verdict.subject.blocks,
        values=said(rule, verdict),
    )


def _alike(verdict: Verdict, found: Finding) -> tuple[str, ...]:
    """The same for devices that a finding tells together."""
    says = (found.values["message.sv"], found.values["message.en"])
    return verdict.rule, verdict.subject.group, found.code, *says


def devices_of(group: str) -> str:
    """What findings about a group's devices call their subject: it is not the group, whose other changes go on."""
    return f"{group}:device"


def _together(group: str, alike: Sequence[Finding]) -> Finding:
    """How many, never which: who has to find them filters on the same fact in the system itself."""
    many = len(alike)
    said = {
        "subject": group,
        "count": str(many),
        "subject.sv": f"{group}, {many} {'enhet' if many == 1 else 'enheter'}",
        "subject.en": f"{group}, {many} {'device' if many == 1 else 'devices'}",
    }
    return replace(alike[0], subject=devices_of(group), values={**alike[0].values, **said})


def _breach(rule: Guardrail, verdict: Verdict, cause: Cause) -> Finding:
    severity = _SEVERITIES[verdict.effect]
    if cause not in HELD and severity is Severity.ERROR:
        severity = Severity.WARNING
    return Finding(
        code=_CODES.get(cause, BREACH),
        severity=severity,
        place=verdict.subject.at,
        subject=verdict.subject.blocks,
        values={**said(rule, verdict), "rationale": rule.rationale, "source": rule.source.text},
        places={"rule_line": rule.require.at},
    )


def said(rule: Guardrail, verdict: Verdict) -> dict[str, str]:
    """The rule, the subject, and the rule's message in both languages, for a text."""
    messages = {f"message.{language}": fill(text, verdict.values) for language, text in rule.message.items()}
    return {"rule": rule.id, "subject": verdict.subject.id, "rule_line": "", **messages}


def _failed(rule: Guardrail, verdicts: list[Verdict]) -> Finding:
    """Once, however many subjects: they fail for the same reason nearly always."""
    first = verdicts[0]
    return Finding(
        code="RULE-FAILED",
        severity=Severity.ERROR,
        place=rule.require.at,
        subject=f"rule:{rule.id}",
        values={
            "rule": rule.id,
            "subject": first.subject.id,
            "count": str(len(verdicts)),
            "problem": first.detail,
            **explained(first.detail),
            **advice(first.detail),
        },
    )
