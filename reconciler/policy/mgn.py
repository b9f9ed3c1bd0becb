"""The MGN asked of every unit: which version holds for it, what each requirement comes to, and who would miss it. Pure.

Nothing here stops a change. A requirement without an answer is *not evaluated*, never met: silence is no attestation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from reconciler.model.documents import Documents, School, Unit
from reconciler.model.finding import Finding, Severity
from reconciler.model.mgn import Acknowledgement, Answer, Level, Mgn, Requirement, State, Verification
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.policy import Outcome, SubjectKind, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.calendar import school_year_of

IN_FORCE: Final = (State.ADOPTED, State.FOLLOWED_UP)
_ANSWERS: Final = {
    Answer.DONE: (Outcome.MET, "MGN-SELF-DONE"),
    Answer.PARTLY: (Outcome.NOT_MET, "MGN-SELF-PARTLY"),
    Answer.NOT_DONE: (Outcome.NOT_MET, "MGN-SELF-NOT-DONE"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitForm:
    """One unit in one of its school forms, and what its file says of the MGN. `id` is the unit's as a rule's subject."""

    school: School
    unit: Unit
    id: str
    form: str
    said: Acknowledgement | None


def unit_forms(schools: Iterable[School]) -> Iterator[UnitForm]:
    """In the order of the files. A unit's own line holds before its school's."""
    for school in schools:
        for number, unit in enumerate(school.units, 1):
            for form in unit.school_forms:
                said = unit.mgn.get(form, school.mgn.get(form))
                yield UnitForm(school=school, unit=unit, id=unit.code or f"{school.id}/{number}", form=form, said=said)


def versions_in_force(documents: Documents, as_of: date) -> Mapping[str, Mgn]:
    """By school form: the latest adopted version whose läsår has begun. A draft is nobody's, nor is next year's."""
    year = school_year_of(documents.calendar, as_of)
    found: dict[str, Mgn] = {}
    for mgn in sorted(documents.mgn, key=lambda one: one.school_year):
        if mgn.state in IN_FORCE and mgn.school_year <= year:
            found[mgn.school_form] = mgn
    return found


def level_on(requirement: Requirement, day: date) -> Level:
    """SKA or BÖR on a day: a decided change takes effect on its first day."""
    becomes = requirement.becomes
    return becomes.level if becomes is not None and becomes.start <= day else requirement.level


def judge_mgn(documents: Documents, verdicts: Iterable[Verdict], as_of: date) -> tuple[MgnVerdict, ...]:
    """Every requirement in force asked of every unit of its school form. `verdicts` are those of the guardrails."""
    versions = versions_in_force(documents, as_of)
    wanted = {one.guardrail for mgn in versions.values() for one in mgn.requirements if one.guardrail}
    judged = _by_rule(verdicts, wanted)
    return tuple(
        judge(place, versions[place.form], one, judged, as_of)
        for place in unit_forms(documents.schools)
        if place.form in versions
        for one in versions[place.form].requirements
    )


Judged = Mapping[tuple[str, str], Sequence[Verdict]]
"""Verdicts of guardrails by rule and school; those about no school (an app) under the empty one."""


def _by_rule(verdicts: Iterable[Verdict], wanted: set[str]) -> Judged:
    found: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        if one.rule in wanted:
            found.setdefault((one.rule, one.subject.school), []).append(one)
    return found


def judge(place: UnitForm, mgn: Mgn, requirement: Requirement, judged: Judged, as_of: date) -> MgnVerdict:
    """One requirement at one unit."""
    if requirement.verification is Verification.GUARDRAIL:
        outcome, reason, values = _by_guardrail(place, requirement.guardrail, judged)
    else:
        outcome, reason, values = _by_answer(place.said, mgn, requirement)
    return MgnVerdict(
        school=place.school.id,
        unit=place.id,
        school_form=place.form,
        school_year=mgn.school_year,
        requirement=requirement.id,
        level=level_on(requirement, as_of),
        outcome=outcome,
        reason=reason,
        values=values,
        at=requirement.at,
    )


_Found = tuple[Outcome, str, Mapping[str, str]]


def _by_answer(said: Acknowledgement | None, mgn: Mgn, requirement: Requirement) -> _Found:
    if said is None:
        return Outcome.NOT_EVALUATED, "MGN-NO-ANSWER", {}
    if said.version != mgn.school_year:
        return Outcome.NOT_EVALUATED, "MGN-OTHER-VERSION", {"version": said.version, "year": mgn.school_year}
    if requirement.verification is Verification.ATTESTATION:
        day = said.attested.get(requirement.id)
        if day is None:
            return Outcome.NOT_EVALUATED, "MGN-NOT-ATTESTED", {}
        return Outcome.MET, "MGN-ATTESTED", {"date": day.isoformat()}
    assessed = said.self_assessment
    answer = assessed.results.get(requirement.id) if assessed else None
    if assessed is None or answer is None:
        return Outcome.NOT_EVALUATED, "MGN-NOT-ASSESSED", {}
    outcome, reason = _ANSWERS[answer]
    return outcome, reason, {"answers": str(assessed.answers)}


def _by_guardrail(place: UnitForm, rule: str, judged: Judged) -> _Found:
    about = [*judged.get((rule, ""), ()), *judged.get((rule, place.school.id), ())]
    found = [one for one in about if _concerns(one, place)]
    for outcome, reason in (
        (Outcome.NOT_MET, "MGN-RULE-NOT-MET"),
        (Outcome.NOT_EVALUATED, "MGN-RULE-NOT-EVALUATED"),
        (Outcome.WAIVED, "MGN-RULE-WAIVED"),
        (Outcome.MET, "MGN-RULE-MET"),
    ):
        such = [one for one in found if one.outcome is outcome]
        if such:
            first = such[0]
            values = {"rule": rule, "count": str(len(such)), "subject": first.subject.id, "waived_by": first.waived_by}
            return outcome, reason, values
    return Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED", {"rule": rule}


def _concerns(verdict: Verdict, place: UnitForm) -> bool:
    subject = verdict.subject
    if subject.kind is SubjectKind.UNIT:
        return subject.id == place.id
    return not subject.school_forms or place.form in subject.school_forms


def findings_of(verdicts: Iterable[MgnVerdict]) -> Iterator[Finding]:
    """What is not met: a warning for SKA, information for BÖR. Never an error, so that nothing is held for it."""
    for one in verdicts:
        if one.outcome is Outcome.NOT_MET:
            shall = one.level is Level.SHALL
            yield Finding(
                code="MGN-SHALL-NOT-MET" if shall else "MGN-SHOULD-NOT-MET",
                severity=Severity.WARNING if shall else Severity.INFO,
                place=one.at,
                subject=f"mgn:{one.unit}/{one.school_form}",
                values={"requirement": one.requirement, "unit": one.unit, "school": one.school, **one.values},
            )


def would_miss(verdicts: Iterable[MgnVerdict], requirements: Iterable[str] = ()) -> tuple[MgnVerdict, ...]:
    """Who would fail if every BÖR (or the named requirements only) were SKA today: the unmet, and those without an answer."""
    named = set(requirements)
    return tuple(
        one
        for one in verdicts
        if one.outcome in (Outcome.NOT_MET, Outcome.NOT_EVALUATED)
        and (one.requirement in named if named else one.level is Level.SHOULD)
    )
