"""The it-pedagogical council and its meetings: roles and seats, never persons."""

from collections.abc import Mapping
from datetime import date

from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A role with its seats. `owner`: whom it represents where fields have to be approved (education, it, data-protection)."""

    role: str
    seats: int
    owner: str = "education"


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """`quorum` seats must take part in a decision. Nameless: as it was on the day of a meeting, in that meeting's file."""

    name: str = ""
    contact: str = ""
    members: tuple[Member, ...]
    quorum: int
    at: Pointer

    def seats(self) -> Mapping[str, int]:
        """Seats by role."""
        return {member.role: member.seats for member in self.members}

    def decides_as(self, other: "Council") -> bool:
        """Whether the same roles, seats and quorum decide; names, contacts and order are no matter."""
        return (self.quorum, self.seats()) == (other.quorum, other.seats())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """`item`: new, review, withdrawal, reconsider."""

    app: str
    item: str
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    role: str
    seats: int
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`state`: called, held. `minutes` (`ITR 2026:21`) is what references to its decisions begin with.

    Without a day: one that the calendar doesn't have was written. `council`: its seats and quorum on that day; None where
    nobody has written it, and the council of today is taken for it.
    """

    day: date | None
    minutes: str
    state: str
    present: tuple[Presence, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    council: Council | None = None
    at: Pointer

    @property
    def held(self) -> bool:
        return self.state == "held"
