"""Managed devices as the plan sees them: whether they can be placed at all, where they are, what patterns match. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.model.resource import Device

LEAVING = frozenset({"retirePending", "wipePending", "deletePending", "retireIssued", "wipeIssued"})
"""Management states of a device that is on its way out (v1.0 metadata, managementState)."""

NOT_IN_ENTRA = "INTUNE-DEVICE-NOT-IN-ENTRA"
_NOBODY = "00000000-0000-0000-0000-000000000000"


def entra_link(data: Mapping[str, Any]) -> str:
    """The id that Entra knows a managed device by; empty where it doesn't (not registered yet: nothing, or zeros)."""
    link = str(data.get("azureADDeviceId") or "")
    return link if link != _NOBODY else ""


def read_devices(
    managed: Iterable[Mapping[str, Any]], entra: Mapping[str, str], places: Mapping[str, Sequence[str]]
) -> list[Device]:
    """`entra`: deviceId → object id, which is what groups hold; `places`: object id → groups of ours that hold it.

    Each managed device once: one that is enrolled while pages are read may stand on two of them.
    """
    return [_device(data, entra, places) for data in {str(data["id"]): data for data in managed}.values()]


def _device(data: Mapping[str, Any], entra: Mapping[str, str], places: Mapping[str, Sequence[str]]) -> Device:
    link = entra_link(data)
    identity = entra.get(link, "") if link else ""
    facts = {
        "name": data.get("deviceName"),
        "model": data.get("model"),
        "manufacturer": data.get("manufacturer"),
        "category": data.get("deviceCategoryDisplayName"),
        "enrollment_profile": data.get("enrollmentProfileName"),
        "os_version": data.get("osVersion"),
        "ownership": data.get("managedDeviceOwnerType"),
    }
    return Device(
        id=identity or f"intune:{data['id']}",
        serial=str(data.get("serialNumber") or ""),
        active=str(data.get("managementState") or "") not in LEAVING,
        places=tuple(sorted(places.get(identity, ()))) if identity else (),
        facts={name: str(value) for name, value in facts.items() if value},
        platform=platform_of(str(data.get("operatingSystem") or ""), str(data.get("model") or "")),
        obstacle="" if identity else NOT_IN_ENTRA,
    )


def platform_of(system: str, model: str) -> str:
    """Our word for what Intune calls an operating system; `iOS` stands for iPads and iPhones alike."""
    name = system.casefold()
    if name in ("ios", "ipados"):
        return "ipados" if name == "ipados" or model.casefold().startswith("ipad") else "ios"
    known = (("macos", "macos"), ("mac os x", "macos"), ("windows", "windows"), ("android", "android"))
    return next((ours for start, ours in known if name.startswith(start)), name)
