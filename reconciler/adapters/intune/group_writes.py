"""Groups made, renamed and deleted."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from reconciler.adapters.intune import api
from reconciler.adapters.intune.calls import Call, send_calls
from reconciler.adapters.intune.groups import group_body, new_group_body, unique_name
from reconciler.adapters.intune.refusals import Refusals, TargetGone
from reconciler.adapters.intune.session import Session
from reconciler.http.failures import NotFound
from reconciler.http.request import Reply
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Mark


def write_groups(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
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
    send_calls(session, calls, refusals)


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
            _look_up(session, unique)

    return Call(request=api.upsert_group(unique, body), keys=[change.key], then=then)


def _look_up(session: Session, unique: str) -> None:
    """Learn the id of a group that is there. Where that read is behind, the reads that follow ask for all groups again."""
    try:
        found = session.graph.send(api.find_group(unique)).data
    except NotFound:
        found = None
    if isinstance(found, dict) and found.get("id"):
        session.remember_group(found, made=True)
    else:
        session.read_groups()


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
