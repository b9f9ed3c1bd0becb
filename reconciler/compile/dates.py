"""Which dated line holds on a day, for a ring, and when that changes. Pure.

A ring's own day moves the start of a value. The value before it then ends early for that ring, so that one file can say
"until new year" and still let the pilot go first; anything else that holds at the same time as another is a mistake.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations

from reconciler.compile.ledger import Day
from reconciler.model.documents import Span

_DAY = timedelta(days=1)


def always(span: Span) -> bool:
    return span.start is None and span.end is None and not span.rings


def first_day(span: Span, ring: str | None) -> date | None:
    """The day from which the line holds for the ring; None: it always has. `date.max` where the ring has no day yet."""
    if not span.rings:
        return span.start
    return span.rings.get(ring, date.max) if ring is not None else date.max


def holds(span: Span, day: Day) -> bool:
    start = first_day(span, day.ring)
    return (start is None or start <= day.as_of) and (span.end is None or day.as_of <= span.end)


def is_over(span: Span, day: Day) -> bool:
    return span.end is not None and span.end < day.as_of


def next_change(span: Span, day: Day) -> date | None:
    """The first day after `as_of` on which the line begins or has ended for this ring."""
    start = first_day(span, day.ring)
    if start == date.max:
        return None
    over = span.end + _DAY if span.end is not None and span.end < date.max else None
    return min((d for d in (start, over) if d is not None and d > day.as_of), default=None)


def holding(spans: Sequence[Span], day: Day) -> int | None:
    """The index of the one that holds, or None. Of several, the one whose ring began last; then the first written."""
    found = [index for index, span in enumerate(spans) if holds(span, day)]
    if not found:
        return None
    return max(found, key=lambda index: (*_started(spans[index], day.ring), -index))


def ended(spans: Sequence[Span], day: Day) -> int | None:
    """The index of the one that held last and is over, or None where none ever held for this ring."""
    over = [
        (span.end, index)
        for index, span in enumerate(spans)
        if span.end is not None and span.end < day.as_of and (first_day(span, day.ring) or date.min) <= span.end
    ]
    return max(over)[1] if over else None


def _started(span: Span, ring: str | None) -> tuple[bool, date]:
    return (bool(span.rings), first_day(span, ring) or date.min)


def overlaps(spans: Sequence[Span]) -> Iterable[tuple[int, int]]:
    """Pairs that hold on one and the same day without a ring's day that says which of them gives way."""
    for (i, a), (j, b) in combinations(enumerate(spans), 2):
        rings: tuple[str | None, ...] = (None, *sorted({*a.rings, *b.rings}))
        if any(_collide(a, b, ring) for ring in rings):
            yield i, j


def _collide(a: Span, b: Span, ring: str | None) -> bool:
    start_a, start_b = first_day(a, ring) or date.min, first_day(b, ring) or date.min
    if date.max in (start_a, start_b):
        return False
    meet = max(start_a, start_b) <= min(a.end or date.max, b.end or date.max)
    gives_way = (b.rings and start_b > start_a) or (a.rings and start_a > start_b)
    return meet and not gives_way
