"""What the engine says where it can't answer, and what we say of it."""

import pytest

from reconciler.model.policy import SubjectKind
from reconciler.policy.expressions import Program, compile_expression
from reconciler.policy.school_facts import is_function_account
from tests.unit.load.writing import hint_of
from tests.unit.policy.asking import RULE_FILE, judged, rule


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("group.expected > 3", "ett värde som inte är skrivet (null) jämförs med >"),
        ("group.settings['printing'] == 'x'", "nyckeln printing finns inte där"),
        ("100 / size(group.accessories) > 3", "division med noll"),
        ("group.accessories[0] == 'x'", "listan har inte så många element"),
        ("group.name.matches('[a-')", "mönstret i matches går inte att läsa"),
        ("[1, 2].all(a, group.grades.map(b, b + a)[9] > a)", "listan har inte så många element"),
    ],
)
def test_a_failure_is_said_in_the_readers_words(require: str, said: str) -> None:
    files = {RULE_FILE: rule("group", f'"{require}"', when="group.audience == 'storage'")}

    assert [(one.code, one.values["problem.sv"]) for one in judged(files).findings] == [("RULE-FAILED", said)]


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("group.shared &&", "det tar slut för tidigt"),
        ("size(group.apps > 3", "här saknas )"),
        ("group.shared)", ") hör inte hemma här"),
        ("group.shared group.has_users", "group hör inte hemma här"),
        ("group.name == 'å", "'å är inget som CEL känner till"),
        ("group.shared ¤", "¤ är inget som CEL känner till"),
        ("", "det tar slut för tidigt"),
    ],
)
def test_what_cant_be_read_is_said_without_the_parsers_list_of_tokens(require: str, said: str) -> None:
    found = compile_expression(SubjectKind.GROUP, require, "BOOL")

    assert not isinstance(found, Program)
    assert [(one.code, one.values["problem.sv"]) for one in found] == [("RULE-SYNTAX", said)]


def test_whoever_compares_with_nothing_is_told_of_null() -> None:
    files = {RULE_FILE: rule("group", "group.expected > 3", when="group.audience == 'storage'")}

    assert "null" in hint_of(judged(files).findings[0])


@pytest.mark.parametrize(
    ("contact", "functions"),
    [
        ("rektor.norrskolan@example.se", True),
        ("bitr.norrskolan@example.se", True),
        ("norrskolan@example.se", True),
        ("it-stod.norrskolan@example.se", True),
        ("superanvandare.forskola@example.se", True),
        ("skol-it@example.se", True),
        ("anna.svensson@example.se", False),
        ("anna.appelqvist@example.se", False),
        ("per-olof.skoglund@example.se", False),
    ],
)
def test_whether_an_address_looks_like_a_persons(contact: str, functions: bool) -> None:
    assert is_function_account(contact, ("norrskolan",)) is functions
