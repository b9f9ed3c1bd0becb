"""What a fresh read says of a change: done already, to be written, or stale because somebody else was there. Pure.

A membership is judged device by device and a takeover value by value; what of it is stale is left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.model.adapter import Seen
from reconciler.model.change import Change, Member
from reconciler.model.place import Json
from reconciler.planning.canonical import same_fields, same_value


class Verdict(StrEnum):
    DONE = "done"
    WRITE = "write"
    STALE = "stale"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """`change` holds only what is still to be written; `stale` counts the devices or values that are left alone."""

    verdict: Verdict
    change: Change
    stale: int = 0
    reason: str = ""


def judge(change: Change, seen: Seen | None, *, exclusive: bool) -> Judgement:
    """Compare live with before and after. `exclusive`: a device is in one place, so that a foreign place counts too."""
    if seen is None or not seen.read:
        return Judgement(verdict=Verdict.UNREAD, change=change, reason=seen.reason if seen else "")
    if change.envelope:
        return _judge_members(change, seen.places or {}, exclusive=exclusive)
    if change.resets:
        return _judge_takeover(change, seen)
    if holds(change, seen.fields, change.after):
        return Judgement(verdict=Verdict.DONE, change=change)
    if holds(change, seen.fields, change.before) or _is_half_done(change, seen.fields):
        return Judgement(verdict=Verdict.WRITE, change=change)
    return Judgement(verdict=Verdict.STALE, change=change, stale=1)


def _is_half_done(change: Change, live: Mapping[str, Json] | None) -> bool:
    """Whether each of our fields is as it was or as it shall be: what a killed apply leaves of a change that takes several calls.

    Nothing that the plan didn't show is written over, whoever wrote it.
    """
    if live is None or change.before is None or change.after is None:
        return False
    sides = (change.before, change.after)
    names = {*change.before, *change.after}
    return all(
        any(same_fields(_only(name, live), _only(name, side), change.compare) for side in sides) for name in names
    )


def _only(name: str, fields: Mapping[str, Json]) -> Mapping[str, Json]:
    return {name: fields[name]} if name in fields else {}


def holds(change: Change, live: Mapping[str, Json] | None, expected: Mapping[str, Json] | None) -> bool:
    """Whether live fields are these. Of what is kept only our fields count; of what is deleted all do."""
    if live is None or expected is None:
        return live is expected
    names = (
        {*(change.before or {}), *(change.after or {})} if change.after is not None else live.keys() | expected.keys()
    )
    if change.before is None:
        names = set(expected)
    ours = {name: value for name, value in live.items() if name in names}
    return same_fields(ours, expected, change.compare)


def _judge_members(change: Change, places: Mapping[str, tuple[str, ...]], *, exclusive: bool) -> Judgement:
    to_move: list[Member] = []
    stale = 0
    for member in change.members:
        now = _counted(places.get(member.device), exclusive=exclusive)
        if now is None or now not in (set(member.before), set(member.after)):
            stale += 1
        elif now != set(member.after):
            to_move.append(member)
    return _partly(replace(change, members=tuple(to_move)), bool(to_move), stale)


def _counted(now: tuple[str, ...] | None, *, exclusive: bool) -> set[str] | None:
    if now is None or exclusive:
        return None if now is None else set(now)
    return {ref for ref in now if ref.startswith("@")}


def _judge_takeover(change: Change, seen: Seen) -> Judgement:
    marked = holds(change, seen.fields, change.after)
    if not marked and not holds(change, seen.fields, change.before):
        return Judgement(verdict=Verdict.STALE, change=change, stale=1)
    direct = seen.resets or {}
    to_reset = {part: fields for part, fields in change.resets.items() if _same(direct.get(part), fields)}
    stale = sum(part in direct and part not in to_reset for part in change.resets)
    return _partly(replace(change, resets=to_reset), bool(to_reset) or not marked, stale)


def _same(live: Mapping[str, Json] | None, planned: Mapping[str, Json]) -> bool:
    return live is not None and same_value(live, planned)


def _partly(change: Change, left: bool, stale: int) -> Judgement:
    done = Verdict.STALE if stale else Verdict.DONE
    return Judgement(verdict=Verdict.WRITE if left else done, change=change, stale=stale)
