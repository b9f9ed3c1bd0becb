"""Writing to a tenant: changes packed so that twenty go out in one call, each call sent, each part with its own outcome."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from reconciler.adapters.intune import api
from reconciler.adapters.intune.apps import Wanted, new_app_body
from reconciler.adapters.intune.catalogue import rows_of_others as app_rows_of_others
from reconciler.adapters.intune.families import (
    LivePolicy,
    is_unset,
    mark_key,
    policy_body,
    read_policy,
    sort_of,
    unset,
)
from reconciler.adapters.intune.gone import without_gone
from reconciler.adapters.intune.groups import group_body, new_group_body, unique_name
from reconciler.adapters.intune.joining import write_memberships
from reconciler.adapters.intune.reading import own_policies
from reconciler.adapters.intune.refusals import InUse, NotSettled, Refusals, TargetGone
from reconciler.adapters.intune.rows import group_of, merge, policy_rows
from reconciler.adapters.intune.session import Session, is_unsettled
from reconciler.adapters.intune.sharing import policy_to_take_up, rows_of_others
from reconciler.adapters.mark import write_mark
from reconciler.http.failures import HttpFailure, Invalid, NotFound, OutcomeUnknown
from reconciler.http.request import Reply, Request
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Mark

_LANES = {"group": "directory", "membership": "directory", "setting": "config", "assignment": "apps", "app": "apps"}


def pack(changes: Sequence[Change]) -> list[Batch]:
    """Twenty things to a batch: groups, policies of one kind of call, apps with all that changes about each of them."""
    batches: list[Batch] = []
    ordered = sorted(changes, key=lambda change: (_sort(change), change.key.part, change.key))
    for sort, same in groupby(ordered, key=_sort):
        units = [list(found) for _, found in groupby(same, key=_unit)]
        for start in range(0, len(units), api.PARTS):
            chunk = tuple(change for unit in units[start : start + api.PARTS] for change in unit)
            batches.append(Batch(lane=_LANES[sort[0]], changes=chunk))
    return batches


def _sort(change: Change) -> tuple[str, str, bool]:
    part = sort_of(change.key.part) if change.key.kind == "setting" else ""
    return change.key.kind, part, change.after is None


def _unit(change: Change) -> object:
    """What one request carries: all rows of an app, since a set is replaced whole; else one change."""
    return change.key.part if change.key.kind == "assignment" else change.key


def write(session: Session, batch: Batch) -> None:
    """Send one batch. Raises Refusals with the failure of each change that has one; the reader finds out what took effect."""
    writers: Mapping[str, Callable[[Session, Sequence[Change], Refusals], None]] = {
        "group": _write_groups,
        "membership": write_memberships,
        "setting": _write_policies,
        "assignment": _write_assignments,
        "app": _write_apps,
    }
    refusals = Refusals()
    writers[batch.changes[0].key.kind](session, batch.changes, refusals)
    if refusals.by_key:
        raise refusals


@dataclass(slots=True, kw_only=True)
class Call:
    """One request for one or several changes, and what to do with its reply.

    `fresh`: it needs something that this run has only just made, so that "unknown" may mean "not everywhere yet".
    `otherwise`: what to send instead where it is refused as invalid, or None.
    """

    request: Request
    keys: Sequence[Key]
    then: Callable[[Reply], None] = field(default=lambda _: None)
    fresh: bool = False
    otherwise: Callable[[], Request | None] = field(default=lambda: None)


def _send(session: Session, calls: Sequence[Call], refusals: Refusals) -> None:
    """All of them; where something is new, what only says that it isn't known everywhere is tried again within bounds."""
    left = list(calls)

    def attempt() -> bool:
        nonlocal left
        again: list[Call] = []
        for call, outcome in zip(left, session.send([call.request for call in left]), strict=True):
            if isinstance(outcome, Reply):
                call.then(outcome)
            elif call.request.method == "DELETE" and isinstance(outcome, NotFound):
                call.then(Reply(status=204, data=None))  # what isn't there any more has nothing left to be deleted
            elif call.fresh and is_unsettled(outcome):
                again.append(call)
            elif isinstance(outcome, Invalid) and (request := call.otherwise()):
                again.append(replace(call, request=request, otherwise=lambda: None))
            else:
                refusals.add(call.keys, outcome)
        left = again
        return not left

    session.settle(attempt)
    for call in left:
        refusals.add(call.keys, NotSettled())


def _write_groups(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    calls: list[Call] = []
    for change in changes:
        if change.after is None:
            calls.append(_deletion(session, change))
        elif change.action is Action.CREATE:
            calls.append(_creation(session, change))
        else:
            group = session.known_groups().by_id.get(change.vendor_id)
            if group is None:
                refusals.add([change.key], TargetGone(change.key.target))
                continue
            body = group_body(str(change.after["name"]), _mark(session, change), group.description)
            then = _remembering(session, {**body, "id": group.id})
            calls.append(Call(request=api.patch_group(group.id, body), keys=[change.key], then=then))
    _send(session, calls, refusals)


def _mark(session: Session, change: Change) -> Mark:
    return Mark(org=session.org, key=str((change.after or {})["mark"]))


def _remembering(session: Session, item: Mapping[str, Json]) -> Callable[[Reply], None]:
    """Also when, since reads may show what was there before for some seconds."""

    def then(_: Reply) -> None:
        session.remember_group(item)
        session.changed[str(item["id"])] = (session.clock.monotonic(), item)

    return then


def _creation(session: Session, change: Change) -> Call:
    """By unique name. One that a renamed group still bears is left to it: an upsert would take that group over."""
    ref = change.key.target
    taken = {group.unique_name for group in session.known_groups().by_id.values()}
    base = unique_name(session.org, ref)
    unique = next(name for name in _names(base) if name not in taken)
    body = new_group_body(str((change.after or {})["name"]), _mark(session, change), ref)

    def then(reply: Reply) -> None:
        if isinstance(reply.data, dict) and reply.data.get("id"):
            session.remember_group({**body, "uniqueName": unique, "id": reply.data["id"]}, made=True)
        else:  # it was there already: an attempt whose answer was lost
            found = session.graph.send(api.find_group(unique)).data
            session.remember_group(found if isinstance(found, dict) else {}, made=True)

    return Call(request=api.upsert_group(unique, body), keys=[change.key], then=then)


def _names(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}.{number}"
        number += 1


def _deletion(session: Session, change: Change) -> Call:
    def then(_: Reply) -> None:
        session.forget_group(change.vendor_id)

    return Call(request=api.delete_group(change.vendor_id), keys=[change.key], then=then)


def _write_policies(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """Made or changed first, then assigned: one that nobody is assigned to has no effect, and is taken up again next time."""
    sort = sort_of(changes[0].key.part)
    if changes[0].after is None:
        _send(session, [_policy_deletion(session, sort, change) for change in changes], refusals)
        return
    ids: dict[Key, str] = {}
    calls: list[Call] = []
    marked = own_policies(session)
    for change in changes:
        known = _known_policy(session, marked, change)
        if known:
            ids[change.key] = known
        calls.append(_policy_call(session, sort, change, known, ids))
    _send(session, calls, refusals)
    if _in_doubt(changes, refusals):
        session.policies = {other: known for other, known in session.policies.items() if other != sort}
    assigned: list[Call] = []
    for change in changes:
        if change.key in refusals.by_key or change.key not in ids:
            continue
        group = session.group_id(change.key.target)
        if group is None:
            refusals.add([change.key], TargetGone(change.key.target))
            continue
        live = session.policies.get(sort, {}).get(ids[change.key])
        if live is None or group not in live.assigned:
            rows = policy_rows(group, live.rows if live else ())
            assign = partial(api.assign_policy, sort, ids[change.key])
            fresh = not change.vendor_id or session.is_new(group)
            otherwise = partial(_without_gone, session, rows, assign)
            assigned.append(Call(request=assign(rows), keys=[change.key], fresh=fresh, otherwise=otherwise))
    _send(session, assigned, refusals)


def _in_doubt(changes: Sequence[Change], refusals: Refusals) -> bool:
    """Whether something may have been made without our learning its id: who asks next has to read the whole list again."""
    made = (refusals.by_key.get(change.key) for change in changes if change.action is Action.CREATE)
    return any(isinstance(failure, OutcomeUnknown) for failure in made)


def _known_policy(session: Session, marked: Mapping[tuple[str, str], Sequence[LivePolicy]], change: Change) -> str:
    """The plan's policy, or one with our mark that an earlier attempt made and nobody assigned."""
    if change.vendor_id:
        return change.vendor_id
    alike = marked.get((change.key.target, change.key.part), ())
    found = policy_to_take_up(session, alike, change.key.target)
    return found.id if found else ""


def _policy_call(session: Session, sort: str, change: Change, known: str, ids: dict[Key, str]) -> Call:
    after = dict(change.after or {})
    name, family = str(after.pop("name")), change.key.part
    mark = Mark(org=session.org, key=mark_key(change.key.target, family))
    live = session.policies.get(sort, {}).get(known)
    if known and sort != "catalog" and live:
        # A property that is left out keeps its value, so what nobody wants any more is given back by name.
        extra = [item for item, value in live.fields.items() if item not in after and not is_unset(item, value)]
        after |= {item: unset(item, live.fields[item]) for item in extra}
    body = policy_body(family, name, mark, after, description=live.description if live else "", new=not known)

    def then(reply: Reply) -> None:
        data = reply.data if isinstance(reply.data, dict) else {}
        if not known and data.get("id"):
            ids[change.key] = str(data["id"])
            session.remember_policy(sort, read_policy({**body, "id": data["id"]}, sort))

    request = api.update_policy(sort, known, body) if known else api.create_policy(sort, body)
    return Call(request=request, keys=[change.key], then=then)


def _policy_deletion(session: Session, sort: str, change: Change) -> Call:
    """Deleted, unless others have it too: then it only leaves our group."""
    live = session.policies.get(sort, {}).get(change.vendor_id)
    if live is not None and rows_of_others(session, live, change.key.target):
        group = session.group_id(change.key.target)
        rows = [{"target": row["target"]} for row in live.rows if group_of(row) != group]
        assign = partial(api.assign_policy, sort, live.id)
        otherwise = partial(_without_gone, session, rows, assign)
        return Call(request=assign(rows), keys=[change.key], otherwise=otherwise)

    def then(_: Reply) -> None:
        session.forget_policy(sort, change.vendor_id)

    return Call(request=api.delete_policy(sort, change.vendor_id), keys=[change.key], then=then)


def _write_assignments(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """The set of each app as it is right now, with our rows in it: everyone else's go out again as they came in."""
    by_app: dict[str, list[Change]] = {}
    for change in changes:
        app = session.known_apps().by_part.get(change.key.part)
        if app is None:
            refusals.add([change.key], TargetGone(change.key.part))
        else:
            by_app.setdefault(app.id, []).append(change)
    _await_publishing(session, list(by_app))
    calls: list[Call] = []
    outcomes = session.send([api.list_assignments(app) for app in by_app])
    for (identity, found), outcome in zip(by_app.items(), outcomes, strict=True):
        keys = [change.key for change in found]
        if isinstance(outcome, HttpFailure):
            refusals.add(keys, outcome)
            continue
        changed = _rows_by_group(session, found, refusals)
        if changed:
            keys = [key for key in keys if key not in refusals.by_key]
            live = list(session.rest(outcome))
            rows = merge(live, changed, found[0].key.part.partition(":")[0])
            if not rows:
                calls += [Call(request=api.delete_assignment(identity, str(row["id"])), keys=keys) for row in live]
                continue
            assign, fresh = partial(api.assign_app, identity), any(map(session.is_new, changed))
            otherwise = partial(_without_gone, session, rows, assign)
            calls.append(Call(request=assign(rows), keys=keys, fresh=fresh, otherwise=otherwise))
    _send(session, calls, refusals)


def _without_gone(
    session: Session, rows: Sequence[Mapping[str, Json]], assign: Callable[[Sequence[Mapping[str, Json]]], Request]
) -> Request | None:
    """The same set without the groups that are no more; None where all are there."""
    left = without_gone(session, rows)
    return assign(left) if len(left) < len(rows) else None


def _await_publishing(session: Session, apps: Sequence[str]) -> None:
    """An app that was only just made can't be assigned until Intune has published it."""
    left = [app for app in apps if not session.known_apps().by_id[app].published]

    def read() -> bool:
        nonlocal left
        for outcome in session.send([api.get_app(app) for app in left]):
            if isinstance(outcome, Reply) and isinstance(outcome.data, dict):
                session.remember_app(outcome.data)
        left = [
            app for app in left if app in session.known_apps().by_id and not session.known_apps().by_id[app].published
        ]
        return not left

    if left:
        session.settle(read)


def _rows_by_group(
    session: Session, changes: Sequence[Change], refusals: Refusals
) -> dict[str, Mapping[str, Json] | None]:
    changed: dict[str, Mapping[str, Json] | None] = {}
    for change in changes:
        group = session.group_id(change.key.target)
        if group is None:
            refusals.add([change.key], TargetGone(change.key.target))
        else:
            changed[group] = change.after
    return changed


def _write_apps(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    calls: list[Call] = []
    for change in changes:
        if change.after is None:
            app = session.known_apps().by_id.get(change.vendor_id)
            if app is not None and app_rows_of_others(app, session.known_groups()):
                refusals.add([change.key], InUse(app.name))
            else:
                calls.append(_app_deletion(session, change))
        elif change.action is Action.CREATE:
            calls.append(_app_creation(session, change))
        else:
            sort = change.key.part.partition(":")[0]
            body: dict[str, Json] = {
                "@odata.type": f"#microsoft.graph.{sort}",
                "displayName": change.after["name"],
            }
            calls.append(Call(request=api.patch_app(change.vendor_id, body), keys=[change.key]))
    _send(session, calls, refusals)
    if _in_doubt(changes, refusals):
        session.apps = None


def _app_creation(session: Session, change: Change) -> Call:
    facts = change.facts
    sort = change.key.part.partition(":")[0]
    wanted = Wanted(
        app=str(facts["app"]),
        name=str((change.after or {})["name"]),
        platform=str(facts["platform"]),
        sort=sort,
        bundle_or_package=str(facts["identifier"]),
        store_id="",
    )
    notes = write_mark("", Mark(org=session.org, key=f"app/{wanted.app}/{wanted.platform}"))
    body = new_app_body(wanted, notes)

    def then(reply: Reply) -> None:
        if isinstance(reply.data, dict):
            session.remember_app({**body, **reply.data})

    return Call(request=api.create_app(body), keys=[change.key], then=then)


def _app_deletion(session: Session, change: Change) -> Call:
    def then(_: Reply) -> None:
        session.remember_app(None, gone=change.vendor_id)

    return Call(request=api.delete_app(change.vendor_id), keys=[change.key], then=then)
