"""Approvals files as they are read, and the one that a run writes for people to fill in."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import yaml

from reconciler.model.approvals import Approvals
from reconciler.model.documents import MoveAllowance
from reconciler.model.place import Pointer
from reconciler.trust.approvals_file import approvals_text, as_evidence
from reconciler.trust.evidence import ApprovalsFile
from tests.unit.load.writing import load_with
from tests.unit.trust.building import (
    FP,
    MOVE,
    OTHER,
    approving,
    at,
    change,
    deletion,
    move,
    sha,
    world,
)
from tests.unit.trust.cases.limiting import gone

WRITTEN = Approvals(
    id="2026-11-22-chrome",
    backend="chrome",
    reason="Rektor har bett om det.",
    until=date(2026, 11, 30),
    deletions=(FP,),
    fingerprints=(OTHER,),
    moves=(MoveAllowance(source="outside", into="norrskolan/elever", at_most=3),),
    commits=(sha("1"),),
    at=Pointer(file="policies/approvals/2026-11-22-chrome.yaml"),
)


def test_as_evidence() -> None:
    assert as_evidence(WRITTEN, approving()) == ApprovalsFile(
        id="2026-11-22-chrome",
        backend="chrome",
        until=datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC),  # to the end of the day in Sweden, an hour before UTC's
        fingerprints=frozenset({OTHER}),
        deletions=frozenset({FP}),
        moves={("outside", "norrskolan/elever"): 3},
        commits=frozenset({sha("1")}),
        pull=approving(),
    )


def test_the_end_of_a_day_in_summer() -> None:
    found = as_evidence(replace(WRITTEN, until=date(2026, 6, 30)), None)

    assert found.until == datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)


def test_a_move_that_is_named_twice_is_added_up() -> None:
    assert as_evidence(replace(WRITTEN, moves=WRITTEN.moves * 2), None).moves == {("outside", "norrskolan/elever"): 6}


def test_the_file_to_fill_in_has_what_takes_away_first() -> None:
    it = world(change(), deletion(OTHER, "bort"), move(3), pulls=[], line=(sha("1"),))

    assert approvals_text(it.plan, it.decide()) == (
        "id: 2026-11-22-chrome\n"
        "backend: chrome\n"
        'reason: "…"\n'
        'until: "ÅÅÅÅ-MM-DD"\n'
        "deletions:\n"
        f'  - "{OTHER}" # bort (norrskolan/elever)\n'
        "fingerprints:\n"
        f'  - "{FP}" # incognito (norrskolan/elever)\n'
        "moves:\n"
        "  - {from: outside, into: norrskolan/elever, at_most: 3}\n"
        "commits:\n"
        f'  - "{sha("1")}"\n'
    )


def test_the_file_to_fill_in_lets_through_what_was_held() -> None:
    it = world(change(), deletion(OTHER, "bort"), move(3), pulls=[])
    text = approvals_text(it.plan, it.decide())
    path = "policies/approvals/2026-11-22-chrome.yaml"
    assert load_with({path: text}).documents.approvals == ()  # type: ignore[union-attr] # an end and a reason are asked for
    loaded = load_with({path: text.replace("ÅÅÅÅ-MM-DD", "2026-11-30").replace("…", "Det ska bort.")})
    assert [one.code for one in loaded.findings] == ["APPROVALS-GROUP-GONE"]  # the plan of another municipality
    assert loaded.documents is not None

    filed = [as_evidence(one, approving()) for one in loaded.documents.approvals]
    decision = world(change(), deletion(OTHER, "bort"), move(3), pulls=[], files=filed).decide()
    assert {one.fingerprint for one in decision.covered} == {FP, OTHER, MOVE}


def test_the_file_to_fill_in_is_called_what_no_other_is_called() -> None:
    """A file that is there is never changed: the second of a day has another id."""
    it = world(change(), pulls=[])
    taken = ["2026-11-22-chrome", "2026-11-22-chrome-2", "beslut"]

    assert approvals_text(it.plan, it.decide(), taken).startswith("id: 2026-11-22-chrome-3\n")


def test_nothing_to_approve_is_no_file() -> None:
    it = world()

    assert approvals_text(it.plan, it.decide()) == ""


def test_what_a_limit_holds_is_approved_already() -> None:
    it = world(deletion(), spent=gone(at(16, 9), 10))

    assert [one.code for one in it.decide().held] == ["WINDOW-DELETIONS"]
    assert approvals_text(it.plan, it.decide()) == ""


@pytest.mark.parametrize("label", ["a\nmoves: []", "a\r\nx", "a\u2028b: c", "a\x85b", "# b", '"'])
def test_a_name_cannot_write_in_the_file(label: str) -> None:
    it = world(change(label=label), pulls=[])
    data = yaml.safe_load(approvals_text(it.plan, it.decide()))

    assert data.keys() == {"id", "backend", "reason", "until", "fingerprints"}
    assert data["fingerprints"] == [FP]
