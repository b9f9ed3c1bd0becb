"""What the public edition must not have, and that no text of anybody's becomes more than text."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

import pytest

from reconciler.site.pages import files as site_files
from reconciler.site.source import Edition
from tests.unit.site.written import ILL, ILL_NAME, PUBLIC, files, ill, mark, source_of

BOTH = ("sv", "en")


def written(edition: Edition) -> Mapping[str, str]:
    return {one.path: one.text for one in site_files(source_of(files(mark)), edition, BOTH)}


def fields() -> list[str]:
    """Every field that a text was asked for."""
    asked: set[str] = set()

    def note(field: str) -> str:
        asked.add(field)
        return mark(field)

    files(note)
    return sorted(asked)


SECOND = ("rakna.name", "rakna.value", "rakna.reason")
"""Of the other approved app."""


def test_the_public_edition_says_of_all_texts_only_those_for_everybody() -> None:
    pages = written(Edition.PUBLIC)

    found = {one for one in fields() for text in pages.values() if mark(one) in text}

    assert found == {*PUBLIC, *SECOND}


def test_the_public_edition_says_nothing_of_numbers_and_places_of_the_municipality() -> None:
    for path, text in written(Edition.PUBLIC).items():
        for inner in (
            "norrskolan",
            "elever-4-6",
            "4949",
            "4 949",
            "4801",
            "1074",
            "onskad-app",
            "koad-app",
            "nekad-app",
            "borta-app",
            "5 för",
        ):
            assert inner not in f"{path} {text}".replace("\N{NO-BREAK SPACE}", " "), (path, inner)


def test_the_public_editions_files_are_these_and_no_others() -> None:
    one = {
        "index.html",
        "about.html",
        "apps/skriva.html",
        "apps/rakna.html",
        "mgn/index.html",
        "mgn/grundskola.html",
    }

    assert set(written(Edition.PUBLIC)) == {
        *one,
        *(f"en/{path}" for path in one),
        "assets/icon.svg",
        "assets/search.js",
        "assets/site.css",
    }


def test_the_internal_edition_says_the_rest() -> None:
    pages = written(Edition.INTERNAL)

    unsaid = {one for one in fields() if not any(mark(one) in text for text in pages.values())}

    # Titles of files, what rules rest on, what the council is called.
    assert unsaid == {"catalogue.title", "council.name", "rule.rationale", "rule.source"}


def test_no_address_stands_on_any_page() -> None:
    for edition in Edition:
        for path, text in written(edition).items():
            assert not re.search(r"\w@\w", text), path


class Tags(HTMLParser):
    """Elements and attributes as a browser sees them, and all text together."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("edition", list(Edition))
def test_ill_meant_texts_make_the_same_elements_as_others(edition: Edition) -> None:
    """Whatever they hold, the page has the same elements with the same attributes; only what is read differs."""
    harmless = {one.path: one.text for one in site_files(source_of(files(mark)), edition, BOTH)}
    harmful = {one.path: one.text for one in site_files(source_of(files(ill)), edition, BOTH)}

    assert set(harmless) == set(harmful)
    for path, text in harmful.items():
        if path.endswith(".html"):
            ours, theirs = Tags(harmless[path]), Tags(text)
            assert [(tag, sorted(found)) for tag, found in theirs.tags] == [
                (tag, sorted(found)) for tag, found in ours.tags
            ]
            assert {found.get("href") for _, found in theirs.tags} == {found.get("href") for _, found in ours.tags}


def test_ill_meant_texts_are_read_as_they_were_written() -> None:
    pages = {one.path: one.text for one in site_files(source_of(files(ill)), Edition.INTERNAL, ("sv",))}
    read = Tags(pages["apps/skriva.html"]).text

    assert f"{mark('app.description')} {ILL}" in read
    assert f"{mark('app.name')} {ILL_NAME}" in read


def test_names_in_charts_are_text_too() -> None:
    charts = [one for one in site_files(source_of(files(ill)), Edition.INTERNAL, ("sv",)) if one.path.endswith(".svg")]

    assert len(charts) >= 5
    for one in charts:
        assert "<img" not in one.text, one.path
        assert "<script" not in one.text, one.path
        assert "http" not in one.text.replace("http://www.w3.org/", ""), one.path
