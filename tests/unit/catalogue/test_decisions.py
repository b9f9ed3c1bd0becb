"""Recording decisions: each refusal by its code and line, and the very lines that a record gets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reconciler.catalogue.decisions import Decide
from reconciler.catalogue.transitions import check_steps
from reconciler.load.repository import in_order, load
from reconciler.model.vetting import vetting_of
from reconciler.reconcile.deciding import Decided, decide
from tests.unit.catalogue.records import CATALOG, FILES, HELD, RECORDS, documents_of, lines_of
from tests.unit.load.writing import changed, write_all

DAY = date(2026, 11, 4)
TODAY = date(2026, 11, 22)
SECOND_FILE = "app-catalogs/meetings/2026-11-04.yaml"
SECOND = changed(changed(HELD, "2026-09-02", "2026-11-04"), "ITR 2026:14", "ITR 2026:21")
WHOLE = """\
    subjects: [bild]
    sign_in: [none]
    personal_data: none
    cost: {model: free}
    interface: {languages: [sv]}
    assessment: {value: Går bra., by: bildlärare, date: "2026-10-20"}
"""
VETO = '    it_review: {verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}\n'
READY = changed(RECORDS, VETO, WHOLE)
"""The catalogue with the vetoed app examined and its veto gone."""


def files(catalogue: str = READY, meeting: str = SECOND) -> dict[str, str]:
    return {**FILES, CATALOG: catalogue, SECOND_FILE: meeting}


def decided(root: Path, asked: Sequence[Decide], written: dict[str, str] | None = None, day: date = DAY) -> Decided:
    write_all(root, written or files())
    return decide(root, day, asked, TODAY)


def refused(found: Decided) -> list[tuple[str, int]]:
    assert found.loaded is not None
    assert found.after is None
    return lines_of(in_order(found.findings, found.loaded.locate))


def approve(app: str = "stoppad", **more: object) -> Decide:
    return Decide(app=app, what="approve", reason="Behövs.", **more)  # type: ignore[arg-type]  # fields by name


def test_an_approval_is_written_below_its_status(tmp_path: Path) -> None:
    found = decided(tmp_path, [approve(conditions=("Bara i bildsalen.",), review_by=date(2027, 12, 31), votes_for=3)])
    assert found.after is not None, found.findings

    assert found.after.files[CATALOG].decode() == changed(
        READY,
        '    queued: "2026-09-10"\n    status: queued\n',
        '    queued: "2026-09-10"\n'
        "    status: approved-with-conditions\n"
        "    conditions:\n"
        "      - Bara i bildsalen.\n"
        '    decision: {meeting: "2026-11-04", reference: "ITR 2026:21 § 1", reason: Behövs., for: 3}\n'
        '    review_by: "2027-12-31"\n',
    )


def test_what_held_before_joins_the_history_and_the_step_is_right(tmp_path: Path) -> None:
    asked = [
        Decide(app="kami", what="withdraw", reason="Används inte.", start=date(2027, 1, 1)),
        Decide(app="scratch", what="approve", reason="Villkoret behövs inte."),
        Decide(app="onskad", what="reject", reason="Inspelning finns i kameran.", paragraph=9),
        approve(),
    ]
    found = decided(tmp_path, asked)
    assert found.after is not None, found.findings
    text = found.after.files[CATALOG].decode()
    after = load(found.after)
    assert after.documents is not None

    assert [entry.reference for entry in found.entries] == [
        "ITR 2026:21 § 1",
        "ITR 2026:21 § 2",
        "ITR 2026:21 § 9",
        "ITR 2026:21 § 10",
    ]
    assert 'withdrawn_from: "2027-01-01"' in text
    assert "conditions: [Utan konto.]" not in text
    assert (
        '    history:\n      - status: approved\n        meeting: "2026-09-02"\n'
        '        reference: "ITR 2026:14 § 3"\n        reason: Lässtöd.\n'
    ) in text
    assert list(check_steps(documents_of(files()), after.documents)) == []


def test_a_decision_on_a_queued_app_that_was_rejected_keeps_the_old_one(tmp_path: Path) -> None:
    old = 'decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 5, reason: Reklam riktad till barn.}'
    again = READY.replace(
        f"    status: rejected\n    {old}",
        f'    request: {{by: lärare, need: Nytt.}}\n    queued: "2026-10-01"\n    status: queued\n    {old}',
    )
    found = decided(tmp_path, [Decide(app="nekad", what="reject", reason="Fortfarande reklam.")], files(again))
    assert found.after is not None, found.findings

    assert (
        '      - {status: rejected, meeting: "2026-09-02", reference: "ITR 2026:14 § 5", reason: Reklam riktad till barn.}'
    ) in found.after.files[CATALOG].decode()


VETOED = files(RECORDS)
QUEUED_LINE = RECORDS.splitlines().index("    status: queued") + 1
READY_LINE = READY.splitlines().index("    status: queued") + 1


@pytest.mark.parametrize(
    ("asked", "code", "line"),
    [
        (Decide(app="onskad", what="approve", reason="x"), "DECIDE-SKIPPED", 51),
        (Decide(app="kami", what="reject", reason="x"), "DECIDE-SKIPPED", 30),
        (Decide(app="nekad", what="approve", reason="x"), "DECIDE-SKIPPED", READY_LINE + 5),
        (Decide(app="stoppad", what="approve", reason="  "), "DECIDE-NO-REASON", READY_LINE),
        (Decide(app="stoppad", what="approve", reason="a\x1b[2Jb"), "DECIDE-UNSEEN", READY_LINE),
        (approve(conditions=("a\u202eb",)), "DECIDE-UNSEEN", READY_LINE),
        (Decide(app="kami", what="withdraw", reason="x"), "DECIDE-NO-START", 30),
        (Decide(app="kami", what="withdraw", reason="x", start=date(2026, 11, 3)), "DECIDE-START-EARLY", 30),
        (approve(review_by=date(2026, 11, 4)), "DECIDE-REVIEW-PAST", READY_LINE),
        (approve("stopad"), "CATALOGUE-NO-SUCH-APP", 0),
    ],
)
def test_refusals_by_code_and_line(tmp_path: Path, asked: Decide, code: str, line: int) -> None:
    assert refused(decided(tmp_path, [asked])) == [(code, line)]


def test_a_standing_veto_and_an_incomplete_record_are_refused_together(tmp_path: Path) -> None:
    found = decided(tmp_path, [approve()], VETOED)

    assert refused(found) == [("DECIDE-VETO", QUEUED_LINE), ("DECIDE-INCOMPLETE", QUEUED_LINE)] or refused(found) == [
        ("DECIDE-INCOMPLETE", QUEUED_LINE),
        ("DECIDE-VETO", QUEUED_LINE),
    ]


def test_one_refusal_refuses_all(tmp_path: Path) -> None:
    found = decided(tmp_path, [approve(), Decide(app="kami", what="reject", reason="x")])

    assert refused(found) == [("DECIDE-SKIPPED", 30)]


def test_twice_and_again(tmp_path: Path) -> None:
    assert refused(decided(tmp_path, [approve(), approve()])) == [("DECIDE-TWICE", READY_LINE)]
    again = decided(tmp_path, [Decide(app="kami", what="withdraw", reason="x", start=TODAY)], day=date(2026, 9, 2))
    assert refused(again) == [("DECIDE-ALREADY", 30)]


def test_a_meeting_that_could_not_decide(tmp_path: Path) -> None:
    called = "".join(line for line in SECOND.splitlines(keepends=True) if "role" not in line and "present" not in line)
    called = changed(called, "state: held", "state: called")
    few = changed(SECOND, "lärare i grundskolan, seats: 3", "lärare i grundskolan, seats: 2")

    assert refused(decided(tmp_path, [approve()], files(meeting=called))) == [("MEETING-NOT-HELD", 3)]
    assert refused(decided(tmp_path, [approve()], files(meeting=few))) == [("MEETING-NO-QUORUM", 5)]
    assert [one.code for one in decided(tmp_path, [approve()], day=date(2026, 11, 5)).findings] == ["MEETING-UNKNOWN"]


def test_more_votes_than_seats_are_refused_by_the_check_of_the_files_as_they_would_be(tmp_path: Path) -> None:
    found = decided(tmp_path, [approve(votes_for=9)])

    assert [one.code for one in found.findings] == ["DECISION-VOTES"]
    assert found.after is None
    assert (tmp_path / CATALOG).read_text("utf-8") == READY


def test_a_misspelt_app_is_met_with_the_one_that_was_meant(tmp_path: Path) -> None:
    found = decided(tmp_path, [approve("stopad")])

    assert [(one.values["name"], one.values["near"]) for one in found.findings] == [("stopad", "stoppad")]


HOSTILE = "\"}], status: approved #<script>alert(1)</script> @alla [x](y) 'a' {b: c} - x: !!y &z *z"


def test_a_hostile_reason_is_data_in_the_file(tmp_path: Path) -> None:
    found = decided(tmp_path, [Decide(app="stoppad", what="approve", reason=HOSTILE, conditions=(HOSTILE,))])
    assert found.after is not None, found.findings
    documents = load(found.after).documents
    assert documents is not None
    after = next(vetting_of(app) for app in documents.apps if app.id == "stoppad")

    assert after.decision is not None
    assert (after.decision.reason, after.conditions) == (HOSTILE, (HOSTILE,))
    assert [app.status for app in documents.apps] == [
        "approved",
        "approved-with-conditions",
        "proposed",
        "approved-with-conditions",
        "rejected",
    ]


_SEVERAL = [
    Decide(app="onskad", what="reject", reason="Inspelning finns i kameran."),
    approve(),
    Decide(app="kami", what="withdraw", reason="Används inte.", start=date(2027, 1, 1)),
    Decide(app="scratch", what="approve", reason="Villkoret behövs inte."),
]


def test_what_a_killed_run_left_is_finished_with_the_same_paragraphs(tmp_path: Path) -> None:
    whole = decided(tmp_path / "whole", _SEVERAL)
    half = decided(tmp_path / "half", [replace(_SEVERAL[0], paragraph=1), replace(_SEVERAL[2], paragraph=3)])
    assert whole.after is not None
    assert half.after is not None
    left = {path: data.decode() for path, data in half.after.files.items()}
    rest = decided(tmp_path / "rest", _SEVERAL, left)
    assert rest.after is not None, rest.findings

    assert [one.reference for one in rest.entries] == ["ITR 2026:21 § 2", "ITR 2026:21 § 4"]
    assert rest.after.files[CATALOG] == whole.after.files[CATALOG]


def test_all_of_it_again_is_nothing_new(tmp_path: Path) -> None:
    first = decided(tmp_path / "first", _SEVERAL)
    assert first.after is not None
    again = decided(tmp_path / "again", _SEVERAL, {path: data.decode() for path, data in first.after.files.items()})

    assert (again.findings, again.entries, again.files) == ((), (), ())


def test_a_decision_beside_one_that_is_there_takes_a_paragraph_of_its_own(tmp_path: Path) -> None:
    first = decided(tmp_path / "first", _SEVERAL[:2])
    assert first.after is not None
    left = {path: data.decode() for path, data in first.after.files.items()}
    found = decided(tmp_path / "more", [_SEVERAL[2], _SEVERAL[1]], left)

    assert [one.reference for one in found.entries] == ["ITR 2026:21 § 3"]


@pytest.mark.parametrize(
    "other",
    [
        Decide(app="onskad", what="reject", reason="Ett annat skäl."),
        Decide(app="onskad", what="reject", reason="Inspelning finns i kameran.", paragraph=7),
        Decide(app="onskad", what="reject", reason="Inspelning finns i kameran.", votes_for=4),
    ],
)
def test_another_decision_of_the_same_meeting_is_refused(tmp_path: Path, other: Decide) -> None:
    first = decided(tmp_path / "first", _SEVERAL[:1])
    assert first.after is not None
    left = {path: data.decode() for path, data in first.after.files.items()}

    assert [code for code, _ in refused(decided(tmp_path / "again", [other], left))] == ["DECIDE-ALREADY"]
