"""What exceptions do on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.documents import Allowance, ExceptionGrant, MoveAllowance, PolicyTerms, Span
from reconciler.model.mgn import Decided
from reconciler.model.place import Pointer
from reconciler.model.policy import Outcome, RuleEffect, Subject, SubjectKind, Verdict
from reconciler.policy.waivers import (
    Standing,
    check_allowances,
    check_exceptions,
    make_waivers,
    pointless_waivers,
    standing,
    waive,
)

TODAY = date(2026, 11, 21)
TERMS = PolicyTerms()
AT = Pointer(file="policies/exceptions/prov.yaml")


def grant(
    start: str | None = "2026-09-01", end: str = "2027-06-11", *, ticket: str = "", subject: str = "norrskolan"
) -> ExceptionGrant:
    return ExceptionGrant(
        id="prov",
        rule="two-app-managers",
        subjects=(subject,),
        reason="Rekrytering pågår.",
        ticket=ticket,
        span=Span(start=date.fromisoformat(start) if start else None, end=date.fromisoformat(end)),
        at=AT,
    )


def verdict(outcome: Outcome, name: str = "norrskolan/elever-4-6", rule: str = "two-app-managers") -> Verdict:
    subject = Subject(kind=SubjectKind.GROUP, id=name, blocks=name, school=name.partition("/")[0], group=name)
    return Verdict(rule=rule, subject=subject, outcome=outcome, effect=RuleEffect.BLOCK, owner="it")


@pytest.mark.parametrize(
    ("one", "stands"),
    [
        (grant(), Standing.IN_FORCE),
        (grant(start="2026-12-01"), Standing.NOT_BEGUN),
        (grant(end="2026-11-21"), Standing.ENDING),
        (grant(end="2026-12-21"), Standing.ENDING),
        (grant(end="2026-12-22"), Standing.IN_FORCE),
        (grant(end="2026-11-20"), Standing.EXPIRED),
        (grant(end="2027-09-02"), Standing.IN_FORCE),  # 366 days
        (grant(end="2027-09-03"), Standing.TOO_LONG),
        (grant(start="2026-11-10", end="2026-12-10", ticket="SD-1"), Standing.IN_FORCE),
        (grant(start="2026-11-10", end="2026-12-11", ticket="SD-1"), Standing.TOO_LONG),
        (grant(start="2026-11-10", end="2026-11-28", ticket="SD-1"), Standing.ENDING),
        (grant(start=None, end="2026-12-21", ticket="SD-1"), Standing.IN_FORCE),  # from today: 30 days
        (grant(start=None, end="2026-12-22", ticket="SD-1"), Standing.TOO_LONG),
    ],
)
def test_where_an_exception_stands(one: ExceptionGrant, stands: Standing) -> None:
    assert standing(one, TERMS, TODAY) is stands


def test_without_a_first_day_the_decision_counts() -> None:
    decided = Decided(body="Skolchef", day=date(2025, 11, 1), reference="§ 4")

    assert standing(replace(grant(start=None), decision=decided), TERMS, TODAY) is Standing.TOO_LONG


def test_a_decision_that_is_yet_to_be_made_gives_no_longer_exception() -> None:
    decided = Decided(body="Skolchef", day=date(2028, 9, 14), reference="§ 4")

    assert standing(replace(grant(start=None, end="2029-01-29"), decision=decided), TERMS, TODAY) is Standing.TOO_LONG
    assert standing(replace(grant(start=None, end="2027-11-22"), decision=decided), TERMS, TODAY) is Standing.IN_FORCE


def test_the_organisation_sets_how_long() -> None:
    assert standing(grant(), PolicyTerms(exception_days=200), TODAY) is Standing.TOO_LONG


@pytest.mark.parametrize("subject", ["norrskolan", "norrskolan/elever-4-6"])
def test_a_breach_is_excused_for_the_subject_and_what_it_is_in(subject: str) -> None:
    found = list(waive([verdict(Outcome.NOT_MET)], make_waivers([grant(subject=subject)], TERMS, TODAY)))

    assert [(one.outcome, one.waived_by) for one in found] == [(Outcome.WAIVED, "prov")]


@pytest.mark.parametrize(
    ("one", "excuse"),
    [
        (verdict(Outcome.NOT_MET, "soderskolan/elever-4-6"), grant()),
        (verdict(Outcome.NOT_MET, rule="another"), grant()),
        (verdict(Outcome.NOT_MET), grant(end="2026-11-20")),
        (verdict(Outcome.NOT_MET), grant(end="2028-01-01")),
        (verdict(Outcome.NOT_EVALUATED), grant()),
        (verdict(Outcome.MET), grant()),
    ],
)
def test_nothing_else_is_excused(one: Verdict, excuse: ExceptionGrant) -> None:
    assert list(waive([one], make_waivers([excuse], TERMS, TODAY))) == [one]


@given(st.lists(st.sampled_from(Outcome)), st.integers(-400, 400), st.booleans())
def test_an_exception_never_turns_met_into_unmet(outcomes: list[Outcome], days: int, urgent: bool) -> None:
    one = grant(end=(TODAY + timedelta(days=days)).isoformat(), start=None, ticket="SD-1" if urgent else "")
    before = [verdict(outcome) for outcome in outcomes]
    after = list(waive(before, make_waivers([one], TERMS, TODAY)))

    assert all(
        was.outcome is now.outcome or (was.outcome is Outcome.NOT_MET and now.outcome is Outcome.WAIVED)
        for was, now in zip(before, after, strict=True)
    )


@given(st.permutations([grant(subject=name) for name in ("norrskolan", "a", "b")]))
def test_the_order_of_files_never_matters(grants: list[ExceptionGrant]) -> None:
    named = [replace(one, id=f"for-{one.subjects[0]}") for one in grants]
    found = list(waive([verdict(Outcome.NOT_MET)], make_waivers(named, TERMS, TODAY)))

    assert [one.waived_by for one in found] == ["for-norrskolan"]


@pytest.mark.parametrize(
    ("end", "code", "days"),
    [("2026-11-01", "EXCEPTION-EXPIRED", "20"), ("2026-12-01", "EXCEPTION-ENDS", "10")],
)
def test_the_end_is_told_beforehand_and_afterwards(end: str, code: str, days: str) -> None:
    (found,) = check_exceptions([grant(end=end)], TERMS, TODAY)

    assert (found.code, found.values["days"], found.place) == (code, days, AT.child("until"))


def test_one_that_is_too_long_holds_what_it_would_loosen() -> None:
    one = replace(grant(end="2028-01-01"), rule=None, subjects=(), setting="incognito", groups=("a/b", "a/c"))
    found = list(check_exceptions([one], TERMS, TODAY))

    assert [(one.code, one.subject, one.values["corrected"]) for one in found] == [
        ("EXCEPTION-TOO-LONG", "a/b", 'until: "2027-09-02"'),
        ("EXCEPTION-TOO-LONG", "a/c", 'until: "2027-09-02"'),
    ]


@pytest.mark.parametrize(
    ("outcomes", "codes"),
    [
        ([], ["EXCEPTION-POINTLESS"]),
        ([Outcome.MET], ["EXCEPTION-POINTLESS"]),
        ([Outcome.MET, Outcome.WAIVED], []),
        ([Outcome.NOT_EVALUATED], []),
    ],
)
def test_one_that_excuses_nothing_is_pointless(outcomes: list[Outcome], codes: list[str]) -> None:
    verdicts = [verdict(outcome) for outcome in outcomes]

    assert [one.code for one in pointless_waivers([grant()], verdicts, TERMS, TODAY)] == codes


ALLOWANCE = Allowance(
    id="augusti",
    backend="chrome",
    fingerprints=("abc123",),
    envelopes=(MoveAllowance(source="outside", into="norrskolan/pilot", at_most=90),),
    until=date(2026, 11, 30),
    at=AT,
)


@pytest.mark.parametrize(
    ("pending", "codes"),
    [
        ({"chrome": [("abc123", None)]}, []),
        ({"chrome": [("", ("outside", "norrskolan/pilot"))]}, []),
        ({"chrome": [("fff", ("outside", "norrskolan/elever"))]}, ["ALLOWANCE-SPENT"]),
        ({"chrome": []}, ["ALLOWANCE-SPENT"]),
        ({"intune": []}, []),  # chrome was not read
    ],
)
def test_an_allowance_is_spent_once_nothing_of_it_is_left(
    pending: dict[str, list[tuple[str, tuple[str, str] | None]]], codes: list[str]
) -> None:
    assert [one.code for one in check_allowances([ALLOWANCE], pending, TODAY)] == codes


def test_an_allowance_that_has_ended_is_said_to() -> None:
    (found,) = check_allowances([ALLOWANCE], {"chrome": [("abc123", None)]}, date(2026, 12, 1))

    assert (found.code, found.values["end"]) == ("ALLOWANCE-EXPIRED", "2026-11-30")
