"""One server as a connection: what it had when each list was last read, and what of it is ours.

The server has one database and answers reads as of the last write. Lists are therefore read anew whenever something is about
to be written or has been, and nothing is remembered beside them.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, TypeVar

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.apps import Apps, LiveApp, read_apps, read_assets, read_expiries
from reconciler.adapters.zentral.artifacts import (
    DEVICE,
    PROFILE,
    STORE_APP,
    Artifact,
    Version,
    group_in_mark,
    is_marked,
    read_artifacts,
    read_versions,
)
from reconciler.adapters.zentral.links import Link, Scope, read_link, read_links, read_scope
from reconciler.adapters.zentral.names import is_profile_name, taxonomy_name
from reconciler.adapters.zentral.paging import Row, count, read_bare, read_pages
from reconciler.adapters.zentral.refusals import BlueprintUnknown
from reconciler.adapters.zentral.tags import Tags, read_tags
from reconciler.http.client import HttpClient
from reconciler.http.failures import BadResponse, NotFound
from reconciler.http.reads import read_all, values
from reconciler.model.documents import Backend
from reconciler.model.place import Json

CONCURRENT_READS = 4

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What organisation.yaml says of this backend; `location` and `prefix` may be empty."""

    url: str
    blueprint: str
    location: str = ""
    prefix: str = ""


@dataclass(slots=True, kw_only=True)
class Session:
    """`required`: the settings table's field and word for an app that is to be there. Lists are None until they are read."""

    backend: Backend
    org: str
    host: str
    options: Options
    http: HttpClient
    required: Mapping[str, Json]
    blueprint: int | None = None
    tags: Tags | None = None
    links: Mapping[str, Link] | None = None
    linked: Mapping[tuple[int | None, str], Link] = field(default_factory=dict)
    """The same by blueprint and artifact, of which each pair is there once."""
    artifacts: Mapping[str, Artifact] | None = None
    versions: Mapping[str, list[Version]] | None = None
    store_apps: list[Row] | None = None
    assets: list[Row] | None = None
    locations: Mapping[int, str] | None = None
    expires: Mapping[int, date] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def close(self) -> None:
        self.http.close()

    @property
    def taxonomy(self) -> str:
        return taxonomy_name(self.org, self.options.prefix)

    def read(self, names: Collection[str]) -> None:
        """These lists anew, side by side. Raises the first failure."""
        readers = self.readers()
        values(read_all(lambda name: readers[name](), sorted(names), concurrency=CONCURRENT_READS))

    def readers(self) -> Mapping[str, Any]:
        return {
            "blueprint": self.read_blueprint,
            "tags": self.read_tags,
            "links": self.read_links,
            "artifacts": self.read_artifacts,
            "profiles": self.read_profiles,
            "store_apps": self.read_store_apps,
            "assets": self.read_assets,
            "locations": self.read_locations,
        }

    def read_blueprint(self) -> None:
        """By name among all of them: a filter that the server doesn't know it ignores without a word."""
        rows = read_pages(self.http.send, api.BLUEPRINTS)
        named = [row for row in rows if row.get("name") == self.options.blueprint]
        found = self.understood(api.BLUEPRINTS, lambda: next((int(row["id"]) for row in named), None))
        if found is None:
            known = sorted(str(row.get("name")) for row in rows)[:10]
            request = api.list_page(api.BLUEPRINTS, 0)
            raise BlueprintUnknown(request, self.http.host, name=self.options.blueprint, known=known)
        self.blueprint = found

    def read_tags(self) -> None:
        taxonomies = read_bare(self.http.send, api.TAXONOMIES)
        rows = read_bare(self.http.send, api.TAGS_PATH)
        self.tags = self.understood(
            api.TAGS_PATH, lambda: read_tags(rows, taxonomies, org=self.org, prefix=self.options.prefix)
        )

    def read_links(self) -> None:
        self.links = self.understood(api.LINKS, lambda: read_links(read_pages(self.http.send, api.LINKS)))
        self.linked = {(link.blueprint, link.artifact): link for link in self.links.values()}

    def read_artifacts(self) -> None:
        self.artifacts = self.understood(
            api.ARTIFACTS, lambda: read_artifacts(read_pages(self.http.send, api.ARTIFACTS))
        )

    def read_profiles(self) -> None:
        self.versions = self.understood(api.PROFILES, lambda: read_versions(read_pages(self.http.send, api.PROFILES)))

    def read_store_apps(self) -> None:
        rows = read_pages(self.http.send, api.STORE_APPS)
        self.understood(
            api.STORE_APPS, lambda: [(row["artifact"], int(row["location_asset"]), read_scope(row)) for row in rows]
        )
        self.store_apps = rows

    def read_assets(self) -> None:
        rows = read_pages(self.http.send, api.ASSETS)
        self.understood(api.ASSETS, lambda: read_assets(rows))
        self.assets = rows

    def read_locations(self) -> None:
        """Their names, for the option and for texts. Not in the reference's table; source: mdm/api_views/apps_books.py."""
        try:
            rows = read_pages(self.http.send, api.LOCATIONS)
        except NotFound:  # an older server has no such list: then locations have numbers
            rows = []
        self.expires = self.understood(api.LOCATIONS, lambda: read_expiries(rows))
        self.locations = {int(row["id"]): str(row.get("name") or "") for row in rows}

    def understood(self, path: str, read: Callable[[], _Found]) -> _Found:
        """What was read, as ours. A row with a field missing or of another kind is an answer that isn't the API's, and no bug of ours."""
        try:
            return read()
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            detail = f"a field is missing or of another kind ({type(wrong).__name__})"
        raise BadResponse(api.list_page(path, 0), self.http.host, detail=detail)

    def known_tags(self) -> Tags:
        if self.tags is None:
            self.read_tags()
        return self.tags or Tags(taxonomy=None)

    def known_links(self) -> Mapping[str, Link]:
        return self.links or {}

    def link_of(self, artifact: str) -> Link | None:
        """Our blueprint's link to an artifact."""
        return self.linked.get((self.blueprint, artifact))

    def apps(self) -> Apps | None:
        """None where some list that says it could not be read."""
        lists = (self.artifacts, self.store_apps, self.assets, self.links, self.blueprint)
        if any(one is None for one in lists):
            return None
        return read_apps(
            self.artifacts or {},
            self.store_apps or (),
            read_assets(self.assets or ()),
            self.locations or {},
            self.expires,
            self.known_links().values(),
            blueprint=self.blueprint or 0,
            prefix=self.options.prefix,
            location=self.options.location,
        )

    def app(self, part: str) -> LiveApp | None:
        apps = self.apps()
        return apps.by_part.get(part) if apps else None

    def marked_profiles(self) -> Iterator[tuple[Artifact, list[Version], Link | None]]:
        """Profiles that bear our mark, each with our blueprint's link to it."""
        for artifact in (self.artifacts or {}).values():
            versions = (self.versions or {}).get(artifact.id, [])
            if artifact.sort != PROFILE or artifact.channel != DEVICE or not is_marked(versions, self.org):
                continue
            yield artifact, versions, self.link_of(artifact.id)

    def own_profiles(self) -> Iterator[tuple[Artifact, list[Version], Link]]:
        """Those that our blueprint links to a tag of ours, or that somebody has opened to everybody: others have no effect on any group."""
        tags = self.known_tags()
        for artifact, versions, link in self.marked_profiles():
            if link is None:
                continue
            named = is_profile_name(
                artifact.name, self.options.prefix
            )  # another backend's bears the same group in its mark
            opened = named and link.scope.default > 0 and group_in_mark(versions, self.org) in tags.ours
            if opened or not tags.refs.keys().isdisjoint(link.scope.shards):
                yield artifact, versions, link

    def without_licences(self) -> list[Artifact]:
        """Store apps that our blueprint takes in, by a link or because something in it requires them, and that have no version.

        They had one: the licences behind it are gone. The server then can't put the blueprint together: it keeps each write and
        answers 500, and devices get nothing new (`update_blueprint_serialized_artifacts`, mdm/artifacts.py; recorded on a running
        server, 2026-11-22).
        """
        if self.store_apps is None or self.artifacts is None:
            return []
        having = {str(row.get("artifact")) for row in self.store_apps}
        waiting = [link.artifact for link in self.known_links().values() if link.blueprint == self.blueprint]
        seen: dict[str, Artifact] = {}
        while waiting:
            artifact = self.artifacts.get(waiting.pop())
            if artifact is not None and artifact.id not in seen:
                seen[artifact.id] = artifact
                waiting += artifact.requires
        return [one for one in seen.values() if one.sort == STORE_APP and one.id not in having]

    def version_scopes(self) -> list[Scope]:
        """Of all versions on the server, profiles' and store apps', whoever's they are."""
        profiles = [version.scope for versions in (self.versions or {}).values() for version in versions]
        return [*profiles, *(read_scope(row) for row in self.store_apps or ())]

    def artifact_named(self, name: str) -> Artifact | None:
        return next((one for one in (self.artifacts or {}).values() if one.name == name), None)

    def fresh_link(self, identity: str) -> Link:
        """As it is right now. Raises NotFound."""
        request = api.get_one(api.LINKS, identity)
        data = self.http.send(request).data
        if not isinstance(data, dict) or "artifact" not in data:
            raise BadResponse(request, self.http.host, detail="it is not the link that was asked for")
        link = self.understood(api.LINKS, lambda: read_link({**data}))
        known = self.known_links().get(identity)
        if link.id != identity or (known and (link.blueprint, link.artifact) != (known.blueprint, known.artifact)):
            raise BadResponse(request, self.http.host, detail="it is not the link that was asked for")
        return link

    def serials_with(self, tags: Collection[int], total: int) -> set[str]:
        """Serial numbers of enrolled devices that have one of these tags. `total`: how many are enrolled.

        A filter that the server doesn't know would give them all: that answer is held against the opposite question.
        """
        if not tags:
            return set()
        query = {"tags": [str(tag) for tag in sorted(tags)]}
        rows = read_pages(self.http.send, api.DEVICES, query)
        if rows and len(rows) >= total:
            others = count(self.http.send, api.DEVICES, {"excluded_tags": query["tags"]})
            # Rows against rows: one machine that is enrolled twice has two, and `total` counts it once.
            if others + len(rows) != count(self.http.send, api.DEVICES):
                raise BadResponse(
                    api.list_page(api.DEVICES, 0), self.http.host, detail="the server ignores the filter for tags"
                )
        return {str(row.get("serial_number") or "") for row in rows} - {""}


def reads_of(session: Session, names: Collection[str]) -> list[tuple[str, Any]]:
    """Name and what reads it, for whoever minds each failure by itself."""
    readers = session.readers()
    return [(name, partial(readers[name])) for name in names]
