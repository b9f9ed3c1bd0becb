"""What a run that never told its end did, as far as the plan of the next one shows it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from reconciler.model.change import Change
from reconciler.trust.evidence import Spent


def settle(unsure: Sequence[Spent], asked: Iterable[Change]) -> Iterator[Spent]:
    """What counts as done of what such runs were about to do. `asked`: the changes of a plan made now, held ones too.

    What the plan no longer asks for was done; what it asks for still was not. Of a move, the devices that it still asks for
    are taken for those that are left. Only once: after a second such run nobody can tell which devices those are, and all that
    both were about to move counts.
    """
    left = {change.fingerprint: len(change.members) for change in asked}
    runs = Counter(one.fingerprint for one in unsure)
    for one in unsure:
        rest = left.get(one.fingerprint)
        if rest is None or (one.moved and runs[one.fingerprint] > 1):
            yield one
        elif one.moved:
            yield replace(one, moved=max(0, one.moved - rest), placed=max(0, one.placed - rest))
