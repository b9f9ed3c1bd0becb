"""Verdicts as JUnit XML, which CI systems show by suite and case: a rule is a suite, a subject a case. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Locate
from reconciler.model.policy import Guardrail, Outcome, RuleEffect, Verdict
from reconciler.policy.breaches import HELD, Asked, Cause, asked
from reconciler.policy.wording import fill
from reconciler.report.escape import escape_terminal
from reconciler.texts import render

OF_VERDICTS: Final = frozenset({"RULE-NOT-MET", "RULE-FAILED"})
"""Codes of errors that a verdict says already."""


def check_junit(
    rules: Iterable[Guardrail],
    verdicts: Iterable[Verdict],
    causes: Mapping[Asked, Cause],
    findings: Iterable[Finding],
    locate: Locate,
    lang: str,
) -> str:
    """A breach that blocks is a failure, one that only warns or tells is a passed case that says so; an exception skips.

    Errors that are no verdict stand in a suite `files`: a file of rules that can't be read would leave all else green.
    """
    by_rule: dict[str, list[Verdict]] = {}
    for one in verdicts:
        by_rule.setdefault(one.rule, []).append(one)
    root = ElementTree.Element("testsuites", name="reconciler check")
    for rule in rules:
        root.append(_suite(rule, by_rule.get(rule.id, []), causes, lang))
    wrong = [one for one in findings if is_error(one) and one.code not in OF_VERDICTS]
    if wrong:
        root.append(_files(wrong, locate, lang))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _files(wrong: Sequence[Finding], locate: Locate, lang: str) -> ElementTree.Element:
    count = str(len(wrong))
    suite = ElementTree.Element("testsuite", name="files", tests=count, failures="0", errors=count, skipped="0")
    for one in wrong:
        at = locate(one.place) if one.place is not None else None
        where = f"{at.file}:{at.line}:{at.column}" if at else one.code
        others = {name: f"{place.file}:{place.line}" for name, place in ((n, locate(p)) for n, p in one.places.items())}
        case = ElementTree.SubElement(suite, "testcase", classname=one.code, name=escape_terminal(where))
        said = render(one.code, {**one.values, **others}, lang).message
        ElementTree.SubElement(case, "error", message=escape_terminal(said), type=one.code)
    return suite


def _suite(rule: Guardrail, verdicts: list[Verdict], causes: Mapping[Asked, Cause], lang: str) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=rule.id)
    for one in verdicts:
        suite.append(_case(rule, one, causes.get(asked(one), Cause.UNKNOWN), lang))
    suite.set("tests", str(len(verdicts)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(len(suite.findall(f"./testcase/{tag}"))))
    return suite


def _case(rule: Guardrail, verdict: Verdict, cause: Cause, lang: str) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=rule.id, name=escape_terminal(verdict.subject.id))
    said = escape_terminal(fill(rule.message[lang], verdict.values))
    if verdict.outcome is Outcome.NOT_EVALUATED:
        ElementTree.SubElement(case, "error", message=escape_terminal(verdict.detail or verdict.reason))
    elif verdict.outcome is Outcome.WAIVED:
        ElementTree.SubElement(case, "skipped", message=escape_terminal(verdict.waived_by))
    elif verdict.outcome is Outcome.NOT_MET and verdict.effect is RuleEffect.BLOCK and cause in HELD:
        ElementTree.SubElement(case, "failure", message=said, type=verdict.effect.value)
    elif verdict.outcome is Outcome.NOT_MET:
        ElementTree.SubElement(case, "system-out").text = f"{verdict.effect.value}: {said}"
    return case
