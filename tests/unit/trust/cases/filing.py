"""Approvals files, and the class *placement*."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.model.change import Action, Change
from reconciler.trust.evidence import ApprovalsFile, MergedPull
from tests.unit.trust.building import (
    APPROVING,
    BASE,
    FP,
    MERGE,
    MOVE,
    NOW,
    OTHER,
    ROLES,
    approvals,
    approving,
    at,
    change,
    deletion,
    move,
    moving,
    pull,
    review,
    sha,
    spent,
    world,
)
from tests.unit.trust.cases.row import row

FILE = "policies/approvals/2026-11-21-chrome.yaml"

# --- approvals files ---------------------------------------------------------------------------------------------------


def filed(
    name: str, outcome: str, it: ApprovalsFile, *changes: Change, pulls: tuple[MergedPull, ...] = (), **more: Any
) -> None:
    row(name, world(*changes, pulls=pulls, files=[it], **more), outcome)


filed("named in an approvals file", FILE, approvals(FP))
filed("not named in the approvals file", "CHANGE-NOT-RECORDED", approvals(OTHER))
filed("an approvals file of another backend", "CHANGE-NOT-RECORDED", approvals(FP, backend="intune"))
filed("an approvals file past its end", "APPROVALS-LAPSED", approvals(FP, until=NOW))
filed("an approvals file in its last second", FILE, approvals(FP, until=NOW + timedelta(seconds=1)))
filed(
    "an approvals file a month after its merge, whatever its end",
    "APPROVALS-LAPSED",
    approvals(FP, until=at(30, 0) + timedelta(days=99)),
    now=at(21, 14) + timedelta(days=30),
)
filed("an approvals file that no pull request brought", "APPROVALS-WITHOUT-PULL", approvals(FP, pull=None))
filed("an approvals file merged elsewhere", "APPROVALS-WITHOUT-PULL", approvals(FP, pull=approving(into="sommar")))
filed("an approvals file that was there before, and was changed", "APPROVALS-EDITED", approvals(FP, edited=True))
filed("an approvals file that nobody approved", "APPROVAL-NONE", approvals(FP, pull=approving(reviews=())))
filed(
    "an approvals file is joint, whatever its schema says",
    "APPROVAL-NOT-MEMBER",
    approvals(FP, pull=approving(touched={}, reviews=(review("ida", head=sha("f"), at=at(21, 13)),))),
)
filed(
    "an approvals file asks also the owners of what else its pull request touches",
    "APPROVAL-NOT-MEMBER",
    approvals(FP, pull=approving(touched={"data-protection": ("app-catalogs/x.yaml",)})),
)
filed(
    "an approvals file asks IT for the code that its pull request brings along",
    FILE,
    approvals(FP, pull=approving(other_files=("pyproject.toml",))),
)
filed("a deletion among the fingerprints is not loud enough", "DELETION-NOT-NAMED", approvals(FP), deletion())
filed(
    "a deletion that destroys nothing is one all the same",
    "DELETION-NOT-NAMED",
    approvals(FP),
    change(action=Action.DELETE),
)
filed("an update that loses data is as loud", "DELETION-NOT-NAMED", approvals(FP), change(destroys=True))
filed("a deletion named as one", FILE, approvals(deletions=frozenset({FP})), deletion())
row("a deletion in a record, which shows it first and loud", world(deletion()), "#12")
filed("an approvals file is used once", "GRANT-USED", approvals(FP), spent=(spent(at(21, 14), FP, "setting"),))
row(
    "an approvals file for a move",
    world(move(3), pulls=[], files=[approvals(moves={("outside", "norrskolan/elever"): 3})]),
    {MOVE: FILE},
)
row(
    "an approvals file for fewer devices",
    world(move(4), pulls=[], files=[approvals(moves={("outside", "norrskolan/elever"): 3})]),
    {MOVE: "ENVELOPE-FULL"},
)
row(
    "an approvals file holds also beside a commit that nobody answers for",
    world(change(), change(OTHER, "safe-search"), line=(sha("1"), MERGE), files=[approvals(OTHER)]),
    {FP: "COMMIT-WITHOUT-PULL", OTHER: FILE},
    complete=False,
)
ANSWERED = approvals(commits=frozenset({sha("1")}))
row(
    "an approvals file answers for a commit: the rest goes on",
    world(pulls=[pull(), approving()], line=(sha("1"), MERGE, APPROVING), files=[ANSWERED]),
    "#12",
    complete=True,
)
row(
    "an approvals file that nobody approved answers for nothing",
    world(
        pulls=[pull(), approving()],
        line=(sha("1"), MERGE, APPROVING),
        files=[replace(ANSWERED, pull=approving(reviews=()))],
    ),
    "COMMIT-WITHOUT-PULL",
)
row(
    "an approvals file past its end still answers for a commit: it was gone through",
    world(pulls=[pull(), approving()], line=(sha("1"), MERGE, APPROVING), files=[replace(ANSWERED, until=NOW)]),
    "#12",
    complete=True,
)
LOST = "9" * 40
row("the newest records of what was done are gone", world(lost=LOST), refused="RUN-HISTORY-LOST")
row(
    "the newest records of what was done are gone, and an approvals file answers for that",
    world(files=[approvals(commits=frozenset({LOST}))], lost=LOST),
    "#12",
)
row(
    "the newest records of what was done are gone, and nobody has approved the file that answers for that",
    world(files=[approvals(commits=frozenset({LOST}), pull=approving(reviews=()))], lost=LOST),
    refused="RUN-HISTORY-LOST",
)
row(
    "an approvals file that was changed answers for nothing",
    world(pulls=[pull(), approving()], line=(sha("1"), MERGE, APPROVING), files=[replace(ANSWERED, edited=True)]),
    "COMMIT-WITHOUT-PULL",
)
row(
    "the first apply of all: the commit that founded the repository says who may approve it",
    world(
        pulls=[pull(), approving()],
        line=(sha("1"), MERGE, APPROVING),
        files=[ANSWERED],
        applied="",
        roles={sha("1"): ROLES, BASE: ROLES, MERGE: ROLES},
    ),
    "#12",
    complete=True,
)
row(
    "an approvals file of another backend answers for nothing here",
    world(pulls=[pull(), approving()], line=(sha("1"), MERGE, APPROVING), files=[replace(ANSWERED, backend="intune")]),
    "COMMIT-WITHOUT-PULL",
)
row(
    "an approvals file answers for a pull request that nobody approved: its record counts",
    world(pulls=[pull(reviews=()), approving()], files=[approvals(commits=frozenset({MERGE}))]),
    "#12",
    complete=True,
)
row(
    "an approvals file approves no commit after it",
    world(pulls=[pull(), approving()], line=(APPROVING, MERGE, sha("1")), files=[ANSWERED]),
    "COMMIT-WITHOUT-PULL",
)

# --- the class placement -----------------------------------------------------------------------------------------------

ON = {"placements": 25}
row("a new device, and nobody has allowed the class", world(move(1), pulls=[]), {MOVE: "CHANGE-NOT-RECORDED"})
row(
    "a new device into the group of its pattern", world(move(1), pulls=[], terms=ON), {MOVE: "placement"}, complete=True
)
row("as many new devices as the class allows", world(move(25), pulls=[], terms=ON), {MOVE: "placement"})
row("more new devices than the class allows", world(move(26), pulls=[], terms=ON), {MOVE: "WINDOW-PLACEMENTS"})
row(
    "more new devices than the class allows in a week",
    world(move(6), pulls=[], terms=ON, spent=(spent(at(16, 9), moved=20, placed=20),)),
    {MOVE: "WINDOW-PLACEMENTS"},
)
row(
    "new devices that were placed by an approval use nothing of the class",
    world(move(6), pulls=[], terms=ON, spent=(spent(at(16, 9), moved=20),)),
    {MOVE: "placement"},
)
row(
    "a device that is in a group of ours already",
    world(move(1, "norrskolan/vagn"), pulls=[], terms=ON),
    {MOVE: "CHANGE-NOT-RECORDED"},
)
row("a placement that destroys", world(move(1, destroys=True), pulls=[], terms=ON), {MOVE: "CHANGE-NOT-RECORDED"})
row(
    "a placement while something merged isn't approved: the pattern may be it",
    world(move(1), pulls=[approving(reviews=())], terms=ON),
    {MOVE: "PLACEMENT-UNANSWERED"},
)
row(
    "a placement beside a commit without a pull request",
    world(move(1), line=(MERGE, sha("1")), terms=ON),
    {MOVE: "COMMIT-WITHOUT-PULL"},
)
row(
    "more than was approved, but within the class",
    world(move(11), pulls=[pull(record=moving(10))], terms=ON),
    {MOVE: "placement"},
)
row("another change in the same run is no placement", world(change(), pulls=[], terms=ON), "CHANGE-NOT-RECORDED")
