"""Personal data in texts: found, never repeated, and not seen where there are none."""

import pytest

from reconciler.catalogue.persons import personal_data_in, personal_data_of
from reconciler.model.place import Json


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("skriv till anna.ek@example.se", "email"),
        ("19811218-9876", "personal-number"),  # Skatteverkets exempel på personnummer
        ("811218-9876", "personal-number"),
        ("8112189876", "personal-number"),
        ("701063-2391", "personal-number"),  # Skatteverkets exempel på samordningsnummer
        ("070-123 45 67", "phone"),
        ("0701234567", "phone"),
        ("+46 70 123 45 67", "phone"),
        ("08-123 456 78", "phone"),
        ("0470-123 45", "phone"),
    ],
)
def test_found(text: str, kind: str) -> None:
    assert personal_data_in(f"Fråga {text} om det.") == kind


@pytest.mark.parametrize(
    "text",
    [
        "lärare åk 4–6, 48 elever",
        "ITR 2026:21 § 10",
        "dnr BUN 2026/0123456",
        "2026-10-14 kl. 08:15–09:45",
        "556036-0793",  # ett organisationsnummer: månaden finns inte
        "811218-9875",  # fel kontrollsiffra
        "981318-1234",  # ingen dag
        "läsåret 2026/2027, kommun 0764",
        "10 000 kronor, 49,50 per elev",
        "com.redjumper.bookcreator, id 442378070",
        "@skolan",
    ],
)
def test_not_found(text: str) -> None:
    assert personal_data_in(text) is None


def test_where_it_stands_in_a_record() -> None:
    record: dict[str, Json] = {
        "source": {"text": "info@example.se", "read": "2026-11-21"},
        "conditions": ["Bra.", "Ring 070-123 45 67."],
        "notes": [{"text": "a@example.se"}],
    }

    assert list(personal_data_of(record)) == [(("conditions", 1), "phone"), (("notes", 0, "text"), "email")]
