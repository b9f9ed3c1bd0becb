"""What differs between two versions of an MGN, and what of an adopted one may not. Pure."""

from dataclasses import dataclass, fields
from typing import Final

from reconciler.model.mgn import Level, Mgn, Requirement, State

_WORDING: Final = ("text", "system", "process", "role", "rationale", "source")
_ORDER: Final = (State.DRAFT, State.ADOPTED, State.FOLLOWED_UP, State.REVISED)
_MAY_FOLLOW: Final = frozenset({"state", "followed_up", "at", "acknowledged"})
"""What is still written into an adopted MGN; `acknowledged` only where it was empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A requirement that is kept; `fields` are the names of those that read otherwise."""

    before: Requirement
    after: Requirement
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MgnDifference:
    """In the order of the newer version; removed ones in that of the older."""

    added: tuple[Requirement, ...] = ()
    removed: tuple[Requirement, ...] = ()
    promoted: tuple[Requirement, ...] = ()
    demoted: tuple[Requirement, ...] = ()
    verified_otherwise: tuple[Reworded, ...] = ()
    reworded: tuple[Reworded, ...] = ()

    @property
    def empty(self) -> bool:
        return not any(getattr(self, field.name) for field in fields(self))


def compare(before: Mgn, after: Mgn) -> MgnDifference:
    """By the requirements' ids. A level counts as it ends up: with the change that has been decided for later."""
    old = {one.id: one for one in before.requirements}
    kept = [(old[one.id], one) for one in after.requirements if one.id in old]
    ids = {one.id for one in after.requirements}
    return MgnDifference(
        added=tuple(one for one in after.requirements if one.id not in old),
        removed=tuple(one for one in before.requirements if one.id not in ids),
        promoted=tuple(new for was, new in kept if (final(was), final(new)) == (Level.SHOULD, Level.SHALL)),
        demoted=tuple(new for was, new in kept if (final(was), final(new)) == (Level.SHALL, Level.SHOULD)),
        verified_otherwise=_differing(kept, ("verification", "guardrail")),
        reworded=_differing(kept, _WORDING),
    )


def final(requirement: Requirement) -> Level:
    """The level once everything that is decided has taken effect."""
    return requirement.becomes.level if requirement.becomes else requirement.level


def _differing(kept: list[tuple[Requirement, Requirement]], names: tuple[str, ...]) -> tuple[Reworded, ...]:
    found = []
    for was, new in kept:
        differing = tuple(name for name in names if getattr(was, name) != getattr(new, name))
        if differing:
            found.append(Reworded(before=was, after=new, fields=differing))
    return tuple(found)


def edited_after_adoption(before: Mgn, after: Mgn) -> tuple[str, ...]:
    """The fields of an adopted MGN that were changed and may not be; empty for a draft and for a step on in its cycle.

    A step back, from adopted to draft, is a change of `state`.
    """
    if before.state is State.DRAFT:
        return ()
    changed = [
        one.name
        for one in fields(Mgn)
        if one.name not in _MAY_FOLLOW and _spelled(before, one.name) != _spelled(after, one.name)
    ]
    if _ORDER.index(after.state) < _ORDER.index(before.state):
        changed.append("state")
    once = [name for name in ("acknowledged", "followed_up") if getattr(before, name) is not None]
    return (*changed, *(name for name in once if getattr(before, name) != getattr(after, name)))


def _spelled(mgn: Mgn, name: str) -> object:
    """Without places: a comment above a requirement moves it and changes nothing."""
    if name != "requirements":
        return getattr(mgn, name)
    return [
        [getattr(one, field.name) for field in fields(Requirement) if field.name not in ("at", "becomes")]
        + [(one.becomes.level, one.becomes.start) if one.becomes else None]
        for one in mgn.requirements
    ]
