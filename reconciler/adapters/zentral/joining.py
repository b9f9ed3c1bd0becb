"""Devices into our groups: each gets the one tag of our taxonomy, and loses others of it in the same call.

The server counts serial numbers that it has never heard of as found (reference, 1): only devices that have just been seen
are sent, and the read that follows says who is in.
"""

from collections.abc import Sequence

from reconciler.adapters.zentral import api
from reconciler.adapters.zentral.refusals import Refusal, Refusals
from reconciler.adapters.zentral.session import Session
from reconciler.http.failures import HttpFailure
from reconciler.model.change import Change


def write_memberships(session: Session, changes: Sequence[Change], refusals: Refusals) -> None:
    """The tags were read right before: one of that name that isn't ours would be given out, and ours taken off for it."""
    by_ref: dict[str, list[Change]] = {}
    for change in changes:
        by_ref.setdefault(change.members[0].after[0], []).append(change)
    for ref, found in by_ref.items():
        tag = session.known_tags().ours.get(ref)
        if tag is None:
            refusals.add([change.key for change in found], Refusal("ZENTRAL-TAG-GONE", group=ref[1:]))
            continue
        for change in found:
            _send(session, tag.name, change, refusals)


def _send(session: Session, tag: str, change: Change, refusals: Refusals) -> None:
    serials = [member.device for member in change.members]
    try:
        for start in range(0, len(serials), api.SERIALS):
            session.http.send(api.set_tag(session.taxonomy, tag, serials[start : start + api.SERIALS]))
    except HttpFailure as failure:
        refusals.add([change.key], failure)
