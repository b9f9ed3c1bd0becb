"""Findings as a person, a tool and a pull request see them."""

import json

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place, Pointer, Position
from reconciler.report.findings import format_findings
from tests.unit.load.writing import load_school

FINDING = Finding(
    code="UNKNOWN-APP",
    severity=Severity.ERROR,
    place=Position(file="schools/norrskolan.yaml", line=16, column=23),
    subject="norrskolan/elever-4-6",
    values={"name": "kammi", "near": "kami", "corrected": "apps: {required: [kami]}"},
)


def nowhere(place: Place) -> Position:
    return place if isinstance(place, Position) else Position(file=place.file, line=1, column=1)


def show(finding: Finding, style: str, lang: str = "sv") -> str:
    return format_findings([finding], nowhere, lang, style)


def test_text_has_place_code_message_and_the_line_itself_with_a_mark() -> None:
    loaded = load_school("[kami]", "[kammi]")

    assert format_findings(loaded.findings, loaded.locate, "sv", "text", loaded.locate.line) == (
        "schools/norrskolan.yaml:16:23: error UNKNOWN-APP: Appen kammi finns inte i appkatalogen.\n"
        "   16 |     apps: {required: [kammi], available: [scratch]}\n"
        "      |                       ^\n"
        "  Menade du kami? Skriv: apps: {required: [kami], available: [scratch]}\n"
    )


def test_text_without_the_file_at_hand_in_english() -> None:
    assert show(FINDING, "text", "en") == (
        "schools/norrskolan.yaml:16:23: error UNKNOWN-APP: The app kammi is not in the catalogue.\n"
        "  Did you mean kami? Write: apps: {required: [kami]}\n"
    )


def test_text_without_a_place() -> None:
    finding = Finding(code="UNKNOWN-REVISION", severity=Severity.ERROR, place=None, values={"revision": "x"})

    assert show(finding, "text").startswith("error UNKNOWN-REVISION: Git hittar inte versionen x här.\n")


def test_nothing_found_is_nothing_to_say() -> None:
    assert format_findings([], nowhere, "sv", "text") == ""
    assert format_findings([], nowhere, "sv", "github") == ""
    assert json.loads(format_findings([], nowhere, "sv", "json")) == {
        "findings": [],
        "summary": {"errors": 0, "warnings": 0},
    }


def test_json_is_exactly_what_the_design_promises() -> None:
    warning = Finding(
        code="OLD-SCHOOL-FORM", severity=Severity.WARNING, place=None, values={"old": "a", "current": "b"}
    )
    data = json.loads(format_findings([FINDING, warning], nowhere, "sv", "json"))

    assert data == {
        "findings": [
            {
                "code": "UNKNOWN-APP",
                "severity": "error",
                "file": "schools/norrskolan.yaml",
                "line": 16,
                "column": 23,
                "message": "Appen kammi finns inte i appkatalogen.",
                "hint": "Menade du kami? Skriv: apps: {required: [kami]}",
                "subject": "norrskolan/elever-4-6",
            },
            {
                "code": "OLD-SCHOOL-FORM",
                "severity": "warning",
                "file": None,
                "line": None,
                "column": None,
                "message": "Skolformen a heter numera b.",
                "hint": "Skriv: b",
                "subject": "",
            },
        ],
        "summary": {"errors": 1, "warnings": 1},
    }


def test_github_shows_it_on_the_line() -> None:
    assert show(FINDING, "github") == (
        "::error title=UNKNOWN-APP,file=schools/norrskolan.yaml,line=16,col=23::"
        "Appen kammi finns inte i appkatalogen.%0AMenade du kami? Skriv: apps: {required: [kami]}\n"
    )


def test_an_annotation_names_the_file_from_the_top_of_the_repository() -> None:
    """GitHub looks for it from there; in text and JSON the file is the one that the command was asked about."""
    styles = ("text", "json", "github")
    shown = [format_findings([FINDING], nowhere, "sv", style, folder="kommuner/alvesta") for style in styles]

    assert ["kommuner/alvesta/schools/" in text for text in shown] == [False, False, True]


def test_untrusted_text_gives_no_command_of_its_own() -> None:
    evil = Finding(
        code="UNKNOWN-APP",
        severity=Severity.INFO,
        place=Position(file="schools/a,line=1::x\n::error::b.yaml", line=2, column=1),
        values={"name": "a\r\n::set-env name=X::y%0A\x1b[31m\u202e", "near": "", "corrected": ""},
    )
    lines = show(evil, "github").splitlines()

    assert len(lines) == 1
    assert lines[0].startswith(
        "::notice title=UNKNOWN-APP,file=schools/a%2Cline=1%3A%3Ax\\x0a%3A%3Aerror%3A%3Ab.yaml,line=2,"
    )
    assert "%250A" in lines[0]
    assert "\x1b" not in show(evil, "text")
    assert "\u202e" not in show(evil, "text")


def test_other_lines_are_looked_up_where_they_are_shown() -> None:
    finding = Finding(
        code="ID-TWICE",
        severity=Severity.ERROR,
        place=None,
        values={"id": "a", "other": "b.yaml"},
        places={"other": Pointer(file="b.yaml")},
    )

    assert "(b.yaml:1)" in show(finding, "text")


def test_a_file_name_that_is_no_text_can_be_written() -> None:
    finding = Finding(code="UNKNOWN-FILE", severity=Severity.ERROR, place=None, values={"file": "schools/\udcff.yaml"})

    for style in ("text", "json", "github"):
        assert show(finding, style).encode()
