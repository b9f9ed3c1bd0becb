"""Store apps and the licences behind them: which artifact, or which asset, a catalogue entry means. Pure.

The API knows an app by its number in the App Store (`adam_id`) alone. Zentral gives a device its licence by itself when it
installs, and takes it back when it has removed the app (mdm/commands/remove_application.py, 2026-08-22).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.adapters.zentral.artifacts import DEVICE, STORE_APP, Artifact
from reconciler.adapters.zentral.links import PLATFORMS, Link
from reconciler.adapters.zentral.names import adam_id_in, app_part
from reconciler.model.documents import App
from reconciler.model.place import Json

WARN_DAYS = 30
"""Days before a location's token ends at which it is said: it lasts a year, and a new one takes a person at Apple."""

STANDARD = "STDQ"
"""Pricing that Zentral itself takes where none is said (mdm/artifacts.py); `PLUS` is Apple's other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Licences of one app in one location (one Apps and Books token); counts as of the last sync with Apple."""

    id: int
    adam_id: str
    pricing: str
    location: int
    total: int
    available: int
    assigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveApp:
    """An artifact of type Store App. `asset` is None where it has no version, or its licences are gone. `part` as in keys.

    `own`: made by us, by its name. `link` is that of our blueprint.
    """

    artifact: Artifact
    adam_id: str
    asset: Asset | None
    own: bool
    part: str
    link: Link | None
    linked_elsewhere: bool = False
    versions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Apps:
    """All store apps by part, all assets by id, the locations' names and the last days of their tokens by id."""

    by_part: Mapping[str, LiveApp] = field(default_factory=dict)
    assets: Mapping[int, Asset] = field(default_factory=dict)
    locations: Mapping[int, str] = field(default_factory=dict)
    expires: Mapping[int, date] = field(default_factory=dict)

    def of(self, adam_id: str) -> list[LiveApp]:
        return [app for app in self.by_part.values() if app.adam_id == adam_id]


def read_expiries(rows: Iterable[Mapping[str, Any]]) -> dict[int, date]:
    """By location, the last day of the token that Apple gave for it; left out where the server doesn't say."""
    found = ((int(row["id"]), _day(row.get("server_token_expiration_date"))) for row in rows)
    return {location: day for location, day in found if day is not None}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def read_assets(rows: Iterable[Mapping[str, Any]]) -> dict[int, Asset]:
    return {
        int(row["id"]): Asset(
            id=int(row["id"]),
            adam_id=str(row.get("adam_id") or ""),
            pricing=str(row.get("pricing_param") or STANDARD),
            location=int(row["location"]),
            total=int(row.get("total_count") or 0),
            available=int(row.get("available_count") or 0),
            assigned=int(row.get("assigned_count") or 0),
        )
        for row in rows
    }


def read_apps(
    artifacts: Mapping[str, Artifact],
    versions: Iterable[Mapping[str, Any]],
    assets: Mapping[int, Asset],
    locations: Mapping[int, str],
    expires: Mapping[int, date],
    links: Iterable[Link],
    *,
    blueprint: int,
    prefix: str,
    location: str,
) -> Apps:
    """Of several artifacts for one app the one that is used has the plain part, others `part@<id>`."""
    of_artifact: dict[str, list[int]] = {}
    for row in versions:
        of_artifact.setdefault(str(row["artifact"]), []).append(int(row["location_asset"]))
    linked: dict[str, list[Link]] = {}
    for link in links:
        linked.setdefault(link.artifact, []).append(link)
    alike: dict[str, list[LiveApp]] = {}
    for artifact in artifacts.values():
        if artifact.sort == STORE_APP and artifact.channel == DEVICE:
            found = _live(
                artifact, of_artifact.get(artifact.id, ()), assets, linked.get(artifact.id, ()), blueprint, prefix
            )
            if found:
                alike.setdefault(found.adam_id, []).append(found)
    by_part: dict[str, LiveApp] = {}
    for same in alike.values():
        same.sort(
            key=lambda app: (not app.own, not _is_in(app, location, locations), app.link is None, app.artifact.id)
        )
        for number, app in enumerate(same):
            part = app.part if number == 0 else f"{app.part}@{app.artifact.id}"
            by_part[part] = replace(app, part=part)
    return Apps(by_part=by_part, assets=assets, locations=locations, expires=expires)


def _live(
    artifact: Artifact,
    asset_ids: Sequence[int],
    assets: Mapping[int, Asset],
    links: Sequence[Link],
    blueprint: int,
    prefix: str,
) -> LiveApp | None:
    named = adam_id_in(artifact.name, prefix)
    asset = next((assets[one] for one in asset_ids if one in assets), None)
    adam_id = asset.adam_id if asset else named
    if not adam_id:
        return None
    return LiveApp(
        artifact=artifact,
        adam_id=adam_id,
        asset=asset,
        own=named == adam_id,
        part=app_part(adam_id),
        link=next((link for link in links if link.blueprint == blueprint), None),
        linked_elsewhere=any(link.blueprint != blueprint for link in links),
        versions=len(asset_ids),
    )


def _is_in(app: LiveApp, location: str, locations: Mapping[int, str]) -> bool:
    return bool(app.asset and location and locations.get(app.asset.location) == location)


def app_fields(app: LiveApp) -> dict[str, Json] | None:
    """An app of ours as a thing that is: only where our blueprint links it, which is what makes it one.

    What the server keeps because it was sent to a device once has neither effect nor harm, and is taken up again.
    """
    if not app.own or app.link is None:
        return None
    return {"name": app.artifact.name, "default_shard": app.link.scope.default, "licences": app.versions > 0}


def row_fields(link: Link, tag: int, mode: Mapping[str, Json]) -> dict[str, Json] | None:
    """What one tag's row in a link says; None without one. `mode`: the settings table's field for *required*."""
    if tag not in link.scope.shards:
        return None
    flags: dict[str, Json] = {platform: platform in link.scope.platforms for platform in PLATFORMS}
    return {**mode, "share": link.scope.share(tag), **flags}


def wanted_fields(platform: str, mode: Mapping[str, Json]) -> dict[str, Json]:
    return {**mode, "share": 100, platform: True}


def store_number(app: App, platform: str) -> str | None:
    """The App Store's number of a catalogue entry on a platform."""
    numbers = (one.id for one in app.identities if one.platform == platform and one.kind == "app-store")
    return next((number.removeprefix("id") for number in numbers), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an entry comes to: an app that is there, or an asset to make one of; and problems as (code, values), which hold it."""

    part: str
    adam_id: str
    app: LiveApp | None = None
    asset: Asset | None = None
    errors: tuple[tuple[str, Mapping[str, str]], ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether it is a thing of ours: one that we have made, or shall make."""
        return self.app.own if self.app else self.asset is not None


def choose(apps: Apps, adam_id: str, *, name: str, platform: str, location: str) -> Choice:
    """The artifact or asset to use for an app. `name` is the catalogue's, for texts; `location` the configured one, or empty."""
    found = apps.of(adam_id)
    part = app_part(adam_id)
    if found:
        used = apps.by_part[part]
        errors = _speaking_against(used, found, apps, name=name, platform=platform, location=location)
        return Choice(
            part=part, adam_id=adam_id, app=used, asset=used.asset or _asset(apps, adam_id, location), errors=errors
        )
    return _to_make(apps, part, adam_id, name, location)


def _speaking_against(
    used: LiveApp, found: Sequence[LiveApp], apps: Apps, *, name: str, platform: str, location: str
) -> tuple[tuple[str, Mapping[str, str]], ...]:
    if used.own:
        return () if used.versions or used.asset else _to_make(apps, used.part, used.adam_id, name, location).errors
    rivals = [app for app in found if _rank(app, apps, location) == _rank(used, apps, location)]
    if len(rivals) > 1:
        names = ", ".join(sorted(app.artifact.name for app in rivals))
        return (("ZENTRAL-APP-TWICE", {"app": name, "artifacts": names}),)
    if platform not in used.artifact.platforms:
        return (("ZENTRAL-APP-NOT-FOR-PLATFORM", {"app": name, "artifact": used.artifact.name, "platform": platform}),)
    return ()


def _rank(app: LiveApp, apps: Apps, location: str) -> tuple[bool, bool]:
    return _is_in(app, location, apps.locations), app.link is not None


def _asset(apps: Apps, adam_id: str, location: str) -> Asset | None:
    return _to_make(apps, app_part(adam_id), adam_id, "", location).asset


def _to_make(apps: Apps, part: str, adam_id: str, name: str, location: str) -> Choice:
    bought = [asset for asset in apps.assets.values() if asset.adam_id == adam_id]
    here = [one for one in bought if not location or apps.locations.get(one.location) == location]
    if not here:
        where = ", ".join(sorted({_called(apps, one.location) for one in bought})) or "–"
        values = {"app": name, "adam_id": adam_id, "location": location or "–", "elsewhere": where}
        return Choice(part=part, adam_id=adam_id, errors=(("ZENTRAL-APP-NOT-BOUGHT", values),))
    if len({one.location for one in here}) > 1:
        names = ", ".join(sorted(_called(apps, one.location) for one in here))
        return Choice(
            part=part,
            adam_id=adam_id,
            errors=(("ZENTRAL-APP-IN-SEVERAL-LOCATIONS", {"app": name, "locations": names}),),
        )
    asset = min(here, key=lambda one: (one.pricing != STANDARD, one.id))
    return Choice(part=part, adam_id=adam_id, asset=asset)


def _called(apps: Apps, location: int) -> str:
    return apps.locations.get(location) or f"#{location}"


def new_store_app(artifact: str, asset: int) -> dict[str, Json]:
    """The first version. The device's licence goes with it, so nobody needs an Apple Account; it goes when the device leaves."""
    return {
        "artifact": artifact,
        "location_asset": asset,
        "version": 1,
        **dict.fromkeys(PLATFORMS, True),
        "shard_modulo": 100,
        "default_shard": 100,
        "excluded_tags": [],
        "tag_shards": [],
        "removable": False,
        "remove_on_unenroll": True,
    }
