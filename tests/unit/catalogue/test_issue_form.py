"""The forms as GitHub renders them; answers that imitate headings are refused; the files of the forms ask what is read."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalogue.headings import HEADINGS, PLATFORMS
from reconciler.catalogue.issue_form import ADD, MODES, WISH, read_form

FORMS = Path(__file__).parents[3] / ".github/ISSUE_TEMPLATE"
ADDED = "### Skola\n\nNorrskolan\n\n### Grupp\n\nElever åk 4–6\n\n### App\n\nScratch\n\n### Hur ska appen finnas?\n\nDen som vill kan använda den\n"


def form(name: str) -> Any:
    return yaml.safe_load((FORMS / name).read_text("utf-8"))


@pytest.mark.parametrize(("name", "labels"), [("onska-en-app.yml", WISH), ("lagg-till-godkand-app.yml", ADD)])
def test_the_form_asks_the_questions_that_are_read_in_their_order(name: str, labels: dict[str, str]) -> None:
    asked = [one["attributes"]["label"] for one in form(name)["body"] if one["type"] not in ("markdown", "checkboxes")]
    assert asked == list(labels)
    ids = [one["id"] for one in form(name)["body"] if one["type"] not in ("markdown", "checkboxes")]
    assert ids == list(labels.values())


def test_choices_are_words_that_are_known() -> None:
    by_id = {one.get("id"): one for file in FORMS.glob("*.yml") for one in form(file.name)["body"]}
    assert by_id["mode"]["attributes"]["options"] == list(MODES)
    assert [one for one in by_id["platform"]["attributes"]["options"] if one.lower() not in PLATFORMS] == []
    assert set(WISH.values()) <= set(HEADINGS)


def test_the_wish_asks_for_the_need_first_and_demands_it() -> None:
    first = next(one for one in form("onska-en-app.yml")["body"] if one["type"] != "markdown")
    assert (first["id"], first["validations"]["required"]) == ("need", True)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_answers_are_read_with_the_line_of_their_heading(end: str) -> None:
    found = read_form(ADDED.replace("\n", end), ADD)
    assert {field: (one.text, one.line) for field, one in found.answers.items()} == {
        "school": ("Norrskolan", 1),
        "group": ("Elever åk 4–6", 5),
        "app": ("Scratch", 9),
        "mode": ("Den som vill kan använda den", 13),
    }


def test_no_response_is_no_answer_and_boxes_at_the_end_are_nobodys_answer() -> None:
    body = ADDED.replace("Scratch", "_No response_") + "\n### Innan du skickar\n\n- [X] Jag har sett efter.\n- [ ] Ja\n"
    found = read_form(body, ADD)
    assert (found.answers["app"].text, found.answers["mode"].text) == ("", "Den som vill kan använda den")


def test_a_heading_that_is_no_question_is_part_of_the_answer() -> None:
    found = read_form(ADDED.replace("Scratch", "Scratch\n\n### Egen rubrik\n\ntext"), ADD)
    assert found.answers["app"].text == "Scratch\n\n### Egen rubrik\n\ntext"


@pytest.mark.parametrize(
    "heading", ["### Skola", "###  skola  ", "# Skola", "  ### Skola ###", "### Sko\u200bla", "#### **Skola**"]
)
def test_an_answer_that_imitates_a_question_is_refused_at_its_line(heading: str) -> None:
    found = read_form(ADDED.replace("Scratch", f"Scratch\n\n{heading}\n\nSjöskolan"), ADD)
    assert [(one.code, one.label, one.line) for one in found.problems] == [("FORM-TWICE", "Skola", 13)]


def test_a_missing_question_and_a_body_of_no_form() -> None:
    assert [(one.code, one.label) for one in read_form(ADDED.replace("### App", "### Ap"), ADD).problems] == [
        ("FORM-MISSING", "App")
    ]
    assert [one.code for one in read_form("hej", ADD).problems] == ["FORM-MISSING"] * 4
    assert [one.code for one in read_form("x" * 70_000, ADD).problems] == ["FORM-TOO-LARGE"]


@given(st.text())
def test_whatever_is_typed_in_one_answer_no_other_answer_changes(text: str) -> None:
    found = read_form(ADDED.replace("Scratch", text), ADD)
    if not found.problems:
        assert (found.answers["school"].text, found.answers["group"].text) == ("Norrskolan", "Elever åk 4–6")
        assert found.answers["mode"].text == "Den som vill kan använda den"
