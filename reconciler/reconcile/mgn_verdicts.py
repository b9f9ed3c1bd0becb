"""The MGN asked of every unit, with the guardrails that verify some of it judged first, exceptions and all."""

from datetime import date
from pathlib import Path

from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.policy.mgn import judge_mgn
from reconciler.reconcile.prepare import prepare
from reconciler.reconcile.rules import judge_prepared


def mgn_verdicts(root: Path, as_of: date) -> tuple[MgnVerdict, ...]:
    """Of the files in `root` on a day; nothing where they can't be read."""
    prepared = prepare(root, as_of, digest=False)
    if prepared.documents is None:
        return ()
    return judge_mgn(prepared.documents, judge_prepared(prepared).verdicts, as_of)
