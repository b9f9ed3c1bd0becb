"""Changes gathered as people read them: what is the same is said once, the rest by school and group. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from reconciler.model.change import Change
from reconciler.report.items import item_of
from reconciler.report.naming import place_name
from reconciler.report.reach import device_words, reach_of
from reconciler.report.view import Block, Item
from reconciler.report.words import Words

Describe: TypeAlias = Callable[[Change, Words], Item]

EVERYWHERE = ("", "")
SEVERAL = ("\x00", "")
NAMED = 8
TOGETHER = 3
"""Items that make it worth while to say their places once, above them."""


def blocks_of(
    changes: Sequence[Change],
    words: Words,
    *,
    systems: bool = False,
    describe: Describe = item_of,
) -> tuple[Block, ...]:
    """What spans schools first, then each school: what is its own, then its groups, in the order of their names.

    With `systems` each heading says in which system it is: nothing of one is gathered with what another has.
    `describe` says of one change what those that are equal by it are gathered under.
    """
    same: dict[tuple[str, Item], list[Change]] = {}
    for change in changes:
        same.setdefault((change.backend, describe(change, words)), []).append(change)
    homes: dict[tuple[tuple[str, str], str], list[Item]] = {}
    for (backend, item), alike in same.items():
        home = _common(home_of(change) for change in alike)
        homes.setdefault((home, backend), []).append(_placed(item, alike, home, words))
    return tuple(
        block
        for (home, backend), items in sorted(homes.items())
        for block in _by_scope(_heading(home, backend if systems else "", words), items)
    )


def _by_scope(heading: str, items: Sequence[Item]) -> Iterator[Block]:
    """What reaches the same places and devices together, if it is more than one thing: then the places are said once."""
    scopes: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        scopes.setdefault((item.where, item.effect), []).append(item)
    alone = tuple(item for item in items if len(scopes[item.where, item.effect]) < TOGETHER or not item.where)
    if alone:
        yield Block(heading=heading, items=alone)
    for (where, effect), alike in scopes.items():
        if len(alike) >= TOGETHER and where:
            scope = "; ".join(part for part in (effect, where) if part)
            yield Block(heading=heading, scope=scope, items=tuple(replace(one, where="", effect="") for one in alike))


def home_of(change: Change) -> tuple[str, str]:
    """The school and group that a change is read under; an empty school for what is all schools'."""
    ref = change.key.target
    if ref.startswith("@"):
        school, _, group = ref[1:].partition("/")
        return school, group
    if len(change.effect.groups) == 1:
        school, _, group = change.effect.groups[0].partition("/")
        return school, group
    schools = change.effect.schools
    return EVERYWHERE if not schools else (schools[0], "") if len(schools) == 1 else SEVERAL


def _common(homes: Iterable[tuple[str, str]]) -> tuple[str, str]:
    found = set(homes)
    if len(found) == 1:
        return found.pop()
    schools = {school for school, _ in found}
    return (schools.pop(), "") if len(schools) == 1 else EVERYWHERE if "" in schools else SEVERAL


def _heading(home: tuple[str, str], backend: str, words: Words) -> str:
    named = {EVERYWHERE: "EVERYWHERE", SEVERAL: "SEVERAL-SCHOOLS"}.get(home)
    place = words.say(named) if named else "/".join(part for part in home if part)
    return words.say("IN-SYSTEM", place=place, backend=backend) if backend else place


def _placed(item: Item, alike: Sequence[Change], home: tuple[str, str], words: Words) -> Item:
    return replace(item, where=_where(alike, home, words), effect=_effect(alike, words), count=len(alike))


def _where(alike: Sequence[Change], home: tuple[str, str], words: Words) -> str:
    """The places, unless the heading says it all: groups by name, spread over schools as counts, accounts by path."""
    refs = [change.key.target for change in alike]
    heading = "@" + "/".join(part for part in home if part)
    if refs == [heading]:
        return ""
    ours = [ref for ref in refs if ref.startswith("@")]
    accounts = [place_name(ref, words) for ref in refs if not ref.startswith("@")]
    said = []
    if ours and home == SEVERAL:
        said.append(_by_school(ours, words))
    elif ours:
        said.append(words.say("IN-PLACES", places=words.join((place_name(ref, words) for ref in ours), NAMED)))
    if accounts:
        said.append(words.say("FOR-ACCOUNTS", places=words.join(accounts, NAMED)))
    return "; ".join(said)


def _by_school(refs: Sequence[str], words: Words) -> str:
    schools: dict[str, int] = {}
    for ref in refs:
        school = ref[1:].partition("/")[0]
        schools[school] = schools.get(school, 0) + 1
    named = words.join((f"{school} ({number})" if number > 1 else school for school, number in schools.items()), 12)
    return words.say("IN-GROUPS", groups=words.count("GROUP", len(refs)), schools=named)


def _effect(alike: Sequence[Change], words: Words) -> str:
    """`74 enheter, 74 elever`; a move's title says its number already, and a place alone touches nobody."""
    reach = reach_of([change for change in alike if change.envelope is None])
    said = [device_words(reach, words)] if reach.devices else []
    # What is only a bound is said once, in the first lines; on every item it would look like a count.
    said += [words.count("PUPIL", reach.pupils)] if reach.pupils and reach.exact else []
    if len(reach.schools) > 1:
        said.append(words.count("SCHOOL", len(reach.schools)))
    return ", ".join(said)
