"""The forge's time, which tests move."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved. `now` in UTC."""

    now: datetime = field(default=BEGIN)

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("the forge's clock needs a time zone")

    def tick(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
        """Move on, and say what time it is then."""
        self.now += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        return self.now

    def text(self) -> str:
        """As GitHub writes times: UTC, whole seconds, `Z`."""
        return written(self.now)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
