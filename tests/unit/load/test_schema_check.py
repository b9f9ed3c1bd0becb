"""The two validators must agree, and alternatives must be explained by the one that was meant."""

import copy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.place import Json, Pointer
from reconciler.schema.check import KINDS, accepting, compiled, is_valid
from reconciler.schema.check_explained import explain, slow_validator
from reconciler.schema.school_forms import CURRENT, current_form, is_older
from tests.unit.load.writing import CATALOG, ORGANISATION, SCHOOL

BASELINE = 'id: a\nname: A\napplies_to: {}\nsettings: {home-page: "https://a.example.se/", session-length: 60}\n'
DECISION = '{body: x, date: "2026-09-01", reference: x}'
EXCEPTION = (
    f'id: a\nsetting: incognito\ngroups: [a/b]\nowner: it\nreason: x\ndecision: {DECISION}\nuntil: "2026-12-31"\n'
)
ALLOWANCE = 'id: a\nbackend: b\nreason: x\nuntil: "2026-12-31"\nmoves: [{from: outside, into: a/b, at_most: 3}]\n'
APPROVALS = f"""\
id: a
backend: b
reason: Efter ett avbrott.
until: "2026-12-04"
deletions: ["{"a1" * 16}"]
fingerprints: ["{"b2" * 16}"]
moves: [{{from: outside, into: a/b, at_most: 3}}]
commits: ["{"c3" * 20}"]
"""
RULE = """{id: a, effect: block, owner: it, "on": group, when: group.shared, require: group.name != 'x', measure: "1",
  message: {sv: x, en: x}, rationale: x, source: {kind: law, text: x, url: "https://a.example.se/"}, active: true}"""
GUARDRAIL = f'id: a\ntitle: x\nactive: false\nfrom: "2026-12-01"\nuntil: "2026-12-31"\nrules: [{RULE}]\n'
MGN = """\
school_form: grundskola
school_year: 2026-27
state: adopted
decision: {body: x, date: "2026-06-01", reference: x}
participants: [{role: rektor, count: 2}]
requirements:
  - {id: a, level: SKA, text: x, system: vklass, process: x, role: x, rationale: x, verification: attestation}
  - {id: b, level: BÖR, text: x, system: mdm, process: x, role: x, rationale: x, verified_by: c}
"""
CALENDAR = """\
school_years: [{id: 2026-27, terms: [{name: ht, from: "2026-08-18", until: "2026-12-18"}]}]
lesson_hours: [{school_forms: [grundskola], weekdays: [monday], from: "08:00", until: "15:30"}]
freezes: [{id: jul, name: Jul, from: "2026-12-21", until: "2027-01-06", reason: x, kinds: [restart]}]
"""
POLICY_TEST = """\
title: x
today: "2026-11-21"
documents: {schools: [{id: a, units: []}], organisation: {language: sv}}
cases:
  - {rule: a, name: x, says: x, devices: [{group: a/b, active: true, facts: {os_version: x}}], expect: {a/b: not-met}}
"""
MEETING = """\
date: "2026-11-04"
minutes: "ITR 2026:21"
state: held
present: [{role: rektor, seats: 2}]
agenda: [{app: a, item: new}]
"""
RIGHT = {
    "organisation": ORGANISATION,
    "school": SCHOOL,
    "app-catalog": CATALOG,
    "meeting": MEETING,
    "baseline": BASELINE,
    "exception": EXCEPTION,
    "allowance": ALLOWANCE,
    "approvals": APPROVALS,
    "guardrail": GUARDRAIL,
    "mgn": MGN,
    "calendar": CALENDAR,
    "policy-test": POLICY_TEST,
}
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    "",
    "x",
    "a\n",
    "Å",
    "2026-12-31",
    "inherit",
    [],
    ["a", "a"],
    {},
    {"a": 1},
]


class NoText:
    """A file of which nothing is known but its data."""

    def spelling(self, _pointer: Pointer) -> str | None:
        return None

    def corrected(self, _pointer: Pointer, text: str) -> str:
        return text


def paths(data: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [at, *(path for key, value in items for path in paths(value, (*at, key)))]


def with_change(data: Any, path: tuple[str | int, ...], value: Any, *, remove: bool) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if remove:
        del place[path[-1]]
    elif isinstance(place, dict) and value == "x":
        place["x"] = value
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize("kind", KINDS)
def test_the_documents_that_are_changed_below_are_right(kind: str) -> None:
    document = yaml.safe_load(RIGHT[kind])

    assert is_valid(kind, document)
    assert slow_validator(accepting(), f"{kind}.schema.json").is_valid(document)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_quick_and_the_explaining_validator_agree(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    document = yaml.safe_load(RIGHT[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths(document)))
        document = with_change(document, path, data.draw(st.sampled_from(ODD)), remove=data.draw(st.booleans()))
    slow = slow_validator(accepting(), f"{kind}.schema.json").is_valid(document)

    assert is_valid(kind, document) == slow
    if not slow:
        assert explain(accepting(), f"{kind}.schema.json", "a.yaml", document, NoText())


def codes(schema: dict[str, Any], document: Json) -> list[tuple[str, Any, str]]:
    known = {"a.schema.json": schema}
    found = explain(known, "a.schema.json", "a.yaml", document, NoText())

    assert compiled(known, "a.schema.json").is_valid(document) is False
    places = [finding.place for finding in found]
    return [
        (finding.code, place.path if isinstance(place, Pointer) else (), finding.values.get("near", ""))
        for finding, place in zip(found, places, strict=True)
    ]


LINE = {
    "anyOf": [
        {"type": "string", "pattern": "^[a-z]+$"},
        {
            "type": "object",
            "properties": {"app": {"type": "string"}, "pin": {"type": "boolean"}},
            "required": ["app"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"set": {"const": "all"}, "until": {"type": "string"}},
            "required": ["set"],
            "additionalProperties": False,
        },
    ]
}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param("A", [("PATTERN", (), "")], id="only-the-text"),
        pytest.param({"app": "a", "pni": True}, [("UNKNOWN-KEY", ("pni",), "pin")], id="the-mapping-with-its-mark"),
        pytest.param({"app": "a", "pin": "x"}, [("WRONG-TYPE", ("pin",), "")], id="the-deeper-place"),
        pytest.param({"set": "al", "until": "x"}, [("NOT-ALLOWED-VALUE", ("set",), "all")], id="the-nearly-right-mark"),
        pytest.param([], [("WRONG-TYPE", (), "")], id="none-of-the-types"),
    ],
)
def test_of_several_alternatives_only_the_likeliest_is_explained(document: Json, expected: list[Any]) -> None:
    assert codes(LINE, document) == expected


def test_several_lists_of_words_are_one_list() -> None:
    schema = {"oneOf": [{"const": "inherit"}, {"enum": ["allowed", "blocked"]}]}

    assert codes(schema, "bloked") == [("NOT-ALLOWED-VALUE", (), "blocked")]


@pytest.mark.parametrize(
    ("schema", "document", "code"),
    [
        ({"maxLength": 2}, "abc", "TOO-LONG"),
        ({"minLength": 2}, "a", "TOO-SHORT"),
        ({"maxItems": 1}, [1, 2], "TOO-MANY"),
        ({"minProperties": 1}, {}, "TOO-FEW"),
        ({"maximum": 3}, 4, "TOO-LARGE"),
        ({"minimum": 3}, 2, "TOO-SMALL"),
        ({"uniqueItems": True}, ["a", "a"], "TWICE-IN-LIST"),
        ({"not": {}}, 1, "NOT-TOGETHER"),
        ({"multipleOf": 2}, 3, "SCHEMA"),
        ({"propertyNames": {"pattern": "^a"}}, {"b": 1}, "KEY-FORM"),
        ({"propertyNames": {"enum": ["alpha"]}}, {"alhpa": 1}, "UNKNOWN-KEY"),
        ({"pattern": "^a$"}, "a\n", "PATTERN"),
        ({"type": "string"}, None, "EMPTY-VALUE"),
    ],
)
def test_each_keyword_has_its_code(schema: dict[str, Any], document: Json, code: str) -> None:
    assert [found for found, _, _ in codes(schema, document)] == [code]


def test_the_explanation_of_a_pattern_is_the_schemas_own() -> None:
    schema = {"pattern": "^a$", "x-texts": {"sv": {"wrong": "Skriv a."}, "en": {"description": "An a."}}}
    found = explain({"a.schema.json": schema}, "a.schema.json", "a.yaml", "b", NoText())

    assert found[0].values["explanation.sv"] == "Skriv a."
    assert found[0].values["explanation.en"] == "An a."


def test_the_school_forms_that_editors_propose_are_the_current_ones() -> None:
    form = accepting()["layer.schema.json"]["$defs"]["school-form"]

    assert form["x-proposed"] == list(CURRENT)


@pytest.mark.parametrize(
    ("written", "current", "older"),
    [
        ("grundskola", "grundskola", False),
        ("forskola", "förskola", False),
        ("grundsärskola", "anpassad-grundskola", True),
        ("grundsarskola", "anpassad-grundskola", True),
        ("träningsskola", "anpassad-grundskola", True),
        ("gymnasiesärskola", "anpassad-gymnasieskola", True),
        ("särvux", "komvux", True),
        ("sfi", "komvux", True),
        ("kulturskola", None, False),
    ],
)
def test_other_names_of_school_forms(written: str, current: str | None, older: bool) -> None:
    assert (current_form(written), is_older(written)) == (current, older)
    assert (written in accepting()["layer.schema.json"]["$defs"]["school-form"]["enum"]) == (current is not None)


def test_an_older_school_form_is_accepted_and_never_proposed() -> None:
    document = yaml.safe_load(
        SCHOOL.replace(
            "school_form: grundskola\n    platform: chromeos\n    audience: pupils\n    grades",
            "school_form: grundsarskola\n    platform: chromeos\n    audience: pupils\n    grades",
        )
    )
    assert is_valid("school", document)

    document["groups"][0]["school_form"] = "grundsarskolan"
    found = explain(accepting(), "school.schema.json", "a.yaml", document, NoText())

    assert [(one.code, one.values["near"]) for one in found] == [("NOT-ALLOWED-VALUE", "grundskola")]
