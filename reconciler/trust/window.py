"""Limits that add up over several runs: what each of them could do alone, all of them together may not.

The same limits as for one plan (`planning.limits`), over everything carried out in a window of time. What a reviewed allowance
names passes them and isn't counted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reconciler.model.change import Action, Change
from reconciler.model.documents import Allowance
from reconciler.model.resource import Key
from reconciler.planning.limits import Stock, limit_of
from reconciler.planning.membership import OUTSIDE
from reconciler.trust.evidence import Spent
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import Terms

KINDS: Final = {
    "group": ("grupper", "groups"),
    "setting": ("inställningar", "settings"),
    "assignment": ("apptilldelningar", "app assignments"),
    "app": ("appar", "apps"),
}
"""What texts call a kind of thing, in Swedish and in English."""


def over_limits(
    changes: Sequence[Change], placed: Collection[Key], spent: Sequence[Spent], terms: Terms, now: datetime
) -> Mapping[Key, Refusal]:
    """Of the changes that would be made, those of a class that is past its limit. `placed`: by the class *placement*."""
    since = now - terms.window
    before = [one for one in spent if one.at >= since and not one.allowed]
    asked = [change for change in changes if not is_allowed(change, terms)]
    found: dict[Key, Refusal] = {}
    for one in _classes(asked, placed, before, terms):
        if one.asked and one.done + one.weight > one.limit:
            swedish, english = KINDS.get(one.kind, (one.kind, one.kind))
            values = {"done": str(one.done), "count": str(one.weight), "limit": str(one.limit)}
            refusal = Refusal(
                code=one.code, values={**values, "days": str(terms.window.days), "kind.sv": swedish, "kind.en": english}
            )
            found |= {change.key: refusal for change in one.asked}
    return found


def spend(change: Change, at: datetime, moved: int, *, placement: bool, terms: Terms) -> Spent:
    """What to keep of a change that was carried out; `moved`: devices that really changed place."""
    return Spent(
        at=at,
        fingerprint=change.fingerprint,
        kind=change.key.kind,
        deletes=change.action is Action.DELETE,
        from_ours=_leaves_ours(change),
        moved=moved,
        placed=moved if placement else 0,
        disturbed=change.effect.groups if change.effect.disruption != "none" else (),
        allowed=is_allowed(change, terms),
    )


def is_allowed(change: Change, terms: Terms) -> bool:
    """Whether an allowance that holds today names the change."""
    valid = [one for one in terms.allowances if one.backend == terms.stock.backend and one.until >= terms.today]
    return any(_names(one, change) for one in valid)


def _names(allowance: Allowance, change: Change) -> bool:
    asked = change.envelope
    if asked is None:
        return change.fingerprint in allowance.fingerprints
    return any(
        (move.source, move.into) == (asked.source, asked.into) and len(change.members) <= move.at_most
        for move in allowance.envelopes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """`done` before and `weight` of what is asked now, in the class's own unit."""

    code: str
    kind: str = ""
    asked: Sequence[Change]
    done: int
    weight: int
    limit: int


def _classes(
    asked: Sequence[Change], placed: Collection[Key], before: Sequence[Spent], terms: Terms
) -> Iterable[_Class]:
    stock, limits = terms.stock, terms.limits
    for kind in sorted({change.key.kind for change in asked}):
        gone = [change for change in asked if change.action is Action.DELETE and change.key.kind == kind]
        done = sum(one.deletes and one.kind == kind for one in before)
        limit = limit_of(limits, stock.owned.get(kind, 0))
        yield _Class(code="WINDOW-DELETIONS", kind=kind, asked=gone, done=done, weight=len(gone), limit=limit)
    moves = [change for change in asked if _leaves_ours(change)]
    yield _Class(
        code="WINDOW-MOVES",
        asked=moves,
        done=sum(one.moved for one in before if one.from_ours),
        weight=_devices(moves),
        limit=limit_of(limits, stock.owned.get("membership", 0)),
    )
    yield _disruption(asked, before, terms)
    into = [change for change in asked if change.key in placed]
    yield _Class(
        code="WINDOW-PLACEMENTS",
        asked=into,
        done=sum(one.placed for one in before),
        weight=_devices(into),
        limit=terms.placements or 0,
    )


def _disruption(asked: Sequence[Change], before: Sequence[Spent], terms: Terms) -> _Class:
    """A group that is disturbed twice in the window counts once: it is how many are disturbed that has a limit."""
    stock = terms.stock
    made = {change.key.target for change in asked if change.key.kind == "group" and change.action is Action.CREATE}
    group = [change for change in asked if change.effect.disruption != "none" and change.key.target not in made]
    done = {name for one in before for name in one.disturbed}
    more = {name for change in group for name in change.effect.groups} - done
    return _Class(
        code="WINDOW-DISRUPTION",
        asked=group,
        done=_under(done, stock),
        weight=_under(more, stock),
        limit=max(terms.limits.floor, stock.devices * terms.limits.disruptive_share // 100),
    )


def _under(groups: Iterable[str], stock: Stock) -> int:
    return sum(stock.group_devices.get(name, 0) for name in groups)


def _devices(changes: Iterable[Change]) -> int:
    return sum(len(change.members) for change in changes)


def _leaves_ours(change: Change) -> bool:
    return change.envelope is not None and change.envelope.source != OUTSIDE
