"""A plan from a folder and the live systems: in which order they are read, and what a failure of one means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Final

from reconciler import __version__
from reconciler.adapters.wiring import Wiring
from reconciler.compile.membership import assign_devices
from reconciler.credentials.problems import CredentialProblem
from reconciler.http.failures import HttpFailure
from reconciler.load.tree import APPROVALS
from reconciler.model.adapter import Adapter, Scope
from reconciler.model.change import Note, Plan
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Backend, Documents
from reconciler.model.finding import Finding, Severity, is_error
from reconciler.model.resource import Key, Resource, Snapshot
from reconciler.planning.joining import readable_targets
from reconciler.planning.limits import Stock
from reconciler.planning.plan import BackendView, BaseView, make_plan
from reconciler.planning.policing import police
from reconciler.planning.positions import located
from reconciler.planning.removals import hold_removals
from reconciler.policy.waivers import check_allowances
from reconciler.policy.windows import make_windows, with_waits
from reconciler.reconcile.connect import Connect, UnknownKind, connect, explain_failure
from reconciler.reconcile.one_school import devices_seen, findings_for, narrow
from reconciler.reconcile.planned_rules import judge_planned
from reconciler.reconcile.prepare import Prepared
from reconciler.reconcile.rules import judge_prepared, sides

VALUES = frozenset({"membership", "setting", "assignment", "app"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which changes to keep. It filters changes, never compilation."""

    school: str | None = None
    backend: str | None = None


def run_plan(
    prepared: Prepared,
    wiring: Wiring,
    *,
    only: Filter | None = None,
    connect_to: Connect = connect,
    moment: datetime | None = None,
    stocked: Callable[[Stock], None] | None = None,
) -> Plan | None:
    """The plan, or None where the files don't even make an organisation. Raises nothing for what a system answers.

    With a moment, each change says until when the calendar would hold it back then. `stocked` is told of each system
    what its limits are shares of.
    """
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        return None
    only = only or Filter()
    findings = [_of_prose(one) for one in prepared.findings]
    views: list[BackendView] = []
    for backend in documents.organisation.backends:
        if only.backend in (None, backend.id):
            view = _view(prepared, documents, state, backend, wiring, connect_to, findings, only.school)
            views += [view] if view else []
    judged = judge_planned(judge_prepared(prepared), prepared, views)
    findings += judged.findings
    plan = make_plan(
        documents,
        state,
        views,
        tool_version=__version__,
        locate=prepared.locate,
        findings=findings,
        school=only.school,
        unasked=(*(one.subject for one in judged.unasked), *judged.standing_in),
        barred=judged.barred,
        stocked=stocked,
    )
    plan = hold_removals(plan, *sides(prepared), _wanted_before(views), judged)
    plan = replace(plan, lapses=min((day for day in (plan.lapses, judged.lapses) if day), default=None))
    plan = replace(plan, base=prepared.base.revision if prepared.base else "")
    plan = police(plan, documents, prepared.locate, prepared.base.documents if prepared.base else None, perf_counter)
    plan = with_waits(plan, make_windows(documents), moment) if moment else plan
    if only.school is not None:
        return _of_school(plan, only.school, documents)
    return _with_spent(plan, prepared, documents, views)


def _wanted_before(views: list[BackendView]) -> Mapping[str, Mapping[Key, Resource]]:
    return {view.backend.id: {one.key: one for one in view.base.lowered.resources} for view in views if view.base}


def _of_school(plan: Plan, school: str, documents: Documents) -> Plan:
    """With the findings of this school and of the whole; how many there are of the others is said, so that nobody takes them for none."""
    mine, others = findings_for(plan.findings, school, documents)
    if not others:
        return plan
    values = {"school": school, "count": str(len(others)), "errors": str(sum(map(is_error, others)))}
    said = Note(code="ONLY-SCHOOL-FINDINGS", backend="", values=values)
    return replace(plan, findings=mine, notes=(*plan.notes, said))


PROSE: Final = ("policies/mgn/", f"{APPROVALS}/")
"""What people agreed to do, and what they approved: no system's state comes from it."""


def _of_prose(finding: Finding) -> Finding:
    """What is wrong in such a file is its own: an error, and no reason to leave a change undone."""
    file = finding.place.file if finding.place else ""
    return replace(finding, subject=file) if not finding.subject and file.startswith(PROSE) else finding


def _with_spent(plan: Plan, prepared: Prepared, documents: Documents, views: list[BackendView]) -> Plan:
    """Leave to pass limits that has done its work is said to; of a system that wasn't read whole nothing is known."""
    blocked = any(is_error(one) and not one.subject for one in plan.findings)  # then the plan leaves deletions out
    whole = {view.backend.id for view in views if not (blocked or view.snapshot.unread or view.snapshot.missing)}
    every = [*plan.changes, *plan.held]
    pending = {
        backend: [
            (one.fingerprint, (one.envelope.source, one.envelope.into) if one.envelope else None)
            for one in every
            if one.backend == backend
        ]
        for backend in whole
    }
    found = list(check_allowances(documents.allowances, pending, plan.as_of))
    return replace(plan, findings=located([*plan.findings, *found], prepared.locate)) if found else plan


def _view(
    prepared: Prepared,
    documents: Documents,
    state: DesiredState,
    backend: Backend,
    wiring: Wiring,
    connect_to: Connect,
    findings: list[Finding],
    school: str | None,
) -> BackendView | None:
    """One backend. Where it can't be reached or refuses us it is left out with a finding, and others go on."""
    try:
        adapter = connect_to(documents, backend, wiring)
    except CredentialProblem as problem:
        findings.append(trouble(backend, problem.code, problem.values))
        return None
    except UnknownKind:
        findings.append(trouble(backend, "BACKEND-KIND-UNKNOWN", {"kind": backend.kind}))
        return None
    try:
        return _observe(prepared, documents, state, backend, adapter, findings, school)
    except HttpFailure as failure:
        findings.append(trouble(backend, *explain_failure(backend, failure)))
    except CredentialProblem as problem:
        findings.append(trouble(backend, problem.code, problem.values))
    finally:
        adapter.close()
    return None


def _observe(
    prepared: Prepared,
    documents: Documents,
    state: DesiredState,
    backend: Backend,
    adapter: Adapter,
    findings: list[Finding],
    school: str | None,
) -> BackendView:
    """Places first, since they say what the targets are; then devices and values side by side.

    With `school`, a system that can is asked for no more than what concerns that school.
    """
    structure = adapter.observe(Scope(kinds=frozenset({"group"}), soon=frozenset() if school else VALUES))
    lowered = adapter.lower(state, structure)
    wanted = [(state, lowered)]
    if prepared.base and prepared.base.state and prepared.base.documents:
        wanted.append((prepared.base.state, adapter.lower(prepared.base.state, structure)))
    scope = Scope(kinds=VALUES, targets=readable_targets(lowered, structure, documents.organisation.uid))
    if school:
        scope = narrow(scope, school, backend.id, wanted, structure, documents.organisation.uid)
    snapshot = _together(structure, adapter.observe(scope))
    assigned = assign_devices(documents, state, backend.id, snapshot.devices)
    if ("membership", "") not in snapshot.unread:  # of devices that nobody has seen, nothing can be said
        findings += assigned.findings if not school else devices_seen(assigned.findings, snapshot, school, state)
    base = None
    if prepared.base and prepared.base.state and prepared.base.documents:
        places = assign_devices(prepared.base.documents, prepared.base.state, backend.id, snapshot.devices).places
        base = BaseView(lowered=wanted[-1][1], places=places)
    return BackendView(
        backend=backend,
        capabilities=adapter.capabilities,
        snapshot=snapshot,
        lowered=lowered,
        places=assigned.places,
        base=base,
    )


def _together(structure: Snapshot, values: Snapshot) -> Snapshot:
    return replace(
        values,
        resources=(*structure.resources, *values.resources),
        unread=structure.unread | values.unread,
        left_out=structure.left_out | values.left_out,
        missing=structure.missing | values.missing,
        findings=(*structure.findings, *values.findings),
        reads=structure.reads + values.reads,
    )


def trouble(backend: Backend, code: str, values: Mapping[str, str]) -> Finding:
    filled = {**values, "backend": backend.id}
    return Finding(code=code, severity=Severity.ERROR, place=backend.at, subject=backend.id, values=filled)
