"""Approvals files as they are read, and the one that a run writes for people to fill in."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import yaml

from reconciler.model.place import Json
from reconciler.trust.approvals_file import approvals_text, read_file
from reconciler.trust.evidence import ApprovalsFile
from reconciler.trust.refusal import Refusal
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

WRITTEN: Mapping[str, Json] = {
    "id": "2026-11-22-chrome",
    "backend": "chrome",
    "reason": "Rektor har bett om det.",
    "until": "2026-11-30",
    "deletions": [FP],
    "fingerprints": [OTHER],
    "moves": [{"from": "outside", "into": "norrskolan/elever", "at_most": 3}],
    "commits": [sha("1")],
}


def test_reading() -> None:
    assert read_file(WRITTEN, approving()) == ApprovalsFile(
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
    found = read_file({**WRITTEN, "until": "2026-06-30"}, None)

    assert isinstance(found, ApprovalsFile)
    assert found.until == datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "bent",
    [
        {"until": "snart"},
        {"until": None},
        {"until": ""},
        {"reason": ""},
        {"reason": "  "},
        {"backend": 1},
        {"id": None},
        {"fingerprints": FP},
        {"fingerprints": [1]},
        {"fingerprints": [""]},
        {"deletions": {FP: 1}},
        {"deletions": None},
        {"moves": "alla"},
        {"moves": [{"from": "outside", "into": "a/b"}]},
        {"moves": [{"from": "outside", "into": "a/b", "at_most": 0}]},
        {"moves": [{"from": "outside", "into": "a/b", "at_most": True}]},
        {"moves": [{"from": "outside", "into": "a/b", "at_most": 3, "more": 1}]},
        {"moves": ["outside"]},
        {"commits": ["1234567"]},
        {"commits": ["main"]},
        {"everything": True},
    ],
)
def test_what_is_no_approvals_file(bent: Mapping[str, Json]) -> None:
    assert read_file({**WRITTEN, **bent}, None) == Refusal(
        code="APPROVALS-BROKEN", values={"file": f"policies/approvals/{bent.get('id', '2026-11-22-chrome')}.yaml"}
    )


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
    text = approvals_text(it.plan, it.decide()).replace("ÅÅÅÅ-MM-DD", "2026-11-30")
    found = read_file(yaml.safe_load(text), approving())

    assert isinstance(found, ApprovalsFile)
    decision = world(change(), deletion(OTHER, "bort"), move(3), pulls=[], files=[found]).decide()
    assert {one.fingerprint for one in decision.covered} == {FP, OTHER, MOVE}


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
