"""Switches of the Zentral emulator: what neither Zentral's source nor what was observed on a server decides.

On a command line and at `/_sandbox/options` each is written `zentral.<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ZentralOptions:
    """Permissions are written as Django has them: `mdm.view_artifact`."""

    permissions: tuple[str, ...] = ()
    """When set, the only ones that tokens carry, also `sandbox-write`."""
    denied: tuple[str, ...] = ()
    """Ones that no token carries."""
    devices: Literal["silent", "prompt"] = "silent"
    """Whether devices report only when the control tells them to, or after every write. What a device has installed can't be
    deleted (models.py: `can_be_deleted`)."""
    missing_object: Literal["named", "plain"] = "named"
    """404 of an id that isn't there: `No Artifact matches the given query.`, or `Not found.` before version 3.15 of Django REST
    framework, which Zentral doesn't pin."""
    page_size: int = 0
    """When above 0, no page holds more; a server may be set up so, and clients must follow `next`."""
