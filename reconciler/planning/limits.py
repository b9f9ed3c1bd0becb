"""How much one plan may take away or move, and the reviewed files that let it do more.

Per backend and kind, against all that is ours there: the lesser of a share and a count, never below a floor. Over it,
the changes of that class are held, and the finding shows the file that would let them through.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reconciler.model.change import Action, Change, Plan
from reconciler.model.documents import Allowance, Limits
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Key
from reconciler.planning.membership import OUTSIDE

SHOWN = 40
"""Lines of an allowance that a finding shows; beyond, it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What limits are shares of: objects of ours by kind, devices, and devices of each group.

    `counted` is False where the devices could not be read: unread is not empty. `beyond` counts those of the devices that
    something keeps from any group: where there are no others, the inventory is as good as empty.
    """

    backend: str
    owned: Mapping[str, int]
    devices: int
    counted: bool
    group_devices: Mapping[str, int]
    wanted: int
    beyond: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """`held` are the keys past a limit; `used_until` is the earliest last day of an allowance that was needed."""

    held: frozenset[Key]
    findings: tuple[Finding, ...]
    used_until: date | None = None


def check_limits(
    changes: Sequence[Change], stock: Stock, limits: Limits, allowances: Sequence[Allowance], as_of: date
) -> Limited:
    """Fingerprints have to be set already. Allowances of other backends, and those that have ended, count for nothing."""
    valid = [one for one in allowances if one.backend == stock.backend and one.until >= as_of]
    held: set[Key] = set()
    findings: list[Finding] = []
    used: set[date] = set()
    for code, group, allowed, values in _classes(changes, stock, limits):
        if _weight(group, stock, code) <= allowed:
            continue
        until = {change.key: _allowed_until(change, valid) for change in group}
        rest = [change for change in group if until[change.key] is None]
        used |= {day for day in until.values() if day}
        if _weight(rest, stock, code) > allowed:
            held |= {change.key for change in rest}
            findings.append(_finding(code, rest, stock, values, as_of))
    return Limited(held=frozenset(held), findings=tuple(findings), used_until=min(used, default=None))


def limit_of(limits: Limits, owned: int) -> int:
    """How many of `owned` things may go or move at once."""
    return max(limits.floor, min(owned * limits.share // 100, limits.count))


_Class = tuple[str, list[Change], int, dict[str, str]]


def _classes(changes: Sequence[Change], stock: Stock, limits: Limits) -> list[_Class]:
    return [
        *_deletions(changes, stock, limits),
        _moves(changes, stock, limits),
        _disruption(changes, stock, limits),
        *_emptiness(changes, stock),
    ]


def _deletions(changes: Sequence[Change], stock: Stock, limits: Limits) -> list[_Class]:
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        if change.action is Action.DELETE:
            by_kind.setdefault(change.key.kind, []).append(change)
    return [
        _class(
            f"LIMIT-DELETIONS-{kind.upper()}",
            group,
            limit_of(limits, stock.owned.get(kind, 0)),
            stock.owned.get(kind, 0),
        )
        for kind, group in sorted(by_kind.items())
    ]


def _moves(changes: Sequence[Change], stock: Stock, limits: Limits) -> _Class:
    """Devices that leave one place of ours for another; a first placement isn't one."""
    group = [change for change in changes if change.envelope and change.envelope.source != OUTSIDE]
    owned = stock.owned.get("membership", 0)
    return _class("LIMIT-MOVES", group, limit_of(limits, owned), owned)


def _disruption(changes: Sequence[Change], stock: Stock, limits: Limits) -> _Class:
    """A value on a place that is only now being made disturbs nobody: its devices come there later, for the first time."""
    made = {change.key.target for change in changes if change.key.kind == "group" and change.action is Action.CREATE}
    group = [change for change in changes if change.effect.disruption != "none" and change.key.target not in made]
    allowed = max(limits.floor, stock.devices * limits.disruptive_share // 100)
    return _class("LIMIT-DISRUPTION", group, allowed, stock.devices)


def _emptiness(changes: Sequence[Change], stock: Stock) -> list[_Class]:
    """No devices at all, or nothing wanted at all, is far more often a fault than a wish."""
    if stock.wanted and (stock.devices > stock.beyond or not stock.counted):
        return []
    code = "EMPTY-INVENTORY" if stock.wanted else "EMPTY-DESIRED-STATE"
    return [_class(code, [change for change in changes if _takes_away(change)], 0, 0)]


def _takes_away(change: Change) -> bool:
    leaves = change.envelope is not None and change.envelope.source != OUTSIDE
    return change.action is Action.DELETE or bool(change.resets) or leaves


def _class(code: str, group: list[Change], allowed: int, owned: int) -> _Class:
    return code, group, allowed, {"limit": str(allowed), "owned": str(owned)}


def _weight(group: Collection[Change], stock: Stock, code: str) -> int:
    if code == "LIMIT-MOVES":
        return sum(len(change.members) for change in group)
    if code == "LIMIT-DISRUPTION":
        return _touched(group, stock.group_devices)
    return len(group)


def _touched(group: Collection[Change], devices: Mapping[str, int]) -> int:
    """Devices under any of the changes, each group's once."""
    return sum(devices.get(name, 0) for name in {name for change in group for name in change.effect.groups})


def _allowed_until(change: Change, allowances: Sequence[Allowance]) -> date | None:
    """The last day on which some allowance covers the change; None where none does."""
    return max((one.until for one in allowances if _covers(one, change)), default=None)


def _covers(allowance: Allowance, change: Change) -> bool:
    if change.envelope is None:
        return change.fingerprint in allowance.fingerprints
    asked = change.envelope
    return any(
        (move.source, move.into) == (asked.source, asked.into) and asked.at_most <= move.at_most
        for move in allowance.envelopes
    )


def _finding(code: str, group: Sequence[Change], stock: Stock, values: Mapping[str, str], as_of: date) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        place=None,
        subject=f"limit:{stock.backend}:{code}",
        values={
            **values,
            "backend": stock.backend,
            "count": str(_weight(group, stock, code)),
            "changes": str(len(group)),
            "allowance": allowance_text(group, stock.backend, as_of),
        },
    )


def allowance_text(group: Sequence[Change], backend: str, as_of: date, shown: int | None = SHOWN) -> str:
    """The file that would let these changes through, for a person to give a reason and an end date. `shown` None: all of it."""
    lines = [f"id: {as_of.isoformat()}-{backend}", f"backend: {backend}", 'reason: "…"', 'until: "ÅÅÅÅ-MM-DD"']
    prints = sorted(change.fingerprint for change in group if not change.envelope)
    moves = [change.envelope for change in group if change.envelope]
    if prints:
        lines += ["fingerprints:", *(f'  - "{one}"' for one in prints[:shown])]
    if moves:
        lines += ["moves:", *(f"  - {{from: {m.source}, into: {m.into}, at_most: {m.at_most}}}" for m in moves[:shown])]
    more = len(prints) - len(prints[:shown]) + len(moves) - len(moves[:shown])
    return "\n".join([*lines, *([f"# … +{more}: reconciler show plan.json --format allowance"] if more else [])])


def allowance_for(plan: Plan) -> str:
    """The whole file for everything that limits hold back in a plan; empty where none does.

    Each backend has a file of its own. Of several, each stands under its name; saved as one they are refused, as `---`
    begins a second document.
    """
    limited = sorted({finding.values["backend"] for finding in plan.findings if "allowance" in finding.values})
    texts = [_whole_allowance(plan, backend) for backend in limited]
    if len(texts) == 1:
        return texts[0]
    names = [f"# policies/allowances/{plan.as_of.isoformat()}-{backend}.yaml" for backend in limited]
    return "---\n".join(f"{name}\n{text}" for name, text in zip(names, texts, strict=True))


def _whole_allowance(plan: Plan, backend: str) -> str:
    held = [one for one in plan.held if one.backend == backend and _is_limited(one)]
    return allowance_text(held, backend, plan.as_of, None) + "\n"


def _is_limited(change: Change) -> bool:
    """Whether a limit can hold it for its own sake; what only waits for another needs no leave."""
    return _takes_away(change) or change.effect.disruption != "none"
