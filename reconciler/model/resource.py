"""Resources: what an adapter wants there to be, what it saw, and whose it is. Vendor-neutral in shape, see docs/resources.md.

A *target reference* is text that stays true while vendor ids come and go:
`@` our root, `@school` a school's place, `@school/group` a group's place; `ou:/Path` an existing org unit;
`group:name@domain` a directory group. Kinds: `group` (a place or set of ours), `membership` (devices in it),
`setting`, `assignment` (an app for a target), and `target` (taking an existing place over whole).
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from reconciler.model.desired import Origin
from reconciler.model.finding import Finding
from reconciler.model.place import Json, Pointer
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """Names one resource for ever. `part` is the vendor's own name of it on the target (schema, or schema and app)."""

    kind: str
    target: str
    part: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}:{self.part}" if self.part else f"{self.kind}:{self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`[reconciler:1 org=<uid> key=<kind>/<school>/<id>]`, as found on a live object. `key` is a target reference."""

    org: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place that resources are written to. `owns`: all or listed. `owner`: whose layer (group key, school, uid).

    `manages` are areas that are managed here beyond those of the whole backend.
    """

    ref: str
    owns: str
    reach: str
    owner: str
    groups: tuple[str, ...]
    manages: tuple[str, ...] = ()
    at: Pointer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind one field of a resource: the lines that asked for it, and what changing it does to the device."""

    origins: tuple[Origin, ...] = ()
    disruption: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One wanted thing. `fields` are compared field by field; `compare` names the rule of those not compared exactly.

    Rules: `set` (order does not count), `json` (text that holds JSON), `casefold`. `previous` are the keys that the
    same thing had before a rename. `facts` are vendor facts needed to write it and never compared. `blocked_by` holds
    the codes of errors that keep it from being written: it is wanted all the same, so what lives there is left alone.
    `behind` tells apart by field what `origins` and `disruption` say of the whole, where many settings are one thing.
    `whole`: the thing is ours with all that is in it, so that a field which nobody wants is a difference too.
    """

    key: Key
    fields: Mapping[str, Json]
    compare: Mapping[str, str] = field(default_factory=dict)
    previous: tuple[Key, ...] = ()
    depends_on: tuple[Key, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    origins: tuple[Origin, ...] = ()
    groups: tuple[str, ...] = ()
    disruption: str = "none"
    behind: Mapping[str, Behind] = field(default_factory=dict)
    label: str = ""
    blocked_by: tuple[str, ...] = ()
    whole: bool = False


class Source(StrEnum):
    """Where a live value comes from, as its target sees it."""

    DIRECT = "direct"
    INHERITED = "inherited"
    DEFAULT = "default"


OTHERS = "others"
"""Among a live thing's facts: how many other devices than its own have it too, and lose it when we write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One thing that is. `mark` is set where the object itself carries one; `origin_target` where an inherited value comes from.

    `defaults` are fields of it that nobody has set, at the value that holds then: they count only where they are wanted.
    """

    key: Key
    fields: Mapping[str, Json]
    source: Source = Source.DIRECT
    origin_target: str = ""
    vendor_id: str = ""
    mark: Mark | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    defaults: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as the MDM has it. `places` are target references of ours that hold it, or `ou:/Path` outside them.

    `facts` are the fields that patterns match: no user, ever. `active` is False for deprovisioned devices.
    `platform` is as groups have it, or empty where the system has one alone or doesn't say. `obstacle` is the code of
    what keeps the device from being put anywhere (an outstanding item), or empty.
    """

    id: str
    serial: str
    active: bool
    places: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    platform: str = ""
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Who answered: compared between plan and apply, so that a plan never meets another tenant."""

    backend: str
    kind: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Live state as far as it was read. What was not read whole stands in `unread` (kind, target) and is not absent.

    `missing` are targets that were asked for and do not exist. `left_out` (kind, target) was not read on purpose, because
    nobody asked for it; an empty target says that there may be more of the kind than what was read.
    """

    tenant: Tenant
    resources: tuple[Live, ...] = ()
    devices: tuple[Device, ...] = ()
    unread: frozenset[tuple[str, str]] = frozenset()
    left_out: frozenset[tuple[str, str]] = frozenset()
    missing: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    reads: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outstanding:
    """What a person has to do because an API can't, or what can't be verified. Text by `code`, as for findings."""

    code: str
    backend: str
    subject: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A desired state in one backend's resources. Which device belongs where is not here: the core decides it for all.

    `outstanding` is what the API can't do, with what a person has to do instead.
    """

    resources: tuple[Resource, ...]
    targets: tuple[Target, ...]
    outstanding: tuple[Outstanding, ...] = ()
    findings: tuple[Finding, ...] = ()
