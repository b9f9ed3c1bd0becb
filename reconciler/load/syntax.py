"""What libyaml could not read, in the words of someone who edits a school's file."""

from typing import Any, Final

import yaml

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position

# Beginnings of libyaml 0.2.5's messages (scanner.c, parser.c) and what usually lies behind each.
_CAUSES: Final = (
    ("mapping values are not allowed", "SYNTAX-COLON"),
    ("could not find expected ':'", "SYNTAX-NO-COLON"),
    ("did not find expected key", "SYNTAX-INDENTATION"),
    ("did not find expected '-' indicator", "SYNTAX-INDENTATION"),
    ("block sequence entries are not allowed", "SYNTAX-INDENTATION"),
    ("did not find expected ',' or", "SYNTAX-BRACKET"),
    ("did not find expected node content", "SYNTAX-BRACKET"),
    ("found unexpected end of stream", "SYNTAX-QUOTE"),
    ("found character that cannot start any token", "SYNTAX-FIRST-CHARACTER"),
    ("found unknown escape character", "SYNTAX-ESCAPE"),
)


def syntax_finding(file: str, lines: list[str], error: yaml.YAMLError, unclosed: Any = None) -> Finding:
    """The finding at the place where reading failed; an unclosed quotation mark is shown where it opens."""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context, found_at = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    code = next((code for start, code in _CAUSES if problem.startswith(start)), "SYNTAX")
    if unclosed is not None and found_at is not None and found_at.line == unclosed.end_mark.line:
        code, context = "SYNTAX-QUOTE", unclosed.start_mark
    opens = code in {"SYNTAX-QUOTE", "SYNTAX-BRACKET"} and context is not None
    mark = context if opens else found_at or context
    line = min(mark.line, len(lines) - 1) if mark else 0
    column = mark.column if mark else 0
    values = {"problem": problem} if code == "SYNTAX" else {}
    if code == "SYNTAX-COLON" and (corrected := _quoted_value(lines[line])):
        values["corrected"] = corrected
    elif code == "SYNTAX-COLON":
        values["corrected"] = lines[line].strip()
    place = Position(file=file, line=line + 1, column=column + 1)
    return Finding(code=code, severity=Severity.ERROR, place=place, values=values)


def _quoted_value(line: str) -> str | None:
    """`name: Skolan: norra` → `name: "Skolan: norra"`, where the line is as simple as that."""
    key, colon, value = line.strip().partition(": ")
    if not colon or not value or value[0] in "\"'[{|>" or '"' in value:
        return None
    return f'{key}: "{value}"'
