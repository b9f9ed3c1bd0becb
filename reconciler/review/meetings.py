"""What changes in the council's meetings: called, held, and what is on their agendas. Pure."""

from collections.abc import Iterator

from reconciler.model.documents import Documents
from reconciler.model.meeting import Meeting
from reconciler.review.differing import plain, same
from reconciler.review.told import ADDED, CHANGED, REMOVED, Fact, Told


def compare_meetings(base: Documents, head: Documents) -> Iterator[Told]:
    """By the day that each is on; one that is moved comes and goes."""
    old, new = ({_day(one): one for one in documents.meetings} for documents in (base, head))
    for day in sorted({*old, *new}):
        was, now = old.get(day), new.get(day)
        shown = now or was
        if shown is None or same(plain(was), plain(now)):
            continue
        yield Told(
            area="meeting",
            action=CHANGED if was and now else ADDED if now else REMOVED,
            id=day,
            name=shown.minutes,
            facts=tuple(_facts(was, now)),
        )


def _day(meeting: Meeting) -> str:
    return meeting.day.isoformat() if meeting.day else ""


def _facts(was: Meeting | None, now: Meeting | None) -> Iterator[Fact]:
    if now is None:
        return
    if was is None or was.state != now.state:
        yield Fact(code="MEETING-HELD" if now.held else "MEETING-CALLED")
    if was is None or plain(was.agenda) != plain(now.agenda):
        yield Fact(code="MEETING-AGENDA", values={"n": str(len(now.agenda))})
    if plain(was.present) != plain(now.present) if was else now.present:
        yield Fact(code="MEETING-PRESENT", values={"n": str(sum(one.seats for one in now.present))})
    if (was.council if was else None) != now.council and now.council is not None:
        values = {"quorum": str(now.council.quorum), "n": str(sum(now.council.seats().values()))}
        yield Fact(code="MEETING-COUNCIL", values=values)
    if was is not None and was.minutes != now.minutes:
        yield Fact(code="MEETING-MINUTES", values={"was": was.minutes, "now": now.minutes})
