"""Zentral as an adapter: tags for places, profiles for settings, store apps, and links of one blueprint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.zentral.again import read_again
from reconciler.adapters.zentral.apps import Apps
from reconciler.adapters.zentral.artifacts import DEVICE, PROFILE, Artifact, group_in_mark, is_marked
from reconciler.adapters.zentral.capabilities import CAPABILITIES
from reconciler.adapters.zentral.lower import Server, lower
from reconciler.adapters.zentral.names import is_profile_name
from reconciler.adapters.zentral.own_groups import used_elsewhere
from reconciler.adapters.zentral.reading import observe, tenant_of
from reconciler.adapters.zentral.session import Session
from reconciler.adapters.zentral.writing import pack, write
from reconciler.apple.published import load_published
from reconciler.model.adapter import Batch, Capability, Seen
from reconciler.model.adapter import Scope as Asked
from reconciler.model.change import Change
from reconciler.model.desired import DesiredState
from reconciler.model.documents import App
from reconciler.model.resource import Key, Lowered, Snapshot, Tenant
from reconciler.settings.table import SettingsTable


@dataclass(slots=True, kw_only=True)
class ZentralAdapter:
    """One server and one of its blueprints. `catalogue` is the app catalogue by id."""

    session: Session
    table: SettingsTable
    catalogue: Mapping[str, App]

    @property
    def backend(self) -> str:
        return self.session.backend.id

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    def identify(self) -> Tenant:
        self.session.read_blueprint()
        return tenant_of(self.session)

    def observe(self, scope: Asked) -> Snapshot:
        return observe(self.session, scope)

    def lower(self, state: DesiredState, structure: Snapshot) -> Lowered:  # noqa: ARG002 - tags and artifacts are the session's, ids and all
        return lower(
            state,
            backend=self.backend,
            server=server_of(self.session),
            table=self.table,
            published=load_published(),
            catalogue=self.catalogue,
        )

    def pack(self, changes: Sequence[Change]) -> Sequence[Batch]:
        return pack(changes)

    def read(self, changes: Sequence[Change]) -> Mapping[Key, Seen]:
        return read_again(self.session, changes)

    def write(self, batch: Batch) -> None:
        write(self.session, batch)

    def close(self) -> None:
        self.session.close()

    def counts(self) -> Mapping[str, Any]:
        """Requests by lane so far, for progress and benchmarks."""
        return self.session.http.counts()


def server_of(session: Session) -> Server:
    """What has been read, as lowering needs it."""
    apps = session.apps()
    made = frozenset(app.artifact.id for app in apps.by_part.values() if app.own) if apps else frozenset[str]()
    return Server(
        tags=session.known_tags(),
        apps=apps,
        others=frozenset(one.name for one in (session.artifacts or {}).values() if not _is_ours(session, one, made)),
        uses=_uses(session, apps),
        org=session.org,
        prefix=session.options.prefix,
        location=session.options.location,
        required=session.required,
        at=session.backend.at,
        renamed=_renamed(session),
        unlinked=_unlinked(session, apps),
    )


def _renamed(session: Session) -> dict[str, str]:
    """By the reference in the mark of a profile that only a tag made by hand among ours is linked to: that tag was the group's."""
    tags = session.known_tags()
    by_hand = {tag.id: tag.name for tag in tags.by_hand}
    found: dict[str, str] = {}
    for _, versions, link in session.marked_profiles():
        ref = group_in_mark(versions, session.org)
        linked = sorted(by_hand.keys() & link.scope.shards.keys()) if link else []
        if linked and ref not in tags.ours:
            found.setdefault(ref, by_hand[linked[0]])
    return found


def _unlinked(session: Session, apps: Apps | None) -> frozenset[str]:
    """Names of artifacts of ours that no blueprint links. Of another blueprint's, or under another prefix, nothing is said."""
    if session.links is None or session.artifacts is None:
        return frozenset()
    linked = {link.artifact for link in session.known_links().values()}
    ours = [
        artifact
        for artifact, _, _ in session.marked_profiles()
        if is_profile_name(artifact.name, session.options.prefix)
    ]
    ours += [app.artifact for app in apps.by_part.values() if app.own] if apps else []
    return frozenset(one.name for one in ours if one.id not in linked)


def _is_ours(session: Session, artifact: Artifact, apps: frozenset[str]) -> bool:
    """Made by us, or by an attempt of ours that came no further than the name. `apps`: ids of those that we made."""
    versions = (session.versions or {}).get(artifact.id, [])
    profile = (artifact.sort, artifact.channel) == (PROFILE, DEVICE)
    return artifact.id in apps or (profile and (not versions or is_marked(versions, session.org)))


def _uses(session: Session, apps: Apps | None) -> dict[int, frozenset[str]]:
    """By tag, what it says something in that we don't write."""
    written = {artifact.id for artifact, _, _ in session.own_profiles()}
    written |= {app.artifact.id for app in apps.by_part.values()} if apps else set()
    links, versions = session.known_links().values(), session.version_scopes()
    return used_elsewhere(links, versions, blueprint=session.blueprint, ours=written)
