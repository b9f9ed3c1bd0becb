"""Bytes to plain data, quickly where nothing is odd about a file; every oddity is left to `careful`, which explains it.

The data is built straight from libyaml's events. Composing nodes first, as PyYAML does, takes half as long again: each
node lives until its file is read, so that the garbage collector carries the nodes of file after file into its older
generations and looks through everything loaded so far again and again (measured on 8,000 files, Python 3.11, November 2026).
Both readers give the same data for every file that both accept; a test holds them equal.
"""

import re
from collections.abc import Callable
from typing import Any, Final
from unicodedata import is_normalized

from yaml import YAMLError
from yaml.cyaml import CParser  # type: ignore[attr-defined, unused-ignore] # the stubs leave libyaml's parser out
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from reconciler.load import careful
from reconciler.load.careful import Read
from reconciler.load.characters import SELECTORS, decode, hidden, is_shown, not_utf8
from reconciler.load.scalars import Refused, resolve
from reconciler.model.place import Json

_CLOSER_LOOK: Final = ("\\", "<<")
"""What escapes and merge keys are written with. A rule's pattern has them too, so each event is looked at."""

_PROPERTY: Final = re.compile(r"(?:^|[-?:,\[{]) *(?:!|&(?!&))", re.MULTILINE)
"""How a tag or an anchor begins (YAML 1.2.2, 6.9): first in its line, or after what begins a value. A rule's `a != b && c`
has the signs too, and is let through."""

_MOST_WORDS: Final = 20_000


class _Words(dict[str, Json]):
    """Unquoted words met so far, with what they mean. The same words stand in every file; one object serves them all."""

    def __missing__(self, word: str) -> Json:
        if len(self) > _MOST_WORDS:
            self.clear()
        value = self[word] = resolve(word)
        return value


_words: Final = _Words()


class _Odd(Exception):  # noqa: N818 - a turn in the road, not an error
    pass


def read_document(file: str, data: bytes) -> Read:
    """The document in a file and what is wrong with it; `value` is meaningless where a finding is an error."""
    try:
        text = decode(data)
    except UnicodeDecodeError as error:
        return Read(value=None, findings=(not_utf8(file, data, error),))
    if not _is_odd(data, text):
        try:
            return Read(value=_document(text, closely=_is_close(text)), findings=())
        except (YAMLError, Refused, _Odd):
            pass  # the careful reader finds the same and says where
    return careful.read(file, text)


def _is_odd(data: bytes, text: str) -> bool:
    """Python's own test of what can be shown takes a fifth of the time of the expression, which is nearly never needed."""
    shown = text.replace("\n", "").isprintable() and SELECTORS not in data
    return not shown and ("\t" in text or hidden().search(text) is not None)


def _is_close(text: str) -> bool:
    if any(mark in text for mark in _CLOSER_LOOK):
        return True
    return ("!" in text or "&" in text) and _PROPERTY.search(text) is not None


def _document(text: str, *, closely: bool) -> Json:
    next_event: Callable[[], Any] = CParser(text).get_event
    if closely:
        next_event = _watched(next_event)
    next_event()  # the stream's start
    next_event()  # the document's start, or the end of an empty stream
    top = next_event()
    if type(top) is not MappingStartEvent:
        raise _Odd
    value = _mapping(next_event, careful.DEEPEST)
    next_event()  # the document's end
    if type(next_event()) is not StreamEndEvent:
        raise _Odd
    return value


def _watched(next_event: Callable[[], Any]) -> Callable[[], Any]:
    """The same events, up to one that the careful reader has to see."""

    def watched() -> Any:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            if event.tag is not None or event.anchor is not None or event.value == "<<":
                raise _Odd
            if event.style == '"' and not (is_shown(event.value) and is_normalized("NFC", event.value)):
                raise _Odd  # an escape can write what the file itself may not hold
        elif kind is AliasEvent or (
            isinstance(event, CollectionStartEvent) and (event.tag is not None or event.anchor is not None)
        ):
            raise _Odd
        return event

    return watched


def _mapping(next_event: Callable[[], Any], depth: int) -> dict[str, Json]:
    if not depth:
        raise _Odd
    result: dict[str, Json] = {}
    while True:
        event = next_event()
        if type(event) is not ScalarEvent:
            if type(event) is MappingEndEvent:
                return result
            raise _Odd
        key = event.value
        if key in result:
            raise _Odd
        event = next_event()
        if type(event) is ScalarEvent:
            result[key] = _words[event.value] if event.implicit[0] else event.value
        else:
            result[key] = (_mapping if type(event) is MappingStartEvent else _sequence)(next_event, depth - 1)


def _sequence(next_event: Callable[[], Any], depth: int) -> list[Json]:
    if not depth:
        raise _Odd
    result: list[Json] = []
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            result.append(_words[event.value] if event.implicit[0] else event.value)
        elif kind is SequenceEndEvent:
            return result
        else:
            result.append((_mapping if kind is MappingStartEvent else _sequence)(next_event, depth - 1))
