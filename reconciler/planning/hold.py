"""Holding changes back: those of a subject with an error, those past a limit, and all that wait for one of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.model.change import Change, Note
from reconciler.model.desired import BASELINES
from reconciler.model.resource import Key, Target
from reconciler.planning.joining import is_ours, target_name


def hold(
    changes: Sequence[Change], why: Callable[[Change], bool], already: Collection[Key] = ()
) -> tuple[list[Change], list[Change], list[Note]]:
    """Split into what goes on and what is held, both in order; a note for each that is held only for another's sake."""
    direct = {change.key for change in changes if why(change)}
    barred = with_dependants(changes, direct | set(already))
    kept = [change for change in changes if change.key not in barred]
    held = [change for change in changes if change.key in barred]
    names = {change.key: name_of(change) for change in changes}
    notes = [_note(change, barred, names) for change in held if change.key not in direct]
    return kept, held, notes


def with_dependants(changes: Sequence[Change], first: Collection[Key]) -> set[Key]:
    """These keys and those of all changes that wait for one of them, however far off."""
    barred = set(first)
    found = True
    while found:
        more = {
            change.key for change in changes if change.key not in barred and not barred.isdisjoint(change.depends_on)
        }
        barred |= more
        found = bool(more)
    return barred


def is_about(change: Change, subjects: Collection[str], target: Target | None) -> bool:
    """Whether one of these subjects of errors is what the change is about.

    A subject is a group, a school, `app:x`, `baseline:x`, a target's reference, a backend, or empty for everything.
    """
    return not subjects_of(change, target).isdisjoint(subjects)


def subjects_of(change: Change, target: Target | None) -> set[str]:
    """All subjects that block this change. A layer of a school isn't blocked by one group below it."""
    found = {"", change.backend, change.key.target, str(change.key)}
    refs = [change.key.target, *(change.key.part.split("+") if change.key.kind == "membership" else ())]
    for ref in refs:
        if is_ours(ref):
            found |= {ref[1:] or "@", ref[1:].partition("/")[0] or "@"}
    if target and target.owner:
        found |= {target.owner, target.owner.partition("/")[0]}
    # An error at a baseline's line holds what that baseline has a say in, also where its line was refused.
    found |= {f"baseline:{why.owner}" for why in change.why if why.layer in BASELINES}
    app = change.facts.get("app") or (change.label if change.key.kind == "assignment" else "")
    return found | ({f"app:{app}"} if app else set())


def name_of(change: Change) -> str:
    """What a note calls a change."""
    return f"{change.label} ({target_name(change.key.target)})" if change.label else str(change.key)


def _note(change: Change, barred: set[Key], names: Mapping[Key, str]) -> Note:
    on = next((key for key in change.depends_on if key in barred), change.key)
    values = {"change": name_of(change), "on": names.get(on, str(on))}
    return Note(code="HELD-WITH", backend=change.backend, subject=str(change.key), values=values)


@dataclass(slots=True)
class Held:
    """Changes that were held so far, and why."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def hold_into(changes: list[Change], why: Callable[[Change], bool], held: Held) -> list[Change]:
    kept, more, notes = hold(changes, why, [change.key for change in held.changes])
    held.changes += more
    held.notes += notes
    return kept


def forget_others(held: Held, school: str) -> int:
    """Leave out what other schools' errors hold, whose findings a plan for one school doesn't show; how many that is."""
    others = [change for change in held.changes if change.effect.schools and school not in change.effect.schools]
    gone = {str(change.key) for change in others}
    held.changes = [change for change in held.changes if str(change.key) not in gone]
    held.notes = [note for note in held.notes if note.subject not in gone]
    return len(others)


def keep_school(
    changes: Sequence[Change], school: str, backend: str, held: Held, *, narrowed: bool = False, forgotten: int = 0
) -> list[Change]:
    """Changes of one school; a note counts the others, so that nobody takes them for none.

    `narrowed`: of the other schools not everything was read, so there may be more of them; a second note says so. One of its changes that waits for something outside is held, and a note says for what.
    """
    inside = [change for change in changes if change.effect.schools == (school,)]
    outside = {change.key for change in changes} - {change.key for change in inside}
    barred = with_dependants(inside, outside)
    waiting = [change for change in inside if change.key in barred]
    held.changes += waiting
    left_out = str(len(changes) - len(inside) + forgotten)
    held.notes.append(Note(code="ONLY-SCHOOL", backend=backend, values={"school": school, "count": left_out}))
    if narrowed:
        held.notes.append(Note(code="ONLY-SCHOOL-READ", backend=backend, values={"school": school, "backend": backend}))
    held.notes += [
        Note(
            code="OUTSIDE-FILTER",
            backend=change.backend,
            subject=str(change.key),
            values={"change": name_of(change), "on": _names(change, changes, barred)},
        )
        for change in waiting
    ]
    return [change for change in inside if change.key not in barred]


def _names(change: Change, changes: Sequence[Change], barred: Collection[Key]) -> str:
    labels = {one.key: name_of(one) for one in changes}
    return ", ".join(labels.get(key, str(key)) for key in change.depends_on if key in barred)
