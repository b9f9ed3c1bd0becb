"""What may happen to a record from one revision to the next: statuses in their order, decisions by meetings, vetoes by IT. Pure.

Who wrote a change can't be known from files. What is said here is that something takes a decision, or whose approval it
takes (`ownership` says so of every field); the forge holds it to that.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from reconciler.catalogue.checks import about
from reconciler.catalogue.council import FOLDER, belongs_to, meetings_by_day
from reconciler.catalogue.identity_steps import check_identity_step
from reconciler.catalogue.meeting_steps import check_meeting_steps
from reconciler.catalogue.status_words import in_words, listed_in_words
from reconciler.model.documents import Documents, Wishes
from reconciler.model.finding import Finding, Severity
from reconciler.model.meeting import Meeting
from reconciler.model.place import Pointer
from reconciler.model.vetting import APPROVED, DECIDED, PROPOSED, QUEUED, REJECTED, WITHDRAWN, Vetting, vetting_of

NEXT: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({PROPOSED, QUEUED}),
    PROPOSED: frozenset({QUEUED, REJECTED, WITHDRAWN}),
    QUEUED: APPROVED | {REJECTED, PROPOSED},
    **{status: APPROVED | {WITHDRAWN} for status in APPROVED},
    REJECTED: frozenset({QUEUED}),
    WITHDRAWN: frozenset({QUEUED}),
}
"""Where a record may go from each status; "" is a record that wasn't there."""


def may_follow(before: str, after: str) -> bool:
    """Whether the status `after` may follow `before` ("" for a new record)."""
    return before == after or after in NEXT[before]


def check_steps(
    base: Documents, head: Documents, unread: Collection[str] = (), lost: Collection[str] = ()
) -> Iterator[Finding]:
    """Errors of the step between two revisions, at their lines in `head`. Files that dropped out: `unread` of the base,
    `lost` of the head; what stood in those isn't taken away, and what is in them now may have come from anywhere."""
    if base.organisation.council is not None and head.organisation.council is None:
        yield Finding(code="COUNCIL-REMOVED", severity=Severity.ERROR, place=head.organisation.at)
    was = {app.id: vetting_of(app) for app in base.apps}
    meetings = meetings_by_day(base)
    kept: set[str] = set()
    new: list[Vetting] = []
    for app in head.apps:
        after = vetting_of(app)
        before = next((was[name] for name in (app.id, *app.previously) if name in was), None)
        if before is None:
            new.append(after)
        else:
            kept.add(before.id)
            yield from _check_step(before, after, meetings)
    hidden = any(file.startswith("app-catalogs/") for file in unread)
    yield from _check_new(new, {} if hidden or any(one.held for one in base.meetings) else meetings_by_day(head))
    used = _used(base) | _used(head)
    lost_records = any(file.startswith("app-catalogs/") and not file.startswith(f"{FOLDER}/") for file in lost)
    for one in was.values():
        if not lost_records and one.id not in kept and used.isdisjoint((one.id, *one.previously)):
            # The record is gone, so its old file is the nearest place. Of one that is used, another check says so.
            yield about(one, "RECORD-REMOVED", Pointer(file=one.at.file), id=one.id)
    yield from check_meeting_steps(base, head, lost)


def _used(documents: Documents) -> frozenset[str]:
    layers: list[Wishes] = [one.wishes for one in documents.baselines]
    for school in documents.schools:
        layers += [*school.layers.values(), *(group.wishes for group in school.groups)]
    return frozenset(line.app for wishes in layers for line in wishes.apps)


# --- statuses -----------------------------------------------------------------------------------------------------


def _check_new(new: Iterable[Vetting], first: Mapping[date, Meeting]) -> Iterator[Finding]:
    """Wishes. Only the catalogue that brings the council's first meetings (`first`) brings what they decided too."""
    taken = 0
    for after in new:
        meeting = first.get(after.decision.meeting) if after.decision and after.decision.meeting else None
        if after.status in DECIDED and meeting is not None and meeting.held:
            taken += 1
        elif not may_follow("", after.status):
            yield about(after, "STATUS-NEW", after.at.child("status"), Severity.ERROR, **in_words(status=after.status))
    if taken:
        place = first[min(day for day, one in first.items() if one.held)].at
        yield Finding(code="STATUS-FIRST", severity=Severity.INFO, place=place, values={"count": str(taken)})


def _check_step(before: Vetting, after: Vetting, meetings: Mapping[date, Meeting]) -> Iterator[Finding]:
    at = after.at.child("status")
    if not may_follow(before.status, after.status):
        allowed = listed_in_words("allowed", NEXT[before.status], with_key=True)
        yield about(after, "STATUS-SKIPPED", at, Severity.ERROR, **_both(before, after), **allowed)
    elif before.status != after.status and after.status in DECIDED and not _is_later(before, after):
        yield about(after, "STATUS-WITHOUT-DECISION", at, Severity.ERROR, **_both(before, after))
    elif (asked := _waits_since(before, after)) is not None:
        at, since = after.at.child("decision", "meeting"), asked.isoformat()
        values = {"reference": _reference(after), "since": since, **in_words(status=before.status)}
        yield about(after, "DECISION-TOO-EARLY", at, Severity.ERROR, **values)
    elif before.status in (REJECTED, WITHDRAWN) and after.status == QUEUED and not _has_news(before, after):
        yield about(after, "STATUS-REOPENED", at, Severity.ERROR, **in_words(before=before.status))
    if before.status == after.status and after.status in DECIDED:
        yield from _check_decision(before, after, meetings)
    yield from check_identity_step(before, after, decided_anew=_is_later(before, after))
    yield from _check_history(before, after)
    yield from _check_veto(before, after)


def _both(before: Vetting, after: Vetting) -> Mapping[str, str]:
    return in_words(before=before.status, after=after.status)


def _waits_since(before: Vetting, after: Vetting) -> date | None:
    """The day that an app was queued or wished for, where the meeting that is said to have decided was before it."""
    if before.status == after.status or after.status not in DECIDED or before.status not in (QUEUED, PROPOSED):
        return None
    asked = before.queued if before.status == QUEUED else before.request.received if before.request else None
    meeting = after.decision.meeting if after.decision else None
    return asked if asked is not None and meeting is not None and meeting < asked else None


def _has_news(before: Vetting, after: Vetting) -> bool:
    """A new request, or experience that the council hadn't heard."""
    return before.request != after.request or len(after.notes) > len(before.notes)


def _is_later(before: Vetting, after: Vetting) -> bool:
    """Whether the record has a decision of a later meeting, or its first one."""
    if after.decision is None or before.decision is None:
        return after.decision is not None
    old, new = before.decision.meeting, after.decision.meeting
    return old is not None and new is not None and new > old


# --- decisions ----------------------------------------------------------------------------------------------------

_TERMS: Final = ("conditions", "withdrawn_from", "school_forms", "grades", "audiences", "trial_until")
"""What the council decided beside the status itself. Names as in the file, but for the trial's."""

_WORDS: Final = ("reference", "votes_for", "votes_against", "reason")


def _check_decision(before: Vetting, after: Vetting, meetings: Mapping[date, Meeting]) -> Iterator[Finding]:
    """The same status: the decision stays word for word, and its terms too, until a later meeting makes another."""
    if _is_later(before, after):
        return
    for name in (*_TERMS, *(("review_by",) if _is_put_off(before, after) else ())):
        if getattr(before, name) != getattr(after, name):
            key = "trial" if name == "trial_until" else name
            at = after.at.child(key) if getattr(after, name) else after.at.child("status")
            yield about(after, "TERMS-WITHOUT-DECISION", at, key=key, reference=_reference(before))
    if before.decision is None or after.decision is None:
        return
    if before.decision.meeting != after.decision.meeting:
        at = after.at.child("decision", "meeting")
        yield about(after, "DECISION-NOT-LATER", at, reference=_reference(before))
        return
    for name in _WORDS:
        old, new = getattr(before.decision, name), getattr(after.decision, name)
        if old not in (new, None) and not (name == "reference" and _was_wrong(before, meetings)):
            key = {"votes_for": "for", "votes_against": "against"}.get(name, name)
            severity = Severity.WARNING if name == "reason" else Severity.ERROR
            at = after.at.child("decision", key)
            yield about(after, "DECISION-EDITED", at, severity, key=key, reference=_reference(before))


def _is_put_off(before: Vetting, after: Vetting) -> bool:
    """Whether the council would look at it later than it said, or never. Sooner takes no decision."""
    old, new = before.review_by, after.review_by
    return before.status in APPROVED and old is not None and (new is None or new > old)


def _was_wrong(before: Vetting, meetings: Mapping[date, Meeting]) -> bool:
    """Whether the base's reference wasn't one of its meeting's minutes: then it may be corrected."""
    decision = before.decision
    meeting = meetings.get(decision.meeting) if decision and decision.meeting else None
    return decision is not None and (meeting is None or not belongs_to(decision.reference, meeting.minutes))


def _reference(vetting: Vetting) -> str:
    return vetting.decision.reference if vetting.decision else ""


def _check_history(before: Vetting, after: Vetting) -> Iterator[Finding]:
    """Earlier decisions stay, and one that is replaced joins them."""
    kept = [(one.status, one.day, one.reference) for one in after.history]
    for one in before.history:
        if (one.status, one.day, one.reference) not in kept:
            yield _lost(after, one.status, one.reference, one.day)
    old, replaced = before.decision, after.decision is None or _is_later(before, after)
    if old is not None and replaced and (old.meeting, old.reference) not in {one[1:] for one in kept}:
        yield _lost(after, before.status, old.reference, old.meeting)


def _lost(after: Vetting, status: str, reference: str, day: date | None) -> Finding:
    at = after.at.child("history") if after.history else after.at.child("status")
    shown = day.isoformat() if day else ""
    values = {"status": status, "reference": reference, "date": shown, **in_words(said=status)}
    return about(after, "HISTORY-LOST", at, Severity.ERROR, **values)


# --- IT's veto ----------------------------------------------------------------------------------------------------


def _check_veto(before: Vetting, after: Vetting) -> Iterator[Finding]:
    """A veto that stood is lifted, with its ground and reason still there, or it stands. One that was lifted is never
    struck out; only a later veto takes its place."""
    old, new = before.it_review, after.it_review
    if old is None or old.verdict != "veto":
        return
    if new is not None and (new.verdict, new.ground, new.reason, new.date) == (
        "veto",
        old.ground,
        old.reason,
        old.date,
    ):
        return
    at = after.at.child("it_review") if new is not None else after.at.child("status")
    if old.stands:
        yield about(after, "VETO-CHANGED", at, reason=old.reason)
    elif new is None or new.verdict != "veto" or not _is_after(new.date, old.date):
        yield about(after, "VETO-STRUCK", at, reason=old.reason)


def _is_after(new: date | None, old: date | None) -> bool:
    return new is not None and old is not None and new > old
