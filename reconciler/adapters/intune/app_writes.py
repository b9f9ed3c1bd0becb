"""Apps and their sets of assignments."""

from collections.abc import Mapping, Sequence
from functools import partial

from reconciler.adapters.intune import api
from reconciler.adapters.intune.apps import Wanted, new_app_body
from reconciler.adapters.intune.calls import Call, in_doubt, leaving_out_gone, send_calls
from reconciler.adapters.intune.catalogue import rows_of_others as app_rows_of_others
from reconciler.adapters.intune.refusals import InUse, Refusals, TargetGone
from reconciler.adapters.intune.rows import merge
from reconciler.adapters.intune.session import Session
from reconciler.adapters.mark import write_mark
from reconciler.http.failures import HttpFailure
from reconciler.http.request import Reply
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Mark


def write_assignments(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
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
            otherwise = partial(leaving_out_gone, session, rows, assign)
            calls.append(Call(request=assign(rows), keys=keys, fresh=fresh, otherwise=otherwise))
    send_calls(session, calls, refusals)


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


def write_apps(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
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
    send_calls(session, calls, refusals)
    if in_doubt(changes, refusals):
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
