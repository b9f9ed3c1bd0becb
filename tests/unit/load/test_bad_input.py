"""Every kind of bad input that concerns loading: its code, its place, and the line as it should be."""

import re
from collections.abc import Callable

import pytest

from tests.unit.load.writing import (
    CATALOG,
    ORGANISATION,
    SCHOOL,
    SCHOOL_FILE,
    Seen,
    at_school,
    changed,
    hint_of,
    load_school,
    load_with,
    seen,
)

GROUP_4_6 = "school_form: grundskola\n    platform: chromeos\n    audience: pupils\n    grades: 4-6\n"


def test_the_repository_that_the_others_change_is_right() -> None:
    loaded = load_with({})

    assert loaded.findings == ()
    assert loaded.documents is not None
    assert [school.id for school in loaded.documents.schools] == ["norrskolan"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            '"12345678"',
            "01234567",
            ("NOT-QUOTED", 5, 12, '- {code: "01234567", school_forms: [förskoleklass, grundskola], grades: F-6}'),
            id="code-with-leading-zero",
        ),
        pytest.param(
            '"12345678"',
            "67183147",
            ("NOT-QUOTED", 5, 12, '- {code: "67183147", school_forms: [förskoleklass, grundskola], grades: F-6}'),
            id="code-that-is-a-plain-number",
        ),
        pytest.param(
            '"5CD1234567"',
            "5E1234567",
            ("NOT-QUOTED", 24, 25, 'devices: {serials: ["5E1234567"]}'),
            id="serial-that-is-a-float",
        ),
        pytest.param(
            "[kami]",
            "[{app: kami, from: 2026-12-01}]",
            ("NOT-QUOTED", 16, 41, 'apps: {required: [{app: kami, from: "2026-12-01"}], available: [scratch]}'),
            id="date",
        ),
        pytest.param(
            "[kami]",
            "[{app: kami, pin: True}]",
            ("WORD-SPELLING", 16, 40, "apps: {required: [{app: kami, pin: true}], available: [scratch]}"),
            id="capital-true",
        ),
        pytest.param(
            "[kami]",
            "[{app: kami, pin: ja}]",
            ("WRONG-TYPE", 16, 40, "apps: {required: [{app: kami, pin: true}], available: [scratch]}"),
            id="ja",
        ),
        pytest.param(
            "expected: 74",
            'expected: "74"',
            ("WRONG-TYPE", 14, 57, 'devices: {match: {location: "NORR 4-6*"}, expected: 74}'),
            id="quoted-number",
        ),
        pytest.param(
            "[kami]",
            "kami",
            ("WRONG-TYPE", 16, 22, "apps: {required: [kami], available: [scratch]}"),
            id="one-instead-of-a-list",
        ),
        pytest.param(
            "    grades: 4-6\n",
            "    grades: 4-6\n    name: Om\n",
            ("DUPLICATE-KEY", 14, 5, None),
            id="duplicate-key",
        ),
        pytest.param("    grades: 4-6", "\tgrades: 4-6", ("TAB", 13, 1, "    grades: 4-6"), id="tab"),
        pytest.param(
            GROUP_4_6,
            GROUP_4_6.replace("school_form", "school_from"),
            ("UNKNOWN-KEY", 10, 5, "school_form: grundskola"),
            id="unknown-key-near",
        ),
        pytest.param(
            "incognito: blocked",
            "incognitto: blocked",
            ("UNKNOWN-KEY", 17, 16, "settings: {incognito: blocked}"),
            id="unknown-setting",
        ),
        pytest.param(
            "incognito: blocked",
            "incognito: blokced",
            ("NOT-ALLOWED-VALUE", 17, 27, "settings: {incognito: blocked}"),
            id="word-near",
        ),
        pytest.param(
            "[kami]",
            "[kammi]",
            ("UNKNOWN-APP", 16, 23, "apps: {required: [kami], available: [scratch]}"),
            id="unknown-app",
        ),
        pytest.param(
            "[kami]",
            "[{app: kammi, pin: true}]",
            ("UNKNOWN-APP", 16, 29, "apps: {required: [{app: kami, pin: true}], available: [scratch]}"),
            id="unknown-app-in-a-mapping",
        ),
        pytest.param(
            "chromeos: forrad}",
            "chromeos: forad}",
            ("UNKNOWN-HOLDING", 6, 21, "holding: {chromeos: forrad}"),
            id="unknown-holding",
        ),
        pytest.param(
            "within: elever-4-6",
            "within: elever-46",
            ("UNKNOWN-WITHIN", 23, 13, "within: elever-4-6"),
            id="unknown-within",
        ),
        pytest.param("within: elever-4-6", "within: pilot", ("WITHIN-CYCLE", 23, 13, None), id="within-itself"),
        pytest.param(
            "    within: elever-4-6",
            "    within: elever-4-6\n    previously: [pilot]",
            ("PREVIOUSLY-CYCLE", 24, 18, None),
            id="previously-itself",
        ),
        pytest.param(
            "    within: elever-4-6",
            "    within: elever-4-6\n    previously: [elever-4-6]",
            ("PREVIOUSLY-LIVE", 24, 18, None),
            id="previously-a-live-one",
        ),
        pytest.param("name: Pilot", "name: Pi\u200blot", ("HIDDEN-CHARACTER", 19, 13, "name: Pilot"), id="zero-width"),
        pytest.param(
            "name: Pilot", "name: Pi\u202elot", ("HIDDEN-CHARACTER", 19, 13, "name: Pilot"), id="bidirectional"
        ),
        pytest.param("name: Pilot", "name: Pi\x07lot", ("HIDDEN-CHARACTER", 19, 13, "name: Pilot"), id="control"),
        pytest.param(
            "name: Pilot", "name:\u00a0Pilot", ("HIDDEN-CHARACTER", 19, 10, "name: Pilot"), id="no-break-space"
        ),
        # Python calls variation selectors printable; text can be hidden in them letter by letter.
        pytest.param(
            "name: Pilot",
            "name: Pi\U000e0101lot",
            ("HIDDEN-CHARACTER", 19, 13, "name: Pilot"),
            id="variation-selector",
        ),
        pytest.param(
            "name: Pilot",
            'name: "Pi\\U000e0101lot"',
            ("HIDDEN-CHARACTER", 19, 11, 'name: "Pi\\U000e0101lot"'),
            id="escaped-variation-selector",
        ),
        pytest.param(
            "name: Pilot", 'name: "Pi\\u200blot"', ("HIDDEN-CHARACTER", 19, 11, 'name: "Pi\\u200blot"'), id="escaped"
        ),
        pytest.param("name: Pilot", "name: Pilot: ett", ("SYNTAX-COLON", 19, 16, 'name: "Pilot: ett"'), id="colon"),
        pytest.param("name: Pilot", 'name: "Pilot', ("SYNTAX-QUOTE", 19, 11, None), id="unclosed-quote"),
        pytest.param("name: Pilot", "name: !!str Pilot", ("TAG", 19, 11, None), id="tag"),
        pytest.param("name: Pilot", "name: *nej", ("UNKNOWN-ALIAS", 19, 11, None), id="unknown-alias"),
        pytest.param("name: Pilot", "name: Pilot\n    <<: {a: b}", ("MERGE-KEY", 20, 5, None), id="merge-key"),
        pytest.param("name: Pilot", "name: Pilot\n    ? [a]\n    : b", ("KEY-NOT-TEXT", 20, 7, None), id="list-as-key"),
        pytest.param("name: Pilot", "name:", ("EMPTY-VALUE", 19, 5, None), id="no-value"),
        pytest.param("    name: Pilot\n", "", ("MISSING-KEY", 18, 5, None), id="missing-key"),
        pytest.param("id: elever-4-6", "id: Elever 4-6", ("PATTERN", 8, 9, None), id="pattern"),
        pytest.param("[kami]", '[{app: kami, from: "2026-02-30"}]', ("NO-SUCH-DAY", 16, 41, None), id="no-such-day"),
        pytest.param(
            "[kami]",
            '[{app: kami, from: "2026-12-01", until: "2026-11-30"}]',
            ("DATES-REVERSED", 16, 62, None),
            id="dates-reversed",
        ),
        pytest.param(
            "[kami]",
            '[{app: kami, rings: {pilto: "2026-12-01"}}]',
            (
                "UNKNOWN-RING",
                16,
                43,
                'apps: {required: [{app: kami, rings: {pilot: "2026-12-01"}}], available: [scratch]}',
            ),
            id="unknown-ring",
        ),
        pytest.param(
            'serials: ["5CD1234567"]',
            "inventory: inventories/vagn.csv",
            ("INVENTORY-MISSING", 24, 26, None),
            id="inventory-missing",
        ),
    ],
)
def test_one_wrong_place_gives_one_finding_there(
    old: str, new: str, expected: tuple[str, int, int, str | None]
) -> None:
    code, line, column, corrected = expected

    assert seen(load_school(old, new)) == at_school(code, line, column, corrected)


def test_the_municipality_code_of_alvesta() -> None:
    loaded = load_with({"organisation.yaml": changed(ORGANISATION, '"0000"', "0764")})

    assert seen(loaded) == [
        Seen(code="NOT-QUOTED", file="organisation.yaml", line=3, column=20, corrected='municipality_code: "0764"')
    ]
    assert loaded.documents is None
    assert hint_of(loaded.findings[0]) == 'Skriv: municipality_code: "0764"'


def test_a_key_that_is_only_far_from_any_known_one_lists_those() -> None:
    loaded = load_school("    name: Pilot\n", "    name: Pilot\n    färg: blå\n")

    assert seen(loaded) == at_school("UNKNOWN-KEY", 20, 5)
    assert "audience" in loaded.findings[0].values["known"]


def test_an_alias_bomb_is_refused_before_it_is_written_out() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{this}: &{this} [{', '.join([f'*{last}'] * 10)}]" for last, this in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    loaded = load_with({SCHOOL_FILE: "\n".join(rows) + "\n"})

    # &a has 11 values, &b 111, &c 1,111; with the fourth of &d's ten aliases there would be more than 10,000.
    assert [(one.code, one.line) for one in seen(loaded) if one.file == SCHOOL_FILE] == [("ALIAS-BOMB", 4)]


def test_a_harmless_alias_is_read() -> None:
    school = SCHOOL.replace("[kami]", "&apps [kami]").replace("[scratch]", "*apps")
    loaded = load_with({SCHOOL_FILE: school})

    assert loaded.findings == ()
    assert loaded.documents is not None
    assert [line.app for line in loaded.documents.schools[0].groups[0].wishes.apps] == ["kami", "kami"]


def test_an_alias_to_what_it_is_part_of() -> None:
    loaded = load_with({SCHOOL_FILE: "id: norrskolan\nunits: &u [*u]\n"})

    assert [one for one in seen(loaded) if one.file == SCHOOL_FILE] == at_school("ALIAS-LOOP", 2, 12)


@pytest.mark.parametrize(
    "deep", ["[" * 40 + "]" * 40, "[" * 900_000, "\n" + "\n".join(" " * n + "-" for n in range(1, 99))]
)
def test_what_is_nested_without_end_is_refused_in_time(deep: str) -> None:
    loaded = load_with({SCHOOL_FILE: f"id: {deep}\n"})

    assert [one.code for one in seen(loaded) if one.file == SCHOOL_FILE] == ["TOO-DEEP"]


def test_latin_1_is_shown_as_it_was_meant() -> None:
    loaded = load_with({SCHOOL_FILE: SCHOOL.replace("–", "-").encode("latin-1")})

    assert seen(loaded) == [
        *at_school("NOT-UTF8", 5, 40, '- {code: "12345678", school_forms: [förskoleklass, grundskola], grades: F-6}')
    ]


def test_utf_16_is_not_utf_8() -> None:
    assert [one.code for one in seen(load_with({SCHOOL_FILE: SCHOOL.encode("utf-16")}))] == ["NOT-UTF8"]


@pytest.mark.parametrize(
    "spell",
    [
        pytest.param(lambda text: "\ufeff" + text, id="byte-order-mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="crlf"),
        pytest.param(lambda text: text.replace("å", "a\u030a").replace("ö", "o\u0308"), id="decomposed"),
        pytest.param(lambda text: "---\n" + text, id="document-mark"),
        pytest.param(lambda text: text.replace("förskoleklass", "forskoleklass"), id="without-dots"),
        pytest.param(lambda text: text + "# \t\n".replace("\t", ""), id="comment"),
    ],
)
def test_other_ways_to_save_the_same_are_accepted(spell: Callable[[str], str]) -> None:
    plain, other = load_with({}), load_with({SCHOOL_FILE: spell(SCHOOL)})

    assert other.findings == ()
    assert other.documents is not None
    assert plain.documents is not None
    assert other.documents.schools == plain.documents.schools


def test_an_older_name_of_a_school_form_is_a_warning_with_the_current_one() -> None:
    loaded = load_school("[förskoleklass, grundskola]", "[förskoleklass, grundsärskola]")

    assert seen(loaded) == at_school("OLD-SCHOOL-FORM", 5, 54)
    assert loaded.findings[0].severity == "warning"
    assert hint_of(loaded.findings[0]) == "Skriv: anpassad-grundskola"
    assert loaded.documents is not None
    assert loaded.documents.schools[0].units[0].school_forms == ("förskoleklass", "anpassad-grundskola")


def test_an_id_used_twice_names_both_lines() -> None:
    loaded = load_school("- id: pilot", "- id: elever-4-6")
    twice = [finding for finding in loaded.findings if finding.code == "ID-TWICE"]

    assert [finding.values["other"] for finding in twice] == ["schools/norrskolan.yaml:8"]
    assert (twice[0].subject, seen(loaded)[0].line) == ("norrskolan/elever-4-6", 18)
    assert hint_of(twice[0]).endswith("skriv previously: [elever-4-6]")


def test_an_app_in_two_catalogues_names_the_other_file() -> None:
    loaded = load_with({"app-catalogs/fler.yaml": CATALOG.replace("topic: appar", "topic: fler")})

    assert [(one.code, one.file, one.line, one.column) for one in seen(loaded)] == [
        ("ID-TWICE", "app-catalogs/fler.yaml", 4, 9),
        ("ID-TWICE", "app-catalogs/fler.yaml", 10, 9),
    ]
    assert loaded.findings[0].values["other"] == "app-catalogs/appar.yaml:4"


def test_a_cycle_of_previously_over_two_schools() -> None:
    north = changed(SCHOOL, "name: Norrskolan\n", "name: Norrskolan\npreviously: [soderskolan]\n")
    south = "id: soderskolan\nname: Söder\nunits: [{school_forms: [grundskola]}]\npreviously: [norrskolan]\n"
    loaded = load_with({SCHOOL_FILE: north, "schools/soderskolan.yaml": south})

    assert [(one.code, one.file, one.line, one.column) for one in seen(loaded)] == [
        ("PREVIOUSLY-CYCLE", "schools/norrskolan.yaml", 4, 14),
        ("PREVIOUSLY-CYCLE", "schools/soderskolan.yaml", 4, 14),
    ]


def test_a_cycle_of_within_is_said_of_each_group_in_it() -> None:
    loaded = load_school("    grades: 4-6\n", "    grades: 4-6\n    within: pilot\n")

    assert [(one.code, one.line, one.column) for one in seen(loaded)] == [
        ("WITHIN-CYCLE", 14, 13),
        ("WITHIN-CYCLE", 24, 13),
    ]


def test_a_used_old_name_of_an_app_gets_the_new_one() -> None:
    catalog = changed(CATALOG, "name: Kami\n", "name: Kami\n    previously: [kami-pdf]\n")
    loaded = load_with({"app-catalogs/appar.yaml": catalog, SCHOOL_FILE: changed(SCHOOL, "[kami]", "[kami-pdf]")})

    assert seen(loaded) == at_school("APP-RENAMED", 16, 23, "apps: {required: [kami], available: [scratch]}")


def test_the_file_is_named_after_the_id() -> None:
    loaded = load_school("\nid: norrskolan", "\nid: norskolan")

    assert seen(loaded) == at_school("FILE-NAME", 2, 5, "id: norrskolan")


def test_a_broken_file_drops_out_alone_and_blames_nobody_else() -> None:
    loaded = load_with({"app-catalogs/appar.yaml": "topic: appar\ntopic: appar\n"})

    assert [(one.code, one.file) for one in seen(loaded)] == [("DUPLICATE-KEY", "app-catalogs/appar.yaml")]
    assert loaded.documents is not None
    assert loaded.documents.apps == ()
    assert len(loaded.documents.schools) == 1


def test_all_findings_of_all_files_come_at_once_and_sorted() -> None:
    school = (
        SCHOOL.replace("grades: 4-6", "grade: 4-6").replace("[scratch]", "[scrath]").replace("name: Pilot", "name: 7")
    )
    loaded = load_with(
        {SCHOOL_FILE: school, "organisation.yaml": changed(ORGANISATION, "backend: chrome,", "backend: krome,")}
    )

    assert [(one.file, one.line, one.code) for one in seen(loaded)] == [
        ("organisation.yaml", 8, "UNKNOWN-BACKEND"),
        (SCHOOL_FILE, 13, "UNKNOWN-KEY"),
        (SCHOOL_FILE, 19, "NOT-QUOTED"),
    ]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_no_hint_of_this_file_keeps_a_placeholder(lang: str) -> None:
    loaded = load_school("    name: Pilot\n", "    nmae: Pilot\n    within: 7\n    färg: blå\n")

    assert loaded.findings
    for finding in loaded.findings:
        assert re.search(r"[{}]", hint_of(finding, lang)) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("".join(f"k{number}: 1\n" for number in range(70_000)), "UNKNOWN-KEY", id="keys"),
        pytest.param("a: 1\n" * 150_000, "DUPLICATE-KEY", id="duplicates"),
        pytest.param(f"a: [{'01,' * 300_000}]\n", "NOT-QUOTED", id="numbers"),
    ],
)
def test_of_a_file_that_is_wrong_everywhere_a_hundred_findings_are_enough(text: str, code: str) -> None:
    found = [one.code for one in seen(load_with({SCHOOL_FILE: text})) if one.file == SCHOOL_FILE]

    assert found == [code] * 100


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param('"Syd\\nrad"', "PATTERN", id="line-break"),
        pytest.param('"Syd\\trad"', "PATTERN", id="tab"),
        pytest.param('" Syd"', "PATTERN", id="leading-blank"),
        pytest.param('"Syd "', "PATTERN", id="trailing-blank"),
        pytest.param('""', "PATTERN", id="empty"),
        pytest.param("S" * 101, "TOO-LONG", id="101-characters"),
    ],
)
@pytest.mark.parametrize(
    ("file", "text", "old", "line", "column"),
    [
        pytest.param("organisation.yaml", ORGANISATION, "name: Vidala kommun", 2, 7, id="organisation"),
        pytest.param(SCHOOL_FILE, SCHOOL, "name: Norrskolan", 3, 7, id="school"),
        pytest.param(SCHOOL_FILE, SCHOOL, "name: Pilot", 19, 11, id="group"),
        pytest.param("app-catalogs/appar.yaml", CATALOG, "name: Kami", 5, 11, id="app"),
    ],
)
def test_a_name_is_one_short_line(file: str, text: str, old: str, line: int, column: int, name: str, code: str) -> None:
    loaded = load_with({file: changed(text, old, f"name: {name}")})

    # A file that is refused may take others with it, which refer to what it holds.
    assert Seen(code=code, file=file, line=line, column=column) in seen(loaded)


def test_the_name_of_a_baseline_is_one_line_too() -> None:
    file = "policies/baselines/grund.yaml"
    loaded = load_with({file: 'id: grund\nname: "Syd\\nrad"\napplies_to: {}\n'})

    assert Seen(code="PATTERN", file=file, line=2, column=7) in seen(loaded)


def test_a_name_of_100_characters_with_blanks_inside_is_right() -> None:
    loaded = load_school("name: Pilot", f"name: {'Elever å' * 12}rson")

    assert loaded.findings == ()


def test_what_is_wrong_with_a_name_is_said_in_words() -> None:
    loaded = load_school("name: Pilot", 'name: "Syd/rad"')

    assert seen(loaded) == at_school("PATTERN", 19, 11)
    assert hint_of(loaded.findings[0]) == (
        "Namnet är en rad text utan /, utan blanksteg först eller sist, och får inte vara tomt."
    )
    assert hint_of(loaded.findings[0], "en") == (
        "The name is one line of text without /, does not begin or end with a blank, and can't be empty."
    )
