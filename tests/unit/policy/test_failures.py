"""What the engine says where it can't answer, and what we say of it."""

import pytest

from reconciler.policy.school_facts import is_function_account
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
