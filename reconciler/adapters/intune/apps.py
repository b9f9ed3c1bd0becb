"""Apps as Intune has them, and how a catalogue entry names one. Pure.

The part of a key is `<type>:<identifier>`: what stays when somebody renames the app. VPP apps and those of managed Google
Play appear by a sync and can't be made; the others can.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adapters.intune.rows import by_group
from reconciler.adapters.mark import find_mark
from reconciler.model.documents import App
from reconciler.model.place import Json
from reconciler.model.resource import Mark

_STORE_ID = re.compile(r"/id(\d+)")

FOUND_ONLY = frozenset({"iosVppApp", "macOsVppApp", "androidManagedStoreApp"})
"""Types that a POST is refused for: they come by a sync with the shop."""

_IDENTIFIED_BY = {
    "iosVppApp": "bundleId",
    "macOsVppApp": "bundleId",
    "androidManagedStoreApp": "packageId",
    "winGetApp": "packageIdentifier",
    "iosiPadOSWebClip": "appUrl",
    "macOSWebClip": "appUrl",
    "windowsWebApp": "appUrl",
    "officeSuiteApp": "productIds",
}
_TYPES = {
    ("ipados", "app-store"): "iosVppApp",
    ("ipados", "bundle-id"): "iosVppApp",
    ("ipados", "web"): "iosiPadOSWebClip",
    ("macos", "app-store"): "macOsVppApp",
    ("macos", "bundle-id"): "macOsVppApp",
    ("macos", "web"): "macOSWebClip",
    ("windows", "store"): "winGetApp",
    ("windows", "winget"): "winGetApp",
    ("windows", "microsoft-365"): "officeSuiteApp",
    ("windows", "web"): "windowsWebApp",
    ("android", "play"): "androidManagedStoreApp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveApp:
    """One app of the tenant. `sort` is its type without `#microsoft.graph.`; `token` the VPP token that it comes from.

    `rows_of`: its rows by the group that they include. An app of a municipality has hundreds, and each is asked for.
    """

    id: str
    sort: str
    identifier: str
    store_id: str
    name: str
    token: str
    token_names: tuple[str, ...]
    seats: int | None
    used: int
    mark: Mark | None
    notes: str
    published: bool
    rows: Sequence[Mapping[str, Any]] = ()
    rows_of: Mapping[str, Sequence[Mapping[str, Any]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows_of", by_group(self.rows))

    @property
    def part(self) -> str:
        return f"{self.sort}:{self.identifier}"


def read_apps(data: Iterable[Mapping[str, Any]]) -> list[LiveApp]:
    """Apps of the types that schools use; the rest is nothing we could be asked about."""
    return [app for item in data if (app := read_app(item)) is not None]


def read_app(item: Mapping[str, Any]) -> LiveApp | None:
    sort = str(item.get("@odata.type", "")).removeprefix("#").removeprefix("microsoft.graph.")
    field = _IDENTIFIED_BY.get(sort)
    if field is None:
        return None
    value = item.get(field) or ""
    if isinstance(value, list):
        value = "+".join(sorted(map(str, value)))
    url = _STORE_ID.search(str(item.get("appStoreUrl") or ""))
    notes = str(item.get("notes") or "")
    names = (item.get("vppTokenDisplayName"), item.get("vppTokenOrganizationName"), item.get("vppTokenAppleId"))
    return LiveApp(
        id=str(item["id"]),
        sort=sort,
        identifier=str(value),
        store_id=url[1] if url else "",
        name=str(item.get("displayName") or ""),
        token=str(item.get("vppTokenId") or item.get("vppTokenAppleId") or ""),
        token_names=tuple(str(name) for name in names if name),
        seats=item.get("totalLicenseCount"),
        used=int(item.get("usedLicenseCount") or 0),
        mark=find_mark(notes),
        notes=notes,
        published=item.get("publishingState") in (None, "published"),
        rows=tuple(item.get("assignments") or ()),
    )


def sort_of(platform: str, kind: str) -> str | None:
    """The type of app that an identifier of this kind means on a platform; None where Intune has none."""
    return _TYPES.get((platform, kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One catalogue entry on one platform: what it is called, its type, and every identifier that it is known by."""

    app: str
    name: str
    platform: str
    sort: str
    bundle_or_package: str
    store_id: str

    @property
    def part(self) -> str:
        return f"{self.sort}:{self.bundle_or_package or self.store_id}"


def wanted_app(app: App, platform: str) -> Wanted | None:
    """The entry as Intune would know it; an App Store id beside a bundle id names the same app."""
    identities = [one for one in app.identities if one.platform == platform and sort_of(platform, one.kind)]
    if not identities:
        return None
    sort = sort_of(platform, identities[0].kind) or ""
    named = next((one.id for one in identities if one.kind != "app-store"), "")
    store = next((one.id for one in identities if one.kind == "app-store"), "")
    return Wanted(app=app.id, name=app.name, platform=platform, sort=sort, bundle_or_package=named, store_id=store)


def find_apps(live: Iterable[LiveApp], wanted: Wanted) -> list[LiveApp]:
    """The live apps that an entry means: one, none, or one for each token that it was bought in."""
    return [
        app
        for app in live
        if app.sort == wanted.sort
        and (
            _same(app.identifier, wanted.bundle_or_package)
            if wanted.bundle_or_package
            else wanted.store_id in (app.store_id, app.identifier)
        )
    ]


def _same(live: str, wanted: str) -> bool:
    """Identifiers of packages don't differ by case; an address may come back with a slash at its end."""
    return live.rstrip("/").casefold() == wanted.rstrip("/").casefold()


def new_app_body(wanted: Wanted, notes: str) -> dict[str, Json]:
    """What an app is made with. Fields: types of Graph beta (8.1 of the reference, 2026-11)."""
    body: dict[str, Json] = {
        "@odata.type": f"#microsoft.graph.{wanted.sort}",
        "displayName": wanted.name,
        "description": wanted.name,
        "publisher": "-",
        "notes": notes,
    }
    return {**body, **_OWN_FIELDS[wanted.sort](wanted.bundle_or_package)}


def _winget(package: str) -> dict[str, Json]:
    install: dict[str, Json] = {"@odata.type": "#microsoft.graph.winGetAppInstallExperience", "runAsAccount": "system"}
    return {"packageIdentifier": package, "installExperience": install}


def _office(products: str) -> dict[str, Json]:
    """Shared activation, since a school's computer serves whoever signs in."""
    return {
        "productIds": list(products.split("+")),
        "officePlatformArchitecture": "x64",
        "updateChannel": "current",
        "useSharedComputerActivation": True,
        "autoAcceptEula": True,
    }


_OWN_FIELDS: Mapping[str, Callable[[str], Mapping[str, Json]]] = {
    "winGetApp": _winget,
    "officeSuiteApp": _office,
    "iosiPadOSWebClip": lambda url: {"appUrl": url, "useManagedBrowser": False},
    "macOSWebClip": lambda url: {"appUrl": url, "fullScreenEnabled": False},
    "windowsWebApp": lambda url: {"appUrl": url},
}
