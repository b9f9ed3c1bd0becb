"""One tenant as a connection: who, where, with which quotas; and what has been learned about it during this run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.adapters.google import api
from reconciler.adapters.google.places import Places, index_places, read_units
from reconciler.adapters.google.policies import MANAGED
from reconciler.http.client import HttpClient
from reconciler.http.clock import Clock
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
    """`made` and `removed` remember org units of this run (id → monotonic seconds) while the list may be behind."""

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

    def read_places(self) -> Places:
        """The org units as the tenant lists them now. A list that is behind our own writes is asked again, within bounds."""
        pause = 1.0
        while True:
            data = _data(self.directory.send(api.list_units(self.options.customer)))
            units = read_units(data.get("organizationUnits", []))
            if not self._is_behind({unit.id for unit in units}):
                break
            self.clock.sleep(pause)
            pause = min(pause * 2, 8.0)
        self.places = index_places(units, self.org)
        return self.places

    def known_places(self) -> Places:
        return self.places or self.read_places()

    def is_settling(self, resource: str) -> bool:
        """Whether a target was made so recently that being refused may mean no more than 'not everywhere yet'."""
        return self._is_recent(self.made.get(resource.removeprefix("orgunits/")))

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
        return next((ref for ref, known in self.group_ids.items() if known == identity), resource)

    def resolve(self, resource: str, schemas: str, app_id: str = "") -> list[Mapping[str, Any]]:
        """Every resolved policy that a filter names on a target, all pages."""
        customer = self.options.customer
        first = api.resolve(customer, resource, schemas, app_id=app_id)

        def following(_: Request, reply: Reply) -> Request | None:
            page = _data(reply).get("nextPageToken")
            return api.resolve(customer, resource, schemas, app_id=app_id, page=page) if page else None

        found: list[Mapping[str, Any]] = []
        for reply in pages(self.policy.send, first, following):
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
        if ref not in self.group_ids:
            reply = self.directory.send(api.get_group(ref.removeprefix("group:")))
            self.group_ids[ref] = str(_data(reply)["id"])
        return f"groups/{self.group_ids[ref]}"

    def _is_behind(self, listed: set[str]) -> bool:
        missing = any(self._is_recent(at) for unit, at in self.made.items() if unit not in listed)
        lingering = any(self._is_recent(at) for unit, at in self.removed.items() if unit in listed)
        return missing or lingering

    def _is_recent(self, at: float | None) -> bool:
        return at is not None and self.clock.monotonic() - at < SETTLING


def _data(reply: Reply) -> Mapping[str, Any]:
    return reply.data if isinstance(reply.data, dict) else {}
