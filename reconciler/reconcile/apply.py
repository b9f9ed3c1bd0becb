"""Applying a saved plan: is it still the one that may be applied, here, today? Then carry it out, and journal it."""

import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from reconciler.adapters.wiring import Wiring
from reconciler.apply.journal import Journal
from reconciler.apply.locking import FolderUnusable, NotBegun, backend_locks
from reconciler.apply.running import apply_plan
from reconciler.apply.stopping import stop_on_signals
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import HttpFailure
from reconciler.model.adapter import Adapter
from reconciler.model.change import ApplyResult, ChangeResult, Plan
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.resource import Tenant
from reconciler.planning.planfile import check_applicable
from reconciler.policy.windows import make_windows, wait_of
from reconciler.reconcile.connect import Connect, connect, explain_failure
from reconciler.reconcile.plan import trouble
from reconciler.reconcile.prepare import Prepared

WORK_FOLDER = ".reconciler"

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`result` is None where nothing was begun; then `findings` say why."""

    result: ApplyResult | None
    findings: tuple[Finding, ...]


def run_apply(
    plan: Plan,
    prepared: Prepared,
    root: Path,
    today: date,
    wiring: Wiring,
    journal: Path,
    *,
    progress: Callable[[ChangeResult], None] | None = None,
    connect_to: Connect = connect,
    now: Now | None = None,
) -> Applied:
    """Check first, all of it, before anything is written; then carry the plan out.

    `now` gives the moment that the calendar is asked about; without it the calendar is not asked.
    """
    documents = prepared.documents
    if documents is None:
        return Applied(result=None, findings=prepared.findings)
    with ExitStack() as closing:
        adapters, findings = _connected(plan, documents, wiring, connect_to, closing)
        tenants, more = _identified(adapters, documents)
        modes = {backend.id: backend.mode for backend in documents.organisation.backends}
        if not findings and not more:
            more = list(check_applicable(plan, now=today, tenants=tenants, digest=documents.digest, modes=modes))
        if findings or more:
            return Applied(result=None, findings=(*findings, *more))
        try:
            result = _carry_out(plan, documents, adapters, root, wiring, journal, progress, now)
        except NotBegun as why:
            return Applied(result=None, findings=(_refusal(why),))
        return Applied(result=result, findings=())


def _refusal(why: NotBegun) -> Finding:
    return Finding(code=why.code, severity=Severity.ERROR, place=None, subject=why.backend, values=why.values())


def _connected(
    plan: Plan, documents: Documents, wiring: Wiring, connect_to: Connect, closing: ExitStack
) -> tuple[Mapping[str, Adapter], list[Finding]]:
    adapters: dict[str, Adapter] = {}
    findings: list[Finding] = []
    for backend in _backends(plan, documents):
        try:
            adapters[backend.id] = connect_to(documents, backend, wiring)
        except CredentialProblem as problem:
            findings.append(trouble(backend, problem.code, problem.values))
        else:
            closing.callback(adapters[backend.id].close)
    return adapters, findings


def _identified(adapters: Mapping[str, Adapter], documents: Documents) -> tuple[list[Tenant], list[Finding]]:
    tenants: list[Tenant] = []
    findings: list[Finding] = []
    for backend in documents.organisation.backends:
        if backend.id not in adapters:
            continue
        try:
            tenants.append(adapters[backend.id].identify())
        except HttpFailure as failure:
            findings.append(trouble(backend, *explain_failure(backend, failure)))
        except CredentialProblem as problem:
            findings.append(trouble(backend, problem.code, problem.values))
    return tenants, findings


def _backends(plan: Plan, documents: Documents) -> list[Backend]:
    """Those that the plan read, as they are configured now; one that is gone is found by `check_applicable`."""
    read = {tenant.backend for tenant in plan.tenants}
    return [backend for backend in documents.organisation.backends if backend.id in read]


def _carry_out(
    plan: Plan,
    documents: Documents,
    adapters: Mapping[str, Adapter],
    root: Path,
    wiring: Wiring,
    journal: Path,
    progress: Callable[[ChangeResult], None] | None,
    now: Now | None,
) -> ApplyResult:
    locks, windows = backend_locks(root / WORK_FOLDER), make_windows(documents)
    main = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGTERM")
    with _open(journal, wiring) as notes, stop_on_signals() if main else nullcontext() as stop:
        explain = partial(_explain, {backend.id: backend for backend in documents.organisation.backends})
        return apply_plan(
            plan,
            adapters,
            notes,
            locks,
            wiring.clock,
            progress=progress,
            stop=stop,
            explain=explain,
            waits=(lambda change: wait_of(windows, change, now())) if now else None,
        )


def _open(journal: Path, wiring: Wiring) -> Journal:
    try:
        return Journal(journal, wiring.clock.wall)
    except OSError as problem:
        raise FolderUnusable(problem, journal) from problem


def _explain(backends: Mapping[str, Backend], backend: str, error: Exception) -> tuple[str, Mapping[str, str]] | None:
    if isinstance(error, HttpFailure):
        return explain_failure(backends[backend], error)
    if isinstance(error, CredentialProblem):  # a given token that has run out on the way
        return error.code, error.values
    return None
