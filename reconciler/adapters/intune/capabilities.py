"""How far each kind goes on Intune, with source and date. Prose and the other systems: docs/resources.md."""

from reconciler.model.adapter import Capability

_GRAPH = "Microsoft Graph v1.0, CSDL"
_BETA = "Microsoft Graph beta, client library msgraph-beta-sdk 1.66.0"

CAPABILITIES = (
    Capability(
        kind="group",
        extent="full",
        exclusive=False,
        on_removal="the security group is deleted, at once and for good",
        source=_GRAPH,
        date="2026-08-04",
    ),
    Capability(
        kind="membership",
        extent="full",
        exclusive=False,
        on_removal="a device may be in many groups: it leaves ours and stays in others'",
        source=_GRAPH,
        date="2026-08-04",
    ),
    Capability(
        kind="setting",
        extent="full",
        exclusive=False,
        repeatable=False,  # a policy whose making came late would be there twice
        on_removal="the policy is deleted, and devices give its values up when they next check in",
        source=_GRAPH,
        date="2026-08-04",
    ),
    Capability(
        kind="assignment",
        extent="full",
        exclusive=False,
        on_removal="VPP apps are uninstalled and the licence comes back; others stay on the device",
        source=_BETA,
        date="2026-11-01",
    ),
    Capability(
        kind="app",
        extent="partial",
        exclusive=False,
        on_removal="the app is taken from Intune; VPP apps and managed Google Play come and go by their own sync",
        source=_BETA,
        date="2026-11-01",
    ),
)
