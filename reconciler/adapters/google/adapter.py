"""Google as an adapter: Directory API for places and devices, Chrome Policy API for settings and apps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adapters.google.capabilities import CAPABILITIES
from reconciler.adapters.google.lower import lower
from reconciler.adapters.google.reading import observe, read_again, tenant_of
from reconciler.adapters.google.schemas import LiveSchemas, read_schemas
from reconciler.adapters.google.session import Session
from reconciler.adapters.google.writing import pack, write
from reconciler.model.adapter import Batch, Capability, Scope, Seen
from reconciler.model.change import Change
from reconciler.model.desired import DesiredState
from reconciler.model.documents import App
from reconciler.model.resource import Key, Lowered, Snapshot, Tenant
from reconciler.settings.table import SettingsTable


@dataclass(slots=True, kw_only=True)
class GoogleAdapter:
    """One tenant. `apps` is the catalogue, by id: an app's identifiers are needed where it is installed."""

    session: Session
    table: SettingsTable
    apps: Mapping[str, App]
    schemas: LiveSchemas | None = field(default=None)

    @property
    def backend(self) -> str:
        return self.session.backend

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    def identify(self) -> Tenant:
        return tenant_of(self.session, self.session.read_places())

    def observe(self, scope: Scope) -> Snapshot:
        return observe(self.session, scope)

    def lower(self, state: DesiredState, structure: Snapshot) -> Lowered:  # noqa: ARG002 - places are the session's, ids and all
        """Checked against the tenant's own schemas, which are read once: what it doesn't know is an error here."""
        if self.schemas is None:
            self.schemas = read_schemas(self.session.list_schemas())
        return lower(
            state,
            backend=self.backend,
            root=self.session.options.root,
            manages=self.session.options.manages,
            places=self.session.known_places(),
            table=self.table,
            apps=self.apps,
            schemas=self.schemas,
        )

    def pack(self, changes: Sequence[Change]) -> Sequence[Batch]:
        return pack(self.session, changes)

    def read(self, changes: Sequence[Change]) -> Mapping[Key, Seen]:
        return read_again(self.session, changes)

    def write(self, batch: Batch) -> None:
        write(self.session, batch)

    def close(self) -> None:
        self.session.directory.close()
        self.session.policy.close()

    def counts(self) -> Mapping[str, Any]:
        """Requests by lane so far, for progress and benchmarks."""
        return {**self.session.directory.counts(), **self.session.policy.counts()}
