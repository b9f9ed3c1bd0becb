"""What the apps cost by their records' prices and the files' numbers: never a guess; what the files don't say is said. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reconciler.model.desired import GroupState
from reconciler.model.vetting import Vetting
from reconciler.review.people import pupils_at

FREE: Final = frozenset({"free", "advertising"})
"""Cost models that nobody pays money for. Freemium is none: what is used of it may be what costs."""
_A_YEAR: Final[Mapping[str, int]] = {"month": 12, "school-year": 1, "year": 1}
UNKNOWN_PAYER: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Kronor. `yearly` and `once` by who pays (a word of `cost_bearer`, empty where the files don't say).

    `unknown` says why there is no number for all of it: codes without their prefix, each with where (schools or groups).
    """

    yearly: Mapping[str, Decimal]
    once: Mapping[str, Decimal]
    unknown: Mapping[str, tuple[str, ...]]

    @property
    def a_year(self) -> Decimal:
        return sum(self.yearly.values(), Decimal(0))

    @property
    def one_off(self) -> Decimal:
        return sum(self.once.values(), Decimal(0))


NO_COST: Final = Cost(yearly={}, once={}, unknown={})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One number of what is paid for, or None with why it isn't known."""

    payer: str
    number: int | None
    why: str = ""
    where: str = ""


def cost_of(record: Vetting, users: Sequence[GroupState]) -> Cost:
    """Of an app in the groups that get it. An app that nobody gets costs nothing yet."""
    if not users:
        return NO_COST
    cost = record.cost
    if cost is None or cost.price is None:
        return NO_COST if cost is not None and cost.model in FREE else _unknown("PRICE")
    return _priced(cost.price.kronor, cost.price.period, _parts(cost.price.per, users, cost.bearer))


def _unknown(why: str, *where: str) -> Cost:
    return Cost(yearly={}, once={}, unknown={why: where})


def _priced(kronor: Decimal, period: str, parts: Iterable[_Part]) -> Cost:
    sums: dict[str, Decimal] = {}
    unknown: dict[str, list[str]] = {}
    for part in parts:
        if part.number is None:
            unknown.setdefault(part.why, []).append(part.where)
        else:
            sums[part.payer] = sums.get(part.payer, Decimal(0)) + kronor * part.number
    why = {name: tuple(dict.fromkeys(where)) for name, where in unknown.items()}
    if period == "once":
        return Cost(yearly={}, once=sums, unknown=why)
    times = _A_YEAR[period]
    return Cost(yearly={payer: kronor * times for payer, kronor in sums.items()}, once={}, unknown=why)


def _parts(per: str, users: Sequence[GroupState], payer: str) -> Iterator[_Part]:
    """What is paid for, by who pays: the record's word, else that of each group."""
    if per == "municipality":
        yield _Part(payer=_one_payer(users, payer), number=1)
    elif per in ("school", "user"):
        for members in by_school(users):
            yield from _school_parts(members, payer, whole=per == "school")
    elif per == "device":
        yield from (_device_part(one, payer) for one in users)
    else:
        # How many classes there are is in no file.
        yield _Part(payer="", number=None, why="CLASSES")


def _device_part(state: GroupState, payer: str) -> _Part:
    number = state.group.devices.expected if state.group.devices else 0
    return _Part(payer=_payer(state, payer), number=number, why="DEVICES", where=state.key)


def _school_parts(members: Sequence[GroupState], payer: str, *, whole: bool) -> Iterator[_Part]:
    """One school: itself, or its pupils. Pupils of groups that different people pay for are told apart if nobody is in two."""
    school = members[0].school.id
    if whole:
        yield _Part(payer=_one_payer(members, payer), number=1)
        return
    if any(one.group.audience == "staff" for one in members):
        # How many work at a school is in no file.
        yield _Part(payer="", number=None, why="STAFF", where=school)
    paid: dict[str, list[GroupState]] = {}
    for one in members:
        paid.setdefault(_payer(one, payer), []).append(one)
    numbers = {name: pupils_at(groups) for name, groups in paid.items()}
    everyone = pupils_at(members)
    if everyone is None:
        yield _Part(payer="", number=None, why="PUPILS", where=school)
    elif sum(number or 0 for number in numbers.values()) == everyone:
        yield from (_Part(payer=name, number=number) for name, number in numbers.items() if number)
    else:
        yield _Part(payer=UNKNOWN_PAYER, number=everyone)


def by_school(users: Sequence[GroupState]) -> list[list[GroupState]]:
    found: dict[str, list[GroupState]] = {}
    for one in users:
        found.setdefault(one.school.id, []).append(one)
    return list(found.values())


def _one_payer(users: Sequence[GroupState], payer: str) -> str:
    payers = {_payer(one, payer) for one in users}
    return payers.pop() if len(payers) == 1 else UNKNOWN_PAYER


def _payer(state: GroupState, payer: str) -> str:
    return payer or str(state.group.cost_bearer.get("apps") or UNKNOWN_PAYER)


def add_costs(costs: Iterable[Cost]) -> Cost:
    yearly: dict[str, Decimal] = {}
    once: dict[str, Decimal] = {}
    for one in costs:
        for total, sums in ((yearly, one.yearly), (once, one.once)):
            for payer, kronor in sums.items():
                total[payer] = total.get(payer, Decimal(0)) + kronor
    return Cost(yearly=yearly, once=once, unknown={})
