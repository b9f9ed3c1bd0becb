"""Changes and the plan: inert data that can be saved, reviewed, compared and rendered. Nothing here can act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from reconciler.model.finding import Finding
from reconciler.model.place import Json, Position
from reconciler.model.resource import Key, Outstanding, Tenant


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ADOPT = "adopt"


class Proposal(StrEnum):
    """Whose change it is: this pull request's, or standing already (drift, or approved and waiting)."""

    PROPOSED = "proposed"
    STANDING = "standing"
    NOT_EVALUATED = "not-evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that differs. Absent is not null: `had`/`has` say whether there was, and will be, a value at all."""

    field: str
    before: Json = None
    after: Json = None
    had: bool = True
    has: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One device that changes place. The id is the vendor's; it stands in the plan file and the journal and nowhere else."""

    device: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a move was approved as: from a place of ours (or `outside`) into a group, at most so many devices."""

    source: str
    into: str
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The line that made it so."""

    layer: str
    owner: str
    position: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Whom it touches: counts and names of groups, never a serial number or a name. `disruption`: none, sign-in, restart, lock-out, lost-data.

    `staff` are those of `devices` that are for staff.
    """

    devices: int = 0
    pupils: int = 0
    staff: int = 0
    schools: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    disruption: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Until when the calendar holds a change back: `2026-11-23 15:30` by the clock in Sweden, empty if there is no free time.

    `reason`: lesson, test or freeze; `name` is what people call that time. `urgent` is the id of the exception of the
    urgent lane that lets the change pass all the same.
    """

    until: str
    reason: str
    name: str = ""
    urgent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to do. `before`/`after` hold our fields only (None: nothing there).

    `resets` is for an adoption: the foreign values (part → fields) that taking the target over gives back.
    `facts` are what the adapter needs to write (vendor ids, how a removal is done).
    `names` are for display only: an app's identifier as the system spells it → its name in the catalogue.
    `waits` is how the calendar stood when the plan was made; an apply asks it anew.
    """

    action: Action
    key: Key
    backend: str
    label: str = ""
    vendor_id: str = ""
    before: Mapping[str, Json] | None = None
    after: Mapping[str, Json] | None = None
    fields: tuple[FieldChange, ...] = ()
    compare: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    envelope: Envelope | None = None
    resets: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    pins: bool = False
    by_hand: bool = False
    destroys: bool = False
    proposal: Proposal = Proposal.NOT_EVALUATED
    why: tuple[Why, ...] = ()
    effect: Effect = Effect()
    depends_on: tuple[Key, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    waits: Wait | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth knowing that changes nothing: kept foreign values, unmanaged devices, unchanged counts."""

    code: str
    backend: str
    subject: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`changes` in execution order. `held` are changes shown but not to be done: blocked by an error, or past a limit.

    `base`: the commit that what is proposed was told apart from, empty where there was none.
    """

    format: int
    tool_version: str
    organisation: str
    language: str
    as_of: date
    lapses: date | None
    digest: str
    tenants: tuple[Tenant, ...]
    modes: Mapping[str, str]
    changes: tuple[Change, ...]
    held: tuple[Change, ...] = ()
    outstanding: tuple[Outstanding, ...] = ()
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()
    unchanged: Mapping[str, int] = field(default_factory=dict)
    base: str = ""


class Outcome(StrEnum):
    """What became of one change in an apply."""

    APPLIED = "applied"
    ALREADY_DONE = "already-done"
    STALE = "stale"
    SKIPPED = "skipped"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResult:
    """`reason` is a message code with `values` when the outcome is stale, skipped, waiting or failed. `moved` counts devices."""

    key: Key
    backend: str
    fingerprint: str
    outcome: Outcome
    reason: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyResult:
    """`language` is the organisation's, for showing; empty in a result from before it was kept."""

    format: int
    organisation: str
    language: str = ""
    results: tuple[ChangeResult, ...]
    findings: tuple[Finding, ...] = ()
