"""Which groups' patterns fit a device, at a cost that does not grow with the number of groups. Pure.

A thousand groups times two hundred thousand devices is too many comparisons. Every group is therefore filed under the
piece of literal text in its patterns that fewest others share (`NORR 4-6` of `NORR 4-6*`); a device asks for the pieces
that its own fields have, and only the groups found there are compared in full.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import translate
from typing import NamedTuple

from reconciler.model.slotted import dataclass

_TOKEN = re.compile(r"\[!?\]?[^\]]*\]|[*?]")
"""What is not literal in a glob: a class in brackets, a star, a question mark. An unclosed bracket is literal."""


class Piece(NamedTuple):
    """A run of literal text in a pattern: at the start, at the end, the whole, or somewhere inside."""

    field: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class PatternRule:
    """All fields must match. `tests` are compiled patterns on folded values."""

    owner: str
    tests: tuple[tuple[str, Callable[[str], object]], ...]


@dataclass(frozen=True, slots=True)
class PatternIndex:
    """`filed`: field, where, length, text -> rules; `unfiled`: rules without a literal character; `fields`: what is asked."""

    fields: tuple[str, ...]
    filed: tuple[tuple[str, str, int, Mapping[str, tuple[PatternRule, ...]]], ...]
    unfiled: tuple[PatternRule, ...]


def fold(text: str) -> str:
    """Text as it is compared: composed, without regard to case."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def index_patterns(matches: Mapping[str, Mapping[str, str]]) -> PatternIndex:
    """An index over owner -> field -> glob. Owners without patterns fit nothing and are left out."""
    pieces = {owner: _pieces(match) for owner, match in matches.items() if match}
    shared = Counter(piece for found in pieces.values() for piece in set(found))
    filed: dict[tuple[str, str, int], dict[str, list[PatternRule]]] = {}
    unfiled: list[PatternRule] = []
    for owner, found in sorted(pieces.items()):
        rule = _rule(owner, matches[owner])
        if not found:
            unfiled.append(rule)
            continue
        best = min(found, key=lambda piece: (shared[piece], _COST[piece.where], -len(piece.text), piece))
        place = filed.setdefault((best.field, best.where, len(best.text)), {})
        place.setdefault(best.text, []).append(rule)
    return PatternIndex(
        fields=tuple(sorted({field for match in matches.values() for field in match})),
        filed=tuple((*key, {text: tuple(rules) for text, rules in place.items()}) for key, place in filed.items()),
        unfiled=tuple(unfiled),
    )


_COST = {"whole": 0, "start": 1, "end": 1, "inside": 2}


def matching(index: PatternIndex, facts: Mapping[str, str]) -> list[str]:
    """The owners whose patterns all fit the fields of a device; a field that the device lacks fits nothing."""
    folded = {field: fold(value) for field in index.fields if (value := facts.get(field)) is not None}
    found: list[str] = []
    for rule in _candidates(index, folded):
        if rule.owner not in found and _fits(rule, folded):
            found.append(rule.owner)
    return found


def _candidates(index: PatternIndex, folded: Mapping[str, str]) -> list[PatternRule]:
    found = [*index.unfiled]
    for field, where, length, place in index.filed:
        value = folded.get(field)
        if value is None or len(value) < length:
            continue
        if where == "inside":
            for start in range(len(value) - length + 1):
                found += place.get(value[start : start + length], ())
        else:
            found += place.get(_cut(value, where, length), ())
    return found


def _cut(value: str, where: str, length: int) -> str:
    if where == "start":
        return value[:length]
    return value[-length:] if where == "end" else value


def _fits(rule: PatternRule, folded: Mapping[str, str]) -> bool:
    # A plain loop: it runs for every device, and setting up a generator costs more than most tests.
    for field, test in rule.tests:
        value = folded.get(field)
        if value is None or not test(value):
            return False
    return True


def _rule(owner: str, match: Mapping[str, str]) -> PatternRule:
    return PatternRule(owner=owner, tests=tuple((field, _test(fold(glob))) for field, glob in sorted(match.items())))


def _test(glob: str) -> Callable[[str], object]:
    """How a folded glob is compared. Most have no wildcard but stars: compiling ten thousand expressions costs seconds."""
    if "?" in glob or "[" in glob:
        return re.compile(translate(glob)).match
    first, *rest = glob.split("*")
    return (lambda value: _follows(value, first, rest)) if rest else glob.__eq__


def _follows(value: str, first: str, rest: Sequence[str]) -> bool:
    """Whether the value begins with `first`, ends with the last of `rest`, and has the others in between, in order."""
    *middle, last = rest
    if not value.startswith(first):
        return False
    position = len(first)
    for part in middle:
        found = value.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return value.endswith(last) and len(value) - len(last) >= position


def _pieces(match: Mapping[str, str]) -> list[Piece]:
    return [piece for field, glob in match.items() for piece in _pieces_of(field, fold(glob))]


def _pieces_of(field: str, glob: str) -> Iterator[Piece]:
    tokens = list(_TOKEN.finditer(glob))
    if not tokens:
        yield Piece(field, "whole", glob)
        return
    start = 0
    for token in tokens:
        if token.start() > start:
            yield Piece(field, "inside" if start else "start", glob[start : token.start()])
        start = token.end()
    if start < len(glob):
        yield Piece(field, "end", glob[start:])
