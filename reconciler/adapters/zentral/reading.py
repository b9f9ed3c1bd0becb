"""Reading a server: all that a plan needs, lists side by side."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.devices import Enrolled, read_devices, read_enrolled
from reconciler.adapters.zentral.live import (
    app_gifts,
    gifts,
    live_apps,
    live_assignments,
    live_settings,
    required,
    shared,
    twice,
    without_licences,
)
from reconciler.adapters.zentral.paging import read_pages
from reconciler.adapters.zentral.reach import Crowd, kept_out, opened, opened_findings, tags_asked
from reconciler.adapters.zentral.refusals import BlueprintUnknown
from reconciler.adapters.zentral.session import CONCURRENT_READS, Session, reads_of
from reconciler.adapters.zentral.tags import live_groups
from reconciler.adapters.zentral.trouble import explain_failure
from reconciler.adapters.zentral.unmet import keys_without_effect
from reconciler.apple.published import load_published
from reconciler.http.failures import HttpFailure, Unauthorised
from reconciler.http.reads import Unread, read_all, values
from reconciler.model.adapter import Scope
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import OTHERS, Device, Key, Live, Snapshot, Tenant

STRUCTURE = ("blueprint", "tags", "links", "artifacts", "profiles", "store_apps", "assets", "locations")
"""Read before anything is lowered: what names are taken, what tags are used for, which app is which."""

_UNREAD: Mapping[str, Sequence[str]] = {
    "blueprint": ("setting", "assignment", "app"),
    "tags": ("group", "membership", "setting", "assignment"),
    "links": ("setting", "assignment", "app"),
    "artifacts": ("setting", "assignment", "app"),
    "profiles": ("setting",),
    "store_apps": ("assignment", "app"),
    "assets": ("assignment", "app"),
    "locations": ("assignment", "app"),
}
"""Kinds that nothing is known of where a list could not be read."""


def tenant_of(session: Session) -> Tenant:
    """The host that the credential is bound to, and the blueprint: another one is another set of devices."""
    options = session.options
    identity = "/".join(filter(None, (session.host, options.blueprint, options.prefix)))
    return Tenant(backend=session.backend.id, kind="zentral", identity=identity)


def observe(session: Session, scope: Scope) -> Snapshot:
    """What is in scope. A read that fails is `unread`; a token that isn't accepted, or no such blueprint, ends it all."""
    resources: list[Live] = []
    findings: list[Finding] = []
    unread: set[tuple[str, str]] = set()
    seen = _Seen()
    if "group" in scope.kinds:
        unread |= _read_structure(session, findings)
        if session.tags is not None:
            resources += live_groups(session.tags, session.org)
    if "membership" in scope.kinds:
        try:
            seen = _observe_devices(session, findings)
        except HttpFailure as failure:
            unread.add(("membership", ""))
            findings += _explained([failure])
    if {"setting", "assignment"} & scope.kinds:
        values_ = _values(session, scope)
        resources += values_
        others, said = _reach(session, seen, scope)
        resources = [_with_others(live, others) for live in resources]
        findings += said
        settings = [live for live in values_ if live.key.kind == "setting"]
        findings += [*twice(session), *shared(session), *required(session), *without_licences(session)]
        findings += keys_without_effect(settings, seen.enrolled, seen.places, load_published())
    return Snapshot(
        tenant=tenant_of(session),
        resources=tuple(resources),
        devices=tuple(seen.devices),
        unread=frozenset(unread),
        findings=tuple(findings),
        reads=len(STRUCTURE) if "group" in scope.kinds else 1,
    )


def _read_structure(session: Session, findings: list[Finding]) -> set[tuple[str, str]]:
    reads = reads_of(session, STRUCTURE)
    outcomes = read_all(lambda one: one[1](), reads, concurrency=CONCURRENT_READS)
    failed = [(name, one.failure) for (name, _), one in zip(reads, outcomes, strict=True) if isinstance(one, Unread)]
    fatal = (one for _, one in failed if isinstance(one, Unauthorised | BlueprintUnknown))
    if refused := next(fatal, None):
        raise refused
    findings += _explained([failure for _, failure in failed])
    return {(kind, "") for name, _ in failed for kind in _UNREAD[name]}


def _values(session: Session, scope: Scope) -> list[Live]:
    found: list[Live] = []
    if "setting" in scope.kinds:
        found += live_settings(session)
    if "assignment" in scope.kinds:
        found += [*live_assignments(session), *live_apps(session)]
    return found


def _reach(session: Session, seen: "_Seen", scope: Scope) -> tuple[dict[Key, int], list[Finding]]:
    """How many others have what a link of ours was opened for; and what is said of them, and of devices that are kept out."""
    here = [one for one in seen.enrolled if one.active and one.serial and one.blueprint == session.blueprint]
    if not here or "setting" not in scope.kinds or "assignment" not in scope.kinds:
        return {}, []
    given, apps = gifts(session), app_gifts(session)
    tags, total = session.known_tags(), len(seen.enrolled)
    asked = sorted(tags_asked([*given, *apps]))
    answers = read_all(lambda tag: session.serials_with({tag}, total), asked, concurrency=CONCURRENT_READS)
    tagged = {tag: None if isinstance(one, Unread) else one.value for tag, one in zip(asked, answers, strict=True)}
    names = {tag: one.name for tag, one in tags.by_id.items()}
    crowd = Crowd(devices=here, places=seen.places, tagged=tagged, names=names)
    opening = [*(gift for gift in given if gift.key.kind == "setting"), *apps]
    others = opened(opening, crowd)
    return others, [*kept_out(given, crowd), *opened_findings(opening, others)]


def _with_others(live: Live, others: Mapping[Key, int]) -> Live:
    return replace(live, facts={**live.facts, OTHERS: others[live.key]}) if others.get(live.key) else live


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Devices as they are enrolled, where each is by its serial, and what the plan is told of them."""

    enrolled: Sequence[Enrolled] = ()
    places: Mapping[str, Collection[str]] = field(default_factory=dict)
    devices: Sequence[Device] = ()


def _observe_devices(session: Session, findings: list[Finding]) -> _Seen:
    enrolled = enrolled_devices(session)
    places, by_hand = _places(session, len(enrolled))
    if session.blueprint is None:
        session.read_blueprint()
    blueprint = session.blueprint or 0
    findings += _elsewhere(enrolled, places, blueprint, session.options.blueprint)
    findings += _hand_tags(session, by_hand)
    hands = {serial for serials in by_hand.values() for serial in serials}
    devices = read_devices(enrolled, places, blueprint=blueprint, by_hand=hands)
    return _Seen(enrolled=enrolled, places=places, devices=devices)


def enrolled_devices(session: Session) -> list[Enrolled]:
    rows = read_pages(session.http.send, api.DEVICES)
    return session.understood(api.DEVICES, lambda: read_enrolled(rows))


def _places(session: Session, total: int) -> tuple[dict[str, set[str]], dict[int, set[str]]]:
    """Serial → references of ours that hold it; and by tag those that one made by hand holds."""
    tags = session.known_tags()
    asked = [*tags.refs, *(tag.id for tag in tags.by_hand)]
    found = values(read_all(lambda tag: session.serials_with({tag}, total), asked, concurrency=CONCURRENT_READS))
    places: dict[str, set[str]] = {}
    by_hand: dict[int, set[str]] = {}
    for tag, serials in zip(asked, found, strict=True):
        if tag not in tags.refs:
            by_hand[tag] = serials
            continue
        for serial in serials:
            places.setdefault(serial, set()).add(tags.refs[tag])
    return places, by_hand


def _elsewhere(
    enrolled: Sequence[Enrolled], places: Mapping[str, Collection[str]], blueprint: int, name: str
) -> list[Finding]:
    """Devices in a group of ours that another blueprint has: they keep the tag, and get nothing by it."""
    lost = [one for one in enrolled if one.active and one.blueprint != blueprint and one.serial in places]
    counts = Counter(ref for one in lost for ref in places[one.serial])
    return [
        Finding(
            code="ZENTRAL-OTHER-BLUEPRINT",
            severity=Severity.WARNING,
            place=None,
            subject=ref[1:],
            values={"group": ref[1:], "count": str(number), "blueprint": name},
        )
        for ref, number in sorted(counts.items())
    ]


def _hand_tags(session: Session, by_hand: Mapping[int, Collection[str]]) -> list[Finding]:
    tags = session.known_tags()
    return [
        Finding(
            code="ZENTRAL-TAG-BY-HAND",
            severity=Severity.WARNING,
            place=None,
            subject=f"tag:{tag.name}",
            values={"tag": tag.name, "taxonomy": session.taxonomy, "count": str(len(by_hand.get(tag.id, ())))},
        )
        for tag in tags.by_hand
    ]


def _explained(failures: Sequence[HttpFailure]) -> list[Finding]:
    found: dict[tuple[str, str, str], Finding] = {}
    for failure in failures:
        code, said = explain_failure(failure)
        finding = Finding(code=code, severity=Severity.ERROR, place=None, subject="", values=said)
        found.setdefault((code, failure.path, failure.message), finding)
    return list(found.values())
