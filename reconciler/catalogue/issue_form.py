"""The two issue forms: their questions in order, and what an issue that was made with one says. Pure.

GitHub renders a form as a heading `### <label>` for each question, an empty line, and the answer; `_No response_` where
there is none, several choices of a list with commas between, `- [x]` and `- [ ]` for boxes (docs.github.com, "Syntax for
GitHub's form schema", and github/issue-parser, read 2026-11-22). Every question is there, answered or not. An answer is
whatever was typed, and may hold such headings itself: then nobody can tell which one was the form's, and it is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LARGEST: Final = 65_536
"""Characters of an issue's body (GitHub's own limit)."""

WISH: Final = {
    "Vad ska eleverna kunna göra?": "need",
    "Vilka godkända appar har ni prövat, och varför räcker de inte?": "tried",
    "Årskurs": "grades",
    "Ungefär hur många ska använda appen?": "users",
    "Ämne": "subjects",
    "Vilken app?": "name",
    "Länk till appen": "address",
    "På vilka enheter?": "platform",
    "Din skola": "school",
    "Din roll": "by",
}
"""*Önska en app*: the field of each question."""

ADD: Final = {"Skola": "school", "Grupp": "group", "App": "app", "Hur ska appen finnas?": "mode"}
"""*Lägg till godkänd app på min skola*."""

MODES: Final = {
    "Den som vill kan använda den": "available",
    "Den ska finnas på alla enheter i gruppen": "required",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`line` is the heading's, from 1. An empty text is no answer."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormProblem:
    code: str
    label: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`answers` by field; not to be trusted where there are problems."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    problems: tuple[FormProblem, ...] = ()


_HEADING: Final = re.compile(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*")
_EMPTY: Final = frozenset({"_No response_", "_Inget svar_", "None", ""})


def read_form(body: str, labels: Mapping[str, str]) -> Form:
    """The answer to each question of `labels`, each of which has to be there once."""
    if len(body) > LARGEST:
        return Form(problems=(FormProblem(code="FORM-TOO-LARGE"),))
    lines = re.split(r"\r\n|\r|\n", body)
    known = {_plain(label): label for label in labels}
    found: list[tuple[str, int]] = []
    for number, text in enumerate(lines):
        heading = _HEADING.fullmatch(text)
        if heading is not None and _plain(heading[1]) in known:
            found.append((known[_plain(heading[1])], number))
    problems = tuple(_problems(found, labels))
    if problems:
        return Form(problems=problems)
    ends = [number for _, number in found[1:]] + [len(lines)]
    answers = {
        labels[label]: Answer(text=_answer(lines[number + 1 : end]), line=number + 1)
        for (label, number), end in zip(found, ends, strict=True)
    }
    return Form(answers=answers)


def _problems(found: list[tuple[str, int]], labels: Mapping[str, str]) -> list[FormProblem]:
    """Unseen characters and a different number of `#` don't make a heading another one."""
    seen: set[str] = set()
    problems: list[FormProblem] = []
    for label, number in found:
        if label in seen:
            problems.append(FormProblem(code="FORM-TWICE", label=label, line=number + 1))
        seen.add(label)
    missing = [FormProblem(code="FORM-MISSING", label=label) for label in labels if label not in seen]
    return [*problems, *missing]


def _plain(label: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", label).casefold().split())


def _answer(lines: list[str]) -> str:
    """What was written, less the boxes that other questions end with (`### …` of a question without a field)."""
    end = next((number for number, text in enumerate(lines) if _is_boxes(lines, number)), len(lines))
    text = "\n".join(lines[:end]).strip()
    return "" if text in _EMPTY else text


def _is_boxes(lines: list[str], number: int) -> bool:
    """A heading whose next line with text is a box: the form's own last question."""
    after = next((text for text in lines[number + 1 :] if text.strip()), "")
    return lines[number].startswith("### ") and re.match(r"- \[[ xX]\] ", after) is not None
