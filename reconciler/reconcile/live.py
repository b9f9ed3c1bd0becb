"""Devices as the live systems have them, to answer a question about one; nothing of them is saved or printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.adapters.wiring import Wiring
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import HttpFailure
from reconciler.model.adapter import Scope
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding
from reconciler.model.resource import Device, Snapshot
from reconciler.reconcile.connect import Connect, UnknownKind, connect, explain_failure
from reconciler.reconcile.plan import trouble
from reconciler.reconcile.prepare import Prepared

DEVICES = Scope(kinds=frozenset({"group", "membership"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveDevices:
    """`devices` and `snapshots` by backend; a backend that could not be read is left out, and `findings` say why."""

    devices: Mapping[str, tuple[Device, ...]]
    snapshots: Mapping[str, Snapshot]
    findings: tuple[Finding, ...]


def read_devices(prepared: Prepared, wiring: Wiring, *, connect_to: Connect = connect) -> LiveDevices:
    """All devices of all backends, each with its place."""
    snapshots: dict[str, Snapshot] = {}
    findings: list[Finding] = []
    documents = prepared.documents
    if documents is None:
        return LiveDevices(devices={}, snapshots={}, findings=prepared.findings)
    for backend in documents.organisation.backends:
        try:
            snapshots[backend.id] = _read(documents, backend, wiring, connect_to, findings)
        except CredentialProblem as problem:
            findings.append(trouble(backend, problem.code, problem.values))
        except UnknownKind:
            findings.append(trouble(backend, "BACKEND-KIND-UNKNOWN", {"kind": backend.kind}))
        except HttpFailure as failure:
            findings.append(trouble(backend, *explain_failure(backend, failure)))
    devices = {name: one.devices for name, one in snapshots.items()}
    return LiveDevices(devices=devices, snapshots=snapshots, findings=tuple(findings))


def _read(
    documents: Documents, backend: Backend, wiring: Wiring, connect_to: Connect, findings: list[Finding]
) -> Snapshot:
    adapter = connect_to(documents, backend, wiring)
    try:
        snapshot = adapter.observe(DEVICES)
    finally:
        adapter.close()
    findings += snapshot.findings
    return snapshot
