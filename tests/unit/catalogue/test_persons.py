"""Personal data in records: where they stand, and of what kind."""

from reconciler.catalogue.persons import personal_data_of
from reconciler.model.place import Json


def test_where_it_stands_in_a_record() -> None:
    record: dict[str, Json] = {
        "name": "Kami",
        "source": {"text": "info@example.se", "read": "2026-11-21"},
        "platforms": {"android": {"play": "se.example.app"}},
        "request": {"need": "Fråga 19811218-9876", "users": 48},  # Skatteverkets exempel på personnummer
        "conditions": ["Bra.", "Ring 070-123 45 67."],
        "cost": {"contract": {"reference": "SKOL 2026:112"}, "note": "org.nr 556036-0793"},
        "notes": [{"text": "a@example.se", "date": "2026-11-03"}],
    }

    assert list(personal_data_of(record)) == [
        (("request", "need"), "PERSONAL-NUMBER"),
        (("conditions", 1), "PERSONAL-PHONE"),
        (("notes", 0, "text"), "PERSONAL-EMAIL"),
    ]
