"""MGN, calendar and exceptions: what is wrong in them, at its line, with the line as it should be."""

from datetime import date

import pytest

from reconciler.model.finding import Finding
from reconciler.model.place import Position
from reconciler.policy.files import check_policy_files
from tests.unit.load.writing import SCHOOL, Seen, changed, load_with, see, seen

MGN_FILE = "policies/mgn/2026-27/grundskola.yaml"
MGN = """\
school_form: grundskola
school_year: 2026-27
state: adopted
decision: {body: Rektorsgruppen, date: "2026-06-01", reference: BUN 2026/114}
participants: [{role: rektor}, {role: superanvändare}, {role: användarstödjare}, {role: systemägare}]
requirements:
  - id: narvaro
    level: SKA
    text: Närvaro förs varje lektion.
    system: vklass
    process: närvaro
    role: lärare
    rationale: Tidig upptäckt.
    verification: self_assessment
  - id: tva-faktorer
    level: BÖR
    text: Inloggning med två faktorer.
    system: vklass
    process: inloggning
    role: all personal
    rationale: Säkra anteckningar.
    verification: attestation
"""
CALENDAR_FILE = "policies/calendar.yaml"
CALENDAR = """\
school_years:
  - id: 2026-27
    terms:
      - {name: Höstterminen, from: "2026-08-18", until: "2026-12-18"}
      - {name: Vårterminen, from: "2027-01-11", until: "2027-06-11"}
    holidays:
      - {name: Höstlov, from: "2026-10-26", until: "2026-10-30"}
lesson_hours:
  - {school_forms: [grundskola], from: "08:00", until: "15:30"}
test_periods:
  - {id: np-6, name: Prov åk 6, from: "2027-03-16", until: "2027-03-18"}
freezes:
  - {id: jul, name: Julledigt, from: "2026-12-21", until: "2027-01-06", reason: Ingen på plats.}
"""
GRANT_FILE = "policies/exceptions/prov.yaml"
GRANT = """\
id: prov
setting: incognito
groups: [norrskolan/pilot]
owner: education
reason: Prov
decision: {body: rektor, date: "2026-09-01", reference: § 4}
until: "2027-01-31"
"""
URGENT_FILE = "policies/exceptions/snabb-2026-014.yaml"
URGENT = """\
id: snabb-2026-014
app: kami
groups: [norrskolan/pilot]
owner: it
ticket: SD-20418
until: "2026-12-10"
"""
SCHOOL_FILE = "schools/norrskolan.yaml"
SAID = changed(SCHOOL, "holding: {", "mgn: {grundskola: 2026-27}\nholding: {")


@pytest.mark.parametrize(
    ("path", "text", "old", "new", "code", "line", "column", "corrected"),
    [
        (MGN_FILE, MGN, "year: 2026-27", "year: 2026-28", "MGN-FILE-NAME", 2, 14, "school_year: 2026-27"),
        (MGN_FILE, MGN, "form: grundskola", "form: fritidshem", "MGN-FILE-NAME", 1, 14, "school_form: grundskola"),
        (MGN_FILE, MGN, "id: tva-faktorer", "id: narvaro", "MGN-REQUIREMENT-TWICE", 15, 9, None),
        (MGN_FILE, MGN, "level: SKA", "level: Ska", "NOT-ALLOWED-VALUE", 8, 12, "level: SKA"),
        (MGN_FILE, MGN, "    verification: attestation\n", "", "MISSING-KEY", 15, 5, None),
        (MGN_FILE, MGN, 'date: "2026-06-01"', 'date: "2026-06-31"', "NO-SUCH-DAY", 4, 40, None),
        (CALENDAR_FILE, CALENDAR, '"2026-12-18"', '"2026-02-30"', "NO-SUCH-DAY", 4, 57, None),
        (CALENDAR_FILE, CALENDAR, '"2026-12-18"', '"2026-08-17"', "DATES-REVERSED", 4, 57, None),
        (CALENDAR_FILE, CALENDAR, '"15:30"', '"07:30"', "CALENDAR-HOURS-REVERSED", 9, 56, None),
        (CALENDAR_FILE, CALENDAR, '"15:30"', '"25:30"', "PATTERN", 9, 56, None),
        (GRANT_FILE, GRANT, "setting: incognito", "setting: incognito\napp: kami", "NOT-TOGETHER", 2, 10, None),
        (
            GRANT_FILE,
            GRANT,
            'until: "2027-01-31"',
            'from: "2027-02-01"\nuntil: "2027-01-31"',
            "DATES-REVERSED",
            8,
            8,
            None,
        ),
        (
            URGENT_FILE,
            URGENT,
            "owner: it",
            "owner: it # eleven har nytt hjälpmedel",
            "EXCEPTION-URGENT-COMMENT",
            4,
            11,
            "owner: it",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(
    path: str, text: str, old: str, new: str, code: str, line: int, column: int, corrected: str | None
) -> None:
    found = seen(load_with({path: changed(text, old, new)}))

    assert Seen(code=code, file=path, line=line, column=column, corrected=corrected) in found


@pytest.mark.parametrize(
    ("path", "text"), [(MGN_FILE, MGN), (CALENDAR_FILE, CALENDAR), (GRANT_FILE, GRANT), (URGENT_FILE, URGENT)]
)
def test_what_is_right_is_left_in_peace(path: str, text: str) -> None:
    assert seen(load_with({path: text})) == []


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("id: anna-dyslexi", "PATTERN"),
        ("id: snabb-2026-014\nreason: Eleven behöver appen.", "NOT-TOGETHER"),
    ],
)
def test_the_urgent_lane_takes_nothing_that_could_tell_of_a_pupil(new: str, code: str) -> None:
    assert code in [one.code for one in seen(load_with({URGENT_FILE: changed(URGENT, "id: snabb-2026-014", new)}))]


def test_an_mgn_may_be_called_without_dots() -> None:
    path = "policies/mgn/2026-27/forskola.yaml"

    assert seen(load_with({path: changed(MGN, "form: grundskola", "form: förskola")})) == []


def test_one_mgn_spelled_in_two_ways_is_there_twice() -> None:
    text = changed(MGN, "form: grundskola", "form: förskola")
    found = load_with({f"policies/mgn/2026-27/{name}.yaml": text for name in ("forskola", "förskola")}).findings

    assert [(one.code, one.values["other"]) for one in found] == [("MGN-TWICE", "policies/mgn/2026-27/forskola.yaml:1")]


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column", "corrected"),
    [
        ("{grundskola: 2026-27}", "{grundskola: 2025-27}", "MGN-UNKNOWN-VERSION", 6, 19, "mgn: {grundskola: 2026-27}"),
        (
            "{grundskola: 2026-27}",
            '{grundskola: {version: 2026-27, attested: {tva-faktor: "2026-10-01"}}}',
            "MGN-UNKNOWN-REQUIREMENT",
            6,
            49,
            'mgn: {grundskola: {version: 2026-27, attested: {tva-faktorer: "2026-10-01"}}}',
        ),
    ],
)
def test_what_a_school_acknowledges_must_exist(
    old: str, new: str, code: str, line: int, column: int, corrected: str
) -> None:
    found = seen(load_with({MGN_FILE: MGN, SCHOOL_FILE: changed(SAID, old, new)}))

    assert found == [Seen(code=code, file=SCHOOL_FILE, line=line, column=column, corrected=corrected)]


def test_few_answers_are_not_written_down() -> None:
    said = '{version: 2026-27, self_assessment: {date: "2027-04-20", answers: 4, results: {narvaro: done}}}'
    text = changed(SAID, "{grundskola: 2026-27}", f"{{grundskola: {said}}}")

    assert "TOO-SMALL" in [one.code for one in load_with({MGN_FILE: MGN, SCHOOL_FILE: text}).findings]


def test_rules_that_do_not_exist_are_named_by_mgn_and_exceptions() -> None:
    mgn = changed(MGN, "verification: attestation", "verified_by: staff-lock")
    grant = changed(
        GRANT, "setting: incognito\ngroups: [norrskolan/pilot]", "rule: two-managers\nsubjects: [norskolan]"
    )
    found = seen(load_with({MGN_FILE: mgn, GRANT_FILE: grant}))

    assert [(one.code, one.file, one.line, one.column) for one in found] == [
        ("EXCEPTION-NO-RULE", GRANT_FILE, 2, 7),
        ("EXCEPTION-UNKNOWN-SUBJECT", GRANT_FILE, 3, 12),
        ("MGN-UNKNOWN-GUARDRAIL", MGN_FILE, 22, 18),
    ]
    assert found[1].corrected == "subjects: [norrskolan]"


def policy_findings(changes: dict[str, str | bytes | None], today: str = "2026-11-21") -> list[tuple[str, str, int]]:
    loaded = load_with(changes)
    assert loaded.documents is not None

    def line(one: Finding) -> int:
        assert one.place is not None
        at = loaded.locate(one.place)
        assert isinstance(at, Position)
        return see(Finding(code=one.code, severity=one.severity, place=at)).line

    found = check_policy_files(loaded.documents, date.fromisoformat(today))
    return [(one.code, str(one.severity), line(one)) for one in found]


@pytest.mark.parametrize(
    ("old", "new", "findings"),
    [
        ("id: np-6", "id: jul", [("CALENDAR-ID-TWICE", "error", 13)]),
        ('from: "2027-01-11"', 'from: "2026-12-18"', [("CALENDAR-TERMS-OVERLAP", "error", 5)]),
        ('until: "2027-06-11"', 'until: "2027-07-11"', [("CALENDAR-YEAR-NAME", "error", 5)]),
        ("id: 2026-27", "id: 2026-28", [("NO-SUCH-SCHOOL-YEAR", "error", 2)]),
        (
            '"2026-10-26", until: "2026-10-30"',
            '"2026-12-21", until: "2026-12-23"',
            [("CALENDAR-HOLIDAY-OUTSIDE", "warning", 7)],
        ),
        (
            '"2027-03-16", until: "2027-03-18"',
            '"2027-06-16", until: "2027-06-18"',
            [("CALENDAR-TEST-OUTSIDE", "warning", 11)],
        ),
        ("Julledigt", "Jul", []),
    ],
)
def test_the_calendar_as_a_whole(old: str, new: str, findings: list[tuple[str, str, int]]) -> None:
    assert policy_findings({CALENDAR_FILE: changed(CALENDAR, old, new)}) == findings


@pytest.mark.parametrize(
    ("today", "findings"),
    [
        ("2027-05-11", []),
        ("2027-05-12", [("CALENDAR-ENDS", "info", 2)]),
        ("2027-06-11", [("CALENDAR-ENDS", "info", 2)]),
        ("2027-06-12", [("CALENDAR-ENDED", "warning", 2)]),
    ],
)
def test_an_end_of_the_calendar_is_told_in_time(today: str, findings: list[tuple[str, str, int]]) -> None:
    assert policy_findings({CALENDAR_FILE: CALENDAR}, today) == findings


def test_two_school_years_of_one_name() -> None:
    again = CALENDAR.replace(
        "lesson_hours", '  - {id: 2026-27, terms: [{name: x, from: "2027-06-12", until: "2027-06-20"}]}\nlesson_hours'
    )

    assert policy_findings({CALENDAR_FILE: again}) == [("CALENDAR-YEAR-TWICE", "error", 8)]


BECOMES = 'level: BÖR\n    becomes: {{level: SKA, from: "{start}"}}\n    history: [{{date: "{told}", from: BÖR, to: SKA, takes_effect: "{start}"}}]'


@pytest.mark.parametrize(
    ("said", "old", "new", "findings"),
    [
        pytest.param(
            True, "role: superanvändare", "role: kurator", [("MGN-PARTICIPANTS", "warning", 5)], id="who-took-part"
        ),
        pytest.param(True, "state: adopted", "state: revised", [("MGN-REVISED-BY-NOBODY", "warning", 3)], id="revised"),
        pytest.param(
            True, "state: adopted", "state: followed-up", [("MGN-FOLLOWED-UP-WHERE", "warning", 3)], id="followed-up"
        ),
        pytest.param(False, "adopted", "adopted # x", [("MGN-NOT-ACKNOWLEDGED", "warning", 2)], id="not-acknowledged"),
        pytest.param(False, "adopted", "draft", [], id="a-draft-needs-nothing"),
        pytest.param(
            False,
            "participants",
            'acknowledged: {body: Rektorsmöte, date: "2026-08-12", reference: "§ 3"}\nparticipants',
            [],
            id="minutes-for-all",
        ),
        pytest.param(
            True,
            "level: BÖR",
            'level: BÖR\n    becomes: {level: BÖR, from: "2027-01-11"}',
            [("MGN-BECOMES-THE-SAME", "warning", 17)],
            id="the-same",
        ),
        pytest.param(
            True,
            "level: BÖR",
            BECOMES.format(start="2027-01-11", told="2026-11-21"),
            [("MGN-SHORT-NOTICE", "warning", 17)],
            id="51-days",
        ),
        pytest.param(True, "level: BÖR", BECOMES.format(start="2027-01-11", told="2026-11-12"), [], id="60-days"),
    ],
)
def test_an_mgn_as_a_whole(said: bool, old: str, new: str, findings: list[tuple[str, str, int]]) -> None:
    school = SAID if said else SCHOOL

    assert policy_findings({MGN_FILE: changed(MGN, old, new), SCHOOL_FILE: school}) == findings
