"""What else a decision says: its order, the plan that is left of it, what is kept of what was done, and its texts."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.change import Note
from reconciler.texts.rendering import render
from reconciler.trust.covering import narrow
from reconciler.trust.evidence import Spent
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Decision, Held
from reconciler.trust.window import spend
from tests.unit.trust.building import (
    FP,
    MOVE,
    NOW,
    OTHER,
    allowance,
    change,
    deletion,
    disturbing,
    move,
    pull,
    record,
    sha,
    world,
)
from tests.unit.trust.cases import ROWS


def test_what_is_held_starts_with_what_takes_away() -> None:
    it = world(change(), move(2), deletion(OTHER, "bort"), change("d4" * 16, "sist"), pulls=[])

    assert [one.fingerprint for one in it.decide().held] == [OTHER, FP, MOVE, "d4" * 16]


def test_what_is_covered_keeps_the_plans_order() -> None:
    it = world(change(), deletion(OTHER, "bort"), pulls=[pull(record=record(OTHER, FP))])

    assert [one.fingerprint for one in it.decide().covered] == [FP, OTHER]


def test_superseded_is_a_refusal_of_its_own() -> None:
    decision = world(terms={"commit": sha("1")}).decide()

    assert decision.superseded
    assert not decision.covered
    assert not decision.held
    assert not decision.complete
    assert not world(branch="sommar").decide().superseded


def test_what_nobody_answers_for_is_said_apart() -> None:
    decision = world(line=(sha("d"), sha("1")), pulls=[pull(reviews=())]).decide()

    assert [one.code for one in decision.unanswered] == ["APPROVAL-NONE", "COMMIT-WITHOUT-PULL"]
    assert decision.commits == (sha("d"), sha("1"))


def test_the_plan_that_is_left_has_the_covered_changes_alone() -> None:
    it = world(change(), change(OTHER, "safe-search"), change("d4" * 16, "x", backend="intune"))
    left = narrow(it.plan, [it.decide()])

    assert [one.fingerprint for one in left.changes] == [FP]
    assert [one.fingerprint for one in left.held] == [OTHER, "d4" * 16]
    assert left.notes == (
        Note(
            code="CHANGE-NOT-RECORDED",
            backend="chrome",
            subject="setting:@norrskolan/elever:safe-search",
            values={"change": "safe-search (norrskolan/elever)"},
        ),
    )


def test_of_a_refused_run_no_change_is_left() -> None:
    it = world(terms={"commit": sha("1")})

    assert narrow(it.plan, [it.decide()]).changes == ()


def test_without_a_decision_no_change_is_left() -> None:
    assert narrow(world().plan, []).changes == ()


# --- what is kept of what was done --------------------------------------------------------------------------------


def test_spending() -> None:
    terms = world(terms={"allowances": (allowance(OTHER, until=date(2026, 11, 22)),)}).terms

    assert spend(deletion(), NOW, 0, placement=False, terms=terms) == Spent(
        at=NOW, fingerprint=FP, kind="setting", deletes=True
    )
    assert spend(deletion(OTHER), NOW, 0, placement=False, terms=terms).allowed
    assert spend(move(5), NOW, 3, placement=True, terms=terms) == Spent(
        at=NOW, fingerprint=MOVE, kind="membership", moved=3, placed=3
    )
    assert spend(move(5, "norrskolan/vagn"), NOW, 5, placement=False, terms=terms) == Spent(
        at=NOW, fingerprint=MOVE, kind="membership", from_ours=True, moved=5
    )
    assert spend(disturbing("norrskolan/elever"), NOW, 0, placement=False, terms=terms).disturbed == (
        "norrskolan/elever",
    )


@given(st.lists(st.integers(min_value=1, max_value=12), max_size=8))
def test_however_it_is_cut_no_more_than_the_limit_goes_in_a_week(runs: list[int]) -> None:
    """Run after run within the window, each with so many new deletions, all approved: ten of a hundred at most are gone."""
    done: list[Spent] = []
    for number, count in enumerate(runs):
        changes = [deletion(f"{number:02x}{one:030x}", f"{number}-{one}") for one in range(count)]
        names = [one.fingerprint for one in changes]
        it = world(*changes, pulls=[pull(record=record(*names))], spent=tuple(done))
        covered = {one.fingerprint for one in it.decide().covered}
        done += [spend(one, NOW, 0, placement=False, terms=it.terms) for one in changes if one.fingerprint in covered]

    assert len(done) <= 10


# --- texts --------------------------------------------------------------------------------------------------------


def _reasons(decision: Decision) -> list[Held | Refusal]:
    return [*decision.held, *decision.unanswered, *([decision.refused] if decision.refused else [])]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", sorted(ROWS))
def test_each_reason_is_a_sentence_with_all_its_values(name: str, lang: str) -> None:
    decision = ROWS[name].world.decide()

    for reason in _reasons(decision):
        said = render(reason.code, reason.values, lang)
        assert not re.search(r"\{[a-z_]+\}", said.message + said.hint), reason
        assert said.message.endswith(".")


def test_no_reason_names_a_person() -> None:
    people = {"ida", "olle", "bo", "eva", "dan", "anna", "kim", "moa"}
    reasons = [one for row in ROWS.values() for one in _reasons(row.world.decide())]

    assert [one for one in reasons if people & {value.casefold() for value in one.values.values()}] == []


def test_a_reason_in_each_language() -> None:
    decision = world(pulls=[pull(reviews=())]).decide()

    assert render(decision.held[0].code, decision.held[0].values, "sv").message == (
        "Ingen har granskat pull request 12 för it (gruppen skol-it)."
    )
    assert render(decision.held[0].code, decision.held[0].values, "en").message == (
        "Nobody has reviewed pull request 12 for IT (the team skol-it)."
    )
    assert decision.unanswered[0] == Refusal(code="APPROVAL-NONE", values=decision.held[0].values)
