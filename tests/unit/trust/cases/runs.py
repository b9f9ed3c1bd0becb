"""The run as a whole, commits, pull requests and records."""

from datetime import date, timedelta

from reconciler.model.change import Proposal
from reconciler.model.resource import Tenant
from reconciler.trust.refusal import Refusal
from tests.unit.trust.building import (
    FP,
    HEAD,
    MERGE,
    MERGED,
    NOW,
    OTHER,
    PLANNED,
    TODAY,
    approvals,
    approving,
    at,
    change,
    pull,
    record,
    sha,
    spent,
    world,
)
from tests.unit.trust.cases.row import row

# --- as it should be ---------------------------------------------------------------------------------------------------

row("an approved and recorded change", world(), "#12", complete=True)
row("a merge commit: what lands is not the head that was reviewed", world(pulls=[pull(merge_sha=sha("9"))]), "#12")
row(
    "a rebase: several commits land, none of them the head that was reviewed",
    world(pulls=[pull(merge_sha=sha("9"), landed=(sha("7"), sha("8"), sha("9")))], line=(sha("7"), sha("8"), sha("9"))),
    "#12",
    complete=True,
)
row("a fast-forward: the head itself lands", world(pulls=[pull(merge_sha=HEAD)]), "#12")

# --- the run -----------------------------------------------------------------------------------------------------------

row("evidence of another branch", world(branch="sommar", pulls=[pull(into="sommar")]), refused="RUN-OTHER-BRANCH")
row("the branch has gone on since this run began", world(terms={"commit": sha("1")}), refused="RUN-SUPERSEDED")
row("the line does not end at the head", world(line=(MERGE,), head=sha("1")), refused="RUN-LINE-INCOMPLETE")
row("the plan of another organisation", world(plan={"organisation": "another"}), refused="RUN-OTHER-ORGANISATION")
row("a date has passed that changes the plan", world(plan={"lapses": TODAY}), refused="RUN-PLAN-OTHER-DAY")
row("a plan for a day to come", world(plan={"as_of": date(2026, 11, 23)}), refused="RUN-PLAN-OTHER-DAY")
row("the plan holds one more day", world(plan={"lapses": date(2026, 11, 23)}), "#12")
row("a backend that did not answer", world(plan={"tenants": ()}), refused="RUN-TENANT-UNKNOWN")
row(
    "what was done is known for 30 days only, and a grant may be 31 days old",
    world(spent_from=NOW - timedelta(days=30)),
    refused="RUN-SPENT-UNKNOWN",
)
row("what was done is known far enough back", world(spent_from=NOW - timedelta(days=31)), "#12")
row(
    "a long window needs to be known whole",
    world(spent_from=NOW - timedelta(days=31), terms={"window": timedelta(days=60)}),
    refused="RUN-SPENT-UNKNOWN",
)

# --- commits and pull requests -----------------------------------------------------------------------------------------

row("a commit without a pull request", world(line=(MERGE, sha("1"))), "COMMIT-WITHOUT-PULL", complete=False)
row("a pull request into another branch is none", world(pulls=[pull(into="sommar")]), "COMMIT-WITHOUT-PULL")
row(
    "a pull request that is no longer on the branch covers nothing",
    world(pulls=[pull(), pull(number=11, merge_sha=sha("8"), record=record(OTHER, pull=11))], line=(MERGE,)),
    "#12",
)
row(
    "a pull request that is no longer on the branch lands nothing on it",
    world(pulls=[pull(), pull(number=11, merge_sha=sha("8"), landed=(sha("7"),))], line=(sha("7"), MERGE)),
    "COMMIT-WITHOUT-PULL",
)
row(
    "a pull request in another municipality's folder needs neither record nor approval here",
    world(
        pulls=[pull(number=11, merge_sha=sha("7"), record=None, reviews=()), pull(base=sha("7"))],
        elsewhere=frozenset({sha("7")}),
    ),
    "#12",
    complete=True,
)
row(
    "a commit in another municipality's folder without a pull request holds nothing here",
    world(line=(MERGE, sha("1")), elsewhere=frozenset({sha("1")})),
    "#12",
    complete=True,
)
row(
    "a rebase of which one commit is this municipality's is looked at whole",
    world(
        pulls=[pull(merge_sha=sha("9"), landed=(sha("7"), sha("8"), sha("9")), record=None)],
        line=(sha("7"), sha("8"), sha("9")),
        elsewhere=frozenset({sha("7"), sha("9")}),
    ),
    "RECORD-MISSING",
)

# --- records -----------------------------------------------------------------------------------------------------------

row("a pull request without a record", world(pulls=[pull(record=None)]), "RECORD-MISSING", complete=False)
row("a record that doesn't verify", world(pulls=[pull(record=Refusal(code="RECORD-FORGED"))]), "RECORD-FORGED")
row(
    "a record of another head: pushed by force after the plan",
    world(pulls=[pull(record=record(head=sha("1")))]),
    "RECORD-OTHER-HEAD",
)
row(
    "a record told apart from a commit that was never on the branch",
    world(pulls=[pull(based=False)]),
    "RECORD-OTHER-BASE",
)
row(
    "a comment that was written to after it was read",
    world(pulls=[pull(shown_at=MERGED)]),
    "APPROVAL-BEFORE-PLAN",
)
row("a comment that was last written before it was read", world(pulls=[pull(shown_at=PLANNED)]), "#12")
row(
    "a comment that says something else than the record",
    world(pulls=[pull(record=Refusal(code="RECORD-OTHER-TEXT"))]),
    "RECORD-OTHER-TEXT",
)

# --- what decides over what may be done ---------------------------------------------------------------------------------

LOOSER = pull(number=14, base=MERGE, merge_sha=sha("8"), reviews=(), record=record(pull=14, fingerprints={}))
row(
    "limits that nobody approved hold what others approved",
    world(pulls=[pull(), LOOSER], controls=frozenset({sha("8")})),
    "CONTROLS-UNANSWERED",
)
row(
    "limits that nobody approved hold what a file approves by name too",
    world(pulls=[LOOSER], files=[approvals(FP)], controls=frozenset({sha("8")})),
    "CONTROLS-UNANSWERED",
)
row(
    "limits that a file answers for hold nothing",
    world(
        pulls=[pull(), LOOSER, approving(base=sha("8"))],
        files=[approvals(commits=frozenset({sha("8")}), pull=approving(base=sha("8")))],
        controls=frozenset({sha("8")}),
    ),
    "#12",
    complete=True,
)
row("limits that were approved hold nothing", world(controls=frozenset({MERGE})), "#12", complete=True)
row(
    "what nobody approved and decides over nothing holds nothing else",
    world(pulls=[pull(), LOOSER]),
    "#12",
    complete=False,
)
ALTERED = Refusal(code="MERGE-DIFFERS", values={"pull": "12", "commit": "d" * 12})
row("a merge that brings more than was reviewed", world(pulls=[pull(altered=ALTERED)]), "MERGE-DIFFERS", complete=False)
row(
    "an approvals file that came in with a merge that brings more than was reviewed",
    world(pulls=[], files=[approvals(FP, pull=approving(altered=ALTERED))]),
    "MERGE-DIFFERS",
)
row(
    "a merge that brings more than was reviewed, and that an approvals file answers for",
    world(pulls=[pull(altered=ALTERED), approving()], files=[approvals(FP, commits=frozenset({MERGE}))]),
    "policies/approvals/2026-11-21-chrome.yaml",
)
row("a record replayed from another pull request", world(pulls=[pull(record=record(pull=11))]), "RECORD-OTHER-PULL")
row(
    "a record replayed from another repository",
    world(pulls=[pull(record=record(repository="1"))]),
    "RECORD-OTHER-REPOSITORY",
)
row(
    "a record replayed from another organisation",
    world(pulls=[pull(record=record(organisation="x"))]),
    "RECORD-OTHER-ORGANISATION",
)
row("a record that has lapsed", world(pulls=[pull(record=record(lapses=NOW))]), "RECORD-LAPSED")
row("a record that lapses in a second", world(pulls=[pull(record=record(lapses=NOW + timedelta(seconds=1)))]), "#12")
row(
    "a record of another tenant",
    world(pulls=[pull(record=record(tenants={"chrome": "C0annan"}))]),
    "RECORD-OTHER-TENANT",
)
row("a record without a tenant for the backend", world(pulls=[pull(record=record(tenants={}))]), "RECORD-OTHER-TENANT")
row(
    "the tenant has changed since",
    world(plan={"tenants": (Tenant(backend="chrome", kind="google", identity="C0annan"),)}),
    "RECORD-OTHER-TENANT",
)
row(
    "an approval lapses a month after the merge, whatever its record says",
    world(pulls=[pull(record=record(lapses=at(30, 0) + timedelta(days=99)))], now=MERGED + timedelta(days=30)),
    "APPROVAL-LAPSED",
)
row("a change that no record names", world(pulls=[pull(record=record(OTHER))]), "CHANGE-NOT-RECORDED", complete=False)
row(
    "drift: a standing change that no record names",
    world(change(proposal=Proposal.STANDING), pulls=[]),
    "CHANGE-STANDING",
)
row("approved, and standing since the run that failed", world(change(proposal=Proposal.STANDING)), "#12")
row(
    "named for another backend",
    world(pulls=[pull(record=record(fingerprints={"intune": (FP,)}))]),
    "CHANGE-NOT-RECORDED",
)
row(
    "done once and changed by hand: nobody has decided to undo that",
    world(spent=(spent(MERGED, FP, "setting"),)),
    "GRANT-USED",
)
row(
    "done once before the merge, on the strength of something else",
    world(spent=(spent(PLANNED, FP, "setting"),)),
    "#12",
)
row("another change was done", world(spent=(spent(MERGED, OTHER, "setting"),)), "#12")
