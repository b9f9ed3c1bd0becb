"""What a word without quotation marks means: the YAML 1.2 core schema, less what only looks clear to a machine.

The core schema reads `0764` as 764, `5E1234567` as a number too large to hold and `1.10` as 1.1. Codes, versions and
serial numbers of schools are spelled just so; where reading a word as a number would lose its spelling it is refused.
"""

import re
from typing import Final

from reconciler.model.place import Json


class Refused(Exception):  # noqa: N818 - not an error of the program: the word is reported with its place
    """A word that has to be quoted, or written otherwise. `code` is the finding's."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


FIRST: Final = frozenset("~+-.0123456789nNtTfF")
"""First characters of every word that may mean something else than its text."""

_WORDS: Final[dict[str, Json]] = {"": None, "~": None, "null": None, "true": True, "false": False}
_SPELLED_OTHERWISE: Final = frozenset({"Null", "NULL", "True", "TRUE", "False", "FALSE"})
_NUMBER: Final = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
# No date in the core schema, but in YAML 1.1, which other tools on the same files use.
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,6}")


def resolve(text: str) -> Json:
    """The value of an unquoted word: None, bool, int, float or the text itself. Raises Refused."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in FIRST:
        return text
    if text in _SPELLED_OTHERWISE:
        raise Refused("WORD-SPELLING", text)
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and repr(number := float(text)) == text:
        return number
    if _NUMBER.fullmatch(text) or _DATE.fullmatch(text):
        raise Refused("NOT-QUOTED", text)
    return text
