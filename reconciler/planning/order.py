"""In which order changes are carried out, and which waits for which.

Places are made before anything lies on them, and values are there before the devices come. Takeovers follow the values
that replace what they reset. What is taken away goes last, an app after its assignments, and a place only when it has
been emptied.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.model.change import Action, Change
from reconciler.model.resource import Key, Resource
from reconciler.planning.joining import is_ours, parent_of
from reconciler.planning.names import freed_by

PLACES, VALUES, TAKEOVERS, MOVES, RESETS, REMOVALS = range(6)


def rank(change: Change) -> int:
    """The stage that a change belongs to; a stage begins when the one before it has ended."""
    kind = change.key.kind
    if kind == "group":
        return REMOVALS if change.action is Action.DELETE else PLACES
    if kind == "membership":
        return MOVES
    if change.action is Action.DELETE:
        return RESETS
    return TAKEOVERS if kind == "target" else VALUES


def with_dependencies(changes: Sequence[Change], wanted: Mapping[Key, Resource]) -> list[Change]:
    """Each change with the keys of those others that it waits for; keys of things already there are left out."""
    keys = {change.key for change in changes}
    around = _Around(
        wanted=wanted,
        places={change.key.target: change.key for change in changes if rank(change) == PLACES},
        going={change.key.target for change in changes if rank(change) == REMOVALS},
        emptied=_emptied_by(changes),
        released=_released_by(changes),
        freed=freed_by(changes),
    )
    return [
        replace(change, depends_on=tuple(sorted((_needs(change, around) & keys) - {change.key}))) for change in changes
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the others of a plan mean for a change. `places`: those that are made or changed; `going`: those deleted.

    `emptied`: place -> what takes something out of it; `released`: an app's part -> what ends assignments of it;
    `freed`: who waits for a name -> who gives it up.
    """

    wanted: Mapping[Key, Resource]
    places: Mapping[str, Key]
    going: Collection[str]
    emptied: Mapping[str, set[Key]]
    released: Mapping[str, set[Key]]
    freed: Mapping[Key, Key]


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Stage by stage, within a stage what others wait for first, among equals by key. A cycle is cut at its least key."""
    waiting = {change.key: change for change in changes}
    blockers = {key: {dep for dep in change.depends_on if dep in waiting} for key, change in waiting.items()}
    dependants: dict[Key, list[Key]] = {}
    for key, deps in blockers.items():
        for dep in deps:
            dependants.setdefault(dep, []).append(key)
    ready = [(_place_in_stage(waiting[key]), key) for key, deps in blockers.items() if not deps]
    heapq.heapify(ready)
    ordered: list[Change] = []
    while waiting:
        key = heapq.heappop(ready)[1] if ready else min(waiting, key=lambda key: (_place_in_stage(waiting[key]), key))
        if key not in waiting:
            continue
        ordered.append(waiting.pop(key))
        for dependant in dependants.get(key, ()):
            blockers[dependant].discard(key)
            if not blockers[dependant] and dependant in waiting:
                heapq.heappush(ready, (_place_in_stage(waiting[dependant]), dependant))
    return sorted(ordered, key=rank)


def _place_in_stage(change: Change) -> tuple[int, str, int, Key]:
    """Settings before apps on each target, since a call takes one target's values together."""
    return (rank(change), change.key.target, change.key.kind != "setting", change.key)


def _needs(change: Change, around: _Around) -> set[Key]:
    resource = around.wanted.get(change.key)
    needs = set(resource.depends_on) if resource else set()
    needs |= {around.freed[change.key]} if change.key in around.freed else set()
    if change.action is Action.DELETE:
        needs |= _goes_after(change, around)
    refs = {change.key.target}
    if change.key.kind == "membership":
        refs |= set(change.key.part.split("+"))
    if change.key.kind == "group":
        refs = set() if change.action is Action.DELETE else {parent_of(change.after)} - {""}
    return needs | {around.places[ref] for ref in refs if ref in around.places}


def _goes_after(change: Change, around: _Around) -> set[Key]:
    """A place goes when it is empty, an app when nobody has it; on a place that goes, values hold until the devices have left."""
    emptied = around.emptied.get(change.key.target, set())
    if change.key.kind == "group":
        return emptied
    needs = {key for key in emptied if key.kind == "membership"} if change.key.target in around.going else set()
    return needs | (around.released.get(change.key.part, set()) if change.key.kind == "app" else set())


def _released_by(changes: Sequence[Change]) -> dict[str, set[Key]]:
    """For each app, by its part, the changes that end an assignment of it: an app is deleted with all that it is assigned to."""
    released: dict[str, set[Key]] = {}
    for change in changes:
        if change.key.kind == "assignment" and change.action is Action.DELETE:
            released.setdefault(change.key.part, set()).add(change.key)
    return released


def _emptied_by(changes: Sequence[Change]) -> dict[str, set[Key]]:
    """For each place, the changes that take something out of it: devices, values, or places below it."""
    emptied: dict[str, set[Key]] = {}
    for change in changes:
        if change.key.kind == "membership":
            out_of = [ref for ref in change.key.part.split("+") if is_ours(ref)]
        elif rank(change) == RESETS:
            out_of = [change.key.target]
        else:
            above = parent_of(change.before) if change.key.kind == "group" else ""
            out_of = [above] if above and above != parent_of(change.after) else []
        for ref in out_of:
            emptied.setdefault(ref, set()).add(change.key)
    return emptied
