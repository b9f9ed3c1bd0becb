"""Why an evaluation failed, in words for whoever wrote the rule. The engine's own (cel-expr-python 0.1.3, seen 2026-11-21) stay where there are none. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_KNOWN: Final[tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]] = (
    (
        re.compile(r"No matching overloads found : _?(?P<operator>[^_(]+)_?\(.*null_type"),
        {
            "sv": "ett värde som inte är skrivet (null) jämförs med {operator}",
            "en": "a value that was not written (null) is compared with {operator}",
        },
    ),
    (
        re.compile(r'Key not found in map : "(?P<key>.*)"'),
        {"sv": "nyckeln {key} finns inte där", "en": "the key {key} is not there"},
    ),
    (
        re.compile(r"Iteration budget exceeded"),
        {
            "sv": "uttrycket går igenom för mycket och avbröts",
            "en": "the expression goes through too much and was stopped",
        },
    ),
    (re.compile(r"divide by zero|modulus by zero"), {"sv": "division med noll", "en": "division by zero"}),
    (
        re.compile(r"index out of (?:range|bounds)|index error", re.IGNORECASE),
        {"sv": "listan har inte så många element", "en": "the list does not have so many elements"},
    ),
    (
        re.compile(r"invalid regular expression"),
        {"sv": "mönstret i matches går inte att läsa", "en": "the pattern in matches can't be read"},
    ),
)


def explained(problem: str) -> dict[str, str]:
    """Values for a finding: `problem.sv` and `problem.en`."""
    for pattern, said in _KNOWN:
        match = pattern.search(problem)
        if match:
            return {f"problem.{language}": text.format(**match.groupdict()) for language, text in said.items()}
    return {"problem.sv": problem, "problem.en": problem}
