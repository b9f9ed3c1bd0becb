"""How far each kind goes on Zentral, with source and date. Prose and the other systems: docs/resources.md."""

from reconciler.model.adapter import Capability

_SEEN = "tried against a running server, source of 2026-08"
_SEEN_ON = "2026-11-22"
_SOURCE = "Zentral's source, commit 0e191465"
_SOURCE_ON = "2026-08-22"

CAPABILITIES = (
    Capability(
        kind="group",
        extent="full",
        exclusive=False,
        on_removal="the tag is deleted, also where it is in use; one that excludes devices from something is left",
        source=_SEEN,
        date=_SEEN_ON,
    ),
    Capability(
        kind="membership",
        extent="full",
        exclusive=False,
        on_removal="a device has one tag of our taxonomy at a time, and keeps those of others'",
        source=_SEEN,
        date=_SEEN_ON,
    ),
    Capability(
        kind="setting",
        extent="full",
        exclusive=False,  # names, version numbers and links are unique: what is sent twice is there once
        on_removal="the link goes and the profile leaves the device; an artifact that was ever sent can't be deleted",
        source=_SOURCE,
        date=_SOURCE_ON,
    ),
    Capability(
        kind="assignment",
        extent="full",
        exclusive=False,
        on_removal="the app is removed from the device, and its licence is given back",
        source=_SOURCE,
        date=_SOURCE_ON,
    ),
    Capability(
        kind="app",
        extent="full",
        exclusive=False,
        on_removal="the link goes; an artifact that was ever sent stays without effect",
        source=_SOURCE,
        date=_SOURCE_ON,
    ),
)
