"""From neutral words to Zentral's resources: a tag for each device group, its profiles, apps and their rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from reconciler.adapters.zentral.apps import WARN_DAYS, Apps, Choice, LiveApp, choose, store_number, wanted_fields
from reconciler.adapters.zentral.artifacts import left_behind
from reconciler.adapters.zentral.links import is_idle, opens_for_others
from reconciler.adapters.zentral.names import LONGEST, app_name, group_key
from reconciler.adapters.zentral.own_groups import alike_in_files, leftover_in_use, lower_group, previous_keys
from reconciler.adapters.zentral.tags import Tags
from reconciler.adapters.zentral.wishes import KIND, lower_settings
from reconciler.apple.published import Published
from reconciler.model.desired import DesiredState, EffectiveApp, GroupState
from reconciler.model.documents import INHERIT, App
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json, Pointer
from reconciler.model.resource import Key, Lowered, Resource, Target
from reconciler.settings.table import SettingsTable

ROOT = "@"
EXPIRED = "ZENTRAL-LOCATION-EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the server has that wishes are looked up in, and what organisation.yaml says of it.

    `apps` is None where they could not be read: then nothing is said of apps at all. `others`: names of artifacts that
    aren't ours; `uses`: what else tags of ours stand in, by tag; `at`: the backend's own line. `renamed`: by reference, what
    a group's tag is called now that somebody has renamed it. `unlinked`: artifacts of ours that reach nobody, by name.
    """

    tags: Tags
    apps: Apps | None
    others: frozenset[str]
    uses: Mapping[int, frozenset[str]]
    org: str
    prefix: str
    location: str
    required: Mapping[str, Json]
    at: Pointer
    renamed: Mapping[str, str] = field(default_factory=dict)
    unlinked: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Work:
    """One lowering under way. `app_groups` says which groups wish for each app of ours; `seats` how many devices for each."""

    server: Server
    table: SettingsTable
    published: Published
    catalogue: Mapping[str, App]
    today: date
    modes: frozenset[tuple[str, str]]
    resources: dict[Key, Resource] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    choices: dict[tuple[str, str], Choice] = field(default_factory=dict)
    app_groups: dict[Key, set[str]] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    short: dict[str, tuple[Choice, EffectiveApp, str]] = field(default_factory=dict)


def lower(
    state: DesiredState,
    *,
    backend: str,
    server: Server,
    table: SettingsTable,
    published: Published,
    catalogue: Mapping[str, App],
) -> Lowered:
    """Resources, targets and findings of one backend. Depends on nothing but its arguments."""
    work = Work(
        server=server, table=table, published=published, catalogue=catalogue, today=state.as_of, modes=_modes(table)
    )
    groups = [group for group in state.groups.values() if group.backend == backend]
    work.findings += _location_unknown(server)
    work.findings += alike_in_files(groups, server.prefix)
    for group in groups:
        _lower_group(work, group)
    if groups:  # nothing is wanted where there is none, which the limits are to see
        work.targets[ROOT] = Target(ref=ROOT, owns="all", reach="device", owner=server.org, groups=())
        _keep_shared_apps(work)
    work.resources |= {key: _with_groups(work, key) for key in work.app_groups}
    wanted = {key.target for group in groups for key in (group_key(f"@{group.key}"), *previous_keys(group))}
    work.findings += [*_short_of_seats(work), *leftover_in_use(server.tags, wanted, server.uses)]
    return Lowered(
        resources=tuple(work.resources.values()),
        targets=tuple(work.targets.values()),
        findings=tuple(_once(work.findings)),
        outstanding=left_behind(
            server.unlinked - {str(one.fields.get("name")) for one in work.resources.values()}, backend
        ),
    )


def _modes(table: SettingsTable) -> frozenset[tuple[str, str]]:
    """Platform and mode of every way that there is to have an app, with an account or without: it goes to the device."""
    return frozenset((way.platform, way.mode) for way in table.installs if way.system == KIND)


def _location_unknown(server: Server) -> list[Finding]:
    if not server.location or server.apps is None or server.location in server.apps.locations.values():
        return []
    known = ", ".join(sorted(server.apps.locations.values())) or "–"
    values = {"location": server.location, "known": known}
    place = server.at.child("location")
    return [_error("ZENTRAL-LOCATION-UNKNOWN", place, f"location:{server.location}", **values)]


def _with_groups(work: Work, key: Key) -> Resource:
    return replace(work.resources[key], groups=tuple(sorted(work.app_groups[key])))


def _lower_group(work: Work, group: GroupState) -> None:
    server, ref = work.server, f"@{group.key}"
    place, target, findings = lower_group(group, server.tags, server.prefix, server.renamed)
    work.resources[place.key] = place
    work.targets[ref] = target
    work.findings += findings
    for resource in lower_settings(group, server.prefix, work.table, work.published, work.findings):
        work.resources[resource.key] = _if_free(work, resource, group)
    for app in group.on_devices.apps.values():
        _lower_app(work, app, group)


def _if_free(work: Work, resource: Resource, group: GroupState) -> Resource:
    """A profile whose name somebody else's artifact has can't be made: names are unique on the server."""
    name = str(resource.fields["name"])
    if len(name) > LONGEST:
        values = {"name": name, "longest": str(LONGEST)}
        work.findings.append(_error("ZENTRAL-NAME-TOO-LONG", group.group.at.child("id"), str(resource.key), **values))
    if name not in work.server.others:
        return resource
    place = resource.origins[0].at if resource.origins else group.group.at
    work.findings.append(_error("ZENTRAL-NAME-TAKEN", place, str(resource.key), name=name, group=group.key))
    return replace(resource, blocked_by=(*resource.blocked_by, "ZENTRAL-NAME-TAKEN"))


def _lower_app(work: Work, wish: EffectiveApp, group: GroupState) -> None:
    platform, entry, apps = group.group.platform, work.catalogue.get(wish.app), work.server.apps
    number = store_number(entry, platform) if entry else None
    mode = "required" if wish.mode == INHERIT else wish.mode
    if entry is None or number is None or apps is None or (platform, mode) not in work.modes:
        return  # said by the loader or the compiler: an unknown app, none on this platform, no such way
    choice = _choice(work, wish, entry, number, platform)
    ended = wish.mode in ("absent", INHERIT)
    if ended and choice.app is None:
        return  # what is nowhere needn't be taken away
    errors = [code for code, _ in choice.errors] if not ended else []
    ref = f"@{group.key}"
    errors += _excluded(work, choice.app, ref, entry, wish) if not ended else []
    errors += _opening(work, choice.app, platform, entry, wish) if not ended else []
    own = _own_app(work, choice, entry, wish, group) if not ended else None
    key = Key(kind="assignment", target=ref, part=_part(work, apps, choice, ref))
    work.resources[key] = Resource(
        key=key,
        fields={} if ended else wanted_fields(platform, work.server.required),
        depends_on=(group_key(ref), *([own] if own else ())),
        facts={"app": wish.app, "platform": platform, **({"inherit": True} if ended else {})},
        origins=wish.origins,
        groups=(group.key,),
        label=entry.name,
        blocked_by=tuple(errors),
    )
    if wish.mode == "required" and group.group.devices:
        work.seats[choice.part] = work.seats.get(choice.part, 0) + (group.group.devices.expected or 0)
        work.short.setdefault(choice.part, (choice, wish, entry.name))


def _choice(work: Work, wish: EffectiveApp, entry: App, number: str, platform: str) -> Choice:
    """Which live app it is, worked out and reported once however many groups wish for it."""
    known = work.choices.get((wish.app, platform))
    if known:
        return known
    server = work.server
    choice = choose(server.apps or Apps(), number, name=entry.name, platform=platform, location=server.location)
    choice = _with_expiry(work, choice)
    if wish.mode not in ("absent", INHERIT):
        at = wish.origins[0].at if wish.origins else None
        work.findings += [
            _error(code, None if code == EXPIRED else at, f"store-app:{wish.app}", **values)
            for code, values in choice.errors
        ]
        work.choices[wish.app, platform] = choice
    return choice


def _with_expiry(work: Work, choice: Choice) -> Choice:
    """With an expired token Zentral can give out no licence: what needs one waits. One that ends soon is said in time."""
    apps, asset = work.server.apps, choice.asset
    expires = apps.expires.get(asset.location) if apps and asset else None
    if apps is None or asset is None or expires is None:
        return choice
    left = (expires - work.today).days
    values = {"location": apps.locations.get(asset.location, ""), "days": str(abs(left))}
    if left < 0:
        return replace(choice, errors=(*choice.errors, (EXPIRED, values)))
    if left <= WARN_DAYS:
        code, subject = "ZENTRAL-LOCATION-EXPIRES", f"location:{values['location']}"
        work.findings.append(Finding(code=code, severity=Severity.WARNING, place=None, subject=subject, values=values))
    return choice


def _part(work: Work, apps: Apps, choice: Choice, ref: str) -> str:
    """Of several artifacts of one app the one that this group has already: what can't be told takes an app from nobody."""
    tag = work.server.tags.ours.get(ref)
    given = (app.part for app in apps.of(choice.adam_id) if tag and app.link and tag.id in app.link.scope.shards)
    return next(given, choice.part) if choice.errors else choice.part


def _excluded(work: Work, app: LiveApp | None, ref: str, entry: App, wish: EffectiveApp) -> list[str]:
    """Somebody has excluded this very group from the app: neither is theirs undone nor ours forced (the server refuses both)."""
    tag = work.server.tags.ours.get(ref)
    if app is None or app.link is None or tag is None or tag.id not in app.link.scope.excluded:
        return []
    at = wish.origins[0].at if wish.origins else None
    subject = str(Key(kind="assignment", target=ref, part=app.part))
    work.findings.append(_error("ZENTRAL-GROUP-EXCLUDED", at, subject, app=entry.name, group=ref[1:], tag=tag.name))
    return ["ZENTRAL-GROUP-EXCLUDED"]


def _opening(work: Work, app: LiveApp | None, platform: str, entry: App, wish: EffectiveApp) -> list[str]:
    """Platforms stand once in a link: ours added, others' devices of that platform would get the app too. Our own we close first."""
    if app is None or app.link is None:
        return []
    closed = replace(app.link, scope=replace(app.link.scope, default=0)) if app.own else app.link
    if not opens_for_others(closed, {platform}, work.server.tags.refs):
        return []
    at = wish.origins[0].at if wish.origins else None
    values = {"app": entry.name, "artifact": app.artifact.name, "platform": platform}
    work.findings.append(_error("ZENTRAL-APP-OPENS-PLATFORM", at, f"store-app:{wish.app}", **values))
    return ["ZENTRAL-APP-OPENS-PLATFORM"]


def _own_app(work: Work, choice: Choice, entry: App, wish: EffectiveApp, group: GroupState) -> Key | None:
    """The app as a thing of ours, where we make it or have made it; None where it is only used."""
    if not choice.is_ours:
        return None
    key = Key(kind="app", target=ROOT, part=choice.part)
    if key not in work.resources:
        name = app_name(entry.id, choice.adam_id, work.server.prefix)
        taken = name in work.server.others and choice.app is None
        if taken:
            at = wish.origins[0].at if wish.origins else None
            work.findings.append(_error("ZENTRAL-NAME-TAKEN", at, str(key), name=name, group=group.key))
        work.resources[key] = Resource(
            key=key,
            fields={"name": name, "default_shard": 0, "licences": True},
            facts={
                "app": wish.app,
                "platform": group.group.platform,
                "adam_id": choice.adam_id,
                **({"asset": choice.asset.id} if choice.asset else {}),
            },
            origins=wish.origins,
            label=entry.name,
            blocked_by=(*(code for code, _ in choice.errors), *(("ZENTRAL-NAME-TAKEN",) if taken else ())),
        )
    work.app_groups.setdefault(key, set()).add(group.key)
    return key


def _keep_shared_apps(work: Work) -> None:
    """An app that we made and nobody wants here any more stays while others' devices get it: ending it would take it from them."""
    server = work.server
    for part, app in (server.apps.by_part if server.apps else {}).items():
        key = Key(kind="app", target=ROOT, part=part)
        if not app.own or app.link is None or key in work.resources or is_idle(app.link, server.tags.refs):
            continue
        fields: dict[str, Json] = {"name": app.artifact.name}
        work.resources[key] = Resource(key=key, fields=fields, label=app.artifact.name)
        values = {"app": app.artifact.name}
        work.findings.append(
            Finding(code="ZENTRAL-APP-KEPT", severity=Severity.INFO, place=None, subject=str(key), values=values)
        )


def _short_of_seats(work: Work) -> list[Finding]:
    """More devices than licences, by the numbers that the files expect; the server counts nothing when it assigns."""
    findings: list[Finding] = []
    for part, needed in work.seats.items():
        choice, wish, name = work.short[part]
        asset = choice.asset
        if asset is None or needed <= asset.total:
            continue
        values = {
            "app": name,
            "needed": str(needed),
            "seats": str(asset.total),
            "available": str(asset.available),
            "assigned": str(asset.assigned),
        }
        at = wish.origins[0].at if wish.origins else None
        findings.append(
            Finding(
                code="ZENTRAL-SEATS-SHORT",
                severity=Severity.WARNING,
                place=at,
                subject=f"app:{wish.app}",
                values=values,
            )
        )
    return findings


def _error(code: str, at: Pointer | None, subject: str, **values: str) -> Finding:
    return Finding(code=code, severity=Severity.ERROR, place=at, subject=subject, values=values)


def _once(findings: Iterable[Finding]) -> Sequence[Finding]:
    """A line of a baseline stands behind many groups; its problem is said once."""
    kept: dict[tuple[str, object, str], Finding] = {}
    for finding in findings:
        values = sorted((name, value) for name, value in finding.values.items())
        kept.setdefault((finding.code, finding.place, repr(values)), finding)
    return list(kept.values())
