"""The devices of a few groups, looked up by the serial numbers that their files write, instead of every device there is.

What is asked for is what those groups can want or lose: the devices with these numbers, and the devices that are in the
groups already. Where each of them is besides, its own list of groups says. Nothing here is less sure than the whole lists:
a filter that isn't obeyed is noticed by its rows, and then the lists are read whole after all.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from reconciler.adapters.intune import api
from reconciler.adapters.intune.batching import Outcome
from reconciler.adapters.intune.devices import entra_link
from reconciler.adapters.intune.session import Session, succeeded
from reconciler.http.failures import HttpFailure, Invalid, NotFound
from reconciler.http.reads import read_all, values
from reconciler.http.request import Request

CONCURRENT_BATCHES = 4
"""As many as the lanes have in flight."""

Rows = list[Mapping[str, Any]]


class FilterIgnored(Exception):  # noqa: N818 - no failure: the caller reads whole lists
    """The service doesn't filter by what it was asked to: it answers with other devices too, or refuses."""


@dataclass(slots=True)
class Found:
    """As `devices.read_devices` takes them: managed devices by id, deviceId → object id, object id → groups of ours."""

    managed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    entra: dict[str, str] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)


def is_cheaper(session: Session, serials: Collection[str], refs: Collection[str]) -> bool:
    """Whether it takes fewer requests than the whole lists; in a small tenant, or for a large school, it doesn't.

    The lists: a page for each thousand devices at both services, a batch for each twenty groups. This: for each twenty
    serial numbers a batch to find the devices and one to find where they are, and the groups' own members.
    """
    known = session.known_groups().ours
    here, there = sum(len(known.get(ref, ())) for ref in refs), sum(map(len, known.values()))
    count = _count(session)
    ours = 2 * ceil(len(serials) / api.PARTS) + ceil(here / api.PARTS)
    return count is None or ours < 2 * ceil(count / api.PAGE) + ceil(there / api.PARTS)


def _count(session: Session) -> int | None:
    """How many managed devices there are; None where the service doesn't say. What fails here fails again where it counts."""
    try:
        data = session.graph.send(api.count_managed_devices()).data
    except HttpFailure:
        return None
    count = data.get("@odata.count") if isinstance(data, dict) else None
    return count if isinstance(count, int) else None


def find_devices(session: Session, serials: Collection[str], refs: Collection[str]) -> Found:
    """`refs` are the places whose devices are asked for. Raises FilterIgnored, and the failure of what could not be read."""
    found = Found()
    _add(found, _by_serial(session, serials))
    members = _members(session, refs)
    linked = {link for one in found.managed.values() if (link := entra_link(one))}
    strays = [device for device in members if device not in linked]
    if strays:  # in these groups, but not by these numbers
        _add(found, _filtered(session, api.find_managed_by_entra, strays, "azureADDeviceId"))
        numbers = {str(one.get("serialNumber") or "").strip() for one in found.managed.values()}
        # Who else bears such a number: of two, nobody can tell which is meant.
        _add(found, _by_serial(session, {one for one in numbers if one} - set(serials)))
    _link(session, found, members)
    _place(session, found)
    return found


def _add(found: Found, rows: Iterable[Mapping[str, Any]]) -> None:
    found.managed |= {str(row["id"]): row for row in rows}


def _by_serial(session: Session, serials: Collection[str]) -> Rows:
    """Also in capitals, as makers write them: whether the service minds the case is nowhere said."""
    spelled = {form for serial in serials for form in (serial, serial.upper())}
    return _filtered(session, api.find_managed_device, sorted(spelled), "serialNumber")


def _filtered(session: Session, ask: Callable[[str], Request], wanted: Sequence[str], name: str) -> Rows:
    """The first batch alone: where its filters are ignored, the others needn't be sent."""
    requests = [ask(value) for value in wanted]
    found: Rows = []
    for some in (slice(0, api.PARTS), slice(api.PARTS, None)):
        for value, outcome in zip(wanted[some], _send(session, requests[some]), strict=True):
            found += _checked(session, outcome, name, value)
    return found


def _checked(session: Session, outcome: Outcome, name: str, value: str) -> Rows:
    """Looked at row by row: where the filter is ignored the first is another's, and the other pages needn't be fetched."""
    if isinstance(outcome, Invalid):
        raise FilterIgnored
    rows: Rows = []
    for row in session.rest(outcome):
        if str(row.get(name) or "").strip().casefold() != value.casefold():
            raise FilterIgnored
        rows.append(row)
    return rows


def _members(session: Session, refs: Collection[str]) -> dict[str, str]:
    """deviceId → object id of the devices in these groups of ours."""
    groups = [group.id for ref in sorted(refs) for group in session.known_groups().ours.get(ref, ())]
    requests = [api.list_member_devices(group) for group in groups]
    found: dict[str, str] = {}
    for request, outcome in zip(requests, _send(session, requests), strict=True):
        rows = session.rest(outcome, request.headers)
        found |= {str(row["deviceId"]): str(row["id"]) for row in rows if row.get("deviceId")}
    return found


def _link(session: Session, found: Found, members: Mapping[str, str]) -> None:
    """The directory's object of each device: known of those in the groups, asked for of the others."""
    linked = {link for one in found.managed.values() if (link := entra_link(one))}
    found.entra = {link: members[link] for link in linked if link in members}
    asked = sorted(linked - found.entra.keys())
    for link, outcome in zip(asked, _send(session, [api.find_entra_device(link) for link in asked]), strict=True):
        if not isinstance(outcome, NotFound):
            data = succeeded(outcome).data
            found.entra[link] = str(data["id"]) if isinstance(data, dict) else ""


def _place(session: Session, found: Found) -> None:
    refs = session.known_groups().refs
    objects = sorted(set(found.entra.values()))
    outcomes = _send(session, [api.list_groups_of(one) for one in objects])
    for one, outcome in zip(objects, outcomes, strict=True):
        if isinstance(outcome, NotFound):  # deleted between two reads: in no group any more
            continue
        names = [refs.get(str(group["id"]), "") for group in session.rest(outcome)]
        found.places[one] = [ref for ref in names if ref.startswith("@")]


def _send(session: Session, requests: Sequence[Request]) -> list[Outcome]:
    """Batches side by side."""
    chunks = [requests[start : start + api.PARTS] for start in range(0, len(requests), api.PARTS)]
    outcomes = read_all(session.send, chunks, concurrency=CONCURRENT_BATCHES) if chunks else []
    return [outcome for chunk in values(outcomes) for outcome in chunk]
