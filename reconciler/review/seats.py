"""Licences of an app: those that the municipality has against those that its groups need, by the files' numbers. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.model.desired import GroupState
from reconciler.model.vetting import Vetting
from reconciler.review.money import FREE, by_school
from reconciler.review.people import pupils_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """`unit`: device or user. `owned` is None where nobody has written it. `needed` is what the files count.

    `silent`: groups (for users schools) that the files give no number for. Where there are any, more is needed than that.
    """

    unit: str
    owned: int | None
    needed: int = 0
    silent: tuple[str, ...] = ()

    @property
    def short(self) -> int:
        """How many are lacking at least."""
        return max(0, self.needed - self.owned) if self.owned is not None else 0


def seats_of(record: Vetting, users: Sequence[GroupState]) -> Seats | None:
    """Of an app in the groups that get it, required or offered. None where there is nothing to count: it is free, or the licence is for all."""
    cost = record.cost
    if cost is None or cost.licence == "site" or (cost.seats is None and cost.model in FREE and cost.price is None):
        return None
    unit = cost.licence or ("user" if cost.price is not None and cost.price.per == "user" else "device")
    counted = list(_people(users) if unit == "user" else _devices(users))
    return Seats(
        unit=unit,
        owned=cost.seats,
        needed=sum(number or 0 for _, number in counted),
        silent=tuple(dict.fromkeys(where for where, number in counted if number is None)),
    )


def _devices(users: Iterable[GroupState]) -> Iterator[tuple[str, int | None]]:
    for one in users:
        if one.group.devices is not None:
            yield one.key, one.group.devices.expected


def _people(users: Sequence[GroupState]) -> Iterator[tuple[str, int | None]]:
    """Pupils, each once at a school. How many work there is in no file."""
    for members in by_school(users):
        school = members[0].school.id
        yield school, pupils_at(members)
        if any(one.group.audience == "staff" for one in members):
            yield school, None
