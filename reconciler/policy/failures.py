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
    (
        re.compile(r"time budget exceeded"),
        {
            "sv": "den tar så lång tid att resten inte prövades",
            "en": "it takes so long that the rest was not evaluated",
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


_SYNTAX: Final[tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]] = (
    (re.compile(r"missing '(?P<what>.+?)' at"), {"sv": "här saknas {what}", "en": "{what} is missing here"}),
    (
        re.compile(r"input '<EOF>'|at input '.*<EOF>'"),
        {"sv": "det tar slut för tidigt", "en": "it ends too early"},
    ),
    (
        re.compile(r"(?:(?:mismatched|extraneous)|no viable alternative at) input '(?P<what>.+?)'(?: expecting|$)"),
        {"sv": "{what} hör inte hemma här", "en": "{what} does not belong here"},
    ),
    (
        re.compile(r"token recognition error at: '(?P<what>.+)'"),
        {"sv": "{what} är inget som CEL känner till", "en": "{what} is nothing that CEL knows"},
    ),
)
"""The parser's words (ANTLR's), which list every token that it would have taken."""

_ADVICE: Final = {
    "advice.sv": "Vanligast är ett tal eller en dag som inte är skriven (jämför först med null) eller en nyckel som saknas (fråga först med in).",
    "advice.en": "Most often a number or a day was not written (compare with null first) or a key is missing (ask with in first).",
}
_TOO_MUCH: Final = {
    "advice.sv": "Gå igenom en lista i taget: all och exists inuti varandra gör arbetet lika många gånger som listorna är långa.",
    "advice.en": "Go through one list at a time: all and exists within each other do the work as many times as the lists are long.",
}


def advice(problem: str) -> Mapping[str, str]:
    """What to try, as `advice.sv` and `advice.en`."""
    return _TOO_MUCH if "budget exceeded" in problem else _ADVICE


def explained_syntax(problem: str) -> dict[str, str]:
    """The same for what the parser says of an expression that can't be read."""
    return _explained(problem, _SYNTAX)


def explained(problem: str) -> dict[str, str]:
    """Values for a finding: `problem.sv` and `problem.en`."""
    return _explained(problem, _KNOWN)


def _explained(problem: str, known: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...]) -> dict[str, str]:
    for pattern, said in known:
        match = pattern.search(problem)
        if match:
            return {f"problem.{language}": text.format(**match.groupdict()) for language, text in said.items()}
    return {"problem.sv": problem, "problem.en": problem}
