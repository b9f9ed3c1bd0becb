"""What is written where users are: every layer once, at its own target, the lower targets inherit. Pure.

A wish that the organisation has alike for all stands at the organisation's users. What differs between groups (another
ring, another school form, an exception) or has no such target goes one step down: to the school's users where all the
school's groups agree, else to each group's. Where groups with users exist, only they are asked: a shared cart follows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from reconciler.compile.entries import Entries, Entry, alike, entry_at, given_back, gives_back, overlay
from reconciler.compile.fitting import Rules, WishKey
from reconciler.compile.reading import NOTHING
from reconciler.compile.staging import Staged
from reconciler.compile.targets import USER, wishes_of
from reconciler.model.desired import Effective, Layer, UserLayer
from reconciler.model.documents import Organisation, UserTargets

Keys = frozenset[WishKey]
Unwritten = dict[str, Keys]
"""Group key -> wishes for users that no target got, because groups that share a target differ."""

_NO_KEYS: Keys = frozenset()


@dataclass(slots=True)
class Writing:
    """One audience on one platform of one backend. `shared`: what stands at the organisation's users."""

    rules: Rules
    audience: str
    platform: str
    backend: str
    shared: Entries = field(default_factory=dict)
    at_top: Effective = NOTHING
    layers: list[UserLayer] = field(default_factory=list)
    unwritten: Unwritten = field(default_factory=dict)
    keys: dict[int, Keys] = field(default_factory=dict)
    chain_keys: dict[int, Keys] = field(default_factory=dict)
    shares: dict[tuple[int, ...], "Shared"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared:
    """What stands at a school's users: by key, as the layer's wishes, and with everything that is inherited there."""

    entries: Entries
    wishes: Effective
    context: Effective


def make_user_layers(
    rules: Rules, organisation: Organisation, groups: Iterable[Staged]
) -> tuple[tuple[UserLayer, ...], Unwritten]:
    """All user layers, sorted by audience, platform, backend and owner, widest first; and what found no target."""
    layers: list[UserLayer] = []
    unwritten: Unwritten = {}
    served = sorted((one for one in groups if one.backend and one.site.audience != "storage"), key=_bucket_key)
    for (audience, platform, backend), bucket in groupby(served, key=_bucket_key):
        writing = Writing(rules=rules, audience=audience, platform=platform, backend=backend)
        _write_bucket(writing, organisation, list(bucket))
        layers.extend(writing.layers)
        unwritten |= writing.unwritten
    return tuple(layers), unwritten


def _bucket_key(one: Staged) -> tuple[str, str, str]:
    return (one.site.audience, one.site.platform, one.backend)


def _write_bucket(writing: Writing, organisation: Organisation, members: Sequence[Staged]) -> None:
    schools = [list(school) for _, school in groupby(sorted(members, key=_place_key), key=lambda one: one.school.id)]
    targets = organisation.users.get(writing.audience)
    if targets is not None:
        asked = [one for school in schools for one in _asked(school)]
        writing.shared = _shared_at_top(writing, asked)
        writing.at_top = overlay(NOTHING, writing.shared)
        _add(writing, Layer.ORGANISATION, organisation.uid, targets, writing.at_top, writing.at_top, members)
    for school in schools:
        _write_school(writing, school)


def _place_key(one: Staged) -> tuple[str, str]:
    return (one.school.id, one.key)


def _asked(school: Sequence[Staged]) -> Sequence[Staged]:
    return [one for one in school if one.group.users is not None] or school


def _shared_at_top(writing: Writing, asked: Sequence[Staged]) -> dict[WishKey, Entry]:
    layers = list({id(one.chain.organisation): one for one in asked}.values())
    return _agree([(_user_keys(writing, one.chain.organisation, one), one.chain.organisation) for one in layers])


def _write_school(writing: Writing, members: Sequence[Staged]) -> None:
    school = members[0].school
    targets = school.users.get(writing.audience)
    shared = Shared({}, NOTHING, writing.at_top)
    if targets is not None:
        shared = _shared_in_school(writing, _asked(members))
        _add(writing, Layer.SCHOOL, school.id, targets, shared.wishes, shared.context, members)
    for one in members:
        pending = _above_keys(writing, one) - shared.entries.keys()
        if one.group.users is not None:
            _write_group(writing, one, one.group.users, pending, shared.context)
        elif pending:
            _note_unwritten(writing, one, pending)


def _shared_in_school(writing: Writing, asked: Sequence[Staged]) -> Shared:
    """Most of it follows from the kinds of group in the school and is worked out once for all schools alike."""
    signature = tuple(sorted({id(one.chain) for one in asked}))
    shared = writing.shares.get(signature)
    if shared is None:
        parts = [(_chain_keys(writing, one), one.chain.merged) for one in asked]
        shared = writing.shares[signature] = _put_over(writing, asked, _NO_SHARE, _agree(parts))
    said = _NO_KEYS.union(*(_user_keys(writing, one.school_said, one) for one in asked))
    if not said:
        return shared
    # Only what the school's layer mentions can stand otherwise above its groups than in the chain of baselines.
    rest = shared if said.isdisjoint(shared.entries) else _leave_out(writing, asked, shared, said)
    agreed = _agree([(_above_keys(writing, one) & said, one.above) for one in asked])
    return _put_over(writing, asked, rest, agreed)


_NO_SHARE = Shared({}, NOTHING, NOTHING)


def _leave_out(writing: Writing, asked: Sequence[Staged], shared: Shared, keys: Keys) -> Shared:
    kept = {key: entry for key, entry in shared.entries.items() if key not in keys}
    return _put_over(writing, asked, _NO_SHARE, kept)


def _put_over(writing: Writing, asked: Sequence[Staged], under: Shared, agreed: Mapping[WishKey, Entry]) -> Shared:
    entries = {key: _as_said_above(writing, asked, key, entry) for key, entry in agreed.items()}
    context = writing.at_top if under is _NO_SHARE else under.context
    return Shared({**under.entries, **entries}, overlay(under.wishes, entries), overlay(context, entries))


def _as_said_above(writing: Writing, asked: Sequence[Staged], key: WishKey, entry: Entry) -> Entry:
    said = [part for one in asked for part in _said_above(writing, one, key)]
    return given_back(entry) if said and all(map(gives_back, said)) else entry


def _said_above(writing: Writing, one: Staged, key: WishKey) -> list[Entry]:
    """What the layers between the organisation's target and the group say about a wish, one entry per layer."""
    layers = [one.chain.school_form, one.school_said]
    if key not in writing.shared:
        layers.append(one.chain.organisation)
    return [entry for layer in layers if (entry := entry_at(layer, key)) is not None]


def _above_keys(writing: Writing, one: Staged) -> Keys:
    """The wishes for users from above the group that did not get the organisation's target."""
    return _chain_keys(writing, one) | _user_keys(writing, one.school_said, one)


def _chain_keys(writing: Writing, one: Staged) -> Keys:
    found = writing.chain_keys.get(id(one.chain))
    if found is None:
        top = _user_keys(writing, one.chain.organisation, one) - writing.shared.keys()
        found = writing.chain_keys[id(one.chain)] = top | _user_keys(writing, one.chain.school_form, one)
    return found


def _agree(parts: Sequence[tuple[Keys, Effective]]) -> dict[WishKey, Entry]:
    """The wishes that all parts mention, at one and the same value."""
    first_keys, first = parts[0]
    agreed: dict[WishKey, Entry] = {}
    for key in sorted(first_keys):
        entry = entry_at(first, key)
        others = [entry_at(effective, key) if key in keys else None for keys, effective in parts[1:]]
        if entry is not None and all(other is not None and alike(entry, other) for other in others):
            agreed[key] = entry
    return agreed


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
    _add(writing, layer, one.key, targets, overlay(NOTHING, wishes), overlay(context, wishes), [one])


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
