"""Store apps made and taken away, and the rows that give them to our groups."""

from collections.abc import Mapping, Sequence

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.apps import LiveApp, new_store_app, read_assets
from reconciler.adapters.zentral.artifacts import (
    DEVICE,
    STORE_APP,
    Artifact,
    changed_artifact,
    new_artifact,
    read_artifacts,
)
from reconciler.adapters.zentral.links import PLATFORMS, changed_link, is_idle, new_link, opens_for_others
from reconciler.adapters.zentral.refusals import Refusal, Refusals
from reconciler.adapters.zentral.sending import delete, delete_if_let, send_made, write_each
from reconciler.adapters.zentral.session import Session
from reconciler.http.failures import HttpFailure, Invalid
from reconciler.model.change import Change
from reconciler.model.place import Json


def write_assignments(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """Each app's link as it is right now, with our rows in it: everyone else's go out again as they came in."""
    by_part: dict[str, list[Change]] = {}
    for change in changes:
        by_part.setdefault(change.key.part, []).append(change)
    for part, found in by_part.items():
        keys = [change.key for change in found]
        try:
            _write_rows(session, part, found, refusals)
        except (HttpFailure, Refusal) as failure:
            refusals.add(keys, failure)


def _write_rows(session: Session, part: str, changes: Sequence[Change], refusals: Refusals) -> None:
    app = session.app(part)
    if app is None:
        raise Refusal("ZENTRAL-APP-GONE", app=changes[0].label or part)
    rows = _rows(session, app, changes, refusals)
    if not rows:
        return
    platforms = {one for change in changes if change.after for one in PLATFORMS if change.after.get(one) is True}
    if app.link is None:
        inside = {tag for tag, wanted in rows.items() if wanted}
        if inside:
            send_made(
                session, api.create(api.LINKS, new_link(session.blueprint or 0, app.artifact.id, platforms, inside))
            )
        return
    link = session.fresh_link(app.link.id)
    if opens_for_others(link, platforms, session.known_tags().refs):
        new = ", ".join(sorted(platforms - link.scope.platforms))
        raise Refusal(
            "ZENTRAL-APP-OPENS-PLATFORM", app=changes[0].label or part, artifact=app.artifact.name, platform=new
        )
    gone = {tag for tag, wanted in rows.items() if not wanted}
    if not app.own and len(gone) == len(rows) and is_idle(link, gone):
        delete(
            session, api.LINKS, link.id
        )  # somebody else's app, which nobody has any more: without us there was no link
        return
    session.http.send(api.replace_whole(api.LINKS, link.id, changed_link(link, rows, platforms)))


def _rows(session: Session, app: LiveApp, changes: Sequence[Change], refusals: Refusals) -> dict[int, bool]:
    """Tag → whether it is to have the app. A tag that the link excludes now is left as it is."""
    rows: dict[int, bool] = {}
    for change in changes:
        tag = session.known_tags().ours.get(change.key.target)
        group = change.key.target[1:]
        if tag is None:
            refusals.add([change.key], Refusal("ZENTRAL-TAG-GONE", group=group))
        elif change.after is not None and app.link is not None and tag.id in app.link.scope.excluded:
            refusals.add([change.key], Refusal("ZENTRAL-GROUP-EXCLUDED", app=change.label, group=group, tag=tag.name))
        else:
            rows[tag.id] = change.after is not None
    return rows


def write_apps(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    write_each(
        changes, refusals, lambda change: _delete(session, change) if change.after is None else _put(session, change)
    )


def _put(session: Session, change: Change) -> None:
    """Artifact, version and a link that reaches nobody yet. Each is made only where it is missing, whatever an earlier attempt did."""
    name = str((change.after or {})["name"])
    app = session.app(change.key.part)
    artifact = app.artifact if app is not None and app.own else _named(session, name, change)
    if app is None or not app.own or not app.versions:
        asset = _asset(session, change)
        known, artifact = artifact, artifact or _made(session, name, change)
        if not any(str(row.get("artifact")) == artifact.id for row in session.store_apps or ()):
            _version(session, new_store_app(artifact.id, asset), known)
    if artifact is None:
        raise Refusal("ZENTRAL-APP-GONE", app=change.label)
    if artifact.name != name or not artifact.auto_update:
        session.http.send(api.replace_whole(api.ARTIFACTS, artifact.id, changed_artifact(artifact, name)))
    _link(session, artifact, str(change.facts["platform"]))


def _version(session: Session, body: Mapping[str, Json], known: Artifact | None) -> None:
    """The first one. An artifact that has lost its licences keeps a bare number for good: the server refuses that, or breaks off."""
    try:
        send_made(session, api.create(api.STORE_APPS, body))
    except Invalid:
        if known is None:
            raise
        raise Refusal("ZENTRAL-APP-SPENT", artifact=known.name) from None


def _named(session: Session, name: str, change: Change) -> Artifact | None:
    """What an earlier attempt made of that name: a store app for devices, without a version or with this app's licences.

    Anything else of that name has come since the plan and is somebody's: it is not renamed, filled or given out.
    """
    known = session.artifact_named(name)
    if known is None:
        return None
    assets, adam_id = read_assets(session.assets or ()), str(change.facts.get("adam_id", ""))
    inside = [int(row["location_asset"]) for row in session.store_apps or () if str(row["artifact"]) == known.id]
    ours = all(one in assets and assets[one].adam_id == adam_id for one in inside)
    if (known.sort, known.channel) != (STORE_APP, DEVICE) or not ours:
        raise Refusal("ZENTRAL-NAME-TAKEN", name=name, group=change.label)
    return known


def _made(session: Session, name: str, change: Change) -> Artifact:
    made = send_made(session, api.create(api.ARTIFACTS, new_artifact(name, STORE_APP)))
    session.read_artifacts()
    artifact = read_artifacts([made])[str(made["id"])]
    if (artifact.sort, artifact.channel) != (STORE_APP, DEVICE):
        raise Refusal("ZENTRAL-NAME-TAKEN", name=name, group=change.label)
    return artifact


def _asset(session: Session, change: Change) -> int:
    """The plan's licences, if they are there still: a sync with Apple may have taken them away since."""
    wanted, adam_id = change.facts.get("asset"), str(change.facts.get("adam_id", ""))
    assets = read_assets(session.assets or ())
    found = assets.get(wanted) if isinstance(wanted, int) else None
    if found is None or found.adam_id != adam_id:
        raise Refusal("ZENTRAL-ASSET-GONE", app=change.label, adam_id=adam_id)
    return found.id


def _link(session: Session, artifact: Artifact, platform: str) -> None:
    known = session.link_of(artifact.id)
    if known is None:
        send_made(session, api.create(api.LINKS, new_link(session.blueprint or 0, artifact.id, {platform}, ())))
        return
    link = session.fresh_link(known.id)
    if link.scope.default:
        session.http.send(api.replace_whole(api.LINKS, link.id, changed_link(link, {}, default=0)))


def _delete(session: Session, change: Change) -> None:
    """The link, unless somebody's devices still get the app by it; the artifact where the server lets it go.

    Rows of ours went before. One that is left belongs to a group that keeps it: its removal failed, or is held.
    """
    known = session.link_of(change.vendor_id)
    if known is None:
        return
    link = session.fresh_link(known.id)
    if not is_idle(link):
        raise Refusal("ZENTRAL-APP-IN-USE", app=change.label)
    delete(session, api.LINKS, link.id)
    delete_if_let(session, api.ARTIFACTS, change.vendor_id)
