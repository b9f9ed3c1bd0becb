"""Guardrails as people write them: what they become, and where each mistake is shown."""

from datetime import date

import pytest

from reconciler.load.repository import Loaded
from reconciler.model.documents import Span
from reconciler.model.place import Pointer, Position
from reconciler.model.policy import Expression, Guardrail, RuleEffect, RuleSource, SubjectKind
from tests.unit.load.writing import hint_of, load_with

FILE = "policies/guardrails/prov.yaml"
REST = "message: {sv: Nej, en: 'No'}\nrationale: Skäl\nsource: {kind: need, text: Behov}\n"


def rules(loaded: Loaded) -> tuple[Guardrail, ...]:
    assert loaded.documents is not None
    return loaded.documents.guardrails


def alone(require: str, on: str = "group", more: str = "") -> str:
    """A rule alone in its file; `require` stands on line 5 from column 10 on."""
    return f"id: prov\neffect: block\nowner: it\non: {on}\nrequire: {require}\n{more}{REST}"


def wrong(loaded: Loaded) -> list[tuple[str, int, int, str]]:
    """Code, line, column, and what was meant."""
    found = []
    for one in loaded.findings:
        assert isinstance(one.place, Position)
        found.append((one.code, one.place.line, one.place.column, one.values.get("near", "")))
    return found


def test_a_rule_alone_in_its_file() -> None:
    text = (
        "id: prov\neffect: warn\nowner: data-protection\non: app\nwhen: app.personal_data != 'none'\n"
        "require: app.agreement == 'signed'\nmeasure: size(app.platforms)\n"
        "message: {sv: '{app.name} saknar avtal', en: '{app.name} has no agreement'}\nrationale: Skäl\n"
        'source: {kind: law, text: Artikel 28, url: "https://www.imy.se/"}\nfrom: "2026-08-01"\n'
    )
    at = Pointer(file=FILE)

    assert rules(load_with({FILE: text})) == (
        Guardrail(
            id="prov",
            effect=RuleEffect.WARN,
            owner="data-protection",
            on=SubjectKind.APP,
            when=Expression(text="app.personal_data != 'none'", at=at.child("when")),
            require=Expression(text="app.agreement == 'signed'", at=at.child("require")),
            measure=Expression(text="size(app.platforms)", at=at.child("measure")),
            message={"sv": "{app.name} saknar avtal", "en": "{app.name} has no agreement"},
            rationale="Skäl",
            source=RuleSource(kind="law", text="Artikel 28", url="https://www.imy.se/"),
            span=Span(start=date(2026, 8, 1)),
            at=at,
        ),
    )


def test_what_a_pack_says_of_days_and_use_holds_for_its_rules() -> None:
    rule = "effect: inform, owner: it, on: school, require: school.pupils > 0, " + REST.strip().replace("\n", ", ")
    text = (
        'id: prov\nactive: false\nfrom: "2027-01-01"\nuntil: "2027-06-30"\nrules:\n'
        f'  - {{id: ett, {rule}, until: "2027-03-31"}}\n  - {{id: tva, {rule}, active: true, from: "2026-01-01"}}\n'
    )
    first, second = rules(load_with({FILE: text}))

    assert (first.id, first.pack, first.active) == ("ett", "prov", False)
    assert first.span == Span(start=date(2027, 1, 1), end=date(2027, 3, 31))
    assert second.span == Span(start=date(2027, 1, 1), end=date(2027, 6, 30))
    assert not second.active


@pytest.mark.parametrize(
    ("require", "expected"),
    [
        ("group.audiance == 'pupils'", ("RULE-UNKNOWN-VARIABLE", 5, 10, "group.audience")),
        ("group.shared && school.audience == 'x'", ("RULE-UNKNOWN-VARIABLE", 5, 26, "group.audience")),
        ("group.apps.exist(a, a.id == 'x')", ("RULE-UNKNOWN-FUNCTION", 5, 21, "exists")),
        ("group.apps.all(a, a.stats == 'x')", ("RULE-UNKNOWN-FIELD", 5, 30, "status")),
        ("group.name > 3", ("RULE-TYPES", 5, 21, "")),
        ("size(group.name)", ("RULE-ANSWER", 5, 10, "")),
        ("1 == 1", ("RULE-CONSTANT", 5, 10, "")),
        ("group.shared || true", ("RULE-CONSTANT", 5, 10, "")),
        ("has(group.shared)", ("RULE-HAS", 5, 14, "")),
        ("group.name ==", ("RULE-SYNTAX", 5, 23, "")),
        (f"group.shared{' && group.shared' * 150}", ("RULE-TOO-LONG", 5, 10, "")),
        (f"{'(!' * 40}group.shared{')' * 40}", ("RULE-TOO-DEEP", 5, 10, "")),
        ("size(group.grades.map(a, [a]).map(a, [a]).map(a, a)) > 0", ("RULE-TOO-MANY-MAPS", 5, 10, "")),
        (f"group.name{' + group.name' * 13} != ''", ("RULE-TOO-MANY-PLUSES", 5, 10, "")),
        (
            "group.apps.all(a, group.apps.all(b, group.apps.all(c, a.id != c.id)))",
            ("RULE-NESTED-LOOPS", 5, 57, ""),
        ),
        ("group.apps.all(a, group.apps.exists(b, b.id.matches('x')))", ("RULE-PATTERN-IN-LOOPS", 5, 54, "")),
        ("group.name.matches(group.id)", ("RULE-PATTERN-NOT-WRITTEN", 5, 21, "")),
        ("group.name.matches('a' + 'b')", ("RULE-PATTERN-NOT-WRITTEN", 5, 21, "")),
        ("matches(group.name, 'a')", ("RULE-PATTERN-NOT-WRITTEN", 5, 10, "")),
        ("group.name.matches('((a?){30}){30}b')", ("RULE-PATTERN-TOO-LARGE", 5, 29, "")),
    ],
)
def test_a_mistake_in_an_expression(require: str, expected: tuple[str, int, int, str]) -> None:
    assert wrong(load_with({FILE: alone(require)})) == [expected]


@pytest.mark.parametrize(
    ("require", "line", "column"),
    [
        (">-\n  group.shared &&\n  group.nam == 'å'", 7, 3),
        ("|\n\n    group.shared &&\n      group.nam == 'å'", 8, 7),
        ("group.shared &&\n  group.nam == 'å'", 6, 3),
        ('"\'\\u00e5\\"\' != group.nam"', 5, 25),
        ("'''it'' != group.nam'", 5, 21),
        ("\"'åäö' != group.nam\"", 5, 20),
    ],
)
def test_the_place_is_found_however_the_text_is_written(require: str, line: int, column: int) -> None:
    found = wrong(load_with({FILE: alone(require)}))

    assert [(one[1], one[2]) for one in found][-1] == (line, column)


def test_every_mistake_is_said_at_once() -> None:
    text = alone("group.nam == 'x'", more="when: group.sharde\nmeasure: group.name\n")

    assert wrong(load_with({FILE: text})) == [
        ("RULE-UNKNOWN-VARIABLE", 5, 10, "group.name"),
        ("RULE-UNKNOWN-VARIABLE", 6, 7, "group.shared"),
        ("RULE-ANSWER", 7, 10, ""),
    ]


def test_a_message_can_only_show_what_its_subject_has() -> None:
    text = alone("group.shared").replace("{sv: Nej,", "{sv: '{group.name} {app.name} {group.nam}',")

    assert wrong(load_with({FILE: text})) == [
        ("RULE-PLACEHOLDER", 6, 29, "group.name"),
        ("RULE-PLACEHOLDER", 6, 40, "group.name"),
    ]


def test_one_id_twice_also_in_another_file() -> None:
    pack = "id: flera\nrules:\n  - {" + alone("group.shared").strip().replace("\n", ", ") + "}\n"
    loaded = load_with({FILE: alone("group.shared"), "policies/guardrails/flera.yaml": pack})

    assert [(one.code, one.values["id"]) for one in loaded.findings] == [("ID-TWICE", "prov")]
    assert hint_of(loaded.findings[0]) == "Ge den ena ett annat id."  # guardrails have no previously


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('from: "2027-02-30"\n', ("NO-SUCH-DAY", 6, 7)),
        ('from: "2027-02-20"\nuntil: "2027-02-19"\n', ("DATES-REVERSED", 7, 8)),
        ("on_error: x\n", ("UNKNOWN-KEY", 6, 1)),
    ],
)
def test_a_mistake_beside_the_expressions(more: str, expected: tuple[str, int, int]) -> None:
    assert [one[:3] for one in wrong(load_with({FILE: alone("group.shared", more=more)}))] == [expected]


def test_another_rule_is_read_all_the_same() -> None:
    other = alone("group.shared").replace("id: prov", "id: annan")
    loaded = load_with({FILE: "id: prov\non: group\n", "policies/guardrails/annan.yaml": other})

    assert [rule.id for rule in rules(loaded)] == ["annan"]
