"""How far each kind goes on Google, with source and date. Prose and the other systems: docs/resources.md."""

from reconciler.model.adapter import Capability

_DIRECTORY = "Directory API directory_v1, discovery revision 20261104"
_POLICY = "Chrome Policy API v1, discovery revision 20260726"

CAPABILITIES = (
    Capability(
        kind="group",
        extent="full",
        exclusive=True,
        on_removal="the org unit is deleted once it is empty",
        source=_DIRECTORY,
        date="2026-11-04",
    ),
    Capability(
        kind="membership",
        extent="full",
        exclusive=True,
        on_removal="a device is always in one org unit: it moves to the holding group",
        source=_DIRECTORY,
        date="2026-11-04",
    ),
    Capability(
        kind="setting",
        extent="full",
        exclusive=False,
        on_removal="the value of the org unit above holds again",
        source=_POLICY,
        date="2026-07-26",
    ),
    Capability(
        kind="assignment",
        extent="full",
        exclusive=False,
        on_removal="out of management where it was added here, and uninstalled where it was forced; else our override ends",
        source=_POLICY,
        date="2026-07-26",
    ),
    Capability(
        kind="target",
        extent="full",
        exclusive=False,
        on_removal="the mark stays in the description until a person removes it",
        source=_DIRECTORY,
        date="2026-11-04",
    ),
)
