"""Approvals files: what no record covers and people approve by name, with an end. Reading one, and writing one to fill in."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.model.change import Change, Plan
from reconciler.model.place import Json
from reconciler.planning.hold import name_of
from reconciler.trust.covering import is_loud
from reconciler.trust.evidence import ApprovalsFile, MergedPull
from reconciler.trust.refusal import Refusal
from reconciler.trust.terms import FILES, Decision

ZONE: Final = ZoneInfo("Europe/Stockholm")

_KEYS: Final = frozenset({"id", "backend", "reason", "until", "fingerprints", "deletions", "moves", "commits"})
_COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def read_file(data: Mapping[str, Json], pull: MergedPull | None) -> ApprovalsFile | Refusal:
    """From the file's content as strict YAML gives it. `pull`: the one that last changed the file, or None.

    `until` is a day in Sweden and holds to its end. A reason is asked for; it is for people and kept out of the decision.
    """
    broken = Refusal(code="APPROVALS-BROKEN", values={"file": f"{FILES}/{data.get('id', '')}.yaml"})
    try:
        ends = _end_of(date.fromisoformat(_text(data, "until")))
        if not data.keys() <= _KEYS or not _text(data, "reason"):
            return broken
        commits = _texts(data, "commits")
        return (
            ApprovalsFile(
                id=_text(data, "id"),
                backend=_text(data, "backend"),
                until=ends,
                fingerprints=_texts(data, "fingerprints"),
                deletions=_texts(data, "deletions"),
                moves=_moves(data.get("moves", ())),
                commits=commits,
                pull=pull,
            )
            if all(_COMMIT.fullmatch(sha) for sha in commits)
            else broken
        )
    except (TypeError, ValueError):
        return broken


def approvals_text(plan: Plan, decision: Decision) -> str:
    """The file that would let through what a decision holds for want of approval: for people to read, give a reason and an end.

    Empty where there is nothing to approve. What takes away comes first, and last the commits that nobody answers for.
    """
    held = {one.fingerprint for one in decision.held if one.code not in PASSED_OTHERWISE}
    changes = [one for one in plan.changes if one.backend == decision.backend and one.fingerprint in held]
    if not changes and not decision.commits:
        return ""
    day = plan.as_of.isoformat()
    lines = [f"id: {day}-{decision.backend}", f"backend: {decision.backend}", 'reason: "…"', 'until: "ÅÅÅÅ-MM-DD"']
    single = [change for change in changes if not change.envelope]
    lines += _listed("deletions", [change for change in single if is_loud(change)])
    lines += _listed("fingerprints", [change for change in single if not is_loud(change)])
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


def _listed(key: str, changes: Sequence[Change]) -> list[str]:
    """Each with what it is called beside it. A name is somebody's text: one line, and nothing in it can end the comment."""
    if not changes:
        return []
    return [f"{key}:", *(f'  - "{one.fingerprint}" # {" ".join(name_of(one).split())}' for one in changes)]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZONE).astimezone(UTC) - timedelta(seconds=1)


def _text(data: Mapping[str, Json], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(key)
    return value


def _texts(data: Mapping[str, Json], key: str) -> frozenset[str]:
    found = data.get(key, ())
    if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
        raise TypeError(key)
    if not all(isinstance(one, str) and one for one in found):
        raise TypeError(key)
    return frozenset(str(one) for one in found)


def _moves(found: Json) -> dict[tuple[str, str], int]:
    if isinstance(found, str | Mapping) or not isinstance(found, Sequence):
        raise TypeError("moves")
    room: dict[tuple[str, str], int] = {}
    for one in found:
        if not isinstance(one, Mapping) or one.keys() != {"from", "into", "at_most"}:
            raise ValueError("moves")
        number = one["at_most"]
        if type(number) is not int or number < 1:
            raise ValueError("moves")
        way = (_text(one, "from"), _text(one, "into"))
        room[way] = room.get(way, 0) + number
    return room
