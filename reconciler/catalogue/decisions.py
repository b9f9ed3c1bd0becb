"""What a meeting decided, to be recorded: whether each decision may be, and what the record then says. Pure.

All or nothing: the caller writes only where there is no refusal.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Final

from reconciler.catalogue.council import council_at, has_quorum, seats_present
from reconciler.catalogue.meeting import Recorded, decisions_at, lacking, lacks_code, meeting_on, paragraph_of
from reconciler.catalogue.naming import no_such_app
from reconciler.catalogue.status_words import in_words, listed_in_words
from reconciler.catalogue.transitions import NEXT, may_follow
from reconciler.model.documents import Documents
from reconciler.model.finding import Finding, Severity
from reconciler.model.meeting import Meeting
from reconciler.model.place import Place
from reconciler.model.vetting import DECIDED, REJECTED, WITHDRAWN, Vetting, vetting_of
from reconciler.texts import LANGUAGES, render

APPROVE: Final = "approve"
REJECT: Final = "reject"
WITHDRAW: Final = "withdraw"
WHAT: Final = (APPROVE, REJECT, WITHDRAW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """One decision as it was asked for. `paragraph` None: the next free one. `start`: the first day without a withdrawn app.

    With `conditions` an approval is one with conditions. `review_by` None keeps the record's, where that is still to come.
    `row`: where it stands in the secretary's table.
    """

    app: str
    what: str
    reason: str
    conditions: tuple[str, ...] = ()
    paragraph: int | None = None
    start: date | None = None
    review_by: date | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    row: Place | None = None

    @property
    def status(self) -> str:
        if self.what == APPROVE:
            return "approved-with-conditions" if self.conditions else "approved"
        return REJECTED if self.what == REJECT else WITHDRAWN


def one_line(text: str) -> str:
    """With single spaces: a reason that was written in a cell or a shell may have line breaks and odd spaces."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written into a record: `put` by key in the order of the file, `drop` keys that no longer hold."""

    record: Vetting
    put: Mapping[str, Any]
    drop: tuple[str, ...]
    earlier: Mapping[str, Any] | None
    reference: str


def refusals(documents: Documents, day: date, asked: Sequence[Decide]) -> tuple[Finding, ...]:
    """Everything that keeps the decisions from being recorded, of the meeting first."""
    meeting = meeting_on(documents, day)
    if meeting is None:
        return (unknown_meeting(documents, day),)
    return (*_meeting_refusals(documents, meeting), *_each(documents, day, asked))


def unknown_meeting(documents: Documents, day: date) -> Finding:
    known = ", ".join(sorted(one.day.isoformat() for one in documents.meetings if one.day)) or "–"
    return _refusal("MEETING-UNKNOWN", None, date=day.isoformat(), known=known)


def not_held(meeting: Meeting) -> Finding:
    day = meeting.day.isoformat() if meeting.day else "–"
    values = {"date": day, "file": meeting.at.file}
    return Finding(code="MEETING-NOT-HELD", severity=Severity.ERROR, place=meeting.at.child("state"), values=values)


def _refusal(code: str, record: Vetting | None, **values: str) -> Finding:
    named = {"app": record.name, "id": record.id} if record else {}
    place = record.at.child("status") if record else None
    subject = f"app:{record.id}" if record else ""
    return Finding(code=code, severity=Severity.ERROR, place=place, subject=subject, values={**named, **values})


def _meeting_refusals(documents: Documents, meeting: Meeting) -> Iterator[Finding]:
    council = council_at(meeting, documents.organisation.council)
    if not meeting.held:
        yield not_held(meeting)
    elif council is None:
        yield _refusal("DECIDE-NO-COUNCIL", None)
    elif not has_quorum(meeting, council):
        values = {"seats": str(seats_present(meeting, council)), "quorum": str(council.quorum)}
        day = meeting.day.isoformat() if meeting.day else ""
        at = meeting.at.child("present")
        yield Finding(code="MEETING-NO-QUORUM", severity=Severity.ERROR, place=at, values={"date": day, **values})


def _each(documents: Documents, day: date, asked: Sequence[Decide]) -> Iterator[Finding]:
    records = {app.id: vetting_of(app) for app in documents.apps}
    seen: set[str] = set()
    for one in asked:
        record = records.get(one.app)
        if record is None:
            found: tuple[Finding, ...] = (no_such_app(one.app, records),)
        elif one.app in seen:
            found = (_refusal("DECIDE-TWICE", record),)
        else:
            found = () if is_recorded(record, one, day) else tuple(_about_one(record, one, day))
        seen.add(one.app)
        yield from (replace(each, place=one.row or each.place) for each in found)


def is_recorded(record: Vetting, one: Decide, day: date) -> bool:
    """Whether the record says just that already: of decisions in several files a run that was killed may have written some."""
    decision = record.decision
    if decision is None or decision.meeting != day or record.status != one.status:
        return False
    said = (decision.reason, decision.votes_for, decision.votes_against)
    return (
        said == (one.reason, one.votes_for, one.votes_against)
        and one.paragraph in (None, paragraph_of(decision.reference))
        and one.review_by in (None, record.review_by)
        and one.start == record.withdrawn_from
        and (one.what == WITHDRAW or one.conditions == record.conditions)
    )


def _about_one(record: Vetting, one: Decide, day: date) -> Iterator[Finding]:
    if not one.reason.strip():
        yield _refusal("DECIDE-NO-REASON", record)
    if not all(text.isprintable() for text in (one.reason, *one.conditions)):
        yield _refusal("DECIDE-UNSEEN", record)
    if record.decision and record.decision.meeting and record.decision.meeting >= day:
        yield _refusal("DECIDE-ALREADY", record, reference=record.decision.reference)
    elif not may_follow(record.status, one.status):
        words = in_words(before=record.status, after=one.status)
        yield _refusal("DECIDE-SKIPPED", record, **words, **listed_in_words("allowed", NEXT[record.status]))
    elif one.what == APPROVE:
        yield from _approval_refusals(record, one, day)
    if one.what == WITHDRAW and one.start is None:
        yield _refusal("DECIDE-NO-START", record)
    elif one.what == WITHDRAW and one.start is not None and one.start < day:
        yield _refusal("DECIDE-START-EARLY", record, start=one.start.isoformat(), date=day.isoformat())


def _approval_refusals(record: Vetting, one: Decide, day: date) -> Iterator[Finding]:
    if record.it_review is not None and record.it_review.stands:
        yield _refusal("DECIDE-VETO", record, reason=record.it_review.reason)
    review = one.review_by or record.review_by
    if review is not None and review <= day:
        yield _refusal("DECIDE-REVIEW-PAST", record, review=review.isoformat())
    lacks = lacking(replace(record, status=one.status, review_by=review))
    if lacks:
        words = {
            f"what.{lang}": ", ".join(render(lacks_code(key), {}, lang).message for key in lacks) for lang in LANGUAGES
        }
        yield _refusal("DECIDE-INCOMPLETE", record, keys=", ".join(lacks), **words)


def entries(documents: Documents, day: date, asked: Sequence[Decide]) -> tuple[Entry, ...]:
    """What each record gets that doesn't say so yet. Only of decisions that nothing refuses."""
    meeting = meeting_on(documents, day)
    assert meeting is not None  # noqa: S101 - `refusals` has said so
    records = {app.id: vetting_of(app) for app in documents.apps}
    there = {one.app for one in asked if is_recorded(records[one.app], one, day)}
    numbers = _numbered(asked, there, tuple(decisions_at(records.values(), day)))
    return tuple(
        _entry(records[one.app], one, day, f"{meeting.minutes} § {number}")
        for one, number in zip(asked, numbers, strict=True)
        if one.app not in there
    )


def _numbered(asked: Iterable[Decide], there: Collection[str], recorded: Sequence[Recorded]) -> Iterator[int]:
    """A decision's own paragraph, or the next free one; where some are `there`, the others get what they would have got with them."""
    used = {one.record.id: paragraph_of(one.decision.reference) or 0 for one in recorded}
    last = max((number for app, number in used.items() if app not in there), default=0)
    for one in asked:
        number = used[one.app] if one.app in there else one.paragraph or _free(last + 1, used.values())
        last = max(last, number)
        yield number


def _free(number: int, used: Collection[int]) -> int:
    return next(one for one in count(number) if one not in used)


def _entry(record: Vetting, one: Decide, day: date, reference: str) -> Entry:
    votes = {"for": one.votes_for, "against": one.votes_against}
    decision = {
        "meeting": day,
        "reference": reference,
        "reason": one.reason,
        **{key: number for key, number in votes.items() if number is not None},
    }
    put: dict[str, Any] = {"status": one.status}
    if one.conditions:
        put["conditions"] = list(one.conditions)
    put["decision"] = decision
    if one.what == WITHDRAW:
        put["withdrawn_from"] = one.start
    if one.review_by is not None:
        put["review_by"] = one.review_by
    return Entry(
        record=record, put=put, drop=tuple(_dropped(record, one)), earlier=_earlier(record), reference=reference
    )


def _dropped(record: Vetting, one: Decide) -> Iterator[str]:
    """What was said of the decision before and doesn't hold any more. Conditions hold until an app is gone."""
    if record.conditions and not one.conditions and one.what != WITHDRAW:
        yield "conditions"
    if record.withdrawn_from and one.what != WITHDRAW:
        yield "withdrawn_from"


def _earlier(record: Vetting) -> Mapping[str, Any] | None:
    """The decision that is replaced, as a line of history, unless it stands there already."""
    old = record.decision
    if old is None or any((one.day, one.reference) == (old.meeting, old.reference) for one in record.history):
        return None
    # Only what was rejected or withdrawn is queued again, and a withdrawal has its day.
    status = record.status if record.status in DECIDED else (WITHDRAWN if record.withdrawn_from else REJECTED)
    return {"status": status, "meeting": old.meeting, "reference": old.reference, "reason": old.reason}
