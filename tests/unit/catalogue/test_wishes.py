"""A wish's cells as a proposal's record, in the words of the files; personal data and addresses that lead nowhere are refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalogue.headings import HEADINGS, field_of, near_heading
from reconciler.catalogue.wishes import Known, Wish, read_wish, slug_of

KNOWN = Known(
    schools={"sjöskolan": "sjoskolan", "sjoskolan": "sjoskolan"},
    words={"no": "NO", "svenska": "svenska", "uppläsning": "uppläsning"},
    as_of=date(2026, 11, 22),
)


def wish(**cells: str) -> Wish:
    return read_wish(cells, KNOWN)


def codes(found: Wish) -> list[tuple[str, str]]:
    return [(one.column, one.code) for one in found.refused]


def test_a_whole_row_becomes_a_record_in_the_files_words() -> None:
    found = wish(
        name=" Läs &  Skriv ", supplier="Läs AB", supplier_country="Sverige", address="https://apps.apple.com/se/app/x/id361309726?l=sv",
        need="Eleverna hör\ntexten.", by="lärare åk 3", school="SJÖSKOLAN", received="14/10/2026", tried="Legimus: saknar boken",
        users="ca 48", reference="önskemål 12", school_forms="Grundskola, fritids, grundsärskola", grades="åk 4–6", audiences="elever och lärare",
        age_limit="13 år", subjects="Svenska / no; bild", purposes="Uppläsning", sign_in="Google, eget konto", price="49,00 kr/elev/läsår",
        cost_note="Rabatt över 100", in_app_purchases="inga", bearer="skolan", languages="svenska, EN", reading="lite",
        accessibility="uppläsning\nundertexter", offline="delvis", personal_data="pseudonymer",
    )  # fmt: skip
    assert codes(found) == []
    assert found.address == "https://apps.apple.com/se/app/x/id361309726?l=sv"
    assert found.record == {
        "name": "Läs & Skriv",
        "supplier": "Läs AB",
        "supplier_country": "SE",
        "platforms": {"ipados": {"app_store": "361309726"}},
        "request": {
            "need": "Eleverna hör texten.",
            "by": "lärare åk 3",
            "school": "sjoskolan",
            "received": "2026-10-14",
            "tried": "Legimus: saknar boken",
            "users": 48,
            "reference": "önskemål 12",
        },
        "school_forms": ["grundskola", "fritidshem", "anpassad-grundskola"],
        "grades": "4-6",
        "audiences": ["pupils", "staff"],
        "age_limit": 13,
        "subjects": ["svenska", "NO", "bild"],
        "purposes": ["uppläsning"],
        "cost": {
            "model": "subscription",
            "note": "Rabatt över 100",
            "in_app_purchases": "none",
            "bearer": "school",
            "price": {"kronor": 49, "per": "user", "period": "school-year"},
        },
        "interface": {
            "languages": ["sv", "en"],
            "reading": "some",
            "accessibility": ["read-aloud", "captions"],
            "offline": "partly",
        },
        "sign_in": ["google", "own"],
        "personal_data": "pseudonym",
    }


@pytest.mark.parametrize(
    ("cells", "platforms"),
    [
        ({"address": "https://apps.apple.com/se/app/x/id409201541?mt=12"}, {"macos": {"app_store": "409201541"}}),
        ({"address": "https://apps.apple.com/se/app/x/id1", "app_store": "361309726"}, None),
        ({"app_store": "id361309726"}, {"ipados": {"app_store": "361309726"}}),
        ({"app_store": "361309726", "platform": "iPad, Mac"}, {"ipados": {"app_store": "361309726"}, "macos": {"app_store": "361309726"}}),
        ({"address": "https://chromewebstore.google.com/detail/namn/ghbmnnjooekpmoecnnnilnnbdlolhkhi?hl=sv"}, {"chromeos": {"extension": "ghbmnnjooekpmoecnnnilnnbdlolhkhi"}}),
        ({"address": "https://play.google.com/store/apps/details?id=org.scratchjr.android&hl=sv"}, {"chromeos": {"android": "org.scratchjr.android"}}),
        ({"android": "org.scratchjr.android", "platform": "Android"}, {"android": {"play": "org.scratchjr.android"}}),
        ({"address": "https://apps.microsoft.com/detail/9nzvdkpmr9rd"}, {"windows": {"store": "9NZVDKPMR9RD"}}),
        ({"address": "www.ne.se", "platform": "Chromebook / Windows"}, {"chromeos": {"web": "https://www.ne.se"}, "windows": {"web": "https://www.ne.se"}}),
        ({"address": "http://skolplus.se/", "platform": "ipad"}, {"ipados": {"web": "https://skolplus.se/"}}),
        ({"address": "https://apps.apple.com/se/app/x/id361309726\nhttps://x.example.se/", "platform": "Chromebook"},
         {"chromeos": {"web": "https://x.example.se/"}, "ipados": {"app_store": "361309726"}}),
        ({"winget": "Mozilla.Firefox"}, {"windows": {"winget": "Mozilla.Firefox"}}),
    ],
)  # fmt: skip
def test_an_app_is_known_by_its_stores_address_or_id(cells: dict[str, str], platforms: Any) -> None:
    assert wish(**cells).record.get("platforms") == platforms


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"app_store": "3,61E+08"}, "app_store", "INTAKE-STORE-NUMBER"),
        ({"app_store": "3.61309726E8"}, "app_store", "INTAKE-STORE-NUMBER"),
        ({"app_store": "12"}, "app_store", "INTAKE-STORE-ID"),
        ({"extension": "zzz"}, "extension", "INTAKE-STORE-ID"),
        ({"address": "https://ne.se"}, "address", "INTAKE-PLATFORM-NEEDED"),
        ({"address": "javascript:alert(1)", "platform": "iPad"}, "address", "INTAKE-ADDRESS"),
        ({"address": "https://user:pw@x.se/", "platform": "iPad"}, "address", "INTAKE-PERSONAL-DATA"),
        ({"address": "https://user@localhost/", "platform": "iPad"}, "address", "INTAKE-ADDRESS"),
        ({"address": "https://x.se/<script>", "platform": "iPad"}, "address", "INTAKE-ADDRESS"),
        ({"address": "https://[::1", "platform": "iPad"}, "address", "INTAKE-ADDRESS"),
        ({"address": "file:///etc/passwd", "platform": "iPad"}, "address", "INTAKE-ADDRESS"),
        ({"address": "https://play.google.com/store/search?q=x", "platform": "Chromebook"}, "address", "INTAKE-STORE-PAGE"),
        ({"address": "https://apps.apple.com/se/developer/x", "platform": "iPad"}, "address", "INTAKE-STORE-PAGE"),
        ({"address": "https://apps.apple.com/se/app/x/id361309726", "app_store": "409201541"}, "address", "INTAKE-STORE-TWO"),
        ({"platform": "Chromebok"}, "platform", "INTAKE-WORD"),
        ({"school": "Sjöskola"}, "school", "INTAKE-SCHOOL"),
        ({"school_forms": "högskola"}, "school_forms", "INTAKE-FORM"),
        ({"cost": "dyr"}, "cost", "INTAKE-WORD"),
        ({"price": "49", "per": "banan", "period": "år"}, "per", "INTAKE-WORD"),
        ({"price": "gratis?"}, "price", "INTAKE-PRICE"),
        ({"age_limit": "vuxen"}, "age_limit", "INTAKE-NUMBER"),
        ({"supplier_country": "Atlantis"}, "supplier_country", "INTAKE-COUNTRY"),
        ({"id": "Min App"}, "id", "INTAKE-ID"),
        ({"name": "!!!"}, "name", "INTAKE-NAME"),
        ({"name": "x" * 101}, "name", "INTAKE-TOO-LONG"),
        ({"need": "x" * 2001}, "need", "INTAKE-TOO-LONG"),
        ({"need": "mejla anna.ek@skola.example.se"}, "need", "INTAKE-PERSONAL-DATA"),
        ({"tried": "ring 070-123 45 67"}, "tried", "INTAKE-PERSONAL-DATA"),
        ({"by": "811218-9876"}, "by", "INTAKE-PERSONAL-DATA"),
        ({"subjects": "svenska, anna@skola.example.se"}, "subjects", "INTAKE-PERSONAL-DATA"),
        ({"reference": "+46 70 123 45 67"}, "reference", "INTAKE-PERSONAL-DATA"),
    ],
)  # fmt: skip
def test_what_can_not_be_taken_is_refused_at_its_column(cells: dict[str, str], column: str, code: str) -> None:
    assert codes(wish(**cells)) == [(column, code)]


@pytest.mark.parametrize("cell", ["811218-9876", "anna@skola.example.se"])
@pytest.mark.parametrize("column", sorted(HEADINGS))
def test_no_message_quotes_personal_data_from_any_column(column: str, cell: str) -> None:
    for one in wish(**{column: cell}).refused:
        assert cell not in str(dict(one.values))


def test_a_need_keeps_what_looks_like_markup_because_it_is_data() -> None:
    text = "<img src=x onerror=alert(1)> [länk](http://e.example) @alla #12 `kod` {need}"
    assert wish(need=text).record["request"]["need"] == text


def test_every_heading_is_of_one_field_and_a_misspelt_one_has_a_near_one() -> None:
    assert [
        (name, field_of(name)) for field, names in HEADINGS.items() for name in names if field_of(name) != field
    ] == []
    assert (field_of("Pris (kr)"), field_of("ANTAL\nELEVER"), field_of("Färg")) == ("price", "users", None)
    assert near_heading("Leverantr") == "leverantör"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Läs & skriv", "las-och-skriv"), ("Ögonblick 2.0", "ogonblick-2-0"), ("Ærlig+", "aerlig-plus"), ("数学", ""), ("--- ", ""), ("é" * 90, "e" * 60)],
)  # fmt: skip
def test_an_id_is_made_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_the_page_lists_every_heading_under_a_name_that_is_read() -> None:
    page = (Path(__file__).parents[3] / "docs/sv/onskemal.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in page.splitlines() if line.startswith("| ")][1:]
    named = {
        field_of(name): heading for heading, others in rows for name in (heading, *filter(None, others.split(", ")))
    }
    assert None not in named
    assert set(named) == set(HEADINGS)


@given(st.dictionaries(st.sampled_from(sorted(HEADINGS)), st.text()), st.booleans())
def test_no_cells_are_a_bug(cells: dict[str, str], from_sheet: bool) -> None:
    found = read_wish(cells, KNOWN, from_sheet=from_sheet)
    assert all(one.code.startswith("INTAKE-") for one in found.refused)
