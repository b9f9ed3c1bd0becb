"""Profiles made, changed, linked and taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconciler.adapters.mark import write_mark
from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.artifacts import (
    DEVICE,
    PROFILE,
    Artifact,
    changed_artifact,
    is_marked,
    keys_in,
    new_artifact,
    new_version,
    payload_keys,
    read_artifacts,
)
from reconciler.adapters.zentral.links import changed_link, is_idle, new_link
from reconciler.adapters.zentral.live import live_settings
from reconciler.adapters.zentral.names import mark_key
from reconciler.adapters.zentral.refusals import Refusal, Refusals
from reconciler.adapters.zentral.sending import delete, delete_if_let, send_made, write_each
from reconciler.adapters.zentral.session import Session
from reconciler.apple.checking import check_payload
from reconciler.apple.profile import compose
from reconciler.apple.published import load_published
from reconciler.model.change import Change
from reconciler.model.place import Json
from reconciler.model.resource import Mark
from reconciler.planning.canonical import same_fields


def write_settings(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """All lists were read right before. Content first, then the link: what has no link has no effect, and is taken up next time."""
    live = {one.key: one.fields for one in live_settings(session)}

    def write(change: Change) -> None:
        if change.after is None:
            _delete(session, change)
            return
        _refuse_unseen(change, live.get(change.key))
        _put(session, change)

    write_each(changes, refusals, write)


def _refuse_unseen(change: Change, live: Mapping[str, Json] | None) -> None:
    """A version is written whole: what somebody has put into it since the plan would go without having been shown."""
    if live is None or change.before is None:
        return
    unseen = sorted(live.keys() - change.before.keys() - (change.after or {}).keys())
    if unseen:
        values = {"group": change.key.target[1:], "payload": change.key.part, "keys": ", ".join(unseen)}
        raise Refusal("ZENTRAL-PROFILE-CHANGED", **values)


def _put(session: Session, change: Change) -> None:
    after = dict(change.after or {})
    name, platform, payload = str(after["name"]), str(after["platform"]), change.key.part
    source = _composed(session, change.key.target, payload, name, platform, payload_keys(after))
    tag = session.known_tags().ours.get(change.key.target)
    if tag is None:
        raise Refusal("ZENTRAL-TAG-GONE", group=change.key.target[1:])
    artifact = _artifact(session, change, name)
    _version(session, artifact, payload, platform, payload_keys(after), change.compare, source)
    _link(session, artifact, tag.id, platform)


def _composed(session: Session, ref: str, payload: str, name: str, platform: str, keys: Mapping[str, Json]) -> bytes:
    """The profile; refused where Apple's published keys speak against it, whoever planned it and with which version of ours."""
    problems = check_payload(payload, keys, platform=platform, published=load_published())
    if problems:
        raise Refusal(problems[0].code, **{**problems[0].values, "payload": payload, "key": problems[0].key})
    key = mark_key(ref, payload)
    description = write_mark("", Mark(org=session.org, key=key))
    return compose(payload, keys, org=session.org, key=key, name=name, description=description)


def _artifact(session: Session, change: Change, name: str) -> Artifact:
    """The plan's, or one of that name which an earlier attempt made; else a new one."""
    artifacts = session.artifacts or {}
    known = artifacts.get(change.vendor_id) or session.artifact_named(name)
    if known is None:
        made = send_made(session, api.create(api.ARTIFACTS, new_artifact(name, PROFILE)))
        session.read_artifacts()
        return read_artifacts([made])[str(made["id"])]
    versions = (session.versions or {}).get(known.id, [])
    if known.id != change.vendor_id and (known.sort, known.channel) != (PROFILE, DEVICE):
        raise Refusal("ZENTRAL-NAME-TAKEN", name=name, group=change.key.target[1:])
    if versions and not is_marked(versions, session.org):
        raise Refusal("ZENTRAL-NAME-TAKEN", name=name, group=change.key.target[1:])
    if known.name != name or not known.auto_update:
        session.http.send(api.replace_whole(api.ARTIFACTS, known.id, changed_artifact(known, name)))
    return known


def _version(
    session: Session,
    artifact: Artifact,
    payload: str,
    platform: str,
    keys: Mapping[str, Json],
    compare: Mapping[str, str],
    source: bytes,
) -> None:
    """A new one on top, unless the newest says the same to the same devices already, under our mark."""
    versions = (session.versions or {}).get(artifact.id, [])
    if versions:
        newest = versions[0]
        same = same_fields(keys_in(newest, payload), keys, compare) and newest.mark is not None
        if same and newest.scope.is_everybody and newest.scope.platforms == {platform}:
            return
    number = versions[0].number + 1 if versions else 1
    body = {**new_version(artifact.id, number, platform), "source": api.encoded(source)}
    send_made(session, api.create(api.PROFILES, body))


def _link(session: Session, artifact: Artifact, tag: int, platform: str) -> None:
    known = session.link_of(artifact.id)
    if known is None:
        body = new_link(session.blueprint or 0, artifact.id, {platform}, {tag})
        send_made(session, api.create(api.LINKS, body))
        return
    link = session.fresh_link(known.id)
    right = link.scope.share(tag) == 100 and platform in link.scope.platforms and link.scope.default == 0
    if not right:
        body = changed_link(link, {tag: True}, {platform}, default=0)
        session.http.send(api.replace_whole(api.LINKS, link.id, body))


def _delete(session: Session, change: Change) -> None:
    """Our part of the link, the link where nobody else has a part in it, and then what the server lets go."""
    tag = session.known_tags().ours.get(change.key.target)
    known = session.link_of(change.vendor_id)
    if known is None or tag is None:
        return
    link = session.fresh_link(known.id)
    if link.scope.default and "default_shard" not in (change.before or {}):
        raise Refusal(
            "ZENTRAL-PROFILE-CHANGED", group=change.key.target[1:], payload=change.key.part, keys="default_shard"
        )
    if not is_idle(replace(link, scope=replace(link.scope, default=0)), {tag.id}):
        body = changed_link(link, {tag.id: False}, default=0)
        session.http.send(api.replace_whole(api.LINKS, link.id, body))
        return
    delete(session, api.LINKS, link.id)
    delete_if_let(session, api.ARTIFACTS, change.vendor_id)
