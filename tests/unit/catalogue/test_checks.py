"""What is wrong with a catalogue as it stands, each at its line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.catalogue.checks import lacks_agreement
from reconciler.model.finding import Finding, is_error
from reconciler.model.place import Position
from reconciler.reconcile.prepare import prepare_tree
from reconciler.texts import render
from tests.unit.catalogue.records import (
    CATALOG,
    COUNCIL,
    FILES,
    HELD,
    MEETING,
    RECORDS,
    TODAY,
    checked,
    seen,
    vetting,
    with_records,
)
from tests.unit.load.writing import ORGANISATION, changed, tree_of


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Decisions and their meetings
        ('meeting: "2026-09-02", reference: ITR 2026:14 § 3', 'meeting: "2026-09-03", reference: ITR 2026:14 § 3',
         [("DECISION-WITHOUT-MEETING", 31)]),
        ("reference: ITR 2026:14 § 3", "reference: ITR 2026:1 § 3", [("DECISION-REFERENCE", 31)]),
        ("reference: ITR 2026:14 § 3", "reference: ITR 2026:140", [("DECISION-REFERENCE", 31)]),
        ("for: 4, against: 0", "for: 4, against: 1", [("DECISION-VOTES", 31)]),
        ("    decision: {meeting: \"2026-09-02\", reference: ITR 2026:14 § 3, reason: Lässtöd., for: 4, against: 0}\n", "",
         [("STATUS-UNDECIDED", 30)]),
        # What the council may approve
        ("agreement: signed", "agreement: in-progress", [("APPROVED-WITHOUT-AGREEMENT", 20)]),
        ("      agreement: signed\n", "", [("APPROVED-WITHOUT-AGREEMENT", 20)]),
        ('it_review: {verdict: passed, date: "2026-08-25"}',
         'it_review: {verdict: veto, ground: technical, reason: Går inte, date: "2026-08-25"}', [("APPROVED-OVER-VETO", 30)]),
        ('it_review: {verdict: veto, ground: security, reason: Kräver administratör., date: "2026-10-01"}',
         'it_review: {verdict: veto, date: "2026-10-01"}', [("MISSING-KEY", 57), ("MISSING-KEY", 57)]),
        ("ground: security", "ground: pedagogy", [("NOT-ALLOWED-VALUE", 57)]),
        ("      agreement: signed\n", '      agreement: signed\n      agreement_date: "2026-11-23"\n', [("AGREEMENT-LATER", 21)]),
        ("      agreement: signed\n", '      agreement: signed\n      agreement_date: "2026-11-22"\n', []),
        ("      impact_assessment: done\n", '      impact_assessment: done\n      impact_assessment_date: "2026-11-23"\n',
         [("IMPACT-ASSESSMENT-LATER", 22)]),
        ('date: "2026-10-01"}', 'date: "2026-10-01", lifted: {date: "2026-12-24", reason: Ny version}}',
         [("VETO-LIFTED-LATER", 57)]),
        ('date: "2026-10-01"}', 'date: "2026-10-01", lifted: {date: "2026-09-30", reason: Ny version}}',
         [("VETO-LIFTED-BEFORE", 57)]),
        ('date: "2026-10-01"}', 'date: "2026-10-01", lifted: {date: "2026-11-10"}}', [("MISSING-KEY", 57)]),
        ('it_review: {verdict: passed, date: "2026-08-25"}',
         'it_review: {verdict: passed, date: "2026-08-25", lifted: {date: "2026-09-01", reason: Bra}}',
         [("VETO-LIFTED-WITHOUT-VETO", 29)]),
        # Cost
        ("cost: {model: free}", 'cost: {model: free, price: "gratis?"}', [("PATTERN", 39)]),
        ("cost: {model: free}", "cost: {model: gratis?}", [("NOT-ALLOWED-VALUE", 39)]),
        ("cost: {model: free}", "cost: {model: free, price: {kronor: -1, per: user, period: month}}", [("TOO-SMALL", 39)]),
        ("cost: {model: free}", "cost: {model: free, price: {kronor: 9, per: user, period: month}}", [("FREE-WITH-PRICE", 39)]),
        ("model: licence", "model: free", [("FREE-WITH-PRICE", 15)]),
        # Identifiers
        ('{app_store: "361309726"}', "{bundle_id: Mozilla.Firefox}", [("STORE-ID-OF-OTHER", 48)]),
        ("{winget: Stopp.Appen}", "{winget: com.duolingo}", [("STORE-ID-OF-OTHER", 54)]),
        ('{web: "https://nej.example.se/"}', '{web: "https://apps.apple.com/se/app/id361309726"}', [("STORE-PAGE-AS-WEB", 62)]),
        ('{web: "https://nej.example.se/"}', "{extension: ecnphlgnajanjnkcmbpancdjoidceilk}", [("STORE-ID-TWICE", 62)]),
        ("{extension: ecnphlgnajanjnkcmbpancdjoidceilk}", '{extension: "361309726"}', [("PATTERN", 8)]),
        # Schools and persons
        ("school: norrskolan", "school: norrskolam", [("UNKNOWN-SCHOOL", 10)]),
        ("by: lärare åk 5", "by: anna.ek@example.se", [("PERSONAL-EMAIL", 10)]),
        ("[Utan konto.]", "[Utan konto., Ring 070-123 45 67.]", [("PERSONAL-PHONE", 44)]),
        ("reason: Reklam riktad till barn.", "reason: 19811218-9876 klagade", [("PERSONAL-NUMBER", 65)]),
    ],
)  # fmt: skip
def test_records(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    assert seen(with_records((old, new))) == expected


def with_meeting(old: str, new: str) -> dict[str, str]:
    return {**FILES, MEETING: changed(HELD, old, new)}


EACH_DECISION = [31, 45, 65]
"""The lines of the three decisions that rest on the meeting."""


@pytest.mark.parametrize(
    ("files", "code"),
    [
        pytest.param({key: text for key, text in FILES.items() if key != MEETING}, "DECISION-WITHOUT-MEETING", id="none"),
        pytest.param({**FILES, MEETING: 'date: "2026-09-02"\nminutes: ITR 2026:14\nstate: called\n'}, "DECISION-BEFORE-MEETING", id="called"),
        pytest.param(with_meeting("{role: rektor, seats: 1}", "{role: skol-it, seats: 1}"), None, id="another role"),
        pytest.param(with_meeting("  - {role: rektor, seats: 1}\n", ""), "DECISION-WITHOUT-QUORUM", id="three of four"),
        pytest.param({**FILES, "organisation.yaml": ORGANISATION}, "DECISION-WITHOUT-COUNCIL", id="no council"),
    ],
)  # fmt: skip
def test_a_decision_takes_a_meeting_that_could_decide(files: Mapping[str, str], code: str | None) -> None:
    # Nobody votes in these: the votes of the first decision are left out.
    text = changed(RECORDS, ", for: 4, against: 0", "")

    assert seen({**files, CATALOG: text}) == ([(code, line) for line in EACH_DECISION] if code else [])


def test_seats_that_the_council_does_not_have_make_no_quorum() -> None:
    wrong = with_meeting(
        "  - {role: rektor, seats: 1}\n  - {role: lärare i grundskolan, seats: 3}\n", "  - {role: rektor, seats: 9}\n"
    )
    text = changed(RECORDS, ", for: 4, against: 0", "")

    assert seen({**wrong, CATALOG: text}) == [
        *[("DECISION-WITHOUT-QUORUM", line) for line in EACH_DECISION],
        ("MEETING-SEATS", 5),
    ]


def test_a_meeting_that_cannot_be_read_is_not_said_to_be_missing() -> None:
    assert seen(with_meeting("state: held", "state: over")) == [("NOT-ALLOWED-VALUE", 3)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("role: rektor,", "role: rektorer,", [("MEETING-ROLE-UNKNOWN", 5)]),
        ("app: kami,", "app: kamy,", [("MEETING-APP-UNKNOWN", 8)]),
        ("  - {role: rektor, seats: 1}\n", "  - {role: rektor, seats: 1}\n  - {role: rektor, seats: 1}\n",
         [("MEETING-ROLE-TWICE", 5)]),
        ("present:\n  - {role: rektor, seats: 1}\n  - {role: lärare i grundskolan, seats: 3}\n", "", [("MISSING-KEY", 1)]),
        ('date: "2026-09-02"', 'date: "2026-09-31"', [("FILE-NAME", 1), ("NO-SUCH-DAY", 1)]),
    ],
)  # fmt: skip
def test_meetings(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    found = [
        (one.code, one.place.line)
        for one in checked(with_meeting(old, new))
        if isinstance(one.place, Position) and one.place.file.startswith("app-catalogs/meetings/")
    ]

    assert found == expected


def test_a_meeting_to_come_was_not_held() -> None:
    later = changed(HELD, 'date: "2026-09-02"\nminutes: ITR 2026:14', 'date: "2026-12-09"\nminutes: ITR 2026:25')

    assert seen({**FILES, "app-catalogs/meetings/2026-12-09.yaml": later}) == [("MEETING-IN-FUTURE", 3)]


def test_each_meeting_has_its_own_minutes() -> None:
    later = changed(HELD, "2026-09-02", "2026-11-04")

    assert seen({**FILES, "app-catalogs/meetings/2026-11-04.yaml": later}) == [("MEETING-MINUTES-TWICE", 2)]


def test_a_quorum_that_the_council_can_never_have() -> None:
    council = changed(COUNCIL, "quorum: 4", "quorum: 7")
    files = {**FILES, "organisation.yaml": ORGANISATION + council}

    assert ("COUNCIL-QUORUM", 18) in seen(files)


@pytest.mark.parametrize(
    ("data", "agreement", "lacks"),
    [
        ("none", "missing", False),
        ("pseudonym", "missing", True),
        ("private", "in-progress", True),
        ("private", "not-needed", False),
        ("sensitive", "not-needed", True),
        ("sensitive", "signed", False),
    ],
)
def test_agreements(data: str, agreement: str, lacks: bool) -> None:
    files = with_records(
        ("personal_data: ordinary", f"personal_data: {data}"), ("agreement: signed", f"agreement: {agreement}")
    )

    assert lacks_agreement(vetting(files, "kami")) is lacks


def test_what_was_written_of_a_person_is_not_repeated() -> None:
    found = checked(with_records(("by: lärare åk 5", "by: anna.ek@example.se")))

    assert [dict(one.values) for one in found] == [{}]


def test_a_near_school_is_the_hint() -> None:
    found = checked(with_records(("school: norrskolan", "school: norrskolam")))[0]

    assert render(found.code, found.values, "sv").hint == "Menade du norrskolan? Skriv: school: norrskolan"


_PLAY = "https://play.google.com/store/apps/details?id=%s&hl=sv"


@pytest.mark.parametrize(
    ("platforms", "source", "line"),
    [
        ('{ipados: {app_store: "361309726"}}', "https://apps.apple.com/se/app/pages/id361309726", 0),
        ('{ipados: {app_store: "361309726"}}', "https://apps.apple.com/se/app/pages/id361309727", 48),
        ('{ipados: {app_store: "361309726"}, macos: {app_store: "409201541"}}', "https://apps.apple.com/se/app/id409201541?mt=12", 0),
        ("{chromeos: {android: org.scratchjr.android}}", _PLAY % "org.scratchjr.android", 0),
        ("{android: {play: org.scratchjr.android}}", _PLAY % "com.scratchjr.android", 48),
        ("{chromeos: {extension: ghbmnnjooekpmoecnnnilnnbdlolhkhi}}",
         "https://chromewebstore.google.com/detail/x/ghbmnnjooekpmoecnnnilnnbdlolhkhi?hl=sv", 0),
        ("{chromeos: {extension: ghbmnnjooekpmoecnnnilnnbdlolhkhi}}",
         "https://chromewebstore.google.com/detail/x/ecnphlgnajanjnkcmbpancdjoidceilk", 48),
        ("{windows: {store: 9NZVDKPMR9RD}}", "https://apps.microsoft.com/detail/9nzvdkpmr9rd?hl=sv-se", 0),
        ("{windows: {store: 9NZVDKPMR9RD}}", "https://apps.microsoft.com/detail/9WZDNCRFJ3TJ", 48),
        # Nothing to compare with
        ("{windows: {winget: Mozilla.Firefox}}", "https://apps.microsoft.com/detail/9NZVDKPMR9RD", 0),
        ('{ipados: {app_store: "361309726"}}', "https://apps.apple.com/se/developer/apple/", 0),
        ('{ipados: {app_store: "361309726"}}', "https://onskeappen.example.se/id361309727", 0),
    ],
)  # fmt: skip
def test_the_id_is_the_one_that_its_source_tells_of(platforms: str, source: str, line: int) -> None:
    found = seen(
        with_records(
            (
                'platforms: {ipados: {app_store: "361309726"}}\n    source: {text: App Store,',
                f'platforms: {platforms}\n    source: {{url: "{source}",',
            )
        )
    )

    assert found == ([("STORE-ID-NOT-SOURCE", line)] if line else [])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("school: norrskolan", "school: nedlagda", [("UNKNOWN-SCHOOL", "warning", 10)]),
        (
            "need: Bildbehandling.}",
            "school: nedlagda, need: Bildbehandling.}",
            [("UNKNOWN-SCHOOL", "error", 56)],
        ),
        (
            "need: Eleverna ska kunna spela in sina svar.}",
            "school: nedlagda, need: Eleverna ska kunna spela in sina svar.}",
            [("UNKNOWN-SCHOOL", "error", 50)],
        ),
        (
            "    history:\n",
            '    notes: [{date: "2026-10-01", by: rektor, school: nedlagda, text: Reklamen är kvar.}]\n    history:\n',
            [("UNKNOWN-SCHOOL", "warning", 66)],
        ),
    ],
)
def test_a_school_that_has_closed_is_an_error_only_of_what_waits(
    old: str, new: str, expected: list[tuple[str, str, int]]
) -> None:
    found = checked(with_records((old, new)))

    assert [(one.code, one.severity.value, line_of(one)) for one in found] == expected


def test_an_address_of_a_store_says_what_to_write() -> None:
    play = "https://play.google.com/store/apps/details?id=se.nej"
    found = checked(with_records(('web: "https://nej.example.se/"', f'web: "{play}"')))[0]

    assert render(found.code, found.values, "sv").hint == (
        "Elever skulle få en länk till en butik. Skriv i stället som: chromeos: {android: org.scratchjr.android}"
    )


def test_until_the_council_is_described_older_records_stop_nothing() -> None:
    bare = changed(RECORDS, ", bearer: school", "")
    files = {path: text for path, text in FILES.items() if path != MEETING}
    found = checked({**files, CATALOG: bare, "organisation.yaml": ORGANISATION})

    assert {(one.code, str(one.severity)) for one in found} == {
        ("DECISION-WITHOUT-MEETING", "warning"),
        ("RECORD-WITHOUT-COST-BEARER", "warning"),
    }


def test_a_veto_stands_without_a_council_too() -> None:
    veto = 'it_review: {verdict: veto, ground: technical, reason: Går inte, date: "2026-08-25"}'
    text = changed(RECORDS, 'it_review: {verdict: passed, date: "2026-08-25"}', veto)
    found = checked({**FILES, CATALOG: text, "organisation.yaml": ORGANISATION})

    assert [(one.code, one.subject) for one in found if is_error(one)] == [("APPROVED-OVER-VETO", "app:kami")]


def test_a_plan_is_told_of_approvals_that_the_council_has_not_made() -> None:
    """Errors of the app, so that what depends on it is held; what a record lacks is for `validate`."""
    text = changed(changed(RECORDS, "ITR 2026:14 § 3", "ITR 2026:15 § 3"), ", bearer: school", "")
    prepared = prepare_tree(tree_of({**FILES, CATALOG: text}), Path(), TODAY)

    assert [(one.code, one.subject) for one in prepared.findings] == [("DECISION-REFERENCE", "app:kami")]


@pytest.mark.parametrize(
    ("cost", "hint"),
    [
        ("{model: gratis?}", "Menade du free? Skriv: cost: {model: free}"),
        (
            '{model: one-off, price: "gratis?"}',
            (
                "Skriv priset i kronor, per vad och för vilken tid: price: {kronor: 49, per: user, period: school-year}. "
                "Kostar appen inget: ta bort price och skriv model: free."
            ),
        ),
        (
            '{model: one-off, price: {kronor: "49,50", per: user, period: once}}',
            (
                "Priset är ett tal utan kr, med punkt före ören: kronor: 49.50. Kostar appen inget: ta bort price och skriv "
                "model: free."
            ),
        ),
        (
            "{model: one-off, price: {kronor: 49, per: klass, period: once}}",
            "Menade du class? Skriv: cost: {model: one-off, price: {kronor: 49, per: class, period: once}}",
        ),
    ],
)
def test_a_price_that_is_none_says_what_to_write(cost: str, hint: str) -> None:
    found = checked(with_records(("cost: {model: free}", f"cost: {cost}")))

    assert [(render(one.code, one.values, "sv").hint, line_of(one)) for one in found] == [(hint, 39)]


def test_a_veto_without_a_ground_says_why() -> None:
    found = checked(with_records(("verdict: veto, ground: security,", "verdict: veto,")))

    assert [render(one.code, one.values, "en").hint for one in found] == [
        "A veto has a ground and a reason: ground: technical or security, and reason with what stands in the way."
    ]


def line_of(finding: Finding) -> int:
    assert isinstance(finding.place, Position)
    return finding.place.line


@pytest.mark.parametrize("council", [COUNCIL, ""])
def test_an_approval_without_any_decision_is_an_error_of_that_app_alone(council: str) -> None:
    line = '    decision: {meeting: "2026-09-02", reference: ITR 2026:14 § 3, reason: Lässtöd., for: 4, against: 0}\n'
    files = {**with_records((line, "")), "organisation.yaml": ORGANISATION + council}
    prepared = prepare_tree(tree_of(files), Path(), TODAY)

    assert prepared.documents is not None
    assert [app.id for app in prepared.documents.apps] == ["kami", "scratch", "onskad", "stoppad", "nekad"]
    assert [(one.code, one.subject) for one in prepared.findings if is_error(one)] == [("STATUS-UNDECIDED", "app:kami")]
