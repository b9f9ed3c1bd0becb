"""Every code has its text in both languages with the same placeholders, and every text is used."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import reconciler
from reconciler.texts.rendering import LANGUAGES, PLACEHOLDER, areas, messages, render

PACKAGE = Path(reconciler.__file__).parent
PARTS = {"message", "hint", "near"}

ALL = [(area, code) for area in areas() for code in messages(area)]


@cache
def sources() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text("utf-8")) for file in PACKAGE.rglob("*.py")}


def finding_codes() -> Iterator[tuple[str, str]]:
    """The codes written out as `code="…"` in any call, with their file."""
    for file, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Finding", "Note"}:
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), str(file.relative_to(PACKAGE))


def test_codes_are_found_in_the_sources() -> None:
    assert ("NOT-UTF8", "load/characters.py") in set(finding_codes())


@pytest.mark.parametrize(("code", "file"), sorted(set(finding_codes())))
def test_every_code_of_a_finding_has_a_text(code: str, file: str) -> None:
    assert render(code, {}, "sv").message.partition(" ")[0] != code, f"{file} uses {code}, which no message file has"


def literals() -> Iterator[str]:
    for tree in sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def beginnings() -> Iterator[str]:
    """Of codes that are put together (`f"DOCTOR-{outcome}"`); the tests of their areas hold the endings."""
    for tree in sources().values():
        for node in ast.walk(tree):
            first = node.values[0] if isinstance(node, ast.JoinedStr) else None
            if isinstance(first, ast.Constant) and re.fullmatch(r"[A-Z][A-Z-]*-", str(first.value)):
                yield str(first.value)


def test_every_text_is_used() -> None:
    whole, begun = set(literals()), tuple(beginnings())

    assert [(area, code) for area, code in ALL if code not in whole and not code.startswith(begun)] == []


@pytest.mark.parametrize("area", areas())
def test_no_code_stands_twice_in_a_file(area: str) -> None:
    """YAML's loader takes the last one without a word, and a correction of the first is never seen."""
    text = (PACKAGE / "texts" / "messages" / f"{area}.yaml").read_text("utf-8")
    codes = re.findall(r"^([A-Z][A-Z0-9-]*):", text, re.MULTILINE)

    assert [code for code, number in Counter(codes).items() if number > 1] == []


def test_no_code_stands_in_two_files() -> None:
    codes = [code for _, code in ALL]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("area", "code"), ALL)
def test_both_languages_have_the_same_parts_with_the_same_placeholders(area: str, code: str) -> None:
    texts = messages(area)[code]

    assert set(texts) == set(LANGUAGES)
    assert set(texts["sv"]) == set(texts["en"])
    assert {"message"} <= set(texts["sv"]) <= PARTS
    for part, text in texts["sv"].items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(texts["en"][part])), part


@pytest.mark.parametrize(("area", "code"), [pair for pair in ALL if pair[0] == "load"])
def test_texts_of_loading_are_whole_sentences_that_say_what_to_do(area: str, code: str) -> None:
    for text in messages(area)[code].values():
        assert text["message"].rstrip().endswith((".", ")", "}", "…")), code
        assert text["hint"], code


def test_a_value_that_differs_by_language() -> None:
    values = {"name": "pin", "expected.sv": "ett tal", "expected.en": "a number"}

    assert render("WRONG-TYPE", values, "sv").message == "pin ska vara ett tal."
    assert render("WRONG-TYPE", values, "en").message == "pin has to be a number."
    assert render("WRONG-TYPE", values, "fi").message == "pin has to be a number."


def test_the_hint_of_a_near_name_takes_the_place_of_the_other() -> None:
    values = {"key": "nmae", "known": "id, name", "near": "name", "corrected": "name: Norrskolan"}

    assert render("UNKNOWN-KEY", values, "sv").hint == "Menade du name? Skriv: name: Norrskolan"
    assert render("UNKNOWN-KEY", {**values, "near": ""}, "sv").hint == "Här kan stå: id, name"


def test_values_are_not_read_as_templates() -> None:
    assert render("UNKNOWN-KEY", {"key": "{known}", "known": "x"}, "sv").message == "Nyckeln {known} finns inte här."


def test_a_code_without_a_text_is_shown_and_not_a_crash() -> None:
    assert render("NO-SUCH-CODE", {"a": "b"}, "sv").message == "NO-SUCH-CODE a=b"


def test_one_text_read_by_itself_is_the_one_of_the_whole_file() -> None:
    differing = [
        code
        for area, code in ALL
        for lang in LANGUAGES
        if render(code, {}, lang).message != messages(area)[code][lang]["message"]
    ]

    assert differing == []
