"""`check`: guardrails and MGN on what the files add up to. Reads files, and Git for a base; no system."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reconciler.load.repository import in_order
from reconciler.load.sources import Sources
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding
from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.model.policy import Guardrail, Verdict
from reconciler.policy.breaches import Asked, Cause
from reconciler.policy.deviation import Deviation, deviations
from reconciler.policy.evaluate import in_force
from reconciler.policy.mgn import findings_of, judge_mgn
from reconciler.reconcile.prepare import prepare
from reconciler.reconcile.rules import judge_prepared


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


def run_check(root: Path, as_of: date, base: str | None = None) -> CheckRun:
    """Load, compile, ask. Without an organisation there is nothing to ask, and the findings say why."""
    prepared = prepare(root, as_of, base, digest=False)
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        findings = in_order(prepared.all_findings, prepared.locate)
        return CheckRun(as_of=as_of, documents=documents, causes={}, findings=findings, locate=prepared.locate)
    judged = judge_prepared(prepared)
    mgn = judge_mgn(documents, judged.verdicts, as_of)
    return CheckRun(
        as_of=as_of,
        documents=documents,
        rules=in_force(documents.guardrails, as_of),
        verdicts=judged.verdicts,
        causes=dict(judged.causes),
        mgn=mgn,
        deviations=deviations(state, judged.verdicts),
        findings=in_order([*prepared.all_findings, *judged.findings, *findings_of(mgn)], prepared.locate),
        locate=prepared.locate,
    )
