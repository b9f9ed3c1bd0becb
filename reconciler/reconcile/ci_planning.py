"""The plan of the very commit that is checked out, and the terms that a decision on it is made by."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from reconciler.adapters.wiring import Wiring
from reconciler.forge.deployments import History
from reconciler.forge.problems import ForgeProblem
from reconciler.forge.repository import read_repository
from reconciler.load.revision import read_revision
from reconciler.model.approvals import APPROVALS_LAST
from reconciler.model.change import Plan
from reconciler.model.documents import Backend, Documents
from reconciler.planning.limits import Stock
from reconciler.reconcile.ci_checkout import commit_of, organisation_at
from reconciler.reconcile.ci_evidence import WINDOW, Place
from reconciler.reconcile.ci_order import Order
from reconciler.reconcile.connect import Connect
from reconciler.reconcile.hosting import check_hosted
from reconciler.reconcile.plan import Filter, run_plan
from reconciler.reconcile.prepare import Prepared, prepare_tree
from reconciler.trust.approvals_file import ZONE
from reconciler.trust.evidence import Evidence
from reconciler.trust.terms import Terms

NOTHING: Final = Stock(backend="", owned={}, devices=0, counted=False, group_devices={}, wanted=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    prepared: Prepared
    plan: Plan | None
    stock: Stock
    today: date


def plan_commit(place: Place, order: Order, past: History, wiring: Wiring, connect_to: Connect) -> Planned:
    """The plan of the commit that is checked out, from Git's objects. What was applied whole before is its base: what differs
    without having changed since then stands already.
    """
    today = order.today or read_repository(place.forge).now.astimezone(ZONE).date()
    commit = commit_of(place.root)
    tree = read_revision(place.root, commit)
    prepared = prepare_tree(tree, place.root, today)
    if prepared.documents:
        organisation = prepared.documents.organisation
        check_hosted(place.root, commit, organisation.uid, organisation.backends)
    if past.last_complete and prepared.documents:
        # The base is only to tell changes apart: its transitions were checked in each pull request by itself.
        based = prepare_tree(tree, place.root, today, past.last_complete.commit, digest=False)
        prepared = replace(prepared, base=based.base)
    stocks: list[Stock] = []
    plan = run_plan(
        prepared,
        wiring,
        only=Filter(backend=order.backend),
        connect_to=connect_to,
        moment=order.now() if order.now else None,
        stocked=stocks.append,
    )
    stock = next((one for one in stocks if one.backend == order.backend), replace(NOTHING, backend=order.backend))
    return Planned(prepared=prepared, plan=plan, stock=stock, today=today)


def terms_of(place: Place, planned: Planned, evidence: Evidence, *, placing: bool) -> Terms:
    documents = planned.prepared.documents
    assert documents is not None  # noqa: S101 - there is a plan, so there are documents
    backend = backend_of(documents, evidence.backend)
    return Terms(
        branch=place.branch,
        commit=commit_of(place.root),
        organisation=_uid(place.root, evidence.applied) or documents.organisation.uid,
        repository=place.repository.id,
        today=planned.today,
        limits=backend.limits,
        stock=planned.stock,
        allowances=documents.allowances,
        window=WINDOW,
        approvals_last=APPROVALS_LAST,
        placements=documents.organisation.placements if placing else None,
    )


def backend_of(documents: Documents, name: str) -> Backend:
    """Raises ForgeProblem CI-BACKEND-UNKNOWN."""
    found = next((one for one in documents.organisation.backends if one.id == name), None)
    if found is None:
        raise ForgeProblem("CI-BACKEND-UNKNOWN", {"backend": name})
    return found


def _uid(root: Path, applied: str) -> str:
    """As it was when the backend was last applied: whose it is doesn't change by a pull request."""
    known = organisation_at(root, applied) if applied else None
    return str(known.get("uid", "")) if known else ""
