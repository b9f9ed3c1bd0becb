"""Which devices change place, as envelopes: from one place of ours, or from outside, into one group.

On an exclusive backend a device is in one place, and a move leaves it. On one with overlapping sets only our own sets
are compared: what other people put a device into is neither seen nor touched.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.change import Action, Change, Envelope, Member, Note
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Device, Key, Outstanding, Resource, Snapshot
from reconciler.planning.joining import Join, is_ours

OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """`owned` counts the devices in places of ours; `remaining` those that stay where they are, by place.

    `barred` are moves of devices that a rule which blocks keeps where they are: to be shown and not to be done.

    `outstanding` are devices that belong in a group and that something keeps from being put there, per group and obstacle.
    """

    changes: tuple[Change, ...]
    barred: tuple[Change, ...] = ()
    notes: tuple[Note, ...]
    outstanding: tuple[Outstanding, ...]
    unchanged: int
    owned: int
    remaining: Mapping[str, int]


def place_name(ref: str) -> str:
    """A place as people write it: `school/group`, and `outside` for what isn't ours."""
    if not is_ours(ref):
        return OUTSIDE
    return ref[1:] or "@"


def plan_moves(
    places: Mapping[str, str],
    snapshot: Snapshot,
    join: Join,
    groups: Mapping[str, Resource],
    *,
    backend: str,
    exclusive: bool,
    kept: Collection[str] = (),
) -> Moves:
    """`places` says for each device id the reference of the group that it belongs to; the rest stay where they are.

    `kept`: devices, as `backend/id`, that a rule keeps from coming to another group.
    """
    unread = {target for kind, target in snapshot.unread if kind == "membership"}
    read = "" not in unread and not any(kind == "group" for kind, _ in snapshot.unread)
    barred = join.blocked | unread
    left_out = {join.wanted_ref(target) for kind, target in snapshot.left_out if kind == "membership"}
    members: dict[tuple[str, str], list[Member]] = {}
    refused: dict[tuple[str, str], list[Member]] = {}
    obstructed: Counter[tuple[str, str]] = Counter()
    remaining: dict[str, int] = {}
    unchanged = owned = homeless = unmanaged = 0
    for device in sorted(snapshot.devices, key=lambda device: device.id):
        if not device.active:
            continue
        before = _before(device, join, exclusive=exclusive)
        ours = [ref for ref in before if is_ours(ref)]
        owned += bool(ours)
        after = places.get(device.id)
        stays = (
            not read
            or after is None
            or before == (after,)
            or after not in groups
            or not barred.isdisjoint({after, *ours})
        )
        if device.obstacle and not stays and after is not None:
            obstructed[after, device.obstacle] += 1
            stays = True
        refuses = bool(kept) and not stays and f"{backend}/{device.id}" in kept
        if refuses and after is not None:
            refused.setdefault(_way(ours, after), []).append(Member(device=device.id, before=before, after=(after,)))
        if stays or refuses:
            unchanged += before == (after,)
            homeless += bool(ours) and after is None and left_out.isdisjoint(ours)
            unmanaged += not ours and after is None and not left_out
            for ref in ours:
                remaining[ref] = remaining.get(ref, 0) + 1
        elif after is not None:
            members.setdefault(_way(ours, after), []).append(Member(device=device.id, before=before, after=(after,)))
    return Moves(
        changes=_changes(members, groups, backend),
        barred=_changes(refused, groups, backend),
        notes=_notes(backend, homeless, unmanaged),
        outstanding=tuple(_obstructed(backend, *which, count) for which, count in sorted(obstructed.items())),
        unchanged=unchanged,
        owned=owned,
        remaining=remaining,
    )


def _way(ours: Sequence[str], into: str) -> tuple[str, str]:
    return "+".join(ours) or OUTSIDE, into


def _changes(
    members: Mapping[tuple[str, str], list[Member]], groups: Mapping[str, Resource], backend: str
) -> tuple[Change, ...]:
    return tuple(
        _change(source, into, found, groups[into], backend) for (source, into), found in sorted(members.items())
    )


def _obstructed(backend: str, into: str, code: str, count: int) -> Outstanding:
    name = place_name(into)
    return Outstanding(code=code, backend=backend, subject=name, values={"group": name, "count": str(count)})


def not_empty(deletion: Change, remaining: Mapping[str, int]) -> Finding | None:
    """A group that would be deleted with devices in it: vendors refuse it, or do with the devices what they like."""
    count = remaining.get(deletion.key.target, 0)
    if not count:
        return None
    name = place_name(deletion.key.target)
    return Finding(
        code="GROUP-NOT-EMPTY",
        severity=Severity.ERROR,
        place=None,
        subject=name,
        values={"group": name, "devices": str(count)},
    )


def _before(device: Device, join: Join, *, exclusive: bool) -> tuple[str, ...]:
    if not join.aliases:  # as nearly always: nothing has been renamed, and devices come by the ten thousand
        places = device.places if len(device.places) < 2 else tuple(sorted(set(device.places)))
    else:
        places = tuple(sorted({join.wanted_ref(place) for place in device.places}))
    return places if exclusive else tuple(place for place in places if is_ours(place))


def _change(source: str, into: str, members: list[Member], group: Resource, backend: str) -> Change:
    names = [place_name(ref) for ref in source.split("+")]
    envelope = Envelope(source="+".join(names), into=place_name(into), at_most=len(members))
    return Change(
        action=Action.UPDATE,
        key=Key(kind="membership", target=into, part=source),
        backend=backend,
        label=group.label,
        before={"place": envelope.source},
        after={"place": envelope.into},
        members=tuple(members),
        envelope=envelope,
    )


def _notes(backend: str, homeless: int, unmanaged: int) -> tuple[Note, ...]:
    counts = {"DEVICES-WITHOUT-GROUP": homeless, "UNMANAGED-DEVICES": unmanaged}
    return tuple(
        Note(code=code, backend=backend, values={"devices": str(count)}) for code, count in counts.items() if count
    )
