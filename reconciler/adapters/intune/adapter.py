"""Intune as an adapter: Entra groups for places, Intune for apps, assignments and policies, all through Microsoft Graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.intune.again import read_again
from reconciler.adapters.intune.capabilities import CAPABILITIES
from reconciler.adapters.intune.lower import Tenant as LoweredFor
from reconciler.adapters.intune.lower import lower
from reconciler.adapters.intune.reading import observe, tenant_of
from reconciler.adapters.intune.session import Session
from reconciler.adapters.intune.writing import pack, write
from reconciler.model.adapter import Batch, Capability, Scope, Seen
from reconciler.model.change import Change
from reconciler.model.desired import DesiredState
from reconciler.model.documents import App
from reconciler.model.resource import Key, Lowered, Snapshot, Tenant
from reconciler.settings.table import SettingsTable


@dataclass(slots=True, kw_only=True)
class IntuneAdapter:
    """One tenant. `catalogue` is the app catalogue by id: an app's identifiers say which of Intune's apps it is."""

    session: Session
    table: SettingsTable
    catalogue: Mapping[str, App]

    @property
    def backend(self) -> str:
        return self.session.backend

    @property
    def capabilities(self) -> Sequence[Capability]:
        return CAPABILITIES

    def identify(self) -> Tenant:
        return tenant_of(self.session)

    def observe(self, scope: Scope) -> Snapshot:
        return observe(self.session, scope)

    def lower(self, state: DesiredState, structure: Snapshot) -> Lowered:  # noqa: ARG002 - groups and apps are the session's, ids and all
        tenant = LoweredFor(
            groups=self.session.known_groups(),
            apps=self.session.apps,
            org=self.session.org,
            apple_token=self.session.options.apple_token,
        )
        return lower(state, backend=self.backend, tenant=tenant, table=self.table, catalogue=self.catalogue)

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
        return self.session.graph.counts()
