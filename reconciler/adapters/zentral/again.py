"""Reading again, right before and after a write: the lists that the changes' resources stand in, each once."""

from collections.abc import Mapping, Sequence

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.live import live_apps, live_assignments, live_settings
from reconciler.adapters.zentral.reading import enrolled_devices
from reconciler.adapters.zentral.refusals import BROKEN
from reconciler.adapters.zentral.session import CONCURRENT_READS, Session
from reconciler.adapters.zentral.tags import chunks
from reconciler.http.failures import HttpFailure
from reconciler.http.reads import read_all, values
from reconciler.model.adapter import Seen
from reconciler.model.change import Change
from reconciler.model.place import Json
from reconciler.model.resource import Key, Live
from reconciler.planning.canonical import same_fields

_LISTS: Mapping[str, Sequence[str]] = {
    "group": ("tags",),
    "membership": ("tags",),
    "setting": ("tags", "links", "artifacts", "profiles"),
    "assignment": ("tags", "links", "artifacts", "store_apps", "assets"),
    "app": ("links", "artifacts", "store_apps", "assets"),
}

ELSEWHERE = "@…"
"""Stands for a tag of our taxonomy that the plan didn't know of on a device: setting another would take it off unseen."""


def read_again(session: Session, changes: Sequence[Change]) -> Mapping[Key, Seen]:
    """What is there now of these changes' resources. A list that can't be read says so for the changes that need it."""
    seen: dict[Key, Seen] = {}
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.key.kind, []).append(change)
    for kind, found in by_kind.items():
        try:
            seen |= _read_kind(session, kind, found)
        except HttpFailure as failure:
            seen |= {change.key: Seen(read=False, reason=failure.code) for change in found}
    return seen


def _read_kind(session: Session, kind: str, changes: Sequence[Change]) -> dict[Key, Seen]:
    session.read([*_LISTS[kind], *(["blueprint"] if session.blueprint is None else [])])
    if kind == "setting":
        _look_for_apps(session)
    if kind == "group":
        return {change.key: _group(session, change) for change in changes}
    if kind == "membership":
        return _memberships(session, changes)
    live = {"setting": live_settings, "assignment": live_assignments, "app": live_apps}[kind](session)
    by_key = {one.key: one for one in live}
    seen = {change.key: _value(by_key.get(change.key)) for change in changes}
    return _undelivered(session, changes, seen) if session.without_licences() else seen


def _look_for_apps(session: Session) -> None:
    """Whether one of them keeps the blueprint from being put together; who may not see them goes on without knowing."""
    try:
        session.read_store_apps()
    except HttpFailure:
        session.store_apps = None


def _value(live: Live | None) -> Seen:
    return Seen(read=True, fields=live.fields if live else None)


def _undelivered(session: Session, changes: Sequence[Change], seen: Mapping[Key, Seen]) -> dict[Key, Seen]:
    """In a blueprint that can't be put together what was written stands in the lists and reaches nobody: then nothing is known of it.

    But for what takes the app away that is to blame.
    """
    apps, lacking = session.apps(), {one.id for one in session.without_licences()}
    mending = {app.part for app in (apps.by_part.values() if apps else ()) if app.artifact.id in lacking}
    return {
        change.key: Seen(read=False, reason=BROKEN)
        if change.key.part not in mending and _is_written(change, seen[change.key].fields)
        else seen[change.key]
        for change in changes
    }


def _is_written(change: Change, live: Mapping[str, Json] | None) -> bool:
    if live is None or change.after is None:
        return live is change.after
    return same_fields(
        {name: value for name, value in live.items() if name in change.after}, change.after, change.compare
    )


def _group(session: Session, change: Change) -> Seen:
    """By its id where the plan knows one, whatever it is called now; a new one by its name in our taxonomy."""
    tags = session.known_tags()
    tag = tags.by_id.get(int(change.vendor_id)) if change.vendor_id else tags.ours.get(change.key.target)
    if tag is None or tag.taxonomy != tags.taxonomy:
        return Seen(read=True)
    return Seen(read=True, fields={"name": tag.name})


def _memberships(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """In which of the groups concerned each device is; one that is no longer enrolled is nowhere at all."""
    tags = session.known_tags()
    members = [member for change in changes for member in change.members]
    refs = {ref for member in members for ref in (*member.before, *member.after)}
    enrolled = {one.serial for one in enrolled_devices(session)}
    concerned = [tags.ours[ref].id for ref in sorted(refs) if ref in tags.ours]
    others = [tag for tag in (*tags.refs, *(tag.id for tag in tags.by_hand)) if tag not in concerned]
    asked = [[tag] for tag in concerned] + chunks(others, api.TAGS)
    found = values(
        read_all(lambda some: session.serials_with(some, len(enrolled)), asked, concurrency=CONCURRENT_READS)
    )
    inside: dict[str, set[str]] = {}
    for some, serials in zip(asked, found, strict=True):
        inside.setdefault(tags.refs[some[0]] if some[0] in concerned else ELSEWHERE, set()).update(serials)
    return {change.key: _seen_members(change, inside, enrolled) for change in changes}


def _seen_members(change: Change, inside: Mapping[str, set[str]], enrolled: set[str]) -> Seen:
    places = {
        member.device: tuple(ref for ref in sorted(inside) if member.device in inside[ref])
        for member in change.members
        if member.device in enrolled
    }
    return Seen(read=True, places=places)
