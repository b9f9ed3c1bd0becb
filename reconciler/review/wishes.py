"""What groups would have otherwise: apps and settings of two compiled states, over the days on which either changes. Pure.

Equal changes are folded over groups: what a baseline brings to forty groups is one change with forty groups.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, TypeAlias

from reconciler.model.desired import DesiredState, Effective, EffectiveSetting, Origin
from reconciler.model.place import Json
from reconciler.policy.app_facts import GETS
from reconciler.review.differing import entries, plain, spelled
from reconciler.review.people import NOBODY, Reach
from reconciler.review.renames import Renames
from reconciler.settings.order import LIST_KINDS, Tightness, compare
from reconciler.settings.table import Setting, SettingsTable

_DAY: Final = timedelta(days=1)
_STORAGE: Final = "storage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is compared: `kind` is app, setting or raw; `id` its id (for raw the vendor's schema); `within` its session or reach."""

    kind: str
    id: str
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WishChange:
    """One change of one wish in all groups (names as at the head) that it is alike in.

    `before` and `after`: for apps the mode (`pinned` added after a space), for settings the value, for raw keys the
    fields; None where nothing is wished. It holds from `start` (None: at once) until and including `end` (None: for good).
    `tightness` is `tighter`, `looser` or empty; with `loses`, those who use the devices lose something by it. `reach`: whom
    its groups are.
    """

    wish: Wish
    audience: str
    before: Json
    after: Json
    start: date | None = None
    end: date | None = None
    groups: tuple[str, ...]
    origins: tuple[Origin, ...]
    tightness: str = ""
    loses: bool = False
    reach: Reach = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Both states on one day."""

    day: date
    base: DesiredState
    head: DesiredState


_Key: TypeAlias = tuple[str, Wish]
_Pair: TypeAlias = tuple[Json, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A change of one group that has begun and not yet ended."""

    pair: _Pair
    start: date | None
    origin: Origin | None


def compare_wishes(days: Sequence[Day], renames: Renames, table: SettingsTable) -> tuple[WishChange, ...]:
    """Of the groups that both states have, on each of `days` (in order, the first is today)."""
    found: dict[tuple[object, ...], WishChange] = {}
    for group, wish, seen, end in _periods(days, renames, table):
        audience = days[0].head.groups[group].group.audience
        key = (wish, audience, *map(spelled, seen.pair), seen.start, end)
        origins = (seen.origin,) if seen.origin else ()
        known = found.get(key)
        if known is None:
            found[key] = _judged(_change(group, wish, audience, seen, end, origins), table)
        else:
            more = tuple(one for one in origins if _whose(one) not in map(_whose, known.origins))
            found[key] = replace(known, groups=(*known.groups, group), origins=(*known.origins, *more))
    return tuple(sorted((replace(one, groups=tuple(sorted(one.groups))) for one in found.values()), key=_order))


def _order(one: WishChange) -> tuple[str, ...]:
    start = one.start.isoformat() if one.start else ""
    return (one.wish.kind, one.wish.id, one.wish.within, start, one.audience, spelled(one.after), *one.groups[:1])


def _whose(origin: Origin) -> tuple[str, str]:
    return origin.layer.value, origin.owner


def _change(
    group: str, wish: Wish, audience: str, seen: _Open, end: date | None, origins: tuple[Origin, ...]
) -> WishChange:
    before, after = seen.pair
    return WishChange(
        wish=wish,
        audience=audience,
        before=before,
        after=after,
        start=seen.start,
        end=end,
        groups=(group,),
        origins=origins,
    )


def _periods(
    days: Sequence[Day], renames: Renames, table: SettingsTable
) -> Iterator[tuple[str, Wish, _Open, date | None]]:
    """Each difference with the days that it begins and ends on; what holds on and on is told once."""
    running: dict[_Key, _Open] = {}
    for number, one in enumerate(days):
        today = dict(_differing(one, renames, table))
        for key in [key for key, seen in running.items() if key not in today or _other(today[key], seen)]:
            yield (*key, running.pop(key), one.day - _DAY)
        for key, seen in today.items():
            if key not in running:
                running[key] = replace(seen, start=one.day if number else None)
    for key, seen in running.items():
        yield (*key, seen, None)


def _other(now: _Open, before: _Open) -> bool:
    return [*map(spelled, now.pair)] != [*map(spelled, before.pair)]


def _differing(one: Day, renames: Renames, table: SettingsTable) -> Iterator[tuple[_Key, _Open]]:
    for key, state in one.head.groups.items():
        was = one.base.groups.get(renames.groups.get(key, ""))
        if was is None or state.group.audience == _STORAGE:
            continue
        before, after = all_wishes(was.effective, table), all_wishes(state.effective, table)
        for wish in {**before, **after}:
            old, new = before.get(wish), after.get(wish)
            if old is None or new is None or spelled(old[0]) != spelled(new[0]):
                pair = (old[0] if old else None, new[0] if new else None)
                yield (key, wish), _Open(pair=pair, start=None, origin=(new or old or (None, None))[1])


_Said: TypeAlias = Mapping[Wish, tuple[Json, Origin | None]]


def all_wishes(effective: Effective, table: SettingsTable) -> _Said:
    """What holds at a group, by wish, with the line that decides. The order of a list counts only where it does for the setting."""
    apps = {
        Wish(kind="app", id=one.app, within=one.session): (_mode(one.mode, one.pinned), _first(one.origins))
        for one in effective.apps.values()
    }
    settings = {
        Wish(kind="setting", id=one.setting): (_value(one, table), _first(one.origins))
        for one in effective.settings.values()
    }
    raw = {
        Wish(kind="raw", id=one.schema, within=one.reach): (plain(one.fields, ordered=True), _first(one.origins))
        for one in effective.raw.values()
    }
    return {**apps, **settings, **raw}


def _value(one: EffectiveSetting, table: SettingsTable) -> Json:
    setting = table.settings.get(one.setting)
    return plain(one.value, ordered=setting is None or setting.order.kind not in LIST_KINDS)


def _mode(mode: str, pinned: bool) -> str:
    return f"{mode} pinned" if pinned else mode


def _first(origins: Sequence[Origin]) -> Origin | None:
    return origins[0] if origins else None


def gets(mode: Json) -> bool:
    """Whether who is in the group can use the app."""
    return isinstance(mode, str) and mode.split(" ")[0] in GETS


def _judged(change: WishChange, table: SettingsTable) -> WishChange:
    if change.wish.kind == "app":
        return replace(change, loses=gets(change.before) and not gets(change.after))
    setting = table.settings.get(change.wish.id)
    if change.wish.kind != "setting" or setting is None:
        return change
    tightness = _tightness(setting, change.before, change.after)
    return replace(
        change, tightness=tightness, loses=bool(setting.loses) and _takes(setting, change.before, change.after)
    )


def _tightness(setting: Setting, before: Json, after: Json) -> str:
    """Only of two values of ours: what the system does where nothing is set is not in the files."""
    if None in (before, after) or "inherit" in (before, after):
        return ""
    found = compare(setting.order, before, after)
    return found.value if found in (Tightness.tighter, Tightness.looser) else ""


def _takes(setting: Setting, before: Json, after: Json) -> bool:
    """Whether the value takes something away: it is tighter, or is set where nothing was, as far as it is lost at."""
    if after in (None, "inherit"):
        return False
    order = setting.order
    if order.kind == "ladder" and (after not in order.ladder or not _is_lost_at(setting, str(after))):
        return False
    if order.kind == "free" and isinstance(after, Sequence) and not isinstance(after, str):
        return any(entry not in entries(after) for entry in entries(before))
    if before in (None, "inherit"):
        return bool(after)
    return compare(order, before, after) is Tightness.tighter


def _is_lost_at(setting: Setting, word: str) -> bool:
    ladder = setting.order.ladder
    return ladder.index(word) >= ladder.index(setting.loses_from or ladder[-1])
