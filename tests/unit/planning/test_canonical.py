"""Noise gives no difference, an edit by hand gives one: in pairs, for each rule."""

from collections.abc import Mapping

import pytest

from reconciler.model.change import FieldChange
from reconciler.model.place import Json
from reconciler.planning.canonical import canonical, field_changes, same_fields, same_value

NOISE: list[tuple[str, Json, Json]] = [
    ("exact", {"b": 1, "a": [True]}, {"a": [True], "b": 1}),
    ("exact", 5, 5.0),
    ("exact", (1, 2), [1, 2]),
    ("set", ["b", "a"], ["a", "b"]),
    ("set", ["a", "a"], ["a"]),
    ("set", [{"x": 1}, {"y": 2}], [{"y": 2}, {"x": 1}]),
    ("json", '{"a": 1,  "b": [2]}', '{"b":[2],"a":1}'),
    ("casefold", "Åk 4", "åk 4"),
    ("casefold", ["HTTPS://A.example.se"], ["https://a.example.se"]),
    ("ordered", ["a", "b"], ["a", "b"]),
    ("number", "30", 30),
    ("number", {"value": "30"}, {"value": 30}),
    ("contains", {"plan": "DEFAULT"}, {"plan": "DEFAULT", "stages": []}),
    ("contains", {"plan": "DEFAULT", "stages": []}, {"plan": "DEFAULT"}),
]

EDITS: list[tuple[str, Json, Json]] = [
    ("exact", True, 1),
    ("exact", False, 0),
    ("exact", None, ""),
    ("exact", "1", 1),
    ("exact", "Åk 4", "åk 4"),
    ("exact", "å", "a\u030a"),
    ("exact", 5, 5.5),
    ("set", ["a", "b"], ["a"]),
    ("set", [True], [1]),
    ("json", '{"a": 1}', '{"a": true}'),
    ("json", "not json", "NOT JSON"),
    ("json", '"{}"', "{}"),
    ("casefold", "Åk 4", "Åk 5"),
    ("ordered", ["a", "b"], ["b", "a"]),
    ("number", "30", 31),
    ("number", True, 1),
    ("contains", {"plan": "DEFAULT"}, {"plan": "SCATTER", "stages": []}),
    ("contains", {"plan": "DEFAULT"}, {"stages": []}),
    ("contains", {"plan": "DEFAULT"}, None),
]


@pytest.mark.parametrize(("rule", "left", "right"), NOISE)
def test_noise_gives_no_difference(rule: str, left: Json, right: Json) -> None:
    assert same_value(left, right, rule)
    assert field_changes({"f": left}, {"f": right}, {"f": rule}) == ()


@pytest.mark.parametrize(("rule", "left", "right"), EDITS)
def test_an_edit_by_hand_gives_one(rule: str, left: Json, right: Json) -> None:
    assert not same_value(left, right, rule)
    assert field_changes({"f": left}, {"f": right}, {"f": rule}) != ()


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no such rule of comparison: fuzzy"):
        same_value("a", "a", "fuzzy")


def test_canonical_text_is_sorted_without_spaces_and_leaves_letters_alone() -> None:
    assert canonical({"ö": [1.0, None], "a": {"å": True}}) == '{"a":{"å":true},"ö":[1,null]}'


def test_absent_is_not_null() -> None:
    assert not same_fields({"a": None}, {}, {})
    assert field_changes({"a": None}, {}) == (FieldChange(field="a", before=None, had=True, has=False),)


@pytest.mark.parametrize(
    ("before", "after", "rule", "expected"),
    [
        pytest.param(
            {"urls": ["a", "b"]},
            {"urls": ["c", "a"]},
            "set",
            [("urls", "b", None, True, False), ("urls", None, "c", False, True)],
            id="of a set what goes and what comes",
        ),
        pytest.param(
            {"page": {"url": "x", "show": True}},
            {"page": {"url": "x", "show": 1}},
            "exact",
            [("page['show']", True, 1, True, True)],
            id="inside an object the part that differs",
        ),
        pytest.param(
            {"text": '{"a": {"b": 1}}'},
            {"text": '{"a": {"b": 2}}'},
            "json",
            [("text['a']['b']", 1, 2, True, True)],
            id="inside JSON in a text",
        ),
        pytest.param(
            {"list": [1, 2, 3]}, {"list": [1, 3]}, "exact", [("list[1]", 2, None, True, False)], id="out of a list"
        ),
    ],
)
def test_differences_are_told_at_the_part_that_differs(
    before: Mapping[str, Json], after: Mapping[str, Json], rule: str, expected: list[tuple[object, ...]]
) -> None:
    told = field_changes(before, after, dict.fromkeys(before, rule))

    assert [(c.field, c.before, c.after, c.had, c.has) for c in told] == expected
