"""Equal is what says the same: in any order of keys and of sets, with or without places."""

from datetime import date

import pytest

from reconciler.model.documents import App
from reconciler.model.place import Json, Pointer
from reconciler.review.differing import Difference, differences, plain, same
from reconciler.review.renames import follow_names
from reconciler.review.vocabulary import title, title_within, value_word
from tests.unit.load.writing import SCHOOL, SCHOOL_FILE, changed, load_with


def test_a_place_is_no_content() -> None:
    one, other = (
        App(id="a", name="A", status="approved", withdrawn_from=date(2026, 12, 18), at=Pointer(file=file))
        for file in ("app-catalogs/a.yaml", "app-catalogs/b.yaml")
    )

    assert plain(one) == plain(other) == {"id": "a", "name": "A", "status": "approved", "withdrawn_from": "2026-12-18"}


@pytest.mark.parametrize(
    ("before", "after", "equal"),
    [
        ({"a": 1, "b": [2, 1]}, {"b": [1, 2], "a": 1}, True),
        ({"a": []}, {}, True),
        ({"a": ""}, {"a": None}, True),
        ({"a": 0}, {}, False),
        ({"a": False}, {"a": 0}, False),
        ({"a": [1, 1]}, {"a": [1]}, False),
    ],
)
def test_what_says_the_same(before: Json, after: Json, *, equal: bool) -> None:
    assert same(plain(before), plain(after)) is equal


def test_differences_go_two_keys_deep() -> None:
    found = differences({"cost": {"price": {"kronor": 1}}, "x": 1}, {"cost": {"price": {"kronor": 2}, "note": "n"}})

    assert found == (
        Difference(path=("cost", "note"), before=None, after="n", had=False),
        Difference(path=("cost", "price"), before={"kronor": 1}, after={"kronor": 2}),
        Difference(path=("x",), before=1, after=None, has=False),
    )


def test_a_school_and_its_groups_are_followed_by_their_former_names() -> None:
    head = changed(
        changed(SCHOOL, "id: norrskolan", "id: nya\npreviously: [norrskolan]"),
        "id: elever-4-6",
        "id: mellan\n    previously: [elever-4-6]",
    )
    base = load_with({}).documents
    after = load_with({SCHOOL_FILE: None, "schools/nya.yaml": changed(head, "within: elever-4-6", "within: mellan")})
    assert base is not None
    assert after.documents is not None
    found = follow_names(base, after.documents)

    assert found.schools == {"nya": "norrskolan"}
    assert found.groups == {
        "nya/mellan": "norrskolan/elever-4-6",
        "nya/pilot": "norrskolan/pilot",
        "nya/forrad": "norrskolan/forrad",
    }


def test_titles_come_from_the_schema_with_names_of_elements_kept() -> None:
    assert title("school#group", ("devices", "expected"), "en") == "Devices: Expected"
    assert title("organisation", ("backends", "chrome", "mode"), "en").endswith(": chrome: Mode")
    assert title("organisation", ("no", "such"), "sv") == "no: such"
    assert title_within("app-catalog#app", ("it_review",), "en") == "IT review"
    assert value_word("school#group", ("cost_bearer", "apps"), "school", "en") == "The school"
    assert value_word("school#group", ("cost_bearer", "apps"), "nobody", "en") is None
