"""Limits over a window, and what waits for something held."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from reconciler.model.change import Action
from reconciler.model.resource import Key
from reconciler.trust.evidence import Spent
from tests.unit.trust.building import (
    FP,
    MOVE,
    OTHER,
    allowance,
    at,
    change,
    deletion,
    disturbing,
    envelope,
    move,
    pull,
    record,
    spent,
    stock,
    world,
)
from tests.unit.trust.cases.row import row

# --- limits over a window ----------------------------------------------------------------------------------------------


def gone(moment: datetime, count: int, **more: Any) -> tuple[Spent, ...]:
    return tuple(spent(moment, f"{number:032x}", "setting", deletes=True, **more) for number in range(count))


row("the tenth deletion of a week", world(deletion(), spent=gone(at(16, 9), 9)), "#12")
row("the eleventh deletion of a week", world(deletion(), spent=gone(at(16, 9), 10)), "WINDOW-DELETIONS")
row("ten deletions more than a week ago", world(deletion(), spent=gone(at(15, 11), 10)), "#12")
row(
    "ten deletions of another kind",
    world(deletion(), spent=tuple(replace(one, kind="assignment") for one in gone(at(16, 9), 10))),
    "#12",
)
row(
    "ten changes that were no deletions",
    world(deletion(), spent=tuple(replace(one, deletes=False) for one in gone(at(16, 9), 10))),
    "#12",
)
row("ten deletions that an allowance let through", world(deletion(), spent=gone(at(16, 9), 10, allowed=True)), "#12")
row("an update is no deletion", world(change(), spent=gone(at(16, 9), 10)), "#12")
row(
    "the eleventh deletion, allowed by a reviewed file",
    world(deletion(), spent=gone(at(16, 9), 10), terms={"allowances": (allowance(FP),)}),
    "#12",
)
row(
    "the eleventh deletion, with an allowance that has ended",
    world(deletion(), spent=gone(at(16, 9), 10), terms={"allowances": (allowance(FP, until=date(2026, 11, 21)),)}),
    "WINDOW-DELETIONS",
)
row(
    "the eleventh deletion, with an allowance of another backend",
    world(deletion(), spent=gone(at(16, 9), 10), terms={"allowances": (allowance(FP, backend="intune"),)}),
    "WINDOW-DELETIONS",
)
row(
    "the eleventh deletion, with an allowance of another change",
    world(deletion(), spent=gone(at(16, 9), 10), terms={"allowances": (allowance(OTHER),)}),
    "WINDOW-DELETIONS",
)
AWAY = move(3, "norrskolan/vagn")
OUT_OF = pull(record=record(fingerprints={}, envelopes={"chrome": (envelope(3, "norrskolan/vagn"),)}))
row(
    "ten moves in a week",
    world(AWAY, pulls=[OUT_OF], spent=(spent(at(16, 9), OTHER, moved=7, from_ours=True),)),
    {MOVE: "#12"},
)
row(
    "more than ten moves in a week",
    world(AWAY, pulls=[OUT_OF], spent=(spent(at(16, 9), OTHER, moved=8, from_ours=True),)),
    {MOVE: "WINDOW-MOVES"},
)
row(
    "first placements are no moves",
    world(AWAY, pulls=[OUT_OF], spent=(spent(at(16, 9), OTHER, moved=8),)),
    {MOVE: "#12"},
)
row(
    "more than ten moves in a week, allowed by a reviewed file",
    world(
        AWAY,
        pulls=[OUT_OF],
        spent=(spent(at(16, 9), OTHER, moved=8, from_ours=True),),
        terms={"allowances": (allowance(moves=[envelope(3, "norrskolan/vagn")]),)},
    ),
    {MOVE: "#12"},
)
row(
    "more than ten moves in a week, with an allowance of fewer",
    world(
        AWAY,
        pulls=[OUT_OF],
        spent=(spent(at(16, 9), OTHER, moved=8, from_ours=True),),
        terms={"allowances": (allowance(moves=[envelope(2, "norrskolan/vagn")]),)},
    ),
    {MOVE: "WINDOW-MOVES"},
)
ELSEWHERE = spent(at(16, 9), OTHER, "setting", disturbed=("norrskolan/vagn",))
SAME = spent(at(16, 9), OTHER, "setting", disturbed=("norrskolan/elever",))
row("fifteen devices disturbed", world(disturbing("norrskolan/elever")), "#12")
row(
    "thirty devices disturbed in a week",
    world(disturbing("norrskolan/elever"), spent=(ELSEWHERE,)),
    "WINDOW-DISRUPTION",
)
row("the same fifteen devices disturbed twice", world(disturbing("norrskolan/elever"), spent=(SAME,)), "#12")
row(
    "what lies on a place that is only now being made disturbs nobody",
    world(
        disturbing("norrskolan/elever"),
        change(OTHER, key=Key(kind="group", target="@norrskolan/elever"), action=Action.CREATE),
        pulls=[pull(record=record(FP, OTHER))],
        spent=(ELSEWHERE,),
    ),
    {FP: "#12", OTHER: "#12"},
)
row(
    "three devices may be disturbed, however few there are",
    world(disturbing("norrskolan/elever"), terms={"stock": stock(devices=3, group_devices={"norrskolan/elever": 3})}),
    "#12",
)
row(
    "a small place has a floor",
    world(deletion(), terms={"stock": stock(owned={"setting": 2})}, spent=gone(at(16, 9), 2)),
    "#12",
)

# --- what waits for something held -------------------------------------------------------------------------------------

ABOVE = change(OTHER, key=Key(kind="group", target="@norrskolan"), label="Norrskolan")
MIDDLE = change("d4" * 16, "middle", depends_on=(ABOVE.key,))
row(
    "what waits for something held is held too, however far off",
    world(ABOVE, MIDDLE, change(depends_on=(MIDDLE.key,)), pulls=[pull(record=record(FP, "d4" * 16))]),
    {OTHER: "CHANGE-NOT-RECORDED", "d4" * 16: "HELD-WITH", FP: "HELD-WITH"},
)
row(
    "what waits for something past a limit is held too",
    world(
        deletion(OTHER, "bort"),
        change(depends_on=(Key(kind="setting", target="@norrskolan/elever", part="bort"),)),
        pulls=[pull(record=record(FP, OTHER))],
        spent=gone(at(16, 9), 10),
    ),
    {OTHER: "WINDOW-DELETIONS", FP: "HELD-WITH"},
)
row(
    "what waits for something of another backend's does not wait here",
    world(
        change(OTHER, "x", backend="intune"),
        change(depends_on=(Key(kind="setting", target="@norrskolan/elever", part="x"),)),
    ),
    "#12",
)
row("what the plan holds itself is not complete", world(plan={"held": (change(OTHER),)}), "#12", complete=False)
row(
    "what the plan holds on another backend says nothing here",
    world(plan={"held": (change(OTHER, backend="intune"),)}),
    "#12",
    complete=True,
)
