"""What `apply` checks for itself: a backend that is applied from the forge takes no plan but one that GitHub says is approved.

And the way past it, which is loud: a reason, a variable of its own, the journal, a signed record, and an issue.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.adapters.wiring import Wiring
from reconciler.apply.journal import Journal, Step
from reconciler.forge.deployments import History
from reconciler.forge.issues import put_issue
from reconciler.forge.lock import Held, Lock, acquire
from reconciler.forge.problems import ForgeProblem
from reconciler.http.failures import HttpFailure
from reconciler.model.change import ApplyResult, ChangeResult, Plan
from reconciler.model.finding import Finding
from reconciler.reconcile.apply import Applied, Now, run_apply
from reconciler.reconcile.ci_apply import apply_approved
from reconciler.reconcile.ci_carrying import Begun, Notes, anchor, anchor_beginning, note_begun, note_ended, write
from reconciler.reconcile.ci_checkout import commit_of
from reconciler.reconcile.ci_evidence import Place, read_past
from reconciler.reconcile.ci_keeping import LASTS, Keeper, kept
from reconciler.reconcile.ci_order import Order, Outcomes
from reconciler.reconcile.ci_planning import NOTHING, backend_of
from reconciler.reconcile.ci_setting import Setting
from reconciler.reconcile.connect import Connect, connect
from reconciler.reconcile.prepare import Prepared
from reconciler.trust.terms import Covered, Decision, Terms

GLASS: Final = "RECONCILER_BREAK_GLASS"
"""Names the backends that may be changed without approval, with commas between: an environment's own, which few can reach."""

BROKEN: Final = "break-glass"


def part_of(plan: Plan, backend: str) -> Plan:
    """What a plan says of one backend."""
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.backend == backend),
        held=tuple(change for change in plan.held if change.backend == backend),
        tenants=tuple(tenant for tenant in plan.tenants if tenant.backend == backend),
    )


def apply_covered(
    place: Place, setting: Setting, plan: Plan, order: Order, wiring: Wiring, connect_to: Connect = connect
) -> Outcomes:
    """A saved plan's changes of one backend: all of them approved, as today's plan of main has them, or none is made."""
    only = frozenset(change.fingerprint for change in plan.changes if change.backend == order.backend)
    return apply_approved(place, setting, replace(order, only=only), wiring, connect_to)


def is_armed(environ: Mapping[str, str], backend: str) -> bool:
    return backend in {name.strip() for name in environ.get(GLASS, "").split(",")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """How a plan is applied without approval. `place` and `setting` are None where the forge can't be asked: then only the journal says so.

    `title` and `text` are the issue's, for a backend and the number of changes. `unseen` tells at once what the forge didn't take.
    """

    reason: str
    place: Place | None
    setting: Setting | None
    title: Callable[[str], str]
    text: Callable[[int], str]
    unseen: Callable[[ForgeProblem | HttpFailure], None]


def break_glass(
    broken: Broken,
    plan: Plan,
    prepared: Prepared,
    root: Path,
    today: date,
    wiring: Wiring,
    journal: Path,
    *,
    progress: Callable[[ChangeResult], None] | None = None,
    now: Now | None = None,
    connect_to: Connect = connect,
) -> Applied | Held:
    """One backend's part of a plan. Everything else that an apply checks is checked: tenant, day, files, live values.

    What the forge refuses or doesn't answer stops nothing, and is told. Held: somebody else is writing to it just now.
    """
    with Journal(journal, wiring.clock.wall) as notes:
        notes.note(Step.BREAK_GLASS, plan.changes, reason="APPLY-GLASS-BROKEN", values={"reason": broken.reason})
    backend = plan.changes[0].backend
    order = Order(backend=backend, journal=journal, now=now, progress=progress)
    held = _lock(broken, backend)
    if isinstance(held, Held):
        return held
    if held is None or broken.place is None:
        return run_apply(
            plan, prepared, root, today, wiring, journal, progress=progress, connect_to=connect_to, now=now
        )
    with kept(broken.place.forge, held, stops=False) as keeper:
        done = _written(broken, order, plan, prepared, today, wiring, connect_to, keeper)
    _open_issue(broken, backend, len(plan.changes))
    return done


def _lock(broken: Broken, backend: str) -> Lock | Held | None:
    if broken.place is None or broken.setting is None:
        return None
    try:
        return acquire(broken.place.forge, broken.place.name_of(backend), broken.setting.holder, LASTS)
    except (ForgeProblem, HttpFailure) as failure:
        broken.unseen(failure)
        return None


def _open_issue(broken: Broken, backend: str, count: int) -> None:
    assert broken.place is not None  # noqa: S101 - there was a lock
    purpose = f"{BROKEN}-{broken.place.name_of(backend)}"
    try:
        put_issue(broken.place.forge, purpose, broken.title(backend), broken.text(count))
    except (ForgeProblem, HttpFailure) as failure:
        broken.unseen(failure)


def _written(
    broken: Broken,
    order: Order,
    plan: Plan,
    prepared: Prepared,
    today: date,
    wiring: Wiring,
    connect_to: Connect,
    keeper: Keeper,
) -> Applied:
    """Counted like everything else that was done, where it can be: limits and grants know of it. Nothing is called complete by it.

    Raises ForgeProblem FORGE-LOCK-LOST before anything is written.
    """
    covered = tuple(Covered(fingerprint=change.fingerprint, by=(BROKEN,)) for change in plan.changes)
    outcomes = Outcomes(decision=Decision(backend=order.backend, covered=covered), prepared=prepared, plan=plan)
    begun: Begun | None = None
    notes = _notes(broken, order, plan, prepared, today)
    try:
        notes = replace(notes, past=read_past(notes.place, order.backend))
        with suppress(ForgeProblem, HttpFailure):  # the record counts more than that nothing came before it
            anchor_beginning(notes, keeper)
        begun = note_begun(notes, outcomes)
        _anchor(notes, keeper, begun.last)
    except (ForgeProblem, HttpFailure) as failure:
        broken.unseen(failure)
    try:
        keeper.check()
    except HttpFailure as failure:
        broken.unseen(failure)
    applied = write(notes, wiring, connect_to, outcomes, keeper)
    if begun:
        ended, last = note_ended(notes, replace(outcomes, result=applied.result, findings=applied.findings), begun)
        if ended.unrecorded:
            broken.unseen(ForgeProblem(ended.unrecorded.code, ended.unrecorded.values))
        with suppress(ForgeProblem, HttpFailure):  # then what was about to be done stays anchored, which is enough
            _anchor(notes, keeper, last)
    return applied


def _anchor(notes: Notes, keeper: Keeper, mark: str) -> None:
    """That records are missing isn't made good by breaking the glass: somebody has to answer for it first."""
    if not notes.past.lost:
        anchor(notes, keeper, mark)


def _notes(broken: Broken, order: Order, plan: Plan, prepared: Prepared, today: date) -> Notes:
    place, setting = broken.place, broken.setting
    assert place and setting and prepared.documents  # noqa: S101, PT018 - there is a lock, and a plan that may be applied here
    terms = Terms(
        branch=place.branch,
        commit=commit_of(place.root),
        organisation=plan.organisation,
        repository=place.repository.id,
        today=today,
        limits=backend_of(prepared.documents, order.backend).limits,
        stock=replace(NOTHING, backend=order.backend),
        allowances=prepared.documents.allowances,
    )
    description = f"{BROKEN}: {broken.reason}"
    return Notes(place=place, setting=setting, order=order, terms=terms, past=History(), description=description)


def together(plan: Plan, parts: Sequence[Applied]) -> Applied:
    """The results of several backends as those of one plan."""
    done = [part.result for part in parts if part.result]
    findings: tuple[Finding, ...] = tuple(one for part in parts for one in part.findings)
    if not done:
        return Applied(result=None, findings=findings)
    result = ApplyResult(
        format=plan.format,
        organisation=plan.organisation,
        language=plan.language,
        results=tuple(one for part in done for one in part.results),
        findings=tuple(one for part in done for one in part.findings),
    )
    return Applied(result=result, findings=findings)
