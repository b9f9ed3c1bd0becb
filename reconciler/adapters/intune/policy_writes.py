"""Policies made, changed, assigned and deleted."""

from collections.abc import Mapping, Sequence
from functools import partial

from reconciler.adapters.intune import api
from reconciler.adapters.intune.calls import Call, in_doubt, leaving_out_gone, send_calls
from reconciler.adapters.intune.families import (
    LivePolicy,
    is_unset,
    mark_key,
    policy_body,
    read_policy,
    sort_of,
    unset,
)
from reconciler.adapters.intune.reading import own_policies
from reconciler.adapters.intune.refusals import Refusals, TargetGone
from reconciler.adapters.intune.rows import group_of, policy_rows
from reconciler.adapters.intune.session import Session
from reconciler.adapters.intune.sharing import policy_to_take_up, rows_of_others
from reconciler.http.request import Reply
from reconciler.model.change import Change
from reconciler.model.resource import Key, Mark


def write_policies(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """Made or changed first, then assigned: one that nobody is assigned to has no effect, and is taken up again next time."""
    sort = sort_of(changes[0].key.part)
    if changes[0].after is None:
        send_calls(session, [_policy_deletion(session, sort, change) for change in changes], refusals)
        return
    ids: dict[Key, str] = {}
    calls: list[Call] = []
    marked = own_policies(session)
    for change in changes:
        known = _known_policy(session, marked, change)
        if known:
            ids[change.key] = known
        calls.append(_policy_call(session, sort, change, known, ids))
    send_calls(session, calls, refusals)
    if in_doubt(changes, refusals):
        session.policies = {other: known for other, known in session.policies.items() if other != sort}
    assigned: list[Call] = []
    for change in changes:
        if change.key in refusals.by_key or change.key not in ids:
            continue
        group = session.group_id(change.key.target)
        if group is None:
            refusals.add([change.key], TargetGone(change.key.target))
            continue
        live = session.policies.get(sort, {}).get(ids[change.key])
        if live is None or group not in live.assigned:
            rows = policy_rows(group, live.rows if live else ())
            assign = partial(api.assign_policy, sort, ids[change.key])
            fresh = not change.vendor_id or session.is_new(group)
            otherwise = partial(leaving_out_gone, session, rows, assign)
            assigned.append(Call(request=assign(rows), keys=[change.key], fresh=fresh, otherwise=otherwise))
    send_calls(session, assigned, refusals)


def _known_policy(session: Session, marked: Mapping[tuple[str, str], Sequence[LivePolicy]], change: Change) -> str:
    """The plan's policy, or one with our mark that an earlier attempt made and nobody assigned."""
    if change.vendor_id:
        return change.vendor_id
    alike = marked.get((change.key.target, change.key.part), ())
    found = policy_to_take_up(session, alike, change.key.target)
    return found.id if found else ""


def _policy_call(session: Session, sort: str, change: Change, known: str, ids: dict[Key, str]) -> Call:
    after = dict(change.after or {})
    name, family = str(after.pop("name")), change.key.part
    mark = Mark(org=session.org, key=mark_key(change.key.target, family))
    live = session.policies.get(sort, {}).get(known)
    if known and sort != "catalog" and live:
        # A property that is left out keeps its value, so what nobody wants any more is given back by name.
        extra = [item for item, value in live.fields.items() if item not in after and not is_unset(item, value)]
        after |= {item: unset(item, live.fields[item]) for item in extra}
    body = policy_body(family, name, mark, after, description=live.description if live else "", new=not known)

    def then(reply: Reply) -> None:
        data = reply.data if isinstance(reply.data, dict) else {}
        if not known and data.get("id"):
            ids[change.key] = str(data["id"])
            session.remember_policy(sort, read_policy({**body, "id": data["id"]}, sort))

    request = api.update_policy(sort, known, body) if known else api.create_policy(sort, body)
    return Call(request=request, keys=[change.key], then=then)


def _policy_deletion(session: Session, sort: str, change: Change) -> Call:
    """Deleted, unless others have it too: then it only leaves our group."""
    live = session.policies.get(sort, {}).get(change.vendor_id)
    if live is not None and rows_of_others(session, live, change.key.target):
        group = session.group_id(change.key.target)
        rows = [{"target": row["target"]} for row in live.rows if group_of(row) != group]
        assign = partial(api.assign_policy, sort, live.id)
        otherwise = partial(leaving_out_gone, session, rows, assign)
        return Call(request=assign(rows), keys=[change.key], otherwise=otherwise)

    def then(_: Reply) -> None:
        session.forget_policy(sort, change.vendor_id)

    return Call(request=api.delete_policy(sort, change.vendor_id), keys=[change.key], then=then)
