"""What an expression may cost: counted in its text on loading, since the engine bounds rounds and neither time nor bytes. Pure.

Measured with cel-expr-python 0.1.3 on one core, 2026-11-22, beside each limit. What remains within all of them is bounded by
the time that a rule may take in one run (`meter`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final

from reconciler.model.slotted import dataclass

LONGEST: Final = 2_000
"""Characters. The longest rule that we know of takes a fifth of that."""

_MOST_MAPS: Final = 2
"""`map` is the only way to make values larger than they were given; each further one may multiply by the text's length."""

_MOST_PLUSES: Final = 12
"""`[a + a].exists(b, [b + b].exists(c, …` doubles with each `+`: 24 of them take a gigabyte, and the engine's budget
counts steps and not bytes. Twelve make 4,096 times of it at most."""

DEEPEST: Final = 2
"""Loops within each other; the pack needs one. The engine gives up at 10,000 rounds: 1.4 ms for each subject, and 140 where
each round does as much as a text has room for."""

_MOST_STEPS: Final = 100
"""Of an expression's patterns with their repetitions written out; the pack's longest takes 24. A pattern is read anew each
time that it is asked: `(a?){100}` takes 0.5 ms, and `((a?){30}){30}` took 5. Thirty patterns in one loop took 1.2 s."""

_LOOPS: Final = frozenset({"all", "exists", "exists_one", "filter", "map"})

TOKEN: Final = re.compile(
    r"""(?P<text>(?:[bB]?[rR][bB]?)(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"[^"]*"|'[^']*')"""
    r"""|[bB]?(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))"""
    r"|(?P<comment>//[^\n]*)|(?P<chain>[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)|(?P<select>\.\s*[A-Za-z_]\w*)"
    r"|(?P<number>\d[\w.]*)|(?P<other>\S)",
    re.DOTALL,
)
"""A raw text ends at its first quote, whatever stands before that: one that was read further would hide what follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with an expression, and at which line and column of its own text (both from 1)."""

    code: str
    line: int = 1
    column: int = 1
    values: Mapping[str, str] = field(default_factory=dict)


def check_length(text: str) -> tuple[Problem, ...]:
    if len(text) <= LONGEST:
        return ()
    return (Problem(code="RULE-TOO-LONG", values={"length": str(len(text)), "limit": str(LONGEST)}),)


def check_cost(text: str) -> Iterator[Problem]:
    """Loops within loops, patterns, and what makes values larger: those past a limit."""
    tokens = [one for one in TOKEN.finditer(text) if not one["comment"]]
    open_loops: list[bool] = []
    maps = pluses = steps = 0
    told = False
    for number, token in enumerate(tokens):
        pluses += token["other"] == "+"
        if token["other"] == "(":
            name = _called(tokens[number - 1]) if number else ""
            open_loops.append(name in _LOOPS)
            maps += name == "map"
            if name in _LOOPS and sum(open_loops) > DEEPEST and not told:
                told = True  # the ones further in only follow from it
                yield _at(text, _start(tokens[number - 1]), "RULE-NESTED-LOOPS", limit=str(DEEPEST))
            if name == "matches":
                steps += _steps(tokens[number + 1]) if number + 1 < len(tokens) else 0
                yield from _check_pattern(text, tokens[number - 1 : number + 3], sum(open_loops), steps)
        elif token["other"] == ")" and open_loops:
            open_loops.pop()
    if maps > _MOST_MAPS:
        yield Problem(code="RULE-TOO-MANY-MAPS", values={"limit": str(_MOST_MAPS)})
    if pluses > _MOST_PLUSES:
        yield Problem(code="RULE-TOO-MANY-PLUSES", values={"limit": str(_MOST_PLUSES)})


def _called(token: re.Match[str]) -> str:
    name = token["chain"] or token["select"] or ""
    return name.rpartition(".")[2].strip()


def _start(token: re.Match[str]) -> int:
    """Where a call's own name begins, at the end of a chain."""
    return token.end() - len(_called(token))


def _at(text: str, offset: int, code: str, **values: str) -> Problem:
    line, column = line_column(text, offset)
    return Problem(code=code, line=line, column=column, values=values)


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _steps(token: re.Match[str]) -> int:
    return steps_of(_written(token["text"]) or "") if token["text"] else 0


def _check_pattern(text: str, call: list[re.Match[str]], loops: int, steps: int) -> Iterator[Problem]:
    """`call`: the name, its bracket, what stands first in it, and what follows that; `steps`: of all patterns so far."""
    name = call[0]
    if loops > 1:
        yield _at(text, _start(name), "RULE-PATTERN-IN-LOOPS")
    written = len(call) > 3 and call[2]["text"] and _written(call[2]["text"]) is not None
    if not written or call[3]["other"] != ")":
        # also `matches(text, pattern)`, where the first is what is searched
        yield _at(text, _start(name), "RULE-PATTERN-NOT-WRITTEN")
    elif steps > _MOST_STEPS:
        yield _at(text, call[2].start(), "RULE-PATTERN-TOO-LARGE", steps=str(steps), limit=str(_MOST_STEPS))


def _written(token: str) -> str | None:
    """The characters of a text; None where some are written by number or between \\Q and \\E, which hides what they are."""
    prefix = re.match(r"[rRbB]*", token)
    raw = "r" in (prefix[0].lower() if prefix else "")
    text = token.lstrip("rRbB")
    quotes = 3 if text.startswith(('"""', "'''")) else 1
    text = text[quotes:-quotes]
    if raw:
        return None if r"\Q" in text else text
    if r"\\Q" in text or re.search(r"\\(?:\\\\)*[xXuU0-7]", re.sub(r"\\\\", "", text)):
        return None
    return re.sub(r"\\(.)", lambda found: " " if found[1] in "abfnrtv" else found[1], text, flags=re.DOTALL)


_COUNTED: Final = re.compile(r"\{(\d+)(,?)(\d*)\}")
_CLASS: Final = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:[pP]\{[^}]*\}|[pP].|x\{[^}]*\}|.)", re.DOTALL)
_MANY_RANGES: Final = re.compile(r"\\[pP]")


def steps_of(pattern: str) -> int:
    """How long a pattern of RE2 is with its counted repetitions written out, no less than it comes to."""
    sums, last, at = [0], 0, 0
    while at < len(pattern):
        sign = pattern[at]
        counted = _COUNTED.match(pattern, at)
        atom = (_CLASS if sign == "[" else _ESCAPE).match(pattern, at) if sign in "[\\" else None
        at = counted.end() if counted else atom.end() if atom else at + 1
        if counted:
            times = max(1, int(counted[1]) + bool(counted[2]), int(counted[3] or 0))
            sums[-1] += last * (times - 1)
            last *= times
        elif sign == "(":
            sums.append(0)
            last = 0
        elif sign == ")" and len(sums) > 1:
            last = sums.pop() + 1
            sums[-1] += last
        else:
            repeats = sign in "*+?"
            own = 1 + 50 * len(_MANY_RANGES.findall(atom[0])) if atom else 1
            sums[-1] += own
            last = last + own if repeats else own
    return sum(sums)
