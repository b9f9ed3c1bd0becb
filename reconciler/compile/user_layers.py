"""What is written where users are: every layer once, at its own target, the lower targets inherit. Pure.

A wish that all groups have from the organisation stands at the organisation's users, at the value that most of them
have; the others (a ring that goes first) have theirs further down. What only some groups have (another school form), or
has no such target, goes one step down: to the school's users if it is for all the school's groups, else to each group's.
What an exception made looser stands at the excepted group's own users and nowhere wider, so that nobody else gets it.
Where groups with users exist, only they are asked: a shared cart follows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import groupby
from typing import NamedTuple

from reconciler.compile.entries import (
    Entries,
    Entry,
    alike,
    entry_at,
    given_back,
    gives_back,
    is_excepted,
    otherwise,
    overlay,
    spelled,
)
from reconciler.compile.fitting import Rules, WishKey
from reconciler.compile.reading import NOTHING
from reconciler.compile.staging import Staged
from reconciler.compile.targets import USER, wishes_of
from reconciler.model.desired import Effective, Layer, UserLayer
from reconciler.model.documents import Organisation, UserTargets
from reconciler.model.slotted import dataclass
from reconciler.model.system import users_on

Keys = frozenset[WishKey]
Unwritten = dict[str, Keys]
"""Group key -> wishes for users that no target got, because groups that share a target differ."""

_NO_KEYS: Keys = frozenset()


@dataclass(slots=True)
class Writing:
    """One audience on one platform of one backend (of the kind `system`). `shared`: what stands at the organisation's users."""

    rules: Rules
    audience: str
    platform: str
    backend: str
    system: str
    shared: Entries = field(default_factory=dict)
    contested: Keys = frozenset()
    at_top: Effective = NOTHING
    layers: list[UserLayer] = field(default_factory=list)
    unwritten: Unwritten = field(default_factory=dict)
    keys: dict[int, Keys] = field(default_factory=dict)
    chain_keys: dict[int, Keys] = field(default_factory=dict)
    shares: dict[tuple[int, ...], "Shared"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared:
    """What stands at a school's users: by key, as the layer's wishes, and with everything that is inherited there.

    `contested` are the wishes that some of the groups have at another value.
    """

    entries: Entries
    wishes: Effective
    context: Effective
    contested: Keys


def make_user_layers(
    rules: Rules, organisation: Organisation, groups: Iterable[Staged]
) -> tuple[tuple[UserLayer, ...], Unwritten]:
    """All user layers, sorted by audience, platform, backend and owner, widest first; and what found no target."""
    layers: list[UserLayer] = []
    unwritten: Unwritten = {}
    served = sorted((one for one in groups if one.backend and one.site.audience != "storage"), key=_bucket_key)
    for (audience, platform, backend), bucket in groupby(served, key=_bucket_key):
        members = list(bucket)
        system = members[0].site.system
        writing = Writing(rules=rules, audience=audience, platform=platform, backend=backend, system=system)
        _write_bucket(writing, organisation, members)
        layers.extend(writing.layers)
        unwritten |= writing.unwritten
    return tuple(layers), unwritten


def _bucket_key(one: Staged) -> tuple[str, str, str]:
    return (one.site.audience, one.site.platform, one.backend)


def _write_bucket(writing: Writing, organisation: Organisation, members: Sequence[Staged]) -> None:
    schools = [list(school) for _, school in groupby(sorted(members, key=_place_key), key=lambda one: one.school.id)]
    targets = users_on(organisation.users.get(writing.audience), writing.system)
    if targets is not None:
        asked = [one for school in schools for one in _asked(school)]
        writing.shared, writing.contested = _shared_at_top(writing, asked)
        writing.at_top = overlay(NOTHING, writing.shared)
        _add(writing, Layer.ORGANISATION, organisation.uid, targets, writing.at_top, writing.at_top, members)
    for school in schools:
        _write_school(writing, school)


def _place_key(one: Staged) -> tuple[str, str]:
    return (one.school.id, one.key)


def _asked(school: Sequence[Staged]) -> Sequence[Staged]:
    return [one for one in school if one.reachable.group] or school


def _shared_at_top(writing: Writing, asked: Sequence[Staged]) -> tuple[Entries, Keys]:
    count = Counter(id(one.chain.organisation) for one in asked)
    layers = {id(one.chain.organisation): one for one in asked}
    return _vote(
        [
            Ballot(_user_keys(writing, one.chain.organisation, one), one.chain.organisation, count[identity])
            for identity, one in layers.items()
        ]
    )


def _write_school(writing: Writing, members: Sequence[Staged]) -> None:
    school = members[0].school
    targets = users_on(school.users.get(writing.audience), writing.system)
    shared = Shared({}, NOTHING, writing.at_top, _NO_KEYS)
    if targets is not None:
        shared = _shared_in_school(writing, _asked(members))
        _add(writing, Layer.SCHOOL, school.id, targets, shared.wishes, shared.context, members)
    for one in members:
        keys = _above_keys(writing, one)
        pending = keys.difference(shared.entries) | otherwise(keys & shared.contested, one.above, shared.entries)
        users = users_on(one.group.users, writing.system)
        if users is not None:
            _write_group(writing, one, users, pending, shared.context)
        elif pending:
            _note_unwritten(writing, one, pending)


def _shared_in_school(writing: Writing, asked: Sequence[Staged]) -> Shared:
    """Most of it follows from the kinds of group in the school and is worked out once for all schools alike."""
    signature = tuple(sorted(id(one.chain) for one in asked))
    shared = writing.shares.get(signature)
    if shared is None:
        voted = _vote([Ballot(_chain_keys(writing, one), one.chain.merged) for one in asked])
        shared = writing.shares[signature] = _put_over(writing, asked, _NO_SHARE, *voted)
    said = _NO_KEYS.union(*(_user_keys(writing, one.school_said, one) for one in asked))
    if not said:
        return shared
    # Only what the school's layer mentions can stand otherwise above its groups than in the chain of baselines.
    rest = shared if said.isdisjoint(shared.entries) else _leave_out(writing, asked, shared, said)
    voted = _vote([Ballot(_above_keys(writing, one) & said, one.above) for one in asked])
    return _put_over(writing, asked, rest, *voted)


_NO_SHARE = Shared({}, NOTHING, NOTHING, _NO_KEYS)


def _leave_out(writing: Writing, asked: Sequence[Staged], shared: Shared, keys: Keys) -> Shared:
    kept = {key: entry for key, entry in shared.entries.items() if key not in keys}
    return _put_over(writing, asked, _NO_SHARE, kept, shared.contested - keys)


def _put_over(writing: Writing, asked: Sequence[Staged], under: Shared, voted: Entries, contested: Keys) -> Shared:
    entries = {key: _as_said_above(writing, asked, key, entry) for key, entry in voted.items()}
    context = writing.at_top if under is _NO_SHARE else under.context
    return Shared(
        entries={**under.entries, **entries},
        wishes=overlay(under.wishes, entries),
        context=overlay(context, entries),
        contested=under.contested | contested,
    )


def _as_said_above(writing: Writing, asked: Sequence[Staged], key: WishKey, entry: Entry) -> Entry:
    said = [part for one in asked for part in _said_above(writing, one, key)]
    return given_back(entry) if said and all(map(gives_back, said)) else entry


def _said_above(writing: Writing, one: Staged, key: WishKey) -> list[Entry]:
    """What the layers between the organisation's target and the group say about a wish, one entry per layer."""
    layers = [one.chain.school_form, one.school_said]
    if key not in writing.shared or key in _chain_keys(writing, one):
        layers.append(one.chain.organisation)
    return [entry for layer in layers if (entry := entry_at(layer, key)) is not None]


def _above_keys(writing: Writing, one: Staged) -> Keys:
    """The wishes for users from above the group that did not get the organisation's target."""
    return _chain_keys(writing, one) | _user_keys(writing, one.school_said, one)


def _chain_keys(writing: Writing, one: Staged) -> Keys:
    found = writing.chain_keys.get(id(one.chain))
    if found is None:
        top = _user_keys(writing, one.chain.organisation, one)
        other = otherwise(top & writing.contested, one.chain.organisation, writing.shared)
        form = _user_keys(writing, one.chain.school_form, one)
        found = writing.chain_keys[id(one.chain)] = top.difference(writing.shared) | other | form
    return found


class Ballot(NamedTuple):
    """What one group, or a number of groups alike, would have written at a target that they share."""

    keys: Keys
    effective: Effective
    groups: int = 1


def _vote(ballots: Sequence[Ballot]) -> tuple[dict[WishKey, Entry], Keys]:
    """The wishes that all have, each at the value that most of them have; and those that were not unanimous."""
    common = frozenset.intersection(*(ballot.keys for ballot in ballots))
    chosen: dict[WishKey, Entry] = {}
    contested: set[WishKey] = set()
    for key in sorted(common):
        found = [(entry, one.groups) for one in ballots if (entry := entry_at(one.effective, key)) is not None]
        first = found[0][0]
        if not is_excepted(first) and all(alike(first, entry) for entry, _ in found[1:]):
            chosen[key] = first
            continue
        entry = _most(found)
        if entry is not None:
            chosen[key] = entry
            contested.add(key)
    return chosen, frozenset(contested)


def _most(found: Sequence[tuple[Entry, int]]) -> Entry | None:
    """The entry that most groups have without an exception; of several as common, the first in the order of their texts."""
    groups: Counter[str] = Counter()
    entries: dict[str, Entry] = {}
    for entry, count in found:
        if not is_excepted(entry):
            groups[spelled(entry)] += count
            entries.setdefault(spelled(entry), entry)
    return entries[min(groups, key=lambda text: (-groups[text], text))] if groups else None


def _write_group(writing: Writing, one: Staged, targets: UserTargets, pending: Keys, context: Effective) -> None:
    own = _NO_KEYS.union(*(_user_keys(writing, lines, one) for lines in one.own))
    wishes: dict[WishKey, Entry] = {}
    for key in sorted(own | pending):
        entry = entry_at(one.merged, key)
        if entry is None:
            continue
        said = [part for lines in one.own if (part := entry_at(lines, key)) is not None]
        if key in pending:
            said += _said_above(writing, one, key)
        wishes[key] = given_back(entry) if all(map(gives_back, said)) else entry
    layer = Layer.WITHIN if one.group.within else Layer.GROUP
    here = overlay(NOTHING, wishes)
    # One object where nothing comes from above, so that an adapter need not look at the same wishes twice.
    _add(writing, layer, one.key, targets, here, here if context is NOTHING else overlay(context, wishes), [one])


def _note_unwritten(writing: Writing, one: Staged, pending: Keys) -> None:
    """A group without users of its own gets from above only what all the others there get too."""
    for layer in (one.chain.organisation, one.chain.school_form, one.school_said):
        for key, _, reaches, _ in wishes_of(writing.rules, layer, one.site):
            if key in pending and one.reachable.devices.isdisjoint(reaches):
                writing.unwritten[one.key] = writing.unwritten.get(one.key, _NO_KEYS) | {key}


def _user_keys(writing: Writing, lines: Effective, one: Staged) -> Keys:
    if lines is NOTHING:
        return _NO_KEYS
    # By identity: the layer lives as long as the staged group that holds it, so its id is not given out again.
    found = writing.keys.get(id(lines))
    if found is None:
        found = frozenset(key for key, _, reaches, _ in wishes_of(writing.rules, lines, one.site) if USER in reaches)
        writing.keys[id(lines)] = found
    return found


def _add(
    writing: Writing,
    layer: Layer,
    owner: str,
    targets: UserTargets,
    wishes: Effective,
    context: Effective,
    members: Sequence[Staged],
) -> None:
    writing.layers.append(
        UserLayer(
            owner=owner,
            layer=layer,
            audience=writing.audience,
            platform=writing.platform,
            backend=writing.backend,
            targets=targets,
            wishes=wishes,
            context=context,
            groups=tuple(sorted(one.key for one in members)),
        )
    )
