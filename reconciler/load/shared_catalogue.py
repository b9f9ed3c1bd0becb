"""Another municipality's catalogue from a file: bytes that anybody may have written, taken only where all of it is as it should be."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from reconciler.catalogue.importing import Shared, texts_of
from reconciler.catalogue.sharing import FORMAT, KIND
from reconciler.load.characters import hidden, is_shown
from reconciler.load.sources import Sources
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.place import Pointer
from reconciler.schema.check import check

LARGEST: Final = 5_000_000
"""Bytes; three hundred records are half a million."""
DEEPEST: Final = 8
MOST_APPS: Final = 5_000
LONGEST: Final = 4_000
_MOST_DIGITS: Final = 12
_KEYS: Final = frozenset({"kind", "format", "municipality", "apps"})


class _Refused(Exception):  # noqa: N818 - the file's fault
    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def read_shared(file: str, data: bytes, wanted: str = "") -> Shared | Sequence[Finding]:
    """The file's records, or why none of them is taken. `wanted` is the hash (SHA-256, hexadecimal) that it must have."""
    digest = sha256(data).hexdigest()
    try:
        if wanted and digest != wanted.lower():
            raise _Refused("IMPORT-OTHER-HASH", found=digest, wanted=wanted)
        document = _document(data)
        source, code = _municipality(document)
        apps = _apps(document)
    except _Refused as problem:
        place = Pointer(file=file)
        return [Finding(code=problem.code, severity=Severity.ERROR, place=place, values=problem.values)]
    # JSON is YAML, so that a line can be named; the schema is the catalogue's own, and knows no other keys.
    whole: dict[str, Any] = {"topic": "import", "title": "Import", "apps": apps}
    found = [one for one in check("app-catalog", file, whole, Sources({file: data})) if is_error(one)]
    return found or Shared(source=source, code=code, sha256=digest, apps=tuple(apps))


def _document(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGEST:
        raise _Refused("IMPORT-TOO-LARGE", limit=str(LARGEST // 1_000_000))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _Refused("IMPORT-NOT-JSON") from None
    _check_depth(text)
    try:
        document = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_no_float
        )
    except (json.JSONDecodeError, RecursionError):
        raise _Refused("IMPORT-NOT-JSON") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _Refused("IMPORT-NOT-OURS")
    if type(document.get("format")) is not int or document["format"] != FORMAT:
        raise _Refused("IMPORT-OTHER-FORMAT", theirs=str(document.get("format"))[:20], ours=str(FORMAT))
    if document.keys() != _KEYS:
        raise _Refused("IMPORT-OTHER-KEYS", keys=", ".join(sorted(document.keys() ^ _KEYS))[:200])
    for one in texts_of(document):
        _check_text(one)
    return document


def _check_depth(text: str) -> None:
    """Before anything is built: the reader recurses as deep as a file goes."""
    depth = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark.group(), 0)
        if depth > DEEPEST:
            raise _Refused("IMPORT-TOO-DEEP", limit=str(DEEPEST))


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("IMPORT-KEY-TWICE")
    return found


def _no_constant(name: str) -> Any:
    raise _Refused("IMPORT-NUMBER", text=name)


def _no_float(text: str) -> Any:
    raise _Refused("IMPORT-NUMBER", text=text[:20])


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _Refused("IMPORT-NUMBER", text=text[:20])
    return int(text)


def _check_text(text: str) -> None:
    if len(text) > LONGEST:
        raise _Refused("IMPORT-TOO-LONG", limit=str(LONGEST))
    found = hidden().search(text) if not is_shown(text) else None
    if found is not None:
        raise _Refused("IMPORT-HIDDEN", character=f"U+{ord(found.group()):04X}")


def _municipality(document: Mapping[str, Any]) -> tuple[str, str]:
    written = document["municipality"]
    if not isinstance(written, dict) or written.keys() != {"code", "name"}:
        raise _Refused("IMPORT-NO-MUNICIPALITY")
    name, code = written["name"], written["code"]
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 100 or "\n" in name:
        raise _Refused("IMPORT-NO-MUNICIPALITY")
    if not isinstance(code, str) or not re.fullmatch(r"[0-9]{4}", code):
        raise _Refused("IMPORT-NO-MUNICIPALITY")
    return name.strip(), code


def _apps(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    apps = document["apps"]
    if not isinstance(apps, list) or not all(isinstance(one, dict) for one in apps):
        raise _Refused("IMPORT-NO-APPS")
    if len(apps) > MOST_APPS:
        raise _Refused("IMPORT-TOO-MANY", limit=str(MOST_APPS))
    twice = sorted(_repeated(str(one.get("id")) for one in apps))
    if twice:
        raise _Refused("IMPORT-APP-TWICE", name=twice[0][:80])
    return apps


def _repeated(names: Iterator[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]  # add gives None
