"""The rules of a repository asked of what its files add up to, and of its base where one was named."""

from reconciler.policy.judging import NOTHING_ASKED, Judged, Side, judge_rules
from reconciler.reconcile.prepare import Prepared


def judge_prepared(prepared: Prepared) -> Judged:
    """Verdicts on the day that the state was compiled for. Nothing is asked where the files make no organisation."""
    documents, state = prepared.documents, prepared.state
    if documents is None or state is None:
        return NOTHING_ASKED
    base = prepared.base
    before = Side(documents=base.documents, state=base.state) if base and base.documents else None
    return judge_rules(Side(documents=documents, state=state), state.as_of, before)
