"""The MGN asked of units: which version, which level, which answer."""

from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.documents import Documents, Organisation, School, Unit
from reconciler.model.finding import Severity
from reconciler.model.mgn import (
    Acknowledgement,
    Answer,
    FollowUp,
    Level,
    LevelChange,
    Mgn,
    Requirement,
    SelfAssessment,
    State,
    Verification,
)
from reconciler.model.place import Pointer
from reconciler.model.policy import Outcome, RuleEffect, Subject, SubjectKind, Verdict
from reconciler.policy.mgn import findings_of, judge_mgn, level_on, versions_in_force, would_miss
from reconciler.policy.mgn_difference import compare, edited_after_adoption

TODAY = date(2026, 11, 21)
AT = Pointer(file="policies/mgn/2026-27/grundskola.yaml")
ORGANISATION = Organisation(
    uid="x", name="Vidala", municipality_code="9999", language="sv", backends=(), routes=(), at=AT
)


def requirement(
    name: str = "narvaro", level: Level = Level.SHALL, how: Verification = Verification.SELF_ASSESSMENT, rule: str = ""
) -> Requirement:
    return Requirement(
        id=name,
        level=level,
        text="Närvaro förs varje lektion.",
        system="vklass",
        process="närvaro",
        role="lärare",
        verification=how,
        guardrail=rule,
        rationale="Tidig upptäckt.",
        at=AT.child("requirements", 0),
    )


def mgn(*requirements: Requirement, year: str = "2026-27", state: State = State.ADOPTED) -> Mgn:
    return Mgn(school_form="grundskola", school_year=year, state=state, requirements=requirements, at=AT)


def said(version: str = "2026-27", answer: Answer | None = None, attested: date | None = None) -> Acknowledgement:
    return Acknowledgement(
        version=version,
        attested={"narvaro": attested} if attested else {},
        self_assessment=SelfAssessment(day=TODAY, answers=34, results={"narvaro": answer}) if answer else None,
        at=AT,
    )


def documents(*mgns: Mgn, says: Acknowledgement | None = None, own: Acknowledgement | None = None) -> Documents:
    unit = Unit(
        code="99000017", school_forms=("grundskola", "fritidshem"), mgn={"grundskola": own} if own else {}, at=AT
    )
    school = School(id="norrskolan", name="Norrskolan", units=(unit,), mgn={"grundskola": says} if says else {}, at=AT)
    return Documents(organisation=ORGANISATION, schools=(school,), mgn=mgns)


@pytest.mark.parametrize(
    ("says", "outcome", "reason"),
    [
        (said(answer=Answer.DONE), Outcome.MET, "MGN-SELF-DONE"),
        (said(answer=Answer.PARTLY), Outcome.NOT_MET, "MGN-SELF-PARTLY"),
        (said(answer=Answer.NOT_DONE), Outcome.NOT_MET, "MGN-SELF-NOT-DONE"),
        (said(), Outcome.NOT_EVALUATED, "MGN-NOT-ASSESSED"),
        (said("2025-26", Answer.DONE), Outcome.NOT_EVALUATED, "MGN-OTHER-VERSION"),
        (None, Outcome.NOT_EVALUATED, "MGN-NO-ANSWER"),
    ],
)
def test_a_self_assessment(says: Acknowledgement | None, outcome: Outcome, reason: str) -> None:
    (found,) = judge_mgn(documents(mgn(requirement()), says=says), [], TODAY)

    assert (found.unit, found.outcome, found.reason) == ("99000017", outcome, reason)


@pytest.mark.parametrize(("attested", "outcome"), [(date(2026, 10, 1), Outcome.MET), (None, Outcome.NOT_EVALUATED)])
def test_an_attestation(attested: date | None, outcome: Outcome) -> None:
    asked = mgn(requirement(how=Verification.ATTESTATION))

    assert [one.outcome for one in judge_mgn(documents(asked, says=said(attested=attested)), [], TODAY)] == [outcome]


def test_a_units_own_line_holds_before_its_schools() -> None:
    found = judge_mgn(
        documents(mgn(requirement()), says=said(answer=Answer.DONE), own=said(answer=Answer.NOT_DONE)), [], TODAY
    )

    assert [one.outcome for one in found] == [Outcome.NOT_MET]


def verdict(
    outcome: Outcome,
    *,
    school: str = "norrskolan",
    forms: tuple[str, ...] = ("grundskola",),
    kind: SubjectKind = SubjectKind.GROUP,
    name: str = "norrskolan/elever-4-6",
) -> Verdict:
    subject = Subject(kind=kind, id=name, blocks=name, school=school, school_forms=forms)
    return Verdict(rule="escrow", subject=subject, outcome=outcome, effect=RuleEffect.WARN, owner="it")


@pytest.mark.parametrize(
    ("verdicts", "outcome", "reason"),
    [
        ([], Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED"),
        ([verdict(Outcome.MET)], Outcome.MET, "MGN-RULE-MET"),
        ([verdict(Outcome.MET), verdict(Outcome.NOT_MET)], Outcome.NOT_MET, "MGN-RULE-NOT-MET"),
        ([verdict(Outcome.MET), verdict(Outcome.NOT_EVALUATED)], Outcome.NOT_EVALUATED, "MGN-RULE-NOT-EVALUATED"),
        ([verdict(Outcome.MET), verdict(Outcome.WAIVED)], Outcome.WAIVED, "MGN-RULE-WAIVED"),
        ([verdict(Outcome.NOT_MET, school="soderskolan")], Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED"),
        ([verdict(Outcome.NOT_MET, forms=("fritidshem",))], Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED"),
        ([verdict(Outcome.NOT_MET, kind=SubjectKind.UNIT, name="1")], Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED"),
        ([verdict(Outcome.NOT_MET, kind=SubjectKind.UNIT, name="99000017")], Outcome.NOT_MET, "MGN-RULE-NOT-MET"),
        (
            [verdict(Outcome.NOT_MET, kind=SubjectKind.APP, name="kami", school="", forms=())],
            Outcome.NOT_MET,
            "MGN-RULE-NOT-MET",
        ),
        ([replace(verdict(Outcome.NOT_MET), rule="other")], Outcome.NOT_EVALUATED, "MGN-NOTHING-JUDGED"),
    ],
)
def test_a_guardrail(verdicts: list[Verdict], outcome: Outcome, reason: str) -> None:
    asked = mgn(requirement(how=Verification.GUARDRAIL, rule="escrow"))
    (found,) = judge_mgn(documents(asked), verdicts, TODAY)

    assert (found.outcome, found.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("level", "severity", "code"),
    [
        (Level.SHALL, Severity.WARNING, "MGN-SHALL-NOT-MET"),
        (Level.SHOULD, Severity.INFO, "MGN-SHOULD-NOT-MET"),
    ],
)
def test_should_that_is_not_done_is_information_and_shall_a_warning(
    level: Level, severity: Severity, code: str
) -> None:
    says = said(answer=Answer.NOT_DONE)
    (found,) = findings_of(judge_mgn(documents(mgn(requirement(level=level)), says=says), [], TODAY))

    assert (found.severity, found.code, found.subject) == (severity, code, "mgn:99000017/grundskola")


def test_what_nobody_has_answered_is_no_finding() -> None:
    assert list(findings_of(judge_mgn(documents(mgn(requirement())), [], TODAY))) == []


def test_a_version_holds_from_its_school_year_on_once_it_is_adopted() -> None:
    versions = [
        mgn(year="2025-26", state=State.FOLLOWED_UP),
        mgn(year="2026-27", state=State.DRAFT),
        mgn(year="2027-28"),
    ]

    assert versions_in_force(documents(*versions), TODAY)["grundskola"].school_year == "2025-26"
    assert versions_in_force(documents(*versions), date(2027, 7, 1))["grundskola"].school_year == "2027-28"


def test_a_promotion_takes_effect_on_its_day() -> None:
    one = replace(
        requirement(level=Level.SHOULD), becomes=LevelChange(level=Level.SHALL, start=date(2027, 8, 16), at=AT)
    )

    assert level_on(one, date(2027, 8, 15)) is Level.SHOULD
    assert level_on(one, date(2027, 8, 16)) is Level.SHALL


def test_impact_shows_who_would_miss_a_should() -> None:
    asked = mgn(requirement("narvaro", Level.SHOULD), requirement("veckobrev", Level.SHOULD), requirement("logg"))
    verdicts = judge_mgn(documents(asked, says=said(answer=Answer.DONE)), [], TODAY)

    assert [one.requirement for one in would_miss(verdicts)] == ["veckobrev"]
    assert [one.requirement for one in would_miss(verdicts, ["logg"])] == ["logg"]


def test_versions_are_compared_by_ids() -> None:
    before = mgn(requirement("a", Level.SHOULD), requirement("b"), requirement("c"), requirement("d"))
    after = mgn(
        replace(requirement("a", Level.SHOULD), becomes=LevelChange(level=Level.SHALL, start=date(2028, 1, 10), at=AT)),
        requirement("b", Level.SHOULD),
        replace(requirement("c"), text="Närvaro förs samma dag."),
        requirement("e"),
        year="2027-28",
    )
    found = compare(before, after)

    assert [one.id for one in found.added] == ["e"]
    assert [one.id for one in found.removed] == ["d"]
    assert [one.id for one in found.promoted] == ["a"]
    assert [one.id for one in found.demoted] == ["b"]
    assert [(one.after.id, one.fields) for one in found.reworded] == [("c", ("text",))]
    assert compare(before, before).empty


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (mgn(requirement(), state=State.FOLLOWED_UP), ()),
        (mgn(replace(requirement(), at=AT.child("requirements", 7))), ()),
        (replace(mgn(requirement()), followed_up=FollowUp(day=TODAY, reference="§ 1")), ()),
        (mgn(requirement(level=Level.SHOULD)), ("requirements",)),
        (mgn(requirement(), state=State.DRAFT), ("state",)),
        (replace(mgn(requirement()), introduction="Annat."), ("introduction",)),
    ],
)
def test_an_adopted_version_does_not_change(after: Mgn, changed: tuple[str, ...]) -> None:
    assert edited_after_adoption(mgn(requirement()), after) == changed


def test_a_draft_may_be_anything() -> None:
    assert edited_after_adoption(mgn(requirement(), state=State.DRAFT), mgn(requirement("b"))) == ()
