"""Data as YAML text in the layout of the files that people write: a record's keys on lines of their own, the rest within them.

Text is written without quotation marks only where no reader (also of YAML 1.1) could take it for anything else.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from reconciler.load.scalars import Refused, resolve

_PLAIN: Final = re.compile(r"[^\W_](?:[\w.+/()&%–-]|[?!](?! )| (?! |$))*")
LONGEST: Final = 140
"""Characters of a line; entries of a longer one are written below each other."""

_GRADES: Final = re.compile(r"[0-9]{1,2}-[0-9]{1,2}")
_OLDER_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Of YAML 1.1, which editors and other tools on the same files may use; in any case of letters."""


def flow(value: Any) -> str:
    """On one line."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(key)}: {flow(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def block(value: Mapping[str, Any] | Sequence[Any], indent: int) -> str:
    """A line for each entry, each entry on its line, `indent` spaces in; records of a list have a line for each key."""
    space = " " * indent
    if isinstance(value, Mapping):
        return "\n".join(_keyed(key, one, indent) for key, one in value.items())
    return "\n".join(f"{space}- {_entry(one, indent + 2)}" for one in value)


def _keyed(key: str, value: Any, indent: int) -> str:
    """On one line, if that isn't too long for people to read."""
    start = f"{' ' * indent}{text(key)}:"
    line = f"{start} {flow(value)}"
    if len(line) <= LONGEST or not isinstance(value, Mapping | list | tuple) or not value:
        return line
    return f"{start}\n{block(value, indent + 2)}"


def _entry(value: Any, indent: int) -> str:
    return block(value, indent).lstrip(" ") if isinstance(value, Mapping) and value else flow(value)


def text(value: str) -> str:
    """As a plain word where that is safe, else in quotation marks; line breaks are written as such."""
    if _PLAIN.fullmatch(value) and value.lower() not in _OLDER_WORDS and _is_word(value):
        return value
    if "\n" in value or "\t" in value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        return f'"{escaped}"'
    if '"' in value or "\\" in value:  # a backslash would send the whole file to the careful reader
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _is_word(value: str) -> bool:
    """What begins with a digit is quoted even where our reader would take it for text (`1_000`), except grades."""
    if value[0].isdecimal():
        return _GRADES.fullmatch(value) is not None
    try:
        return resolve(value) == value
    except Refused:
        return False
