"""Candidates side by side: whom a question is about, and a cost only where price and number are both known."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from reconciler.catalogue.compare import Choice, Numbers, Yearly, choose, pupils_in, yearly
from reconciler.model.documents import School
from reconciler.model.place import Pointer
from reconciler.model.vetting import Cost, Price, vetting_of
from reconciler.report import compare_print
from reconciler.report.compare_view import CompareView, Comparison, view_comparison
from reconciler.report.council_words import CouncilWords
from reconciler.review.seats import Seats
from tests.unit.catalogue.records import FILES, documents_of, with_records

RECORDS = [vetting_of(app) for app in documents_of(FILES).apps]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (Choice(), ["kami", "scratch", "stoppad", "onskad", "nekad"]),
        (Choice(subject="Svenska"), ["kami"]),
        (Choice(grades="1-3"), ["scratch", "stoppad", "onskad", "nekad"]),
        (Choice(grades="9"), ["kami", "scratch", "stoppad", "onskad", "nekad"]),
        (Choice(form="gymnasieskola", statuses=("approved", "approved-with-conditions")), ["scratch"]),
        (Choice(platform="ipados"), ["onskad"]),
        (Choice(statuses=("queued", "proposed")), ["stoppad", "onskad"]),
        (Choice(apps=("nekad", "kami")), ["kami", "nekad"]),
        (Choice(subject="teknik", apps=("kami",)), ["kami", "scratch"]),
        (Choice(subject="bild"), []),
    ],
)
def test_who_is_compared(choice: Choice, found: list[str]) -> None:
    assert [one.id for one in choose(RECORDS, choice)] == found


def test_an_app_for_all_subjects_is_there_for_each() -> None:
    everywhere = replace(RECORDS[1], subjects=("Alla",))
    assert [one.id for one in choose([RECORDS[0], everywhere], Choice(subject="svenska"))] == ["kami", "scratch"]
    assert choose([RECORDS[0], everywhere], Choice(subject="alkemi")) == ()  # no app of the catalogue names it

    for lang, said in (("sv", "alla ämnen"), ("en", "all subjects")):
        view = view_comparison(
            Comparison(records=(everywhere,), choice=Choice(), numbers=Numbers(), missing={}), CouncilWords(lang=lang)
        )
        assert said in [cells[0] for _, cells in view.rows]


@pytest.mark.parametrize(
    ("seats", "said"),
    [
        (
            Seats(unit="user", owned=1200, needed=1100),
            "1\N{NO-BREAK SPACE}200 finns, 1\N{NO-BREAK SPACE}100 behövs i dag",
        ),
        (Seats(unit="user", owned=70, needed=74, silent=("norr",)), "70 finns, minst 74 behövs i dag; 4 fattas"),
        (None, "okänt"),
    ],
)
def test_licences_stand_beside_each_other(seats: Seats | None, said: str) -> None:
    other = Seats(unit="device", owned=1, needed=0)
    known = {"scratch": other, **({"kami": seats} if seats else {})}
    found = Comparison(records=tuple(RECORDS[:2]), choice=Choice(), numbers=Numbers(), missing={}, seats=known)
    rows = dict(view_comparison(found, CouncilWords(lang="sv")).rows)

    assert rows["Licenser"] == (said, "1 finns, 0 behövs i dag")


def price(kronor: str, per: str, period: str) -> Cost:
    return Cost(model="licence", price=Price(kronor=Decimal(kronor), per=per, period=period))


@pytest.mark.parametrize(
    ("cost", "numbers", "expected"),
    [
        (price("49.5", "user", "school-year"), Numbers(pupils=74), Yearly(kronor=Decimal("3663.0"))),
        (price("10", "user", "month"), Numbers(pupils=74), Yearly(kronor=Decimal(8880))),
        (price("49.5", "user", "year"), Numbers(), Yearly(unknown="user")),
        (price("20", "device", "year"), Numbers(pupils=74), Yearly(unknown="device")),
        (price("20", "device", "year"), Numbers(devices=30), Yearly(kronor=Decimal(600))),
        (price("900", "class", "year"), Numbers(pupils=74), Yearly(unknown="class")),
        (price("900", "school", "once"), Numbers(schools=2), Yearly(kronor=Decimal(1800), once=True)),
        (price("12000", "municipality", "year"), Numbers(), Yearly(kronor=Decimal(12000))),
        (price("0", "user", "year"), Numbers(), Yearly(kronor=Decimal(0))),
        (Cost(model="free"), Numbers(), Yearly(kronor=Decimal(0))),
        (Cost(model="freemium"), Numbers(pupils=74), Yearly(unknown="price")),
        (Cost(model="subscription"), Numbers(pupils=74), Yearly(unknown="price")),
        (None, Numbers(pupils=74), Yearly(unknown="price")),
    ],
)
def test_cost_of_a_year(cost: Cost | None, numbers: Numbers, expected: Yearly) -> None:
    assert yearly(cost, numbers) == expected


def school(**grades: int) -> School:
    return School(
        id="s",
        name="S",
        pupils_by_grade={name.replace("_", "-"): n for name, n in grades.items()},
        at=Pointer(file="s"),
    )


def test_pupils_are_counted_where_the_files_tell_them_apart() -> None:
    schools = [school(F_3=88, **{"4_6": 74}), school(**{"4_6": 26})]

    assert pupils_in(schools, "4-6") == 100
    assert pupils_in(schools, "F-6") == 188
    assert pupils_in(schools, "4") is None  # a year among three that are counted together
    assert pupils_in(schools, "7-9") is None


def view(choice: Choice, numbers: Numbers, lang: str = "sv", name: str = "Kami") -> CompareView:
    found = [replace(one, name=name) if one.id == "kami" else one for one in RECORDS]
    records = choose(found, choice)
    missing = {"stoppad": ["pris"]}
    return view_comparison(
        Comparison(records=records, choice=choice, numbers=numbers, missing=missing), CouncilWords(lang=lang)
    )


def cells(shown: CompareView, number: int = 0) -> dict[str, str]:
    return {title: row[number] for title, row in shown.rows}


def test_words_of_a_record_in_both_languages() -> None:
    swedish = cells(view(Choice(apps=("kami",)), Numbers(pupils=74)))
    english = cells(view(Choice(apps=("kami",)), Numbers(pupils=74), "en"))

    assert swedish["Kostnad"] == "licens; 49,50 kr per användare och läsår"
    assert swedish["Kostnad per år för 74 elever"] == "3\N{NO-BREAK SPACE}663 kr"
    assert swedish["Dataskydd"] == (
        "PUB-avtal tecknat, konsekvensbedömning klar, USA, enligt Data Privacy Framework, lagras i tredjeland"
    )
    assert swedish["Pedagogisk bedömning"] == "betyg 4 av 5: Alla kan följa med."
    assert english["Cost per year for 74 pupils"] == "SEK 3,663"
    assert (swedish["Språk"], english["Languages"]) == ("svenska, engelska", "Swedish, English")
    assert english["Status"] == "approved"
    assert next(iter(swedish.values())) == "kami"


def test_what_was_chosen_is_said_in_words() -> None:
    choice = Choice(subject="svenska", grades="4-6", platform="chromeos", statuses=("approved", "queued"))

    assert view(choice, Numbers()).intro == ("Urval: svenska, åk 4-6, Chromebook, godkänd, i kö.", "1 app.")


def test_what_nobody_noted_is_unknown_and_what_is_missing_is_said() -> None:
    shown = cells(view(Choice(apps=("stoppad",)), Numbers(pupils=74)))

    assert shown["Kostnad"] == shown["Personuppgifter"] == shown["Språk"] == shown["Åldersgräns"] == "okänt"
    assert shown["Kostnad per år för 74 elever"] == "okänt (priset är inte antecknat)"
    assert shown["Skol-it"] == "veto från skol-it (säkerhet): Kräver administratör."
    assert shown["Saknas"] == "pris"


HOSTILE = '=HYPERLINK("http://x.example.se") <script>alert(1)</script> @alla ::error::| [x](y)'


def test_hostile_names_are_text_in_every_form() -> None:
    shown = view(Choice(apps=("kami",)), Numbers(), name=HOSTILE)
    page = compare_print.compare_html(shown, "sv")
    table = compare_print.compare_markdown(shown)
    sheet = compare_print.compare_csv(shown, "sv")

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert "<script>" not in table
    assert "@alla" not in table
    assert "\\](y)" in table
    assert re.search(r"(?<!\\)\]\(", table) is None
    assert sheet.splitlines()[1].startswith("\"'=HYPERLINK(")
    assert not any(line.startswith("::") for line in compare_print.compare_text(shown).splitlines())


def test_more_than_four_apps_go_into_a_second_table_and_one_row_each_into_csv() -> None:
    shown = view(Choice(), Numbers())
    heads = [line for line in compare_print.compare_markdown(shown).splitlines() if line.startswith("| App ")]
    rows = compare_print.compare_csv(shown, "en").split("\r\n")

    assert heads == ["| App | Kami | Scratch | Stoppappen | Önskeappen |", "| App | Nejappen |"]
    assert rows[0].startswith('\ufeff"App","Id","Status"')
    assert len(rows) == 1 + 5 + 1


def test_a_price_that_is_none_takes_the_record_out_of_the_sum() -> None:
    files = with_records(
        (
            "cost: {model: licence, price: {kronor: 49.5, per: user, period: school-year}, bearer: school}",
            "cost: {model: free}",
        )
    )
    free = next(vetting_of(app) for app in documents_of(files).apps if app.id == "kami")

    assert yearly(free.cost, Numbers()).kronor == 0
