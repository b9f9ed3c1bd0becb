"""The internal edition's pages of the queue, a school and the municipality, from a small one where everything can be counted by hand."""

import pytest

from reconciler.site.overview import Figure, _figure, figures
from reconciler.site.parts import Table
from reconciler.site.queue_page import queue_sections
from reconciler.site.school_page import SchoolPage, judged_by_school, school_page
from reconciler.site.source import Source
from reconciler.site.words import SiteWords
from tests.unit.site.written import files, source_of

SV = SiteWords("sv")


@pytest.fixture(scope="module")
def source() -> Source:
    return source_of(files(lambda field: field))


def rows(table: Table) -> list[list[str]]:
    return [[cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in table.rows]


def test_the_queue_says_how_long_each_has_waited(source: Source) -> None:
    queued, proposed, rejected, withdrawn = queue_sections(source, SV)

    assert queued.title == "I kö (1)"
    assert rows(queued.tables[0]) == [
        ["koad-app.name", "koad-app.need", "koad-app.by, school.name", "2026-10-14", "39"]
    ]
    assert rows(proposed.tables[0])[0][0] == "onskad-app.name"
    assert rows(rejected.tables[0]) == [["nekad-app.name", "nekad-app.reason", "2026-11-04", "ITR 2026:21 § 9"]]
    assert rows(withdrawn.tables[0])[0][:2] == ["borta-app.name", "borta-app.reason"]


@pytest.fixture(scope="module")
def school(source: Source) -> SchoolPage:
    return school_page(source.schools["norrskolan"], judged_by_school(source)["norrskolan"], source, SV)


def table(page: SchoolPage, name: str) -> list[list[str]]:
    return rows(next(one for one in page.sections if one.id == name).tables[0])


def test_a_school_in_short(school: SchoolPage) -> None:
    assert [(one.label, one.value.replace("\N{NO-BREAK SPACE}", " ")) for one in school.facts] == [
        ("Skolformer", "grundskola"),
        ("Årskurser", "F–6"),
        ("Skolenhetskod", "12345678"),
        ("Elever", "74"),
        ("Enheter enligt filerna", "1 074"),
        ("Basnivåer", "baseline.name"),
    ]


def test_a_schools_groups_apps_and_settings_say_who_decided(school: SchoolPage) -> None:
    assert table(school, "groups") == [
        ["group.name", "Chromebook", "elever", "grundskola", "4–6", "1 074"],
        ["Förråd", "Chromebook", "förråd", "grundskola", "–", "–"],
    ]
    assert table(school, "apps") == [
        ["app.name", "Får installeras", "gruppen", "group.name"],
        ["rakna.name", "Installeras", "basnivån baseline.name", "group.name"],
    ]
    assert table(school, "settings") == [["Inkognitoläge", "spärrat", "gruppen", "group.name"]]


def test_a_schools_verdicts_say_what_is_not_met_and_name_no_address(school: SchoolPage) -> None:
    assert table(school, "rules") == [["rule.message …", "inte uppfyllt", "egen", "1"]]
    assert table(school, "mgn") == [["mgn.text", "SKA", "inte bedömt", "grundskola 12345678"]]


def test_a_schools_differences_are_counted(school: SchoolPage) -> None:
    found = next(one for one in school.sections if one.id == "deviation").facts

    assert [(one.label, one.value) for one in found] == [
        ("Egna appar", "1"),
        ("Egna inställningar", "1"),
        ("Undantag", "0"),
    ]


def test_licences_owned_stand_beside_those_that_are_needed() -> None:
    written = files(lambda field: field)
    catalogue = "app-catalogs/appar.yaml"
    with_seats = written[catalogue].replace('"model": "licence"', '"model": "licence", "seats": 1000')
    assert with_seats != written[catalogue]
    source = source_of({**written, catalogue: with_seats})
    shown = {one.id: one for one in figures(source, SV)}["seats"].table

    assert shown.head[-2:] == ("Licenser som behövs", "Licenser som finns")
    assert rows(shown) == [["app.name", "0", "1 074", "74", "1 000"]]


@pytest.fixture(scope="module")
def shown(source: Source) -> dict[str, Figure]:
    return {one.id: one for one in figures(source, SV)}


def test_the_overview_counts(shown: dict[str, Figure]) -> None:
    assert rows(shown["fleet"].table) == [["grundskola", "1 074"]]
    assert rows(shown["statuses"].table) == [
        *(["Godkänd", "1"], ["Godkänd med villkor", "1"], ["I kö", "1"]),
        *(["Önskad", "1"], ["Nekad", "1"], ["Utgår", "1"]),
    ]
    assert rows(shown["costs"].table) == [["Gratis", "1"], ["Licens", "1"]]
    assert rows(shown["seats"].table) == [["app.name", "0", "1 074"]]
    assert rows(shown["equality"].table) == [["school.name", "1", "1", "0"]]
    assert rows(shown["reviews"].table) == [["app.name", "2027-10-31"]]


def test_the_overview_says_what_apps_cost_a_year_and_who_pays(shown: dict[str, Figure]) -> None:
    """74 pupils in grades 4–6, at 4 949.50 kronor each school year."""
    assert rows(shown["money"].table) == [["skolan", "366 263 kr"]]


def test_each_chart_shows_what_its_table_says(shown: dict[str, Figure]) -> None:
    for one in shown.values():
        if one.chart and one.id != "reviews":
            labels = [row[0] for row in rows(one.table)]
            assert list(one.chart.labels) == labels[: len(one.chart.labels)]


def test_reviews_are_gathered_by_quarter(shown: dict[str, Figure]) -> None:
    chart = shown["reviews"].chart

    assert chart is not None
    assert (chart.labels, chart.sums) == (("2027, kvartal 4",), ("1",))


def test_a_chart_of_the_first_few_says_so() -> None:
    listed = [(f"skola-{number}", (20 - number,)) for number in range(16)]
    few, all_of_them = (
        _figure("equality", "SCHOOL", some, ("Appar",), SV, note="N.") for some in (listed, listed[:15])
    )

    assert few.chart is not None
    assert len(few.chart.labels) == 15
    assert len(few.table.rows) == 16
    assert few.note == "N. Diagrammet visar de 15 första av 16. Tabellen har alla."
    assert all_of_them.note == "N."
