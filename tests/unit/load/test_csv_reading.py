"""The bytes that spreadsheets write: encodings, separators, quotation marks, rows and columns with nothing in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalogue.headings import is_heading
from reconciler.load.csv_reading import CsvSheet, read_csv
from reconciler.model.place import Position

ROWS = "Namn{0}Länk{0}Behov\r\nÖgonblick{0}www.o.se{0}Läsa på å, ä och ö\r\n"
CELLS = ("Ögonblick", "www.o.se", "Läsa på å, ä och ö")


def read(data: bytes) -> CsvSheet:
    return read_csv("lista.csv", data, is_heading)


def places(sheet: CsvSheet) -> list[tuple[str, int, int]]:
    found = ((one.code, one.place) for one in sheet.findings)
    return [(code, place.line, place.column) for code, place in found if isinstance(place, Position)]


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_and_separator_that_programs_write(separator: str, encoding: str) -> None:
    sheet = read(ROWS.format(separator).encode(encoding))
    assert (sheet.headings, [row.cells for row in sheet.rows], sheet.findings) == (
        ("Namn", "Länk", "Behov"),
        [CELLS],
        (),
    )


def test_a_comma_separates_where_the_headings_say_so_though_the_text_has_more_semicolons() -> None:
    sheet = read(b'Namn,Behov\nA,"ett; tva; tre; fyra"\n')
    assert sheet.rows[0].cells == ("A", "ett; tva; tre; fyra")


@pytest.mark.parametrize("first", [b"sep=;\r\n", b'"sep=;"\r\n', b"SEP=;\n"])
def test_excels_first_line_is_no_row(first: bytes) -> None:
    sheet = read(first + b"Namn;Pris\nA;49,50\n")
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ("A", "49,50"))]


def test_a_title_above_the_headings_and_empty_edges_are_passed_over_and_rows_keep_their_numbers() -> None:
    sheet = read(b"Onskelista 2026;;;\n;;;\nNamn;Behov;;\nA;x;;\n;;;\n\nB;y\n;;;\n")
    assert (sheet.heading_row, sheet.headings) == (3, ("Namn", "Behov"))
    assert [(row.number, row.cells) for row in sheet.rows] == [(4, ("A", "x")), (7, ("B", "y"))]


def test_a_cell_of_several_lines_is_one_row() -> None:
    sheet = read(b'Namn;Behov\nA;"rad ett\r\nrad ""tv\xc3\xa5"""\nB;y\n')
    assert [(row.number, row.cells[1]) for row in sheet.rows] == [(2, 'rad ett\r\nrad "två"'), (3, "y")]


def test_a_row_with_more_cells_than_headings_is_refused_and_the_rest_is_read() -> None:
    sheet = read(b"Namn;Behov\nA;ett; och tva\nB;y\n")
    assert places(sheet) == [("INTAKE-TOO-MANY-CELLS", 2, 3)]
    assert [row.number for row in sheet.rows] == [3]


def test_broken_quotation_marks_cost_their_row_and_an_open_one_the_rest() -> None:
    sheet = read(b'Namn;Behov\nA;"ett" tva\nB;y\nC;"aldrig slut\nD;z\n')
    assert places(sheet) == [("INTAKE-QUOTE", 2, 1), ("INTAKE-UNCLOSED-QUOTE", 4, 1)]
    assert [row.cells for row in sheet.rows] == [("B", "y")]


def test_a_quotation_mark_that_swallows_half_the_file_ends_the_list() -> None:
    sheet = read(b'Namn;Behov\nA;x\nB;"' + b"y;z\n" * 50_000)
    assert places(sheet) == [("INTAKE-UNCLOSED-QUOTE", 3, 1)]
    assert [row.cells for row in sheet.rows] == [("A", "x")]
    assert places(read(b'Namn;"' + b"y;z\n" * 50_000)) == [("INTAKE-UNCLOSED-QUOTE", 1, 1)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04\x14\x00", "INTAKE-NOT-CSV"),
        (b"\xd0\xcf\x11\xe0\xa1", "INTAKE-NOT-CSV"),
        ("Namn;Behov\nÅk;Läs\n".encode("mac_roman"), "INTAKE-ENCODING"),
        ("Namn;Behov\n".encode("utf-16-le"), "INTAKE-ENCODING"),  # without its mark
        (b"Namn;Behov\n\x81\xe5;x\n", "INTAKE-ENCODING"),  # a byte that Windows-1252 does not have
        (b"", "INTAKE-EMPTY"),
        (b";;\n\n", "INTAKE-EMPTY"),
        (b"Frukt;Vikt\nApple;3\n", "INTAKE-NO-HEADINGS"),
        (b"Namn;Behov\n" + b"x" * 2_000_000, "INTAKE-TOO-LARGE"),
        (b"Namn\n" + b"x\n" * 5_001, "INTAKE-TOO-MANY-ROWS"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_why(data: bytes, code: str) -> None:
    sheet = read(data)
    assert ([one.code for one in sheet.findings], sheet.rows) == ([code], ())


def test_as_many_rows_as_are_promised_are_read() -> None:
    sheet = read(b"Namn\n" + b"x\n" * 5_000)
    assert (sheet.findings, len(sheet.rows)) == ((), 5_000)


@given(st.binary() | st.text().map(lambda text: f"Namn;Behov\n{text}".encode("utf-8", "surrogatepass")))
def test_no_bytes_are_a_bug(data: bytes) -> None:
    sheet = read(data)
    assert all(len(row.cells) == len(sheet.headings) for row in sheet.rows)
    assert sheet.rows or sheet.findings or sheet.headings
