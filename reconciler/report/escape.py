"""Untrusted text, made harmless once, where it leaves: names from YAML, an MDM, a forge or a vendor's error may hold anything."""

import json
import re
from typing import Final

# Control characters, and those that reorder or hide what follows them; lone surrogates cannot be written at all.
_UNSEEN: Final = (
    "[\\x00-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ud800-\\udfff\\ufeff"
    "\\ufff0-\\ufffb\\U000e0000-\\U000e0fff]"
)
_SELECTORS: Final = "\U000e0000"
"""From here on Python takes characters for printable (variation selectors) that nobody sees."""
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]#+!|~$^=]|^\d+(?:\)|\.(?=\s|$))|(?<!\w)-|-(?!\w))")
"""Everything that CommonMark or GitHub gives a meaning within a line. Not the hyphen of a date or a word, and no parenthesis
(it makes a link only after a bracket): these texts are also read as they are, in a terminal or an e-mail."""
_AUTOLINK: Final = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp):|\bwww\.")
_COMMAND: Final = re.compile(r"(?<!\S)::|##\[")
_BREAK: Final = "\N{ZERO WIDTH SPACE}"
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def escape_terminal(text: str) -> str:
    """Without control characters: each is shown as `\\x1b` and the like. Line feeds too: a caller splits lines before."""
    if text.isprintable() and (
        text.isascii() or max(text) < _SELECTORS
    ):  # nearly every text: the expression isn't even compiled
        return text
    return re.sub(_UNSEEN, lambda match: _shown(match.group()), text)


def escape_log(text: str) -> str:
    """For a terminal whose output may be a log in CI: neither control characters nor a workflow command.

    GitHub's runner takes a line for a command if it begins with `::` after any white space, and folding may put any word
    first; the older form `##[` counts anywhere in a line (actions/runner, src/Runner.Common/ActionCommand.cs, TryParseV2
    and TryParse, at 079cdb1d, read 2026-11-21). The first character is shown by its number, which ends both.
    """
    return _COMMAND.sub(lambda match: _shown(match.group()[0]) + match.group()[1:], escape_terminal(text))


def json_document(data: object) -> str:
    """Indented JSON that ends in a line break. `##[` is written so that a program reads it and a runner doesn't."""
    # No line begins with `::`, since every string is quoted; outside of strings neither form can stand.
    return json.dumps(data, ensure_ascii=False, indent=2).replace("##[", "#\\u0023[") + "\n"


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape_markdown(text: str) -> str:
    """For running text on GitHub: no HTML, no mention, no image or link, no reference to an issue or commit, one line."""
    safe = _MARKDOWN.sub(_with_backslash, escape_terminal(text))
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # GitHub links these after Markdown has been read, so that a backslash does not help; an unseen character does.
    safe = safe.replace("@", f"@{_BREAK}").replace("#", f"#{_BREAK}")
    safe = re.sub(r"(?i)\b(GH)(?=-\d)", rf"\1{_BREAK}", safe)
    safe = re.sub(r"\b(?=[0-9a-f]{7,40}\b)([0-9a-f]{4})", rf"\1{_BREAK}", safe)
    # A report may also be printed in a log: see `escape_log`. `##[` is broken above.
    safe = re.sub(r"(?<!\S)::", r"\\::", safe)
    return _AUTOLINK.sub(lambda match: f"{match.group()[:-1]}{_BREAK}{match.group()[-1]}", safe)


def _with_backslash(match: re.Match[str]) -> str:
    """Before the last character: `1)` and `1. ` begin a list by what follows the number."""
    return f"{match.group()[:-1]}\\{match.group()[-1]}"


def escape_workflow_data(text: str) -> str:
    """For the message of a GitHub workflow command (actions/toolkit, packages/core/src/command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_workflow_property(text: str) -> str:
    """For a property of a workflow command, where `:` and `,` have a meaning too."""
    return escape_workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def csv_cell(text: str) -> str:
    """For one cell of a CSV file, before quotation marks are put around it: no formula for a spreadsheet, no unseen character.

    Excel, LibreOffice and Google Sheets run a cell that begins with one of these signs, also in their full-width forms, as
    a formula, quoted or not; an apostrophe in front makes it text (OWASP, CSV Injection, read 2026-11-22). A number may keep
    its sign. A line break within a cell is a space: some programs begin a new row, and so a new cell, at each.
    """
    safe = escape_terminal(" ".join(text.split("\n")))
    return f"'{safe}" if _FORMULA.match(safe) and not _NUMBER.fullmatch(safe.strip()) else safe
