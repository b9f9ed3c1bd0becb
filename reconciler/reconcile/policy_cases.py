"""`policy test`: the repository's rules asked of the documents that cases give, and what came out otherwise than expected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.compile.state import compile_state
from reconciler.load.policy_cases import load_case, read_cases
from reconciler.load.repository import Loaded, in_order, load
from reconciler.load.sources import Sources
from reconciler.load.tree import read_tests, read_tree
from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.policy import Guardrail, Outcome, SubjectKind, Verdict
from reconciler.model.policy_case import CaseResult, PolicyCase
from reconciler.model.resource import Device
from reconciler.policy.device_facts import device_facts
from reconciler.policy.evaluate import evaluate, in_force, judge, make_ready
from reconciler.policy.facts import World, make_world
from reconciler.policy.waivers import make_waivers, waive
from reconciler.policy.wording import fill
from reconciler.settings.table import load_settings

NOT_ASKED: Final = "not-asked"
_SILENT: Final = frozenset({Outcome.MET.value, NOT_ASKED})
"""Outcomes of which nothing has to be said in a case."""
_MOST: Final = 3
"""Errors of a case's documents that are told along with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """`findings` are what differed, in all cases, and what is wrong with files; with exact positions.

    `untested` are ids of rules without a case that is met, or without one that isn't.
    """

    results: tuple[CaseResult, ...]
    untested: tuple[str, ...]
    findings: tuple[Finding, ...]
    locate: Sources
    language: str | None


def run_cases(root: Path, only: str | None = None) -> CaseRun:
    """Every case of the repository, or of one rule. Its own schools and apps are not asked."""
    tree, tests = read_tree(root), read_tests(root)
    loaded, read = load(tree, digest=False), read_cases(tests)
    documents = loaded.documents
    rules = {rule.id: rule for rule in documents.guardrails} if documents else {}
    results = tuple(run_case(case, rules) for case in read.cases if only in (None, case.rule))
    locate = Sources({**tree.files, **tests.files})
    found = [
        *(one for one in loaded.findings if is_error(one) and _is_about_rules(one)),
        *read.findings,
        *(difference for result in results for difference in result.differences),
    ]
    return CaseRun(
        results=results,
        untested=tuple(one for one in _untested(rules, read.cases) if only in (None, one)),
        findings=in_order(found, locate),
        locate=locate,
        language=documents.organisation.language if documents else None,
    )


def _is_about_rules(finding: Finding) -> bool:
    return finding.place is not None and finding.place.file.startswith("policies/guardrails/")


def _untested(rules: Mapping[str, Guardrail], cases: tuple[PolicyCase, ...]) -> Iterator[str]:
    seen: dict[str, set[str]] = {}
    for case in cases:
        seen.setdefault(case.rule, set()).update(case.expect.values())
    needed = {Outcome.MET.value, Outcome.NOT_MET.value}
    yield from (rule for rule in sorted(rules) if not needed <= seen.get(rule, set()))


def run_case(case: PolicyCase, rules: Mapping[str, Guardrail]) -> CaseResult:
    rule = rules.get(case.rule)
    if rule is None:
        return _failed(case, "POLICY-CASE-NO-RULE", "rule", rule=case.rule, near=_near(case.rule, rules))
    if case.as_of is None:
        return CaseResult(case=case)  # the day that doesn't exist is a finding of its own
    loaded = load_case(case.documents)
    broken = [one for one in loaded.findings if is_error(one)] if _is_incomplete(loaded, case) else []
    if loaded.documents is None or broken:
        return CaseResult(case=case, differences=tuple(_broken(case, one) for one in broken))
    state = compile_state(loaded.documents, load_settings(), case.as_of)
    world = make_world(loaded.documents, state, case.as_of, _counts(case, state))
    verdicts = _verdicts(case, replace(rule, active=True), world, case.as_of)
    wrong = [one for one in (*loaded.findings, *state.findings) if is_error(one)]
    language = loaded.documents.organisation.language
    differences = (*_differences(case, verdicts, wrong), *_wrong_words(case, rule.message[language], verdicts))
    return CaseResult(case=case, differences=differences)


def _near(word: str, rules: Mapping[str, Guardrail]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415, RUF100 - only when something is misspelt

    return next(iter(get_close_matches(word, rules, n=1)), "")


def _is_incomplete(loaded: Loaded, case: PolicyCase) -> bool:
    """Whether a document dropped out. What else is wrong with documents that were made to be wrong is not a case's affair."""
    documents = loaded.documents
    if documents is None:
        return True
    built = {
        "schools": documents.schools,
        "apps": documents.apps,
        "baselines": documents.baselines,
        "exceptions": documents.exceptions,
    }
    return any(len(made) != len(_list(case.documents.get(kind))) for kind, made in built.items())


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _verdicts(case: PolicyCase, rule: Guardrail, world: World, as_of: date) -> dict[str, Verdict]:
    """By subject. Other rules are left out, and exceptions for them excuse nothing here."""
    waivers = make_waivers(world.documents.exceptions, world.documents.organisation.terms, as_of)
    if rule.on is SubjectKind.DEVICE:
        ready = [make_ready(one) for one in in_force([rule], as_of)]
        found = judge(ready, device_facts(world, _devices(case, world)), rule.on)
    else:
        found = evaluate([rule], world, as_of)
    return {one.subject.id: one for one in waive(found, waivers)}


def _counts(case: PolicyCase, state: DesiredState) -> dict[str, int]:
    """A case that names devices knows how many each group has; one that names none has read no system."""
    if not case.devices:
        return {}
    return {key: sum(one.active for one in case.devices if one.group == key) for key in state.groups}


def _devices(case: PolicyCase, world: World) -> Iterator[tuple[GroupState, Device]]:
    groups = world.state.groups if world.state else {}
    for number, one in enumerate(case.devices):
        if one.group in groups:
            device = Device(id=f"{number:04}", serial="", active=one.active, places=(), facts=one.facts)
            yield groups[one.group], device


def _differences(case: PolicyCase, verdicts: Mapping[str, Verdict], wrong: Sequence[Finding]) -> Iterator[Finding]:
    """`wrong`: errors in the documents, which may be why nobody was asked."""
    for subject, expected in case.expect.items():
        found = verdicts.get(subject)
        place = ("expect", subject)
        if found is None and expected != NOT_ASKED:
            known = ", ".join(sorted(verdicts)) or "–"
            values = {"expected": expected, "known": known, **_words(*wrong[:_MOST])}
            yield _difference(case, "POLICY-CASE-NOT-ASKED", place, about=subject, **values)
        elif found is not None and found.outcome.value != expected:
            values = {"expected": expected, "outcome": found.outcome.value, "detail": found.detail}
            yield _difference(case, "POLICY-CASE-DIFFERS", place, about=subject, **values)
    for subject, one in verdicts.items():
        if subject not in case.expect and one.outcome.value not in _SILENT:
            values = {"outcome": one.outcome.value, "about": subject, "detail": one.detail}
            yield _difference(case, "POLICY-CASE-UNEXPECTED", ("expect",), **values)


def _wrong_words(case: PolicyCase, message: str, verdicts: Mapping[str, Verdict]) -> Iterator[Finding]:
    for subject, one in verdicts.items():
        said = fill(message, one.values) if one.outcome is Outcome.NOT_MET else case.says
        if case.says not in said:
            yield _difference(case, "POLICY-CASE-SAYS", ("says",), about=subject, expected=case.says, said=said)


def _failed(case: PolicyCase, code: str, key: str, **values: str) -> CaseResult:
    return CaseResult(case=case, differences=(_difference(case, code, (key,), **values),))


def _difference(case: PolicyCase, code: str, keys: tuple[str, ...], **values: str) -> Finding:
    values = {"case": case.name, "rule": case.rule, **values}
    return Finding(
        code=code, severity=Severity.ERROR, place=case.at.child(*keys), subject=f"rule:{case.rule}", values=values
    )


def _broken(case: PolicyCase, finding: Finding) -> Finding:
    """The finding has its place in a file that was never written, so its words are said of the case."""
    where = finding.place.file if finding.place else ""
    return _difference(case, "POLICY-CASE-BROKEN", ("name",), file=where, **_words(finding))


def _words(*findings: Finding) -> dict[str, str]:
    from reconciler.texts import LANGUAGES, render  # noqa: PLC0415, RUF100 - only where something is wrong

    return {
        f"problem.{lang}": " ".join(render(one.code, one.values, lang).message for one in findings)
        for lang in LANGUAGES
    }
