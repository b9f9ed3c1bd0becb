"""Reading again, right before and after a write: exactly the resources of some changes, by id, twenty in a call.

Entra's answers may be behind what this run wrote; where they contradict it they are asked for again, within bounds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.adapters.intune import api
from reconciler.adapters.intune.families import LivePolicy, read_policy, set_fields, sort_of, unset_fields
from reconciler.adapters.intune.groups import EntraGroup, live_group
from reconciler.adapters.intune.reading import own_policies
from reconciler.adapters.intune.rows import fields_for
from reconciler.adapters.intune.session import Session, succeeded
from reconciler.adapters.intune.sharing import policy_to_take_up
from reconciler.http.failures import HttpFailure, NotFound
from reconciler.http.request import Reply
from reconciler.model.adapter import Seen
from reconciler.model.change import Change
from reconciler.model.place import Json
from reconciler.model.resource import Key


def read_again(session: Session, changes: Sequence[Change]) -> Mapping[Key, Seen]:
    """What is there now of these changes' resources. A read that fails says so for its changes alone."""
    seen: dict[Key, Seen] = {}
    by_kind: dict[str, list[Change]] = {}
    for change in changes:
        by_kind.setdefault(change.key.kind, []).append(change)
    readers = {
        "group": _groups,
        "membership": _memberships,
        "setting": _settings,
        "assignment": _assignments,
        "app": _own_apps,
    }
    for kind, found in by_kind.items():
        seen |= readers[kind](session, found)
    return seen


def _unread(failure: HttpFailure) -> Seen:
    return Seen(read=False, reason=failure.code)


def _groups(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """A group known by its id, whatever it is called now; a new one by its mark or by the name that it is made with."""
    seen: dict[Key, Seen] = {}
    ids = {change.key: change.vendor_id or session.group_id(change.key.target) for change in changes}
    for change in changes:
        if not ids[change.key]:
            several = session.known_groups().ours.get(change.key.target, ())
            seen[change.key] = Seen(read=not several, reason="several groups bear this mark" if several else "")
    asked = [change for change in changes if ids[change.key]]
    while True:
        outcomes = session.send([api.get_group(str(ids[change.key])) for change in asked])
        late = []
        for change, outcome in zip(asked, outcomes, strict=True):
            group = str(ids[change.key])
            behind = session.made if isinstance(outcome, NotFound) else session.removed
            missing = session.is_recent(behind.get(group)) and (change.after is None) is (behind is session.removed)
            if missing or _is_before_write(session, group, outcome):
                late.append(change)
            else:
                seen[change.key] = _seen_group(session, change, group, outcome)
        if not late:
            return seen
        asked = late
        session.clock.sleep(2.0)


def _is_before_write(session: Session, group: str, outcome: Reply | HttpFailure) -> bool:
    """Whether a read shows a group as it was before this run changed it."""
    at, written = session.changed.get(group, (None, {}))
    data = outcome.data if isinstance(outcome, Reply) and isinstance(outcome.data, dict) else {}
    return bool(data) and session.is_recent(at) and any(data.get(name) != value for name, value in written.items())


def _seen_group(session: Session, change: Change, group: str, outcome: Reply | HttpFailure) -> Seen:
    if isinstance(outcome, NotFound):
        return Seen(read=True)
    if isinstance(outcome, HttpFailure):
        return _unread(outcome)
    data = outcome.data if isinstance(outcome.data, dict) else {}
    session.remember_group(data)
    found: EntraGroup = session.known_groups().by_id[group]
    return Seen(read=True, fields=live_group(found, change.key.target, session.org).fields)


def _memberships(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """In which of the groups concerned each device is; places that are not ours are nobody's business here."""
    refs = sorted({ref for change in changes for member in change.members for ref in (*member.before, *member.after)})
    known = {ref: session.group_id(ref) for ref in refs}
    asked = [(ref, group) for ref, group in known.items() if group]
    wanted = {member.device for change in changes for member in change.members}
    inside: dict[str, frozenset[str]] = {}
    failed: dict[str, HttpFailure] = {}

    def read() -> bool:
        outcomes = session.send([api.list_members(group) for _, group in asked])
        for (ref, _), outcome in zip(asked, outcomes, strict=True):
            try:
                inside[ref] = frozenset(str(item["id"]) for item in session.rest(outcome)) & wanted
                failed.pop(ref, None)
            except HttpFailure as failure:
                if isinstance(failure, NotFound):
                    inside[ref] = frozenset()
                else:
                    failed[ref] = failure
        return not any(_is_behind(session, group, inside.get(ref, frozenset()), wanted) for ref, group in asked)

    if asked:
        session.settle(read)
    return {change.key: _seen_members(change, inside, failed) for change in changes}


def _is_behind(session: Session, group: str, inside: frozenset[str], wanted: set[str]) -> bool:
    """Whether the list contradicts what this run has just written."""
    joined = any(
        session.is_recent(at) and where == group and device in wanted and device not in inside
        for (where, device), at in list(session.joined.items())
    )
    return joined or any(
        session.is_recent(at) and where == group and device in inside
        for (where, device), at in list(session.left.items())
    )


def _seen_members(change: Change, inside: Mapping[str, frozenset[str]], failed: Mapping[str, HttpFailure]) -> Seen:
    refs = {ref for member in change.members for ref in (*member.before, *member.after)}
    if broken := next((failed[ref] for ref in sorted(refs) if ref in failed), None):
        return _unread(broken)
    places = {
        member.device: tuple(ref for ref in sorted(refs) if member.device in inside.get(ref, ()))
        for member in change.members
    }
    return Seen(read=True, places=places)


def _settings(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """By id where one is known: of the plan's, or of a policy with our mark that is to be taken up. Without our group it has no effect."""
    for sort in {sort_of(change.key.part) for change in changes}:
        session.known_policies(sort)
    marked = own_policies(session)
    ids = {}
    for change in changes:
        taken = policy_to_take_up(session, marked.get((change.key.target, change.key.part), ()), change.key.target)
        ids[change.key] = change.vendor_id or (taken.id if taken else "")
    asked = [change for change in changes if ids[change.key]]
    seen = {change.key: Seen(read=True) for change in changes if not ids[change.key]}
    outcomes = []
    for version in (True, False):  # a batch holds one version of Graph
        some = [change for change in asked if (sort_of(change.key.part) == "catalog") is version]
        found = session.send([api.get_policy(sort_of(change.key.part), ids[change.key]) for change in some])
        outcomes += list(zip(some, found, strict=True))
    for change, outcome in outcomes:
        seen[change.key] = _seen_policy(session, change, ids[change.key], outcome)
    return seen


def _seen_policy(session: Session, change: Change, identity: str, outcome: Reply | HttpFailure) -> Seen:
    sort = sort_of(change.key.part)
    if isinstance(outcome, NotFound):
        session.forget_policy(sort, identity)
        return Seen(read=True)
    if isinstance(outcome, HttpFailure):
        return _unread(outcome)
    policy = read_policy(outcome.data if isinstance(outcome.data, dict) else {}, sort)
    session.remember_policy(sort, policy)
    group = session.group_id(change.key.target)
    return Seen(read=True, fields=seen_fields(policy, change) if group in policy.assigned else None)


def seen_fields(policy: LivePolicy, change: Change) -> dict[str, Json]:
    """What is set in it, and what is wanted of it where nobody has set that."""
    wanted = change.after or {}
    return {**{name: value for name, value in unset_fields(policy).items() if name in wanted}, **set_fields(policy)}


def _assignments(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    """The whole set of each app concerned, read once however many groups of ours are in it."""
    apps = {change.key: session.known_apps().by_part.get(change.key.part) for change in changes}
    ids = sorted({app.id for app in apps.values() if app})
    outcomes = dict(zip(ids, session.send([api.get_app(app) for app in ids]), strict=True))
    seen: dict[Key, Seen] = {}
    for identity, outcome in outcomes.items():
        _remember_app(session, identity, outcome)
    for change in changes:
        app = apps[change.key]
        seen[change.key] = _seen_row(session, change, outcomes[app.id]) if app else Seen(read=True)
    return seen


def _remember_app(session: Session, identity: str, outcome: Reply | HttpFailure) -> None:
    if isinstance(outcome, NotFound):
        session.remember_app(None, gone=identity)
    elif isinstance(outcome, Reply) and isinstance(outcome.data, dict):
        session.remember_app(outcome.data)


def _seen_row(session: Session, change: Change, outcome: Reply | HttpFailure) -> Seen:
    if isinstance(outcome, NotFound):
        return Seen(read=True)
    if isinstance(outcome, HttpFailure):
        return _unread(outcome)
    group = session.group_id(change.key.target)
    sort = change.key.part.partition(":")[0]
    rows: list[dict[str, Any]] = outcome.data.get("assignments", []) if isinstance(outcome.data, dict) else []
    return Seen(read=True, fields=fields_for(rows, group, sort) if group else None)


def _own_apps(session: Session, changes: Sequence[Change]) -> dict[Key, Seen]:
    seen: dict[Key, Seen] = {}
    for change in changes:
        app = session.known_apps().by_part.get(change.key.part)
        identity = change.vendor_id or (app.id if app else "")
        if not identity:
            seen[change.key] = Seen(read=True)
            continue
        outcome = session.send([api.get_app(identity)])[0]
        _remember_app(session, identity, outcome)
        if isinstance(outcome, NotFound):
            seen[change.key] = Seen(read=True)
        elif isinstance(outcome, HttpFailure):
            seen[change.key] = _unread(outcome)
        else:
            data = succeeded(outcome).data
            name = data.get("displayName") if isinstance(data, dict) else ""
            seen[change.key] = Seen(read=True, fields={"name": str(name)})
    return seen
