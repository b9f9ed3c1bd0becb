"""MGN, the minimum common denominator: what everyone shall do, and what one should do, in one school form for one läsår.

It is education's: prose for people. A requirement may be verified by a guardrail, which belongs to IT; the words of the
requirement don't change with it.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from reconciler.model.place import Pointer
from reconciler.model.slotted import dataclass


class Level(StrEnum):
    """SKA holds for everyone. BÖR may be chosen: not done is something to know, nothing to correct."""

    SHALL = "SKA"
    SHOULD = "BÖR"


class State(StrEnum):
    """Where in its cycle an MGN is. From adopted on, what it says doesn't change; a revised one has a successor."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    FOLLOWED_UP = "followed-up"
    REVISED = "revised"


class Verification(StrEnum):
    SELF_ASSESSMENT = "self_assessment"
    ATTESTATION = "attestation"
    GUARDRAIL = "guardrail"


class Answer(StrEnum):
    """What a unit's self-assessment says of one requirement."""

    DONE = "done"
    PARTLY = "partly"
    NOT_DONE = "not-done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Who decided, when, and where it is recorded. Without a day: one that the calendar doesn't have was written."""

    body: str
    day: date | None
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """A decided change that takes effect on a day."""

    level: Level
    start: date
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEvent:
    """One line of a requirement's history: written on `day`, in effect from `effect`."""

    day: date
    before: Level
    after: Level
    effect: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`guardrail` is the id of the rule that verifies it, else empty. `role` is whom it addresses."""

    id: str
    level: Level
    becomes: LevelChange | None = None
    text: str
    system: str
    process: str
    role: str
    verification: Verification
    guardrail: str = ""
    rationale: str
    source: str = ""
    history: tuple[LevelEvent, ...] = ()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A role that took part in drawing an MGN up; never a person."""

    role: str
    system: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    day: date | None
    reference: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mgn:
    """`school_year` is its version (`2026-27`). `acknowledged`: minutes in which all units acknowledged it at once."""

    school_form: str
    school_year: str
    state: State
    introduction: str = ""
    replaces: str = ""
    decision: Decided | None = None
    participants: tuple[Participant, ...] = ()
    acknowledged: Decided | None = None
    followed_up: FollowUp | None = None
    requirements: tuple[Requirement, ...]
    at: Pointer

    @property
    def id(self) -> str:
        return f"{self.school_form}/{self.school_year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAssessment:
    """A unit's answers taken together, from at least five people; never those of individuals."""

    day: date | None
    answers: int
    results: Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """What a school's or unit's file says of the MGN of one school form. `attested`: requirement → the day of attesting."""

    version: str
    attested: Mapping[str, date] = field(default_factory=dict)
    self_assessment: SelfAssessment | None = None
    at: Pointer
