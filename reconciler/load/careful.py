"""The same reading from events, one by one, with everything said about what is wrong: slower, and never surprised.

Nothing is expanded or recursed into before its size and depth are known.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import field
from typing import Any, Final

import yaml
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore] # the stubs leave libyaml's parser out
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from reconciler.load.characters import hidden, hidden_characters
from reconciler.load.scalars import Refused, resolve
from reconciler.load.syntax import syntax_finding
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Position
from reconciler.model.slotted import dataclass

DEEPEST: Final = 32
"""Levels of lists and mappings; the deepest file format of ours has eight."""

MOST_EXPANDED: Final = 10_000
"""Values that aliases may add to a file, counted as if written out."""


MOST_PER_FILE: Final = 100
"""Findings of one file; who has a hundred to correct can run again for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    value: Json
    findings: tuple[Finding, ...]


class _Stop(Exception):  # noqa: N818 - the rest of the file can't be read on
    pass


@dataclass(slots=True, kw_only=True)
class _Reading:
    file: str
    lines: list[str]
    events: Iterator[Any]
    findings: list[Finding] = field(default_factory=list)
    anchors: dict[str, tuple[Json, int] | None] = field(default_factory=dict)
    expanded: int = 0
    unclosed: Any = None
    """The last text in quotation marks that goes on below its first line: most such are missing their second mark."""

    def report(self, code: str, event: Any, **values: str) -> None:
        place = Position(file=self.file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
        self.findings.append(Finding(code=code, severity=Severity.ERROR, place=place, values=values))
        if len(self.findings) == MOST_PER_FILE:
            raise _Stop


def read(file: str, text: str) -> Read:
    """The document in `text` (NFC, line feeds only) and everything that is wrong with it."""
    if found := hidden_characters(file, text):
        return Read(value=None, findings=found)
    reading = _Reading(file=file, lines=text.split("\n"), events=_events(text))
    value: Json = None
    try:
        value = _document(reading)
    except yaml.YAMLError as error:
        reading.findings.append(syntax_finding(file, reading.lines, error, reading.unclosed))
    except _Stop:
        pass
    return Read(value=value, findings=tuple(reading.findings))


def _events(text: str) -> Iterator[Any]:
    """libyaml's events. The stubs give marks and tags as possibly missing; libyaml always sets them."""
    parser = CParser(text)
    while (event := parser.get_event()) is not None:
        yield event


def _document(reading: _Reading) -> Json:
    next(reading.events)  # the stream's start
    start = next(reading.events)
    if not isinstance(start, DocumentStartEvent):
        reading.report("EMPTY-FILE", start)
        raise _Stop
    event = next(reading.events)
    value, _ = _node(reading, event, DEEPEST)
    next(reading.events)  # the document's end
    if not isinstance(after := next(reading.events), StreamEndEvent):
        reading.report("SEVERAL-DOCUMENTS", after)
    if value is None and not reading.findings:
        reading.report("EMPTY-FILE", event)
    elif not isinstance(value, dict) and not reading.findings:
        reading.report("NOT-A-MAPPING", event)
    return value


def _node(reading: _Reading, event: Any, depth: int) -> tuple[Json, int]:
    """The value that begins with `event`, and how many values it is when written out."""
    if isinstance(event, AliasEvent):
        return _alias(reading, event)
    if event.tag is not None:
        reading.report("TAG", event, tag=event.tag)
    anchor = event.anchor
    if anchor is not None:
        reading.anchors[anchor] = None  # open: an alias to it from within would never end
    if isinstance(event, CollectionStartEvent):
        if not depth:
            reading.report("TOO-DEEP", event, limit=str(DEEPEST))
            raise _Stop
        mapping = isinstance(event, MappingStartEvent)
        result = _mapping(reading, depth - 1) if mapping else _sequence(reading, depth - 1)
    else:
        result = _scalar(reading, event), 1
    if anchor is not None:
        reading.anchors[anchor] = result
    return result


def _alias(reading: _Reading, event: Any) -> tuple[Json, int]:
    known = reading.anchors.get(event.anchor)
    if known is None:
        code = "ALIAS-LOOP" if event.anchor in reading.anchors else "UNKNOWN-ALIAS"
        reading.report(code, event, alias=event.anchor)
        raise _Stop
    reading.expanded += known[1]
    if reading.expanded > MOST_EXPANDED:
        reading.report("ALIAS-BOMB", event, limit=str(MOST_EXPANDED))
        raise _Stop
    return known


def _scalar(reading: _Reading, event: Any) -> Json:
    if event.implicit[0]:
        try:
            return resolve(event.value)
        except Refused as refused:
            quoted = corrected_line(reading.lines, event, _rewritten(refused))
            reading.report(refused.code, event, text=refused.text, corrected=quoted)
            return refused.text
    if event.end_mark.line > event.start_mark.line and event.style in {'"', "'"}:
        reading.unclosed = event
    return _text(reading, event)


def _text(reading: _Reading, event: Any) -> str:
    """The text in NFC. Escapes (`"\\u200b"`) can write what the file itself may not hold."""
    if (match := hidden().search(event.value)) is not None:
        line = reading.lines[event.start_mark.line].strip()
        reading.report("HIDDEN-CHARACTER", event, character=f"U+{ord(match.group()):04X}", corrected=line)
        return ""
    return unicodedata.normalize("NFC", event.value)


def _rewritten(refused: Refused) -> str:
    return refused.text.lower() if refused.code == "WORD-SPELLING" else f'"{refused.text}"'


def corrected_line(lines: list[str], node: Any, text: str) -> str:
    """The line where the event or node starts, with `text` in its place, without indentation."""
    start, end = node.start_mark, node.end_mark
    line = lines[start.line]
    until = end.column if end.line == start.line else len(line)
    corrected: str = line[: start.column] + text + line[until:]
    return corrected.strip()


def _sequence(reading: _Reading, depth: int) -> tuple[Json, int]:
    items: list[Json] = []
    size = 1
    while not isinstance(event := next(reading.events), SequenceEndEvent):
        item, inner = _node(reading, event, depth)
        items.append(item)
        size += inner
    return items, size


def _mapping(reading: _Reading, depth: int) -> tuple[Json, int]:
    result: dict[str, Json] = {}
    lines: dict[str, int] = {}
    size = 1
    while not isinstance(event := next(reading.events), MappingEndEvent):
        key = _key(reading, event, depth)
        value, inner = _node(reading, next(reading.events), depth)
        size += inner + 1
        if key in lines:
            reading.report("DUPLICATE-KEY", event, key=key, line=str(lines[key]))
        elif key is not None:
            result[key] = value
            lines[key] = event.start_mark.line + 1
    return result, size


def _key(reading: _Reading, event: Any, depth: int) -> str | None:
    """Keys are text as they are spelled: a grade `4` or a language `no` is never a number or a truth value."""
    if isinstance(event, ScalarEvent):
        if event.implicit[0] and event.value == "<<":
            reading.report("MERGE-KEY", event)
            return None
        if event.tag is None and event.anchor is None:
            return _text(reading, event)
    _node(reading, event, depth)
    reading.report("KEY-NOT-TEXT", event)
    return None
