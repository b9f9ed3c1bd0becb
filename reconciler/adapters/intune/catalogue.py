"""Which live app each catalogue entry means, and what speaks against using it: no licence, an expired token, two alike. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.adapters.intune.apps import FOUND_ONLY, LiveApp, Wanted, find_apps
from reconciler.adapters.intune.groups import Groups, fold
from reconciler.adapters.intune.rows import group_of

WARN_DAYS = 30
"""Days before a VPP token ends at which it is said (a token is valid for one year)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A VPP token as listed; `names` are what people may call it by."""

    id: str
    names: tuple[str, ...]
    expires: date | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Apps:
    """All apps by key part. Of several with one identifier the one that is used has the plain part, others `part@<id>`."""

    by_part: Mapping[str, LiveApp]
    by_id: Mapping[str, LiveApp]
    parts: Mapping[str, str]
    tokens: Mapping[str, Token] = field(default_factory=dict)


def read_tokens(data: Iterable[Mapping[str, Any]]) -> dict[str, Token]:
    """Tokens by id, and by Apple ID too, which is all that some apps tell of theirs."""
    found: dict[str, Token] = {}
    for item in data:
        names = tuple(str(item[name]) for name in ("displayName", "organizationName", "appleId") if item.get(name))
        expires = _day(item.get("expirationDateTime"))
        token = Token(id=str(item["id"]), names=names, expires=expires, state=str(item.get("state") or ""))
        found[token.id] = token
        if item.get("appleId"):
            found.setdefault(str(item["appleId"]), token)
    return found


def _day(text: object) -> date | None:
    """Unset dates come as the year 1."""
    try:
        day = date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
    return day if day.year > 1 else None


def index_apps(apps: Sequence[LiveApp], tokens: Mapping[str, Token], *, org: str, apple_token: str) -> Apps:
    by_part: dict[str, LiveApp] = {}
    parts: dict[str, str] = {}
    alike: dict[str, list[LiveApp]] = {}
    for app in apps:
        alike.setdefault(fold(app.part), []).append(app)
    for found in alike.values():
        used = min(found, key=lambda app: (not _is_preferred(app, org, apple_token, tokens), app.id))
        for app in found:
            part = app.part if app is used else f"{app.part}@{app.id}"
            by_part[part] = app
            parts[app.id] = part
    return Apps(by_part=by_part, by_id={app.id: app for app in apps}, parts=parts, tokens=tokens)


def _is_preferred(app: LiveApp, org: str, apple_token: str, tokens: Mapping[str, Token]) -> bool:
    if app.mark is not None and app.mark.org == org:
        return True
    return bool(apple_token) and apple_token in _names(app, tokens)


def _names(app: LiveApp, tokens: Mapping[str, Token]) -> tuple[str, ...]:
    token = tokens.get(app.token)
    return (*app.token_names, *(token.names if token else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a catalogue entry comes to: the live app, or none; and problems as (code, values), of which errors hold it.

    `alike` are the apps that it may mean where that can't be told: whichever of them is assigned already is left so.
    """

    part: str
    app: LiveApp | None
    errors: tuple[tuple[str, Mapping[str, str]], ...] = ()
    warnings: tuple[tuple[str, Mapping[str, str]], ...] = ()
    to_create: bool = False
    alike: tuple[LiveApp, ...] = ()


def rows_of_others(app: LiveApp, groups: Groups) -> int:
    """How many of an app's assignments are not to groups of ours. What points at a deleted group is nobody's."""
    included = [group_of(row) for row in app.rows]
    return sum(
        not group or (group in groups.by_id and not groups.refs.get(group, "").startswith("@")) for group in included
    )


def choose(apps: Apps, wanted: Wanted, *, org: str, apple_token: str, today: date) -> Choice:
    """The live app to use for an entry. `today` is the plan's day, for the days that a token has left."""
    found = find_apps(apps.by_id.values(), wanted)
    preferred = [app for app in found if _is_preferred(app, org, apple_token, apps.tokens)]
    used = preferred if len(preferred) == 1 else found
    if not used:
        return _missing(wanted)
    app = used[0]
    part = app.part
    if len(used) > 1:
        return Choice(part=part, app=None, errors=(_several(wanted, used, apps.tokens),), alike=tuple(used))
    errors, warnings = _token_problems(app, wanted, apps.tokens, today)
    return Choice(part=apps.parts[app.id], app=app, errors=errors, warnings=warnings)


def _missing(wanted: Wanted) -> Choice:
    values = {"app": wanted.name, "identifier": wanted.bundle_or_package or wanted.store_id}
    if wanted.sort == "androidManagedStoreApp":
        return Choice(part=wanted.part, app=None, errors=(("INTUNE-APP-NOT-APPROVED-IN-PLAY", values),))
    if wanted.sort in FOUND_ONLY:
        return Choice(part=wanted.part, app=None, errors=(("INTUNE-APP-NOT-IN-TOKEN", values),))
    return Choice(part=wanted.part, app=None, to_create=True)


def _several(wanted: Wanted, found: Sequence[LiveApp], tokens: Mapping[str, Token]) -> tuple[str, Mapping[str, str]]:
    names = sorted({names[0] for app in found if (names := _names(app, tokens))})
    if wanted.sort in FOUND_ONLY and len(names) > 1:
        return "INTUNE-APP-IN-SEVERAL-TOKENS", {"app": wanted.name, "tokens": ", ".join(names)}
    return "INTUNE-APP-TWICE", {"app": wanted.name, "count": str(len(found))}


Problems = tuple[tuple[str, Mapping[str, str]], ...]


def _token_problems(
    app: LiveApp, wanted: Wanted, tokens: Mapping[str, Token], today: date
) -> tuple[Problems, Problems]:
    """An expired token gives out no licences: what needs one waits. One that ends soon is said in time."""
    token = tokens.get(app.token)
    if token is None or wanted.sort not in ("iosVppApp", "macOsVppApp"):
        return (), ()
    name = token.names[0] if token.names else token.id
    left = (token.expires - today).days if token.expires else WARN_DAYS + 1
    values = {"token": name, "days": str(abs(left))}
    if token.state == "assignedToExternalMDM":
        return (("INTUNE-TOKEN-OTHER-MDM", {"token": name}),), ()
    if token.state == "invalid":
        return (("INTUNE-TOKEN-INVALID", {"token": name}),), ()
    if token.state == "expired" or left < 0:
        return (("INTUNE-TOKEN-EXPIRED", values),), ()
    return (), (("INTUNE-TOKEN-EXPIRES", values),) if left <= WARN_DAYS else ()
