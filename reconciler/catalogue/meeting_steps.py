"""What may happen to meetings from one revision to the next: what was held has been held, under the council of that day. Pure."""

from collections.abc import Collection, Iterator

from reconciler.catalogue.council import council_at, has_quorum, seats_present
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.meeting import Council, Meeting
from reconciler.model.place import Pointer
from reconciler.model.vetting import DECIDED, vetting_of


def check_meeting_steps(base: Documents, head: Documents, lost: Collection[str]) -> Iterator[Finding]:
    """Errors at their lines in `head`. `lost`: files of the head that dropped out; what stood there isn't taken away."""
    now = {meeting.at.file: meeting for meeting in head.meetings}
    for before in base.meetings:
        if before.held and before.at.file not in lost:
            yield from _check_kept(before, now.get(before.at.file))
    council = base.organisation.council
    if council is not None and head.organisation.council is not None:
        was = {meeting.at.file: meeting for meeting in base.meetings}
        for meeting in head.meetings:
            if meeting.held:
                yield from _check_council(was.get(meeting.at.file), meeting, council, head)


def _check_kept(before: Meeting, after: Meeting | None) -> Iterator[Finding]:
    """Its day, its minutes, who was there and of what council don't change."""
    if after is None:
        place = Pointer(file=before.at.file)
        yield _about(before, "MEETING-REMOVED", place)
    elif _facts(after) != _facts(before) or _has_another_council(before, after):
        yield _about(before, "MEETING-EDITED", after.at)


def _about(meeting: Meeting, code: str, place: Pointer, **values: str) -> Finding:
    named = {"minutes": meeting.minutes, **values}
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=f"meeting:{meeting.minutes}", values=named)


def _facts(meeting: Meeting) -> tuple[object, ...]:
    present = sorted((one.role, one.seats) for one in meeting.present)
    return meeting.day, meeting.minutes, meeting.state, present


def _has_another_council(before: Meeting, after: Meeting) -> bool:
    """One that nobody had written may be; whether it is the right one is another question."""
    if before.council is None:
        return False
    return after.council is None or not before.council.decides_as(after.council)


def _check_council(before: Meeting | None, meeting: Meeting, council: Council, head: Documents) -> Iterator[Finding]:
    """Of a meeting whose council isn't settled yet: what it decides takes the quorum and the seats there were before this step.

    `council` is the base's. Otherwise who lowers the quorum could let the same change decide.
    """
    if before is not None and before.held and before.council is not None:
        return
    own, now = meeting.council, head.organisation.council
    if own is not None and not own.decides_as(council) and not (now is not None and own.decides_as(now)):
        yield _about(meeting, "MEETING-COUNCIL", meeting.at.child("council"))
    judge = council_at(meeting, now)
    if judge is None or not has_quorum(meeting, judge) or has_quorum(meeting, council):
        return
    if before is None or not before.held or _decides(meeting, head):
        at = meeting.at.child("council") if own is not None else meeting.at.child("present")
        values = {"seats": str(seats_present(meeting, council)), "quorum": str(council.quorum)}
        yield _about(meeting, "COUNCIL-AND-DECISION", at, **values)


def _decides(meeting: Meeting, documents: Documents) -> bool:
    decisions = [(one.status, one.decision) for one in map(vetting_of, documents.apps)]
    return any(status in DECIDED and one is not None and one.meeting == meeting.day for status, one in decisions)
