"""What is personal by its form, and what only looks like it.

The numbers are the ones that descriptions of the form use as examples, or have a check digit that nobody's number has.
"""

import pytest

from reconciler.model.personal_data import personal_data_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fråga anna.andersson@skola.example.se om datorn.", "email"),
        ("anna.andersson(at)skola.se", "email"),
        ("Anna [snabel-a] skola.se", "email"),
        ("Åsa <åsa@bygd.example.se>", "email"),
        # 811218-9876 is the usual example of the form (Skatteverket's SKV 704); its check digit is right.
        ("Gäller 811218-9876", "personal-number"),
        ("Gäller 8112189876.", "personal-number"),
        ("Gäller 19811218-9876,", "personal-number"),
        ("Gäller 198112189876", "personal-number"),
        ("Gäller 19811218 9876", "personal-number"),
        ("Gäller 811218+9876", "personal-number"),
        ("Gäller 811218–9876", "personal-number"),
        ("Gäller 811218 - 9876", "personal-number"),
        ("(811218-9876)", "personal-number"),
        # A wrong check digit and hidden last digits: the date of birth is still somebody's.
        ("Gäller 20140312-1111", "personal-number"),
        ("Gäller 20140312-XXXX", "personal-number"),
        # A pupil without a personal number has a temporary one in the pupil register.
        ("Gäller 20140312-TF01", "personal-number"),
        ("Gäller 20140312TF01", "personal-number"),
        # Coordination number: 60 is added to the day. 701063-2391 is the usual example of one.
        ("Gäller 701063-2391", "personal-number"),
        ("Gäller 197010632391", "personal-number"),
        ("ring 070-123 45 67", "phone"),
        ("ring 0701234567", "phone"),
        ("ring 070 123 45 67", "phone"),
        ("ring 08-12 34 56", "phone"),
        ("ring 0472-150 00", "phone"),
        ("ring 0472/15000", "phone"),
        ("ring +46 70 123 45 67", "phone"),
        ("ring +46 (0)70-123 45 67", "phone"),
        ("ring 0046701234567", "phone"),
        ("ring +4712345678", "phone"),
    ],
)
def test_what_is_a_persons_is_found(text: str, kind: str) -> None:
    assert personal_data_in(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "Leveransen till åk 4–6 är försenad till januari. Till dess delar eleverna två och två.",
        "Skriv @elever i ämnesraden, eller v.3 @ Norrskolan.",
        "UBN 2026/123",
        "BUN 2026/142, protokoll § 6",
        "BUN/2026:00123-4",
        "KS 2026.08123-45",
        "Dnr 2026-01234-56",
        "dnr 0764-2026-123456",
        "2026-10-15",
        "2026-08-17 – 2027-06-11",
        "20260817 2027",
        "från 20261015 till 20270611",
        "kl. 08:00–15:30",
        "kl. 08-16 den 2026-10-15",
        "07.30-16.00",
        # Organisation numbers of Alvesta and Ronneby: the third digit is at least 2, which no month's first is.
        "212000-0639",
        "2120000837",
        "16212000-0639",
        "skolenhet 67183147 och 10000000",
        "kommunkod 0764",
        "SD-20418",
        "5CD1234ABC, C02XG0ABJG5J, 0F3A123456789",
        "5E1234567",
        "serienummer 1234567890",
        "811218-98765",
        "8112189877",
        "811318-9876",
        "811232-9876",
        "version 10.0.19045.4529 och 17.6.1",
        "SFS 2018:218, 2 kap. 4 §",
        "Förordning (EU) 2016/679, artikel 35.3 b",
        "lgr22 s. 08 12",
        "1 000 000 kronor, 10 500 000 om året",
        "com.google.android.apps.0123",
        "",
    ],
)
def test_what_only_looks_like_it_is_let_through(text: str) -> None:
    assert personal_data_in(text) is None


def test_a_long_text_without_blanks_takes_no_longer_than_its_length_allows() -> None:
    assert personal_data_in("@" + "a" * 200_000) is None
    assert personal_data_in("1" * 200_000 + "@") is None
