"""What changes in the council's records: apps that come, go, change status or are described otherwise. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from reconciler.catalogue.depth import PERSONAL, missing, missing_for_approval
from reconciler.model.desired import DesiredState, GroupState
from reconciler.model.documents import App, Documents
from reconciler.model.place import Json
from reconciler.model.vetting import APPROVED, DECIDED, PROPOSED, QUEUED, Decision, Request, Vetting, vetting_of
from reconciler.review.differing import Difference, differences, plain
from reconciler.review.money import NO_COST, Cost, cost_of
from reconciler.review.people import NOBODY, Reach, reach_of
from reconciler.review.renames import Renames
from reconciler.review.told import ADDED, CHANGED, REMOVED
from reconciler.review.wishes import gets

SCHEMA: Final = "app-catalog#app"
_WAITING: Final = frozenset({PROPOSED, QUEUED})

_TOLD_APART: Final = frozenset({"status", "decision", "conditions", "withdrawn_from", "id", "previously"})
"""What an app's change says in words of its own, beside the list of other keys."""
_DECIDED_WITH: Final = frozenset({"queued", "history"})
"""What a new status moves by itself."""
_DEEP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChange:
    """`status` and `was` are empty where the app isn't in that revision; `called` is its earlier id if that differs.

    `missing` are the keys (`data_protection.agreement`) that its status and risk ask for and the record doesn't have;
    `lacking` are those that a proposed or queued one needs before it can be approved.
    `decision` is the record's, `decided_anew` whether it differs from the one before, `off_agenda` whether the new one is of
    a meeting whose agenda doesn't have the app. `use` and `used` are the groups that
    get it by the day's files, after and before; `cost` and `costed` likewise. `request`: who asked for it, and why.
    """

    id: str
    name: str
    action: str
    called: str = ""
    status: str
    was: str
    decision: Decision | None = None
    decided_anew: bool = False
    off_agenda: bool = False
    conditions: tuple[str, ...] = ()
    conditions_were: tuple[str, ...] = ()
    conditions_anew: bool = False
    withdrawn_from: str = ""
    missing: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    fields: tuple[Difference, ...] = ()
    use: Reach
    used: Reach
    cost: Cost
    costed: Cost
    note: str = ""
    request: Request | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """Who gets each app on one day of one revision."""

    groups: Mapping[str, GroupState]
    by_app: Mapping[str, Sequence[GroupState]]


def users_of(state: DesiredState) -> Users:
    """Groups in storage use nothing."""
    found: dict[str, list[GroupState]] = {}
    for one in state.groups.values():
        if one.group.audience != "storage":
            for app in dict.fromkeys(entry.app for entry in one.effective.apps.values() if gets(entry.mode)):
                found.setdefault(app, []).append(one)
    return Users(groups=state.groups, by_app=found)


def compare_apps(
    base: Documents, head: Documents, renames: Renames, before: Users, after: Users
) -> tuple[AppChange, ...]:
    """By id or former id: which file an app stands in, and where in it, makes no difference."""
    old = {one.id: one for one in base.apps}
    pairs: list[tuple[App | None, App | None]] = [(old.get(renames.apps.get(one.id, "")), one) for one in head.apps]
    kept = set(renames.apps.values())
    pairs += [(one, None) for one in base.apps if one.id not in kept]
    found = [change for was, now in pairs if (change := _change(was, now, before, after)) is not None]
    agendas = {one.day: {item.app for item in one.agenda} for one in head.meetings}
    found = [replace(one, off_agenda=True) if _is_off(one, agendas) else one for one in found]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))


def _is_off(one: AppChange, agendas: Mapping[date | None, set[str]]) -> bool:
    agenda = agendas.get(one.decision.meeting) if one.decision and one.decided_anew and one.status else None
    return agenda is not None and agenda.isdisjoint({one.id, one.called})


def _change(was: App | None, now: App | None, before: Users, after: Users) -> AppChange | None:
    shown = now or was
    if shown is None or was == now:  # most of them, and that is seen soonest with their places
        return None
    old, new = (_record(one) if one else {} for one in (was, now))
    changed = differences(old, new, _DEEP)
    if was is not None and now is not None and not changed:
        return None
    used, costed = _use(was, before)
    use, cost = _use(now, after)
    record = vetting_of(shown)
    return AppChange(
        id=shown.id,
        name=shown.name,
        action=CHANGED if was and now else ADDED if now else REMOVED,
        called=was.id if was and now and was.id != now.id else "",
        status=now.status if now else "",
        was=was.status if was else "",
        decision=record.decision,
        decided_anew=_has(changed, "decision"),
        conditions=record.conditions,
        conditions_were=vetting_of(was).conditions if was else (),
        conditions_anew=_has(changed, "conditions"),
        withdrawn_from=record.withdrawn_from.isoformat() if record.withdrawn_from else "",
        missing=_missing(record) if now else (),
        lacking=tuple(one.key for one in missing_for_approval(record)) if now and now.status in _WAITING else (),
        fields=tuple(_told(changed)) if was and now else (),
        use=use,
        used=used,
        cost=cost,
        costed=costed,
        note=record.cost.note if record.cost else "",
        request=record.request,
    )


def _missing(record: Vetting) -> tuple[str, ...]:
    """With the decision and the agreement, which the depth leaves to other checks."""
    found = [one.key for one in missing(record)]
    if record.status in DECIDED and record.decision is None:
        found.insert(0, "decision")
    agreement = record.data_protection.agreement if record.data_protection else ""
    if record.status in APPROVED and record.personal_data in PERSONAL and not agreement:
        found.append("data_protection.agreement")
    return tuple(found)


def _record(app: App) -> Mapping[str, Json]:
    """Keys as in the file."""
    told = _mapping(plain(app))
    own = {key: value for key, value in told.items() if key not in ("vetting", "decision", "identities")}
    return {**own, **_mapping(told.get("vetting")), "platforms": _platforms(app)}


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _platforms(app: App) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for one in app.identities:
        found.setdefault(one.platform, {})[one.kind.replace("-", "_")] = one.id
    return dict(found)


def _has(changed: Sequence[Difference], key: str) -> bool:
    return any(one.path[0] == key for one in changed)


def _told(changed: Sequence[Difference]) -> Iterator[Difference]:
    moved = _TOLD_APART | (_DECIDED_WITH if _has(changed, "status") or _has(changed, "decision") else frozenset())
    yield from (one for one in changed if one.path[0] not in moved)


def _use(app: App | None, users: Users) -> tuple[Reach, Cost]:
    if app is None:
        return NOBODY, NO_COST
    groups = users.by_app.get(app.id, ())
    return reach_of((one.key for one in groups), users.groups), cost_of(vetting_of(app), groups)
