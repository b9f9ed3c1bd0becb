"""Places that take each other's names: who gives a name up goes first; a circle can't be walked, nor one's name be had while it is there. Pure.

Where places nest, two of one parent can't have one name, so a new name has to be free before it is given.
"""

import unicodedata
from collections.abc import Mapping, Sequence

from reconciler.model.change import Action, Change
from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Json
from reconciler.model.resource import Key
from reconciler.planning.joining import parent_of

Named = tuple[str, str]


def freed_by(changes: Sequence[Change]) -> Mapping[Key, Key]:
    """For each place that gets a name which another place gives up in this plan: that other's change."""
    given_up = {
        _named(change.before): change.key
        for change in changes
        if _is_renamed(change) and change.before is not None and change.after is not None
    }
    wanted = ((change.key, given_up.get(_named(change.after))) for change in changes if _is_renamed(change))
    return {key: giver for key, giver in wanted if giver is not None and giver != key}


def circles(waits: Mapping[Key, Key]) -> frozenset[Key]:
    """The places that wait for each other in a ring; those that only wait for one in it are not in it."""
    found: set[Key] = set()
    for start in waits:
        seen, key = {start}, waits.get(start)
        while key is not None and key not in seen:
            seen.add(key)
            key = waits.get(key)
        if key == start:
            found.add(start)
    return frozenset(found)


def name_findings(changes: Sequence[Change]) -> list[Finding]:
    """An error for each place in a ring, and for each new one whose name belongs to a place that is to go.

    The latter can't go first: its devices are to move into the new one. Most often the two are one place, renamed.
    """
    ring = circles(freed_by(changes))
    leaving = {
        _named(change.before): change
        for change in changes
        if change.key.kind == "group" and change.action is Action.DELETE and parent_of(change.before)
    }
    findings = [_finding("NAME-CIRCLE", change, change) for change in changes if change.key in ring]
    for change in changes:
        old = leaving.get(_named(change.after)) if _is_renamed(change) else None
        if old is not None:
            findings.append(_finding("NAME-STILL-TAKEN", change, old))
    return findings


def _finding(code: str, change: Change, other: Change) -> Finding:
    values = {
        "group": change.key.target.removeprefix("@"),
        "other": other.key.target.removeprefix("@"),
        "before": str((change.before or {}).get("name", "")),
        "after": str((change.after or {}).get("name", "")),
    }
    return Finding(code=code, severity=Severity.ERROR, place=None, subject=str(change.key), values=values)


def _is_renamed(change: Change) -> bool:
    """A place with a new name or a new parent: also one that is made, which gives nothing up."""
    nests = change.key.kind == "group" and change.after is not None and bool(parent_of(change.after))
    return nests and (change.before is None or _named(change.before) != _named(change.after))


def _named(fields: Mapping[str, Json] | None) -> Named:
    """Names are compared without case and in composed form, as the systems with nested places do."""
    name = unicodedata.normalize("NFC", str((fields or {}).get("name", ""))).casefold()
    return parent_of(fields), name
