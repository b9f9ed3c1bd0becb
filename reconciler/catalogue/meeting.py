"""A meeting of the council: what it has to take up and why, who was there, what it decided. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from reconciler.catalogue.checks import lacks_agreement
from reconciler.catalogue.depth import missing_for_approval
from reconciler.model.documents import Documents
from reconciler.model.meeting import Meeting
from reconciler.model.vetting import APPROVED, PROPOSED, QUEUED, WITHDRAWN, Decision, Vetting, vetting_of
from reconciler.policy.app_facts import equivalents

ITEMS: Final = ("new", "reconsider", "review", "withdrawal")
"""In the order of the agenda."""

AHEAD: Final = 60
"""Days after the meeting within which something falls due that the meeting had better take up: the next is a term away."""
OLD: Final = 60
"""Days after which a wish that nobody has put in the queue is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is taken up: the code of a text, with its values."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One app on the agenda. `missing` are keys of the record; `equivalents` approved apps for the same purpose, by name.

    An empty `item`: nothing to decide yet (a wish, an import), only to know of.
    """

    record: Vetting
    item: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """`points` have something to decide, `waiting` have not been put in the queue."""

    day: date
    minutes: str
    meeting: Meeting | None
    points: tuple[Point, ...]
    waiting: tuple[Point, ...]


def agenda_of(
    documents: Documents, day: date, *, minutes: str = "", ahead: int = AHEAD, older_than: int = OLD
) -> Agenda:
    """What the meeting on a day has to take up: what its file says already, and what the records call for."""
    meeting = meeting_on(documents, day)
    records = [vetting_of(app) for app in documents.apps]
    near = _equivalent_names(documents)
    written = {one.app: one.item for one in meeting.agenda} if meeting else {}
    found = [(one, tuple(_reasons(one, day, ahead))) for one in records]
    points = [
        _point(one, written.get(one.id) or _item(one), reasons or (Reason(code="AGENDA-WRITTEN"),), near)
        for one, reasons in found
        if one.id in written or (reasons and not (meeting and meeting.held))
    ]
    waiting = [_point(one, "", tuple(_waits(one, day, older_than)), near) for one in records if one.status == PROPOSED]
    return Agenda(
        day=day,
        minutes=minutes or (meeting.minutes if meeting else ""),
        meeting=meeting,
        points=tuple(sorted(points, key=lambda one: (ITEMS.index(one.item), one.record.name.casefold()))),
        waiting=tuple(one for one in waiting if one.reasons and one.record.id not in written),
    )


def meeting_on(documents: Documents, day: date) -> Meeting | None:
    return next((one for one in documents.meetings if one.day == day), None)


def _equivalent_names(documents: Documents) -> Mapping[str, tuple[str, ...]]:
    names = {app.id: app.name for app in documents.apps}
    return {app: tuple(names[other] for other in others) for app, others in equivalents(documents.apps).items()}


def _point(one: Vetting, item: str, reasons: tuple[Reason, ...], near: Mapping[str, tuple[str, ...]]) -> Point:
    asked = one.status not in APPROVED and item != "withdrawal"
    lacks = lacking(one) if asked else ()
    return Point(
        record=one, item=item, reasons=reasons, missing=lacks, equivalents=near.get(one.id, ()) if asked else ()
    )


def lacking(record: Vetting) -> tuple[str, ...]:
    """The keys that the record must still have before the app can be approved."""
    keys = [one.key for one in missing_for_approval(record)]
    return (*keys, *(["data_protection.agreement"] if lacks_agreement(record) else []))


def lacks_code(key: str) -> str:
    """The code of the words for a key that a record lacks."""
    return f"LACKS-{key.upper().replace('.', '-').replace('_', '-')}"


def _item(one: Vetting) -> str:
    if one.status in APPROVED:
        return "review"
    if one.status == WITHDRAWN:
        return "withdrawal"
    return "reconsider" if one.history or one.decision else "new"


def _reasons(one: Vetting, day: date, ahead: int) -> Iterator[Reason]:
    """What calls for a decision."""
    last = day + timedelta(days=ahead)
    if one.status == QUEUED:
        yield Reason(code="AGENDA-QUEUED", values={"date": one.queued.isoformat() if one.queued else "–"})
    if one.status in APPROVED and one.review_by and one.review_by <= last:
        code = "AGENDA-REVIEW-OVERDUE" if one.review_by < day else "AGENDA-REVIEW-DUE"
        yield Reason(code=code, values={"date": one.review_by.isoformat()})
    if one.trial_until and one.trial_until <= last and one.status in (QUEUED, *APPROVED):
        yield Reason(code="AGENDA-TRIAL", values={"date": one.trial_until.isoformat()})
    if one.status == WITHDRAWN and one.withdrawn_from and day <= one.withdrawn_from <= last:
        yield Reason(code="AGENDA-LEAVES", values={"date": one.withdrawn_from.isoformat()})
    if one.it_review and one.it_review.stands and one.status in (QUEUED, *APPROVED):
        yield Reason(code="AGENDA-VETO", values={"reason": one.it_review.reason})


def _waits(one: Vetting, day: date, older_than: int) -> Iterator[Reason]:
    """What the council should know of a wish that is not in the queue."""
    if one.imported:
        yield Reason(code="AGENDA-IMPORTED", values={"source": one.imported.source})
    received = one.request.received if one.request else None
    if received and (day - received).days > older_than:
        yield Reason(code="AGENDA-OLD-WISH", values={"days": str((day - received).days), "date": received.isoformat()})
    if one.it_review and one.it_review.stands:
        yield Reason(code="AGENDA-VETO", values={"reason": one.it_review.reason})


def new_items(agenda: Agenda) -> tuple[Mapping[str, str], ...]:
    """The agenda's items that the meeting's file doesn't have yet, as data. A withdrawal that is decided needs no decision."""
    written = {one.app for one in agenda.meeting.agenda} if agenda.meeting else set()
    return tuple(
        {"app": point.record.id, "item": point.item}
        for point in agenda.points
        if point.record.id not in written and point.record.status != WITHDRAWN
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One decision of a meeting: also one that a later meeting has replaced (then `current` is False)."""

    record: Vetting
    status: str
    decision: Decision
    current: bool


def decisions_at(records: Iterable[Vetting], day: date) -> tuple[Recorded, ...]:
    """What the meeting decided, by paragraph."""
    found = [one for record in records for one in _recorded(record, day)]
    return tuple(sorted(found, key=lambda one: (paragraph_of(one.decision.reference) or 0, one.record.name.casefold())))


def _recorded(record: Vetting, day: date) -> Iterator[Recorded]:
    if record.decision and record.decision.meeting == day:
        yield Recorded(record=record, status=record.status, decision=record.decision, current=True)
    for one in record.history:
        if one.at_meeting and one.day == day:
            made = Decision(meeting=day, reference=one.reference, reason=one.reason)
            yield Recorded(record=record, status=one.status, decision=made, current=False)


def paragraph_of(reference: str) -> int | None:
    """`ITR 2026:21 § 10` → 10."""
    number = reference.rpartition("§")[2].strip() if "§" in reference else ""
    return int(number) if number.isascii() and number.isdigit() else None


def seats_of(meeting: Meeting) -> int:
    return sum(one.seats for one in meeting.present)


def postponed(meeting: Meeting, decided: Sequence[Recorded]) -> tuple[str, ...]:
    """Apps on the agenda that nothing was decided on."""
    done = {one.record.id for one in decided}
    return tuple(one.app for one in meeting.agenda if one.app not in done)
