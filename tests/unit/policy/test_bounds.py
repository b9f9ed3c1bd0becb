"""What an expression may cost is read from its text, however it is written."""

import pytest

from reconciler.policy.bounds import check_cost, steps_of

INNER = "group.apps.all(a, group.apps.all(b, group.apps.all(c, a.id != c.id)))"


def codes(text: str) -> list[str]:
    return [one.code for one in check_cost(text)]


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        ("abc", 3),
        ("a{9}", 9),
        ("a{2,9}b", 10),
        ("(ab){3}", 9),  # with the brackets a step of its own
        ("((a?){30}){30}", 2_730),
        ("[0-9]{4}", 4),
        ("[]{9}]", 1),
        ("[[:alpha:]{9}]{2}", 2),
        (r"[^\]a]{3}", 3),
        (r"\({9}", 9),
        (r"\pL", 51),
        (r"[\pL\pN]{2}", 202),
    ],
)
def test_a_pattern_is_as_long_as_its_repetitions_make_it(pattern: str, steps: int) -> None:
    assert steps_of(pattern) == steps


@pytest.mark.parametrize(
    "text",
    [
        INNER,
        INNER.replace(".all(", " . all ("),
        INNER.replace("all(", "all // (\n("),
        INNER.replace("all", "exists_one"),
        f"group.id == r'\\' || {INNER} || group.id == 'x'",
        f"group.id == '''a\\'''' || {INNER} || group.id == 'x'",
        f"(((group.shared))) || {INNER}",
    ],
)
def test_loops_within_loops_are_found_however_they_are_written(text: str) -> None:
    assert codes(text) == ["RULE-NESTED-LOOPS"]


@pytest.mark.parametrize(
    "text",
    [
        "group.apps.all(a, group.apps.all(b, a.id != b.id)) && group.apps.all(a, a.id != 'x')",
        "group.apps.filter(a, a.cost).filter(a, a.cost).filter(a, a.cost) == []",
        f"group.id == '{INNER.replace(chr(39), '')}'",
        f"group.shared // {INNER}",
    ],
)
def test_loops_one_after_another_and_words_in_texts_are_none(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("group.id.matches('^a{99}$')", ["RULE-PATTERN-TOO-LARGE"]),
        ("group.id.matches('a{50}') || group.id.matches('b{51}')", ["RULE-PATTERN-TOO-LARGE"]),
        ("group.id.matches('a{50}') || group.id.matches('b{50}')", []),
        (r"group.id.matches('a\x7b99}')", ["RULE-PATTERN-NOT-WRITTEN"]),
        (r"group.id.matches('a\\{9}')", []),
        (r"group.id.matches('\\Q(\\E{9}')", ["RULE-PATTERN-NOT-WRITTEN"]),
        (r"group.id.matches(r'\Q(\E{9}')", ["RULE-PATTERN-NOT-WRITTEN"]),
        ("group.id.matches(r'a{101}')", ["RULE-PATTERN-TOO-LARGE"]),
        ("group.id.matches(", ["RULE-PATTERN-NOT-WRITTEN"]),
    ],
)
def test_a_pattern_is_read_as_the_engine_reads_it(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
