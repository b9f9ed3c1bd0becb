"""How many devices, pupils and schools several changes touch together. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from reconciler.model.change import Change
from reconciler.report.words import Words

_Counted = tuple[frozenset[str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`staff` are those of the devices that are for staff. `pupils` is the most it can be unless it is `exact`: a pupil uses several groups' devices, their own and a cart's."""

    devices: int
    staff: int
    pupils: int
    exact: bool
    schools: tuple[str, ...]


def reach_of(changes: Sequence[Change]) -> Reach:
    """Nobody counted twice where it can be told: a device is in one group, so devices are told apart by their groups."""
    values = [change for change in changes if change.envelope is None]
    moved: dict[str, Counter[str]] = {}
    for change in changes:
        if change.envelope:
            counted = {"devices": change.effect.devices, "staff": change.effect.staff}
            moved.setdefault(change.envelope.into, Counter()).update(counted)

    def placed(what: str) -> list[_Counted]:
        return [(frozenset({into}), numbers[what]) for into, numbers in moved.items()]

    return Reach(
        devices=_spread([*((_names(one), one.effect.devices) for one in values), *placed("devices")]),
        staff=_spread([*((_names(one), one.effect.staff) for one in values), *placed("staff")]),
        pupils=_spread((_names(change), change.effect.pupils) for change in values),
        exact=_is_exact({(_names(change), change.effect.pupils) for change in values if change.effect.pupils}),
        schools=tuple(sorted({school for change in changes for school in change.effect.schools})),
    )


def device_words(reach: Reach, words: Words) -> str:
    """`74 enheter`, and of them those that are for staff."""
    if not reach.staff:
        return words.count("DEVICE", reach.devices)
    if reach.staff >= reach.devices:
        return words.count("STAFF-DEVICE", reach.devices)
    devices = words.count("DEVICE", reach.devices)
    return words.say("DEVICES-SOME-STAFF", devices=devices, staff=words.number(reach.staff))


def _names(change: Change) -> frozenset[str]:
    return frozenset(change.effect.groups or change.effect.schools)


def _is_exact(counted: Collection[_Counted]) -> bool:
    """Where one change reaches all that the others reach, or where no two are about one school."""
    widest = max((names for names, _ in counted), key=len, default=frozenset())
    if all(names <= widest for names, _ in counted):
        return len({number for names, number in counted if names == widest}) <= 1
    schools = [school for names, _ in counted for school in {name.partition("/")[0] for name in names}]
    return len(schools) == len(set(schools))


def _spread(counted: Iterable[_Counted]) -> int:
    """The sum over all groups, from narrow sets of groups to wide ones, of which only the part not counted yet is added."""
    found = sorted({pair for pair in counted if pair[1]}, key=lambda pair: (len(pair[0]), sorted(pair[0]), -pair[1]))
    if found and all(names <= found[-1][0] for names, _ in found):
        return max(number for _, number in found)
    known: dict[str, int] = {}
    for names, number in found:
        fresh = sorted(names - known.keys())
        left = number - sum(known.get(name, 0) for name in names)
        if fresh and left > 0:
            # Only the sum over the new ones is known; which of them has how many makes no difference to the total.
            known |= dict.fromkeys(fresh, 0)
            known[fresh[0]] = left
    return sum(known.values())
