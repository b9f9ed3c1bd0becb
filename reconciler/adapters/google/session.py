"""One tenant as a connection: who, where, with which quotas; and what has been learned about it during this run."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adapters.google import api
from reconciler.adapters.google.places import OrgUnit, Places, index_places, read_units
from reconciler.adapters.google.policies import MANAGED
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
from reconciler.http.failures import Invalid, NotFound
from reconciler.http.reads import pages
from reconciler.http.request import Reply, Request

SETTLING = 60.0
"""Seconds that a new org unit may take to show up everywhere. Google documents no figure: an assumption (2026-11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What organisation.yaml says of this backend, and two switches for what Google doesn't document.

    `entries_per_call`: how many policies one write may hold. `one_target_per_call`: the methods' own text speaks of one
    target, the rules of their bodies allow several; one is safe.
    """

    customer: str
    root: str
    manages: tuple[str, ...] = tuple(MANAGED)
    entries_per_call: int = 500
    one_target_per_call: bool = True


@dataclass(slots=True, kw_only=True)
class Session:
    """`made` and `removed` remember org units of this run (id → monotonic seconds) while the list may be behind.

    Threads share it: lanes read and write side by side.
    """

    backend: str
    org: str
    options: Options
    directory: HttpClient
    policy: HttpClient
    clock: Clock
    places: Places | None = None
    made: dict[str, float] = field(default_factory=dict)
    removed: dict[str, float] = field(default_factory=dict)
    group_ids: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    asked: int = 0
    answered: int = 0

    def read_places(self) -> Places:
        """The org units as the tenant has them now. Where its list is behind our own writes, those are asked for by id,
        again and again within bounds.
        """
        with self.lock:
            self.asked += 1
            number = self.asked
        pause = 1.0
        while True:
            data = _data(self.directory.send(api.list_units(self.options.customer)))
            units, settled = self._caught_up(read_units(data.get("organizationUnits", [])))
            if settled:
                break
            self.clock.sleep(pause)
            pause = min(pause * 2, 8.0)
        places = index_places(units, self.org)
        with self.lock:
            if number > self.answered:  # else another thread asked later and was answered sooner
                self.places, self.answered = places, number
        return places

    def send_settled(self, send: Callable[[], Reply], unit: str) -> Reply:
        """Send what needs an org unit; being refused means no more than 'not everywhere yet' while that one is new."""
        pause = 1.0
        while True:
            try:
                return send()
            except (NotFound, Invalid) as refusal:
                if names_fields(refusal) or not self._is_recent(self.made.get(unit)):
                    raise
            self.clock.sleep(pause)
            pause = min(pause * 2, 8.0)

    def known_places(self) -> Places:
        return self.places or self.read_places()

    def resource(self, ref: str) -> str | None:
        """`orgunits/<id>` or `groups/<id>` for a target reference; None where there is no such target now."""
        if ref.startswith("group:"):
            return self._group_resource(ref)
        unit = self.known_places().one(ref)
        return f"orgunits/{unit.id}" if unit else None

    def name_of(self, resource: str) -> str:
        """The target reference of a Chrome Policy resource; the resource itself where it is not known."""
        kind, _, identity = resource.partition("/")
        if kind == "orgunits":
            return self.known_places().refs.get(identity, resource)
        with self.lock:
            return next((ref for ref, known in self.group_ids.items() if known == identity), resource)

    def resolve(self, resource: str, schemas: str, app_id: str = "") -> list[Mapping[str, Any]]:
        """Every resolved policy that a filter names on a target, all pages."""
        customer = self.options.customer
        first = api.resolve(customer, resource, schemas, app_id=app_id)

        def following(_: Request, reply: Reply) -> Request | None:
            page = _data(reply).get("nextPageToken")
            return api.resolve(customer, resource, schemas, app_id=app_id, page=page) if page else None

        found: list[Mapping[str, Any]] = []
        unit = resource.removeprefix("orgunits/")
        for reply in pages(lambda asked: self.send_settled(lambda: self.policy.send(asked), unit), first, following):
            found += _data(reply).get("resolvedPolicies", [])
        return found

    def list_devices(self, unit: str = "") -> list[Mapping[str, Any]]:
        customer = self.options.customer

        def following(_: Request, reply: Reply) -> Request | None:
            page = _data(reply).get("nextPageToken")
            return api.list_devices(customer, page=page, unit=unit) if page else None

        found: list[Mapping[str, Any]] = []
        for reply in pages(self.directory.send, api.list_devices(customer, unit=unit), following):
            found += _data(reply).get("chromeosdevices", [])
        return found

    def get_device(self, device: str) -> Mapping[str, Any]:
        return _data(self.directory.send(api.get_device(self.options.customer, device)))

    def list_schemas(self) -> Sequence[Mapping[str, Any]]:
        customer = self.options.customer

        def following(_: Request, reply: Reply) -> Request | None:
            page = _data(reply).get("nextPageToken")
            return api.list_schemas(customer, page=page) if page else None

        found: list[Mapping[str, Any]] = []
        for reply in pages(self.policy.send, api.list_schemas(customer), following):
            found += _data(reply).get("policySchemas", [])
        return found

    def _group_resource(self, ref: str) -> str:
        known = self.group_ids.get(ref)
        if known is None:
            known = str(_data(self.directory.send(api.get_group(ref.removeprefix("group:"))))["id"])
            with self.lock:
                self.group_ids[ref] = known
        return f"groups/{known}"

    def _caught_up(self, listed: Sequence[OrgUnit]) -> tuple[list[OrgUnit], bool]:
        """The list with what this run made and without what it removed; and whether all of that is known by now."""
        units = {unit.id: unit for unit in listed}
        settled = True
        for unit in [unit for unit, at in list(self.made.items()) if self._is_recent(at) and unit not in units]:
            found = self._unit(unit)
            settled = settled and (found is not None or unit in self.removed)
            units |= {unit: found} if found else {}
        for unit in [unit for unit, at in list(self.removed.items()) if self._is_recent(at) and unit in units]:
            found = self._unit(unit)
            settled = settled and found is None
            if found is None:
                del units[unit]
        return list(units.values()), settled

    def _unit(self, unit: str) -> OrgUnit | None:
        try:
            reply = self.directory.send(api.get_unit(self.options.customer, unit))
        except (NotFound, Invalid):
            return None
        return read_units([_data(reply)])[0]

    def _is_recent(self, at: float | None) -> bool:
        return at is not None and self.clock.monotonic() - at < SETTLING


def names_fields(refusal: NotFound | Invalid) -> bool:
    """Whether a refused write says which of its values is wrong: no waiting makes that one right."""
    details = refusal.data if isinstance(refusal.data, list) else []
    return any(item.get("fieldErrors") for item in details)


def _data(reply: Reply) -> Mapping[str, Any]:
    return reply.data if isinstance(reply.data, dict) else {}
