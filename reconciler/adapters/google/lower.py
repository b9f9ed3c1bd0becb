"""From neutral words to Google's resources: org units of ours, policies on them, policies where users are. Pure."""

from collections.abc import Iterable, Mapping, Sequence

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
    for layer in (layer for layer in state.user_layers if layer.backend == backend):
        found = _user_targets(layer, places, findings)
        targets += found
        for target in found:
            resources += lower_wishes(layer.wishes, layer.context, target.ref, layer, lookup, findings)
    findings += _claimed_twice(targets)
    return Lowered(resources=tuple(resources), targets=tuple(targets), findings=tuple(_once(findings)))


def _user_targets(layer: UserLayer, places: Places, findings: list[Finding]) -> list[Target]:
    if layer.targets.directory_group:
        return [_user_target(f"group:{layer.targets.directory_group}", layer, layer.targets.at)]
    targets: list[Target] = []
    for index, pattern in enumerate(layer.targets.org_units):
        at = layer.targets.at.child("org_units", index)
        found = match_units(places, pattern)
        if not found:
            values = {"path": pattern}
            findings.append(
                Finding(
                    code="GOOGLE-USERS-NOT-FOUND",
                    severity=Severity.ERROR,
                    place=at,
                    subject=f"ou:{pattern}",
                    values=values,
                )
            )
        targets += [_user_target(ref, layer, at) for ref in found]
    return targets


def _user_target(ref: str, layer: UserLayer, at: Pointer) -> Target:
    return Target(ref=ref, owns=layer.targets.owns, reach="user", owner=layer.owner, groups=layer.groups, at=at)


def _claimed_twice(targets: Sequence[Target]) -> list[Finding]:
    """One org unit of users for two layers: whichever wrote last would win, so neither may."""
    seen: dict[str, Target] = {}
    findings: list[Finding] = []
    for target in targets:
        first = seen.setdefault(target.ref, target)
        if first.owner != target.owner:
            values = {"path": target.ref.partition(":")[2], "other": first.owner}
            finding = Finding(
                code="GOOGLE-USERS-TWICE", severity=Severity.ERROR, place=target.at, subject=target.ref, values=values
            )
            findings.append(finding)
    return findings


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
