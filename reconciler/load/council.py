"""The council, its meetings, and the days in its records, from checked data."""

from collections.abc import Iterator
from typing import Final

from reconciler.load.faults import Faults
from reconciler.load.places import below
from reconciler.load.wishes import Data, day
from reconciler.model.meeting import AgendaItem, Council, Meeting, Member, Presence
from reconciler.model.place import Pointer


def council(data: Data, at: Pointer) -> Council:
    return Council(
        name=data.get("name", ""),
        contact=data.get("contact", ""),
        members=tuple(
            Member(role=one["role"], seats=int(one["seats"]), owner=one.get("owner", "education"))
            for one in data["members"]
        ),
        quorum=int(data["quorum"]),
        at=at,
    )


def meeting(data: Data, at: Pointer, faults: Faults) -> Meeting:
    """A day that the calendar doesn't have is a fault."""
    return Meeting(
        day=day(data, "date", at, faults),
        minutes=data["minutes"],
        state=data["state"],
        present=tuple(
            Presence(role=one["role"], seats=int(one["seats"]), at=below(at, "present", number))
            for number, one in enumerate(data.get("present", ()))
        ),
        agenda=tuple(
            AgendaItem(app=one["app"], item=one["item"], at=below(at, "agenda", number))
            for number, one in enumerate(data.get("agenda", ()))
        ),
        council=council(data["council"], below(at, "council")) if "council" in data else None,
        at=at,
    )


_DAYS: Final[tuple[tuple[str, ...], ...]] = (
    ("review_by",),
    ("queued",),
    ("source", "read"),
    ("request", "received"),
    ("cost", "contract", "until"),
    ("assessment", "date"),
    ("data_protection", "agreement_date"),
    ("data_protection", "impact_assessment_date"),
    ("data_protection", "dpf_checked"),
    ("data_protection", "checked"),
    ("it_review", "date"),
    ("it_review", "lifted", "date"),
    ("decision", "meeting"),
    ("trial", "until"),
    ("imported", "read"),
)
"""Where a record has days. `withdrawn_from` is built by itself."""


def check_record_days(data: Data, at: Pointer, faults: Faults) -> None:
    """The record is kept as it was written; a day that the calendar doesn't have would be taken for one not written."""
    for place, part, key in _parts(data, at):
        day(part, key, place, faults)


def _parts(data: Data, at: Pointer) -> Iterator[tuple[Pointer, Data, str]]:
    for *steps, key in _DAYS:
        part = data
        for step in steps:
            part = part.get(step, {})
        if key in part:
            yield below(at, *steps), part, key
    for name in ("history", "notes", "corrected"):
        for number, one in enumerate(data.get(name, ())):
            for key in ("meeting", "date"):
                if key in one:
                    yield below(at, name, number), one, key
