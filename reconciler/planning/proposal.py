"""Whose a change is: this pull request's, or standing already. Told by what was wanted at the base and what is at the head.

A change is proposed when the desired resource differs between the two; else it is drift, or approved and waiting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.model.change import Action, Change, Note, Proposal
from reconciler.model.resource import Key, Lowered, Resource, Target
from reconciler.planning.canonical import same_fields
from reconciler.planning.changes import gives_back
from reconciler.planning.hold import name_of, with_dependants
from reconciler.planning.membership import place_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one revision wants of one backend, by key and by reference."""

    resources: Mapping[Key, Resource]
    targets: Mapping[str, Target]


def index_wanted(lowered: Lowered) -> Wanted:
    return Wanted(
        resources={resource.key: resource for resource in lowered.resources},
        targets={target.ref: target for target in lowered.targets},
    )


def propose(
    changes: Sequence[Change], head: Wanted, base: Wanted, base_moves: Mapping[tuple[str, str], int]
) -> list[Change]:
    """Each change with its origin. `base_moves` counts devices by (source, into) as the base would move them now."""
    renamed = _renames(head, base)
    told: list[Change] = []
    for change in changes:
        old = base.resources.get(_base_key(change.key, renamed))
        if _is_proposed(change, head, base, old, renamed, base_moves):
            by_hand = _is_by_hand(change, old)
            told.append(replace(change, proposal=Proposal.PROPOSED, by_hand=by_hand))
        else:
            told.append(replace(change, proposal=Proposal.STANDING))
    return told


def waiting_notes(changes: Sequence[Change]) -> list[Note]:
    """A note for each proposed change that can't come before a standing one: nobody's merge carries the other along."""
    standing = {change.key for change in changes if change.proposal is Proposal.STANDING}
    waiting = with_dependants(changes, standing)
    return [
        Note(
            code="WAITS-FOR-STANDING",
            backend=change.backend,
            subject=str(change.key),
            values={"change": name_of(change)},
        )
        for change in changes
        if change.proposal is Proposal.PROPOSED and change.key in waiting
    ]


def _renames(head: Wanted, base: Wanted) -> Mapping[str, str]:
    """Wanted reference → the one that the base had for the same group."""
    return {
        key.target: old.target
        for key, resource in head.resources.items()
        for old in resource.previous
        if key.kind == "group" and key not in base.resources and old in base.resources
    }


def _base_key(key: Key, renamed: Mapping[str, str]) -> Key:
    return replace(key, target=renamed.get(key.target, key.target)) if key.kind != "group" else key


def _base_way(key: Key, renamed: Mapping[str, str]) -> tuple[str, str]:
    """A move's source and destination by the names that the base has for them."""
    source = "+".join(place_name(renamed.get(ref, ref)) for ref in key.part.split("+"))
    return source, place_name(renamed.get(key.target, key.target))


def _is_proposed(
    change: Change,
    head: Wanted,
    base: Wanted,
    old: Resource | None,
    renamed: Mapping[str, str],
    base_moves: Mapping[tuple[str, str], int],
) -> bool:
    if change.envelope:
        return base_moves.get(_base_way(change.key, renamed), 0) < change.envelope.at_most
    new = head.resources.get(change.key)
    if new is None and old is None and change.key.kind != "group":
        target = base.targets.get(renamed.get(change.key.target, change.key.target))
        return target is None or target.owns != "all"
    return not _same(new, old)


def _same(new: Resource | None, old: Resource | None) -> bool:
    if new is None or old is None:
        return new is old
    return gives_back(new) == gives_back(old) and same_fields(new.fields, old.fields, new.compare)


def _is_by_hand(change: Change, old: Resource | None) -> bool:
    """Live has a value that neither the base nor the head asked for."""
    if change.action not in (Action.UPDATE, Action.DELETE) or change.envelope or change.before is None:
        return False
    if change.key.kind == "group":
        return False
    if old is None or gives_back(old):
        return True
    ours = {name: value for name, value in change.before.items() if name in old.fields}
    known = {name: value for name, value in old.fields.items() if name in change.before}
    return not ours or not same_fields(ours, known, old.compare)
