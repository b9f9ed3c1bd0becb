"""The page of an MGN: what stands on it, and what hostile text comes to."""

import base64
import re
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from reconciler.load.repository import load
from reconciler.model.mgn import Mgn
from reconciler.report.mgn_page import MARK, render_page
from tests.unit.load.writing import FILES, changed, tree_of

TODAY = date(2026, 11, 21)
FILE = "policies/mgn/2026-27/grundskola.yaml"
MGN = """\
school_form: grundskola
school_year: 2026-27
state: adopted
introduction: Det här gör vi lika.
decision: {body: Rektorsgruppen, date: "2026-06-01", reference: BUN 2026/114}
participants: [{role: rektor}, {role: användarstödjare}]
requirements:
  - id: narvaro
    level: SKA
    text: Närvaro förs varje lektion.
    system: vklass
    process: närvaro
    role: lärare
    rationale: Tidig upptäckt.
    source: Skollagen 7 kap. 17 §
    verification: self_assessment
  - id: planering
    level: BÖR
    becomes: {level: SKA, from: "2027-08-16"}
    text: Planeringar publiceras.
    system: mdm
    process: planering
    role: lärare
    rationale: Insyn.
    verification: attestation
"""


def read(text: str = MGN) -> Mgn:
    loaded = load(tree_of({**FILES, FILE: text}))
    assert loaded.documents is not None
    return loaded.documents.mgn[0]


class Outline(HTMLParser):
    """Tags in order, and the text inside each kind of tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.setdefault(self.tags[-1], []).append(data.strip())


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def test_shall_and_should_stand_apart_with_the_day_of_what_is_decided() -> None:
    found = outline(render_page(read(), "Vidala kommun", TODAY, "sv"))

    assert found.texts["h1"] == ["Minsta gemensamma nämnare, grundskola, läsåret 2026-27"]
    assert found.texts["h2"] == ["Det här SKA alla göra", "Det här BÖR man göra, och får välja"]
    assert found.texts["th"][5:6] == ["Närvaro förs varje lektion."]
    assert found.texts["em"] == ["Blir SKA 2027-08-16."]
    assert found.texts["p"] == [
        "Vidala kommun",
        "Antagen av Rektorsgruppen 2026-06-01, BUN 2026/114.",
        "Framtagen tillsammans med rektor, användarstödjare.",
        "Det här gör vi lika.",
    ]


def test_from_its_day_on_it_stands_among_those_that_all_do() -> None:
    found = outline(render_page(read(), "Vidala kommun", date(2027, 8, 16), "sv"))

    assert found.texts["h2"] == ["Det här SKA alla göra"]
    assert "em" not in found.texts


def test_a_screen_reader_can_say_where_it_is() -> None:
    found = outline(render_page(read(), "Vidala kommun", TODAY, "sv"))

    assert ("lang", "sv") in found.attributes
    assert found.tags.count("h1") == 1
    assert [value for name, value in found.attributes if name == "scope"] == [*["col"] * 5, "row", *["col"] * 5, "row"]
    assert {value for name, value in found.attributes if name == "aria-labelledby"} == {"ska", "bor"}


def test_nothing_runs_and_nothing_is_fetched() -> None:
    page = render_page(read(), "Vidala kommun", TODAY, "sv")
    found = outline(page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    allowed = base64.b64encode(sha256(style[1].encode()).digest()).decode()

    assert page.splitlines()[1] == MARK
    assert {"script", "img", "link", "iframe", "form", "object"}.isdisjoint(found.tags)
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in page
    assert "url(" not in style[1]
    assert not [name for name, _ in found.attributes if name in ("src", "href", "style") or name.startswith("on")]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "{{ 7*7 }}", '"><img src=x onerror=y>', "</style>"])
def test_what_people_write_is_text(hostile: str) -> None:
    quoted = "'" + hostile + "'"
    page = render_page(read(changed(MGN, "Planeringar publiceras.", quoted)), hostile, TODAY, "sv")
    found = outline(page)

    assert found.tags.count("script") == found.tags.count("img") == 0
    assert hostile in found.texts["th"]
    assert found.texts["p"][0] == hostile


def test_a_draft_says_that_it_is_one_in_english_too() -> None:
    draft = read(changed(MGN, "state: adopted", "state: draft"))

    assert "Draft. Not adopted, and may change." in outline(render_page(draft, "Vidala", TODAY, "en")).texts["p"]
