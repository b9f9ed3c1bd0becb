"""The agenda: what is taken up and why, what is only told of; and the protocol of what was decided."""

from datetime import date

import pytest

from reconciler.catalogue.meeting import Agenda, agenda_of, decisions_at, meeting_on, new_items, paragraph_of, postponed
from reconciler.model.vetting import vetting_of
from reconciler.report.council_agenda import agenda_markdown, protocol_markdown
from reconciler.report.council_words import CouncilWords
from tests.unit.catalogue.records import FILES, HELD, MEETING, documents_of, with_records

DAY = date(2026, 12, 9)
CALLED_FILE = "app-catalogs/meetings/2026-12-09.yaml"
CALLED = 'date: "2026-12-09"\nminutes: ITR 2026:25\nstate: called\nagenda:\n  - {app: scratch, item: review}\n'


def agenda(files: dict[str, str], **terms: int) -> Agenda:
    return agenda_of(documents_of(files), DAY, minutes="ITR 2026:25", **terms)


def taken_up(found: Agenda) -> list[tuple[str, str, list[str]]]:
    return [(one.record.id, one.item, [reason.code for reason in one.reasons]) for one in found.points]


def test_what_is_queued_is_taken_up_with_its_veto_and_what_it_lacks() -> None:
    found = agenda(dict(FILES))

    assert taken_up(found) == [("stoppad", "new", ["AGENDA-QUEUED", "AGENDA-VETO"])]
    assert set(found.points[0].missing) >= {"subjects", "cost", "interface", "assessment", "sign_in", "personal_data"}
    assert new_items(found) == ({"app": "stoppad", "item": "new"},)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('review_by: "2027-09-30"', 'review_by: "2027-02-07"', ("kami", "review", ["AGENDA-REVIEW-DUE"])),
        ('review_by: "2027-09-30"', 'review_by: "2026-12-08"', ("kami", "review", ["AGENDA-REVIEW-OVERDUE"])),
        (
            "conditions: [Utan konto.]",
            'conditions: [Utan konto.]\n    trial: {until: "2026-12-18"}',
            ("scratch", "review", ["AGENDA-TRIAL"]),
        ),
    ],
)
def test_what_falls_due_is_taken_up(old: str, new: str, expected: tuple[str, str, list[str]]) -> None:
    assert expected in taken_up(agenda(with_records((old, new))))


def test_a_review_more_than_sixty_days_later_waits_for_the_next_meeting() -> None:
    files = with_records(('review_by: "2027-09-30"', 'review_by: "2027-02-08"'))

    assert "kami" not in [one.record.id for one in agenda(files).points]
    assert "kami" in [one.record.id for one in agenda(files, ahead=61).points]


def test_an_app_that_was_rejected_before_is_taken_up_again() -> None:
    files = with_records(
        ("    status: rejected\n    decision: {meeting: \"2026-09-02\", reference: ITR 2026:14 § 5, reason: Reklam riktad till barn.}\n",
         '    request: {by: lärare, need: Nytt behov.}\n    queued: "2026-11-01"\n    status: queued\n'),
    )  # fmt: skip

    assert ("nekad", "reconsider", ["AGENDA-QUEUED"]) in taken_up(agenda(files))


def test_a_withdrawal_is_told_of_and_needs_no_decision() -> None:
    files = with_records(
        ("status: approved-with-conditions\n", 'status: withdrawn\n    withdrawn_from: "2027-01-01"\n'),
    )
    found = agenda(files)

    assert ("scratch", "withdrawal", ["AGENDA-LEAVES"]) in taken_up(found)
    assert {"app": "scratch", "item": "withdrawal"} not in new_items(found)


def test_old_wishes_and_imports_are_told_of_apart() -> None:
    old = "need: Eleverna ska kunna spela in sina svar.}"
    dated = 'need: Eleverna ska kunna spela in sina svar., received: "2026-10-10"}'
    pinned = f'{dated}\n    imported: {{from: Gagnefs kommun, sha256: "{"ab" * 32}", read: "2026-11-01"}}'

    assert agenda(with_records((old, dated))).waiting == ()  # sixty days: not older
    assert [one.record.id for one in agenda(with_records((old, dated)), older_than=59).waiting] == ["onskad"]
    assert [one.code for one in agenda(with_records((old, pinned))).waiting[0].reasons] == ["AGENDA-IMPORTED"]


def test_what_people_wrote_stays_on_the_agenda_and_is_not_added_twice() -> None:
    found = agenda({**FILES, CALLED_FILE: CALLED})

    assert ("scratch", "review", ["AGENDA-WRITTEN"]) in taken_up(found)
    assert new_items(found) == ({"app": "stoppad", "item": "new"},)


def test_the_agenda_of_a_held_meeting_is_what_it_was() -> None:
    found = agenda_of(documents_of(FILES), date(2026, 9, 2))

    assert taken_up(found) == [("kami", "new", ["AGENDA-WRITTEN"])]


def test_the_agenda_as_markdown() -> None:
    text = agenda_markdown(agenda(dict(FILES)), documents_of(FILES).organisation, {}, CouncilWords(lang="sv"))

    assert text.startswith("# Dagordning 2026-12-09\n")
    assert "beslutsför med 4 av 6 ledamöter" in text
    assert "### 1\\. Stoppappen (`stoppad`)" in text
    assert "- **Varför:** I kö sedan 2026-09-10. Skol-it har lagt veto: Kräver administratör." in text
    assert "- **Saknas för att kunna godkännas:** ämne, kostnad," in text


def test_hostile_words_in_a_wish_are_text_on_the_agenda() -> None:
    files = with_records(("need: Bildbehandling.", 'need: "<img src=x> @alla ![x](y) #12"'))
    text = agenda_markdown(agenda(files), documents_of(files).organisation, {}, CouncilWords(lang="en"))

    assert "<img" not in text
    assert "@alla" not in text
    assert "![x](y)" not in text


def test_the_protocol_has_what_the_meeting_decided_by_paragraph() -> None:
    documents = documents_of(FILES)
    meeting = meeting_on(documents, date(2026, 9, 2))
    assert meeting is not None
    decided = decisions_at(map(vetting_of, documents.apps), date(2026, 9, 2))
    names = {app.id: app.name for app in documents.apps}
    text = protocol_markdown(meeting, decided, documents.organisation, names, CouncilWords(lang="sv"))

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Protokoll ITR 2026:14",
        "## Närvarande",
        "## § 3 Kami: godkänd",
        "## § 4 Scratch: godkänd med villkor",
        "## § 5 Nejappen: nekad",
    ]
    assert "Rådet är beslutsfört: 4 ledamöter deltar, och minst 4 krävs." in text
    assert "- **Omröstning:** 4 för, 0 emot" in text
    assert "- **Villkor:** Utan konto." in text
    assert postponed(meeting, decided) == ()


def test_what_was_not_decided_is_postponed_and_too_few_are_no_quorum() -> None:
    few = HELD.replace("lärare i grundskolan, seats: 3", "lärare i grundskolan, seats: 2")
    more = f"{few}  - {{app: stoppad, item: new}}\n"
    documents = documents_of({**FILES, MEETING: more})
    meeting = meeting_on(documents, date(2026, 9, 2))
    assert meeting is not None
    decided = decisions_at(map(vetting_of, documents.apps), date(2026, 9, 2))
    text = protocol_markdown(meeting, decided, documents.organisation, {"stoppad": "Stopp"}, CouncilWords(lang="en"))

    assert "The council has no quorum: 3 seats take part, and at least 4 are needed." in text
    assert "## Postponed\n\n- Stopp\n" in text


def test_a_decision_that_was_replaced_is_in_the_minutes_of_its_own_meeting() -> None:
    later = 'decision: {meeting: "2026-11-04", reference: ITR 2026:21 § 2, reason: Nytt beslut.}'
    files = with_records(
        ("decision: {meeting: \"2026-09-02\", reference: ITR 2026:14 § 4, reason: Programmering.}",
         f'{later}\n    history: [{{status: approved, meeting: "2026-09-02", reference: ITR 2026:14 § 4, reason: Då.}}]'),
    )  # fmt: skip
    found = decisions_at(map(vetting_of, documents_of(files).apps), date(2026, 9, 2))

    assert [(one.record.id, one.status, one.current) for one in found] == [
        ("kami", "approved", True),
        ("scratch", "approved", False),
        ("nekad", "rejected", True),
    ]


@pytest.mark.parametrize(
    ("reference", "number"), [("ITR 2026:21 § 10", 10), ("ITR 2026:21", None), ("§ x", None), ("§ ²", None)]
)
def test_paragraphs(reference: str, number: int | None) -> None:
    assert paragraph_of(reference) == number
