"""Which group a device belongs to, and by which line. Pure: the device was read by somebody else."""

from dataclasses import dataclass

from reconciler.compile.membership import assign_devices, claimants, make_rules
from reconciler.compile.patterns import fold
from reconciler.model.desired import DesiredState
from reconciler.model.documents import Documents
from reconciler.model.place import Pointer
from reconciler.model.resource import Device


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedDevice:
    """`rule`: serial, match, holding, twice (several claim it), alike (others have its number), inactive, unmanaged, or
    stays (ours, with nowhere to go).

    `place`: the reference of where it shall be, empty where nothing is to be done; `claims`: groups with their rule's line.
    `obstacle`: the code of what keeps it from getting there, or empty.
    """

    backend: str
    rule: str
    place: str
    now: tuple[str, ...]
    claims: tuple[tuple[str, Pointer], ...]
    obstacle: str = ""


def explain_device(
    documents: Documents, state: DesiredState, backend: str, device: Device, *, alike: int = 1
) -> ExplainedDevice:
    """Where one device of a backend belongs and why; `alike` are the active devices there that have its serial number."""
    rules = make_rules(state, backend)
    claims = claimants(rules, device) if device.active else []
    place = "" if alike > 1 else assign_devices(documents, state, backend, [device]).places.get(device.id, "")
    written = rules.serials.get(fold(device.serial.strip()), ())
    return ExplainedDevice(
        backend=backend,
        rule=_rule(device, claims, place, by_serial=any(key in written for key in claims), alike=alike > 1),
        place=place,
        now=device.places,
        claims=tuple((key, _line(state, key)) for key in claims),
        obstacle=device.obstacle if place and place not in device.places else "",
    )


def _rule(device: Device, claims: list[str], place: str, *, by_serial: bool, alike: bool) -> str:
    if not device.active:
        return "inactive"
    if alike:
        return "alike"
    if len(claims) > 1:
        return "twice"
    if claims:
        return "serial" if by_serial else "match"
    if place:
        return "holding"
    return "stays" if any(one.startswith("@") for one in device.places) else "unmanaged"


def _line(state: DesiredState, key: str) -> Pointer:
    group = state.groups[key].group
    return group.devices.at if group.devices is not None else group.at
