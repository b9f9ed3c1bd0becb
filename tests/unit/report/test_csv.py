"""Cells of every CSV that we write: no spreadsheet runs anything of them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.escape import csv_cell
from reconciler.report.sheet import Sheet, sheet_csv, sheet_markdown, sheet_text

FORMULAS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Kami", "Kami"),
        ("=1+1", "'=1+1"),
        ("+46 70 123 45 67", "'+46 70 123 45 67"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("  =1", "'  =1"),
        ("-5", "-5"),
        ("+49,50", "+49,50"),
        ("a=b", "a=b"),
        ("– inget", "– inget"),
        ("rad\n=1+1", "rad =1+1"),
        ("\t=1", "\\x09=1"),
        ("\r=1", "\\x0d=1"),
        ("", ""),
    ],
)
def test_cells(text: str, cell: str) -> None:
    assert csv_cell(text) == cell


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = csv_cell(text)
    bare = cell.strip()

    assert not bare.startswith(tuple(FORMULAS)) or bare.lstrip("+-").replace(",", "").replace(".", "").isdigit()
    assert "\n" not in cell
    assert "\r" not in cell


@given(st.lists(st.text(), min_size=2, max_size=2), st.sampled_from(["sv", "en"]))
def test_a_reader_finds_as_many_cells_as_were_written(row: list[str], lang: str) -> None:
    text = sheet_csv(Sheet(title="x", head=("a", "b"), rows=[row]), lang)
    rows = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";" if lang == "sv" else ",")
    )

    assert rows == [["a", "b"], [csv_cell(cell) for cell in row]]


def test_the_same_sheet_as_text_and_markdown() -> None:
    sheet = Sheet(title="Väntar", head=("Status", "Antal"), rows=[("i kö", "12"), ("önskad", "3")], notes=["I dag."])

    assert sheet_text(sheet) == "Väntar\n\nStatus  Antal\ni kö    12\nönskad  3\n\nI dag.\n"
    assert (
        sheet_markdown(sheet) == "## Väntar\n\n| Status | Antal |\n|---|---|\n| i kö | 12 |\n| önskad | 3 |\n\nI dag.\n"
    )
