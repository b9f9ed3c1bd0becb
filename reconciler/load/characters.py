"""Bytes to text that holds no surprises: UTF-8, NFC, one kind of line end, nothing that an editor does not show."""

import re
import unicodedata
from functools import cache
from typing import Final

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Position

MOST_PER_FILE: Final = 20
"""Findings of one kind about characters in one file; a binary file would otherwise give thousands."""

# Control characters except tab (which has its own finding) and line feed; spaces that look like a space and are not;
# zero-width, bidirectional and other format characters; specials; tags.
_HIDDEN = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\xa0\\xad\\u061c\\u1680\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000"
    "\\ud800-\\udfff\\ufeff\\ufff0-\\ufffb\\ufffe\\uffff\\U000e0000-\\U000e0fff"
)


@cache
def hidden() -> re.Pattern[str]:
    """Compiled where a text has something that can't be shown, so hardly ever."""
    return re.compile(f"[{_HIDDEN}]")


_SELECTORS: Final = "\U000e0000"
SELECTORS: Final = b"\xf3\xa0"
"""How the characters from U+E0000 to U+E0FFF begin in UTF-8. Python calls some of them printable (variation selectors)."""


def is_shown(text: str) -> bool:
    """Whether a short text has nothing hidden, by Python's own test, which takes a fifth of the time of the expression."""
    return text.isprintable() and (text.isascii() or max(text) < _SELECTORS)


_UTF8_MARK: Final = b"\xef\xbb\xbf"


def decode(data: bytes) -> str:
    """Text in NFC with line feeds only, without a byte order mark. Raises UnicodeDecodeError for what is not UTF-8."""
    text = data.removeprefix(_UTF8_MARK).decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text


def not_utf8(file: str, data: bytes, error: UnicodeDecodeError) -> Finding:
    """The finding for other encodings, with the line as it reads in Windows-1252, which such files nearly always are."""
    body = data.removeprefix(_UTF8_MARK)
    start = body.rfind(b"\n", 0, error.start) + 1
    end = body.find(b"\n", error.start)
    line = body[start : end if end >= 0 else len(body)][:200]
    place = Position(file=file, line=body.count(b"\n", 0, start) + 1, column=error.start - start + 1)
    values = {"corrected": clean(line.decode("cp1252", "replace")).strip()}
    return Finding(code="NOT-UTF8", severity=Severity.ERROR, place=place, values=values)


def hidden_characters(file: str, text: str) -> tuple[Finding, ...]:
    """Tabs and characters that nobody sees, each with the line as it should be."""
    found: list[Finding] = []
    above = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if (match := hidden().search(line)) is not None:
            values = {"character": f"U+{ord(match.group()):04X}", "corrected": clean(line).strip()}
            place = Position(file=file, line=number, column=match.start() + 1)
            found.append(Finding(code="HIDDEN-CHARACTER", severity=Severity.ERROR, place=place, values=values))
        elif "\t" in line:
            place = Position(file=file, line=number, column=line.index("\t") + 1)
            values = {"corrected": _with_spaces(line, above)}
            found.append(Finding(code="TAB", severity=Severity.ERROR, place=place, values=values))
        if len(found) == MOST_PER_FILE:
            break
        above = line if line.strip() and not line.startswith("\t") else above
    return tuple(found)


def _with_spaces(line: str, above: str) -> str:
    """Indented by tabs: as far as the line above, or a step further below a key; a tab within the line becomes one space."""
    body = line.lstrip(" \t")
    indentation = line[: len(line) - len(body)]
    if "\t" in indentation:
        step = "  " if above.rstrip().endswith(":") else ""
        indentation = above[: len(above) - len(above.lstrip(" -"))].replace("-", " ") + step
    return indentation + body.replace("\t", " ").rstrip()


def clean(line: str) -> str:
    """The line without hidden characters; a space that is not a space becomes one."""
    return hidden().sub(lambda match: " " if unicodedata.category(match.group()) == "Zs" else "", line)
