"""What differs between two versions of an MGN, and what of an adopted one may not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

from reconciler.model.mgn import Level, Mgn, Requirement, State
from reconciler.model.place import Pointer

_WORDING: Final = ("text", "system", "process", "role", "rationale", "source")
_ORDER: Final = (State.DRAFT, State.ADOPTED, State.FOLLOWED_UP, State.REVISED)
_KEYS: Final = tuple(one.name for one in fields(Requirement) if one.name != "at")
_WRITTEN_AS: Final = {"guardrail": "verified_by"}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What was changed of an adopted MGN: a requirement's id or one of the file's keys, and the line that says so."""

    what: str
    at: Pointer


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


def edits(before: Mgn, after: Mgn) -> Iterator[Edit]:
    """The same with lines: each requirement by itself, a removed one where the requirements begin."""
    for name in edited_after_adoption(before, after):
        if name == "requirements":
            yield from _edited_requirements(before, after)
        else:
            yield Edit(what=name, at=after.at.child(name))


def _edited_requirements(before: Mgn, after: Mgn) -> Iterator[Edit]:
    old = {one.id: one for one in before.requirements}
    for one in after.requirements:
        was = old.pop(one.id, None)
        if was is None:
            yield Edit(what=one.id, at=one.at.child("id"))
            continue
        differing = next(
            (key for key, there, here in zip(_KEYS, _said(was), _said(one), strict=True) if there != here), ""
        )
        if differing:
            yield Edit(what=one.id, at=one.at.child(_WRITTEN_AS.get(differing, differing)))
    begin = Pointer(file=after.at.file, path=("requirements",), on_key=True)
    yield from (Edit(what=gone, at=begin) for gone in old)


def _spelled(mgn: Mgn, name: str) -> object:
    """Without places and order: a comment above a requirement moves it and changes nothing."""
    if name == "participants":
        return sorted(map(str, mgn.participants))
    return {one.id: _said(one) for one in mgn.requirements} if name == "requirements" else getattr(mgn, name)


def _said(requirement: Requirement) -> list[object]:
    becomes = requirement.becomes
    return [
        getattr(requirement, key) if key != "becomes" else becomes and (becomes.level, becomes.start) for key in _KEYS
    ]
