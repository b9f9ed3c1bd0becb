"""Devices into our groups and out of them: added before they are taken out, so that no app goes away on the way.

Twenty are added by one request, all or none; twenty requests go in a batch. Where one of twenty is refused the others are
added one by one, so that a device somebody has deleted keeps nobody else from their place.
"""

from collections.abc import Sequence

from reconciler.adapters.intune import api
from reconciler.adapters.intune.refusals import Refusals, TargetGone
from reconciler.adapters.intune.session import Session, is_unsettled
from reconciler.http.failures import HttpFailure, Invalid, NotFound
from reconciler.http.request import Reply, Request
from reconciler.model.change import Change

Pair = tuple[str, str]
"""A group's id and a device's object id."""


def write_memberships(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    failed: dict[Pair, HttpFailure] = {}
    into: dict[str, list[str]] = {}
    out_of: list[tuple[Pair, Pair]] = []
    for change in changes:
        group = session.group_id(change.members[0].after[0])
        if group is None:
            refusals.add([change.key], TargetGone(change.members[0].after[0]))
            continue
        for member in change.members:
            if member.after[0] not in member.before:
                into.setdefault(group, []).append(member.device)
            for ref in member.before:
                source = session.group_id(ref)
                if ref not in member.after and source is not None:
                    out_of.append(((source, member.device), (group, member.device)))
    _add(session, into, failed)
    _remove(session, [pair for pair, added in out_of if added not in failed], failed)
    _refuse(session, changes, failed, refusals)


def _refuse(session: Session, changes: Sequence[Change], failed: dict[Pair, HttpFailure], refusals: Refusals) -> None:
    if not failed:
        return
    for change in changes:
        refs = {ref for member in change.members for ref in (*member.before, *member.after)}
        groups = {session.group_id(ref) for ref in refs}
        mine = {(group, member.device) for group in groups if group for member in change.members}
        reason = next((failure for pair, failure in failed.items() if pair in mine), None)
        if reason is not None:
            refusals.add([change.key], reason)


def _add(session: Session, into: dict[str, list[str]], failed: dict[Pair, HttpFailure]) -> None:
    chunks = [
        (group, devices[start : start + api.PARTS])
        for group, devices in into.items()
        for start in range(0, len(devices), api.PARTS)
    ]
    left = chunks

    def attempt() -> bool:
        nonlocal left
        again: list[tuple[str, list[str]]] = []
        requests = [api.add_members(group, devices, session.root) for group, devices in left]
        for (group, devices), outcome in zip(left, session.send(requests), strict=True):
            if isinstance(outcome, Reply):
                _joined(session, group, devices)
            elif is_unsettled(outcome) and session.is_new(group):
                again.append((group, devices))
            elif isinstance(outcome, Invalid | NotFound) and len(devices) > 1:
                _add_each(session, group, devices, failed)
            elif not _is_member_already(outcome):
                failed.update({(group, device): outcome for device in devices})
        left = again
        return not left

    if not session.settle(attempt):
        for group, devices in left:
            _add_each(session, group, devices, failed)


def _add_each(session: Session, group: str, devices: Sequence[str], failed: dict[Pair, HttpFailure]) -> None:
    requests: list[Request] = [api.add_members(group, [device], session.root) for device in devices]
    for device, outcome in zip(devices, session.send(requests), strict=True):
        if isinstance(outcome, Reply):
            _joined(session, group, [device])
        elif not _is_member_already(outcome):
            failed[group, device] = outcome


def _is_member_already(outcome: HttpFailure) -> bool:
    """Graph's answer is 400 with a text; the read that follows every write says whether it is true."""
    return isinstance(outcome, Invalid) and "references already exist" in outcome.message


def _joined(session: Session, group: str, devices: Sequence[str]) -> None:
    now = session.clock.monotonic()
    for device in devices:
        session.joined[group, device] = now
        session.left.pop((group, device), None)


def _remove(session: Session, pairs: Sequence[Pair], failed: dict[Pair, HttpFailure]) -> None:
    outcomes = session.send([api.remove_member(group, device) for group, device in pairs])
    for (group, device), outcome in zip(pairs, outcomes, strict=True):
        if isinstance(outcome, HttpFailure) and not isinstance(outcome, NotFound):
            failed[group, device] = outcome
        else:
            session.left[group, device] = session.clock.monotonic()
            session.joined.pop((group, device), None)
