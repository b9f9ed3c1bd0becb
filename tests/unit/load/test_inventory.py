"""Inventories as people's spreadsheets save them."""

import pytest

from reconciler.load import Loaded
from tests.unit.load.writing import SCHOOL, SCHOOL_FILE, changed, load_with, seen

FILE = "inventories/vagn.csv"


def load_inventory(content: str | bytes) -> Loaded:
    school = changed(SCHOOL, 'serials: ["5CD1234567"]', f"inventory: {FILE}")
    return load_with({SCHOOL_FILE: school, FILE: content})


def serials(loaded: Loaded) -> tuple[str, ...]:
    assert loaded.documents is not None
    devices = loaded.documents.schools[0].groups[1].devices
    assert devices is not None

    return devices.serials


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("serial\n5CD1\n0012\n", id="one-column"),
        pytest.param(
            "\ufeffModell;Serial;Pris\r\nChromebook;5CD1;3 995,50\r\nChromebook;0012;\r\n", id="swedish-excel"
        ),
        pytest.param('model,serial\n"Chromebook, liten",5CD1\nx, 0012 \n\n', id="commas-and-quotes"),
    ],
)
def test_serials_are_text_in_the_order_of_the_file(content: str) -> None:
    loaded = load_inventory(content)

    assert loaded.findings == ()
    assert serials(loaded) == ("5CD1", "0012")


@pytest.mark.parametrize(
    ("content", "code", "line", "severity"),
    [
        ("modell;nummer\nx;5CD1\n", "INVENTORY-NO-COLUMN", 1, "error"),
        ("", "INVENTORY-NO-COLUMN", 1, "error"),
        ("serial\n5CD1\n5,00E+07\n".replace(",", "."), "INVENTORY-SERIAL", 3, "error"),
        ("serial\n5CD1\n5C\u200bD2\n", "INVENTORY-SERIAL", 3, "error"),
        ("serial\n5CD1\nA\n5CD1\n", "INVENTORY-TWICE", 4, "warning"),
        ("serial\n5CD1\n" + "x" * 140_000 + "\n", "INVENTORY-UNREADABLE", 3, "error"),
        ("modell;serial\nå;5CD1\n".encode("latin-1"), "NOT-UTF8", 2, "error"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(content: str | bytes, code: str, line: int, severity: str) -> None:
    loaded = load_inventory(content)

    assert [(one.code, one.file, one.line) for one in seen(loaded)] == [(code, FILE, line)]
    assert loaded.findings[0].severity == severity


def test_no_serial_number_is_in_a_finding() -> None:
    loaded = load_inventory("serial\n5CD9999999\n5CD9999999\n")

    assert [code.code for code in loaded.findings] == ["INVENTORY-TWICE"]
    assert "5CD9999999" not in str(loaded.findings)
