"""Approvals files: what no record covers and people approve by name, with an end. As evidence, and as a file to fill in."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, count
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.model.approvals import Approvals
from reconciler.model.change import Change, Plan
from reconciler.planning.hold import name_of
from reconciler.trust.covering import is_loud
from reconciler.trust.evidence import ApprovalsFile, MergedPull
from reconciler.trust.terms import Decision

ZONE: Final = ZoneInfo("Europe/Stockholm")


def as_evidence(file: Approvals, pull: MergedPull | None, *, edited: bool = False) -> ApprovalsFile:
    """`pull`: the one that last changed the file, or None; `edited`: it wasn't new there. `until` is a day in Sweden and holds to its end.

    The reason is for people and kept out of the decision.
    """
    moves: dict[tuple[str, str], int] = {}
    for one in file.moves:
        moves[one.source, one.into] = moves.get((one.source, one.into), 0) + one.at_most
    return ApprovalsFile(
        id=file.id,
        backend=file.backend,
        until=_end_of(file.until),
        fingerprints=frozenset(file.fingerprints),
        deletions=frozenset(file.deletions),
        moves=moves,
        commits=frozenset(file.commits),
        pull=pull,
        edited=edited,
    )


def approvals_text(
    plan: Plan, decision: Decision, taken: Collection[str] = (), called: Callable[[Change], str] = name_of
) -> str:
    """The file that would let through what a decision holds for want of approval: for people to read, give a reason and an end.

    Empty where there is nothing to approve. What takes away comes first, and last the commits that nobody answers for.
    `taken`: ids of files that are there; each file is written once. `called`: what a change is called beside its fingerprint.
    """
    held = {one.fingerprint for one in decision.held if one.code not in PASSED_OTHERWISE}
    changes = [one for one in plan.changes if one.backend == decision.backend and one.fingerprint in held]
    if not changes and not decision.commits:
        return ""
    name = f"{plan.as_of.isoformat()}-{decision.backend}"
    new = next(one for one in chain([name], (f"{name}-{number}" for number in count(2))) if one not in taken)
    lines = [f"id: {new}", f"backend: {decision.backend}", 'reason: "…"', 'until: "ÅÅÅÅ-MM-DD"']
    single = [change for change in changes if not change.envelope]
    lines += _listed("deletions", [change for change in single if is_loud(change)], called)
    lines += _listed("fingerprints", [change for change in single if not is_loud(change)], called)
    moves = [change.envelope for change in changes if change.envelope]
    if moves:
        lines += ["moves:", *(f"  - {{from: {m.source}, into: {m.into}, at_most: {m.at_most}}}" for m in moves)]
    if decision.commits:
        lines += ["commits:", *(f'  - "{sha}"' for sha in decision.commits)]
    return "\n".join(lines) + "\n"


PASSED_OTHERWISE: Final = frozenset(
    {"HELD-WITH", "WINDOW-DELETIONS", "WINDOW-MOVES", "WINDOW-DISRUPTION", "ENVELOPE-DESTROYS"}
)
"""Held, but not for want of an approval: what they wait for is approved, or an allowance lets them past a limit."""


def _listed(key: str, changes: Sequence[Change], called: Callable[[Change], str]) -> list[str]:
    """Each with what it is called beside it. A name is somebody's text: one line, nothing in it can end the comment, and nothing turns
    what is read of it around or hides it.
    """
    if not changes:
        return []
    return [f"{key}:", *(f'  - "{one.fingerprint}" # {_plain(called(one))}' for one in changes)]


def _plain(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(name.split()))


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC) - timedelta(seconds=1)
