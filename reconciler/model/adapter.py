"""The seam between the core and a vendor: what every adapter is, as data and as four verbs.

An adapter does little: read, write, say what it can't do. Diff, order, safety, ownership and rendering are the core's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from reconciler.model.change import Change
from reconciler.model.desired import DesiredState
from reconciler.model.place import Json
from reconciler.model.resource import Key, Lowered, Snapshot, Target, Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """How far one kind goes on one system. `extent`: full, partial, read-only, manual, none. `on_removal`: what removing does.

    `repeatable`: a creation whose outcome is unknown may be sent again once it isn't seen; where it would make a second
    object if the first comes late, it may not. Groups and apps never are, whatever stands here.
    """

    kind: str
    extent: str
    exclusive: bool
    on_removal: str
    source: str
    date: str
    repeatable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to read. `targets` for settings and assignments (empty: none); kinds not named are not read.

    `only`: live references whose insides are asked for (None: all). `serials`: where these name every device that those
    want, so that no other has to be looked for; None where anything may be. Both are leave to read less, which an adapter
    may decline; what it leaves out it says. `soon`: kinds that will be asked for next, whole, so that their reading may
    begin.
    """

    kinds: frozenset[str]
    targets: tuple[Target, ...] = ()
    only: frozenset[str] | None = None
    serials: frozenset[str] | None = None
    soon: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Changes that go out in one call. Batches of one `lane` share a quota and are written one after the other."""

    lane: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a fresh read says of one change's resource: its fields now (None: nothing there), or that it couldn't be read.

    `places` is for memberships: device id → where it is now. `resets` is for an adoption: part → fields still direct.
    """

    read: bool
    fields: Mapping[str, Json] | None = None
    places: Mapping[str, tuple[str, ...]] | None = None
    resets: Mapping[str, Mapping[str, Json]] | None = None
    reason: str = ""


class Adapter(Protocol):
    """One configured connection. Methods raise the HTTP layer's failures; partial failures of reads stand in the snapshot."""

    @property
    def backend(self) -> str: ...

    @property
    def capabilities(self) -> Sequence[Capability]: ...

    def identify(self) -> Tenant:
        """Ask who answers; raises when the tenant isn't the configured one."""
        ...

    def observe(self, scope: Scope) -> Snapshot:
        """Read live state. With kind `group` in scope: our places and the existing ones (as `Live` of kind `group`)."""
        ...

    def lower(self, state: DesiredState, structure: Snapshot) -> Lowered:
        """Pure: the desired state in this system's resources, with existing user targets found in `structure`."""
        ...

    def pack(self, changes: Sequence[Change]) -> Sequence[Batch]:
        """Pure: group changes that don't depend on each other into as few calls as the vendor allows."""
        ...

    def read(self, changes: Sequence[Change]) -> Mapping[Key, Seen]:
        """Read the resources of these changes afresh, right before or after a write."""
        ...

    def write(self, batch: Batch) -> None:
        """Send one batch. An unknown outcome is raised as such: the caller reads back and decides.

        Where a call of many parts succeeds in part, what is raised has `by_key`: the key of each change that failed, with
        its own failure; all others count as sent.
        """
        ...

    def close(self) -> None: ...
