"""`check`: guardrails and MGN on what the files add up to. Reads files, and Git for a base; systems only where asked to."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.load.repository import in_order
from reconciler.load.sources import Sources
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.policy import Guardrail, Verdict
from reconciler.model.slotted import dataclass
from reconciler.policy.breaches import Asked, Cause
from reconciler.policy.deviation import Deviation, deviations
from reconciler.policy.evaluate import in_force
from reconciler.policy.mgn import findings_of, judge_mgn
from reconciler.reconcile.prepare import prepare
from reconciler.reconcile.rules import judge_prepared, judge_with_devices

if TYPE_CHECKING:  # only who reads systems needs what reading them takes
    from reconciler.reconcile.live import LiveDevices
    from reconciler.reconcile.prepare import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """Everything that `check` shows. `rules` are those in force on the day; `findings` have exact positions."""

    as_of: date
    documents: Documents | None
    rules: tuple[Guardrail, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    causes: dict[Asked, Cause]
    mgn: tuple[MgnVerdict, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    findings: tuple[Finding, ...]
    locate: Sources


ReadDevices = Callable[["Prepared"], "LiveDevices"]


def run_check(root: Path, as_of: date, base: str | None = None, read: ReadDevices | None = None) -> CheckRun:
    """Load, compile, ask. Without an organisation there is nothing to ask, and the findings say why.

    With `read`, the systems' devices are asked too; of a system that can't be read they are not evaluated.
    """
    prepared = prepare(root, as_of, base, digest=False)
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        findings = in_order(prepared.all_findings, prepared.locate)
        return CheckRun(as_of=as_of, documents=documents, causes={}, findings=findings, locate=prepared.locate)
    live = read(prepared) if read else None
    judged = judge_with_devices(prepared, live.snapshots) if live else judge_prepared(prepared)
    told = [*prepared.all_findings, *judged.findings, *(live.findings if live else ())]
    mgn = judge_mgn(documents, judged.verdicts, as_of)
    return CheckRun(
        as_of=as_of,
        documents=documents,
        rules=in_force(documents.guardrails, as_of),
        verdicts=judged.verdicts,
        causes=dict(judged.causes),
        mgn=mgn,
        deviations=deviations(state, judged.verdicts),
        findings=in_order([*told, *findings_of(mgn)], prepared.locate),
        locate=prepared.locate,
    )
