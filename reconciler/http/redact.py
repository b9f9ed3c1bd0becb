"""Takes secrets and personal data out of text and JSON before anyone can read them. Pure.

It is the second line: error texts are built from what is known to be harmless, and this runs over what a vendor wrote.
"""

import re
from collections.abc import Iterable, Mapping

HIDDEN = "[hidden]"
LONGEST = 256

_SECRET_NAME = re.compile(
    r"(?i)authorization|cookie|token(?!_?type)|secret|passw|private|assertion|credential|api[-_]?key|signature|^key$|^sig$|^code$"
)
# Page tokens open nothing, yet carry whatever the vendor put in them: they are hidden like the rest of `…token`.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}"), HIDDEN),
    (
        re.compile(r"(?i)\b(bearer|basic|token)\s+(?=[A-Za-z0-9._~+/=-]*[0-9._~+/=-])[A-Za-z0-9._~+/=-]{8,}"),
        rf"\1 {HIDDEN}",
    ),
    (re.compile(r"\bya29\.[A-Za-z0-9._~+/=-]+"), HIDDEN),
    (
        re.compile(
            r"""(?ix)(["']?\b[\w-]*(?:token|secret|password|passwd|assertion|api[-_]?key|private_key|signature|\bkey)["']?
            \s*[=:]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s&,;"']+)"""
        ),
        rf"\1{HIDDEN}",
    ),
    # E-mail addresses name persons; the domain is enough to see which directory was meant.
    (re.compile(r"[\w.+%-]+@((?:[\w-]+\.)+\w{2,})"), r"[hidden]@\1"),
    # Vendors' device ids are GUIDs; they stand in plan.json and the journal and nowhere else.
    (re.compile(r"(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"), HIDDEN),
)


def redact_text(text: str, private: Iterable[str] = (), longest: int = LONGEST) -> str:
    """One line of at most `longest` characters without tokens, keys, addresses, ids and the `private` values given."""
    for value in sorted({value for value in private if len(value) >= 3}, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"


def redact_json(value: object) -> object:
    """The same shape, with the values of secret-sounding names hidden and every string gone through."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(name): HIDDEN if is_secret(str(name)) else redact_json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [redact_json(inner) for inner in value]
    return value


def is_secret(name: str) -> bool:
    """Whether a header, parameter or field of this name is taken to carry a secret."""
    return _SECRET_NAME.search(name) is not None
