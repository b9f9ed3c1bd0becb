"""The council: whether a meeting could decide, and whether a decision rests on one that did. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final

from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.meeting import Council, Meeting, Member
from reconciler.model.vetting import DECIDED, Decision, Vetting

FOLDER: Final = "app-catalogs/meetings"


def council_at(meeting: Meeting, council: Council | None) -> Council | None:
    """The council that the meeting is judged by: its own file's, or else that of today."""
    return meeting.council if council is not None and meeting.council is not None else council


def seats_present(meeting: Meeting, council: Council) -> int:
    """Seats that count: of the council's own roles, each once and no more than it has."""
    seats = council.seats()
    there = {one.role: one.seats for one in meeting.present}
    return sum(min(number, seats.get(role, 0)) for role, number in there.items())


def has_quorum(meeting: Meeting, council: Council) -> bool:
    return meeting.held and seats_present(meeting, council) >= council.quorum


def belongs_to(reference: str, minutes: str) -> bool:
    """Whether a reference is of these minutes: `ITR 2026:21 § 10` is of `ITR 2026:21`, and not of `ITR 2026:2`."""
    return reference.startswith(minutes) and not reference[len(minutes) : len(minutes) + 1].isalnum()


# --- meetings -----------------------------------------------------------------------------------------------------


def check_meetings(documents: Documents, as_of: date) -> Iterator[Finding]:
    """What is wrong with the council and its meetings by themselves."""
    council = documents.organisation.council
    if council is not None:
        yield from _check_council(council)
    known = {name for app in documents.apps for name in (app.id, *app.previously)}
    minutes: dict[str, Meeting] = {}
    for meeting in documents.meetings:
        yield from _check_minutes(meeting, minutes)
        if meeting.held and meeting.day is not None and meeting.day > as_of:
            yield _about(meeting, "MEETING-IN-FUTURE", "state", date=meeting.day.isoformat())
        if meeting.council is not None:
            yield from _check_council(meeting.council)
        judge = council_at(meeting, council)
        if judge is not None:
            yield from _check_presence(meeting, judge)
        yield from _check_agenda(meeting, known)


def _check_council(council: Council) -> Iterator[Finding]:
    seats = sum(member.seats for member in council.members)
    if council.quorum > seats:
        values = {"quorum": str(council.quorum), "seats": str(seats)}
        place = council.at.child("quorum")
        yield Finding(code="COUNCIL-QUORUM", severity=Severity.ERROR, place=place, values=values)


def _about(meeting: Meeting, code: str, *steps: str | int, **values: str) -> Finding:
    return Finding(
        code=code,
        severity=Severity.ERROR,
        place=meeting.at.child(*steps),
        subject=f"meeting:{meeting.minutes}",
        values={"minutes": meeting.minutes, **values},
    )


def _check_minutes(meeting: Meeting, seen: dict[str, Meeting]) -> Iterator[Finding]:
    other = seen.setdefault(meeting.minutes, meeting)
    if other is not meeting:
        yield _about(meeting, "MEETING-MINUTES-TWICE", "minutes", other=other.at.file)


def _check_presence(meeting: Meeting, council: Council) -> Iterator[Finding]:
    members = {member.role: member for member in council.members}
    times = Counter(one.role for one in meeting.present)
    for number, one in enumerate(meeting.present):
        member = members.get(one.role)
        if member is None:
            near = _near(one.role, members)
            listed = ", ".join(members)
            values = {"role": one.role, "near": near, "known": listed, "file": council.at.file}
            yield _about(meeting, "MEETING-ROLE-UNKNOWN", "present", number, "role", **values)
        elif one.seats > member.seats:
            yield _too_many(meeting, number, one.seats, member)
        if times[one.role] > 1:
            times[one.role] = 0
            yield _about(meeting, "MEETING-ROLE-TWICE", "present", number, "role", role=one.role)


def _too_many(meeting: Meeting, number: int, seats: int, member: Member) -> Finding:
    values = {"role": member.role, "seats": str(seats), "most": str(member.seats)}
    return _about(meeting, "MEETING-SEATS", "present", number, "seats", **values)


def _check_agenda(meeting: Meeting, known: Collection[str]) -> Iterator[Finding]:
    for number, item in enumerate(meeting.agenda):
        if item.app not in known:
            near = _near(item.app, known)
            yield _about(meeting, "MEETING-APP-UNKNOWN", "agenda", number, "app", app=item.app, near=near)


def _near(word: str, known: Collection[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.6)), "")


# --- decisions ----------------------------------------------------------------------------------------------------


def meetings_by_day(documents: Documents) -> Mapping[date, Meeting]:
    return {meeting.day: meeting for meeting in documents.meetings if meeting.day is not None}


def check_decision(
    vetting: Vetting, meetings: Mapping[date, Meeting], council: Council | None, unread: Collection[str] = ()
) -> Iterator[Finding]:
    """What a decision lacks to be one. `unread`: files that dropped out, of which nothing is known.

    Where nobody has described the council yet, these are warnings: records from before are no reason to stop everything.
    """
    decision = vetting.decision
    if decision is None or vetting.status not in DECIDED or decision.meeting is None:
        return
    file = f"{FOLDER}/{decision.meeting.isoformat()}.yaml"
    meeting = meetings.get(decision.meeting)
    if meeting is None:
        if file not in unread:
            severity = Severity.ERROR if council is not None else Severity.WARNING
            yield _decided(vetting, decision, "DECISION-WITHOUT-MEETING", "meeting", severity, file=file)
        return
    council = council_at(meeting, council)
    if not meeting.held:
        yield _decided(vetting, decision, "DECISION-BEFORE-MEETING", "meeting", file=file)
    elif council is None:
        yield _decided(vetting, decision, "DECISION-WITHOUT-COUNCIL", "meeting", Severity.WARNING)
    elif not has_quorum(meeting, council):
        seats, quorum = str(seats_present(meeting, council)), str(council.quorum)
        yield _decided(vetting, decision, "DECISION-WITHOUT-QUORUM", "meeting", file=file, seats=seats, quorum=quorum)
    if not belongs_to(decision.reference, meeting.minutes):
        yield _decided(vetting, decision, "DECISION-REFERENCE", "reference", minutes=meeting.minutes)
    if council is not None:
        yield from _check_votes(vetting, decision, meeting, council)


def _check_votes(vetting: Vetting, decision: Decision, meeting: Meeting, council: Council) -> Iterator[Finding]:
    """Nobody votes who is not there."""
    votes, against = decision.votes_for or 0, decision.votes_against or 0
    seats = seats_present(meeting, council)
    if votes + against > seats:
        yield _decided(vetting, decision, "DECISION-VOTES", "for", votes=str(votes + against), seats=str(seats))


def _decided(
    vetting: Vetting, decision: Decision, code: str, key: str, severity: Severity = Severity.ERROR, **values: str
) -> Finding:
    named = {"app": vetting.name, "date": decision.meeting.isoformat() if decision.meeting else ""}
    return Finding(
        code=code,
        severity=severity,
        place=vetting.at.child("decision", key),
        subject=f"app:{vetting.id}",
        values={**named, "reference": decision.reference, **values},
    )
