"""Reading a tenant: the whole of what is in scope for a plan, and single resources right before and after a write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.adapters.google.places import Places, live_places
from reconciler.adapters.google.policies import namespaces, parse_part, read_policies
from reconciler.adapters.google.session import Session
from reconciler.adapters.google.trouble import explain_failure
from reconciler.http.failures import HttpFailure, NotFound, Unauthorised
from reconciler.http.reads import Unread, read_all, values
from reconciler.model.adapter import Scope, Seen
from reconciler.model.change import Action, Change
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.resource import Device, Key, Live, Snapshot, Source, Target, Tenant

CONCURRENT_READS = 10
INACTIVE = frozenset({"DEPROVISIONED"})
"""Values of a device's status that take it out of our hands. The discovery document gives no list: any other is active."""

FEW_DEVICES = 30
"""Up to so many, devices are read one by one; beyond, listing the places that they are in takes fewer calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One read of a plan: what it covers should it fail, and how it is done."""

    kind: str
    target: str
    run: Callable[[], "Parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    resources: Sequence[Live] = ()
    devices: Sequence[Device] = ()


def tenant_of(session: Session, places: Places) -> Tenant:
    """The customer that was configured, and the id of its root org unit: another tenant has another root."""
    identity = f"{session.options.customer}/{places.root_id}"
    return Tenant(backend=session.backend, kind="google", identity=identity)


def observe(session: Session, scope: Scope) -> Snapshot:
    """Everything in scope, read side by side. A read that fails is `unread`; a sign-in that isn't accepted ends it all."""
    places = session.read_places() if "group" in scope.kinds else session.known_places()
    resources: list[Live] = [*live_places(places)] if "group" in scope.kinds else []
    parts, missing, failed = _parts(session, places, scope)
    outcomes = read_all(lambda part: part.run(), parts, concurrency=CONCURRENT_READS)
    devices: list[Device] = []
    for part, outcome in zip(parts, outcomes, strict=True):
        if isinstance(outcome, Unread):
            failed.append((part.kind, part.target, outcome.failure))
            continue
        resources += outcome.value.resources
        devices += outcome.value.devices
    failures = [failure for _, _, failure in failed]
    if refused := next((failure for failure in failures if isinstance(failure, Unauthorised)), None):
        raise refused
    return Snapshot(
        tenant=tenant_of(session, places),
        resources=tuple(_once(resources)),
        devices=tuple(devices),
        unread=frozenset((kind, target) for kind, target, _ in failed),
        missing=frozenset(missing),
        findings=_explained(failures, session.options.customer),
        reads=len(parts),
    )


def _parts(
    session: Session, places: Places, scope: Scope
) -> tuple[list[Part], set[str], list[tuple[str, str, HttpFailure]]]:
    """The reads, the longest first: devices come page after page and can't be split. Targets that are missing, and those
    whose directory group could not be looked up, stand beside them.
    """
    parts: list[Part] = []
    missing: set[str] = set()
    failed: list[tuple[str, str, HttpFailure]] = []
    if "membership" in scope.kinds:
        parts.append(Part(kind="membership", target="", run=lambda: Parts(devices=_devices(session, places))))
    if not scope.kinds & {"setting", "assignment"}:
        return parts, missing, failed
    for target in scope.targets:
        resource = None
        try:
            resource = session.resource(target.ref)
        except NotFound:
            missing.add(target.ref)
        except HttpFailure as failure:
            failed += [(kind, target.ref, failure) for kind in ("setting", "assignment")]
            continue
        if resource:
            parts += [_namespace_part(session, target, resource, name) for name in _names(session, target)]
        elif not target.ref.startswith("@"):
            missing.add(target.ref)
    return parts, missing, failed


def _names(session: Session, target: Target) -> tuple[str, ...]:
    manages = (*session.options.manages, *target.manages)
    return namespaces(manages, "user" if target.reach == "user" else "device")


def _namespace_part(session: Session, target: Target, resource: str, namespace: str) -> Part:
    kind = "assignment" if namespace.endswith(".apps") else "setting"

    def run() -> Parts:
        resolved = session.resolve(resource, f"{namespace}.*")
        return Parts(resources=read_policies(resolved, target.ref, resource, session.name_of))

    return Part(kind=kind, target=target.ref, run=run)


def _devices(session: Session, places: Places) -> list[Device]:
    """Each once: one that is moved while pages are read may stand on two of them."""
    return [_device(data, places) for data in {data["deviceId"]: data for data in session.list_devices()}.values()]


def _device(data: Mapping[str, Any], places: Places) -> Device:
    facts = {
        "location": data.get("annotatedLocation", ""),
        "asset_id": data.get("annotatedAssetId", ""),
        "model": data.get("model", ""),
        "os_version": data.get("osVersion", ""),
        "org_unit": data.get("orgUnitPath", ""),
    }
    if until := str(data.get("autoUpdateThrough") or "")[:10]:  # a moment; the day is what people ask for
        facts["updates_until"] = until
    return Device(
        id=data["deviceId"],
        serial=data.get("serialNumber", ""),
        active=data.get("status", "") not in INACTIVE,
        places=(_place(data, places),),
        facts=facts,
    )


def _place(data: Mapping[str, Any], places: Places) -> str:
    unit = str(data.get("orgUnitId", "")).removeprefix("id:")
    return places.refs.get(unit, f"ou:{data.get('orgUnitPath', '')}")


def _once(resources: Sequence[Live]) -> list[Live]:
    """A place of ours above several groups is seen through each of them. Two org units with one mark stay two."""
    kept: dict[tuple[Key, str, str], Live] = {}
    for live in resources:
        kept.setdefault((live.key, live.vendor_id, live.source.value), live)
    return list(kept.values())


def _explained(failures: Sequence[HttpFailure], customer: str) -> tuple[Finding, ...]:
    """What to do about them. One reason fails many reads and is said once; which reads those were stands in `unread`."""
    found: dict[tuple[str, str, tuple[str, ...]], Finding] = {}
    for failure in failures:
        code, values = explain_failure(failure, customer)
        finding = Finding(code=code, severity=Severity.ERROR, place=None, subject="", values=values)
        found.setdefault((code, failure.path, failure.reasons), finding)
    return tuple(found.values())


def read_again(session: Session, changes: Sequence[Change]) -> Mapping[Key, Seen]:
    """What is there now of exactly these changes' resources. A read that fails says so for its changes alone.

    Org units are listed again where they are themselves what changes; values and devices are read by ids, which stay.
    """
    seen: dict[Key, Seen] = {}
    groups = [change for change in changes if change.key.kind in ("group", "target")]
    members = [change for change in changes if change.key.kind == "membership"]
    policies = [change for change in changes if change.key.kind in ("setting", "assignment")]
    policies += [change for change in groups if change.key.kind == "target"]
    places = session.read_places() if groups else session.known_places()
    for change in groups:
        seen[change.key] = _seen_place(places, change)
    seen |= _seen_members(session, places, members)
    for key, value in _seen_policies(session, policies).items():
        seen[key] = replace(value, fields=seen[key].fields) if key.kind == "target" and value.read else value
    return seen


def _seen_place(places: Places, change: Change) -> Seen:
    """A place known by its id, wherever it has been moved to; a new one by its mark."""
    if not change.vendor_id and len(places.by_ref.get(change.key.target, ())) > 1:
        return Seen(read=False, reason="several org units bear this mark")
    unit = places.units.get(change.vendor_id) if change.vendor_id else places.one(change.key.target)
    if unit is None:
        return Seen(read=True)
    live = next(live for live in live_places(places) if live.vendor_id == unit.id)
    return Seen(read=True, fields=live.fields)


def _seen_members(session: Session, places: Places, changes: Sequence[Change]) -> dict[Key, Seen]:
    wanted = {member.device for change in changes for member in change.members}
    if not wanted:
        return {}
    try:
        where = _where(session, places, changes)
    except HttpFailure as failure:
        return {change.key: Seen(read=False, reason=str(failure)) for change in changes}
    return {
        change.key: Seen(read=True, places={m.device: where[m.device] for m in change.members if m.device in where})
        for change in changes
    }


def _where(session: Session, places: Places, changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """Many are looked for where they were and where they shall be; whoever is in neither is asked about by itself."""
    wanted = {member.device for change in changes for member in change.members}
    found: dict[str, tuple[str, ...]] = {}
    if len(wanted) > FEW_DEVICES:
        refs = {ref for change in changes for member in change.members for ref in (*member.before, *member.after)}
        units = sorted(unit.id for ref in refs for unit in places.by_ref.get(ref, ()))
        for listed in values(read_all(session.list_devices, units, concurrency=CONCURRENT_READS)):
            found |= {data["deviceId"]: (_place(data, places),) for data in listed if data["deviceId"] in wanted}
    outcomes = read_all(session.get_device, sorted(wanted - found.keys()), concurrency=CONCURRENT_READS)
    for outcome in outcomes:
        if isinstance(outcome, Unread):
            if not isinstance(outcome.failure, NotFound):
                raise outcome.failure
        else:
            found[outcome.value["deviceId"]] = (_place(outcome.value, places),)
    return found


def _seen_policies(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """One read per target and namespace, however many of its policies are asked about."""
    wanted: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        parts = change.resets if change.action is Action.ADOPT else [change.key.part]
        for namespace in {parse_part(part).namespace for part in parts}:
            wanted.setdefault((change.key.target, namespace), []).append(change)
    asked = list(wanted)
    outcomes = read_all(lambda ask: _direct_now(session, *ask), asked, concurrency=CONCURRENT_READS)
    direct: dict[tuple[str, str], Mapping[str, Json]] = {}
    failed: dict[Key, str] = {}
    for ask, outcome in zip(asked, outcomes, strict=True):
        if isinstance(outcome, Unread):
            failed |= {change.key: str(outcome.failure) for change in wanted[ask]}
        else:
            direct |= {(ask[0], part): fields for part, fields in outcome.value.items()}
    return {change.key: _seen_policy(change, direct, failed) for change in changes}


def _seen_policy(
    change: Change, direct: Mapping[tuple[str, str], Mapping[str, Json]], failed: Mapping[Key, str]
) -> Seen:
    if change.key in failed:
        return Seen(read=False, reason=failed[change.key])
    target = change.key.target
    resets = {part: direct[target, part] for part in change.resets if (target, part) in direct}
    return Seen(read=True, fields=direct.get((target, change.key.part)), resets=resets)


def _direct_now(session: Session, ref: str, namespace: str) -> Mapping[str, Mapping[str, Json]]:
    """Part → fields of what is set directly on a target in one namespace; nothing where the target is gone."""
    resource = session.resource(ref)
    if resource is None:
        return {}
    resolved = session.resolve(resource, f"{namespace}.*")
    live = read_policies(resolved, ref, resource, session.name_of)
    return {item.key.part: item.fields for item in live if item.key.target == ref and item.source is Source.DIRECT}
