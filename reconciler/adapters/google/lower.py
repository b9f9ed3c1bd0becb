"""From neutral words to Google's resources: org units of ours, policies on them, policies where users are. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.adapters.google.own_places import lower_places
from reconciler.adapters.google.places import Places, match_units
from reconciler.adapters.google.schemas import LiveSchemas
from reconciler.adapters.google.wishes import Lookup, lower_wishes
from reconciler.model.desired import DesiredState, UserLayer
from reconciler.model.documents import App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.resource import Lowered, Target
from reconciler.settings.table import SettingsTable


def lower(
    state: DesiredState,
    *,
    backend: str,
    root: str,
    manages: Sequence[str],
    places: Places,
    table: SettingsTable,
    apps: Mapping[str, App],
    schemas: LiveSchemas,
) -> Lowered:
    """Resources, targets and findings of one backend. Depends on nothing but its arguments."""
    lookup = Lookup(table=table, apps=apps, schemas=schemas, manages=manages, app_ids=_app_ids(apps, table))
    groups = [group for group in state.groups.values() if group.backend == backend]
    findings: list[Finding] = []
    resources, targets = lower_places(groups, "/" + root.strip("/"), places, findings)
    for group in groups:
        resources += lower_wishes(group.on_devices, group.on_devices, f"@{group.key}", group, lookup, findings)
    claims: list[tuple[UserLayer, Target]] = []
    for layer in (layer for layer in state.user_layers if layer.backend == backend):
        found = _user_targets(layer, places, findings)
        claims += [(layer, target) for target in found]
        for target in found:
            resources += lower_wishes(layer.wishes, layer.context, target.ref, layer, lookup, findings)
    targets += [target for _, target in claims]
    findings += _claimed_twice(claims)
    return Lowered(resources=tuple(resources), targets=tuple(targets), findings=tuple(_once(findings)))


def _user_targets(layer: UserLayer, places: Places, findings: list[Finding]) -> list[Target]:
    """The layer's targets, each once however many of its paths mean it."""
    if not layer.targets.org_units:
        return _directory_groups(layer, findings)
    targets: dict[str, Target] = {}
    for index, pattern in enumerate(layer.targets.org_units):
        at = layer.targets.at.child("org_units", index)
        found = match_units(places, pattern)
        if not found:
            findings.append(_finding("GOOGLE-USERS-NOT-FOUND", at, f"ou:{pattern}", path=pattern))
        for ref in found:
            targets.setdefault(ref, _user_target(ref, layer, at))
    return list(targets.values())


def _directory_groups(layer: UserLayer, findings: list[Finding]) -> list[Target]:
    """Addresses don't differ by case. Nothing on a group can bear our mark (groups are only read), so none is owned whole."""
    targets: dict[str, Target] = {}
    at = layer.targets.at
    for address in layer.targets.directory_groups:
        ref = f"group:{address.lower()}"
        if "@" not in address or "/" in address:  # what is no address leads a request to another path, or nowhere
            findings.append(_finding("GOOGLE-USERS-NOT-FOUND", at, ref, path=address))
            continue
        if layer.targets.owns == "all":
            findings.append(_finding("GOOGLE-GROUP-OWNED", at.child("owns"), ref, group=address))
        targets.setdefault(ref, replace(_user_target(ref, layer, at), owns="listed"))
    return list(targets.values())


def _user_target(ref: str, layer: UserLayer, at: Pointer) -> Target:
    return Target(ref=ref, owns=layer.targets.owns, reach="user", owner=layer.owner, groups=layer.groups, at=at)


def _claimed_twice(claims: Sequence[tuple[UserLayer, Target]]) -> list[Finding]:
    """One org unit of users for two layers: whichever wrote last would win, so neither may."""
    seen: dict[str, UserLayer] = {}
    findings: list[Finding] = []
    for layer, target in claims:
        first = seen.setdefault(target.ref, layer)
        if first is not layer:
            other = first.owner if first.owner != layer.owner else f"{first.owner} ({first.audience})"
            path = target.ref.partition(":")[2]
            findings.append(_finding("GOOGLE-USERS-TWICE", target.at, target.ref, path=path, other=other))
    return findings


def _finding(code: str, at: Pointer | None, subject: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=subject, values=values)


def _app_ids(apps: Mapping[str, App], table: SettingsTable) -> Mapping[str, str]:
    """The identifier that a setting which names an app (the kiosk's) is written with."""
    found: dict[str, str] = {}
    for app in apps.values():
        for identity in app.identities:
            kind = identity.kind.replace("-", "_")
            if identity.platform == "chromeos" and kind in table.app_id_prefixes:
                found.setdefault(app.id, table.app_id_prefixes[kind] + identity.id)
    return found


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """A line of a baseline stands behind many groups; its problem is said once."""
    kept: dict[tuple[str, object, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.code, finding.place, repr(sorted(finding.values.items()))), finding)
    return list(kept.values())
