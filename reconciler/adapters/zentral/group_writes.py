"""Tags made, renamed and deleted, in a taxonomy that is made with the first of them."""

from collections.abc import Sequence

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.refusals import Refusal, Refusals
from reconciler.adapters.zentral.sending import delete, send_made, write_each
from reconciler.adapters.zentral.session import Session
from reconciler.adapters.zentral.tags import Tag, new_tag, renamed
from reconciler.model.change import Change


def write_groups(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """The tags were read right before. Links and versions are read here: one that has come to exclude a tag keeps it from being deleted."""
    if any(change.after is None for change in changes):
        session.read(["links", "blueprint", "profiles", "store_apps"])
    write_each(changes, refusals, lambda change: _write(session, change))


def _write(session: Session, change: Change) -> None:
    tags = session.known_tags()
    tag = tags.by_id.get(int(change.vendor_id)) if change.vendor_id else None
    if change.after is None:
        if tag is not None:
            _delete(session, tag)
        return
    name = str(change.after["name"])
    _refuse_alike(session, change.key.target[1:], name, tag)
    if tag is not None:
        session.http.send(api.replace_whole(api.TAGS_PATH, str(tag.id), renamed(tag, name)))
    elif change.vendor_id:
        raise Refusal("ZENTRAL-TAG-GONE", group=change.key.target[1:])
    else:
        send_made(session, api.create(api.TAGS_PATH, new_tag(name, _taxonomy(session))))


def _refuse_alike(session: Session, group: str, name: str, own: Tag | None) -> None:
    """Sent all the same, it would be a server error, or somebody else's tag."""
    other = session.known_tags().in_the_way(name)
    if other is not None and (own is None or other.id != own.id):
        code = "ZENTRAL-TAG-TAKEN" if other.name == name else "ZENTRAL-TAG-ALIKE"
        raise Refusal(code, group=group, tag=name, other=other.name)


def _taxonomy(session: Session) -> int:
    """Ours; made where it is missing. Its name is unique, so that it is never made twice."""
    known = session.known_tags().taxonomy
    if known is None:
        made = send_made(session, api.create(api.TAXONOMIES, {"name": session.taxonomy}))
        known = int(made["id"])
        session.read_tags()
    return known


def _delete(session: Session, tag: Tag) -> None:
    scopes = [*(link.scope for link in session.known_links().values()), *session.version_scopes()]
    if any(tag.id in scope.tags for scope in scopes):
        raise Refusal("ZENTRAL-TAG-IN-USE", group=tag.name, tag=tag.name)
    delete(session, api.TAGS_PATH, str(tag.id))
