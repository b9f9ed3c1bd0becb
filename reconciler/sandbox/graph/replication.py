"""Eventual consistency: for a while, reads see the directory as it was before a write (reference 4.8, 2026-11)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.graph.options import GraphOptions
from reconciler.sandbox.graph.state import GraphState

_TABLES = ("groups", "devices")


@dataclass(slots=True)
class Lag:
    """One object that changed: what it was (None when it is new), the time of the last write, and how often it was read since."""

    old: Any
    since: float
    reads: int = 0


@dataclass(slots=True)
class Replica:
    """Objects that lag, by table and id."""

    lags: dict[tuple[str, str], Lag] = field(default_factory=dict)


def note_write(replica: Replica, before: GraphState, after: GraphState, options: GraphOptions, now: float) -> None:
    """Remember what reads see for a while."""
    if options.visible_after_seconds <= 0 and options.visible_after_reads <= 0:
        return
    for name in _TABLES:
        old, new = getattr(before, name), getattr(after, name)
        for key in old.keys() | new.keys():
            if old.get(key) is not new.get(key):
                lag = replica.lags.setdefault((name, key), Lag(old=old.get(key), since=now))
                lag.since, lag.reads = now, 0


def _holds(lag: Lag, options: GraphOptions, now: float) -> bool:
    return now - lag.since < options.visible_after_seconds or lag.reads < options.visible_after_reads


def settle(replica: Replica, options: GraphOptions, now: float) -> None:
    """Forget what everybody sees by now."""
    replica.lags = {where: lag for where, lag in replica.lags.items() if _holds(lag, options, now)}


def unseen(replica: Replica) -> frozenset[str]:
    """Ids of objects that are too new to be seen."""
    return frozenset(key for (_, key), lag in replica.lags.items() if lag.old is None)


def seen_state(replica: Replica, state: GraphState) -> GraphState:
    """The directory as a read sees it."""
    if not replica.lags:
        return state
    seen = state.copy_directory()
    for (name, key), lag in replica.lags.items():
        table = getattr(seen, name)
        if lag.old is None:
            table.pop(key, None)
        else:
            table[key] = lag.old
    for key, group in list(seen.groups.items()):  # what an old membership names may be gone by now
        known = tuple(
            each for each in group.members if each in seen.groups or each in seen.devices or each in seen.users
        )
        if known != group.members:
            seen.groups[key] = dataclasses.replace(group, members=known)
    return seen


def count_read(replica: Replica, table: str, key: str | None) -> None:
    """An object was asked for by id, or (None) a list of its table was read."""
    for (name, each), lag in replica.lags.items():
        if name == table and key in (None, each):
            lag.reads += 1
