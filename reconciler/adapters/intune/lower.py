"""From neutral words to Intune's resources: a group for each device group, policies and assignments on it, apps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from reconciler.adapters.intune.apps import LiveApp, Wanted, wanted_app
from reconciler.adapters.intune.catalogue import Apps, Choice, choose, rows_of_others
from reconciler.adapters.intune.groups import Groups
from reconciler.adapters.intune.own_groups import group_findings, group_name, lower_group
from reconciler.adapters.intune.rows import is_direct, wanted_fields
from reconciler.adapters.intune.users import user_refs
from reconciler.adapters.intune.wishes import lower_settings
from reconciler.model.desired import DesiredState, EffectiveApp, GroupState, UserLayer
from reconciler.model.documents import INHERIT, App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Pointer
from reconciler.model.resource import Key, Lowered, Resource, Target
from reconciler.settings.table import SettingsTable

ROOT = "@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """What the tenant has that wishes are looked up in, and what organisation.yaml says of it.

    `apps` is None where they could not be read: then nothing is said of apps at all.
    """

    groups: Groups
    apps: Apps | None
    org: str
    apple_token: str


@dataclass(slots=True, kw_only=True)
class Work:
    """One lowering under way. `app_groups` says which groups wish for each app of ours."""

    tenant: Tenant
    table: SettingsTable
    catalogue: Mapping[str, App]
    today: date
    intents: Mapping[tuple[str, str, str], str]
    app_groups: dict[Key, set[str]] = field(default_factory=dict)
    resources: dict[Key, Resource] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    wanted: dict[tuple[str, str], Wanted | None] = field(default_factory=dict)
    choices: dict[tuple[str, str], Choice] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    short: dict[str, tuple[Choice, EffectiveApp]] = field(default_factory=dict)


def lower(
    state: DesiredState, *, backend: str, tenant: Tenant, table: SettingsTable, catalogue: Mapping[str, App]
) -> Lowered:
    """Resources, targets and findings of one backend. Depends on nothing but its arguments."""
    work = Work(tenant=tenant, table=table, catalogue=catalogue, today=state.as_of, intents=_intents(table))
    groups = [group for group in state.groups.values() if group.backend == backend]
    for group in groups:
        _lower_group(work, group)
    for layer in (layer for layer in state.user_layers if layer.backend == backend):
        _lower_layer(work, layer)
    if groups:  # nothing is wanted where there is none, which the limits are to see
        owner = tenant.org
        work.targets[ROOT] = Target(ref=ROOT, owns="all", reach="device", owner=owner, groups=())
        _keep_shared_apps(work)  # only here: where nothing is wanted, an app that is kept would say otherwise
    work.resources |= {key: _with_groups(work, key) for key in work.app_groups}
    work.findings += _short_of_seats(work)
    return Lowered(
        resources=tuple(work.resources.values()),
        targets=tuple(work.targets.values()),
        findings=tuple(_once(work.findings)),
    )


def _with_groups(work: Work, key: Key) -> Resource:
    """An app of ours with every group that wishes for it, put in order once for all."""
    return replace(work.resources[key], groups=tuple(sorted(work.app_groups[key])))


def _lower_group(work: Work, group: GroupState) -> None:
    ref = f"@{group.key}"
    place, target = lower_group(group)
    work.resources[place.key] = place
    work.targets[ref] = target
    work.findings += group_findings(group, work.tenant.groups)
    for resource in lower_settings(group, group_name(group), work.table, work.findings):
        work.resources[resource.key] = resource
    for app in group.on_devices.apps.values():
        _lower_app(work, app, group.group.platform, ref, (group.key,))
        if app.mode == "required" and group.group.devices:
            choice = work.choices.get((app.app, group.group.platform))
            if choice:
                work.seats[choice.part] = work.seats.get(choice.part, 0) + (group.group.devices.expected or 0)
                work.short.setdefault(choice.part, (choice, app))


def _lower_layer(work: Work, layer: UserLayer) -> None:
    """Apps offered to users: settings on Intune are the devices' own."""
    refs, all_found = user_refs(work.tenant.groups, layer, work.findings)
    if not all_found:
        for app in layer.wishes.apps.values():
            _keep_app(work, app, layer)
    for ref in refs:
        known = work.targets.get(ref)
        groups = tuple(sorted({*(known.groups if known else ()), *layer.groups}))
        work.targets[ref] = Target(
            ref=ref, owns="listed", reach="user", owner=layer.owner, groups=groups, at=layer.targets.at
        )
        for app in layer.wishes.apps.values():
            _lower_app(work, app, layer.platform, ref, layer.groups)


def _keep_app(work: Work, wish: EffectiveApp, layer: UserLayer) -> None:
    """An app of ours that users shall have whose group wasn't found: a name written wrong takes it from nobody."""
    entry, apps = work.catalogue.get(wish.app), work.tenant.apps
    wanted = wanted_app(entry, layer.platform) if entry else None
    if wanted is not None and apps is not None:
        choice = _choice(work, wish, wanted, apps)
        if choice.app is not None:
            _own_app(work, choice, wanted, wish, layer.groups)


def _lower_app(work: Work, wish: EffectiveApp, platform: str, ref: str, groups: Sequence[str]) -> None:
    entry = work.catalogue.get(wish.app)
    wanted = _wanted(work, entry, platform) if entry else None
    apps = work.tenant.apps
    if entry is None or wanted is None or apps is None:
        return  # said by the loader or the compiler: an unknown app, or none on this platform
    choice = _choice(work, wish, wanted, apps)
    if choice.to_create and wish.mode in ("absent", INHERIT):
        return  # what is nowhere needn't be taken away
    mode = "required" if wish.mode == INHERIT else wish.mode
    intent = work.intents.get((platform, mode, wish.session))
    if intent is None:
        return
    depends = [Key(kind="group", target=ref)] if ref.startswith("@") else []
    errors = [code for code, _ in choice.errors] if wish.mode == "required" or not choice.app else []
    if choice.app and _in_policy_set(work, choice.app, ref):
        at = wish.origins[0].at if wish.origins else None
        values = {"app": entry.name, "group": ref.removeprefix("@").removeprefix("group:")}
        subject = str(Key(kind="assignment", target=ref, part=choice.part))
        work.findings.append(_error("INTUNE-ROW-SHARED", at, subject, **values))
        errors.append("INTUNE-ROW-SHARED")
    # Taken from devices by uninstalling; users are no longer offered it, and what they have others may have given them.
    ended = wish.mode == INHERIT or (wish.mode == "absent" and not ref.startswith("@"))
    own = _own_app(work, choice, wanted, wish, groups)
    key = Key(kind="assignment", target=ref, part=_part(work, apps, choice, ref))
    known = work.resources.get(key)
    work.resources[key] = Resource(
        key=key,
        fields={} if ended else wanted_fields(wanted.sort, intent),
        depends_on=tuple(depends + ([own] if own else [])),
        facts={"app": wish.app, **({"inherit": True} if ended else {})},
        origins=(*known.origins, *wish.origins) if known else wish.origins,
        groups=tuple(sorted({*known.groups, *groups})) if known else tuple(groups),
        label=entry.name,
        blocked_by=tuple(errors),
    )


def _wanted(work: Work, entry: App, platform: str) -> Wanted | None:
    """Worked out once however many groups wish for it."""
    key = (entry.id, platform)
    if key not in work.wanted:
        work.wanted[key] = wanted_app(entry, platform)
    return work.wanted[key]


def _in_policy_set(work: Work, app: LiveApp, ref: str) -> bool:
    """Whether a policy set assigns the app to this group: it can't be assigned a second time beside that."""
    group = work.tenant.groups.one(ref)
    return group is not None and any(not is_direct(row) for row in app.rows_of.get(group.id, ()))


def _part(work: Work, apps: Apps, choice: Choice, ref: str) -> str:
    """Of several apps that it may be, the one that this group has already: an error takes no app from anybody."""
    group = work.tenant.groups.one(ref)
    assigned = (app for app in choice.alike if group and group.id in app.rows_of)
    return next((apps.parts[app.id] for app in assigned), choice.part)


def _intents(table: SettingsTable) -> Mapping[tuple[str, str, str], str]:
    """Platform, mode and holder → the word that Intune has for it."""
    ways = [way for way in table.installs if way.system == "intune"]
    return {(way.platform, way.mode, way.holder): str(way.wire) for way in ways}


def _choice(work: Work, wish: EffectiveApp, wanted: Wanted, apps: Apps) -> Choice:
    """Which live app it is, worked out and reported once however many groups wish for it."""
    known = work.choices.get((wish.app, wanted.platform))
    if known:
        return known
    tenant = work.tenant
    choice = choose(apps, wanted, org=tenant.org, apple_token=tenant.apple_token, today=work.today)
    at = wish.origins[0].at if wish.origins else None
    for code, values in choice.errors:
        place = at if "TOKEN-" not in code or code == "INTUNE-APP-NOT-IN-TOKEN" else None
        subject = f"app:{wish.app}" if not choice.app else f"token:{values.get('token', '')}"
        work.findings.append(_error(code, place, subject, **values))
    for code, values in choice.warnings:
        work.findings.append(
            Finding(code=code, severity=Severity.WARNING, place=None, subject=f"token:{values['token']}", values=values)
        )
    work.choices[wish.app, wanted.platform] = choice
    return choice


def _own_app(work: Work, choice: Choice, wanted: Wanted, wish: EffectiveApp, groups: Sequence[str]) -> Key | None:
    """The app as a thing of ours, where we make it or have made it; None where it is only used."""
    ours = choice.app is not None and choice.app.mark is not None and choice.app.mark.org == work.tenant.org
    if not (choice.to_create or ours):
        return None
    key = Key(kind="app", target=ROOT, part=choice.part)
    if key not in work.resources:
        work.resources[key] = Resource(
            key=key,
            fields={"name": wanted.name},
            facts={"app": wish.app, "platform": wanted.platform, "identifier": wanted.bundle_or_package},
            origins=wish.origins,
            label=wanted.name,
        )
    work.app_groups.setdefault(key, set()).update(groups)
    return key


def _keep_shared_apps(work: Work) -> None:
    """An app that we made and nobody wants here any more stays while others assign it: deleting it would undo what they did."""
    tenant = work.tenant
    for part, app in (tenant.apps.by_part if tenant.apps else {}).items():
        key = Key(kind="app", target=ROOT, part=part)
        if app.mark is None or app.mark.org != tenant.org or key in work.resources:
            continue
        theirs = rows_of_others(app, tenant.groups)
        if theirs:
            work.resources[key] = Resource(key=key, fields={"name": app.name}, label=app.name)
            values = {"app": app.name, "count": str(theirs)}
            work.findings.append(
                Finding(code="INTUNE-APP-KEPT", severity=Severity.INFO, place=None, subject=str(key), values=values)
            )


def _short_of_seats(work: Work) -> list[Finding]:
    """More devices than licences, by the numbers that the files expect; the live count may be hours old."""
    findings: list[Finding] = []
    for part, needed in work.seats.items():
        choice, wish = work.short[part]
        seats = choice.app.seats if choice.app else None
        if seats is not None and needed > seats:
            values = {"app": choice.app.name if choice.app else part, "needed": str(needed), "seats": str(seats)}
            at = wish.origins[0].at if wish.origins else None
            findings.append(
                Finding(
                    code="INTUNE-SEATS-SHORT",
                    severity=Severity.WARNING,
                    place=at,
                    subject=f"app:{wish.app}",
                    values=values,
                )
            )
    return findings


def _error(code: str, at: Pointer | None, subject: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=subject, values=values)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """A line of a baseline stands behind many groups; its problem is said once."""
    kept: dict[tuple[str, object, str], Finding] = {}
    for finding in findings:
        kept.setdefault((finding.code, finding.place, repr(sorted(finding.values.items()))), finding)
    return list(kept.values())
