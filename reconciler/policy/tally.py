"""How many verdicts came out which way: for the municipality, for each school form, for each school. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from reconciler.model.finding import Finding, is_error
from reconciler.model.policy import Outcome, Subject, SubjectKind, Verdict
from reconciler.policy.rule_findings import devices_of

MUNICIPALITY: Final = ""
"""The key of the row for everyone."""

BY: Final = ("municipality", "form", "school")


def tally(verdicts: Iterable[Verdict], by: str) -> Mapping[str, Counter[Outcome]]:
    """Counts by school form or school, in the order of names; what is about none of them (an app) only in the row for all."""
    found: dict[str, Counter[Outcome]] = {MUNICIPALITY: Counter()}
    for one in verdicts:
        found[MUNICIPALITY][one.outcome] += 1
        for name in _names(one.subject, by):
            found.setdefault(name, Counter())[one.outcome] += 1
    return dict(sorted(found.items()))


def _names(subject: Subject, by: str) -> Iterator[str]:
    if by == "school" and subject.school:
        yield subject.school
    elif by == "form":
        yield from subject.school_forms


def findings_concerning(
    findings: Iterable[Finding],
    verdicts: Collection[Verdict],
    schools: Collection[str],
    others: Collection[str],
    systems: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Those about these schools, about systems that answers come from, and errors about no school: without a file that can't
    be read nobody knows what is met.

    What a rule says counts by its verdicts, so that another school form of a school is left out.
    """
    asked = {one.subject.blocks for one in verdicts}
    asked |= {devices_of(one.subject.group) for one in verdicts if one.subject.kind is SubjectKind.DEVICE}
    failed = {f"rule:{one.rule}" for one in verdicts if one.outcome is Outcome.NOT_EVALUATED}

    def concerns(one: Finding) -> bool:
        if one.code.startswith("RULE-NOT-MET"):
            return one.subject in asked
        if one.code == "RULE-FAILED":
            return one.subject in failed
        school = _school_of(one.subject)
        return school in schools or one.subject in systems or (is_error(one) and school not in others)

    return tuple(filter(concerns, findings))


def _school_of(subject: str) -> str:
    return subject.partition("/")[0]


def concerning(verdicts: Iterable[Verdict], school: str | None, form: str | None) -> tuple[Verdict, ...]:
    """Those about one school, one school form, or both."""
    return tuple(
        one
        for one in verdicts
        if school in (None, one.subject.school) and (form is None or form in one.subject.school_forms)
    )
