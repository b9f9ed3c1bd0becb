"""The MGN asked of every unit, with the guardrails that verify some of it evaluated first."""

from datetime import date
from pathlib import Path

from reconciler.model.mgn_verdict import MgnVerdict
from reconciler.policy.evaluate import evaluate
from reconciler.policy.facts import make_world
from reconciler.policy.mgn import judge_mgn
from reconciler.policy.waivers import make_waivers, waive
from reconciler.reconcile.prepare import prepare


def mgn_verdicts(root: Path, as_of: date) -> tuple[MgnVerdict, ...]:
    """Of the files in `root` on a day; nothing where they can't be read."""
    prepared = prepare(root, as_of, digest=False)
    documents = prepared.documents
    if documents is None:
        return ()
    wanted = {one.guardrail for mgn in documents.mgn for one in mgn.requirements if one.guardrail}
    rules = [rule for rule in documents.guardrails if rule.id in wanted]
    verdicts = evaluate(rules, make_world(documents, prepared.state, as_of), as_of)
    waivers = make_waivers(documents.exceptions, documents.organisation.terms, as_of)
    return judge_mgn(documents, waive(verdicts, waivers), as_of)
