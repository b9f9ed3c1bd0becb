"""The decision: which of today's changes are covered by what was approved. A pure function of plan, evidence and terms.

A change is covered by a record that names it, whose head is the head that was merged and whose pull request the owners
approved; or by an approvals file. Everything else is held, each with its reason, and what waits for it too. What isn't
known is held, never let through.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.model.change import Action, Change, Envelope, Note, Plan, Proposal
from reconciler.model.resource import Key
from reconciler.planning.hold import name_of, with_dependants
from reconciler.planning.membership import OUTSIDE
from reconciler.trust.evidence import Evidence, Spent
from reconciler.trust.grants import ZONE_SLACK, Grant
from reconciler.trust.line import Standing, look_over
from reconciler.trust.refusal import Refusal
from reconciler.trust.settling import settle
from reconciler.trust.terms import Covered, Decision, Held, Terms
from reconciler.trust.window import over_limits

PLACEMENT = "placement"


def decide(plan: Plan, evidence: Evidence, terms: Terms) -> Decision:
    """About the changes of `evidence.backend`; those of other backends need evidence of their own."""
    backend = evidence.backend
    refused = _refused(plan, evidence, terms)
    if refused:
        return Decision(backend=backend, refused=refused, superseded=refused.code == "RUN-SUPERSEDED")
    changes = [change for change in plan.changes if change.backend == backend]
    standing = look_over(evidence, terms, _tenant(plan, backend))
    if evidence.lost and evidence.lost not in standing.answered:
        return Decision(backend=backend, refused=Refusal(code="RUN-HISTORY-LOST", values={"mark": evidence.lost}))
    still = [*changes, *(change for change in plan.held if change.backend == backend)]
    spent = (*evidence.spent, *settle(evidence.unsure, still))
    done = _by_fingerprint(spent)
    judged = {change.key: _judge(change, standing, done.get(change.fingerprint, ()), terms) for change in changes}
    by = {key: one for key, one in judged.items() if not isinstance(one, Refusal)}
    reasons = {key: one for key, one in judged.items() if isinstance(one, Refusal)}
    going = [change for change in changes if change.key in by]
    placed = {key for key, one in by.items() if one == (PLACEMENT,)}
    reasons |= over_limits(going, placed, spent, terms, evidence.now)
    reasons |= _dependants(changes, reasons)
    held = sorted((change for change in changes if change.key in reasons), key=lambda change: not is_loud(change))
    settled = not held and not standing.unanswered and not standing.pending
    return Decision(
        backend=backend,
        covered=tuple(
            Covered(fingerprint=change.fingerprint, by=by[change.key]) for change in going if change.key not in reasons
        ),
        held=tuple(_held(change, reasons[change.key]) for change in held),
        unanswered=standing.unanswered,
        commits=standing.commits,
        complete=settled and all(change.backend != backend for change in plan.held),
    )


def narrow(plan: Plan, decisions: Iterable[Decision]) -> Plan:
    """The plan with only what is covered left to do; the rest is held, each with a note that says why."""
    covered = {(one.backend, item.fingerprint) for one in decisions for item in one.covered}
    why = {(one.backend, item.fingerprint): item for one in decisions for item in one.held}
    goes = [change for change in plan.changes if (change.backend, change.fingerprint) in covered]
    stays = [change for change in plan.changes if (change.backend, change.fingerprint) not in covered]
    notes = [
        Note(code=held.code, backend=change.backend, subject=str(change.key), values=held.values)
        for change in stays
        if (held := why.get((change.backend, change.fingerprint)))
    ]
    return replace(plan, changes=tuple(goes), held=(*plan.held, *stays), notes=(*plan.notes, *notes))


def is_loud(change: Change) -> bool:
    """Takes something away or destroys: shown first, and named apart in an approvals file."""
    return change.destroys or change.action is Action.DELETE


def _refused(plan: Plan, evidence: Evidence, terms: Terms) -> Refusal | None:
    """What stops the whole run."""
    if evidence.branch != terms.branch:
        return Refusal(code="RUN-OTHER-BRANCH", values={"branch": evidence.branch, "expected": terms.branch})
    if evidence.head != terms.commit:
        return Refusal(code="RUN-SUPERSEDED", values={"commit": terms.commit[:12], "head": evidence.head[:12]})
    if (evidence.line[-1] if evidence.line else evidence.applied) != evidence.head:
        return Refusal(code="RUN-LINE-INCOMPLETE", values={"head": evidence.head[:12]})
    if plan.organisation != terms.organisation:
        return Refusal(code="RUN-OTHER-ORGANISATION")
    if plan.as_of > terms.today or (plan.lapses and plan.lapses <= terms.today):
        return Refusal(code="RUN-PLAN-OTHER-DAY", values={"as_of": str(plan.as_of), "today": str(terms.today)})
    if not _tenant(plan, evidence.backend):
        return Refusal(code="RUN-TENANT-UNKNOWN", values={"backend": evidence.backend})
    # Older than this nothing counts: a grant has lapsed by then, and the window is shorter.
    needed = evidence.now - max(terms.window, terms.approvals_last + ZONE_SLACK)
    if evidence.spent_from > needed:
        return Refusal(code="RUN-SPENT-UNKNOWN", values={"since": str(needed.date())})
    return None


def _by_fingerprint(spent: Iterable[Spent]) -> Mapping[str, Sequence[Spent]]:
    found: dict[str, list[Spent]] = {}
    for one in spent:
        found.setdefault(one.fingerprint, []).append(one)
    return found


def _tenant(plan: Plan, backend: str) -> str:
    return next((one.identity for one in plan.tenants if one.backend == backend), "")


def _judge(change: Change, standing: Standing, done: Sequence[Spent], terms: Terms) -> tuple[str, ...] | Refusal:
    """Who covers the change, or why nobody does. `done`: what was carried out of this very change."""
    faults = [(grant.by, _fault(grant, change, standing, done)) for grant in standing.grants if _names(grant, change)]
    good = dict.fromkeys(by for by, fault in faults if fault is None)
    if good:
        return tuple(good)
    if _is_placement(change, terms) and not standing.unanswered:
        return (PLACEMENT,)
    told = next((fault for _, fault in faults if fault), None)
    return told or next(iter(standing.barred), None) or _not_named(change, standing, terms)


def _names(grant: Grant, change: Change) -> bool:
    if change.envelope:
        return (change.envelope.source, change.envelope.into) in grant.moves
    return change.fingerprint in grant.fingerprints or change.fingerprint in grant.deletions


def _fault(grant: Grant, change: Change, standing: Standing, done: Sequence[Spent]) -> Refusal | None:
    if grant.fault:
        return grant.fault
    # What a file names was approved by name: it holds also where it isn't known what else is on the branch.
    if standing.barred and not grant.by_file:
        return standing.barred[0]
    if standing.loose:
        return standing.loose
    since = [one for one in done if one.at >= grant.since]
    if change.envelope:
        return _envelope_fault(grant, change.envelope, change, since)
    if grant.by_file and is_loud(change) and change.fingerprint not in grant.deletions:
        return Refusal(code="DELETION-NOT-NAMED", values={"by": grant.by})
    if since:
        # Done once and different again: somebody has changed it by hand, and nobody has decided to undo that.
        return Refusal(code="GRANT-USED", values={"by": grant.by})
    return None


def _envelope_fault(grant: Grant, asked: Envelope, change: Change, since: Sequence[Spent]) -> Refusal | None:
    """Its room is for all runs together. Two grants don't add up: nobody who approved one of them saw the sum."""
    if change.destroys:
        return Refusal(code="ENVELOPE-DESTROYS", values={"by": grant.by})
    room, used = grant.moves[asked.source, asked.into], sum(one.moved for one in since)
    if used + len(change.members) <= room:
        return None
    values = {"by": grant.by, "room": str(room), "used": str(used), "count": str(len(change.members))}
    return Refusal(code="ENVELOPE-FULL", values=values)


def _is_placement(change: Change, terms: Terms) -> bool:
    """Unplaced devices into the group that their pattern says, where somebody has allowed that class."""
    outside = change.envelope is not None and change.envelope.source == OUTSIDE
    return outside and terms.placements is not None and not change.destroys


def _not_named(change: Change, standing: Standing, terms: Terms) -> Refusal:
    values = {"change": name_of(change)}
    if _is_placement(change, terms):  # all that the pattern says is merged, but not all of it is approved
        return Refusal(code="PLACEMENT-UNANSWERED", values={**values, "count": str(len(standing.unanswered))})
    if change.proposal is Proposal.STANDING:
        return Refusal(code="CHANGE-STANDING", values=values)
    return Refusal(code="CHANGE-NOT-RECORDED", values=values)


def _dependants(changes: Sequence[Change], held: Mapping[Key, Refusal]) -> Mapping[Key, Refusal]:
    """What waits for something held, however far off."""
    barred = with_dependants(changes, held.keys())
    names = {change.key: name_of(change) for change in changes}
    found: dict[Key, Refusal] = {}
    for change in changes:
        if change.key in barred and change.key not in held:
            on = next(key for key in change.depends_on if key in barred)
            found[change.key] = Refusal(code="HELD-WITH", values={"change": names[change.key], "on": names[on]})
    return found


def _held(change: Change, why: Refusal) -> Held:
    return Held(fingerprint=change.fingerprint, code=why.code, values=why.values)
