"""What the core knows of each kind of system before anybody asks it: facts about what people may write for it.

Everything that takes a vendor's API to say stays in the vendor's adapter.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reconciler.model.documents import UserTargets
from reconciler.model.slotted import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """`match_fields`: what patterns for devices may ask. `org_units`: whether users can be named by them; groups always can.

    `settings`: whose columns of the settings table it reads, and whose own keys `raw` holds for it: every system that
    takes Apple's configuration profiles reads `apple`.
    """

    match_fields: tuple[str, ...]
    org_units: bool
    settings: str


SYSTEMS: Final[Mapping[str, System]] = {
    "google": System(match_fields=("location", "asset_id", "model", "org_unit"), org_units=True, settings="google"),
    "intune": System(
        match_fields=("name", "model", "manufacturer", "category", "enrollment_profile", "os_version", "ownership"),
        org_units=False,
        settings="intune",
    ),
    "zentral": System(match_fields=("name", "model", "os_version"), org_units=False, settings="apple"),
}
"""By the `kind` of a backend. A kind that is not here takes whatever is written."""


def settings_system(kind: str) -> str:
    """The system whose columns of the settings table a kind of backend reads; a kind that is not known reads its own."""
    system = SYSTEMS.get(kind)
    return system.settings if system else kind


def users_on(targets: UserTargets | None, kind: str) -> UserTargets | None:
    """The part of a layer's user targets that a kind of system uses, or None where it can use none of them.

    A system with org units uses them where they are written and directory groups otherwise. Where both are written, `owns`
    is about the org units: a directory group is never owned whole.
    """
    system = SYSTEMS.get(kind)
    if targets is None or system is None:
        return targets
    if not system.org_units:
        return _groups_alone(targets) if targets.directory_groups else None
    return replace(targets, directory_groups=()) if targets.org_units and targets.directory_groups else targets


def _groups_alone(targets: UserTargets) -> UserTargets:
    return replace(targets, org_units=(), owns="listed") if targets.org_units else targets
