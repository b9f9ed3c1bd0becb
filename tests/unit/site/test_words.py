"""Numbers, money, lists and names as they are written; every text of the site is said somewhere."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

import reconciler.site
from reconciler.site.words import LANGUAGES, SiteWords, by_name
from reconciler.texts.rendering import messages

SV, EN = SiteWords("sv"), SiteWords("en")
FOLDER = Path(reconciler.site.__file__).parent


@pytest.mark.parametrize(
    ("amount", "sv", "en"),
    [
        ("49", "49 kr", "SEK 49"),
        ("12.5", "12,50 kr", "SEK 12.50"),
        ("1234567", "1 234 567 kr", "SEK 1,234,567"),
        ("1234.56", "1 234,56 kr", "SEK 1,234.56"),
        ("0", "0 kr", "SEK 0"),
    ],
)
def test_money(amount: str, sv: str, en: str) -> None:
    assert SV.kronor(Decimal(amount)).replace("\N{NO-BREAK SPACE}", " ") == sv
    assert EN.kronor(Decimal(amount)).replace("\N{NO-BREAK SPACE}", " ") == en


def test_lists_and_counts() -> None:
    assert SV.join(["svenska", "", "bild", "SO"]) == "svenska, bild och SO"
    assert EN.join(["svenska", "bild"]) == "svenska and bild"
    assert SV.join([]) == ""
    assert (SV.count("APP", 1), SV.count("APP", 30)) == ("1 app", "30 appar")


def test_names_stand_in_the_order_of_the_swedish_alphabet() -> None:
    names = ["Östra skolan", "Zebra", "Ärlan", "Åbackaskolan", "adam", "Émile", "Edvin", "Fjäril"]

    assert sorted(names, key=by_name) == [
        *("adam", "Edvin", "Émile", "Fjäril", "Zebra", "Åbackaskolan", "Ärlan", "Östra skolan")
    ]


def test_a_language_without_a_name_here_is_shown_by_its_code() -> None:
    assert (SV.language("so"), EN.language("so"), SV.language("tlh")) == ("somaliska", "Somali", "tlh")


def test_every_language_that_the_site_knows_has_a_name() -> None:
    assert {f"SITE-LANGUAGE-{one.upper()}" for one in LANGUAGES} == {
        code for code in messages("site") if code.startswith("SITE-LANGUAGE-")
    }


def test_every_text_is_said_by_a_page_or_the_command() -> None:
    """Codes that are put together begin with a kind: `term("PLATFORM", …)`, `say(f"GET-{…}")`."""
    sources = [
        *FOLDER.rglob("*.py"),
        *FOLDER.rglob("*.j2"),
        FOLDER.parent / "cli/site.py",
        FOLDER.parent / "reconcile/site.py",
    ]
    text = "\n".join(one.read_text("utf-8") for one in sources)
    whole = {one.removeprefix("SITE-") for one in re.findall(r'"([A-Z][A-Z-]+[A-Z])"', text)}
    kinds = {
        *re.findall(r'terms?\(\s*"([A-Z-]+)"', text),
        *re.findall(r'f"([A-Z-]+)-\{', text),
        "FORM",
        "PLATFORM",
        "COST",
    }
    kinds |= {"AGREEMENT", "IMPACT", "STORAGE", "THIRD-COUNTRY"}  # of a loop over the record's fields
    counted = set(re.findall(r'count\(\s*"([A-Z]+)"', text))
    figures = set(re.findall(r'_figure\(\s*"([a-z]+)"', text))

    unsaid = {code.removeprefix("SITE-") for code in messages("site")} - whole
    unsaid -= {f"{noun}-{ending}" for noun in counted for ending in ("ONE", "MANY")}
    unsaid -= {f"{figure.upper()}-{part}" for figure in figures for part in ("TITLE", "CAPTION")}
    unsaid = {one for one in unsaid if not any(one.startswith(f"{kind}-") for kind in kinds)}

    assert unsaid == set()
