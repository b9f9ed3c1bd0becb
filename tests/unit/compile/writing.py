"""Documents written as data, the way people write the files, for the tests of this folder."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from reconciler.compile.state import compile_state
from reconciler.model.desired import DesiredState
from reconciler.model.documents import (
    App,
    AppIdentity,
    AppliesTo,
    AppLine,
    Backend,
    Baseline,
    DatedValue,
    DeviceRule,
    Documents,
    ExceptionGrant,
    Group,
    Organisation,
    RawLine,
    Ring,
    Route,
    School,
    SettingLine,
    Span,
    UserTargets,
    Wishes,
)
from reconciler.model.place import Json, Pointer
from reconciler.settings.order import Order
from reconciler.settings.table import Install, Setting, SettingsTable

TODAY = date(2026, 11, 21)
TEXT = {"sv": "text", "en": "text"}


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(file: str, *path: str | int) -> Pointer:
    return Pointer(file=file, path=path)


# --- a small settings table ---------------------------------------------------------------------------------------


def setting(
    name: str, kind: str, *reaches: str, ladder: tuple[str, ...] = (), everything: str | None = None
) -> Setting:
    return Setting(
        id=name,
        area="browsing",
        label=TEXT,
        explain=TEXT,
        loses=None,
        value={},
        value_labels={},
        order=Order(kind=kind, ladder=ladder, everything=everything),
        disruptive="none",
        owner="joint",
        reach={"chromeos": reaches},
        fields=(),
    )


def install(
    mode: str, holder: str, *kinds: str, platform: str = "chromeos", system: str = "google", reach: str = ""
) -> Install:
    return Install(
        platform=platform,
        system=system,
        mode=mode,
        holder=holder,
        reach=reach or holder,
        schema=f"chrome.{holder}.apps.InstallType",
        field="appInstallType",
        type="enum",
        wire=mode.upper(),
        identifiers=kinds,
        removal="uninstalls",
        explain=TEXT,
        targets=("ORG_UNIT",),
        sources=("guide",),
        read="2026-11-21",
        confirmed=False,
    )


@cache
def table() -> SettingsTable:
    switch = ("allowed", "blocked")
    settings = (
        setting("incognito", "ladder", "user", "managed-guest", ladder=switch),
        setting("developer-tools", "ladder", "user", ladder=("allowed", "not-on-extensions", "blocked")),
        setting("guest-mode", "ladder", "device", ladder=switch),
        setting("managed-guest-session", "ladder", "device", ladder=("automatic", "allowed", "blocked")),
        setting("url-blocklist", "superset-tighter", "user", "managed-guest", everything="*"),
        setting("url-allowlist", "subset-tighter", "user", "managed-guest", everything="*"),
        setting("session-length", "max", "user"),
        setting("home-page", "free", "user"),
        setting("time-zone", "fixed", "device"),
    )
    return SettingsTable(
        settings={one.id: one for one in settings},
        installs=(
            install("required", "user", "extension", "web"),
            install("available", "user", "extension", "web"),
            install("blocked", "user", "extension"),
            install("absent", "user", "extension"),
            install("required", "kiosk", "web"),
            install("required", "user", "app-store", platform="ipados", system="intune", reach="device"),
            install("available", "user", "app-store", platform="ipados", system="intune"),
        ),
        app_id_prefixes={},
        sources={},
    )


# --- documents ----------------------------------------------------------------------------------------------------


def wishes(file: str, *path: str | int, **lines: Any) -> Wishes:
    """Keywords: `required`, `available`, `blocked`, `absent`, `inherit` (apps), `settings`, `raw` ((schema, fields, reach))."""
    where = at(file, *path)
    apps = [
        _app_line(mode, line, where.child("apps", mode, n))
        for mode in ("required", "available", "blocked", "absent", "inherit")
        for n, line in enumerate(lines.get(mode, ()))
    ]
    settings = [
        _setting_line(name, value, where.child("settings", name)) for name, value in lines.get("settings", {}).items()
    ]
    raw = [
        RawLine(system="google", schema=schema, fields=fields, reach=reach, at=where.child("raw", "google", n))
        for n, (schema, fields, reach) in enumerate(lines.get("raw", ()))
    ]
    return Wishes(apps=tuple(apps), settings=tuple(settings), raw=tuple(raw))


def _app_line(mode: str, line: str | Mapping[str, Any], where: Pointer) -> AppLine:
    if isinstance(line, str):
        return AppLine(app=line, mode=mode, at=where)
    return AppLine(
        app=line["app"],
        mode=mode,
        session=line.get("as", "user"),
        pinned=line.get("pin", False),
        span=span(line),
        at=where,
    )


def _setting_line(name: str, value: Any, where: Pointer) -> SettingLine:
    if isinstance(value, dict) and "dated" in value:
        dated = [
            DatedValue(value=one["value"], span=span(one), at=where.child("dated", n))
            for n, one in enumerate(value["dated"])
        ]
        return SettingLine(setting=name, values=tuple(dated), at=where)
    return SettingLine(setting=name, values=(DatedValue(value=value, span=Span(), at=where),), at=where)


def span(line: Mapping[str, Any]) -> Span:
    return Span(
        start=day(line["from"]) if "from" in line else None,
        end=day(line["until"]) if "until" in line else None,
        rings={ring: day(text) for ring, text in line.get("rings", {}).items()},
    )


def baseline(
    name: str,
    *,
    forms: Sequence[str] = (),
    audiences: Sequence[str] = (),
    platforms: Sequence[str] = (),
    shared: str = "",
    **lines: Any,
) -> Baseline:
    file = f"shared/{shared}/policies/baselines/{name}.yaml" if shared else f"policies/baselines/{name}.yaml"
    return Baseline(
        id=f"{shared}/{name}" if shared else name,
        name=name,
        shared=shared,
        applies_to=AppliesTo(school_forms=tuple(forms), audiences=tuple(audiences), platforms=tuple(platforms)),
        wishes=wishes(file, **lines),
        at=at(file),
    )


def users(
    *targets: str, file: str = "schools/norr.yaml", owns: str = "listed", path: Sequence[str] = ()
) -> UserTargets:
    """What begins with `/` is an org unit, everything else a directory group."""
    return UserTargets(
        org_units=tuple(one for one in targets if one.startswith("/")),
        directory_groups=tuple(one for one in targets if not one.startswith("/")),
        owns=owns,
        at=at(file, *path, "users"),
    )


def group(
    name: str,
    *,
    school: str = "norr",
    forms: Sequence[str] = ("grundskola",),
    platform: str = "chromeos",
    audience: str = "pupils",
    within: str | None = None,
    ou: str | Sequence[str] | None = None,
    devices: Mapping[str, Any] | None = None,
    previously: tuple[str, ...] = (),
    owns: str = "all",
    **lines: Any,
) -> Group:
    file = f"schools/{school}.yaml"
    rule = devices if devices is not None else {"match": {"location": f"{name}*"}}
    targets = (ou,) if isinstance(ou, str) else ou
    return Group(
        id=name,
        name=name,
        previously=previously,
        school_forms=tuple(forms),
        platform=platform,
        audience=audience,
        within=within,
        owns=owns,
        devices=None if rule.get("none") else DeviceRule(**rule, at=at(file, "groups", name, "devices")),
        users=None if targets is None else users(*targets, file=file, path=("groups", name)),
        wishes=wishes(file, "groups", name, **lines),
        at=at(file, "groups", name),
    )


def school(
    name: str = "norr",
    *groups: Group,
    layers: Mapping[str, Mapping[str, Any]] | None = None,
    ou: Mapping[str, str | Sequence[str]] | None = None,
    holding: Mapping[str, str] | None = None,
    previously: tuple[str, ...] = (),
) -> School:
    file = f"schools/{name}.yaml"
    return School(
        id=name,
        name=name,
        previously=previously,
        holding=holding or {},
        users=_users_by_audience(ou or {}, file),
        layers={audience: wishes(file, "layers", audience, **lines) for audience, lines in (layers or {}).items()},
        groups=groups,
        at=at(file),
    )


def _users_by_audience(targets: Mapping[str, str | Sequence[str]], file: str) -> dict[str, UserTargets]:
    return {
        audience: users(*((one,) if isinstance(one, str) else one), file=file, path=("users", audience))
        for audience, one in targets.items()
    }


def app(
    name: str,
    *,
    status: str = "approved",
    kind: str = "extension",
    platform: str = "chromeos",
    forms: Sequence[str] = (),
    withdrawn_from: str | None = None,
    previously: tuple[str, ...] = (),
) -> App:
    where = at("app-catalogs/appar.yaml", "apps", name)
    return App(
        id=name,
        name=name,
        status=status,
        previously=previously,
        withdrawn_from=day(withdrawn_from) if withdrawn_from else None,
        school_forms=tuple(forms),
        identities=(AppIdentity(platform=platform, kind=kind, id=name, at=where.child("platforms")),),
        at=where,
    )


def exception(
    name: str, lifts: str, *groups: str, until: str = "2027-06-30", start: str | None = None
) -> ExceptionGrant:
    app_id = lifts.removeprefix("app:")
    return ExceptionGrant(
        id=name,
        setting=None if lifts.startswith("app:") else lifts,
        app=app_id if lifts.startswith("app:") else None,
        groups=groups,
        reason="prov",
        span=Span(start=day(start) if start else None, end=day(until)),
        at=at(f"policies/exceptions/{name}.yaml"),
    )


def documents(
    *schools: School,
    baselines: Sequence[Baseline] = (),
    apps: Sequence[App] = (),
    exceptions: Sequence[ExceptionGrant] = (),
    ou: Mapping[str, str | Sequence[str]] | None = None,
    rings: Mapping[str, Sequence[str]] | None = None,
    routes: Sequence[Route] | None = None,
) -> Documents:
    file = "organisation.yaml"
    organisation = Organisation(
        uid="org-uid",
        name="Vidala kommun",
        municipality_code="0000",
        language="sv",
        backends=(
            Backend(id="chrome", kind="google", at=at(file, "backends", 0)),
            Backend(id="entra", kind="intune", at=at(file, "backends", 1)),
        ),
        routes=tuple(routes) if routes is not None else (Route(backend="chrome", at=at(file, "routes", 0)),),
        rings=tuple(
            Ring(id=ring, members=tuple(members), at=at(file, "rings", ring)) for ring, members in (rings or {}).items()
        ),
        users=_users_by_audience(ou or {}, file),
        at=at(file),
    )
    return Documents(
        organisation=organisation,
        schools=schools,
        apps=tuple(apps),
        baselines=tuple(baselines),
        exceptions=tuple(exceptions),
    )


# --- results as short data ----------------------------------------------------------------------------------------


def compiled(*args: Any, as_of: date = TODAY, **kwargs: Any) -> DesiredState:
    return compile_state(documents(*args, **kwargs), table(), as_of)


def value(state: DesiredState, key: str, name: str) -> Json:
    """The value of a setting in a group, or None."""
    found = state.groups[key].effective.settings.get(name)
    return found.value if found else None


def mode(state: DesiredState, key: str, name: str, session: str = "user") -> str | None:
    found = state.groups[key].effective.apps.get((name, session))
    return found.mode if found else None


def problems(state: DesiredState) -> list[tuple[str, str, str]]:
    """Code, line (file and path) and subject of every finding."""
    return [(one.code, spelled(one.place), one.subject) for one in state.findings]


def spelled(place: Any) -> str:
    return f"{place.file}:{'.'.join(map(str, place.path))}"


def layers(state: DesiredState) -> dict[str, dict[str, Json]]:
    """Owner of a user layer -> what is written there, apps by mode."""
    return {
        one.owner: {
            **{name: entry.value for name, entry in one.wishes.settings.items()},
            **{name: entry.mode for (name, _), entry in one.wishes.apps.items()},
        }
        for one in state.user_layers
    }
