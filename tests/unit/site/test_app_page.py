"""What stands on an app's page, in words that people use."""

from dataclasses import replace
from datetime import date

import pytest

from reconciler.model.vetting import Cost, Vetting
from reconciler.site.app_page import AppPage, app_page
from reconciler.site.source import Source, is_public
from reconciler.site.words import SiteWords
from tests.unit.site.written import AS_OF, files, source_of


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(files(lambda field: field))


def app(source: Source, name: str = "skriva") -> Vetting:
    return next(one for one in source.apps if one.id == name)


def page(found: Vetting, source: Source, lang: str = "sv", *, inside: bool = False) -> AppPage:
    return app_page(found, source, SiteWords(lang), inside=inside)


def section(found: AppPage, name: str) -> list[str]:
    for one in found.sections:
        if one.id == name:
            return [*one.paragraphs, *one.items, *one.closing, *(f"{fact.label}: {fact.value}" for fact in one.facts)]
    return []


def test_whom_it_is_for_and_how_it_is_used(source: Source) -> None:
    found = page(app(source), source)

    assert section(found, "for-whom") == [
        "Skolformer: grundskola",
        "Årskurser: 4–6",
        "Ämnen: app.subject",
        "Används till: app.purpose",
        "Målgrupp: elever",
        "Leverantör: app.supplier",
    ]
    assert section(found, "use") == [
        "Fungerar på: Chromebook",
        "Inloggning: skolans Googlekonto",
        "Språk i appen: svenska och engelska",
        "Läsning: Enstaka ord och korta meningar",
        "Tillgänglighet: textning",
        "Utan nät: Fungerar inte",
    ]


def test_cost_and_data_protection_in_words(source: Source) -> None:
    found = page(app(source), source)

    assert section(found, "cost") == [
        "Appen kräver licens. En licens går åt för varje användare. Det går inte att köpa något i appen. Skolan betalar.",
        "app.cost.note",
    ]
    assert section(found, "data")[0] == (
        "Appen hanterar vanliga personuppgifter, till exempel namn. Personuppgiftsbiträdesavtal är tecknat (2026-10-01). "
        "Konsekvensbedömning är gjord (2026-10-02). Uppgifterna lagras i Sverige. Inga uppgifter förs till tredjeland."
    )


def test_the_same_in_english(source: Source) -> None:
    found = page(app(source), source, "en")

    assert found.status == "Approved with conditions"
    assert section(found, "cost")[0] == (
        "The app needs a licence. One licence is used for each user. Nothing can be bought in the app. The school pays."
    )


def test_an_app_of_a_baseline_says_so_and_how_schools_get_it_otherwise(source: Source) -> None:
    assert section(page(app(source, "rakna"), source), "get")[:2] == [
        "Appen ingår i kommunens basnivå:",
        "baseline.name: installeras åt alla",
    ]
    assert section(page(app(source), source), "get")[0].startswith("Saknas den på er skola?")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nekad-app", "Appen är nekad och får inte användas."),
        ("koad-app", "Appen står i kö för prövning. Den får inte användas ännu."),
        ("onskad-app", "Appen är önskad men inte prövad. Den får inte användas."),
        ("borta-app", "Appen utgår och läggs inte till på fler ställen."),
    ],
)
def test_an_app_that_is_not_approved_says_that_it_may_not_be_used(source: Source, name: str, said: str) -> None:
    assert section(page(app(source, name), source, inside=True), "get") == [said]


def test_only_the_internal_edition_has_prices_wishes_and_use(source: Source) -> None:
    inside = page(app(source), source, inside=True)
    outside = {one.id for one in page(app(source), source).sections}

    assert outside == {"for-whom", "get", "cost", "use", "data", "assessment", "decision"}
    assert section(inside, "contract")[0].replace("\N{NO-BREAK SPACE}", " ") == (
        "Pris utan moms: 4 949,50 kr per användare, varje läsår"
    )
    assert section(inside, "used") == [
        "1 grupp på 1 skola har appen. De räknar med 1\N{NO-BREAK SPACE}074 enheter tillsammans."
    ]
    assert "Röster: 5 för, 1 emot" in section(inside, "record")


def test_a_purchase_link_is_only_made_of_an_encrypted_address(source: Source) -> None:
    one = app(source)

    assert page(one, source).source_url == "https://skriva.example.se/"
    assert page(replace(one, source_url="http://skriva.example.se/"), source).source_url == ""
    assert page(replace(one, source_url="javascript:alert(1)"), source).source_url == ""


def test_without_personal_data_no_agreement_is_talked_about(source: Source) -> None:
    found = page(replace(app(source), personal_data="none"), source)

    assert section(found, "data")[0] == "Appen hanterar inga personuppgifter."


def test_what_nobody_has_recorded_is_said(source: Source) -> None:
    found = page(replace(app(source), personal_data="", cost=Cost(model="free")), source)

    assert section(found, "data")[0] == "Ingen har antecknat vilka personuppgifter appen hanterar."
    assert section(found, "cost") == ["Appen är gratis."]


@pytest.mark.parametrize(
    ("status", "gone", "public"),
    [
        ("approved", None, True),
        ("approved-with-conditions", date(2026, 11, 23), True),
        ("approved", AS_OF, False),
        ("withdrawn", date(2027, 6, 30), False),
        ("rejected", None, False),
        ("queued", None, False),
        ("proposed", None, False),
    ],
)
def test_what_everybody_may_know(source: Source, status: str, gone: date | None, public: bool) -> None:
    assert is_public(replace(app(source), status=status, withdrawn_from=gone), AS_OF) is public


def test_an_app_on_its_way_out_warns(source: Source) -> None:
    going = replace(app(source), withdrawn_from=date(2027, 6, 30))

    assert page(going, source).warning == "Appen utgår 2027-06-30. Planera för en annan."
    assert page(app(source, "borta-app"), source).warning == "Appen utgick 2026-11-10."
