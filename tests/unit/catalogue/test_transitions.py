"""What may happen to a record from one revision to the next, each refusal at its line."""

import pytest

from reconciler.catalogue.transitions import check_steps, may_follow
from reconciler.model.finding import Severity
from reconciler.texts.rendering import Text, render
from tests.unit.catalogue.records import (
    CATALOG,
    COUNCIL,
    FILES,
    HELD,
    MEETING,
    RECORDS,
    documents_of,
    loaded,
    seen,
    stepped,
    with_records,
)
from tests.unit.load.writing import ORGANISATION, changed

LATER = "app-catalogs/meetings/2026-11-04.yaml"
SECOND = changed(changed(HELD, "2026-09-02", "2026-11-04"), "ITR 2026:14", "ITR 2026:21")
NEW = 'decision: {meeting: "2026-11-04", reference: ITR 2026:21 § 2, reason: Nytt beslut.}'
OLD = 'decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 4, reason: Programmering.}'
EARLIER = (
    '    history:\n      - {status: approved-with-conditions, meeting: "2026-09-02", reference: ITR 2026:14 § 4}\n'
)
GONE = "".join(line for line in RECORDS.splitlines(keepends=True)[45:51])  # the wish

STATUSES = ("proposed", "queued", "approved", "approved-with-conditions", "rejected", "withdrawn")
ALLOWED = {
    ("", "proposed"),
    ("", "queued"),
    ("proposed", "queued"),
    ("proposed", "rejected"),
    ("proposed", "withdrawn"),
    ("queued", "approved"),
    ("queued", "approved-with-conditions"),
    ("queued", "rejected"),
    ("queued", "proposed"),
    ("approved", "approved-with-conditions"),
    ("approved-with-conditions", "approved"),
    ("approved", "withdrawn"),
    ("approved-with-conditions", "withdrawn"),
    ("rejected", "queued"),
    ("withdrawn", "queued"),
}


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", ["", *STATUSES])
def test_statuses(before: str, after: str) -> None:
    assert may_follow(before, after) == (before == after or (before, after) in ALLOWED)


def test_nothing_happened() -> None:
    assert stepped(FILES, FILES) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # Skipped, or without the council
        ([("status: proposed", f"status: approved\n    {NEW}")], [("STATUS-SKIPPED", 51)]),
        ([("    status: rejected\n", "    status: approved\n")], [("STATUS-SKIPPED", 64)]),
        ([("status: approved-with-conditions", "status: approved"), ("    conditions: [Utan konto.]\n", "")],
         [("STATUS-WITHOUT-DECISION", 43)]),
        ([("status: approved-with-conditions", 'status: withdrawn\n    withdrawn_from: "2027-01-01"')],
         [("STATUS-WITHOUT-DECISION", 43)]),
        ([("status: approved-with-conditions", "status: approved"), ("    conditions: [Utan konto.]\n", ""), (OLD, NEW),
          ("  - id: onskad\n", f"{EARLIER}  - id: onskad\n")], []),
        ([("status: approved-with-conditions", "status: approved"), ("    conditions: [Utan konto.]\n", ""), (OLD, NEW)],
         [("HISTORY-LOST", 43)]),
        # Again in the queue
        ([("    status: rejected\n", '    status: queued\n    queued: "2026-11-20"\n')], [("STATUS-REOPENED", 64)]),
        ([("    status: rejected\n", '    status: queued\n    queued: "2026-11-20"\n    request: {by: rektor, need: Ett nytt behov.}\n')], []),
        ([("    status: rejected\n", '    notes: [{date: "2026-11-20", by: rektor, text: Reklamen är borta.}]\n    status: queued\n')], []),
        # The same status
        ([("[Utan konto.]", "[Med konto.]")], [("TERMS-WITHOUT-DECISION", 44)]),
        ([("grades: 4-9", "grades: F-9")], [("TERMS-WITHOUT-DECISION", 12)]),
        ([("    grades: 4-9\n", "")], [("TERMS-WITHOUT-DECISION", 29)]),
        ([("school_forms: [grundskola]", "school_forms: [grundskola, gymnasieskola]")], [("TERMS-WITHOUT-DECISION", 11)]),
        ([('review_by: "2027-09-30"', 'review_by: "2028-09-30"')], [("TERMS-WITHOUT-DECISION", 32)]),
        ([('    review_by: "2027-09-30"\n', "")], [("TERMS-WITHOUT-DECISION", 30)]),
        ([('review_by: "2027-09-30"', 'review_by: "2027-01-31"')], []),
        ([("ITR 2026:14 § 3", "ITR 2026:14 § 13")], [("DECISION-EDITED", 31)]),
        ([("for: 4, against: 0", "for: 3, against: 1")], [("DECISION-EDITED", 31), ("DECISION-EDITED", 31)]),
        ([("reason: Lässtöd.", "reason: Stöd för läsning.")], [("DECISION-EDITED", 31)]),
        ([(OLD, OLD.replace("2026-09-02", "2026-05-02"))], [("DECISION-NOT-LATER", 45)]),
        ([("value: Programmering.", "value: Programmering i åk 4.")], []),
        ([(OLD, OLD.replace("Programmering.}", "Programmering., for: 4, against: 0}"))], []),
        # What was
        ([('    history:\n      - {status: rejected, date: "2024-05-02", reference: Rådet 2024-05-02, reason: Reklam.}\n', "")],
         [("HISTORY-LOST", 64)]),
        ([(GONE, "")], [("RECORD-REMOVED", 1)]),
        # IT's veto
        ([("reason: Kräver administratör.", "reason: Bra")], [("VETO-CHANGED", 57)]),
        ([('{verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}', '{verdict: passed, date: "2026-11-20"}')],
         [("VETO-CHANGED", 57)]),
        ([('    it_review: {verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}\n', "")],
         [("VETO-CHANGED", 58)]),
        ([('date: "2026-10-01"}', 'date: "2026-10-01", lifted: {date: "2026-11-10", reason: Ny version}}')], []),
    ],
)  # fmt: skip
def test_steps(changes: list[tuple[str, str]], expected: list[tuple[str, int]]) -> None:
    files = {**FILES, LATER: SECOND}

    assert stepped(files, {**files, **with_records(*changes)}) == expected


# The app was queued on 10 September, and the other wish came in on 1 October.
_QUEUED = [
    ('    it_review: {verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}\n', "")
]
_WISHED = [
    (
        "need: Eleverna ska kunna spela in sina svar.",
        'received: "2026-10-01", need: Eleverna ska kunna spela in sina svar.',
    )
]
_REJECTED = 'status: rejected\n    decision: {meeting: "%s", reference: ITR 2026:%s § 4, reason: Nej.}\n'


@pytest.mark.parametrize(
    ("base", "old", "day", "minutes", "expected"),
    [
        (_QUEUED, "    status: queued\n", "2026-09-02", "14", [("DECISION-TOO-EARLY", 59)]),
        (_QUEUED, "    status: queued\n", "2026-11-04", "21", []),
        (_WISHED, "    status: proposed\n", "2026-09-02", "14", [("DECISION-TOO-EARLY", 52)]),
        (_WISHED, "    status: proposed\n", "2026-11-04", "21", []),
        ([], "    status: proposed\n", "2026-09-02", "14", []),  # nobody has written when it was wished for
    ],
)
def test_a_meeting_decides_on_what_was_before_it(
    base: list[tuple[str, str]], old: str, day: str, minutes: str, expected: list[tuple[str, int]]
) -> None:
    """Also where the decision is a real one: that of another app, copied."""
    before = {**with_records(*base), LATER: SECOND}
    after = changed(before[CATALOG], old, "    " + _REJECTED % (day, minutes))

    assert stepped(before, {**before, CATALOG: after}) == expected


def test_the_queue_is_not_written_back_to_fit_an_old_decision() -> None:
    before = with_records(*_QUEUED)
    after = changed(before[CATALOG], '    queued: "2026-09-10"\n    status: queued\n',
                    '    queued: "2026-08-10"\n    ' + _REJECTED % ("2026-09-02", "14"))  # fmt: skip

    assert stepped(before, {**before, CATALOG: after}) == [("DECISION-TOO-EARLY", 59)]


def test_what_stood_in_a_file_that_cannot_be_read_has_not_been_taken_away() -> None:
    head = loaded({**FILES, CATALOG: changed(RECORDS, "status: proposed", "status: [")})
    assert head.documents is not None
    base = documents_of(FILES)

    assert {one.code for one in check_steps(base, head.documents)} == {"RECORD-REMOVED"}
    assert list(check_steps(base, head.documents, lost=head.unread)) == []


def test_a_held_meeting_that_cannot_be_read_has_not_been_taken_away() -> None:
    head = loaded({**FILES, MEETING: changed(HELD, "state: held", "state: [")})
    assert head.documents is not None

    assert list(check_steps(documents_of(FILES), head.documents, lost=head.unread)) == []


def test_a_new_record_is_a_wish() -> None:
    without = {**FILES, CATALOG: changed(RECORDS, GONE, "")}

    assert stepped(without, FILES) == []
    assert stepped(without, with_records(("status: proposed", f"status: approved\n    {NEW}"))) == [("STATUS-NEW", 51)]


def test_the_first_meetings_bring_what_they_decided() -> None:
    before = {name: text for name, text in FILES.items() if name not in (CATALOG, MEETING)}
    before[CATALOG] = RECORDS[: RECORDS.index("  - id: kami")].replace("apps:\n", "apps: []\n")
    head = with_records((OLD, OLD.replace("2026-09-02", "2026-05-02")))  # that day no meeting was held

    assert stepped(before, head) == [("STATUS-NEW", 43), ("STATUS-FIRST", 1)]
    found = list(check_steps(documents_of(before), documents_of(head)))
    assert [(one.severity, one.values.get("count")) for one in found if one.code == "STATUS-FIRST"] == [
        (Severity.INFO, "2")
    ]


def test_once_a_meeting_was_held_nothing_arrives_decided() -> None:
    before = {**FILES, CATALOG: RECORDS[: RECORDS.index("  - id: kami")].replace("apps:\n", "apps: []\n")}

    assert [code for code, _ in stepped(before, FILES)] == ["STATUS-NEW"] * 3


def test_a_meeting_that_could_not_be_read_is_not_one_that_was_not_held() -> None:
    before = {name: text for name, text in FILES.items() if name not in (CATALOG, MEETING)}
    before[CATALOG] = RECORDS[: RECORDS.index("  - id: kami")].replace("apps:\n", "apps: []\n")
    found = check_steps(documents_of(before), documents_of(FILES), frozenset({MEETING}))

    assert [one.code for one in found] == ["STATUS-NEW"] * 3


def test_a_renamed_record_is_the_same_one() -> None:
    renamed = ("  - id: scratch\n", "  - id: skript\n    previously: [scratch]\n")

    assert stepped(FILES, with_records(renamed)) == []
    assert stepped(FILES, with_records(renamed, ("[Utan konto.]", "[Med konto.]"))) == [("TERMS-WITHOUT-DECISION", 45)]


def test_a_reference_that_was_wrong_may_be_corrected() -> None:
    wrong = with_records(("ITR 2026:14 § 3", "ITR 2025:14 § 3"))

    assert stepped(wrong, FILES) == []


def test_other_words_of_a_reason_are_shown_and_stop_nothing() -> None:
    head = documents_of(with_records(("reason: Lässtöd.", "reason: Stöd för läsning.")))

    assert [one.severity for one in check_steps(documents_of(FILES), head)] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({**FILES, MEETING: changed(HELD, "seats: 3", "seats: 2")}, [("MEETING-EDITED", 1)]),
        ({path: text for path, text in FILES.items() if path != MEETING}, [("MEETING-REMOVED", 1)]),
        ({**FILES, MEETING: changed(HELD, "  - {app: kami, item: new}", "  - {app: scratch, item: new}")}, []),
    ],
)
def test_a_meeting_that_was_held(files: dict[str, str], expected: list[tuple[str, int]]) -> None:
    assert stepped(FILES, files) == expected


def test_the_council_is_not_done_away_with_in_passing() -> None:
    assert stepped(FILES, {**FILES, "organisation.yaml": ORGANISATION}) == [("COUNCIL-REMOVED", 1)]


_OWN = """\
council:
  quorum: 4
  members:
    - {role: rektor, seats: 2}
    - {role: lärare i grundskolan, seats: 3}
    - {role: skol-it, seats: 1}
"""
_SETTLED = HELD + _OWN
_LOWER = changed(COUNCIL, "quorum: 4", "quorum: 3")
_THREE = changed(SECOND, "  - {role: rektor, seats: 1}\n", "")


def organised(council: str, **files: str) -> dict[str, str]:
    return {**FILES, "organisation.yaml": ORGANISATION + council, **files}


@pytest.mark.parametrize(
    ("council", "meeting"),
    [
        (changed(COUNCIL, "quorum: 4", "quorum: 6"), _SETTLED),
        (changed(COUNCIL, "lärare i grundskolan, seats: 3", "lärare i grundskolan, seats: 1"), _SETTLED),
        (changed(COUNCIL, "role: rektor", "role: skolledare"), _SETTLED),
        (_LOWER, HELD),
    ],
)
def test_a_council_changes_and_what_it_decided_before_stands(council: str, meeting: str) -> None:
    base, head = {**FILES, MEETING: meeting}, {**organised(council), MEETING: meeting}

    assert seen(head) == []
    assert stepped(base, head) == []


@pytest.mark.parametrize(
    ("base", "head", "expected"),
    [
        # The meeting of three seats would decide with the quorum that is lowered beside it
        (FILES, {**organised(_LOWER), LATER: _THREE}, [("COUNCIL-AND-DECISION", 5)]),
        (FILES, {**organised(_LOWER), LATER: _THREE + changed(_OWN, "quorum: 4", "quorum: 3")}, [("COUNCIL-AND-DECISION", 9)]),
        (FILES, {**FILES, LATER: _THREE + changed(_OWN, "quorum: 4", "quorum: 3")},
         [("COUNCIL-AND-DECISION", 9), ("MEETING-COUNCIL", 9)]),
        # The seat more that its fourth member sits in comes beside it
        (FILES,
         {**organised(changed(COUNCIL, "grundskolan, seats: 3", "grundskolan, seats: 4")), LATER: changed(_THREE, "seats: 3", "seats: 4")},
         [("COUNCIL-AND-DECISION", 5)]),
        # With the old council it has its quorum anyway
        (FILES, {**organised(_LOWER), LATER: SECOND}, []),
        (FILES, {**organised(_LOWER), LATER: SECOND + _OWN}, []),
        # The quorum was lowered first
        (organised(_LOWER), {**organised(_LOWER), LATER: _THREE}, []),
        # A held meeting gets the council of its day, once
        (FILES, {**FILES, MEETING: _SETTLED}, []),
        (FILES, {**FILES, MEETING: changed(_SETTLED, "quorum: 4", "quorum: 3")}, [("MEETING-COUNCIL", 10)]),
        ({**FILES, MEETING: _SETTLED}, {**FILES, MEETING: changed(_SETTLED, "quorum: 4", "quorum: 3")}, [("MEETING-EDITED", 1)]),
        ({**FILES, MEETING: _SETTLED}, FILES, [("MEETING-EDITED", 1)]),
    ],
)  # fmt: skip
def test_nobody_changes_the_council_to_let_the_same_step_decide(
    base: dict[str, str], head: dict[str, str], expected: list[tuple[str, int]]
) -> None:
    assert stepped(base, head) == expected


def test_a_decision_of_a_held_meeting_does_not_come_with_the_quorum_that_it_lacked() -> None:
    called = {**FILES, LATER: _THREE}
    decided = changed(
        RECORDS, "    status: queued\n", _REJECTED.replace("status", "    status", 1) % ("2026-11-04", "21")
    )

    assert stepped(called, {**organised(_LOWER), LATER: _THREE}) == []
    assert stepped(called, {**organised(_LOWER), LATER: _THREE, CATALOG: decided}) == [("COUNCIL-AND-DECISION", 5)]


_KAMI = "{chromeos: {extension: ecnphlgnajanjnkcmbpancdjoidceilk}}"
_OTHER = "{chromeos: {extension: ghbmnnjooekpmoecnnnilnnbdlolhkhi}}"
_NOTE = """
    corrected:
      - {date: "2026-11-20", platform: %s, was: ecnphlgnajanjnkcmbpancdjoidceilk, reason: Fel tillägg med samma namn.}"""
_AGAIN = [
    (
        'decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 3, reason: Lässtöd., for: 4, against: 0}',
        (
            'decision: {meeting: "2026-11-04", reference: ITR 2026:21 § 2, reason: Nytt tillägg.}\n'
            '    history: [{status: approved, meeting: "2026-09-02", reference: ITR 2026:14 § 3, reason: Lässtöd.}]'
        ),
    )
]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([(_KAMI, _OTHER)], [("IDENTITY-CHANGED", 8)]),
        ([(_KAMI, "{chromeos: {web: \"https://kami.example.se/\"}}")], [("IDENTITY-CHANGED", 8)]),
        ([(_KAMI, _OTHER), *_AGAIN], []),
        ([(_KAMI, _OTHER + _NOTE % "chromeos")], []),
        ([(_KAMI, _OTHER + _NOTE % "ipados")], [("IDENTITY-CHANGED", 8)]),
        # The service's own address, and another page of it
        ([("{web: \"https://scratch.mit.edu/\"}", "{web: \"https://scratch.mit.edu/projects/editor/\"}")], []),
        ([("{web: \"https://scratch.mit.edu/\"}", "{web: \"https://scratch.example.se/\"}")], [("IDENTITY-CHANGED", 35)]),
        # One platform more
        ([(_KAMI, "{chromeos: {extension: ecnphlgnajanjnkcmbpancdjoidceilk}, windows: {winget: Kami.Kami}}")], []),
        # Nothing is decided on yet
        ([('{app_store: "361309726"}', '{app_store: "461309726"}')], []),
    ],
)  # fmt: skip
def test_an_approved_app_stays_the_one_that_was_decided_on(
    changes: list[tuple[str, str]], expected: list[tuple[str, int]]
) -> None:
    files = {**FILES, LATER: SECOND}

    assert stepped(files, {**files, **with_records(*changes)}) == expected


def test_a_correction_serves_once_and_stays() -> None:
    corrected = with_records((_KAMI, _OTHER + _NOTE % "chromeos"))
    back = with_records((_KAMI, _KAMI + _NOTE % "chromeos"))

    assert stepped(corrected, back) == [("IDENTITY-CHANGED", 8)]
    assert stepped(corrected, with_records((_KAMI, _OTHER))) == [("CORRECTION-LOST", 8)]


_VETO = '{verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}'
_LIFTED = _VETO.replace("}", ', lifted: {date: "2026-11-10", reason: Ny version}}')


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        (_LIFTED, []),
        (_VETO, []),  # it stands again
        ('{verdict: veto, ground: technical, reason: Går inte att installera., date: "2026-11-20"}', []),
        ('{verdict: veto, ground: technical, reason: Går inte att installera., date: "2026-10-01"}', [("VETO-STRUCK", 57)]),
        ('{verdict: passed, date: "2026-11-20"}', [("VETO-STRUCK", 57)]),
        (_LIFTED.replace("Kräver administratör.", "Bra"), [("VETO-STRUCK", 57)]),
    ],
)  # fmt: skip
def test_a_lifted_veto_is_not_struck_out(review: str, expected: list[tuple[str, int]]) -> None:
    assert stepped(with_records((_VETO, _LIFTED)), with_records((_VETO, review))) == expected


def test_a_lifted_veto_is_not_deleted_either() -> None:
    assert stepped(with_records((_VETO, _LIFTED)), with_records((f"    it_review: {_VETO}\n", ""))) == [
        ("VETO-STRUCK", 58)
    ]


@pytest.mark.parametrize(
    ("lang", "message", "hint"),
    [
        ("sv", "Nejappen går från nekad till godkänd utan stegen emellan.", "Nästa steg kan vara: i kö (queued)"),
        ("en", "Nejappen goes from rejected to approved without the steps between.", "The next step may be: queued (queued)"),
    ],
)  # fmt: skip
def test_statuses_are_said_in_words(lang: str, message: str, hint: str) -> None:
    head = loaded(with_records(("    status: rejected\n", "    status: approved\n"))).documents
    assert head is not None
    found = next(iter(check_steps(documents_of(FILES), head)))

    assert render(found.code, found.values, lang) == Text(message=message, hint=hint)
