"""What everybody may read of a plan: who approves it, what an approvals file lets through, and nothing that was set by hand."""

from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.approvals import Approvals
from reconciler.model.change import Action, Change, Proposal
from reconciler.model.documents import MoveAllowance
from reconciler.model.place import Pointer
from reconciler.report.outward import Outward, named, outward_item
from reconciler.report.plan_markdown import plan_markdown
from reconciler.report.plan_text import plan_text
from reconciler.report.words import words_of
from tests.unit.report.plans import ALLOWED, BLOCKED, INCOGNITO, because, make_change, make_move, make_plan, touches

GROUP = "@norrskolan/elever-4-6"
HAND = "Anna Andersson 19121212-1212"
SWEDISH = words_of("sv")


def incognito(proposal: Proposal, *, by_hand: bool = False, fingerprint: str = "a" * 32) -> Change:
    return make_change(
        Action.UPDATE,
        "setting",
        GROUP,
        INCOGNITO,
        before=ALLOWED,
        after=BLOCKED,
        proposal=proposal,
        by_hand=by_hand,
        fingerprint=fingerprint,
        effect=touches(74, GROUP[1:]),
        why=because("schools/norr.yaml", 3),
    )


def renamed_by_hand(proposal: Proposal) -> Change:
    before, after = {"name": HAND, "parent": "@norrskolan"}, {"name": "Elever åk 4–6", "parent": "@norrskolan"}
    return make_change(
        Action.UPDATE, "group", GROUP, before=before, after=after, label="Elever åk 4–6", proposal=proposal
    )


def file(**more: object) -> Approvals:
    empty = Approvals(
        id="beslut",
        backend="chrome",
        reason="Rådet har bestämt det",
        until=date(2026, 12, 10),
        at=Pointer(file="policies/approvals/beslut.yaml"),
    )
    return replace(empty, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proposal", "by_hand", "told"),
    [
        (Proposal.PROPOSED, False, "tillåtet"),
        (Proposal.PROPOSED, True, "ändrat för hand"),
        (Proposal.STANDING, False, "ett annat värde"),
        (Proposal.NOT_EVALUATED, False, "ett annat värde"),
    ],
)
def test_what_was_there_is_told_only_where_the_base_asked_for_it(proposal: Proposal, by_hand: bool, told: str) -> None:
    (difference,) = outward_item(incognito(proposal, by_hand=by_hand), SWEDISH).differences

    assert (difference.before, difference.after) == (told, "spärrat")


@pytest.mark.parametrize("proposal", list(Proposal))
def test_no_name_that_somebody_gave_a_place_by_hand_is_told(proposal: Proposal) -> None:
    gone = make_change(Action.DELETE, "group", GROUP, before={"name": HAND}, label=HAND, proposal=proposal)
    plan = make_plan(renamed_by_hand(proposal), gone, held=(renamed_by_hand(proposal),))

    assert HAND in plan_text(plan, "sv")  # at a desk it is
    for lang in ("sv", "en"):
        assert "Andersson" not in plan_markdown(plan, lang, outward=Outward())
    assert "Andersson" not in named(gone, SWEDISH)


def test_values_of_a_place_that_is_taken_over_are_not_told() -> None:
    taken = make_change(
        Action.ADOPT,
        "target",
        "ou:/Elever",
        resets={"chrome.users.HomepageUrl": {"url": f"https://{HAND}.example"}},
        proposal=Proposal.PROPOSED,
    )

    assert "Andersson" not in plan_markdown(make_plan(taken), "sv", outward=Outward())


def test_the_comment_says_who_approves_and_names_no_command_to_apply_it() -> None:
    plan = make_plan(incognito(Proposal.PROPOSED))

    text = plan_markdown(plan, "sv", outward=Outward(owners=("it", "utbildning")))

    assert "Genomförs när it och utbildning har godkänt den här versionen och den har slagits ihop." in text
    assert "reconciler apply" not in text
    assert "reconciler apply plan.json" in plan_markdown(plan, "sv")


def test_a_pull_request_without_changes_of_its_own_says_so() -> None:
    plan = make_plan(incognito(Proposal.STANDING))

    text = plan_markdown(plan, "sv", outward=Outward(owners=("it",)))

    assert "Den här pull requesten ändrar inget i hanteringssystemen." in text


def test_an_approvals_file_is_shown_by_what_it_lets_through() -> None:
    plan = make_plan(incognito(Proposal.STANDING), make_move("outside", "norrskolan/elever-4-6", 6))
    moves = (MoveAllowance(source="outside", into="norrskolan/elever-4-6", at_most=5),)
    approved = file(fingerprints=("a" * 32, "b" * 32), moves=moves, commits=("c" * 40,))

    lines = plan_text(plan, "sv", width=400).splitlines()
    text = plan_markdown(plan, "sv", outward=Outward(owners=("it",), approvals=(approved,)))

    assert not any("Godkänns" in line for line in lines)
    assert "#### Godkänns av den här pull requesten (2)" in text
    own = text.partition("#### Godkänns")[2].partition("####")[0]
    assert "**Inkognitoläge**: ett annat värde → spärrat" in own
    assert "6 enheter placeras här" in own
    assert "Planen flyttar 6 enheter till norrskolan/elever-4-6, och filen godkänner högst 5" in own
    assert "b" * 4 in own
    assert "är ingen ändring i planen i dag" in own
    assert "utan godkänd pull request, räknas som granskad" in own
    assert "2 ändringar godkänns av en godkännandefil i den här pull requesten." in text


def test_what_takes_away_and_stands_among_fingerprints_is_said_not_to_be_let_through() -> None:
    gone = make_change(
        Action.DELETE, "group", GROUP, before={"name": "x"}, proposal=Proposal.STANDING, fingerprint="d" * 32
    )

    def said(one: Approvals) -> str:
        return plan_markdown(make_plan(gone), "sv", outward=Outward(approvals=(one,)))

    assert "Flytta raden till deletions" in said(file(fingerprints=("d" * 32,)))
    assert "Flytta raden till deletions" not in said(file(deletions=("d" * 32,)))
    assert "#### ⚠️ Godkänns av den här pull requesten (1)" in said(file(deletions=("d" * 32,)))


def test_another_system_s_file_lets_nothing_of_this_one_through() -> None:
    text = plan_markdown(
        make_plan(incognito(Proposal.STANDING)),
        "sv",
        outward=Outward(approvals=(file(backend="intune", fingerprints=("a" * 32,)),)),
    )

    assert "#### Godkänns av den här pull requesten (0)" in text
    assert "är ingen ändring i planen i dag" in text
