"""What people and Excel write in cells; what can be read in two ways is refused, with the code that says why."""

import contextlib
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalogue import cells
from reconciler.catalogue.cells import Refusal
from reconciler.catalogue.prices import read_price

TODAY = date(2026, 11, 22)


def refused(read: Callable[..., object], *text: object) -> str:
    with pytest.raises(Refusal) as found:
        read(*text)
    return found.value.code


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("49", 49), ("49,50", 49.5), ("49.50", 49.5), ("1 234", 1234), ("1\u00a0234,50", 1234.5), ("1\u202f234", 1234),
        ("1.234,50", 1234.5), ("1,234.50", 1234.5), ("1 234 567", 1234567), ("0", 0), ("0,500", 0.5), ("1,2345", 1.2345),
    ],
)  # fmt: skip
def test_numbers_with_comma_or_point_and_spaces_between_thousands(text: str, value: float) -> None:
    assert cells.number(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "INTAKE-NUMBER-AMBIGUOUS"), ("12.500", "INTAKE-NUMBER-AMBIGUOUS"), ("-5", "INTAKE-NUMBER"),
        ("3,61E+08", "INTAKE-NUMBER"), ("fem", "INTAKE-NUMBER"), ("1 23", "INTAKE-NUMBER"), ("٣", "INTAKE-NUMBER"),
        ("1" * 20, "INTAKE-NUMBER"), ("nan", "INTAKE-NUMBER"),
    ],
)  # fmt: skip
def test_numbers_that_may_be_two_or_none(text: str, code: str) -> None:
    assert refused(cells.number, text) == code


def test_how_many() -> None:
    assert [cells.count(text) for text in ("48", "ca 50", "ca. 1 200 st", "25 elever")] == [48, 50, 1200, 25]
    assert {refused(cells.count, text) for text in ("0", "2,5", "några")} == {"INTAKE-NUMBER"}


@pytest.mark.parametrize(
    "text", ["2026-10-14", "20261014", "2026/10/14", "14/10/2026", "10/14/2026", "14.10.2026", "2026-10-14 00:00:00",
             "2026-10-14T08:15", "14 oktober 2026", "14 okt 2026", "14-Oct-2026"],
)  # fmt: skip
def test_days_that_can_only_be_one(text: str) -> None:
    assert cells.day(text, TODAY) == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10/11/2026", "INTAKE-DATE-AMBIGUOUS"), ("1.2.2026", "INTAKE-DATE-AMBIGUOUS"), ("14/10/26", "INTAKE-DATE-AMBIGUOUS"),
        ("45945", "INTAKE-DATE-NUMBER"), ("45945,5", "INTAKE-DATE-NUMBER"), ("2026-02-30", "INTAKE-DATE"),
        ("31/13/2026", "INTAKE-DATE"), ("14 okt", "INTAKE-DATE"), ("i höstas", "INTAKE-DATE"), ("2026-13-01", "INTAKE-DATE"),
        ("2026-11-23", "INTAKE-DATE-AHEAD"),
    ],
)  # fmt: skip
def test_days_that_may_be_two_or_none(text: str, code: str) -> None:
    assert refused(cells.day, text, TODAY) == code


def test_the_same_number_twice_is_one_day_whichever_comes_first() -> None:
    assert cells.day("11/11/2026", TODAY) == date(2026, 11, 11)


@pytest.mark.parametrize(
    ("text", "value"),
    [("4-6", "4-6"), ("åk 4–6", "4-6"), ("Årskurs F-3", "F-3"), ("f–3", "F-3"), ("7", "7"), ("7 till 9", "7-9"), ("mellanstadiet", "4-6")],
)  # fmt: skip
def test_grades(text: str, value: str) -> None:
    assert cells.grades(text) == value


@pytest.mark.parametrize("text", ["04-jun", "6-apr", "apr-06", "2026-06-04", "46177", "9-Jul"])
def test_grades_that_excel_made_a_day_of(text: str) -> None:
    assert refused(cells.grades, text) == "INTAKE-GRADES-DATE"


def test_grades_that_are_none() -> None:
    assert {refused(cells.grades, text) for text in ("alla", "11", "0-3", "F-", "9-7")} == {"INTAKE-GRADES"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('="361309726"', "361309726"), ("'=A1", "=A1"), ("- en punkt", "en punkt"), ("–", ""), ("_No response_", ""),
        ("a\u00a0b\u00adc\u200bd", "a bcd"), ("rad ett\r\n  rad   två ", "rad ett\nrad två"), ("-5", "-5"), ("a\u0308r", "är"),
    ],
)  # fmt: skip
def test_cells_are_cleaned_of_what_programs_leave(text: str, value: str) -> None:
    assert cells.cleaned(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=HYPERLINK(\"http://e.example\";\"x\")", "INTAKE-FORMULA"), ("=1+1", "INTAKE-FORMULA"), ("@SUM(A1)", "INTAKE-FORMULA"),
        ("+cmd|'/c calc'!A1", "INTAKE-FORMULA"), ("-2+3*cmd", "INTAKE-FORMULA"), ("-A1", "INTAKE-FORMULA"), ("＝1", "INTAKE-FORMULA"),
        ("#SAKNAS!", "INTAKE-EXCEL-ERROR"), ("########", "INTAKE-EXCEL-ERROR"), ("#N/A", "INTAKE-EXCEL-ERROR"),
        ("lÃ¤sa", "INTAKE-GARBLED"), ("l\ufffdsa", "INTAKE-GARBLED"), ("a\x1b[31m", "INTAKE-UNSEEN"), ("a\u202eb", "INTAKE-UNSEEN"),
    ],
)  # fmt: skip
def test_cells_that_hold_no_value(text: str, code: str) -> None:
    assert refused(cells.cleaned, text) == code


@pytest.mark.parametrize(
    ("text", "kronor", "per", "period"),
    [
        ("49 kr/elev/läsår", 49, "user", "school-year"), ("49,50 kr per enhet och år", 49.5, "device", "year"),
        ("1 200:-/klass/år", 1200, "class", "year"), ("990 kr per skola i månad", 990, "school", "month"),
    ],
)  # fmt: skip
def test_a_price_says_per_what_and_how_often(text: str, kronor: float, per: str, period: str) -> None:
    assert read_price(text, "", "") == {"kronor": kronor, "per": per, "period": period}


def test_a_price_takes_its_unit_from_other_cells() -> None:
    assert read_price("49", "elev", "en gång") == {"kronor": 49, "per": "user", "period": "once"}
    assert read_price("gratis", "", "") is read_price("0,00 kr", "", "") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gratis?", "INTAKE-PRICE"), ("5 USD", "INTAKE-PRICE"), ("€5", "INTAKE-PRICE"), ("-49", "INTAKE-PRICE"),
        ("49–99 kr", "INTAKE-PRICE"), ("49 kr/banan/år", "INTAKE-PRICE"), ("49", "INTAKE-PRICE-UNIT"), ("49 kr/elev", "INTAKE-PRICE-UNIT"),
        ("1,234 kr/elev/år", "INTAKE-NUMBER-AMBIGUOUS"),
    ],
)  # fmt: skip
def test_what_is_no_price(text: str, code: str) -> None:
    assert refused(read_price, text, "", "") == code


@given(st.text())
def test_no_cell_is_a_bug(text: str) -> None:
    readers: tuple[Callable[[], object], ...] = (
        lambda: cells.number(text),
        lambda: cells.count(text),
        lambda: cells.grades(text),
        lambda: cells.cleaned(text),
        lambda: cells.day(text, TODAY),
        lambda: read_price(text, "", ""),
    )
    for read in readers:
        with contextlib.suppress(Refusal):
            read()
