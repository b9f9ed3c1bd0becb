"""Our mark on a vendor's object: `[reconciler:1 org=<uid> key=<kind>/<school>/<id>]` in its description. Pure.

A mark is all that says an object is ours: there is no state file. People's text around it is kept to the letter.
"""

import re

from reconciler.model.resource import Mark

_MARK = re.compile(r"\[reconciler:1 org=(?P<org>[^\s\]]+) key=(?P<key>[^\s\]]+)\]")


def mark_key(ref: str) -> str:
    """The key that stands in the mark of a place of ours: `@` root, `@school`, `@school/group`."""
    if ref == "@":
        return "root"
    return f"group/{ref[1:]}" if "/" in ref else f"school/{ref[1:]}"


def place_ref(key: str) -> str | None:
    """The target reference behind a mark's key; None for a key that names no place of ours."""
    kind, _, name = key.partition("/")
    if key == "root":
        return "@"
    return f"@{name}" if kind in ("school", "group") and name else None


def find_mark(text: str) -> Mark | None:
    """The first mark in a description."""
    found = _MARK.search(text)
    return Mark(org=found["org"], key=found["key"]) if found else None


def write_mark(text: str, mark: Mark) -> str:
    """The description with this mark: replaced where one stood, else after people's own text."""
    line = f"[reconciler:1 org={mark.org} key={mark.key}]"
    if _MARK.search(text):
        return _MARK.sub(lambda _: line, text, count=1)
    return f"{text.rstrip()}\n{line}" if text.strip() else line
