"""What is wanted, after layers, dates and rings: still in neutral words, each value with where it came from.

`compile` makes it; an adapter *lowers* it to its vendor's resources.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from typing import Final

from reconciler.model.documents import Group, School, UserTargets
from reconciler.model.finding import Finding
from reconciler.model.place import Json, Pointer
from reconciler.model.slotted import dataclass


class Layer(StrEnum):
    """From the widest to the narrowest; an exception is said beside them, for it beats them all.

    What is shared with others lies right above the organisation's own baselines of the same kind: for everybody, or for
    a school form.
    """

    SHARED = "shared"
    ORGANISATION = "organisation"
    SCHOOL_FORM = "school-form"
    SCHOOL = "school"
    GROUP = "group"
    WITHIN = "within"
    EXCEPTION = "exception"


BASELINES: Final = frozenset({Layer.SHARED, Layer.ORGANISATION, Layer.SCHOOL_FORM})
"""The layers that baselines make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One line that had a say: its layer, whose it is (baseline, school, group, exception), what it said, and where."""

    layer: Layer
    owner: str
    value: Json
    at: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveApp:
    """`mode`: required, available, blocked, absent, inherit. The deciding origin stands first."""

    app: str
    mode: str
    session: str
    pinned: bool
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """`value` in the neutral table's words, or `inherit`. The deciding origin stands first."""

    setting: str
    value: Json
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveRaw:
    system: str
    schema: str
    fields: Mapping[str, Json]
    reach: str
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """What holds at one place. Apps are keyed by (app, session), settings by id, raw by (system, schema, reach)."""

    apps: Mapping[tuple[str, str], EffectiveApp] = field(default_factory=dict)
    settings: Mapping[str, EffectiveSetting] = field(default_factory=dict)
    raw: Mapping[tuple[str, str, str], EffectiveRaw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """A device group on its backend. `effective` is everything that its devices and users shall have (for `compile`, `explain`).

    `on_devices` is the part of `effective` whose reach is the devices (device, managed-guest, kiosk): it is written on
    the group's own place. The part that follows the user is written by the `UserLayer`s. `reaches` are the device-side
    reaches that exist at this group (`device`; `managed-guest`, `kiosk` where such sessions are open): a setting that
    has several reaches is written for these only.
    """

    key: str
    group: Group
    school: School
    backend: str
    parent: str | None
    effective: Effective
    on_devices: Effective
    reaches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLayer:
    """What is written where users are: by organisation, school or group, each once, the lower inherits from the upper.

    `wishes` holds only what this layer (or a layer without a target of its own above it) mentions, at its merged value;
    `context` is everything that holds for these users, mentioned here or above: a vendor that inherits several fields as
    one thing needs the others' values to write that thing whole. `owner`: organisation uid, school id or group key.
    """

    owner: str
    layer: Layer
    audience: str
    platform: str
    backend: str
    targets: UserTargets
    wishes: Effective
    context: Effective
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredState:
    """`lapses` is the first day after `as_of` on which a date in the documents would change this, or None."""

    as_of: date
    lapses: date | None
    groups: Mapping[str, GroupState]
    user_layers: tuple[UserLayer, ...]
    skipped: tuple["SkippedWish", ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedWish:
    """A baseline's or school's wish that a group has no target for; `compile --coverage` lists them. `reason`: a finding's code."""

    group: str
    wish: str
    reach: str
    origin: Origin
    reason: str = ""
