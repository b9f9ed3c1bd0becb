"""Writing to a tenant: changes packed into as few calls as Google's rules and quotas allow, and each call sent."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from reconciler.adapters.google import api
from reconciler.adapters.google.keeping import restore, values_below
from reconciler.adapters.google.places import OrgUnit
from reconciler.adapters.google.policies import Entry, entries, parse_part, request_entry
from reconciler.adapters.google.session import Session
from reconciler.adapters.mark import write_mark
from reconciler.http.failures import Invalid
from reconciler.model.adapter import Batch
from reconciler.model.change import Action, Change
from reconciler.model.place import Json
from reconciler.model.resource import Mark

DEVICES_PER_MOVE = 50
"""Directory API reference of moveDevicesToOu, read 2026-11."""

_Call = tuple[str, str, bool, bool]


class TargetGone(Exception):  # noqa: N818 - a name that says what it is
    """A place that a write needs is not there, or is there twice: somebody changed it since the plan."""

    code = "GOOGLE-TARGET-GONE"

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(ref)

    def values(self) -> dict[str, str]:
        return {"target": self.ref}


def pack(session: Session, changes: Sequence[Change]) -> list[Batch]:
    """One call per batch where calls are scarce: policies of one target, namespace and kind of key, up to the cap.

    Places are written one by one, since the API has no other way; so are adoptions and moves, which are several calls
    each and are judged value by value and device by device.
    """
    policies = [change for change in changes if change.key.kind in ("setting", "assignment")]
    others = [change for change in changes if change.key.kind not in ("setting", "assignment")]
    batches = [Batch(lane=_lane(change), changes=(change,)) for change in others]
    ordered = sorted(policies, key=lambda change: (_call(session, change), change.key))
    for _, same in groupby(ordered, key=lambda change: _call(session, change)):
        batches += [Batch(lane="policy", changes=chunk) for chunk in _chunks(list(same), session)]
    return batches


def _lane(change: Change) -> str:
    return "policy" if change.key.kind == "target" else "directory"


def _call(session: Session, change: Change) -> _Call:
    """What must be the same for changes to share a call (Chrome Policy API, rules of batchModify, 2026-07)."""
    policy = parse_part(change.key.part)
    kind = "group" if change.key.target.startswith("group:") else "org unit"
    target = change.key.target if session.options.one_target_per_call else kind
    return target, policy.namespace, bool(policy.app_id), change.after is None


def _chunks(changes: list[Change], session: Session) -> Iterator[tuple[Change, ...]]:
    cap = session.options.entries_per_call
    for start in range(0, len(changes), cap):
        yield tuple(changes[start : start + cap])


def write(session: Session, batch: Batch) -> None:
    """Send one batch. Raises a failure of the HTTP layer; what of the batch took effect is for the reader to find out."""
    first = batch.changes[0]
    if first.key.kind in ("setting", "assignment"):
        _write_entries(session, _once_removed([entry for change in batch.changes for entry in entries(change)]))
    elif first.key.kind == "target":
        _take_over(session, first)
    elif first.key.kind == "membership":
        _move(session, first)
    else:
        _write_place(session, first)


def _write_entries(session: Session, wanted: Sequence[Entry]) -> None:
    """Entries of one call. What org units below have of their own is there afterwards too, however the call ends."""
    kept = values_below(session, wanted)
    try:
        _write_acceptable(session, wanted)
    finally:
        restore(session, kept)


def _write_acceptable(session: Session, wanted: Sequence[Entry]) -> None:
    """One call; where Google says which entries it refuses, the others go out again without them, then the refusal is raised."""
    try:
        _send_entries(session, wanted)
    except Invalid as refusal:
        good = _without_refused(session, wanted, refusal)
        if good:
            _send_entries(session, good)
        raise


def _once_removed(wanted: Sequence[Entry]) -> list[Entry]:
    """Without what goes along when an app is removed: to give back what the same call takes away may be refused."""
    removed = {(e.ref, e.policy.namespace, e.policy.app_id) for e in wanted if e.policy.schema.endswith(".*")}
    return [
        e
        for e in wanted
        if e.policy.schema.endswith(".*") or (e.ref, e.policy.namespace, e.policy.app_id) not in removed
    ]


def _send_entries(session: Session, wanted: Sequence[Entry]) -> None:
    ready = [(entry, session.resource(entry.ref)) for entry in wanted]
    gone = next((entry.ref for entry, resource in ready if resource is None), None)
    if gone is not None:
        raise TargetGone(gone)
    requests = [request_entry(entry, resource) for entry, resource in ready if resource]
    group = wanted[0].ref.startswith("group:")
    request = api.write_policies(session.options.customer, requests, give_back=wanted[0].fields is None, group=group)
    units = [str(resource).removeprefix("orgunits/") for _, resource in ready]
    newest = max(units, key=lambda unit: session.made.get(unit, 0.0))
    session.send_settled(lambda: session.policy.send(request), newest)


def _without_refused(session: Session, wanted: Sequence[Entry], refusal: Invalid) -> list[Entry]:
    """The entries that the refusal doesn't name; none where it names nothing, for then all may be at fault."""
    refused = {
        (
            item.get("policyTargetKey", {}).get("targetResource"),
            item.get("policyTargetKey", {}).get("additionalTargetKeys", {}).get("app_id", ""),
            item.get("policySchema"),
        )
        for item in (refusal.data if isinstance(refusal.data, list) else [])
    }
    good = [e for e in wanted if (session.resource(e.ref), e.policy.app_id, e.policy.schema) not in refused]
    return good if len(good) < len(wanted) else []


def _take_over(session: Session, change: Change) -> None:
    """Give back every foreign value of an existing place, then mark it: a mark is only ever on what is wholly ours."""
    given_back = sorted(_once_removed(entries(change)), key=lambda e: (e.policy.namespace, bool(e.policy.app_id)))
    cap = session.options.entries_per_call
    for _, same in groupby(given_back, key=lambda e: (e.policy.namespace, bool(e.policy.app_id))):
        found = list(same)
        for start in range(0, len(found), cap):
            _write_entries(session, found[start : start + cap])
    unit = session.known_places().one(change.key.target)
    if unit:
        _patch(session, unit, _described(session, unit, str((change.after or {}).get("mark", ""))))


def _move(session: Session, change: Change) -> None:
    (into,) = change.members[0].after
    unit = session.known_places().one(into)
    if unit is None:
        raise TargetGone(into)
    devices = [member.device for member in change.members]
    for start in range(0, len(devices), DEVICES_PER_MOVE):
        chunk = devices[start : start + DEVICES_PER_MOVE]
        request = api.move_devices(session.options.customer, unit.id, chunk)
        session.send_settled(partial(session.directory.send, request), unit.id)


def _write_place(session: Session, change: Change) -> None:
    if change.after is None:
        session.directory.send(api.delete_unit(session.options.customer, change.vendor_id))
        session.removed[change.vendor_id] = session.clock.monotonic()
    elif change.action is Action.CREATE:
        _insert(session, change.after)
    else:
        unit = session.known_places().units.get(change.vendor_id)
        if unit is None:
            raise TargetGone(change.key.target)
        _patch(session, unit, _place_body(session, unit, change.after))


def _insert(session: Session, after: Mapping[str, Json]) -> None:
    parent = _parent(session, str(after["parent"]))
    body: dict[str, Json] = {
        "name": after["name"],
        "parentOrgUnitId": f"id:{parent}",
        "description": write_mark("", Mark(org=session.org, key=str(after["mark"]))),
    }
    request = api.insert_unit(session.options.customer, body)
    reply = session.send_settled(lambda: session.directory.send(request), parent)
    made = reply.data if isinstance(reply.data, dict) else {}
    if made.get("orgUnitId"):
        session.made[str(made["orgUnitId"]).removeprefix("id:")] = session.clock.monotonic()


def _place_body(session: Session, unit: OrgUnit, after: Mapping[str, Json]) -> dict[str, Json]:
    """Only what differs: sending an org unit its own parent again is refused by some, and says nothing."""
    body = _described(session, unit, str(after["mark"]))
    if after["name"] != unit.name:
        body["name"] = after["name"]
    parent = _parent(session, str(after["parent"]))
    if parent != unit.parent_id:
        body["parentOrgUnitId"] = f"id:{parent}"
    return body


def _described(session: Session, unit: OrgUnit, key: str) -> dict[str, Json]:
    return {"description": write_mark(unit.description, Mark(org=session.org, key=key))}


def _patch(session: Session, unit: OrgUnit, body: Mapping[str, Json]) -> None:
    session.directory.send(api.patch_unit(session.options.customer, unit.id, body))


def _parent(session: Session, ref: str) -> str:
    places = session.known_places()
    if ref == "ou:/":
        return places.root_id
    unit = places.one(ref)
    if unit is None:
        raise TargetGone(ref)
    return unit.id
