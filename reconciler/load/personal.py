"""Personal data where somebody wrote why, who or how: an error at its line, never with what was written.

Addresses have their place, in `roles`, and belong to functions there. What is matched with (serials, org units, ids of
apps, expressions) is no running text and not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.load.faults import Faults
from reconciler.load.sources import Sources
from reconciler.model.personal_data import EMAIL, PERSONAL_NUMBER, PHONE, personal_data_in
from reconciler.model.place import Pointer, Position

_CODES: Final = {EMAIL: "PERSONAL-EMAIL", PERSONAL_NUMBER: "PERSONAL-NUMBER", PHONE: "PERSONAL-PHONE"}

_WHOLE: Final = frozenset({"exception", "allowance", "approvals", "mgn", "calendar", "guardrail", "baseline"})
"""Kinds of file that are looked through from end to end, comments too."""

_COMMENT: Final = re.compile(rb"#([^\r\n]*)")

_NO_TEXT: Final = frozenset({"require", "when", "measure", "url", "raw", "settings", "apps", "users"})


def check_personal_data(kind: str, file: str, document: Mapping[str, Any], sources: Sources, faults: Faults) -> None:
    for path, text in _texts(kind, document):
        found = personal_data_in(text)
        if found is not None:
            faults.error(_CODES[found], Pointer(file=file, path=path), _subject(kind, document))
    if kind in _WHOLE:
        _check_comments(file, _subject(kind, document), sources, faults)


def _subject(kind: str, document: Mapping[str, Any]) -> str:
    return f"{kind}:{document['id']}" if "id" in document else ""


_Path = tuple[str | int, ...]


def _texts(kind: str, document: Mapping[str, Any]) -> Iterator[tuple[_Path, str]]:
    if kind in _WHOLE:
        yield from _below((), document)
    elif kind == "school":
        for number, group in enumerate(document.get("groups", ())):
            yield ("groups", number, "name"), group["name"]
            yield from _below(("groups", number, "pilot"), group.get("pilot"))


def _below(path: _Path, value: Any) -> Iterator[tuple[_Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _below((*path, number), one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NO_TEXT:
                yield from _below((*path, key), one)


def _check_comments(file: str, subject: str, sources: Sources, faults: Faults) -> None:
    if not any(personal_data_in(one.decode(errors="replace")) for one in _COMMENT.findall(sources.files[file])):
        return  # told from the bytes: making lines of every file would cost more than all of the rest
    for number, line in enumerate(sources.lines(file), 1):
        before, mark, comment = line.partition("#")
        found = personal_data_in(comment) if mark and (not before or before[-1] == " ") else None
        if found is not None:
            faults.error(_CODES[found], Position(file=file, line=number, column=len(before) + 1), subject)
