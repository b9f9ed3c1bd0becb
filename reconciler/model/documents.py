"""What people write, as typed data: organisation, schools, catalogue, policies. Built by `load`, read by everything else.

Identifiers are slugs; a group's full name is `school/group`. Platforms: chromeos, ipados, macos, windows, android.
Audiences: pupils, staff, storage. Dates are `datetime.date`. Every object that a message can be about has `at`.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING, Final

from reconciler.model.calendar import Calendar
from reconciler.model.meeting import Council, Meeting
from reconciler.model.mgn import Acknowledgement, Decided, Mgn
from reconciler.model.pilot import Pilot
from reconciler.model.place import Json, Pointer
from reconciler.model.slotted import dataclass

if TYPE_CHECKING:  # guardrails have spans of their own, approvals files moves
    from reconciler.model.approvals import Approvals
    from reconciler.model.policy import Guardrail

INHERIT: Final = "inherit"
"""The written word (for a setting's value, or as an app's mode) that gives a value back to what lies above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a line holds: from the first day, until and including the last; per ring, its own first day.

    With `rings`, a school outside every named ring does not get the line until its ring has a date.
    """

    start: date | None = None
    end: date | None = None
    rings: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLine:
    """One app wished for in a layer. `mode`: required, available, blocked, absent, inherit. `session`: user, managed-guest, kiosk."""

    app: str
    mode: str
    session: str = "user"
    pinned: bool = False
    span: Span = Span()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue:
    value: Json
    span: Span
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """One neutral setting in a layer: one value for good, or several dated ones of which at most one holds on a day."""

    setting: str
    values: tuple[DatedValue, ...]
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLine:
    """A vendor's own key, outside the neutral table: `schema` with `fields`; `reach` says on which of the group's targets."""

    system: str
    schema: str
    fields: Mapping[str, Json]
    reach: str
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    apps: tuple[AppLine, ...] = ()
    settings: tuple[SettingLine, ...] = ()
    raw: tuple[RawLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTargets:
    """Where the users of a layer are: existing org units (paths, globs allowed), directory groups, or both.

    A directory group is written as its system names it: by address on Google; by display name (globs allowed), object id
    or address on Entra. Which of the two a system uses is in `model.system`.
    `owns` is `listed` (only what is written is ours) or `all` (every direct value is ours; taking over is shown first).
    """

    org_units: tuple[str, ...] = ()
    directory_groups: tuple[str, ...] = ()
    owns: str = "listed"
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRule:
    """Which devices belong to a group: patterns on fields of the backend (all must match), serials, or an inventory file.

    `updates_until`: the day on which the first of them stops getting system updates, where somebody has written it down.
    """

    match: Mapping[str, str] = field(default_factory=dict)
    serials: tuple[str, ...] = ()
    expected: int | None = None
    updates_until: date | None = None
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    id: str
    name: str
    previously: tuple[str, ...] = ()
    school_forms: tuple[str, ...]
    platform: str
    audience: str
    grades: str = ""
    within: str | None = None
    owns: str = "all"
    manages: tuple[str, ...] = ()
    devices: DeviceRule | None = None
    users: UserTargets | None = None
    wishes: Wishes = Wishes()
    cost_bearer: Mapping[str, Json] = field(default_factory=dict)
    accessories: tuple[str, ...] = ()
    pilot: Pilot | None = None
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """`mgn` by school form, where the unit has its own; else its school's holds. `user_support`: its own, roles by system."""

    code: str | None
    name: str = ""
    school_forms: tuple[str, ...]
    grades: str = ""
    previous_codes: tuple[str, ...] = ()
    mgn: Mapping[str, Acknowledgement] = field(default_factory=dict)
    user_support: Mapping[str, Json] = field(default_factory=dict)
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """`layers` is the school's own layer, by audience; `users` says where it is written; `holding` by platform.

    `roles` as written: principal, app_managers, it_support (each a role), user_support (roles by system). A role may have
    contact, deputy, team, at_least, review_by. `mgn`: the version that is acknowledged, by school form.
    """

    id: str
    name: str
    previously: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    pupils_by_grade: Mapping[str, int] = field(default_factory=dict)
    holding: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, UserTargets] = field(default_factory=dict)
    layers: Mapping[str, Wishes] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    roles: Mapping[str, Json] = field(default_factory=dict)
    mgn: Mapping[str, Acknowledgement] = field(default_factory=dict)
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """How one platform knows the app. `kind`: extension, chrome-app, web, android, app-store, winget, …; `id` as the store spells it."""

    platform: str
    kind: str
    id: str
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """`vetting` is the council's record as written; `model.vetting` reads it."""

    id: str
    name: str
    previously: tuple[str, ...] = ()
    status: str
    withdrawn_from: date | None = None
    school_forms: tuple[str, ...] = ()
    identities: tuple[AppIdentity, ...] = ()
    decision: str = ""
    vetting: Mapping[str, Json] = field(default_factory=dict)
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliesTo:
    """What a baseline is for; an empty tuple means all."""

    school_forms: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """`shared`: whose (the id of a `SharedSource`), where it isn't the organisation's own; its id then begins with that and `/`."""

    id: str
    name: str
    applies_to: AppliesTo
    wishes: Wishes
    decision: Decided | None = None
    shared: str = ""
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionGrant:
    """Leave to deviate, with a last day: from a rule for named subjects, or in one setting or app for named groups.

    `owner` sees to it that it ends. With a `ticket` it is of the urgent lane for a single pupil, and says nothing else.
    """

    id: str
    setting: str | None = None
    app: str | None = None
    groups: tuple[str, ...] = ()
    rule: str | None = None
    subjects: tuple[str, ...] = ()
    owner: str = "joint"
    reason: str
    decision: Decided | None = None
    ticket: str = ""
    span: Span
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A reviewed file that lets a plan pass a limit: the very changes (fingerprints) or the moves (envelopes), to a date."""

    id: str
    backend: str
    fingerprints: tuple[str, ...]
    envelopes: tuple["MoveAllowance", ...]
    until: date
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAllowance:
    """At most `at_most` devices `source` → `into`, where a place is `school/group`, or `outside` for the source."""

    source: str
    into: str
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Shares are per cent of what we own; the lesser of share and count holds, never below `floor`."""

    share: int = 10
    count: int = 25
    floor: int = 3
    disruptive_share: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One connection to an MDM. `options` are the kind's own keys (customer, root, …), checked by the schema.

    `apply_from`: `forge` or `anywhere`; empty where nobody has written it.
    """

    id: str
    kind: str
    mode: str = "observe"
    apply_from: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)
    limits: Limits = Limits()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An ordered rule: the first that fits a group names its backend; empty tuples fit everything."""

    backend: str
    platforms: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    school_forms: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Schools or groups that get dated changes at the same time; a group belongs to the first ring that names it or its school.

    A ring without members takes everyone that no earlier ring took.
    """

    id: str
    members: tuple[str, ...]
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTerms:
    """How long an exception may last, and how long beforehand a requirement of an MGN is tightened; days."""

    exception_days: int = 366
    urgent_days: int = 30
    notice_days: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Whom full plans and journals are encrypted to (public age keys), and for how many days they are kept."""

    recipients: tuple[str, ...]
    plan_days: int = 30
    journal_days: int = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSource:
    """Baselines and catalogues in common with others. `source`: a folder, or a Git address with `@` and a commit.

    `hash`: `sha256:` and what the files in `shared/<id>/` must come to (`load.shared`).
    """

    id: str
    source: str
    hash: str
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    uid: str
    name: str
    municipality_code: str
    language: str
    backends: tuple[Backend, ...]
    routes: tuple[Route, ...]
    rings: tuple[Ring, ...] = ()
    users: Mapping[str, UserTargets] = field(default_factory=dict)
    roles: Mapping[str, Json] = field(default_factory=dict)
    terms: PolicyTerms = PolicyTerms()
    seal: Seal | None = None
    forge_owner: str = ""
    placements: int | None = None
    council: Council | None = None
    shared: tuple[SharedSource, ...] = ()
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Everything that was written, in the order of file names. `digest` is a hash of the content, not of a commit.

    `candidates` are the apps of shared catalogues: input to the council's vetting, never apps of this organisation.
    """

    organisation: Organisation
    schools: tuple[School, ...] = ()
    apps: tuple[App, ...] = ()
    candidates: tuple[App, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    exceptions: tuple[ExceptionGrant, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    approvals: tuple["Approvals", ...] = ()
    mgn: tuple[Mgn, ...] = ()
    calendar: Calendar | None = None
    guardrails: tuple["Guardrail", ...] = ()
    digest: str = ""
