"""Managed devices as the plan sees them: whether they can be placed at all, where they are, what patterns match. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from reconciler.model.resource import Device

LEAVING = frozenset({"retirePending", "wipePending", "deletePending", "retireIssued", "wipeIssued"})
"""Management states of a device that is on its way out (v1.0 metadata, managementState)."""

NOT_IN_ENTRA = "INTUNE-DEVICE-NOT-IN-ENTRA"
_NOBODY = "00000000-0000-0000-0000-000000000000"

FACTS = (
    ("name", "deviceName"),
    ("model", "model"),
    ("manufacturer", "manufacturer"),
    ("category", "deviceCategoryDisplayName"),
    ("enrollment_profile", "enrollmentProfileName"),
    ("os_version", "osVersion"),
    ("ownership", "managedDeviceOwnerType"),
)
"""What patterns match, and what Intune calls it."""


class Enrolled(NamedTuple):
    """A managed device by itself. `link` is the id that Entra knows it by, or empty. No dataclass: there are as many as devices."""

    id: str
    link: str
    serial: str
    active: bool
    facts: Mapping[str, str]
    platform: str


def entra_link(data: Mapping[str, Any]) -> str:
    """The id that Entra knows a managed device by; empty where it doesn't (not registered yet: nothing, or zeros)."""
    link = str(data.get("azureADDeviceId") or "")
    return link if link != _NOBODY else ""


def read_devices(
    managed: Iterable[Enrolled], entra: Mapping[str, str], places: Mapping[str, Sequence[str]]
) -> list[Device]:
    """`entra`: deviceId → object id, which is what groups hold; `places`: object id → groups of ours that hold it.

    Each managed device once: one that is enrolled while pages are read may stand on two of them.
    """
    return [_device(one, entra.get(one.link, ""), places) for one in {one.id: one for one in managed}.values()]


def enrolled(items: Iterable[Mapping[str, Any]]) -> list[Enrolled]:
    """Of managed devices as they were listed, what a plan wants to know."""
    return [
        Enrolled(
            id=str(data["id"]),
            link=entra_link(data),
            serial=str(data.get("serialNumber") or ""),
            active=str(data.get("managementState") or "") not in LEAVING,
            facts={name: str(value) for name, key in FACTS if (value := data.get(key))},
            platform=platform_of(str(data.get("operatingSystem") or ""), str(data.get("model") or "")),
        )
        for data in items
    ]


def _device(one: Enrolled, identity: str, places: Mapping[str, Sequence[str]]) -> Device:
    return Device(
        id=identity or f"intune:{one.id}",
        serial=one.serial,
        active=one.active,
        places=tuple(sorted(places.get(identity, ()))) if identity else (),
        facts=one.facts,
        platform=one.platform,
        obstacle="" if identity else NOT_IN_ENTRA,
    )


@cache
def platform_of(system: str, model: str) -> str:
    """Our word for what Intune calls an operating system; `iOS` stands for iPads and iPhones alike."""
    name = system.casefold()
    if name in ("ios", "ipados"):
        return "ipados" if name == "ipados" or model.casefold().startswith("ipad") else "ios"
    known = (("macos", "macos"), ("mac os x", "macos"), ("windows", "windows"), ("android", "android"))
    return next((ours for start, ours in known if name.startswith(start)), name)
