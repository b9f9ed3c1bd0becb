"""Days as rules see them: as text, and as a number of days from the day that is judged."""

from datetime import date

from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True)
class Days:
    """Counts from `as_of`. What was not written, or is no day (which loading says), is an empty text and null."""

    as_of: date

    @property
    def today(self) -> str:
        return self.as_of.isoformat()

    def until(self, written: object) -> int | None:
        """Days left: 0 is today, -1 yesterday."""
        day = _day(written)
        return None if day is None else (day - self.as_of).days

    def since(self, written: object) -> int | None:
        left = self.until(written)
        return None if left is None else -left


BEFORE_ALL: Days = Days(date(1900, 1, 1))
"""A day on which no review is due yet: a breach that is not there then was brought about by a date."""


def _day(written: object) -> date | None:
    if isinstance(written, date):
        return written
    try:
        return date.fromisoformat(written) if isinstance(written, str) and written else None
    except ValueError:
        return None


def text(written: object) -> str:
    """As it was written; empty where it was not."""
    return written.isoformat() if isinstance(written, date) else str(written or "")
