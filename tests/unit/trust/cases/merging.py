"""Two merges, envelopes over several runs, and days to come."""

from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.trust.evidence import Spent
from tests.unit.trust.building import (
    FP,
    MERGE,
    MERGED,
    MOVE,
    OTHER,
    PLANNED,
    at,
    change,
    commit,
    deletion,
    later,
    move,
    moving,
    pull,
    record,
    review,
    sha,
    spent,
    world,
)
from tests.unit.trust.cases.row import row

# --- two merges in quick succession ------------------------------------------------------------------------------------

SECOND = pull(
    number=13,
    base=MERGE,
    head=sha("f"),
    merge_sha=sha("8"),
    merged_at=at(21, 10, 1),
    commits=(commit(sha("f")),),
    reviews=(review("ida", head=sha("f")), review("eva", head=sha("f"))),
    record=record(OTHER, pull=13, head=sha("f")),  # made before the first was merged, on the same base
)
TWO = (change(), change(OTHER, "safe-search"))
row(
    "two merges in quick succession, each with its record",
    world(*TWO, pulls=[pull(), SECOND]),
    {FP: "#12", OTHER: "#13"},
    complete=True,
)
row(
    "of two merges the first comes without a record: nobody knows what is whose",
    world(*TWO, pulls=[pull(record=None), SECOND]),
    {FP: "RECORD-MISSING", OTHER: "RECORD-MISSING"},
)
row(
    "the second's plan had the first's change too, and both name it",
    world(pulls=[pull(), replace(SECOND, record=record(pull=13, head=sha("f")))]),
    "#12, #13",
)

# --- envelopes ---------------------------------------------------------------------------------------------------------


def moves(name: str, outcome: str, count: int, *done: Any, room: int = 30, **more: Any) -> None:
    row(name, world(move(count), pulls=[pull(record=moving(room))], spent=done, **more), {MOVE: outcome})


moves("as many devices as approved", "#12", 30)
moves("one more device than approved", "ENVELOPE-FULL", 31)
moves(
    "over several runs: the room is used up",
    "ENVELOPE-FULL",
    11,
    spent(at(21, 11), moved=10),
    spent(at(22, 9), moved=10),
)
moves("over several runs: room is left", "#12", 10, spent(at(21, 11), moved=10), spent(at(22, 9), moved=10))
moves("what was moved before the merge used another approval", "#12", 30, spent(PLANNED, moved=10))
moves("what was moved elsewhere uses no room here", "#12", 30, spent(at(21, 11), OTHER, moved=10))
row(
    "devices that change place by a fingerprint alone: only an envelope says how many",
    world(move(3), pulls=[pull(record=record(MOVE))]),
    {MOVE: "CHANGE-NOT-RECORDED"},
)
row("a move that destroys", world(move(3, destroys=True), pulls=[pull(record=moving(3))]), {MOVE: "ENVELOPE-DESTROYS"})
row(
    "a move into another group",
    world(move(3, into="norrskolan/vagn"), pulls=[pull(record=moving(3))]),
    {MOVE: "CHANGE-NOT-RECORDED"},
)
row(
    "a move from another place",
    world(move(3, source="norrskolan/vagn"), pulls=[pull(record=moving(3))]),
    {MOVE: "CHANGE-NOT-RECORDED"},
)
row(
    "two approvals of twenty are not one of forty",
    world(move(40), pulls=[pull(record=moving(20)), replace(SECOND, record=moving(20, pull=13, head=sha("f")))]),
    {MOVE: "ENVELOPE-FULL"},
)
row(
    "the first approval is used up, and the second is not",
    world(
        move(20),
        pulls=[pull(record=moving(20)), replace(SECOND, record=moving(20, pull=13, head=sha("f")))],
        spent=(spent(MERGED, moved=20),),
    ),
    {MOVE: "#13"},
)

# --- runs that were killed ----------------------------------------------------------------------------------------

AT_ELEVEN = at(21, 11)


def killed(name: str, outcome: str, count: int, *about: Any, done: tuple[Spent, ...] = ()) -> None:
    row(name, world(move(count), pulls=[pull(record=moving(30))], unsure=about, spent=done), {MOVE: outcome})


row("a run was killed before it did this: the next goes on", world(unsure=(spent(AT_ELEVEN, FP, "setting"),)), "#12")
killed("a run was killed in the middle of a move: the rest goes on", "#12", 20, spent(AT_ELEVEN, moved=30))
killed(
    "a run was killed in the middle of a move, and devices have come", "ENVELOPE-FULL", 31, spent(AT_ELEVEN, moved=30)
)
killed(
    "a run was killed in the middle of a move, and one before it had moved some",
    "ENVELOPE-FULL",
    20,
    spent(AT_ELEVEN, moved=25),
    done=(spent(AT_ELEVEN, moved=10),),
)
killed(
    "two runs were killed in the middle of a move: nobody knows what is left",
    "ENVELOPE-FULL",
    5,
    spent(AT_ELEVEN, moved=25),
    spent(at(21, 12), moved=10),
)
row(
    "two runs were killed before they did this: the next goes on",
    world(unsure=(spent(AT_ELEVEN, FP, "setting"), spent(at(21, 12), FP, "setting"))),
    "#12",
)
row(
    "a run was killed in the middle of placing: the rest goes on",
    world(move(20), pulls=[], terms={"placements": 25}, unsure=(spent(AT_ELEVEN, moved=25, placed=25),)),
    {MOVE: "placement"},
)
row(
    "what a killed run was about to do and nobody asks for any more was done",
    world(
        deletion(), unsure=tuple(spent(AT_ELEVEN, f"{number:032x}", "setting", deletes=True) for number in range(10))
    ),
    "WINDOW-DELETIONS",
)
row(
    "what a killed run was about to delete and is asked for still counts once",
    world(
        deletion(),
        unsure=tuple(
            spent(AT_ELEVEN, name, "setting", deletes=True) for name in (FP, *(f"{n:032x}" for n in range(9)))
        ),
    ),
    "#12",
)
row(
    "what a killed run was about to delete and the plan holds was not done",
    world(
        deletion(),
        plan={"held": tuple(deletion(f"{number:032x}", f"s{number}") for number in range(10))},
        unsure=tuple(spent(AT_ELEVEN, f"{number:032x}", "setting", deletes=True) for number in range(10)),
    ),
    "#12",
)
row(
    "what a killed run was about to delete elsewhere is not held here",
    world(
        deletion(),
        plan={"held": tuple(deletion(f"{number:032x}", f"s{number}", backend="intune") for number in range(10))},
        unsure=tuple(spent(AT_ELEVEN, f"{number:032x}", "setting", deletes=True) for number in range(10)),
    ),
    "WINDOW-DELETIONS",
)

# --- days to come ------------------------------------------------------------------------------------------------------


def dated(name: str, outcome: str, day: int, **more: Any) -> None:
    recorded = record(fingerprints={}, later=(later(day, FP),))
    row(name, world(pulls=[pull(record=recorded)], **more), outcome)


dated("approved for tomorrow, and asked for today", "APPROVAL-FOR-LATER", 23)
dated("approved for today", "#12", 22)
dated("approved for a day, and done on it", "GRANT-USED", 22, spent=(spent(at(21, 23), FP, "setting"),))
dated("approved for a day a month ago", "APPROVAL-LAPSED", 22, terms={"today": date(2026, 12, 22)})
dated(
    "approved for a day past the lapse of its record",
    "#12",
    22,
    now=at(30, 12),
    terms={"today": date(2026, 11, 30)},
)
row(
    "something approved is still to come: not yet to be forgotten",
    world(pulls=[pull(record=record(later=(later(24, OTHER),)))]),
    "#12",
    complete=False,
)
row(
    "what was approved for a day to come is there: nothing more to wait for",
    world(pulls=[pull(record=record(later=(later(22, OTHER),)))]),
    "#12",
    complete=True,
)
row(
    "what is still to come on another backend says nothing here",
    world(pulls=[pull(record=record(later=(replace(later(24, OTHER), backend="intune"),)))]),
    "#12",
    complete=True,
)
row(
    "approved for today on another backend",
    world(pulls=[pull(record=record(OTHER, later=(replace(later(22, FP), backend="intune"),)))]),
    "CHANGE-NOT-RECORDED",
)
row(
    "for a day to come, of a pull request that nobody approved",
    world(pulls=[pull(reviews=(), record=record(fingerprints={}, later=(later(22, FP),)))]),
    "APPROVAL-NONE",
)
row(
    "nobody owns what it touches, and it changes something on a day to come",
    world(pulls=[pull(touched={}, record=record(fingerprints={}, later=(later(22, FP),)))]),
    "OWNERS-NONE",
)
row(
    "nobody owns what it touches, and it moves devices",
    world(move(3), pulls=[pull(touched={}, record=moving(3))]),
    {MOVE: "OWNERS-NONE"},
)
